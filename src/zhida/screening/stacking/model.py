"""What stacking works on: rules in a fixed order, candidates, and the adjustments they cause.

Order of stages (the same for one case and for millions):
1 entitlement  what the measure's own rule gives;
2 exclusive    of one group only one measure stands, the best or the first in declared order;
3 cap          members of a group are paid in declared order until the cap is used up;
4 once         a measure that can be had once is kept once, and not again when already received.
Inside a stage, rules run in the order they are declared.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Literal

UNBOUNDED = 10**16
"""Ceiling (fen) of an undecided amount with no proven bound: more than any fund can hold."""

Effect = Literal["kept", "reduced", "dropped"]


class Stage(IntEnum):
    ENTITLEMENT = 1
    EXCLUSIVE = 2
    CAP = 3
    ONCE = 4


class State(IntEnum):
    """Where a candidate stands after its own rule; the numbers are the batch's outcome codes."""

    SUPPLEMENT = 1
    ELIGIBLE = 2
    PENDING = 3


@dataclass(frozen=True, slots=True)
class StackRule:
    """One stacking rule.

    id: group id, or ``once:<measure>``.
    members: measure ids in declared order (priority).
    scope: ``subject``, ``year`` (one subject within the calendar year of the as-of date) or a
    record entity such as ``lease`` (each record apart).
    choose: for exclusive groups. cap: fen, for caps; None where the text leaves it blank, then every
    amount is provisional.
    """

    id: str
    stage: Stage
    members: tuple[str, ...]
    scope: str = "subject"
    choose: Literal["best", "first"] = "best"
    cap: int | None = None
    zh: str = ""
    en: str = ""

    @property
    def per_record(self) -> bool:
        return self.scope not in ("subject", "year")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A decision that may be touched by stacking.

    record: record id, "" for the subject itself.
    amount: fen when the state is ELIGIBLE and the result is money, else None.
    ceiling: proven largest amount (fen) while undecided; None when there is no useful bound.
    """

    measure: str
    record: str
    state: State
    amount: int | None
    ceiling: int | None = None


@dataclass(frozen=True, slots=True)
class Received:
    """Something the subject already has: counts against caps, exclusive groups and once-only."""

    measure: str
    record: str
    amount: int
    year: int


@dataclass(frozen=True, slots=True, order=True)
class Adjustment:
    """One row of the explanation of what stacking did.

    before, after: fen; None for results that are not money or whose amount is still unknown.
    by: the measure that took precedence, ``received`` or ``cap``.
    provisional: a member that still lacks facts could change this.
    """

    stage: Stage
    rule: str
    measure: str
    record: str
    before: int | None
    after: int | None
    effect: Effect
    by: str
    provisional: bool


def in_order(rules: tuple[StackRule, ...]) -> tuple[StackRule, ...]:
    """Rules by stage, then as declared."""
    return tuple(sorted(rules, key=lambda rule: rule.stage))
