# ruff: noqa: S608 — names are quoted and come from definitions of ours, values are bound
"""Taking a batch in, whole or not at all.

Order: a batch row says that work began; the rows go to Parquet beside their final place and are
renamed there; then one transaction adds findings, subjects and the commitment. A crash at any point
leaves at most rubbish that the next import removes, because nothing reads an uncommitted batch.
One import runs at a time (a lock held by the database session, gone with the process).
"""

from __future__ import annotations

import datetime as dt
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from django.db.models import Max
from django.utils import timezone

from zhida.core import events
from zhida.core.atomic import write_atomic
from zhida.core.hashing import sha256_file, sha256_hex
from zhida.core.paths import lake
from zhida.exchange import workspace
from zhida.exchange.models import Batch
from zhida.exchange.rows import Count
from zhida.exchange.workspace import Workspace, literal

_LOCK = 7_305_116_201
_COMPRESSION = "FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 122880"


@contextmanager
def one_at_a_time(waiting: Callable[[], None] | None = None) -> Iterator[None]:
    """Hold the import lock of this database; ``waiting`` is called once when another import holds it."""
    told = False
    while not _try_lock():
        if waiting and not told:
            waiting()
            told = True
        time.sleep(0.2)
    try:
        yield
    finally:
        if connection.connection is not None and not connection.connection.closed:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [_LOCK])


def _try_lock() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [_LOCK])
        return bool(cursor.fetchone()[0])


def sweep() -> None:
    """Remove what interrupted imports left behind. Call it only under the import lock.

    Only files of batches this database knows as unfinished are touched, never anything unknown to it.
    """
    workspace.sweep()
    for batch in Batch.objects.exclude(state=Batch.State.COMMITTED):
        forget(batch)


def forget(batch: Batch) -> None:
    """Remove an unfinished batch and its file; nothing of it was ever visible."""
    target = lake() / lake_path(batch)
    for path in (target, *target.parent.glob(f".{target.name}.*.part")):
        path.unlink(missing_ok=True)
    Batch.objects.filter(pk=batch.pk).exclude(state=Batch.State.COMMITTED).delete()


def lake_path(batch: Batch) -> Path:
    """Where the rows of a batch lie, below the lake."""
    folder = Path("registry") if batch.kind == Batch.Kind.REGISTRY else Path("feeds") / batch.feed
    return folder / f"{batch.id}.parquet"


def fingerprint(path: Path) -> str:
    with path.open("rb") as stream:
        return sha256_file(stream)


def batch_id(feed: str, file_sha256: str, definition: str, delivers: str) -> str:
    """The same file read by the same definition has the same id, also after a crash."""
    digest = sha256_hex("|".join((feed, file_sha256, definition, delivers)).encode())
    return f"{feed}-{digest[:12]}"


def write_rows(space: Workspace, batch: Batch, query: str) -> str:
    """Write the rows of a query as the batch's Parquet file, whole or not at all. Returns its SHA-256."""
    relative = Path("registry" if batch.kind == Batch.Kind.REGISTRY else f"feeds/{batch.feed}") / f"{batch.id}.parquet"
    target = lake() / relative
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    written = space.root / "rows.parquet"
    space.con.execute(f"COPY ({query}) TO {literal(str(written))} ({_COMPRESSION})")
    with write_atomic(target) as out, written.open("rb") as source:
        shutil.copyfileobj(source, out, 1 << 20)
    batch.lake_path = relative.as_posix()
    batch.content_sha256 = fingerprint(target)
    batch.state = Batch.State.WRITTEN
    batch.save(update_fields=["lake_path", "content_sha256", "state"])
    return batch.content_sha256


def commit(
    space: Workspace, batch: Batch, count: Count, also: Callable[[str, Any], dict[str, int]] | None = None
) -> dict[str, int]:
    """One transaction: findings, whatever ``also`` writes (given batch id and cursor), counts, event.

    Returns the counts ``also`` reports.
    """
    with transaction.atomic():
        batch.seq = (Batch.objects.aggregate(last=Max("seq"))["last"] or 0) + 1
        batch.rows_total, batch.accepted = count.total, count.accepted
        batch.with_findings, batch.refused = count.with_findings, count.refused
        batch.stored, batch.unlinked = count.stored, count.unlinked
        batch.state, batch.finished_at = Batch.State.COMMITTED, timezone.now()
        batch.save()
        with connection.cursor() as cursor:
            _copy_findings(space, batch, cursor)
            changed = also(batch.id, cursor) if also else {}
        events.record(
            "exchange.batch-committed",
            batch.id,
            {
                "feed": batch.feed,
                "file_sha256": batch.file_sha256,
                "content_sha256": batch.content_sha256,
                "rows": count.total,
                "refused": count.refused,
                **changed,
            },
        )
    return changed


def _copy_findings(space: Workspace, batch: Batch, cursor: Any) -> None:
    copy_csv(
        space,
        cursor,
        f"SELECT {literal(batch.id)}, f._row, coalesce(f.field, ''), coalesce(f.label, ''), f.code, f.found, "
        "f.detail, s.severity FROM findings f JOIN severities s USING (code) ORDER BY f._row, f.field, f.code",
        "exchange_finding (batch_id, row, field, label, code, found, detail, severity)",
    )


def copy_csv(space: Workspace, cursor: Any, query: str, target: str) -> None:
    """Stream the result of a DuckDB query into a PostgreSQL table."""
    path = space.root / "copy.csv"
    space.con.execute(f"COPY ({query}) TO {literal(str(path))} (FORMAT csv, HEADER false, NULLSTR '\\N')")
    with path.open("rb") as stream, cursor.copy(f"COPY {target} FROM STDIN (FORMAT csv, NULL '\\N')") as copy:
        while block := stream.read(1 << 20):
            copy.write(block)
    path.unlink()


def set_periods(batch: Batch, starts: list[dt.date], last_day: dt.date | None) -> None:
    """Note which periods the batch speaks about."""
    batch.periods = [d.isoformat() for d in sorted(starts)]
    batch.period_from = min(starts, default=None)
    batch.period_until = last_day
