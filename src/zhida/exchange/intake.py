# ruff: noqa: S608 — names are quoted and come from definitions of ours, values are bound
"""The course every import takes: open, match, read, check, write, commit. What differs is handed in."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from zhida.exchange import batches, headers, reading
from zhida.exchange.definitions import Definitions
from zhida.exchange.feeds import FeedDef
from zhida.exchange.files import RawTable, open_table
from zhida.exchange.models import Batch
from zhida.exchange.refusal import FileRefused
from zhida.exchange.result import ImportResult, Replaced
from zhida.exchange.rows import Count
from zhida.exchange.workspace import Workspace, open_workspace

SAMPLE = 20
STAGES = 5


@dataclass(frozen=True, slots=True)
class Prepared:
    """A checked file: how its rows count, which query gives the rows to store, what else to commit."""

    count: Count
    store: str
    periods: tuple[date, ...] = ()
    last_day: date | None = None
    replaces: tuple[Replaced, ...] = ()
    also: Callable[[str, Any], dict[str, int]] | None = None


@dataclass(frozen=True, slots=True)
class Order:
    """What to import and how. ``prepare`` checks the rows after the cells were read."""

    path: Path
    feed: FeedDef
    definitions: Definitions
    prepare: Callable[[Workspace], Prepared]
    delivers: str
    kind: str
    dry_run: bool = False
    step: Callable[[], None] = field(default=lambda: None)
    waiting: Callable[[], None] | None = None


def run(order: Order) -> ImportResult:
    """Import one file. Raises FileRefused (nothing changed) when it is not usable as a whole."""
    started = time.perf_counter()
    with batches.one_at_a_time(order.waiting):
        if not order.dry_run:
            batches.sweep()
        if not order.path.is_file():
            raise FileRefused("no-such-file", f"找不到文件“{order.path}”。", f"There is no file “{order.path}”.")
        sha = batches.fingerprint(order.path)
        name = batches.batch_id(order.feed.id, sha, order.feed.digest, order.delivers)
        known = Batch.objects.filter(pk=name, state=Batch.State.COMMITTED).first()
        if known is not None:
            return _unchanged(known, order)
        with open_workspace("import") as space:
            return _take(space, order, sha, name, started)


def _take(space: Workspace, order: Order, sha: str, name: str, started: float) -> ImportResult:
    batch = Batch(
        id=name,
        kind=order.kind,
        feed=order.feed.id,
        delivers=order.delivers,
        file_name=order.path.name[-255:],
        file_sha256=sha,
        definition_sha256=order.feed.digest,
    )
    if not order.dry_run:
        batch.save(force_insert=True)
    try:
        ready = _check(space, order)
        if order.dry_run:
            return _result(space, batch, ready, "preview", started)
        batches.set_periods(batch, list(ready.periods), ready.last_day)
        batch.replaces = [r.as_json() for r in ready.replaces]
        batches.write_rows(space, batch, ready.store)
        order.step()
        subjects = batches.commit(space, batch, ready.count, ready.also)
        order.step()
        return _result(space, batch, ready, "committed", started, subjects)
    except BaseException:
        if not order.dry_run:
            batches.forget(batch)
        raise


def _check(space: Workspace, order: Order) -> Prepared:
    feeds = order.definitions.feeds
    table = open_table(space, order.path, lambda found: _best_sheet(order.feed, found))
    order.step()
    matched = headers.match(order.feed, table.header, feeds)
    reading.read(space.con, order.feed, matched, order.definitions.vocabulary)
    notes = [("unknown-column", h) for h in matched.unknown] + [("other-sheet", s) for s in table.other_sheets]
    notes += [("unnamed-column", str(i + 1)) for i in _unnamed(space, table)]
    for code, found in notes:
        space.con.execute("INSERT INTO findings VALUES (0, '', '', ?, ?, '')", [code, found[:80]])
    order.step()
    ready = order.prepare(space)
    order.step()
    return ready


def _unnamed(space: Workspace, table: RawTable) -> list[int]:
    """Positions of columns that have data but no header."""
    blank = [i for i, cell in enumerate(table.header) if not cell.strip()]
    if not blank:
        return []
    sums = ", ".join(f"count(nullif(trim({table.columns[i]}), ''))" for i in blank)
    row = space.con.execute(f"SELECT {sums} FROM raw").fetchone()
    return [i for i, n in zip(blank, row or (), strict=True) if n]


def _best_sheet(feed: FeedDef, found: list[tuple[str, ...]]) -> int:
    """The sheet whose header suits the feed best; the first of equals."""
    scores = [headers.fit(feed, header) for header in found]
    return max(range(len(found)), key=lambda i: (-scores[i][0], scores[i][1], -i))


def _result(
    space: Workspace,
    batch: Batch,
    ready: Prepared,
    state: str,
    started: float,
    subjects: dict[str, int] | None = None,
) -> ImportResult:
    codes = space.con.execute("SELECT code, count(DISTINCT _row) FROM findings GROUP BY code ORDER BY 2 DESC, 1")
    found = {str(code): int(n) for code, n in codes.fetchall()}
    sample = space.con.execute(
        "SELECT f._row, f.label, f.code, f.found, f.detail FROM findings f JOIN severities s USING (code) "
        "ORDER BY s.severity <> 'refused', s.severity <> 'warning', f._row, f.code LIMIT ?",
        [SAMPLE],
    )
    return ImportResult(
        batch=batch.id,
        feed=batch.feed,
        state=state,
        file=batch.file_name,
        total=ready.count.total,
        accepted=ready.count.accepted,
        with_findings=ready.count.with_findings,
        refused=ready.count.refused,
        stored=ready.count.stored,
        unlinked=ready.count.unlinked,
        periods=tuple(d.isoformat() for d in sorted(ready.periods)),
        findings=found,
        sample=tuple((int(r), str(a), str(c), str(f), str(d)) for r, a, c, f, d in sample.fetchall()),
        replaces=ready.replaces,
        subjects=subjects or {},
        seconds=round(time.perf_counter() - started, 3),
    )


def _unchanged(batch: Batch, order: Order) -> ImportResult:
    later = Batch.objects.filter(feed=batch.feed, state=Batch.State.COMMITTED, seq__gt=batch.seq).order_by("seq")
    replaced = tuple(b.id for b in later if any(r["batch"] == batch.id for r in b.replaces))
    return ImportResult(
        batch=batch.id,
        feed=batch.feed,
        state="unchanged",
        file=order.path.name,
        total=batch.rows_total,
        accepted=batch.accepted,
        with_findings=batch.with_findings,
        refused=batch.refused,
        stored=batch.stored,
        unlinked=batch.unlinked,
        periods=tuple(batch.periods),
        replaced_by=replaced,
    )
