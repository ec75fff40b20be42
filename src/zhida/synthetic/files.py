"""The county's files as its departments would send them: one registry file, one file per feed.

Columns, headers and code labels come from the feed definitions, so a new feed column that yields a
fact the generator knows appears here without a change.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from decimal import Decimal
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv

from zhida.exchange.feeds import REGISTRY, ColumnDef, FeedDef
from zhida.rules.vocabulary import SUBJECT, CodeList, month_key
from zhida.synthetic.blemishes import blemish
from zhida.synthetic.columns import Column, heading
from zhida.synthetic.population import Population, addresses, county, dates, names, populations
from zhida.synthetic.record_facts import Records, record_facts
from zhida.synthetic.subject_facts import LAST_MONTH, months, subject_facts

DELIVERED = dt.date(*LAST_MONTH, 31)
QUARTER = "2022年第2季度"
# Long code tables and places are written as codes, the way departments do; short ones as words.
WRITTEN_AS_CODES = {"industry", "jurisdiction"}
# What one fen is worth in the unit a column is written in.
_FEN_IN = {"元": pa.scalar(Decimal("0.01")), "万元": pa.scalar(Decimal("0.000001"))}


def write_files(
    directory: Path,
    feeds: Mapping[str, FeedDef],
    code_lists: Mapping[str, CodeList],
    *,
    subjects: int,
    seed: int,
    progress: Callable[[int], None] | None = None,
) -> dict[str, Path]:
    """Writes the registry and every feed as CSV into ``directory``; feed id → path.

    The same subjects and seed give the same bytes. ``progress`` is told how many subjects are done.
    """
    directory.mkdir(parents=True, exist_ok=True)
    paths = {name: directory / f"{name}.csv" for name in feeds}
    writers: dict[str, csv.CSVWriter] = {}
    try:
        for population in populations(subjects, seed):
            for name, clean in county_tables(population, feeds, code_lists):
                table = blemish(clean, feeds[name], population.rng, seed)
                if name not in writers:
                    writers[name] = csv.CSVWriter(paths[name], table.schema)
                writers[name].write_table(table)
            if progress is not None:
                progress(len(population))
    finally:
        for writer in writers.values():
            writer.close()
    return {name: paths[name] for name in writers}


def county_tables(
    p: Population, feeds: Mapping[str, FeedDef], code_lists: Mapping[str, CodeList]
) -> list[tuple[str, pa.Table]]:
    """One chunk of the county as the rows of every file, headers as departments write them."""
    facts, records = subject_facts(p), record_facts(p)
    tables = [(REGISTRY, _registry_table(p, feeds[REGISTRY], facts, code_lists))]
    for name, feed in feeds.items():
        if name == REGISTRY:
            continue
        if feed.entity == SUBJECT:
            tables.append((name, _subject_table(p, feed, facts, code_lists)))
        else:
            tables.append((name, _record_table(p, feed, facts, records[feed.entity], code_lists)))
    return tables


def _registry_table(
    p: Population, feed: FeedDef, facts: Mapping[str, Column], lists: Mapping[str, CodeList]
) -> pa.Table:
    spec = county()
    capital = pc.cast(pa.array(np.maximum(1, p.staff // 2) * 5), pa.string())
    n = len(p)
    written = {
        "uscc": p.uscc,
        "name": names(p),
        "established_on": dates(p.established),
        "declared_type": pa.array(["个体工商户", "有限责任公司", "农民专业合作社"]).take(pa.array(p.kind)),
        "capital": pc.binary_join_element_wise(capital, "万人民币", ""),
        "scope": pa.array([t["scope"] for t in spec["trades"]]).take(pa.array(p.trade)),
        "province": pa.array(["示范省"] * n),
        "city": pa.array(["示范市"] * n),
        "address": addresses(p),
    }
    for key in ("registry_status", "industry", "ownership"):
        written[key] = _as_text(feed.column(key), facts[key].values, lists)
    return pa.table({heading(feed.column(key)): values for key, values in written.items()})


def _subject_table(
    p: Population, feed: FeedDef, facts: Mapping[str, Column], lists: Mapping[str, CodeList]
) -> pa.Table:
    series = [c for c in feed.columns if c.fact and c.take == "series"]
    if not series:
        return _rows(feed, _deliver(feed, facts), p.uscc, None, _period(feed), lists)
    earlier = [
        _rows(feed, _one_month(series, facts, at), p.uscc, None, f"{at[0]}-{at[1]:02d}", lists) for at in months()[:-1]
    ]
    now = _deliver(feed, facts) | _one_month(series, facts, months()[-1])
    return pa.concat_tables([*earlier, _rows(feed, now, p.uscc, None, _period(feed), lists)])


def _deliver(feed: FeedDef, facts: Mapping[str, Column]) -> dict[str, pa.Array]:
    return {c.name: facts[c.fact].values for c in feed.columns if c.fact and c.fact in facts}


def _one_month(series: list[ColumnDef], facts: Mapping[str, Column], at: tuple[int, int]) -> dict[str, pa.Array]:
    return {c.name: facts[month_key(c.fact or "", *at)].values for c in series}


def _record_table(
    p: Population,
    feed: FeedDef,
    facts: Mapping[str, Column],
    records: Records,
    lists: Mapping[str, CodeList],
) -> pa.Table:
    holder = pa.array(records.holder)
    known = {k: c.values for k, c in records.facts.items()}
    of_holder = {k: c.values.take(holder) for k, c in facts.items() if k in _facts_of(feed)}
    all_known = known | of_holder
    values = {c.name: all_known[c.fact] for c in feed.columns if c.fact in all_known}
    return _rows(feed, values, p.uscc.take(holder), records.numbers, _period(feed), lists)


def _facts_of(feed: FeedDef) -> set[str]:
    return {c.fact for c in feed.columns if c.fact}


def _period(feed: FeedDef) -> str:
    kind = feed.column(feed.period).type if feed.period else ""
    year, month = LAST_MONTH
    return {"month": f"{year}-{month:02d}", "quarter": QUARTER, "year": str(year)}.get(kind, DELIVERED.isoformat())


def _rows(
    feed: FeedDef,
    values: Mapping[str, pa.Array],
    uscc: pa.Array,
    numbers: pa.Array | None,
    period: str,
    lists: Mapping[str, CodeList],
) -> pa.Table:
    """The rows this department has anything to say about, as text under the feed's own headers."""
    said = np.zeros(len(uscc), dtype=bool)
    for column in values.values():
        said |= pc.is_valid(column).to_numpy(zero_copy_only=False)
    out: dict[str, pa.Array] = {}
    for column in feed.columns:
        if column.name == feed.key:
            out[heading(column)] = uscc
        elif column.name == feed.record_key:
            out[heading(column)] = numbers
        elif column.name == feed.period:
            out[heading(column)] = pa.array([period] * len(uscc))
        elif column.name in values:
            out[heading(column)] = _as_text(column, values[column.name], lists)
        else:
            out[heading(column)] = pa.nulls(len(uscc), pa.string())
    required = [c.name for c in feed.columns if c.required and c.name in values]
    for name in required:
        said &= pc.is_valid(values[name]).to_numpy(zero_copy_only=False)
    return pa.table(out).filter(pa.array(said))


def _as_text(column: ColumnDef, values: pa.Array, lists: Mapping[str, CodeList]) -> pa.Array:
    if column.type == "money":
        return pc.cast(pc.multiply(pc.cast(values, pa.decimal128(19, 0)), _FEN_IN[column.unit or "元"]), pa.string())
    if column.type == "bool":
        return pc.if_else(values, "是", "否")
    if column.type == "code" and column.codes and column.codes not in WRITTEN_AS_CODES:
        words = lists[column.codes].codes
        known = pc.unique(values).drop_null()
        labels = pa.array([words[c.as_py()].zh for c in known], pa.string())
        return labels.take(pc.index_in(values, known))
    return pc.cast(values, pa.string())
