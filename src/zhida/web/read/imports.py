"""What the import pages show: each file taken in, and what was found in it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from zhida.web.read.page import Page
from zhida.web.text import Both


@dataclass(frozen=True, slots=True)
class BatchLine:
    """One import: rows in the file = accepted clean + accepted with a finding + refused."""

    id: str
    source: Both
    department: Both
    file: str
    received: dt.datetime
    rows: int
    clean: int
    with_findings: int
    refused: int
    state: str
    digest: str


@dataclass(frozen=True, slots=True)
class FindingLine:
    """One thing found: where (line of the file, column), what stood there, what it means and what to do."""

    row: int | None
    column: str
    found: str
    says: Both
    severity: str


@dataclass(frozen=True, slots=True)
class ImportReport:
    batch: BatchLine
    severities: tuple[tuple[str, int], ...]
    chosen: str
    page: Page[FindingLine]
