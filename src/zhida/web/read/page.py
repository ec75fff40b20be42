"""A slice of a long list and what the pager needs to know about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")
SIZE = 50


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Page ``number`` (from 1) of ``total`` rows, ``size`` to a page."""

    rows: Sequence[T]
    number: int
    total: int
    size: int = SIZE

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // self.size))

    @property
    def first(self) -> int:
        return (self.number - 1) * self.size + 1 if self.total else 0

    @property
    def last(self) -> int:
        return min(self.number * self.size, self.total)

    @property
    def previous(self) -> int:
        return self.number - 1

    @property
    def next(self) -> int:
        return self.number + 1

    @property
    def near(self) -> list[int | None]:
        """Page numbers worth a link: both ends and two each side of here; None stands for a gap."""
        wanted = sorted({1, self.pages} | {n for n in range(self.number - 2, self.number + 3) if 1 <= n <= self.pages})
        shown: list[int | None] = []
        for n in wanted:
            if shown and n - (shown[-1] or 0) > 1:
                shown.append(None)
            shown.append(n)
        return shown


def number(text: str | None) -> int:
    """The page asked for in an address; anything that is not a positive number is the first page."""
    return max(1, int(text)) if text and text.isascii() and text.isdigit() and len(text) < 8 else 1
