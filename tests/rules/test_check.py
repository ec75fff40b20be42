"""Author errors: every problem is found, marked, explained in both languages, with the nearest right name."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from tests.rules.strategies import AS_OF, VOCABULARY

from zhida.rules import Problem, RuleError, check_vocabulary, expression, ir
from zhida.rules.evaluate import trace
from zhida.rules.facts import DATE_HI, DATE_LO
from zhida.rules.functions import FUNCTIONS
from zhida.rules.lower_calls import LOWER
from zhida.rules.vocabulary import Fact, Vocabulary


def node(text: str, entity: str = "subject", want: str | None = None, vocabulary: Vocabulary = VOCABULARY) -> ir.Node:
    return expression(text, vocabulary, entity=entity, at=AS_OF, want=want)


def problems(text: str, entity: str = "subject", want: str | None = None) -> tuple[Problem, ...]:
    with pytest.raises(RuleError) as caught:
        node(text, entity, want)
    for problem in caught.value.problems:
        assert problem.zh
        assert problem.en
        assert problem.text == text
        assert problem.where is not None
    return caught.value.problems


def codes(text: str, entity: str = "subject", want: str | None = None) -> list[str]:
    return [problem.code for problem in problems(text, entity, want)]


def part(problem: Problem) -> str:
    assert problem.where is not None
    return problem.text[problem.where.start : problem.where.end]


# -- names --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("insured_stuff > 3", "insured_staff"),
        ("参保职工人数 > 3", "insured_staff"),
        ("参保人数 > 3", "insured_staff"),
        ("suspend_days > 3", "suspended_days"),
        ("taxpaid > yuan(3)", "tax_paid"),
    ],
)
def test_a_wrong_name_gets_the_nearest_right_one(wrong: str, right: str) -> None:
    (problem,) = problems(wrong)
    assert problem.code == "unknown-name"
    assert right in problem.zh
    assert right in problem.en


@pytest.mark.parametrize(
    ("wrong", "right"),
    [('size == "smal"', "small"), ('size in ["micro", "小型"]', "small"), ('industry == "H63"', "H6")],
)
def test_a_wrong_code_gets_the_nearest_right_one(wrong: str, right: str) -> None:
    (problem,) = problems(wrong)
    assert problem.code == "unknown-code"
    assert right in problem.en


def test_a_misspelt_function_gets_the_nearest_right_one() -> None:
    (problem,) = problems("day_between(established_on, as_of) > 3")
    assert problem.code == "unknown-function"
    assert "days_between" in problem.zh
    assert part(problem) == "day_between"


def test_all_problems_of_a_text_are_found_at_once() -> None:
    found = problems('insured_stuff > 3 && size == "smal" && insured_staff + suspended_days > 3 && foo(1)')
    assert [p.code for p in found] == ["unknown-name", "unknown-code", "unit", "unknown-function"]


def test_one_mistake_is_not_reported_again_by_what_contains_it() -> None:
    assert codes("(nothing_known + 3) * insured_staff > yuan(3)") == ["unknown-name"]


def test_a_lease_fact_in_a_subject_rule_is_refused_and_allowed_in_a_lease_rule() -> None:
    assert codes("lease.monthly_rent * 3 > lease.monthly_rent") == ["wrong-entity", "wrong-entity"]
    node("lease.monthly_rent > lease.monthly_rent * 2", "lease")


def test_a_parameter_outside_a_measure_is_unknown() -> None:
    assert codes("insured_staff > param.limit") == ["unknown-param"]


# -- types and units ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "code", "at"),
    [
        ("insured_staff", "type", "insured_staff"),
        ("insured_staff && on_list", "type", "insured_staff"),
        ("!insured_staff == 3", "type", "insured_staff"),
        ("-on_list > 3", "type", "on_list"),
        ('size + "x" == "y"', "type", "size"),
        ('size > "small"', "type", "size"),
        ("on_list < true", "type", "on_list"),
        ("established_on > 3", "type", "3"),
        ("insured_staff == on_list", "type", "on_list"),
        ("insured_staff > suspended_days", "unit", "suspended_days"),
        ("tax_paid > insured_staff", "unit", "insured_staff"),
        ("tax_paid * tax_paid > yuan(3)", "unit", "tax_paid * tax_paid"),
        ("tax_paid > 5000", "money-literal", "5000"),
        ("tax_paid + 100 > yuan(5)", "money-literal", "100"),
        ("max(tax_paid, 3) > yuan(5)", "money-literal", "3"),
        ("(on_list ? tax_paid : 5) > yuan(1)", "money-literal", "5"),
        ("tax_paid > 2 * 3", "money-literal", "2"),
        ("monthly_sales > yuan(3)", "series-use", "monthly_sales"),
        ("size == industry", "code-list", "industry"),
        ("insured_staff in [1, on_list]", "list-item", "on_list"),
        ("insured_staff in size", "type", "size"),
        ('insured_staff in ["a"]', "type", '"a"'),
        ("[1, 2] == 3", "list-place", "[1, 2]"),
        ("add_months(as_of, insured_staff) > as_of", "unit", "insured_staff"),
        ("add_days(as_of, 3, 4) > as_of", "arguments", "add_days(as_of, 3, 4)"),
        ("year(insured_staff) > 3", "type", "insured_staff"),
        ("days_between(as_of, 3) > 3", "type", "3"),
        ("on_list ? insured_staff : suspended_days > 3", "type", "suspended_days > 3"),
        ("(on_list ? insured_staff : suspended_days) > 3", "unit", "suspended_days"),
    ],
)
def test_types_and_units_must_agree(text: str, code: str, at: str) -> None:
    found = problems(text, want="bool")
    assert found[0].code == code
    assert part(found[0]) == at


def test_literals_take_the_unit_they_stand_beside_and_only_zero_is_money() -> None:
    tested = node("suspended_days >= 3 + 4")
    assert isinstance(tested, ir.Cmp)
    assert tested.right.unit == "日"
    node("tax_paid > 0")
    node("(on_list ? tax_paid : 0) >= 0")


def test_units_multiply_and_divide_out() -> None:
    total = node("lease.monthly_rent * months_between(established_on, as_of)", "lease", "money")
    assert total.unit == "元"
    daily = node("rate(lease.monthly_rent * 1, suspended_days, 30)", "lease")
    assert daily.unit == "元/月"


def test_money_can_be_asked_for() -> None:
    assert node("tax_paid * 2", want="money").unit == "元"
    assert codes("insured_staff * 2", want="money") == ["type"]


def test_a_code_with_finer_codes_below_it_must_go_into_a_parameter_set() -> None:
    (problem,) = problems('industry == "H"')
    assert problem.code == "code-has-children"
    node('industry == "H61"')


# -- functions ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("has(on_list)", "has-always"),
        ("has(3)", "has"),
        ("has(as_of)", "has"),
        ("has(no_such)", "unknown-name"),
        ("has()", "arguments"),
        ('yuan("1.234") > tax_paid', "money"),
        ("yuan(insured_staff) > tax_paid", "literal"),
        ('date("2022-02-30") > as_of', "date"),
        ('date("2022-2-3") > as_of', "date"),
        ("rate(tax_paid, 3) > yuan(3)", "arguments"),
        ("rate(tax_paid, 1, 0) > yuan(3)", "denominator"),
        ("rate(tax_paid, employees, insured_staff) > yuan(3)", "denominator"),
        ('rate(tax_paid, 1, 3, "nearest") > yuan(3)', "mode"),
        ("rate(balance, 1, 3) > yuan(3)", "rate-negative"),
        ("rate(tax_paid, score, 3) > yuan(3)", "rate-negative"),
        ("rate(tax_paid, tax_paid, 3) > yuan(3)", "unit"),
        ("at_most(tax_paid, balance, insured_staff)", "type"),
        ("at_most(tax_paid, insured_staff, 1, 3)", "unit"),
        ("at_most(tax_paid, balance, 1, 0)", "denominator"),
        ("sum_months(monthly_sales, -36, -1) > yuan(3)", "window"),
        ('sum_months(monthly_sales, "2019-01", "2022-01") > yuan(3)', "window"),
        ("sum_months(monthly_sales, -1, -3) > yuan(3)", "window"),
        ("sum_months(monthly_sales, -1, 2) > yuan(3)", "window"),
        ('sum_months(monthly_sales, -1, "2022-08") > yuan(3)', "window"),
        ('sum_months(monthly_sales, "2022-13", "2022-14") > yuan(3)', "month"),
        ('sum_months(monthly_sales, "2015-01", "2022-08") > yuan(3)', "window"),
        ("sum_months(monthly_sales, on_list, -1) > yuan(3)", "window"),
        ("sum_months(tax_paid, -3, -1) > yuan(3)", "series"),
        ("sum_months(3, -3, -1) > yuan(3)", "series"),
        ('count_months(monthly_sales, -3, -1, "=>", yuan(3)) > 1', "operator"),
        ('count_months(monthly_sales, -3, -1, ">=", 3) > 1', "money-literal"),
        ('count_months(monthly_sales, -3, -1, ">=", insured_staff) > 1', "unit"),
        ("tier(insured_staff, score) > 3", "type"),
        ("min(insured_staff) > 3", "arguments"),
        ("min(insured_staff, established_on) > 3", "type"),
        ("size(insured_staff) > 3", "unknown-function"),
    ],
)
def test_functions_say_what_is_wrong_with_a_call(text: str, code: str) -> None:
    assert codes(text, want="bool")[0] == code


def test_every_function_is_checked_and_lowered() -> None:
    assert set(FUNCTIONS) == set(LOWER)


# -- guards -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "has(loan_debt) && loan_debt > yuan(3)",
        "loan_debt > yuan(3) && has(loan_debt)",
        "!has(loan_debt) || loan_debt > yuan(3)",
        "has(loan_debt) ? loan_debt > yuan(3) : false",
        "!has(loan_debt) ? false : loan_debt > yuan(3)",
        "on_list && has(loan_debt) && (loan_debt > yuan(3) || loan_debt < yuan(1))",
        "!(has(loan_debt) && on_list) || loan_debt > yuan(3)",
        "(has(loan_debt) && on_list || has(loan_debt) && !on_list) && loan_debt > yuan(3)",
        "!(!has(loan_debt) || !on_list) && loan_debt > yuan(3)",
    ],
)
def test_an_optional_fact_is_safe_beside_has(text: str) -> None:
    node(text)


@pytest.mark.parametrize(
    "text",
    [
        "loan_debt > yuan(3)",
        "has(loan_debt) || loan_debt > yuan(3)",
        "!has(loan_debt) && loan_debt > yuan(3)",
        "has(graduated_on) && loan_debt > yuan(3)",
        "has(loan_debt) ? true : loan_debt > yuan(3)",
        "(has(loan_debt) || on_list) && loan_debt > yuan(3)",
        "!(has(loan_debt) && on_list) && loan_debt > yuan(3)",
    ],
)
def test_an_optional_fact_without_a_guard_is_refused(text: str) -> None:
    assert codes(text) == ["unguarded"]


# -- proofs -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("tax_paid * 1000000000 > yuan(0)", "overflow"),
        ("rate(tax_paid, 500000000, 3) > yuan(0)", "overflow"),
        ("tax_paid * 900000000 + tax_paid * 900000000 > yuan(0)", "overflow"),
        ("0 - balance * 900000000 - balance * 900000000 > yuan(0)", "overflow"),
        ("at_most(tax_paid, tax_paid, 1, 1000000000)", "overflow"),
        ("add_months(as_of, 20000) > as_of", "date-shift"),
        ("add_days(as_of, suspended_days * 1000) > as_of", "date-shift"),
        ("add_days(as_of, -900000) > as_of", "date-shift"),
        ("add_months(add_months(add_months(as_of, -9999), -9999), -9999) > as_of", "date-range"),
    ],
)
def test_what_cannot_be_proved_to_stay_in_range_is_refused(text: str, code: str) -> None:
    assert code in codes(text)


def test_the_edge_of_the_range_is_accepted() -> None:
    bound = (2**63 - 1) // 10**10
    node(f"tax_paid * {bound} > yuan(0)")
    assert codes(f"tax_paid * {bound + 1} > yuan(0)") == ["overflow"]


def test_facts_without_bounds_get_the_documented_ones() -> None:
    free = Vocabulary({"n": Fact("n", "数", "n", "int", "1"), "m": Fact("m", "额", "m", "money", "元")}, {}, {})
    assert (node("n + 0 * n", vocabulary=free).hi, node("m", vocabulary=free).hi) == (10**9, 10**13)


def test_the_bounds_of_a_span_of_time_hold_every_pair_of_dates() -> None:
    days = node("days_between(established_on, as_of)")
    assert (days.lo, days.hi) == ((AS_OF - DATE_HI).days, (AS_OF - DATE_LO).days)
    back = node("days_between(as_of, established_on)")
    assert (back.lo, back.hi) == ((DATE_LO - AS_OF).days, (DATE_HI - AS_OF).days)
    months = node("months_between(established_on, as_of)")
    for day in (DATE_LO, DATE_HI):
        value = trace(months, {"established_on": day}).value
        assert isinstance(value, int)
        assert months.lo is not None
        assert months.hi is not None
        assert months.lo <= value <= months.hi


def test_a_window_may_reach_back_thirty_five_months_and_hold_thirty_six() -> None:
    whole = node("sum_months(monthly_sales, -35, 0)")
    assert isinstance(whole, ir.Add)
    assert len(whole.args) == 36
    node('sum_months(monthly_sales, "2019-02", "2022-01")')


def test_a_sum_must_fit_in_whatever_order_an_engine_adds() -> None:
    debt = Fact("debt", "欠", "debt", "int", "1", lo=-5 * 10**18, hi=-4 * 10**18)
    more = [Fact(key, key, key, "int", "1", lo=0, hi=47 * 10**17) for key in ("a", "b")]
    facts = Vocabulary({fact.key: fact for fact in (debt, *more)}, {}, {})
    node("a + debt > 0", vocabulary=facts)
    with pytest.raises(RuleError, match="overflow"):
        node("a + b + debt > 0", vocabulary=facts)


# -- values -------------------------------------------------------------------------------------

FACTS = {
    "insured_staff": 10,
    "suspended_days": 9,
    "score": -5,
    "tax_paid": 10_005,
    "balance": -250,
    "on_list": True,
    "established_on": dt.date(2022, 1, 31),
    "monthly_sales@2022-07": 100,
    "monthly_sales@2022-08": 300,
}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("score + 3", -2),
        ("3 + score - 10", -12),
        ("3 - score", 8),
        ("-(score - 2)", 7),
        ("2 * insured_staff * 3", 60),
        ("min(score, 3, 7)", -5),
        ("max(score, 3, 7)", 7),
        ("tax_paid + yuan(1)", 10_105),
        ("rate(tax_paid, 1, 2)", 5_003),
        ('rate(tax_paid, 1, 2, "down")', 5_002),
        ('rate(tax_paid, 1, 2, "up")', 5_003),
        ('rate(tax_paid, 1, 10000, "up")', 2),
        ("at_most(insured_staff, 20, 1, 2)", True),
        ("at_most(insured_staff, 19, 1, 2)", False),
        ("at_least(insured_staff, 20, 1, 2)", True),
        ("at_least(insured_staff, 21, 1, 2)", False),
        ("sum_months(monthly_sales, -2, -1)", 400),
        ('count_months(monthly_sales, -2, -1, ">", yuan(2))', 1),
        ("sum_months(monthly_sales, -3, -1)", None),
        ("months_between(established_on, as_of)", 7),
        ("months_between(as_of, established_on)", -8),
        ("days_between(established_on, as_of)", 242),
        ("add_months(established_on, 1)", dt.date(2022, 2, 28)),
        ("add_days(established_on, -31)", dt.date(2021, 12, 31)),
        ("max(established_on, as_of)", AS_OF),
        ("min(established_on, as_of)", dt.date(2022, 1, 31)),
        ("on_list ? insured_staff : 3", 10),
    ],
)
def test_a_text_computes_what_it_says(text: str, value: object) -> None:
    assert trace(node(text), FACTS).value == value


# -- normal form --------------------------------------------------------------------------------


def test_equal_pieces_are_one_object() -> None:
    tree = node("(insured_staff + employees > 3 || on_list) && !(insured_staff + employees > 3)")
    assert isinstance(tree, ir.And)
    either, negated = tree.args
    assert isinstance(either, ir.Or)
    assert isinstance(negated, ir.Not)
    assert either.args[0] is negated.arg


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("on_list && true", "on_list"),
        ("true && (on_list && insured_staff > 3)", "on_list && insured_staff > 3"),
        ("on_list || false || on_list", "on_list"),
        ("!!on_list", "on_list"),
        ("1 + 2 > 2 ? on_list : false", "on_list"),
        ("insured_staff + 1 - 3 + 2 > 0", "insured_staff > 0"),
        ("insured_staff * 1 > 2 * 3", "insured_staff > 6"),
        ("min(3, insured_staff, 5) > 1", "min(insured_staff, 3) > 1"),
        ("score - (2 - 5) > 0", "score + 3 > 0"),
    ],
)
def test_folding_gives_the_simplest_equal_form(text: str, same: str) -> None:
    assert node(text) == node(same)


@pytest.mark.parametrize("text", ["score - score == 0", "score * 0 == 0", "on_list || !on_list", "on_list == on_list"])
def test_nothing_that_may_be_unknown_is_folded_away(text: str) -> None:
    assert trace(node(text), {}).value is None


def test_month_windows_are_counted_back_from_the_month_of_as_of() -> None:
    total = node("sum_months(monthly_sales, -2, 0)")
    assert isinstance(total, ir.Add)
    keys = [arg.key for arg in total.args if isinstance(arg, ir.Var)]
    assert keys == ["monthly_sales@2022-07", "monthly_sales@2022-08", "monthly_sales@2022-09"]


# -- vocabulary ---------------------------------------------------------------------------------


def _with(*facts: Fact) -> Vocabulary:
    return replace(VOCABULARY, facts={**VOCABULARY.facts, **{fact.key: fact for fact in facts}})


def test_a_derived_fact_is_expanded_where_it_is_used() -> None:
    more = _with(Fact("spare", "富余人数", "spare staff", "int", "人", derive="employees - insured_staff"))
    assert node("spare > 3", vocabulary=more) == node("employees - insured_staff > 3", vocabulary=more)
    assert check_vocabulary(more, AS_OF) == ()


@pytest.mark.parametrize(
    ("fact", "code"),
    [
        (Fact("x", "甲", "x", "int", "人", derive="x + 1"), "derive-circle"),
        (Fact("x", "甲", "x", "int", "人", derive="suspended_days + 1"), "derive-unit"),
        (Fact("x", "甲", "x", "bool", derive="insured_staff"), "type"),
        (Fact("x", "甲", "x", "int", "人", derive="lease.monthly_rent * 1"), "wrong-entity"),
        (Fact("x", "甲", "x", "int", "人", derive="employees / 2"), "division"),
        (Fact("x", "甲", "x", "int", "人", derive="employees", optional=True), "derive"),
        (Fact("x", "甲", "x", "money", "人"), "vocabulary-unit"),
        (Fact("x", "甲", "x", "int", "床"), "vocabulary-unit"),
        (Fact("x", "甲", "x", "code", codes="nowhere"), "code-list"),
        (Fact("x", "甲", "x", "int", "人", lo=3, hi=1), "bounds"),
        (Fact("x", "甲", "x", "int", "人", entity="lease"), "fact-key"),
        (Fact("boat.x", "甲", "x", "int", "人", entity="boat"), "unknown-entity"),
        (Fact("x", "甲", "x", "date", series=True), "series"),
    ],
)
def test_a_wrong_vocabulary_entry_is_found(fact: Fact, code: str) -> None:
    found = check_vocabulary(_with(fact), dt.date(2022, 9, 1))
    assert code in [problem.code for problem in found]
    assert all(problem.path.startswith(f"vocabulary.{fact.key}") for problem in found)
