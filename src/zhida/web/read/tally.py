"""Counts of the four outcomes, and their shares of a bar one hundred wide."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from zhida.web.words import OUTCOME, OUTCOMES


@dataclass(frozen=True, slots=True)
class Part:
    """One stretch of the bar: where it starts and how wide it is, in percent with two decimals."""

    code: str
    count: int
    x: str
    width: str


@dataclass(frozen=True, slots=True)
class Tally:
    """How many decisions came out each way; ``dropped`` ones met every condition but may not be combined."""

    eligible: int = 0
    dropped: int = 0
    needs_supplement: int = 0
    eligible_amount_pending: int = 0
    ineligible: int = 0

    @classmethod
    def of(cls, counts: Mapping[str, Any]) -> Tally:
        """From one measure's counts of a run."""
        outcomes = counts["outcomes"]
        return cls(
            eligible=counts["stands"],
            dropped=outcomes["eligible"] - counts["stands"],
            needs_supplement=outcomes["needs_supplement"],
            eligible_amount_pending=outcomes["eligible_amount_pending"],
            ineligible=outcomes["ineligible"],
        )

    def __add__(self, other: Tally) -> Tally:
        return Tally(*(getattr(self, code) + getattr(other, code) for code in OUTCOMES))

    @property
    def total(self) -> int:
        return sum(count for _, count in self)

    @property
    def shown(self) -> list[tuple[str, int]]:
        """For the legend: what happened, and the four plain outcomes even when they did not."""
        return [(code, count) for code, count in self if count or code != "dropped"]

    def __iter__(self) -> Iterator[tuple[str, int]]:
        return ((code, getattr(self, code)) for code in OUTCOMES)

    @property
    def parts(self) -> list[Part]:
        """Stretches in the order of ``OUTCOMES``; an outcome that happened is never thinner than 0.6 %."""
        total = self.total
        if not total:
            return []
        raw = {code: max(count / total * 100, 0.6) for code, count in self if count}
        stretch = 100 / sum(raw.values())
        parts, x = [], 0.0
        for code, width in raw.items():
            parts.append(Part(code, getattr(self, code), f"{x:.2f}", f"{width * stretch:.2f}"))
            x += width * stretch
        return parts

    @property
    def spoken(self) -> str:
        """The same as a sentence, for those who do not see the bar."""
        return " · ".join(f"{OUTCOME[code].label} {count:,}" for code, count in self)


def share(part: int, whole: int) -> str:
    """``part`` as percent of ``whole``, for the width of a bar."""
    return f"{part / whole * 100:.2f}" if whole else "0"
