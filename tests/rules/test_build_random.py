"""Random authored rules go through the whole front: accepted, proved total, and decided."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.rules import strategies as ours

from zhida.rules import Program, assess, build, check, compile_assessor, program_hash
from zhida.rules.evaluate import trace
from zhida.rules.expressions import lower_checked
from zhida.rules.facts import DATE_HI, DATE_LO
from zhida.rules.measure import MeasureSource
from zhida.rules.nodes import Nodes
from zhida.rules.parser import parse
from zhida.rules.totality import require_total
from zhida.rules.types import Scope
from zhida.rules.vocabulary import NOT_APPLICABLE

ANCESTORS = ("990101", "990100", "")


def made(measure: MeasureSource) -> Program:
    return build(measure, ours.VOCABULARY, place="990101", ancestors=ANCESTORS, at=ours.AS_OF)


@settings(max_examples=100)
@given(ours.measures(), ours.fact_sets())
def test_every_well_typed_rule_is_accepted_proved_total_and_decided_alike(
    measure: MeasureSource, facts: dict[str, Any]
) -> None:
    program = made(measure)
    for part in (*program.conditions, *program.outputs):
        require_total(part.node, part.id)
    (fast,) = compile_assessor([program])(facts)
    assert assess(program, facts).outcome == fast.outcome


@settings(max_examples=40)
@given(ours.measures())
def test_building_is_deterministic_and_checking_finds_nothing(measure: MeasureSource) -> None:
    assert program_hash(made(measure)) == program_hash(made(measure))
    assert (
        check(measure, ours.VOCABULARY, lambda place: ANCESTORS[-3:] if place == "990101" else (place, "990100", ""))
        == ()
    )


def _within(step: Any) -> bool:
    """Every computed number lies in its proved bounds, every date in the calendar."""
    value, node = step.value, step.node
    fine = value is None or value is NOT_APPLICABLE or node.kind not in ("int", "date")
    if not fine and node.kind == "int":
        fine = node.lo <= value <= node.hi
    elif not fine:
        fine = DATE_LO.replace(year=1) <= value <= DATE_HI.replace(year=9999)
    return fine and all(_within(child) for child in step.children)


@settings(max_examples=150)
@given(st.one_of(ours.money(params=False), ours.counts(params=False), ours.dates(params=False)), ours.fact_sets())
def test_every_step_stays_within_its_proved_bounds_and_folding_changes_no_value(
    text: str, facts: dict[str, Any]
) -> None:
    scope = Scope(ours.VOCABULARY, ours.ENTITY)
    folded, plain = (
        trace(lower_checked(parse(text), scope, Nodes(fold=fold), ours.AS_OF, {}), facts) for fold in (True, False)
    )
    assert _within(folded)
    assert _within(plain)
    assert folded.value == plain.value


@settings(max_examples=150)
@given(ours.truths(params=False), ours.fact_sets())
def test_folding_changes_no_truth_and_no_unknown(text: str, facts: dict[str, Any]) -> None:
    scope = Scope(ours.VOCABULARY, ours.ENTITY)
    folded, plain = (
        trace(lower_checked(parse(text), scope, Nodes(fold=fold), ours.AS_OF, {}), facts).value
        for fold in (True, False)
    )
    assert folded is plain
