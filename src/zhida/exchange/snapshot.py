# ruff: noqa: S608 — names are quoted and come from definitions of ours, values are bound
"""Snapshots: everything known as of a date, one row per subject and per record, as Parquet.

``build`` reads the batches in force and writes one table per entity. Equal inputs (as-of date, facts,
feeds, batches) give the same id and the same bytes; what exists is reused.

Tables: ``_subject``; records also ``_record``; subjects also ``_name`` and ``_place``; then one column
per fact of the vocabulary (``key``, ``key@YYYY-MM`` for the 36 months up to the as-of month, ``key#na``
for facts that may not apply). NULL is unknown. Derived facts are left to the rules.
Subjects founded after the as-of date are not in it. Only rows of periods begun by that date count.
"""

from __future__ import annotations

import datetime as dt
import json
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from zhida.core.hashing import canonical_json, sha256_file, sha256_hex
from zhida.core.paths import lake
from zhida.exchange import effective, takes
from zhida.exchange.effective import Layer
from zhida.exchange.feeds import REGISTRY, FeedDef, as_plain, shipped
from zhida.exchange.workspace import Workspace, literal, open_workspace, quoted
from zhida.rules.vocabulary import SUBJECT, Vocabulary

FORMAT = 1
MANIFEST = "manifest.json"
_WRITE = "FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 122880"


@dataclass(frozen=True, slots=True)
class Snapshot:
    """tables: entity → Parquet file; batches: feed → ids of the batches it was made from."""

    id: str
    as_of: dt.date
    root: Path
    tables: Mapping[str, Path]
    batches: Mapping[str, tuple[str, ...]]
    manifest_sha256: str
    manifest: Mapping[str, Any]


class NoSubjects(Exception):
    """There is no registry to take a snapshot of; ``zh`` and ``en`` say what to do."""

    zh = "还没有名录数据，请先运行 zhida import registry。"
    en = "There is no registry yet; run zhida import registry first."

    def __init__(self) -> None:
        super().__init__(self.en)


def build(
    as_of: dt.date,
    *,
    vocabulary: Vocabulary,
    feeds: Mapping[str, FeedDef] | None = None,
    step: Callable[[], None] = lambda: None,
) -> Snapshot:
    """The snapshot of a date; made when it does not exist yet. Raises NoSubjects without a registry.

    feeds: the feed definitions in force (default: those we ship). ``step`` is called per finished table.
    """
    known = dict(feeds if feeds is not None else shipped())
    stacks = {name: effective.layers(name, as_of) for name in sorted(known)}
    if not stacks.get(REGISTRY):
        raise NoSubjects
    head = _head(as_of, vocabulary, known, stacks)
    name = f"{as_of.isoformat()}-{sha256_hex(canonical_json(head))[:16]}"
    root = lake() / "snapshots" / name
    if not (root / MANIFEST).is_file():
        with open_workspace("snapshot") as space:
            _build(space, root, head, vocabulary, known, stacks, as_of, step)
    return load(name)


def load(name: str) -> Snapshot:
    """A snapshot by id. Raises FileNotFoundError when there is none."""
    root = lake() / "snapshots" / name
    data = (root / MANIFEST).read_bytes()
    manifest = json.loads(data)
    batches: dict[str, list[str]] = {}
    for item in manifest["batches"]:
        batches.setdefault(item["feed"], []).append(item["batch"])
    return Snapshot(
        id=name,
        as_of=dt.date.fromisoformat(manifest["as_of"]),
        root=root,
        tables={entity: root / item["file"] for entity, item in manifest["tables"].items()},
        batches={feed: tuple(ids) for feed, ids in batches.items()},
        manifest_sha256=sha256_hex(data),
        manifest=manifest,
    )


def _head(
    as_of: dt.date,
    vocabulary: Vocabulary,
    feeds: Mapping[str, FeedDef],
    stacks: Mapping[str, tuple[Layer, ...]],
) -> dict[str, Any]:
    """Everything that decides the content."""
    facts = [
        {
            "key": f.key,
            "kind": f.kind,
            "entity": f.entity,
            "series": f.series,
            "optional": f.optional,
            "feed": f.feed or "",
            "fresh_days": f.fresh_days,
        }
        for f in sorted(vocabulary.facts.values(), key=lambda f: f.key)
        if not f.derive
    ]
    batches = [
        {"feed": name, "batch": x.batch, "seq": x.seq, "content_sha256": x.content_sha256}
        for name, stack in sorted(stacks.items())
        for x in stack
    ]
    used = {name: as_plain(feeds[name]) for name, stack in sorted(stacks.items()) if stack}
    return {"format": FORMAT, "as_of": as_of.isoformat(), "facts": facts, "feeds": used, "batches": batches}


def _build(
    space: Workspace,
    root: Path,
    head: dict[str, Any],
    vocabulary: Vocabulary,
    feeds: Mapping[str, FeedDef],
    stacks: Mapping[str, tuple[Layer, ...]],
    as_of: dt.date,
    step: Callable[[], None],
) -> None:
    made = space.root / "snapshot"
    made.mkdir()
    later = _subjects(space, vocabulary, feeds[REGISTRY], stacks[REGISTRY], as_of)
    tables: dict[str, dict[str, Any]] = {}
    for entity in (SUBJECT, *sorted(e for e in vocabulary.entities if e != SUBJECT)):
        query = _table_sql(space, vocabulary, feeds, stacks, entity, as_of)
        path = made / f"{entity}.parquet"
        space.con.execute(f"COPY ({query}) TO {literal(str(path))} ({_WRITE})")
        count = space.con.execute(f"SELECT count(*) FROM read_parquet({literal(str(path))})").fetchone()
        with path.open("rb") as stream:
            digest = sha256_file(stream)
        tables[entity] = {"file": path.name, "rows": int(count[0]) if count else 0, "sha256": digest}
        step()
    manifest = {**head, "tables": tables, "not_founded_yet": later}
    (made / MANIFEST).write_bytes(canonical_json(manifest))
    root.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if root.exists():
        shutil.rmtree(root)
    made.rename(root)


def _subjects(space: Workspace, vocabulary: Vocabulary, feed: FeedDef, stack: tuple[Layer, ...], as_of: dt.date) -> int:
    """Make ``subjects``: the latest known value of every registry column. Returns those not founded yet."""
    con = space.con
    columns = {c.name: c.fact for c in feed.columns if c.fact and c.fact in vocabulary.facts}
    wanted = sorted({"name", "place", "established_on", *columns})
    inner = ", ".join((*wanted, "place_by_code"))
    parts = " UNION ALL BY NAME ".join(
        f"SELECT uscc, {inner}, CAST({x.seq} AS BIGINT) AS _seq FROM read_parquet({literal(str(x.path))})"
        for x in stack
    )
    if len(stack) > 1:
        latest = ", ".join(f"arg_max({c}, {registry_order(c)}) AS {c}" for c in wanted)
        parts = f"SELECT uscc, {latest} FROM ({parts}) GROUP BY uscc"
    con.execute(f"CREATE OR REPLACE TABLE all_subjects AS {parts}")
    day = f"DATE '{as_of.isoformat()}'"
    facts = ", ".join(f"{c} AS {quoted(str(f))}" for c, f in sorted(columns.items()))
    con.execute(
        f"CREATE OR REPLACE TABLE subjects AS SELECT uscc AS _subject, name AS _name, place AS _place, {facts} "
        f"FROM all_subjects WHERE established_on IS NULL OR established_on <= {day}"
    )
    row = con.execute(f"SELECT count(*) FROM all_subjects WHERE established_on > {day}").fetchone()
    return int(row[0]) if row else 0


def registry_order(column: str) -> str:
    """Which registry batch decides a column: the newest with a value; for the place, addresses come first."""
    return "_seq + CASE WHEN place_by_code THEN 0 ELSE 4294967296 END" if column == "place" else "_seq"


def _table_sql(
    space: Workspace,
    vocabulary: Vocabulary,
    feeds: Mapping[str, FeedDef],
    stacks: Mapping[str, tuple[Layer, ...]],
    entity: str,
    as_of: dt.date,
) -> str:
    """Query of an entity's table: keys, then every fact of the vocabulary in order of its key."""
    keys = ["_subject"] if entity == SUBJECT else ["_subject", "_record"]
    sources: dict[str, str] = {}
    tables: list[str] = []
    for name, stack in stacks.items():
        found = takes.yields(feeds[name], vocabulary, entity) if stack and name != REGISTRY else ()
        if not found:
            continue
        table = f"facts_{len(tables)}"
        rows = effective.rows_sql(space.con, feeds[name], stack, as_of)
        query = takes.facts_sql(feeds[name], rows, found, entity, as_of)
        space.con.execute(f"CREATE OR REPLACE TEMP TABLE {table} AS {query}")
        tables.append(table)
        for item in found:
            for column, _ in takes.fact_columns(item.fact, as_of):
                sources[column] = _taken(table, column, item)
    base = "subjects AS b"
    if entity != SUBJECT:
        ids = " UNION ".join(f"SELECT _subject, _record FROM {t}" for t in tables)
        empty = "SELECT CAST(NULL AS VARCHAR) AS _subject, CAST(NULL AS VARCHAR) AS _record WHERE false"
        base = f"(SELECT r.* FROM ({ids or empty}) r SEMI JOIN subjects s ON s._subject = r._subject) AS b"
    else:
        sources |= {c: f"b.{quoted(c)}" for c in _columns_of(space, "subjects")}
    joins = " ".join(f"LEFT JOIN {t} USING ({', '.join(keys)})" for t in tables)
    heads = [f"b.{k}" for k in keys] + (["b._name", "b._place"] if entity == SUBJECT else [])
    columns = ", ".join(heads + _all_facts(vocabulary, entity, sources, as_of))
    return f"SELECT {columns} FROM {base} {joins} ORDER BY {', '.join(f'b.{k}' for k in keys)}"


def _taken(table: str, column: str, item: takes.Yield) -> str:
    """The fact's column of a feed; a delivered feed without a row may mean "does not apply"."""
    value = f"{table}.{quoted(column)}"
    if not column.endswith("#na"):
        return value
    absent = "true" if item.column.absent == "not_applicable" else "false"
    return f"CASE WHEN {table}._subject IS NULL THEN {absent} ELSE coalesce({value}, false) END"


def _columns_of(space: Workspace, table: str) -> list[str]:
    return [str(r[0]) for r in space.con.execute(f"DESCRIBE {table}").fetchall() if not str(r[0]).startswith("_")]


def _all_facts(vocabulary: Vocabulary, entity: str, sources: Mapping[str, str], as_of: dt.date) -> list[str]:
    columns = []
    for key in sorted(vocabulary.facts):
        fact = vocabulary.facts[key]
        if fact.entity != entity or fact.derive:
            continue
        for name, sql in takes.fact_columns(fact, as_of):
            default = "false" if name.endswith("#na") else "NULL"
            columns.append(f"CAST({sources.get(name, default)} AS {sql}) AS {quoted(name)}")
    return columns
