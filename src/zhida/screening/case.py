"""Check one described case against every measure in force: the same rules and stacking as the batch."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from zhida.catalog.facts import CaseFacts
from zhida.catalog.library import Library
from zhida.catalog.resolution import Resolved
from zhida.rules.evaluate import Assessment, TraceNode, assess
from zhida.rules.ir import Var
from zhida.rules.outcome import Outcome, main_output
from zhida.rules.program import Program
from zhida.rules.vocabulary import SUBJECT, NotApplicable, Value
from zhida.screening.stacking import UNBOUNDED, Adjustment, Candidate, Received, State
from zhida.screening.stacking.declared import declared_rules
from zhida.screening.stacking.one import Stacked, apply

Row = Mapping[str, Value | NotApplicable]

STATES = {
    Outcome.NEEDS_SUPPLEMENT: State.SUPPLEMENT,
    Outcome.ELIGIBLE: State.ELIGIBLE,
    Outcome.AMOUNT_PENDING: State.PENDING,
}


@dataclass(frozen=True, slots=True)
class Answer:
    """One measure's answer for the subject or one of its records.

    record: "" for the subject, else the record's number in the case or its id.
    amount: fen after stacking (None: not money, or not known); stands: False when stacking dropped it.
    """

    program: Program
    record: str
    facts: Row
    assessment: Assessment
    amount: int | None
    stands: bool
    adjustments: tuple[Adjustment, ...]

    @classmethod
    def of(cls, program: Program, record: str, facts: Row, assessment: Assessment, stacked: Stacked) -> Answer:
        """An assessment together with what stacking made of it."""
        stands, amount = stacked.final.get((program.measure, record), (True, None))
        rows = tuple(r for r in stacked.adjustments if (r.measure, r.record) == (program.measure, record))
        return cls(program, record, facts, assessment, amount, stands, rows)

    @property
    def effect(self) -> str:
        """What stacking did in the end: "", ``reduced`` or ``dropped``."""
        if not self.stands:
            return "dropped"
        before = self.entitled
        return "reduced" if before is not None and self.amount is not None and self.amount < before else ""

    @property
    def entitled(self) -> int | None:
        """What the measure's own rule gives, in fen."""
        return entitled(self.program, self.assessment)

    @property
    def provisional(self) -> bool:
        return any(row.provisional for row in self.adjustments)


@dataclass(frozen=True, slots=True)
class CaseAnswer:
    """Answers of all measures in force, in the library's order, and why the others do not apply.

    without_records: measures decided per record of which the case has none.
    """

    place: str
    as_of: dt.date
    answers: tuple[Answer, ...]
    not_applicable: tuple[Resolved, ...]
    without_records: tuple[Program, ...]


def entitled(program: Program, assessment: Assessment) -> int | None:
    """The money a measure gives before stacking, in fen; None when it is not money or not known."""
    main = main_output(program)
    if main is None or main.kind != "money" or assessment.outcome is not Outcome.ELIGIBLE:
        return None
    value = assessment.outputs[0].value
    return value if isinstance(value, int) else None


def ceiling(program: Program) -> int | None:
    """The largest amount (fen) the rule can give, when that is a useful bound."""
    main = main_output(program)
    bound = main.node.hi if main is not None and main.kind == "money" else 0
    return bound if bound is not None and bound < UNBOUNDED else None


def check_case(
    library: Library,
    case: CaseFacts,
    place: str,
    as_of: dt.date,
    measures: Sequence[str] | None = None,
    received: Iterable[Received] = (),
) -> CaseAnswer:
    """Every measure in force at ``place`` on ``as_of`` for a described subject.

    measures keeps only these in the answer; the others still take part in stacking. Raises RuleError
    and UnknownPlace.
    """
    programs = library.programs(place, as_of)
    rows = {entity: _numbered(case, entity) for entity in {program.entity for program in programs}}
    assessed = [
        (program, record, facts, assess(program, facts))
        for program in programs
        for record, facts in rows[program.entity]
    ]
    stacked = stack(library, programs, assessed, as_of, received)
    answers = tuple(
        Answer.of(program, record, facts, assessment, stacked)
        for program, record, facts, assessment in assessed
        if measures is None or program.measure in measures
    )
    others = tuple(
        found
        for found in library.resolution(place, as_of)
        if found.state != "in_force" and (measures is None or found.measure.id in measures)
    )
    empty = tuple(p for p in programs if not rows[p.entity] and (measures is None or p.measure in measures))
    return CaseAnswer(place, as_of, answers, others, empty)


def stack(
    library: Library,
    programs: Sequence[Program],
    assessed: Iterable[tuple[Program, str, Row, Assessment]],
    as_of: dt.date,
    received: Iterable[Received] = (),
) -> Stacked:
    """Stacking over one subject's assessments."""
    candidates = [
        Candidate(program.measure, record, STATES[a.outcome], entitled(program, a), ceiling(program))
        for program, record, _, a in assessed
        if a.outcome in STATES
    ]
    return apply(candidates, declared_rules(library, programs), received, as_of.year)


def _numbered(case: CaseFacts, entity: str) -> list[tuple[str, Row]]:
    rows = case.rows(entity)
    if entity == SUBJECT:
        return [("", rows[0])]
    if entity not in case.records:
        return [("", rows[0])]  # a record nobody described: everything about it is asked
    return [(str(i), row) for i, row in enumerate(rows, 1)]


def output_facts(step: TraceNode) -> dict[str, Value | NotApplicable]:
    """Facts a traced result was computed from, in reading order (branches not taken included)."""
    found: dict[str, Value | NotApplicable] = {}
    if isinstance(step.node, Var) and step.value is not None:
        found[step.node.key] = step.value
    for child in step.children:
        found.update(output_facts(child))
    return found
