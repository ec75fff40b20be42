"""The fact vocabulary (事实词汇表): every name a rule may use, declared once.

A fact belongs to one entity: the subject itself or a record of it (lease, loan, contract …).
Subject facts are written bare (``insured_staff``), record facts dotted (``lease.monthly_rent``).
Values are bool, int (money in fen), str (a code) or datetime.date; absence is unknown.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Final, Literal

Kind = Literal["bool", "int", "money", "code", "date"]
Value = bool | int | str | dt.date


class NotApplicable(Enum):
    """The fact is known not to exist for this subject (no loan, no lease): not the same as unknown."""

    NOT_APPLICABLE = "not_applicable"


NOT_APPLICABLE: Final = NotApplicable.NOT_APPLICABLE
SUBJECT: Final = "subject"


@dataclass(frozen=True, slots=True)
class Code:
    """One entry of a code list; ``parent`` names the broader code, if any."""

    code: str
    zh: str
    en: str
    parent: str | None = None


@dataclass(frozen=True, slots=True)
class CodeList:
    """A closed list of codes (代码表), e.g. industries of GB/T 4754-2017."""

    id: str
    zh: str
    en: str
    codes: Mapping[str, Code]

    def under(self, code: str) -> frozenset[str]:
        """The code itself and everything below it."""
        found = {code}
        grew = True
        while grew:
            more = {c.code for c in self.codes.values() if c.parent in found} - found
            found |= more
            grew = bool(more)
        return frozenset(found)


@dataclass(frozen=True, slots=True)
class Entity:
    """What a row is about: ``subject``, or a kind of record held by a subject (lease, loan …)."""

    id: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact a rule may use.

    key: ``name`` for subject facts, ``entity.name`` for record facts.
    kind: value type; ``money`` is int64 fen whose unit contains 元.
    unit: e.g. ``元``, ``人``, ``日``, ``元/月``; None for bool, code and date; "1" for pure numbers.
    series: True when there is one value per calendar month (``sum_months`` reads it).
    codes: id of the code list, for kind ``code``.
    lo, hi: smallest and largest value accepted at load (fen for money); the overflow proof relies on them.
    optional: the fact may not apply at all; rules must guard it with ``has()``.
    feed, owner: the feed it comes from and the unit that can supply it when missing.
    ask_zh, ask_en: the question put to the shop or the department when it is missing.
    fresh_days: older than this it counts as stale; None means it does not age.
    derive: rule text computing the fact from others; a derived fact is never loaded.
    sensitive: personal or bank data that is masked on screen.
    """

    key: str
    zh: str
    en: str
    kind: Kind
    unit: str | None = None
    entity: str = SUBJECT
    series: bool = False
    codes: str | None = None
    lo: int | None = None
    hi: int | None = None
    optional: bool = False
    feed: str | None = None
    owner: str = ""
    ask_zh: str = ""
    ask_en: str = ""
    fresh_days: int | None = None
    derive: str | None = None
    sensitive: bool = False
    source: str = ""


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """All facts, entities and code lists known to the checker."""

    facts: Mapping[str, Fact]
    entities: Mapping[str, Entity]
    code_lists: Mapping[str, CodeList]
    units: frozenset[str] = field(default_factory=frozenset)


def month_key(key: str, year: int, month: int) -> str:
    """Name of one month of a series: ``monthly_sales@2022-04``; also its column name in snapshots."""
    return f"{key}@{year:04d}-{month:02d}"


def absent_key(key: str) -> str:
    """Name of the companion column that is TRUE where an optional fact does not apply."""
    return f"{key}#na"
