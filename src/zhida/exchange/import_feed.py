# ruff: noqa: S608 — names are quoted and come from definitions of ours, values are bound
"""Importing one delivery of a department feed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from zhida.exchange import effective, intake, periods, rows
from zhida.exchange.definitions import Definitions
from zhida.exchange.feeds import REGISTRY, FeedDef
from zhida.exchange.models import Batch
from zhida.exchange.refusal import FileRefused
from zhida.exchange.result import ImportResult, Replaced
from zhida.exchange.workspace import Workspace, literal, quoted

#: a whole delivery that drops more than this share (and number) of the rows it replaces asks first
DROP_SHARE, DROP_ROWS = 0.2, 10


@dataclass(frozen=True, slots=True)
class Options:
    """delivers: overrides the feed's own ``whole`` or ``partial``; replace: dropping many rows is meant."""

    delivers: str | None = None
    replace: bool = False
    dry_run: bool = False


def import_feed(
    name: str,
    path: Path,
    definitions: Definitions,
    options: Options | None = None,
    *,
    step: Callable[[], None] = lambda: None,
    waiting: Callable[[], None] | None = None,
) -> ImportResult:
    """Import a file of feed ``name``. Raises FileRefused (nothing changed) when it is not usable."""
    chosen = options or Options()
    feed = _feed(name, definitions)
    delivers = chosen.delivers or feed.delivers
    order = intake.Order(
        path=path,
        feed=feed,
        definitions=definitions,
        prepare=lambda space: _prepare(space, feed, delivers, chosen),
        delivers=delivers,
        kind=Batch.Kind.FEED,
        dry_run=chosen.dry_run,
        step=step,
        waiting=waiting,
    )
    return intake.run(order)


def _feed(name: str, definitions: Definitions) -> FeedDef:
    if name in definitions.feeds and name != REGISTRY:
        return definitions.feeds[name]
    known = ", ".join(sorted(n for n in definitions.feeds if n != REGISTRY))
    raise FileRefused(
        "unknown-feed",
        f"没有名为“{name}”的数据源。可用：{known}。",
        f"There is no feed “{name}”. Known: {known}.",
    )


def _prepare(space: Workspace, feed: FeedDef, delivers: str, options: Options) -> intake.Prepared:
    con = space.con
    names = [c for c, _ in effective.stored_columns(feed)]
    label = feed.column(feed.key).label
    rows.mark_duplicates(con, "typed", feed.unique, tuple(names), label)
    rows.link(con, feed.key, label, _subjects_sql())
    count = rows.settle(con, "typed")
    keys = ", ".join(quoted(k) for k in feed.unique)
    listed = ", ".join(quoted(n) for n in names)
    store = f"SELECT {listed}, _row FROM typed SEMI JOIN kept USING (_row) ORDER BY {keys}, _row"
    starts = _periods(space, feed)
    replaces = _replaced(space, feed, delivers, starts, store)
    _guard(feed, options, replaces)
    last = periods.last_day(feed.column(feed.period).type, max(starts)) if feed.period and starts else None
    return intake.Prepared(count=count, store=store, periods=starts, last_day=last, replaces=replaces)


def _subjects_sql() -> str:
    stack = effective.layers(REGISTRY)
    if not stack:
        return "SELECT CAST(NULL AS VARCHAR) AS uscc WHERE false"
    files = ", ".join(literal(str(x.path)) for x in stack)
    return f"SELECT DISTINCT uscc FROM read_parquet([{files}], union_by_name = true)"


def _periods(space: Workspace, feed: FeedDef) -> tuple[dt.date, ...]:
    if not feed.period:
        return ()
    found = space.con.execute(
        f"SELECT DISTINCT {quoted(feed.period)} FROM typed SEMI JOIN kept USING (_row) ORDER BY 1"
    )
    return tuple(r[0] for r in found.fetchall())


def _replaced(
    space: Workspace, feed: FeedDef, delivers: str, starts: tuple[dt.date, ...], store: str
) -> tuple[Replaced, ...]:
    """What each earlier batch would lose: rows repeated here and, for a whole delivery, rows gone."""
    con, stack = space.con, effective.layers(feed.id)
    if not stack or not (starts or feed.period is None):
        return ()
    con.execute(f"CREATE OR REPLACE TEMP VIEW arriving AS {store}")
    same = " AND ".join(f"o.{quoted(u)} IS NOT DISTINCT FROM n.{quoted(u)}" for u in feed.unique)
    scope = ""
    if feed.period:
        scope = f" WHERE {quoted(feed.period)} IN ({', '.join(f'DATE {literal(d.isoformat())}' for d in starts)})"
    current = f"SELECT * FROM ({effective.rows_sql(con, feed, stack)}){scope}"
    period = f"CAST({quoted(feed.period)} AS VARCHAR)" if feed.period else "''"
    found = con.execute(
        f"SELECT _batch, list_sort(list(DISTINCT {period})), count(*) FILTER (again), count(*) FILTER (NOT again) "
        f"FROM (SELECT o.*, EXISTS (SELECT 1 FROM arriving n WHERE {same}) AS again FROM ({current}) o) "
        "GROUP BY _batch ORDER BY _batch"
    ).fetchall()
    whole = delivers == Batch.Delivers.WHOLE
    made = (Replaced(str(b), tuple(p), int(again), int(gone) if whole else 0) for b, p, again, gone in found)
    return tuple(r for r in made if r.repeated or r.dropped)


def _guard(feed: FeedDef, options: Options, replaces: tuple[Replaced, ...]) -> None:
    dropped = sum(r.dropped for r in replaces)
    had = dropped + sum(r.repeated for r in replaces)
    if options.replace or dropped <= DROP_ROWS or dropped <= DROP_SHARE * had:
        return
    spans = "、".join(sorted({p for r in replaces for p in r.periods})[:6])
    raise FileRefused(
        "drops-many-rows",
        f"“{feed.title_zh}”{spans} 已有 {had} 行，此文件会去掉其中 {dropped} 行。只是补正部分行，请加 --partial；"
        "确认整体替换，请加 --replace。未作任何改动。",
        f"“{feed.title_en}” has {had} rows for {spans}; this file would drop {dropped} of them. If it only corrects "
        "some rows add --partial, if it replaces them all add --replace. Nothing was changed.",
    )
