# ruff: noqa: S608 — names are quoted and come from definitions of ours, values are bound
"""Where a value of a snapshot comes from: feed, department, batch, row of the file, period, time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import duckdb

from zhida.exchange import effective, periods
from zhida.exchange.effective import Layer
from zhida.exchange.feeds import REGISTRY, FeedDef, from_plain
from zhida.exchange.models import Batch
from zhida.exchange.snapshot import Snapshot, registry_order
from zhida.exchange.workspace import literal, quoted
from zhida.rules.vocabulary import NOT_APPLICABLE, NotApplicable, Value


@dataclass(frozen=True, slots=True)
class FactSource:
    """The origin of one fact of one subject or record.

    feed_title, feed_title_en, department: the feed and the unit that delivers it.
    batch, file, row: the delivery and the row of its file (numbered as in a spreadsheet); rows: every
    row when several were combined; row 0 means the whole file, which has no row for the subject.
    period: what the value is about (2022-09, 2022Q3, a day), "" for standing lists.
    value: as in the snapshot (money in fen). stale: too old to be used, so the snapshot says unknown.
    """

    feed: str
    feed_title: str
    feed_title_en: str
    department: str
    batch: str
    file: str
    row: int
    rows: tuple[int, ...]
    received_at: dt.datetime
    period: str
    value: Value | NotApplicable
    stale: bool = False


def of(snapshot: Snapshot, subject: str, record: str | None, keys: Iterable[str]) -> dict[str, FactSource]:
    """Sources of the asked facts; a fact nobody delivered is absent from the result.

    keys: fact keys; months of a series as ``key@YYYY-MM``. record: the record's key for record facts.
    """
    wanted = set(keys)
    reader = _Reader(snapshot, subject, record)
    try:
        return {k: s for k in sorted(wanted) if (s := reader.source(k)) is not None}
    finally:
        reader.close()


class _Reader:
    """Rows of one subject, read once per feed."""

    def __init__(self, snapshot: Snapshot, subject: str, record: str | None) -> None:
        self._as_of, self._subject, self._record = snapshot.as_of, subject, record
        self._feeds = {name: from_plain(data) for name, data in snapshot.manifest["feeds"].items()}
        self._facts = {f["key"]: f for f in snapshot.manifest["facts"]}
        ids = {b for found in snapshot.batches.values() for b in found}
        self._batches = {b.id: b for b in Batch.objects.filter(id__in=ids)}
        self._order = {item["batch"]: int(item["seq"]) for item in snapshot.manifest["batches"]}
        self._stacks = {feed: self._layers(found) for feed, found in snapshot.batches.items()}
        self._rows: dict[str, list[dict[str, Any]]] = {}
        self._con = duckdb.connect()

    def close(self) -> None:
        self._con.close()

    def _layers(self, ids: Iterable[str]) -> tuple[Layer, ...]:
        found = sorted((self._batches[i] for i in ids if i in self._batches), key=lambda b: self._order[b.id])
        return tuple(effective.layer(b) for b in found)

    def source(self, key: str) -> FactSource | None:
        base, _, month = key.partition("@")
        fact = self._facts.get(base)
        if fact is None:
            return None
        for feed in self._feeds.values():
            column = next((c for c in feed.columns if c.fact == base), None)
            if column is None or fact["feed"] not in ("", feed.id):
                continue
            if feed.id == REGISTRY:
                return self._registry(feed, column.name)
            if month:
                return self._month(feed, column.name, month)
            return self._latest(feed, column.name, fact)
        return None

    def rows(self, feed: FeedDef, *, by_record: bool) -> list[dict[str, Any]]:
        """The subject's rows in force, latest period first."""
        name = f"{feed.id}/{by_record}"
        if name not in self._rows:
            where, values = f"{quoted(feed.key)} = ?", [self._subject]
            if by_record and feed.record_key:
                where, values = f"{where} AND {quoted(feed.record_key)} = ?", [self._subject, self._record or ""]
            order = f"{quoted(feed.period)} DESC, " if feed.period else ""
            inner = self._inner(feed)
            found = self._con.execute(f"SELECT * FROM ({inner}) WHERE {where} ORDER BY {order}_seq DESC, _row", values)
            names = [d[0] for d in found.description or ()]
            self._rows[name] = [dict(zip(names, r, strict=True)) for r in found.fetchall()]
        return self._rows[name]

    def _inner(self, feed: FeedDef) -> str:
        stack = self._stacks.get(feed.id, ())
        rows = effective.rows_sql(self._con, feed, stack, self._as_of)
        kind = feed.column(feed.period).type if feed.period else ""
        if kind == "date" and feed.delivers == "whole":
            period = quoted(str(feed.period))
            return f"SELECT * FROM ({rows}) WHERE {period} = (SELECT max({period}) FROM ({rows}))"
        return rows

    def _month(self, feed: FeedDef, column: str, month: str) -> FactSource | None:
        for row in self.rows(feed, by_record=False):
            if f"{row[str(feed.period)]:%Y-%m}" == month and row[column] is not None:
                return self._made(feed, row, row[column], [row])
        return None

    def _latest(self, feed: FeedDef, column: str, fact: Mapping[str, Any]) -> FactSource | None:
        definition = feed.column(column)
        found = self.rows(feed, by_record="." in fact["key"])
        if definition.take in ("sum", "min", "max"):
            return self._combined(feed, column, definition.take, found, fact)
        for row in found:
            absent = bool(row.get(f"{column}#na"))
            if row[column] is not None or absent:
                value = NOT_APPLICABLE if absent else row[column]
                return self._made(feed, row, value, [row], stale=self._stale(feed, row, fact))
        if not found and definition.absent == "not_applicable" and fact["optional"]:
            return self._nobody(feed)
        return None

    def _combined(
        self, feed: FeedDef, column: str, take: str, found: list[dict[str, Any]], fact: Mapping[str, Any]
    ) -> FactSource | None:
        """The rows of the latest period that has a result, combined as the snapshot combines them."""
        period = feed.period or "_seq"
        for start in dict.fromkeys(r[period] for r in found):
            rows = [r for r in found if r[period] == start]
            value = combine(take, [r[column] for r in rows])
            if value is not None:
                return self._made(feed, rows[0], value, rows, stale=self._stale(feed, rows[0], fact))
        return None

    def _stale(self, feed: FeedDef, row: Mapping[str, Any], fact: Mapping[str, Any]) -> bool:
        if fact["fresh_days"] is None or not feed.period:
            return False
        ended = periods.last_day(feed.column(feed.period).type, row[feed.period])
        return bool((self._as_of - ended).days > fact["fresh_days"])

    def _made(
        self, feed: FeedDef, row: Mapping[str, Any], value: Any, rows: list[dict[str, Any]], *, stale: bool = False
    ) -> FactSource:
        batch = self._batches[row["_batch"]]
        period = periods.show(feed.column(feed.period).type, row[feed.period]) if feed.period else ""
        return FactSource(
            feed=feed.id,
            feed_title=feed.title_zh,
            feed_title_en=feed.title_en,
            department=feed.provider,
            batch=batch.id,
            file=batch.file_name,
            row=int(row["_row"]),
            rows=tuple(int(r["_row"]) for r in rows),
            received_at=batch.received_at,
            period=period,
            value=value,
            stale=stale,
        )

    def _nobody(self, feed: FeedDef) -> FactSource | None:
        stack = self._stacks.get(feed.id, ())
        if not stack:
            return None
        batch = self._batches[stack[-1].batch]
        return FactSource(
            feed.id, feed.title_zh, feed.title_en, feed.provider, batch.id, batch.file_name, 0, (), batch.received_at,
            "", NOT_APPLICABLE,
        )  # fmt: skip

    def _registry(self, feed: FeedDef, column: str) -> FactSource | None:
        """The registry row that decides the column for the subject."""
        parts = " UNION ALL ".join(
            f"SELECT {quoted(column)} AS value, _row, place_by_code, CAST({x.seq} AS BIGINT) AS _seq, "
            f"{literal(x.batch)} AS _batch FROM read_parquet({literal(str(x.path))}) WHERE uscc = $key"
            for x in self._stacks.get(REGISTRY, ())
        )
        found = self._con.execute(
            f"SELECT value, _row, _batch FROM ({parts}) WHERE value IS NOT NULL "
            f"ORDER BY {registry_order(column)} DESC LIMIT 1",
            {"key": self._subject},
        ).fetchone()
        if found is None:
            return None
        row = {"_row": found[1], "_batch": found[2]}
        return self._made(feed, row, found[0], [row])


def combine(take: str, values: list[Any]) -> Any:
    """``sum``, ``min`` or ``max`` of the rows of one period; None when a missing value could change it."""
    known = [v for v in values if v is not None]
    if known and isinstance(known[0], bool):
        deciding = take == "max"
        if deciding in known:
            return deciding
        return (not deciding) if len(known) == len(values) else None
    if len(known) < len(values) or not known:
        return None
    if take == "sum":
        return sum(known)
    return min(known) if take == "min" else max(known)
