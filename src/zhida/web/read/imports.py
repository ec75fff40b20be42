"""What the import pages show: each file taken in, and what was found in it."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass

from zhida.catalog import Library
from zhida.exchange import queries
from zhida.exchange.models import Batch, Finding
from zhida.web.read.page import SIZE, Page
from zhida.web.read.standing import published
from zhida.web.read.values import Speaker
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
class RowReport:
    """One row of the file someone came to look at, with what was found in it."""

    number: int
    refused: bool
    findings: tuple[FindingLine, ...]


@dataclass(frozen=True, slots=True)
class ImportReport:
    batch: BatchLine
    severities: tuple[tuple[str, int], ...]
    chosen: str
    page: Page[FindingLine]
    row: RowReport | None


REGISTRY = Both("市场主体名录", "Registry of subjects")
MOST_HEADER_ROWS = 50
"""Rows are numbered as in the file, so the last one may lie this far behind the count of data rows."""
SEVERITIES = ("refused", "warning", "note")


def line(batch: Batch, library: Library | None) -> BatchLine:
    """One import as a line of the list."""
    feed = library.feeds.get(batch.feed) if library else None
    say = Speaker(library) if library else None
    return BatchLine(
        id=batch.id,
        source=REGISTRY if batch.kind == Batch.Kind.REGISTRY else say.feed(batch.feed) if say else Both(batch.feed),
        department=say.department(feed.provider) if say and feed else Both(""),
        file=batch.file_name,
        received=batch.finished_at or batch.received_at,
        rows=batch.rows_total,
        clean=batch.accepted,
        with_findings=batch.with_findings,
        refused=batch.refused,
        state=batch.state,
        digest=batch.file_sha256,
    )


def batches(number: int) -> Page[BatchLine]:
    """A page of all imports, newest first."""
    library, found = published(), queries.batches()
    start = (number - 1) * SIZE
    return Page([line(batch, library) for batch in found[start : start + SIZE]], number, found.count())


def report(batch_id: str, severity: str, number: int, row: int | None = None) -> ImportReport | None:
    """One import with a page of its findings; None when there is no such import."""
    try:
        batch = queries.batch(batch_id)
    except Batch.DoesNotExist:
        return None
    chosen = severity if severity in SEVERITIES else ""
    counts = Counter(dict.fromkeys(SEVERITIES, 0))
    for kind in queries.finding_counts(batch):
        counts[kind.severity] += kind.count
    found = queries.findings(batch, number, severity=chosen or None, size=SIZE)
    tabs = (("", counts.total()), *((code, counts[code]) for code in SEVERITIES))
    page = Page([_finding(finding) for finding in found.items], found.page, found.total)
    return ImportReport(line(batch, published()), tabs, chosen, page, _row(batch, row))


def _row(batch: Batch, number: int | None) -> RowReport | None:
    if number is None or number > batch.rows_total + MOST_HEADER_ROWS:
        return None
    found = tuple(_finding(finding) for finding in batch.findings.filter(row=number).order_by("id"))
    return RowReport(number, any(f.severity == "refused" for f in found), found)


def _finding(finding: Finding) -> FindingLine:
    return FindingLine(
        row=finding.row or None,
        column=finding.label or finding.field,
        found=finding.found,
        says=Both(finding.zh, finding.en),
        severity=finding.severity,
    )
