"""A measure as its author wrote it, before checking: what the builder turns into a Program."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

Origin = Literal["text", "jurisdiction", "law", "derived", "unknown"]


@dataclass(frozen=True, slots=True)
class ParamValue:
    """One dated, placed value of a parameter.

    value: the YAML scalar as written (int, Decimal, str, bool, date, list of codes, brackets) or
    None when the text leaves it blank: the rule then answers "cannot compute", never guesses.
    place: division code it applies to (and below); "" for everywhere the measure applies.
    valid_from, valid_until: inclusive dates; None leaves that side as wide as the measure.
    known_from: the day we came to know it; None means always.
    """

    value: Any
    place: str = ""
    valid_from: dt.date | None = None
    valid_until: dt.date | None = None
    known_from: dt.date | None = None
    source: str = ""
    origin: Origin = "text"
    owner: str = ""


@dataclass(frozen=True, slots=True)
class ParamDef:
    """A named parameter: ``unit`` for numbers (``%`` makes a ratio), ``codes`` for a set of codes."""

    name: str
    zh: str
    en: str
    unit: str | None
    codes: str | None
    values: tuple[ParamValue, ...]


@dataclass(frozen=True, slots=True)
class ConditionSource:
    id: str
    text: str
    zh: str
    en: str
    clause: str = ""


@dataclass(frozen=True, slots=True)
class OutputSource:
    """``id`` is ``amount`` (money), ``date`` or a name of its own."""

    id: str
    text: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class MeasureSource:
    """The rule part of a measure file.

    entity: ``subject`` or a record kind. who: alternatives (OR) of code restrictions (AND), e.g.
    ``({"subject_type": ("individual",)}, {"subject_type": ("enterprise",), "size": ("small", "micro")})``.
    places: division codes where the measure is in force, "" for the whole nation.
    valid_from, valid_until: inclusive dates of the measure itself.
    """

    id: str
    version: str
    entity: str
    who: tuple[Mapping[str, tuple[str, ...]], ...]
    places: tuple[str, ...]
    valid_from: dt.date
    valid_until: dt.date | None
    params: tuple[ParamDef, ...]
    conditions: tuple[ConditionSource, ...]
    outputs: tuple[OutputSource, ...]
