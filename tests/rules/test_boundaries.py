"""Edges drawn by rules, and slips that golden cases must catch."""

from __future__ import annotations

import datetime as dt

from tests.rules.irgen import cmp, const, number, program, var, yes

from zhida.rules import ir
from zhida.rules.boundaries import boundaries
from zhida.rules.evaluate import assess
from zhida.rules.mutate import mutants
from zhida.rules.vocabulary import NOT_APPLICABLE


def values(cases: object, key: str) -> list[object]:
    return [c.value for c in cases if c.key == key]  # type: ignore[attr-defined]


def test_a_threshold_gives_below_equal_above_and_absent() -> None:
    cases = boundaries(program([cmp(">=", var("staff"), const(7))]), {"staff": 50, "rent": 1})
    assert [(c.side, c.value) for c in cases] == [("absent", None), ("-1", 6), ("=", 7), ("+1", 8)]
    assert cases[1].facts == {"staff": 6, "rent": 1}
    assert cases[0].facts == {"rent": 1}


def test_a_threshold_on_a_computed_value_is_solved_for_each_fact() -> None:
    total = number(ir.Add, 0, 2 * 10**13, (var("sales@2022-01"), var("sales@2022-02")))
    known = {"sales@2022-01": 40, "sales@2022-02": 10}
    cases = boundaries(program([cmp("<=", total, const(100))]), known)
    assert {59, 60, 61} <= set(values(cases, "sales@2022-02"))
    assert {89, 90, 91} <= set(values(cases, "sales@2022-01"))


def test_a_falling_comparison_and_an_uneven_factor_still_find_the_turn() -> None:
    tripled = number(ir.Mul, 0, 300_000, var("staff"), const(3))
    cases = boundaries(program([cmp(">", const(10), tripled)]), {"staff": 1})
    outcomes = {c.value: assess(program([cmp(">", const(10), tripled)]), c.facts).outcome for c in cases}
    assert (outcomes[3], outcomes[4]) == ("eligible", "ineligible")


def test_a_date_limit_gives_the_day_before_the_day_and_the_day_after() -> None:
    last = const(dt.date(2022, 12, 31))
    cases = boundaries(program([cmp("<=", var("until"), last)]), {"until": dt.date(2022, 9, 1)})
    days = {dt.date(2022, 12, 30), dt.date(2022, 12, 31), dt.date(2023, 1, 1)}
    assert days <= set(values(cases, "until"))


def test_sets_give_a_member_and_a_stranger_and_optional_facts_their_absence() -> None:
    member = yes(ir.In, var("size"), frozenset({"small", "micro"}))
    cases = boundaries(program([member, yes(ir.Has, "opt_debt")]), {"size": "micro", "opt_debt": 3})
    assert {(c.side, c.value) for c in cases if c.key == "size"} == {
        ("absent", None),
        ("in", "micro"),
        ("in", "small"),
        ("out", "~small"),
    }
    assert values(cases, "opt_debt") == [NOT_APPLICABLE, None]


def test_brackets_are_edges_too() -> None:
    tier = number(ir.Tier, 0, 9, var("staff"), ((100, True, 5), (None, False, 9)))
    cases = boundaries(program([], {"amount": tier}), {"staff": 1})
    assert {99, 100, 101} <= set(values(cases, "staff"))


def test_mutants_cover_every_operator_once_per_slip() -> None:
    rate = number(ir.Rate, 0, 10**13, var("rent"), const(3), 100, "down")
    one = program(
        [yes(ir.And, (cmp("<", var("staff"), const(7)), yes(ir.Not, var("insured"))))],
        {"amount": number(ir.Max, 0, 10**13, (number(ir.Sub, -9, 10**13, rate, const(9)), const(0)))},
    )
    made = list(mutants(one))
    changes = {m.change for m in made}
    assert {"&& to ||", "< to <=", "! removed", "max to min", "- to +", "rate down to up"} <= changes
    assert {"7 to 6", "7 to 8", "rate down to half_up"} <= changes
    assert {m.kind for m in made} == {"operator", "rounding", "constant"}
    assert all(m.program != one for m in made)
    assert {m.where for m in made} == {"c0", "amount"}


def test_boundary_cases_kill_the_comparison_mutants_of_a_threshold() -> None:
    one = program([cmp("<=", var("staff"), const(7))])
    cases = boundaries(one, {"staff": 3})
    for mutant in mutants(one):
        assert any(assess(one, c.facts).outcome != assess(mutant.program, c.facts).outcome for c in cases), (
            mutant.change
        )


def test_a_set_loses_each_member_in_turn() -> None:
    member = yes(ir.In, var("size"), frozenset({"small", "micro", "medium"}))
    removed = [m.change for m in mutants(program([member])) if m.kind == "set"]
    assert removed == [f"{c} removed from the set" for c in ("medium", "micro", "small")]
