"""What an import tells the person who started it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Replaced:
    """What an earlier batch lost to this one: rows given anew (same or changed content) and rows gone."""

    batch: str
    periods: tuple[str, ...]
    repeated: int
    dropped: int

    def as_json(self) -> dict[str, Any]:
        return {
            "batch": self.batch,
            "periods": list(self.periods),
            "repeated": self.repeated,
            "dropped": self.dropped,
        }


@dataclass(frozen=True, slots=True)
class ImportResult:
    """state: ``committed``, ``unchanged`` (this very file is in already) or ``preview`` (dry run).

    findings: finding code → number of rows; sample: the first findings as (row, label, code, found, detail).
    subjects: new, changed and unchanged subjects of a registry import.
    """

    batch: str
    feed: str
    state: str
    file: str
    total: int = 0
    accepted: int = 0
    with_findings: int = 0
    refused: int = 0
    stored: int = 0
    unlinked: int = 0
    periods: tuple[str, ...] = ()
    findings: dict[str, int] = field(default_factory=dict)
    sample: tuple[tuple[int, str, str, str, str], ...] = ()
    replaces: tuple[Replaced, ...] = ()
    subjects: dict[str, int] = field(default_factory=dict)
    replaced_by: tuple[str, ...] = ()
    seconds: float = 0.0
