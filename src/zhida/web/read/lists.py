"""What the lists show: for one measure, who is proposed, how much and why."""

from __future__ import annotations

from dataclasses import dataclass

from zhida.web.read.page import Page
from zhida.web.read.policies import Choice
from zhida.web.read.tally import Tally
from zhida.web.text import Both


@dataclass(frozen=True, slots=True)
class ListRow:
    """One decision on a list. ``record`` names the lease, loan … when the measure decides by record.

    code: as it may be published; "" in ``uscc`` where that differs, so that nothing leads past the mask.
    """

    uscc: str
    code: str
    name: str
    record: str
    town: Both
    outcome: str
    amount: int | None
    result: Both
    why: Both
    anchor: str


@dataclass(frozen=True, slots=True)
class ProposedList:
    """A measure's list under the chosen filters; ``total`` is the money of the whole selection (fen)."""

    measure: str
    title: Both
    document: Both
    unit: str
    lane: str
    pays: bool
    dated: bool
    formula: Both
    tally: Tally
    amount: int | None
    outcomes: tuple[Choice, ...]
    towns: tuple[Choice, ...]
    page: Page[ListRow]
    total: int | None

    @property
    def paid(self) -> bool:
        """Whether the rows shown carry an amount of money."""
        return self.pays and self.total is not None
