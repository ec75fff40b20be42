"""Author errors are values: where, what, and what to do, in Chinese and English."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Span:
    """A half-open range of characters in one rule text (0-based offsets)."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with a rule.

    code: stable kebab-case name scripts can match, e.g. ``unknown-name``.
    zh, en: full sentences that say what was found and what to do about it.
    where: the part of the rule text concerned, when there is one.
    path: where the text stands in its measure, e.g. ``conditions.insured.if``.
    """

    code: str
    zh: str
    en: str
    where: Span | None = None
    path: str = ""
    text: str = ""


class RuleError(Exception):
    """Raised when a rule cannot be accepted; carries every problem found, never only the first."""

    def __init__(self, problems: tuple[Problem, ...] | list[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(f"[{p.code}] {p.en}" for p in self.problems))
