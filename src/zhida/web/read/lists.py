"""What the lists show: for one measure, who is proposed, how much and why."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from zhida.web.read.page import Page
from zhida.web.read.policies import Choice
from zhida.web.read.tally import Tally
from zhida.web.text import Both


@dataclass(frozen=True, slots=True)
class ListRow:
    """One decision on a list. ``record`` names the lease, loan … when the measure decides by record.

    ``name`` and ``record`` are already masked where they could identify a person.
    """

    uscc: str
    name: str
    record: str
    town: Both
    outcome: str
    amount: int | None
    result: Both
    why: Both


@dataclass(frozen=True, slots=True)
class ProposedList:
    """A measure's list under the chosen filters; ``total`` is the money of the whole selection (fen)."""

    measure: str
    title: Both
    document: Both
    unit: str
    lane: str
    pays: bool
    as_of: dt.date
    run: str
    tally: Tally
    amount: int | None
    outcomes: tuple[Choice, ...]
    towns: tuple[Choice, ...]
    page: Page[ListRow]
    total: int | None
