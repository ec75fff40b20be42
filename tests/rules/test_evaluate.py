"""Deciding one subject: Kleene values, outcomes, and what is still missing."""

from __future__ import annotations

import datetime as dt
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.rules.irgen import Maker, cmp, const, facts, number, program, var, yes

from zhida.rules import ir
from zhida.rules.evaluate import Assessment, assess, trace
from zhida.rules.facts import FactError
from zhida.rules.outcome import Outcome, decide_bits
from zhida.rules.vocabulary import NOT_APPLICABLE

STAFF = cmp(">", var("staff"), const(0))
SMALL = yes(ir.In, var("size"), frozenset({"micro", "small"}))
AMOUNT = number(ir.Mul, 0, 10**9, var("staff"), const(50_000, param="unit_amount"))


def test_a_false_condition_decides_whatever_else_is_unknown() -> None:
    result = assess(program([STAFF, SMALL]), {"staff": 0})
    assert result.outcome is Outcome.INELIGIBLE
    assert [c.value for c in result.conditions] == [False, None]
    assert result.missing == ()


def test_an_unknown_condition_asks_for_its_fact() -> None:
    result = assess(program([STAFF, SMALL], {"amount": AMOUNT}), {"staff": 3})
    assert result.outcome is Outcome.NEEDS_SUPPLEMENT
    assert result.missing == ("size",)
    assert result.outputs[0].value == 150_000


def test_an_unknown_amount_input_is_asked_together_with_unknown_conditions() -> None:
    result = assess(program([SMALL], {"amount": AMOUNT}), {})
    assert result.outcome is Outcome.NEEDS_SUPPLEMENT
    assert result.missing == ("size", "staff")


def test_eligible_with_an_unknown_amount_is_pending() -> None:
    result = assess(program([SMALL], {"amount": AMOUNT}), {"size": "micro"})
    assert result.outcome is Outcome.AMOUNT_PENDING
    assert result.missing == ("staff",)


def test_a_blank_parameter_in_the_amount_makes_it_pending_and_is_named() -> None:
    blank = number(ir.Mul, 0, 0, var("staff"), const(None, "int", "subsidy_per_head"))
    result = assess(program([SMALL], {"amount": blank}), {"size": "micro", "staff": 3})
    assert result.outcome is Outcome.AMOUNT_PENDING
    assert (result.missing, result.blank_params) == ((), ("subsidy_per_head",))


def test_a_condition_unknown_only_through_a_blank_parameter_needs_supplement() -> None:
    result = assess(program([cmp(">", var("staff"), const(None, "int", "min_staff"))]), {"staff": 3})
    assert result.outcome is Outcome.NEEDS_SUPPLEMENT
    assert (result.missing, result.blank_params) == ((), ("min_staff",))


def test_further_outputs_do_not_make_the_amount_pending() -> None:
    result = assess(program([SMALL], {"total": AMOUNT}), {"size": "micro"})
    assert result.outcome is Outcome.ELIGIBLE
    assert result.missing == ()
    assert result.outputs[0].missing == ("staff",)


def test_an_ineligible_subject_gets_no_amount() -> None:
    result = assess(program([SMALL], {"amount": AMOUNT}), {"size": "large", "staff": 3})
    assert result.outputs[0].value is None


@pytest.mark.parametrize(
    ("known", "missing"),
    [({}, ("insured", "staff")), ({"insured": True}, ("staff",)), ({"insured": False}, ())],
)
def test_unknowns_under_a_decided_and_are_not_asked(known: dict[str, bool], missing: tuple[str, ...]) -> None:
    both = yes(ir.And, (var("insured"), STAFF))
    assert assess(program([yes(ir.Or, (both, both))]), known).conditions[0].missing == missing


def test_an_unknown_choice_asks_below_both_branches_and_a_known_one_below_its_own() -> None:
    choice = number(ir.If, 0, 10**14, var("insured"), var("staff"), var("rent"))
    one = program([cmp(">", choice, const(5))])
    assert assess(one, {}).missing == ("insured", "staff", "rent")
    assert assess(one, {"insured": False}).missing == ("rent",)
    assert assess(one, {"rent": 9, "staff": 9}).missing == ("insured",)


def test_a_fact_that_does_not_apply_is_not_asked_and_has_is_false() -> None:
    guarded = yes(ir.And, (yes(ir.Has, "opt_debt"), cmp(">", var("opt_debt"), const(5))))
    result = assess(program([guarded]), {"opt_debt": NOT_APPLICABLE})
    assert result.outcome is Outcome.INELIGIBLE
    assert result.conditions[0].used == {"opt_debt": NOT_APPLICABLE}
    alone = assess(program([cmp(">", var("opt_debt"), const(5))]), {"opt_debt": NOT_APPLICABLE})
    assert (alone.conditions[0].value, alone.missing) == (None, ())


def test_has_asks_for_an_unknown_fact_and_is_true_for_a_known_one() -> None:
    one = program([yes(ir.Has, "opt_debt")])
    assert assess(one, {}).missing == ("opt_debt",)
    assert assess(one, {"opt_debt": 0}).outcome is Outcome.ELIGIBLE


def test_used_facts_leave_out_the_branch_not_taken() -> None:
    choice = number(ir.If, 0, 10**14, var("insured"), var("staff"), var("rent"))
    result = assess(program([cmp(">", choice, const(5))]), {"insured": True, "staff": 9, "rent": 1})
    assert result.conditions[0].used == {"insured": True, "staff": 9}


def test_the_trace_shows_each_step_with_its_value() -> None:
    root = trace(yes(ir.And, (STAFF, SMALL)), {"staff": 3})
    assert root.value is None
    compared, member = root.children
    assert (compared.value, [c.value for c in compared.children]) == (True, [3, 0])
    assert (member.value, member.children[0].value) == (None, None)


@pytest.mark.parametrize(
    ("mode", "x", "result"),
    [("half_up", 5, 3), ("half_up", 4, 2), ("down", 5, 2), ("up", 4, 2), ("up", 5, 3), ("down", 1, 0)],
)
def test_rate_rounds_once_as_asked(mode: str, x: int, result: int) -> None:
    node = number(ir.Rate, 0, 10**14, var("staff"), const(1), 2, mode)
    assert trace(node, {"staff": x}).value == result


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [("2022-08-31", 1, "2022-09-30"), ("2024-01-31", 1, "2024-02-29"), ("2022-03-31", -1, "2022-02-28")],
)
def test_adding_months_clamps_to_the_last_day(start: str, months: int, end: str) -> None:
    node = ir.AddMonths("date", None, None, None, var("until"), const(months))
    assert trace(node, {"until": dt.date.fromisoformat(start)}).value == dt.date.fromisoformat(end)


@pytest.mark.parametrize(
    ("start", "end", "months"),
    [("2022-01-31", "2022-02-28", 0), ("2022-01-15", "2022-03-15", 2), ("2022-03-15", "2022-01-14", -3)],
)
def test_months_between_counts_whole_months(start: str, end: str, months: int) -> None:
    node = number(ir.MonthsBetween, -27_000, 27_000, var("as_signed"), var("until"))
    dates = {"as_signed": dt.date.fromisoformat(start), "until": dt.date.fromisoformat(end)}
    assert trace(node, dates).value == months


@pytest.mark.parametrize("value", ["3", True, 3.5, -1, 100_001])
def test_a_fact_of_the_wrong_type_or_range_is_refused(value: object) -> None:
    with pytest.raises(FactError, match="staff"):
        assess(program([STAFF]), {"staff": value})  # type: ignore[dict-item]


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 2**32))
def test_filling_a_missing_fact_never_changes_a_decided_outcome(seed: int) -> None:
    random = Random(seed)
    one = Maker(random).program()
    full = facts(random, gaps=0.0)
    known = {k: v for k, v in full.items() if random.random() < 0.6}
    before = assess(one, known)
    for key in full.keys() - known.keys():
        after = assess(one, {**known, key: full[key]})
        _check_decided_stays(before, after)
        for old, new in zip(before.conditions, after.conditions, strict=True):
            assert old.value is None or old.value == new.value


def _check_decided_stays(before: Assessment, after: Assessment) -> None:
    if before.outcome in (Outcome.INELIGIBLE, Outcome.ELIGIBLE):
        assert after.outcome is before.outcome
    if before.outcome is Outcome.AMOUNT_PENDING:
        assert after.outcome in (Outcome.AMOUNT_PENDING, Outcome.ELIGIBLE)


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 2**32))
def test_filling_facts_that_were_not_asked_never_changes_the_outcome(seed: int) -> None:
    random = Random(seed)
    one = Maker(random).program()
    full = facts(random, gaps=0.0)
    known = {k: v for k, v in full.items() if random.random() < 0.6}
    before = assess(one, known)
    asked = set(before.missing)
    assert asked.isdisjoint(known)
    after = assess(one, {k: v for k, v in full.items() if k not in asked})
    assert after.outcome is before.outcome
    assert set(after.missing) <= asked


def test_outcomes_from_bits_match_the_lattice() -> None:
    assert decide_bits(0b01, 0b10, 0b11, True) is Outcome.NEEDS_SUPPLEMENT
    assert decide_bits(0b01, 0b00, 0b11, True) is Outcome.INELIGIBLE
    assert decide_bits(0b111, 0b000, 0b11, True) is Outcome.ELIGIBLE
    assert decide_bits(0b111, 0b000, 0b11, False) is Outcome.AMOUNT_PENDING
    assert [Outcome.of_code(o.code) for o in Outcome] == list(Outcome)
