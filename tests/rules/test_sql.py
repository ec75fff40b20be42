"""The compiled batch: its columns, layout, spelling per engine, and what it refuses."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from tests.rules.engines import on_duckdb
from tests.rules.irgen import cmp, const, number, program, var, yes

from zhida.rules import ir
from zhida.rules.errors import RuleError
from zhida.rules.layout import Layout
from zhida.rules.outcome import Outcome
from zhida.rules.sql import compile_batch
from zhida.rules.sql_dialect import DialectName

STAFF = cmp(">", var("staff"), const(0))
RENT = cmp("<=", var("lease.rent"), const(100))
ALL: tuple[DialectName, ...] = ("duckdb", "postgres", "spark")


def test_equal_conditions_of_different_programs_share_one_bit() -> None:
    again = cmp(">", var("staff"), const(0, param="min_staff"))
    layout = compile_batch([program([STAFF, RENT]), program([again])], "duckdb").layout
    assert len(layout.digests) == 2
    assert layout.programs[0].conditions == (("c0", 0, 0), ("c1", 0, 1))
    assert layout.programs[1].conditions == (("c0", 0, 0),)
    assert (layout.mask(0), layout.mask(1)) == ((0b11,), (0b01,))


def test_the_layout_survives_json_and_its_hash_follows_its_content() -> None:
    layout = compile_batch([program([STAFF], {"amount": var("rent")})], "duckdb").layout
    again = Layout.from_data(json.loads(json.dumps(layout.as_data())))
    assert again == layout
    assert again.hash == layout.hash
    assert compile_batch([program([RENT])], "duckdb").layout.hash != layout.hash


def test_the_layout_is_the_same_for_every_engine() -> None:
    assert len({compile_batch([program([STAFF, RENT])], name).layout.hash for name in ALL}) == 1


def test_bits_give_back_conditions_and_outcome() -> None:
    layout = compile_batch([program([STAFF, RENT], {"amount": var("rent")})], "duckdb").layout
    assert layout.values(0, [0b01], [0b10]) == {"c0": True, "c1": None}
    assert layout.outcome(0, [0b01], [0b10], 5) is Outcome.NEEDS_SUPPLEMENT
    assert layout.outcome(0, [0b01], [0b00], 5) is Outcome.INELIGIBLE
    assert layout.outcome(0, [0b11], [0b00], None) is Outcome.AMOUNT_PENDING


def test_needed_columns_are_named_with_their_types() -> None:
    one = program([RENT, yes(ir.Has, "opt_due"), yes(ir.In, var("size"), frozenset({"micro"}))])
    columns = {c.name: c.sql_type for c in compile_batch([one], "duckdb").columns}
    assert columns == {
        "lease.rent": "BIGINT",
        "opt_due": None,
        "opt_due#na": "BOOLEAN",
        "size": "VARCHAR",
    }


@pytest.mark.parametrize(("dialect", "quote"), [("duckdb", '"'), ("postgres", '"'), ("spark", "`")])
def test_keys_with_dots_and_signs_are_quoted(dialect: DialectName, quote: str) -> None:
    month = cmp(">", var("sales@2022-01"), var("lease.rent"))
    text = compile_batch([program([month])], dialect).select("facts", ["lease no"])
    for name in ("sales@2022-01", "lease.rent", "lease no"):
        assert f"{quote}{name}{quote}" in text


def test_a_code_with_a_quote_mark_stays_a_code() -> None:
    member = yes(ir.In, var("opt_grade"), frozenset({"D'"}))
    plan = compile_batch([program([member, cmp("==", var("opt_grade"), const("D'"))])], "duckdb")
    (row,) = on_duckdb(plan, [{"opt_grade": "D'"}])
    assert (row["t0"], row["o0"]) == (0b11, Outcome.ELIGIBLE.code)


def test_key_columns_may_not_take_a_result_column_name() -> None:
    plan = compile_batch([program([STAFF])], "duckdb")
    with pytest.raises(ValueError, match="T0"):
        plan.select("facts", ["T0"])


def test_no_unguarded_least_and_no_floating_division() -> None:
    smallest = number(ir.Min, 0, 10, (var("staff"), var("rent"), const(10)))
    share = number(ir.Rate, 0, 10**14, var("rent"), const(3), 7, "half_up")
    for dialect in ALL:
        text = compile_batch([program([], {"amount": smallest, "share": share})], dialect).select("facts")
        assert text.count("LEAST(") == text.count("THEN LEAST(") == 1
        assert (" / " in text) is (dialect == "postgres")


def test_a_program_without_conditions_is_eligible_for_all() -> None:
    plan = compile_batch([program([], {"amount": var("staff")})], "duckdb")
    found = on_duckdb(plan, [{"staff": 3}, {}])
    assert [(r["o0"], r["v0_amount"]) for r in found] == [(2, 3), (3, None)]


def test_an_empty_batch_still_gives_its_words() -> None:
    assert on_duckdb(compile_batch([], "duckdb"), [{}]) == [{"row id": 0, "t0": 0, "u0": 0}]


def _date(node: ir.Node, by: ir.Node) -> ir.Node:
    return ir.AddMonths("date", None, None, None, node, by)


@pytest.mark.parametrize(
    ("node", "says"),
    [
        (number(ir.Mul, 0, 10**28, var("rent"), var("rent")), "overflow"),
        (number(ir.Add, 0, 0, (var("wide"), var("wide"), number(ir.Sub, 0, 0, const(0), var("wide")))), "overflow"),
        (number(ir.Rate, 0, 1, var("balance"), const(1), 2, "down"), "negative"),
        (number(ir.Rate, 0, 1, var("wide"), const(1), 2, "up"), "negative"),
        (number(ir.DatePart, 1, 9999, "year", _date(var("until"), var("staff"))), "moved by more"),
        (
            number(ir.DatePart, 1, 9999, "year", _date(_date(var("until"), const(-12_000)), const(-12_000))),
            "years 1 to 9999",
        ),
        (number(ir.Tier, 0, 1, var("staff"), ((5, True, 1),)), "upper bound"),
        (const(2**63), "overflow"),
    ],
)  # fmt: skip
def test_what_could_fail_on_some_row_is_refused_before_it_runs(node: ir.Node, says: str) -> None:
    with pytest.raises(RuleError, match=says) as refused:
        compile_batch([program([cmp(">", node, const(0))], name="six-taxes")], "duckdb")
    assert refused.value.problems[0].path == "six-taxes.conditions.c0"
    assert refused.value.problems[0].code == "cannot-lower"


def test_ordering_codes_is_refused() -> None:
    with pytest.raises(RuleError, match="=="):
        compile_batch([program([cmp("<", var("size"), const("micro"))])], "duckdb")


def test_dates_are_compared_as_dates() -> None:
    plan = compile_batch([program([cmp("<=", var("until"), const(dt.date(2022, 12, 31)))])], "duckdb")
    found = on_duckdb(plan, [{"until": dt.date(2022, 12, 31)}, {"until": dt.date(2023, 1, 1)}, {}])
    assert [(r["t0"], r["u0"]) for r in found] == [(1, 0), (0, 0), (0, 1)]
