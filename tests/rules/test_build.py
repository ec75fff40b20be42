"""From a measure's source to a program: implied conditions, results, hashes, and every problem at once."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from tests.rules.strategies import AS_OF, PARAMS, VOCABULARY

from zhida.rules import Problem, Program, RuleError, assess, build, check, ir, node_hash, program_hash
from zhida.rules.measure import ConditionSource, MeasureSource, OutputSource
from zhida.rules.vocabulary import NOT_APPLICABLE

ANCESTORS = ("990101", "990100", "")


def source(**changes: object) -> MeasureSource:
    plain = MeasureSource(
        id="stay-job",
        version="1",
        entity="subject",
        who=({"size": ("medium", "small", "micro")},),
        places=("990100",),
        valid_from=dt.date(2022, 9, 1),
        valid_until=dt.date(2022, 12, 31),
        params=PARAMS,
        conditions=(
            ConditionSource("suspended", "suspended_days >= param.min_days", "停业 7 日以上", "suspended", "D-10.a"),
            ConditionSource("insured", "insured_staff > 0", "有参保职工", "insured"),
        ),
        outputs=(OutputSource("amount", "insured_staff * param.per_head", "金额", "amount"),),
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def made(measure: MeasureSource, at: dt.date = AS_OF) -> Program:
    return build(measure, VOCABULARY, place="990101", ancestors=ANCESTORS, at=at)


def problems(measure: MeasureSource, at: dt.date = AS_OF) -> list[Problem]:
    with pytest.raises(RuleError) as caught:
        made(measure, at)
    return list(caught.value.problems)


def conditions(*texts: str) -> tuple[ConditionSource, ...]:
    return tuple(ConditionSource(f"c{i}", text, "条件", "condition") for i, text in enumerate(texts))


def outputs(**texts: str) -> tuple[OutputSource, ...]:
    return tuple(OutputSource(id_, text, "结果", "result") for id_, text in texts.items())


# -- implied conditions -------------------------------------------------------------------------


def test_place_and_who_come_before_the_authored_conditions() -> None:
    program = made(source())
    assert [c.id for c in program.conditions] == ["place", "who", "suspended", "insured"]
    place, who = program.conditions[:2]
    assert isinstance(place.node, ir.In)
    assert place.node.codes == {"990100", "990101", "990102"}
    assert isinstance(who.node, ir.In)
    assert who.node.codes == {"medium", "small", "micro"}
    assert "中型" in who.zh
    assert "登记地" in place.zh


def test_a_nationwide_measure_for_everyone_has_no_implied_condition() -> None:
    assert [c.id for c in made(source(places=("",), who=())).conditions] == ["suspended", "insured"]


def test_alternatives_of_who_are_either_or_and_expand_to_finer_codes() -> None:
    program = made(source(who=({"industry": ("H",)}, {"industry": ("A",), "size": ("small",)})))
    facts = {"place": "990101", "suspended_days": 9, "insured_staff": 2}
    assert assess(program, {**facts, "industry": "H62", "size": "large"}).outcome == "eligible"
    assert assess(program, {**facts, "industry": "A", "size": "small"}).outcome == "eligible"
    assert assess(program, {**facts, "industry": "A", "size": "micro"}).outcome == "ineligible"


@pytest.mark.parametrize(
    ("changes", "code", "path"),
    [
        ({"places": ("990900",)}, "unknown-code", "places"),
        ({"who": ({"size": ("smal",)},)}, "unknown-code", "subject"),
        ({"who": ({"sizes": ("small",)},)}, "unknown-name", "subject"),
        ({"who": ({"insured_staff": ("3",)},)}, "type", "subject"),
        ({"who": ({"size": ()},)}, "empty-list", "subject"),
        ({"entity": "boat"}, "unknown-entity", "unit"),
    ],
)
def test_wrong_places_subjects_and_entities_are_refused(changes: dict[str, object], code: str, path: str) -> None:
    (problem,) = problems(source(**changes))
    assert (problem.code, problem.path) == (code, path)


# -- conditions and results ---------------------------------------------------------------------


def test_the_amount_is_money_and_further_results_have_their_kind() -> None:
    extra = outputs(amount="yuan(5)", until="add_months(as_of, param.months)", heads="insured_staff", ok="on_list")
    program = made(source(outputs=extra))
    assert [(o.id, o.kind, o.unit) for o in program.outputs] == [
        ("amount", "money", "元"), ("until", "date", None), ("heads", "int", "人"), ("ok", "bool", None),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("texts", "code", "path"),
    [
        ({"amount": "insured_staff"}, "amount-unit", "amount"),
        ({"amount": "param.per_head"}, "amount-unit", "amount"),
        ({"amount": "tax_paid - param.limit"}, "amount-negative", "amount"),
        ({"amount": "balance"}, "amount-negative", "amount"),
        ({"amount": "on_list"}, "type", "amount"),
        ({"date": "insured_staff"}, "type", "date"),
        ({"other": "param.trades"}, "set-use", "outputs.other.expr"),
        ({"other": "monthly_sales"}, "series-use", "outputs.other.expr"),
        ({"other": "loan_debt"}, "unguarded", "outputs.other.expr"),
        ({"other": "a /"}, "division", "outputs.other.expr"),
    ],
)
def test_a_wrong_result_is_refused_at_its_path(texts: dict[str, str], code: str, path: str) -> None:
    (problem,) = problems(source(outputs=outputs(**texts)))
    assert (problem.code, problem.path, problem.text) == (code, path, next(iter(texts.values())))


def test_max_with_zero_makes_an_amount_that_cannot_be_negative() -> None:
    program = made(source(outputs=outputs(amount="max(0, tax_paid - param.limit)")))
    assert program.outputs[0].node.lo == 0


def test_an_amount_of_nothing_may_be_written_plainly() -> None:
    assert made(source(outputs=outputs(amount="yuan(0)"))).outputs[0].unit == "元"


def test_a_condition_that_establishes_has_guards_all_texts_of_the_measure() -> None:
    measure = source(
        conditions=conditions("has(loan_debt)", "loan_debt > yuan(3)"), outputs=outputs(amount="loan_debt")
    )
    facts = {"place": "990101", "size": "small"}
    program = made(measure)
    assert assess(program, {**facts, "loan_debt": NOT_APPLICABLE}).outcome == "ineligible"
    assert assess(program, {**facts, "loan_debt": 500}).outputs[0].value == 500
    assert assess(program, facts).missing == ("loan_debt",)


def test_a_condition_does_not_guard_itself_by_the_fact_it_fails_to_test() -> None:
    (problem,) = problems(source(conditions=conditions("loan_debt > yuan(3)")))
    assert (problem.code, problem.path) == ("unguarded", "conditions.c0.if")


def test_every_problem_of_a_measure_is_reported_at_once() -> None:
    measure = source(
        who=({"size": ("smal",)},),
        conditions=conditions("insured_stuff > 0", "a /", "on_list"),
        outputs=outputs(amount="insured_staff", other="nothing_known"),
    )
    assert [(p.code, p.path) for p in problems(measure)] == [
        ("division", "conditions.c1.if"),
        ("unknown-code", "subject"),
        ("unknown-name", "conditions.c0.if"),
        ("amount-unit", "amount"),
        ("unknown-name", "outputs.other.expr"),
    ]


@pytest.mark.parametrize("taken", ["place", "who", "c0"])
def test_condition_ids_are_unique_and_two_are_reserved(taken: str) -> None:
    twice = (*conditions("on_list"), ConditionSource(taken, "on_list", "条件", "condition"))
    assert [p.code for p in problems(source(conditions=twice))] == ["duplicate-id"]


def test_result_ids_are_unique() -> None:
    twice = (*outputs(x="on_list"), *outputs(x="on_list"))
    assert [p.code for p in problems(source(outputs=twice))] == ["duplicate-id"]


@pytest.mark.parametrize("at", [dt.date(2022, 8, 31), dt.date(2023, 1, 1)])
def test_a_measure_is_not_built_outside_its_validity(at: dt.date) -> None:
    assert [p.code for p in problems(source(), at)] == ["not-in-force"]


def test_a_validity_that_ends_before_it_begins_is_refused() -> None:
    assert [p.code for p in check(source(valid_until=dt.date(2022, 1, 1)), VOCABULARY)] == ["validity"]


def test_named_parameters_stay_visible_in_arithmetic() -> None:
    program = made(source(outputs=outputs(amount="param.limit * 2 + param.limit")))
    params = [n.param for n in _leaves(program.outputs[0].node) if isinstance(n, ir.Const)]
    assert params.count("limit") == 2


def _leaves(node: ir.Node) -> list[ir.Node]:
    from zhida.rules.walk import children

    below = children(node)
    return [leaf for child in below for leaf in _leaves(child)] if below else [node]


def test_a_parameter_decides_which_facts_are_needed() -> None:
    program = made(source(conditions=conditions("param.widened ? insured_staff > 3 : employees > 3")))
    assert assess(program, {"place": "990101", "size": "small"}).missing == ("insured_staff",)


# -- hashes -------------------------------------------------------------------------------------


def test_a_program_hash_changes_with_anything_that_changes_the_decision_or_its_words() -> None:
    plain = made(source())
    others = [
        made(source(version="2")),
        made(source(), dt.date(2022, 10, 1)),
        made(source(places=("990101",))),
        made(source(who=())),
        made(source(outputs=outputs(amount="insured_staff * param.per_head * 2"))),
        made(source(conditions=conditions("suspended_days >= param.min_days"))),
        replace(plain, place="990102"),
        replace(plain, outputs=(replace(plain.outputs[0], node=plain.conditions[0].node),)),
        replace(plain, conditions=(replace(plain.conditions[0], zh="别的说法"), *plain.conditions[1:])),
        replace(plain, params=(replace(plain.params[0], source="别的文件"), *plain.params[1:])),
    ]
    hashes = {program_hash(program) for program in (plain, *others)}
    assert len(hashes) == len(others) + 1
    assert program_hash(made(source())) == program_hash(plain)


def test_nodes_that_compute_the_same_have_the_same_hash() -> None:
    one, two = (made(source(conditions=conditions(t))).conditions[-1].node for t in ("on_list && true", "!!on_list"))
    assert node_hash(one) == node_hash(two)


# -- dates --------------------------------------------------------------------------------------


def test_adding_months_clamps_to_the_end_of_the_month() -> None:
    program = made(source(outputs=outputs(date='add_months(date("2022-08-31"), 1)')))
    assert program.outputs[0].node == ir.Const("date", None, None, None, dt.date(2022, 9, 30))
