"""What the first page shows: one screening run at a glance."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from zhida.web.read.tally import Tally
from zhida.web.text import Both


@dataclass(frozen=True, slots=True)
class MeasureLine:
    """One measure's outcome counts and the money proposed under it (fen; None when it pays no money)."""

    id: str
    title: Both
    document: Both
    lane: str
    unit: str
    tally: Tally
    amount: int | None


@dataclass(frozen=True, slots=True)
class FundLine:
    """Money proposed out of one fund (fen), how many decisions draw on it, and its share of all."""

    name: Both
    amount: int
    decisions: int
    share: str


@dataclass(frozen=True, slots=True)
class GapLine:
    """One fact that is missing somewhere: for how many decisions it could still change the outcome."""

    name: Both
    decisions: int
    share: str


@dataclass(frozen=True, slots=True)
class GapOwner:
    """A department and the facts it could supply."""

    name: Both
    decisions: int
    facts: tuple[GapLine, ...]


@dataclass(frozen=True, slots=True)
class NearMiss:
    """Decisions that fail exactly one condition of a measure."""

    measure: str
    title: Both
    condition: Both
    decisions: int


@dataclass(frozen=True, slots=True)
class ImportLine:
    """What came in: one source and its last accepted batch."""

    id: str
    name: Both
    accepted: int
    refused: int
    findings: int
    received: dt.datetime


@dataclass(frozen=True, slots=True)
class Overview:
    place: Both
    as_of: dt.date
    run: str
    finished: dt.datetime
    subjects: int
    benefiting: int
    amount: int
    tally: Tally
    measures: tuple[MeasureLine, ...]
    funds: tuple[FundLine, ...]
    gaps: tuple[GapOwner, ...]
    near: tuple[NearMiss, ...]
    imports: tuple[ImportLine, ...]
