# ruff: noqa: S608 — names are quoted and come from definitions of ours, values are bound
"""Which rows speak: of all committed batches of a feed, the rows no later batch has replaced.

A later whole delivery replaces all earlier rows of the periods it holds (all rows, for a standing
list); a later partial one replaces only the rows it repeats by their unique columns.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import duckdb

from zhida.core.paths import lake
from zhida.exchange.feeds import REGISTRY, FeedDef
from zhida.exchange.models import Batch
from zhida.exchange.reading import SQL_TYPES
from zhida.exchange.workspace import literal, quoted


@dataclass(frozen=True, slots=True)
class Layer:
    """One committed batch as the lake holds it; periods are the first days of what it speaks about."""

    batch: str
    seq: int
    whole: bool
    periods: tuple[dt.date, ...]
    path: Path
    content_sha256: str
    received_at: dt.datetime


def layers(feed: str, as_of: dt.date | None = None) -> tuple[Layer, ...]:
    """Committed batches of a feed, oldest first, that hold anything of a period begun by ``as_of``."""
    found = Batch.objects.filter(feed=feed, state=Batch.State.COMMITTED).order_by("seq")
    made = (layer(b) for b in found)
    return tuple(x for x in made if as_of is None or not x.periods or min(x.periods) <= as_of)


def layer(batch: Batch) -> Layer:
    """A committed batch as the lake holds it."""
    return Layer(
        batch=batch.id,
        seq=int(batch.seq or 0),
        whole=batch.delivers == Batch.Delivers.WHOLE,
        periods=tuple(dt.date.fromisoformat(p) for p in batch.periods),
        path=lake() / batch.lake_path,
        content_sha256=batch.content_sha256,
        received_at=batch.received_at,
    )


def rows_sql(
    con: duckdb.DuckDBPyConnection, feed: FeedDef, found: Iterable[Layer], as_of: dt.date | None = None
) -> str:
    """Query of the rows in force: the feed's columns, ``_row``, ``_seq``, ``_batch``.

    as_of: only rows of periods begun by then.
    """
    stack = list(found)
    parts = [_part(con, feed, x, stack[i + 1 :], as_of) for i, x in enumerate(stack)]
    if not parts:
        columns = ", ".join(f"CAST(NULL AS {t}) AS {quoted(c)}" for c, t in stored_columns(feed))
        return (
            f"SELECT {columns}, CAST(NULL AS INTEGER) AS _row, CAST(NULL AS INTEGER) AS _seq, "
            "CAST(NULL AS VARCHAR) AS _batch WHERE false"
        )
    union = " UNION ALL ".join(parts)
    if not _overlap(stack):
        return union
    keys = ", ".join(quoted(u) for u in feed.unique)
    return f"SELECT * FROM ({union}) QUALIFY row_number() OVER (PARTITION BY {keys} ORDER BY _seq DESC) = 1"


def stored_columns(feed: FeedDef) -> list[tuple[str, str]]:
    """Columns of the feed's Parquet files with their SQL types, ``_row`` apart."""
    columns = []
    for column in feed.columns:
        columns.append((column.name, SQL_TYPES[column.type]))
        if column.may_not_apply:
            columns.append((f"{column.name}#na", "BOOLEAN"))
    return columns


def _part(con: duckdb.DuckDBPyConnection, feed: FeedDef, one: Layer, later: list[Layer], as_of: dt.date | None) -> str:
    source = f"read_parquet({literal(str(one.path))})"
    there = {str(r[0]) for r in con.execute(f"DESCRIBE SELECT * FROM {source}").fetchall()}
    columns = [quoted(c) if c in there else f"CAST(NULL AS {t}) AS {quoted(c)}" for c, t in stored_columns(feed)]
    wheres = _conditions(feed, one, later, as_of)
    where = f" WHERE {' AND '.join(wheres)}" if wheres else ""
    return (
        f"SELECT {', '.join(columns)}, _row, CAST({one.seq} AS INTEGER) AS _seq, "
        f"{literal(one.batch)} AS _batch FROM {source}{where}"
    )


def _conditions(feed: FeedDef, one: Layer, later: list[Layer], as_of: dt.date | None) -> list[str]:
    if feed.id == REGISTRY:
        return []
    hiding = [x for x in later if x.whole]
    if feed.period is None:
        return ["false"] if hiding else []
    period, wheres = quoted(feed.period), []
    if as_of is not None and any(p > as_of for p in one.periods):
        wheres.append(f"{period} <= DATE '{as_of.isoformat()}'")
    hidden = sorted(set(one.periods) & {p for x in hiding for p in x.periods})
    if hidden:
        listed = ", ".join(f"DATE '{p.isoformat()}'" for p in hidden)
        wheres.append(f"{period} NOT IN ({listed})")
    return wheres


def _overlap(stack: list[Layer]) -> bool:
    """Whether two batches can hold the same row: a partial one after another with a period in common."""
    seen: set[dt.date] = set()
    standing = False
    for one in stack:
        if not one.whole and (seen & set(one.periods) or (standing and not one.periods)):
            return True
        seen |= set(one.periods)
        standing = standing or not one.periods
    return False
