"""One measure version made ready to run at one place and date."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Literal

from zhida.rules.ir import Node
from zhida.rules.vocabulary import Value

OutputKind = Literal["money", "date", "int", "code", "bool"]


@dataclass(frozen=True, slots=True)
class ParamUse:
    """A parameter value the program was built with, and where that value is written.

    value: as read by rules (money in fen, ratio as (num, den), code sets as sorted tuples); None is
    "the text leaves it blank".
    owner: who can supply a blank value (the unit that must set it).
    """

    name: str
    zh: str
    en: str
    unit: str | None
    value: Value | tuple[str, ...] | tuple[int, int] | tuple[tuple[int | None, bool, int], ...] | None
    place: str
    valid_from: dt.date
    valid_until: dt.date | None
    source: str
    origin: Literal["text", "jurisdiction", "law", "derived", "unknown"]
    owner: str = ""


@dataclass(frozen=True, slots=True)
class Condition:
    """One of the conditions a measure requires together; ``text`` is the authored rule text."""

    id: str
    node: Node
    zh: str
    en: str
    text: str
    clause: str = ""


@dataclass(frozen=True, slots=True)
class Output:
    """A computed result: the amount (id ``amount``, kind money), a date, or a further figure."""

    id: str
    node: Node
    kind: OutputKind
    zh: str
    en: str
    unit: str | None
    text: str


@dataclass(frozen=True, slots=True)
class Program:
    """Everything needed to decide one measure for one entity.

    measure, version: id and content hash of the measure version; place, at: what it was resolved for.
    entity: ``subject`` or the record kind decided one by one.
    outputs: the main result first (``amount`` or ``date``), then the further ones; may be empty for
    measures that only answer yes or no.
    """

    measure: str
    version: str
    place: str
    at: dt.date
    entity: str
    conditions: tuple[Condition, ...]
    outputs: tuple[Output, ...]
    params: tuple[ParamUse, ...]
