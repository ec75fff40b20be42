# ruff: noqa: S608 — names are quoted and come from definitions of ours, values are bound
"""How the rows of a feed become facts: one row per subject (or record), one column per fact.

- ``last``: the value of the latest period that has one, unless it is older than the fact may be;
- ``sum``, ``min``, ``max``: over the rows of the latest period; unknown when a row that could change
  the result has no value;
- ``series``: one column per calendar month.
Within a delivered row an empty cell is unknown or not applicable, as the column declares.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from zhida.exchange import periods
from zhida.exchange.feeds import ColumnDef, FeedDef
from zhida.exchange.workspace import quoted
from zhida.rules.vocabulary import SUBJECT, Fact, Vocabulary, absent_key, month_key

MONTHS = 36
SQL_KINDS = {"bool": "BOOLEAN", "int": "BIGINT", "money": "BIGINT", "code": "VARCHAR", "date": "DATE"}


@dataclass(frozen=True, slots=True)
class Yield:
    """A fact and the column that yields it."""

    fact: Fact
    column: ColumnDef


def yields(feed: FeedDef, vocabulary: Vocabulary, entity: str) -> tuple[Yield, ...]:
    """The facts of an entity this feed is the source of, in vocabulary order."""
    by_key = {c.fact: c for c in feed.columns if c.fact}
    facts = (vocabulary.facts[k] for k in sorted(by_key) if k in vocabulary.facts)
    return tuple(
        Yield(f, by_key[f.key]) for f in facts if f.entity == entity and f.feed in (None, feed.id) and not f.derive
    )


def facts_sql(feed: FeedDef, rows: str, found: Iterable[Yield], entity: str, as_of: dt.date) -> str:
    """Query over the rows in force: ``_subject`` (and ``_record``) and a column per fact."""
    keys = [f"{quoted(feed.key)} AS _subject"]
    group = [quoted(feed.key)]
    if entity != SUBJECT:
        keys.append(f"{quoted(feed.record_key or feed.key)} AS _record")
        group.append(quoted(feed.record_key or feed.key))
    kind = feed.column(feed.period).type if feed.period else ""
    source = f"SELECT *, {_period(feed)} AS _period FROM ({rows})"
    if kind == "date" and feed.delivers == "whole":
        source = f"SELECT * FROM ({source}) QUALIFY _period = max(_period) OVER ()"
    chosen = list(found)
    several = [y for y in chosen if y.column.take in ("sum", "min", "max")]
    if several:
        source = _per_period(source, group, chosen, several)
    columns = [c for y in chosen for c in _columns(y, kind, as_of, combined=bool(several))]
    return f"SELECT {', '.join(keys + columns)} FROM ({source}) GROUP BY {', '.join(group)}"


def _period(feed: FeedDef) -> str:
    """Order of the rows in time: their period, or the batch for standing lists."""
    return quoted(feed.period) if feed.period else "_seq"


def _per_period(source: str, group: list[str], chosen: list[Yield], several: list[Yield]) -> str:
    """One row per key and period, the several rows combined."""
    names = {y.column.name for y in several}
    columns = [f"{_combine(y)} AS {quoted(y.column.name)}" for y in several]
    for y in chosen:
        if y.column.name not in names:
            columns.append(f"any_value({quoted(y.column.name)}) AS {quoted(y.column.name)}")
            if y.column.may_not_apply:
                flag = quoted(y.column.name + "#na")
                columns.append(f"any_value({flag}) AS {flag}")
    keys = ", ".join((*group, "_period"))
    return f"SELECT {keys}, {', '.join(columns)} FROM ({source}) GROUP BY {keys}"


def _combine(y: Yield) -> str:
    column, take = quoted(y.column.name), y.column.take
    complete = f"count(*) = count({column})"
    if y.fact.kind == "bool":
        decided, other = ("bool_or", "false") if take == "max" else ("NOT bool_and", "true")
        value = "true" if take == "max" else "false"
        return f"CASE WHEN {decided}({column}) THEN {value} WHEN {complete} THEN {other} END"
    whole = f"{take}({column})"
    if take == "sum":
        whole = f"TRY_CAST({whole} AS BIGINT)"
    return f"CASE WHEN {complete} THEN {whole} END"


def _columns(y: Yield, kind: str, as_of: dt.date, *, combined: bool) -> list[str]:
    name, key = quoted(y.column.name), y.fact.key
    if y.column.take == "series":
        return [
            f"max({name}) FILTER (_period = DATE '{year:04d}-{month:02d}-01') AS {quoted(month_key(key, year, month))}"
            for year, month in periods.months_back(as_of, MONTHS)
        ]
    flag = quoted(y.column.name + "#na")
    has_flag = y.column.may_not_apply and not (combined and y.column.take != "last")
    informative = f"({name} IS NOT NULL OR {flag})" if has_flag else f"{name} IS NOT NULL"
    fresh = _fresh(y.fact, kind, as_of)
    where = f"FILTER ({informative}{fresh})"
    columns = [f"arg_max_null({name}, _period) {where} AS {quoted(key)}"]
    if y.fact.optional:
        value = f"arg_max({flag}, _period) {where}" if has_flag else "false"
        columns.append(f"{value} AS {quoted(absent_key(key))}")
    return columns


def _fresh(fact: Fact, kind: str, as_of: dt.date) -> str:
    """SQL that drops periods which ended too long ago for the fact; standing lists do not age."""
    if fact.fresh_days is None or not kind:
        return ""
    oldest = as_of - dt.timedelta(days=fact.fresh_days)
    return f" AND {periods.last_day_sql(kind, '_period')} >= DATE '{oldest.isoformat()}'"


def fact_columns(fact: Fact, as_of: dt.date) -> list[tuple[str, str]]:
    """Snapshot columns of a fact with their SQL types."""
    sql = SQL_KINDS[fact.kind]
    if fact.series:
        return [(month_key(fact.key, y, m), sql) for y, m in periods.months_back(as_of, MONTHS)]
    columns = [(fact.key, sql)]
    if fact.optional:
        columns.append((absent_key(fact.key), "BOOLEAN"))
    return columns
