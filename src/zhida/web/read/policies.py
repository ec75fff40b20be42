"""What the policy library shows: the measures, and one of them read out in full."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from zhida.web.read.tally import Tally
from zhida.web.text import CJK, Both, english

EXAMPLES = 5


@dataclass(frozen=True, slots=True)
class PolicyCard:
    """One measure in the library; ``state`` is how it stands at the asked place and date."""

    id: str
    title: Both
    summary: Both
    document: Both
    authority: Both
    kind: str
    lane: str
    unit: str
    valid_from: dt.date
    valid_until: dt.date | None
    state: str
    why: Both


@dataclass(frozen=True, slots=True)
class Choice:
    """One option of a filter."""

    value: str
    label: Both
    count: int | None
    chosen: bool

    def __str__(self) -> str:
        if self.count is None:
            return str(self.label)
        return f"{self.label} ({self.count:,})" if english() else f"{self.label}（{self.count:,}）"


@dataclass(frozen=True, slots=True)
class ConditionText:
    """A condition: the author's words, the rule read back, and its clause."""

    id: str
    says: Both
    rule: Both
    clause: str


@dataclass(frozen=True, slots=True)
class ResultText:
    """A computed result read back: the amount, a date or a further figure."""

    id: str
    label: Both
    rule: Both
    unit: str


@dataclass(frozen=True, slots=True)
class ParamLine:
    """One value of a parameter, where it holds, since when, and where it is written.

    ``blank``: the text leaves it open; ``owner`` is who has to set it. ``listed``: a set of codes or brackets.
    """

    label: Both
    value: Both
    listed: bool
    place: Both
    valid_from: dt.date | None
    valid_until: dt.date | None
    source: str
    origin: Both
    blank: bool
    owner: Both


@dataclass(frozen=True, slots=True)
class Example:
    """A golden case: the facts given, and the outcome the measure must answer."""

    number: int
    name: Both
    place: Both
    as_of: dt.date
    facts: tuple[tuple[Both, Both], ...]
    outcome: str
    results: tuple[tuple[Both, Both], ...]

    @property
    def heading(self) -> Both:
        """Authors name cases in one language; where it is not the page's, the case goes by its number."""
        zh = f"：{self.name.zh}" if CJK.search(self.name.zh) else ""
        return Both(f"例 {self.number}{zh}", f"Example {self.number}: {self.name}")


@dataclass(frozen=True, slots=True)
class Material:
    label: Both
    required: bool


@dataclass(frozen=True, slots=True)
class Policy:
    """One measure in full."""

    card: PolicyCard
    number: str
    clauses: tuple[str, ...]
    lane_means: Both
    fund: Both
    stacking: Both
    places: tuple[Both, ...]
    who: tuple[Both, ...]
    conditions: tuple[ConditionText, ...]
    results: tuple[ResultText, ...]
    params: tuple[ParamLine, ...]
    examples: tuple[Example, ...]
    materials: tuple[Material, ...]
    version: str
    file: str
    tally: Tally | None
    amount: int | None

    @property
    def first_examples(self) -> tuple[Example, ...]:
        """Enough to understand the measure; the others are there for who wants them."""
        return self.examples[:EXAMPLES]

    @property
    def more_examples(self) -> tuple[Example, ...]:
        return self.examples[EXAMPLES:]
