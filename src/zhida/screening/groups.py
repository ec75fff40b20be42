"""Place groups: subjects at places where the same programs are in force are screened together."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from zhida.catalog.library import Library
from zhida.rules.program import Program


@dataclass(frozen=True, slots=True)
class Group:
    """Places that share one set of programs.

    name: stable within a run (``g0``, ``g1`` … in order of the smallest place code).
    places: snapshot place codes; None among them stands for subjects whose place is not known or not
    a place of the library: only nationwide measures are asked for them.
    programs: in the library's order, resolved at the representative (smallest) place.
    """

    name: str
    places: tuple[str | None, ...]
    programs: tuple[Program, ...]

    def entities(self) -> tuple[str, ...]:
        """Entities decided here, in order of first use."""
        return tuple(dict.fromkeys(program.entity for program in self.programs))

    def of_entity(self, entity: str) -> tuple[Program, ...]:
        return tuple(program for program in self.programs if program.entity == entity)


def group_places(
    library: Library,
    places: Iterable[str | None],
    at: dt.date,
    measures: Sequence[str] | None = None,
) -> tuple[Group, ...]:
    """Split snapshot places by the programs in force there. Raises rules.RuleError.

    Programs are built once per distinct set of enclosing places that any measure or parameter names,
    so a nation of 40,000 towns costs as many builds as it has differing rules.
    """
    named = _named_places(library)
    by_reach: dict[tuple[str, ...], list[str | None]] = {}
    for place in sorted(set(places), key=lambda code: code or ""):
        chain = library.jurisdictions.ancestors(place) if place and place in library.jurisdictions else ("",)
        by_reach.setdefault(tuple(code for code in chain if code in named), []).append(place)
    same: dict[tuple[Program, ...], list[str | None]] = {}
    built: dict[tuple[Program, ...], tuple[Program, ...]] = {}
    for members in by_reach.values():
        first = members[0]
        at_place = first if first and first in library.jurisdictions else ""
        programs = library.programs(at_place, at, measure_ids=measures)
        key = tuple(replace(program, place="") for program in programs)
        same.setdefault(key, []).extend(members)
        built.setdefault(key, programs)
    ordered = sorted(same.items(), key=lambda item: min(code or "" for code in item[1]))
    return tuple(
        Group(f"g{i}", tuple(sorted(members, key=lambda code: code or "")), built[key])
        for i, (key, members) in enumerate(ordered)
    )


def _named_places(library: Library) -> set[str]:
    named = {""}
    for measure in library.measures:
        named.update(measure.places)
        named.update(v.place for param in measure.source.params for v in param.values)
    return named
