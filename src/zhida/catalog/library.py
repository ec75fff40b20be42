"""The library: every file of a set of packages, checked, linked and ready to ask."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from zhida.catalog.measures import MeasureDef
from zhida.catalog.places import Jurisdictions
from zhida.catalog.problems import CatalogProblem
from zhida.catalog.resolution import Resolved, resolve
from zhida.catalog.shapes.base import Shape
from zhida.catalog.shapes.common import (
    ClauseItem,
    DepartmentItem,
    EntityItem,
    FundItem,
    PackageFile,
    StackingGroupItem,
    UnitItem,
)
from zhida.catalog.shapes.policy import DocumentItem
from zhida.catalog.shapes.vocabulary import FeedFile
from zhida.catalog.sources import Item, SourceFile
from zhida.rules.measure import MeasureSource
from zhida.rules.program import Program
from zhida.rules.vocabulary import Vocabulary

S = TypeVar("S", bound=Shape)


@dataclass(frozen=True, slots=True)
class Library:
    """What is known at one moment. Equal ``hash`` means equal content, wherever it was loaded from.

    measures holds every version of every measure; ``measure(id, at)`` picks one.
    problems: everything found; the library is publishable only when ``errors`` is empty.
    """

    hash: str
    files: tuple[SourceFile, ...]
    by_kind: Mapping[str, tuple[Item, ...]]
    vocabulary: Vocabulary
    jurisdictions: Jurisdictions
    measures: tuple[MeasureDef, ...]
    problems: tuple[CatalogProblem, ...]
    _programs: dict[tuple[str, str, dt.date, dt.date | None], Program] = field(
        default_factory=dict, compare=False, repr=False
    )
    _resolved: dict[tuple[str, dt.date], tuple[Resolved, ...]] = field(default_factory=dict, compare=False, repr=False)
    _maps: dict[str, dict[str, Any]] = field(default_factory=dict, compare=False, repr=False)

    @property
    def errors(self) -> tuple[CatalogProblem, ...]:
        return tuple(p for p in self.problems if p.severity == "error")

    def items(self, kind: str) -> tuple[Item, ...]:
        """The items of a file kind (see ``kinds.KINDS``) in file order; empty when there are none."""
        return self.by_kind.get(kind, ())

    def _keyed(self, kind: str, shape: type[S]) -> Mapping[str, S]:
        if kind not in self._maps:
            self._maps[kind] = {i.shape.id: i.shape for i in self.items(kind) if isinstance(i.shape, shape)}  # type: ignore[attr-defined]
        return self._maps[kind]

    @property
    def packages(self) -> Mapping[str, PackageFile]:
        return self._keyed("package", PackageFile)

    @property
    def units(self) -> Mapping[str, UnitItem]:
        return self._keyed("unit", UnitItem)

    @property
    def entities(self) -> Mapping[str, EntityItem]:
        return self._keyed("entity", EntityItem)

    @property
    def departments(self) -> Mapping[str, DepartmentItem]:
        return self._keyed("department", DepartmentItem)

    @property
    def feeds(self) -> Mapping[str, FeedFile]:
        return self._keyed("feed", FeedFile)

    @property
    def funds(self) -> Mapping[str, FundItem]:
        return self._keyed("fund", FundItem)

    @property
    def stacking(self) -> Mapping[str, StackingGroupItem]:
        return self._keyed("stacking", StackingGroupItem)

    @property
    def documents(self) -> Mapping[str, DocumentItem]:
        return self._keyed("document", DocumentItem)

    @property
    def clauses(self) -> Mapping[str, ClauseItem]:
        return self._keyed("clause", ClauseItem)

    def measure(self, measure: str, at: dt.date | None = None) -> MeasureDef:
        """The version of a measure in force on a date (the newest one when none is). Raises KeyError."""
        versions = [m for m in self.measures if m.id == measure]
        if not versions:
            raise KeyError(measure)
        for version in versions:
            if at and version.valid_from <= at and (version.valid_until is None or at <= version.valid_until):
                return version
        return max(versions, key=lambda m: m.valid_from)

    def resolution(self, place: str, at: dt.date) -> tuple[Resolved, ...]:
        """What each measure is at this place and date, and why. Raises UnknownPlace."""
        if (place, at) not in self._resolved:
            self._resolved[place, at] = resolve(self.measures, self.jurisdictions, place, at)
        return self._resolved[place, at]

    def program(self, measure: MeasureDef, place: str, at: dt.date, known: dt.date | None = None) -> Program:
        """One measure version made ready for a place and date. Raises rules.RuleError."""
        key = (measure.hash, place, at, known)
        if key not in self._programs:
            self._programs[key] = self.build(measure.source, place, at, known)
        return self._programs[key]

    def build(self, source: MeasureSource, place: str, at: dt.date, known: dt.date | None = None) -> Program:
        """Any rule source with this library's vocabulary and places (simulations). Raises rules.RuleError."""
        from zhida.rules import build

        return build(
            source,
            self.vocabulary,
            place=place,
            ancestors=self.jurisdictions.ancestors(place),
            at=at,
            known=known,
        )

    def line(self, measure: MeasureDef, *steps: Any) -> int:
        """Line of a key inside the measure's file; 0 for a library rebuilt from the database."""
        home = next((i for i in self.items("measure") if i.file.path == measure.file), None)
        return home.line(*steps) if home else 0

    def programs(
        self, place: str, at: dt.date, known: dt.date | None = None, measure_ids: Iterable[str] | None = None
    ) -> tuple[Program, ...]:
        """Programs of the measures in force here on this date, in the library's order.

        measure_ids keeps only these; place "" asks for the nation. Raises UnknownPlace, rules.RuleError.
        """
        wanted = None if measure_ids is None else set(measure_ids)
        return tuple(
            self.program(r.measure, place, at, known)
            for r in self.resolution(place, at)
            if r.state == "in_force" and (wanted is None or r.measure.id in wanted)
        )
