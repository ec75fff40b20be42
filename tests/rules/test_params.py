"""Parameters: the narrowest place wins, then the latest known; gaps and overlaps are errors."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from tests.rules.strategies import VOCABULARY

from zhida.rules import Problem, Program, RuleError, assess, build, check
from zhida.rules.measure import ConditionSource, MeasureSource, OutputSource, ParamDef, ParamValue

PLACE = ("990101", "990100", "")
DAY = dt.date(2022, 6, 15)


def day(month: int, number: int) -> dt.date:
    return dt.date(2022, month, number)


def measure(*params: ParamDef, conditions: tuple[str, ...] = (), amount: str = "") -> MeasureSource:
    return MeasureSource(
        "m", "1", "subject", (), ("",), day(1, 1), day(12, 31), params,
        tuple(ConditionSource(f"c{i}", text, "条件", "condition") for i, text in enumerate(conditions)),
        (OutputSource("amount", amount, "金额", "amount"),) if amount else (),
    )  # fmt: skip


def param(*values: ParamValue, unit: str | None = "元", codes: str | None = None, name: str = "x") -> ParamDef:
    return ParamDef(name, "甲", "x", unit, codes, values)


def made(source: MeasureSource, at: dt.date = DAY, known: dt.date | None = None) -> Program:
    return build(source, VOCABULARY, place="990101", ancestors=PLACE, at=at, known=known)


def value(definition: ParamDef, at: dt.date = DAY, known: dt.date | None = None) -> Any:
    (use,) = made(measure(definition), at, known).params
    return use.value


def problems(source: MeasureSource, at: dt.date = DAY) -> list[Problem]:
    with pytest.raises(RuleError) as caught:
        made(source, at)
    return list(caught.value.problems)


# -- which value --------------------------------------------------------------------------------


def test_the_narrowest_place_wins() -> None:
    definition = param(ParamValue(1), ParamValue(2, place="990100"), ParamValue(3, place="990101"))
    assert value(definition) == 300
    assert value(param(ParamValue(1), ParamValue(2, place="990100"), ParamValue(9, place="990102"))) == 200


def test_a_value_counts_on_its_first_and_last_day_and_not_beyond() -> None:
    definition = param(
        ParamValue(1, valid_until=day(6, 30)), ParamValue(2, valid_from=day(7, 1), valid_until=day(12, 31))
    )
    assert [value(definition, at) for at in (day(1, 1), day(6, 30), day(7, 1), day(12, 31))] == [100, 100, 200, 200]


def test_outside_its_days_a_narrow_value_gives_way_to_the_broad_one() -> None:
    definition = param(ParamValue(1), ParamValue(3, place="990101", valid_from=day(7, 1)))
    assert value(definition, day(6, 30)) == 100
    assert value(definition, day(7, 1)) == 300


def test_what_was_learned_later_does_not_count_before() -> None:
    definition = param(ParamValue(1), ParamValue(2, known_from=day(5, 1)), ParamValue(3, known_from=day(7, 1)))
    assert value(definition) == 300
    assert value(definition, known=day(6, 30)) == 200
    assert value(definition, known=day(5, 1)) == 200
    assert value(definition, known=day(4, 30)) == 100


def test_the_use_says_where_the_value_is_written() -> None:
    definition = param(ParamValue(1, place="990100", valid_from=day(2, 1), source="文件", origin="jurisdiction"))
    (use,) = made(measure(definition)).params
    assert (use.place, use.valid_from, use.valid_until) == ("990100", day(2, 1), day(12, 31))
    assert (use.source, use.origin, use.value) == ("文件", "jurisdiction", 100)


# -- gaps, overlaps, blanks ---------------------------------------------------------------------


def test_a_gap_in_a_parameter_is_an_error_that_names_the_day() -> None:
    (problem,) = problems(measure(param(ParamValue(1, valid_from=day(7, 1)))))
    assert problem.code == "param-gap"
    assert problem.path == "params.x"
    assert "2022-06-15" in problem.zh


def test_checking_the_whole_validity_names_the_whole_missing_periods_per_place() -> None:
    definition = param(
        ParamValue(1, valid_from=day(2, 1), valid_until=day(3, 31)),
        ParamValue(2, place="990101", valid_until=day(4, 30)),
    )
    source = replace(measure(definition), places=("990100", "990101"))
    found = check(source, VOCABULARY, lambda place: PLACE[PLACE.index(place) :])
    assert [p.code for p in found] == ["param-gap"] * 3
    assert "990100" in found[0].zh
    assert "2022-01-01 至 2022-01-31" in found[0].zh
    assert "2022-04-01 至 2022-12-31" in found[1].zh
    assert "990101" in found[2].zh
    assert "2022-05-01 至 2022-12-31" in found[2].zh


def test_an_open_validity_needs_an_open_value() -> None:
    source = replace(measure(param(ParamValue(1, valid_until=day(12, 31)))), valid_until=None)
    (problem,) = check(source, VOCABULARY)
    assert "2023-01-01 起" in problem.zh
    assert check(replace(source, params=(param(ParamValue(1)),)), VOCABULARY) == ()


def test_two_values_for_one_place_and_day_are_an_error() -> None:
    definition = param(ParamValue(1, valid_until=day(6, 30)), ParamValue(2, valid_from=day(6, 30)))
    assert [p.code for p in problems(measure(definition))] == ["param-overlap"]
    assert [p.code for p in check(measure(definition), VOCABULARY)] == ["param-overlap"]


def test_a_correction_known_later_is_no_overlap() -> None:
    assert check(measure(param(ParamValue(1), ParamValue(2, known_from=day(5, 1)))), VOCABULARY) == ()


def test_a_problem_in_a_later_period_is_found_by_checking_all_of_it() -> None:
    definition = param(ParamValue(1, valid_until=day(6, 30)), ParamValue(-1, valid_from=day(7, 1)))
    source = measure(definition, amount="param.x")
    made(source)
    assert [p.code for p in check(source, VOCABULARY)] == ["amount-negative"]


def test_a_blank_parameter_leaves_the_amount_pending_and_names_itself() -> None:
    definition = param(ParamValue(None, origin="unknown", owner="dept-finance"))
    result = assess(made(measure(definition, conditions=("on_list",), amount="param.x * 2")), {"on_list": True})
    assert result.outcome == "eligible_amount_pending"
    assert result.blank_params == ("x",)


BEYOND = ParamValue(["H"], place="990102")


@pytest.mark.parametrize(
    ("definition", "condition"),
    [
        (param(ParamValue(None), unit="%"), "at_most(tax_paid, balance, param.x)"),
        (param(ParamValue(None), unit=None, codes="industry"), "industry == param.x"),
        (param(ParamValue(None), BEYOND, unit=None, codes="industry"), "industry in param.x"),
        (param(ParamValue(None), unit="人→元"), "tier(insured_staff, param.x) > tax_paid"),
        (param(ParamValue(None), unit="日期"), "established_on < param.x"),
        (param(ParamValue(None), unit=None), "established_on < param.x"),
        (param(ParamValue(None), unit=None), "insured_staff < param.x"),
        (param(ParamValue(None), unit=None), "param.x"),
        (param(ParamValue(None), unit="月份"), 'sum_months(monthly_sales, param.x, "2022-08") > tax_paid'),
        (param(ParamValue(None), unit="人"), "rate(tax_paid, insured_staff, param.x) > tax_paid"),
    ],
)
def test_a_blank_of_any_kind_makes_the_condition_unknown_and_is_named(definition: ParamDef, condition: str) -> None:
    facts = {"tax_paid": 1, "balance": 1, "industry": "A", "insured_staff": 1, "established_on": DAY}
    result = assess(made(measure(definition, conditions=(condition,))), facts)
    assert result.outcome == "needs_supplement"
    assert result.missing == ()
    assert result.blank_params == ("x",)


# -- reading values -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("unit", "written", "read"),
    [
        ("元", 500, 50_000),
        ("元", Decimal("12.34"), 1234),
        ("元", "1,000.5", 100_050),
        ("万元", 15, 15_000_000),
        ("元/人", 500, 50_000),
        ("日", 7, 7),
        ("bp", 425, 425),
        ("1", -3, -3),
        ("%", Decimal("4.25"), (17, 400)),
        ("%", "4.25%", (17, 400)),
        ("‰", 5, (1, 200)),
        ("1", "1/3", (1, 3)),
        ("%/年", 4, (1, 25)),
        (None, dt.date(2022, 1, 1), dt.date(2022, 1, 1)),
        (None, "2022-01-01", dt.date(2022, 1, 1)),
        (None, True, True),
        (None, "2022-04", "2022-04"),
        ("日期", "2022-01-01", dt.date(2022, 1, 1)),
    ],
)
def test_values_are_read_exactly(unit: str | None, written: Any, read: Any) -> None:
    assert value(param(ParamValue(written), unit=unit)) == read


@pytest.mark.parametrize(
    ("unit", "written", "code"),
    [
        ("元", Decimal("0.005"), "param-value"),
        ("元", 0.5, "param-value"),
        ("元", "五百", "param-value"),
        ("元", True, "param-value"),
        ("人", Decimal("1.5"), "param-value"),
        ("人", 10**30, "param-value"),
        ("%", -1, "param-value"),
        ("是否", 1, "param-value"),
        ("日期", "2022-02-30", "param-value"),
        ("月份", "2022-13", "param-value"),
        ("床", 1, "param-type"),
        ("元·元", 1, "param-type"),
        (None, 5, "param-type"),
        (None, "abc", "param-type"),
        (None, dt.datetime(2022, 1, 1, 12, 0), "param-type"),
    ],
)
def test_values_that_do_not_fit_their_unit_are_refused(unit: str | None, written: Any, code: str) -> None:
    (problem,) = problems(measure(param(ParamValue(written), unit=unit)))
    assert problem.code == code
    assert problem.path == "params.x"
    assert "甲" in problem.zh or "x" in problem.zh


def test_a_code_set_holds_everything_under_its_codes() -> None:
    definition = param(ParamValue(["C", "H62"]), unit=None, codes="industry")
    assert value(definition) == ("C", "C13", "C14", "H62")


def test_a_wrong_code_in_a_set_gets_the_nearest_right_one() -> None:
    (problem,) = problems(measure(param(ParamValue(["餐饮"]), unit=None, codes="industry")))
    assert "H62" in problem.zh


def test_one_code_is_compared_and_several_are_a_set() -> None:
    one = param(ParamValue("small"), unit=None, codes="size")
    assert value(one) == "small"
    assert [p.code for p in problems(measure(one, conditions=("size in param.x",)))] == ["type"]
    some = param(ParamValue(["small"]), unit=None, codes="size")
    assert [p.code for p in problems(measure(some, conditions=("size == param.x",)))] == ["set-use"]


BANDS = ({"up_to": 5, "value": 1000}, {"below": 50, "value": "2000.50"}, {"value": 0})


def test_brackets_keep_which_bound_is_inclusive() -> None:
    assert value(param(ParamValue(BANDS), unit="人→元")) == ((5, True, 100_000), (50, False, 200_050), (None, False, 0))


@pytest.mark.parametrize(("staff", "fen"), [(5, 100_000), (6, 200_050), (49, 200_050), (50, 0)])
def test_brackets_decide_at_their_bounds(staff: int, fen: int) -> None:
    source = measure(param(ParamValue(BANDS), unit="人→元"), amount="tier(insured_staff, param.x)")
    assert assess(made(source), {"insured_staff": staff}).outputs[0].value == fen


@pytest.mark.parametrize(
    "brackets",
    [
        (),
        ({"value": 1}, {"value": 2}),
        ({"up_to": 5, "value": 1},),
        ({"up_to": 5, "value": 1}, {"below": 5, "value": 2}, {"value": 3}),
        ({"up_to": 9, "value": 1}, {"below": 5, "value": 2}, {"value": 3}),
        ({"up_to": 9, "below": 9, "value": 1}, {"value": 3}),
        ({"upto": 9, "value": 1}, {"value": 3}),
        ({"up_to": 9}, {"value": 3}),
        ({"up_to": "x", "value": 1}, {"value": 3}),
        (3,),
    ],
)
def test_wrong_brackets_are_refused(brackets: Any) -> None:
    assert [p.code for p in problems(measure(param(ParamValue(brackets), unit="人→元")))] == ["param-value"]


def test_brackets_over_money_say_so_in_their_unit() -> None:
    over_money = ({"up_to": 100_000, "value": 0}, {"value": 300})
    good = measure(param(ParamValue(over_money), unit="元→bp"), amount="rate(tax_paid, tier(tax_paid, param.x), 10000)")
    assert assess(made(good), {"tax_paid": 10_000_100}).outputs[0].value == 300_003
    bad = measure(param(ParamValue(over_money), unit="bp"), amount="rate(tax_paid, tier(tax_paid, param.x), 10000)")
    assert [p.code for p in problems(bad)] == ["unit"]


def test_dates_out_of_order_are_found_by_checking() -> None:
    definition = param(ParamValue(1), ParamValue(2, place="990101", valid_from=day(5, 1), valid_until=day(4, 1)))
    assert "param-dates" in [p.code for p in check(measure(definition), VOCABULARY)]
