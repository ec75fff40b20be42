"""Do the golden cases of a measure notice every slip of its author's hand? Those that do not are survivors."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from zhida.catalog import golden
from zhida.catalog.library import Library
from zhida.catalog.measures import MeasureDef
from zhida.rules import program_hash
from zhida.rules.mutate import Mutant, mutants
from zhida.rules.program import Program


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

    def __str__(self) -> str:
        return f"{self.where}: {self.change} (#{self.nth})"


def survivors(library: Library, measure: MeasureDef, kinds: frozenset[str] = frozenset({"operator"})) -> list[Slip]:
    """Slips of the given kinds that no golden case of the measure notices. Raises rules.RuleError.

    Cases that fail already notice nothing. The implied condition ``place`` is left out of set slips: its
    codes are the division tree's, not the author's.
    """
    alive: dict[Slip, None] = {}
    dead: set[Slip] = set()
    for program, cases in _programs(library, measure).values():
        for slip, mutant in _slips(program, kinds):
            if slip in dead:
                continue
            alive[slip] = None
            if any(not golden.run_case(library, measure, i, program=mutant.program).passed for i in cases):
                dead.add(slip)
                del alive[slip]
    return list(alive)


def _programs(library: Library, measure: MeasureDef) -> dict[str, tuple[Program, list[int]]]:
    """The programs the cases run, each with its cases; equal programs are one."""
    found: dict[str, tuple[Program, list[int]]] = {}
    for index, case in enumerate(measure.golden):
        program = golden.case_program(library, measure, case)
        if golden.run_case(library, measure, index, program=program).passed:
            found.setdefault(program_hash(program), (program, []))[1].append(index)
    return found


def _slips(program: Program, kinds: frozenset[str]) -> Iterator[tuple[Slip, Mutant]]:
    seen: dict[tuple[str, str, str], int] = {}
    for mutant in mutants(program):
        if mutant.kind in kinds and (mutant.kind, mutant.where) != ("set", "place"):
            change = re.sub(r"\d{4}-\d\d-\d\d|-?\d+", "n", mutant.change)
            key = (mutant.kind, mutant.where, change)
            seen[key] = seen.get(key, 0) + 1
            yield Slip(*key, seen[key]), mutant
