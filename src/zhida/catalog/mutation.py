"""Do the golden cases of a measure notice every slip of its author's hand? Those that do not are survivors."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from zhida.catalog import golden
from zhida.catalog.library import Library
from zhida.catalog.measures import MeasureDef
from zhida.rules import Assessment, FactError, assess, program_hash
from zhida.rules.boundaries import BoundaryCase, boundaries
from zhida.rules.mutate import Mutant, mutants
from zhida.rules.program import Program

OPERATORS = frozenset({"operator"})


@dataclass(frozen=True, slots=True)
class Slip:
    """One way to get a measure wrong, the same at every place and date the measure is built for.

    kind: operator, rounding, constant or set; where: condition or output id; change: what was changed,
    numbers left out; nth: which of the equal ones, in reading order.
    """

    kind: str
    where: str
    change: str
    nth: int


@dataclass(frozen=True, slots=True)
class Survivor:
    """A slip no golden case notices, and facts on a boundary of the rule that would have told it."""

    slip: Slip
    case: str
    told_by: BoundaryCase

    def __str__(self) -> str:
        s, t = self.slip, self.told_by
        value = "absent" if t.value is None else t.value
        return f"{s.where}: {s.change} (#{s.nth}); “{self.case}” with {t.key} = {value} would"


def survivors(library: Library, measure: MeasureDef, kinds: frozenset[str] = OPERATORS) -> list[Survivor]:
    """Slips of the given kinds that no golden case notices although facts exist that tell them.

    A slip that no boundary case around the golden cases can tell is the same rule written otherwise (an
    operator on a blank parameter, a factor of one). The implied condition ``place`` is left out of set
    slips: its codes are the division tree's. Raises rules.RuleError.
    """
    alive: dict[Slip, list[tuple[Program, Mutant, list[int]]]] = {}
    dead: set[Slip] = set()
    for program, cases in _programs(library, measure):
        for slip, mutant in _slips(program, kinds):
            if slip in dead:
                continue
            if any(not golden.run_case(library, measure, i, program=mutant.program).passed for i in cases):
                dead.add(slip)
                alive.pop(slip, None)
            else:
                alive.setdefault(slip, []).append((program, mutant, cases))
    found = (_told(library, measure, slip, runs) for slip, runs in alive.items())
    return [survivor for survivor in found if survivor is not None]


def _programs(library: Library, measure: MeasureDef) -> list[tuple[Program, list[int]]]:
    """The programs the cases run, each with the cases that pass; equal programs are one."""
    found: dict[str, tuple[Program, list[int]]] = {}
    for index, case in enumerate(measure.golden):
        program = golden.case_program(library, measure, case)
        if golden.run_case(library, measure, index, program=program).passed:
            found.setdefault(program_hash(program), (program, []))[1].append(index)
    return list(found.values())


def _slips(program: Program, kinds: frozenset[str]) -> Iterator[tuple[Slip, Mutant]]:
    seen: dict[tuple[str, str, str], int] = {}
    for mutant in mutants(program):
        if mutant.kind in kinds and (mutant.kind, mutant.where) != ("set", "place"):
            change = re.sub(r"\d{4}-\d\d-\d\d|-?\d+", "n", mutant.change)
            key = (mutant.kind, mutant.where, change)
            seen[key] = seen.get(key, 0) + 1
            yield Slip(*key, seen[key]), mutant


def _told(
    library: Library, measure: MeasureDef, slip: Slip, runs: list[tuple[Program, Mutant, list[int]]]
) -> Survivor | None:
    for program, mutant, cases in runs:
        for index in cases:
            for row in golden.case_facts(library, measure, index).rows(measure.entity):
                for edge in boundaries(program, row):
                    if edge.where == slip.where and _answer(program, edge) != _answer(mutant.program, edge):
                        return Survivor(slip, measure.golden[index].name, edge)
    return None


def _answer(program: Program, edge: BoundaryCase) -> object:
    """What a person would see: outcome, amounts, failed conditions, what is asked for."""
    try:
        found: Assessment = assess(program, edge.facts)
    except FactError:
        return None
    values = [o.value for o in found.outputs] if found.outcome.startswith("eligible") else []
    return found.outcome, values, [c.id for c in found.conditions if c.value is False], found.missing
