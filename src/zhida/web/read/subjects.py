"""What the subject pages show: finding a subject, and everything decided about one."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from zhida.web.text import Both


@dataclass(frozen=True, slots=True)
class Found:
    """One hit of the search."""

    uscc: str
    code: str
    name: str
    place: Both
    kind: Both


@dataclass(frozen=True, slots=True)
class FactLine:
    """One fact a condition looked at, and where it came from.

    batch: "" when there is no source; department is then who could supply it. day: when it was received;
    period: what it is about. derived: worked out from other facts.
    """

    label: Both
    value: Both
    missing: bool
    department: Both
    feed: Both
    day: dt.date | None
    batch: str
    row: int | None
    derived: bool = False
    period: str = ""


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
    formula: Both
    inputs: tuple[FactLine, ...]
    lane: str
    stacking: tuple[Both, ...]
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
    """code: as it may be shown, masked where it could be a person's number.

    elsewhere: measures not asked, with the reason. differs: recomputing gave something else than stored.
    """

    code: str
    name: str
    profile: tuple[tuple[Both, Both], ...]
    as_of: dt.date | None
    run: str
    amount: int
    asked: tuple[Asked, ...]
    groups: tuple[Group, ...]
    elsewhere: tuple[tuple[Both, Both], ...]
    differs: bool

    @property
    def counts(self) -> list[tuple[str, int]]:
        """(outcome, decisions) for the head of the page."""
        return [(g.outcome, len(g.decisions)) for g in self.groups if g.decisions or g.outcome != "dropped"]
