"""What the subject pages show: finding a subject, and everything decided about one."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from zhida.web.text import Both


@dataclass(frozen=True, slots=True)
class Found:
    """One hit of the search."""

    uscc: str
    name: str
    place: Both
    kind: Both
    status: Both


@dataclass(frozen=True, slots=True)
class FactLine:
    """One fact a condition looked at, and where it came from. ``batch`` is "" when there is no source."""

    label: Both
    value: Both
    missing: bool
    department: Both
    feed: Both
    day: dt.date | None
    batch: str
    row: int | None


@dataclass(frozen=True, slots=True)
class ConditionLine:
    """One condition: ``state`` is yes, no or ask."""

    id: str
    state: str
    says: Both
    rule: Both
    clause: str
    facts: tuple[FactLine, ...]
    missing: tuple[Both, ...]


@dataclass(frozen=True, slots=True)
class Request:
    """One thing to supply: the question, and the measures it would help to decide."""

    question: Both
    fact: Both
    measures: tuple[Both, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """Requests to one department (or to whoever has to set a blank parameter)."""

    owner: Both
    requests: tuple[Request, ...]


@dataclass(frozen=True, slots=True)
class DecisionLine:
    """One measure's answer for this subject, or for one record of it."""

    measure: str
    title: Both
    document: Both
    record_id: str
    record: Both
    outcome: str
    amount: int | None
    results: tuple[tuple[Both, Both], ...]
    lane: str
    stacking: Both
    version: str
    conditions: tuple[ConditionLine, ...]
    because: Both
    open: bool = False

    @property
    def anchor(self) -> str:
        """Name of this decision within its page; lists link to the first one of a measure."""
        return f"{self.measure}--{self.record_id}" if self.record_id else self.measure


@dataclass(frozen=True, slots=True)
class Group:
    """Decisions with the same outcome."""

    outcome: str
    decisions: tuple[DecisionLine, ...]


@dataclass(frozen=True, slots=True)
class SubjectPage:
    uscc: str
    name: str
    place: Both
    profile: tuple[tuple[Both, Both], ...]
    as_of: dt.date
    run: str
    amount: int
    asked: tuple[Asked, ...]
    groups: tuple[Group, ...]

    @property
    def counts(self) -> list[tuple[str, int]]:
        return [(group.outcome, len(group.decisions)) for group in self.groups]
