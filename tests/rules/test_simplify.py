"""Cheaper forms of rules mean the same for every row."""

from __future__ import annotations

import datetime as dt
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.rules.irgen import Maker, cmp, const, facts, number, var, yes

from zhida.rules import ir
from zhida.rules.evaluate import trace
from zhida.rules.operations import add_months
from zhida.rules.simplify import simplify
from zhida.rules.vocabulary import NOT_APPLICABLE


def months(date: ir.Node, by: int | None) -> ir.AddMonths:
    return ir.AddMonths("date", None, None, None, date, const(by, "int", "p"))


def value(node: ir.Node, known: dict[str, object]) -> object:
    found = trace(node, known).value
    return None if found is NOT_APPLICABLE else found


@settings(deadline=None, max_examples=150)
@given(st.integers(0, 2**32), st.sampled_from(["bool", "int", "date", "code"]))
def test_a_simplified_rule_has_the_same_value_for_every_row(seed: int, kind: str) -> None:
    random = Random(seed)
    node = Maker(random).node(kind)
    simple = simplify(node)
    assert simple.kind == node.kind
    for _ in range(20):
        known = facts(random)
        assert value(simple, known) == value(node, known)


@given(
    st.dates(dt.date(2019, 12, 1), dt.date(2020, 4, 30)),
    st.sampled_from([-25, -12, -1, 0, 1, 2, 6, 11, 36]),
    st.sampled_from(["<", "<=", ">", ">="]),
    st.dates(dt.date(2016, 1, 1), dt.date(2024, 12, 31)),
    st.booleans(),
)
def test_a_moved_date_is_compared_by_the_date_itself(
    limit: dt.date, by: int, op: str, near: dt.date, mirrored: bool
) -> None:
    moved, fixed = months(var("until"), by), const(limit)
    node = cmp(op, fixed, moved) if mirrored else cmp(op, moved, fixed)
    simple = simplify(node)
    assert isinstance(simple, ir.Cmp)
    assert simple.left == var("until")
    close = add_months(limit, -by)
    for date in (near, *(close + dt.timedelta(days=d) for d in range(-5, 6))):
        assert value(simple, {"until": date}) == value(node, {"until": date})


def test_an_inclusive_limit_becomes_one_comparison() -> None:
    node = yes(ir.Or, (cmp("<", var("rent"), const(5)), cmp("==", var("rent"), const(5))))
    assert simplify(node) == cmp("<=", var("rent"), const(5))


def test_a_guarded_test_asks_the_row_once() -> None:
    has, due = yes(ir.Has, "opt_due"), cmp("<=", var("opt_due"), const(dt.date(2022, 9, 30)))
    simple = simplify(yes(ir.And, (has, due)))
    assert isinstance(simple, ir.If)
    assert (simple.cond, simple.then) == (has, due)
    free = simplify(yes(ir.Or, (yes(ir.Not, has), due)))
    assert isinstance(free, ir.If)
    assert value(free.other, {}) is True


def test_zero_stands_in_for_an_absent_fact_where_that_gives_the_same() -> None:
    debt = var("opt_debt")
    half = number(ir.Rate, 0, 10**10, debt, const(1), 2, "half_up")
    choice = number(ir.If, 0, 10**10, yes(ir.Has, "opt_debt"), half, const(0))
    simple = simplify(choice)
    assert isinstance(simple, ir.Rate)
    for known in ({}, {"opt_debt": 7}, {"opt_debt": NOT_APPLICABLE}):
        assert value(simple, known) == value(choice, known)
    other = number(ir.If, 0, 10**10, yes(ir.Has, "opt_debt"), half, const(5))
    assert simplify(other) == other


def test_a_number_times_a_choice_of_constants_is_a_choice() -> None:
    choice = number(ir.If, 1, 3, var("insured"), const(3), const(1))
    simple = simplify(number(ir.Mul, 10, 30, const(10), choice))
    assert isinstance(simple, ir.If)
    assert [value(arm, {}) for arm in (simple.then, simple.other)] == [30, 10]


@pytest.mark.parametrize(
    "node",
    [
        number(ir.Mul, 0, 9, const(None, "int", "blank"), const(3)),
        cmp("<=", months(var("until"), None), const(dt.date(2022, 9, 30))),
        cmp("==", months(var("until"), 1), const(dt.date(2022, 9, 30))),
        cmp("<", months(var("until"), 12_000), const(dt.date(900, 1, 1))),
    ],
)
def test_what_cannot_be_settled_early_is_left_alone(node: ir.Node) -> None:
    assert simplify(node) == node
