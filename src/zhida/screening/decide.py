# ruff: noqa: S608 — identifiers come from the catalog and are quoted, values are literals of our own
"""Decide all subjects and records of a snapshot in DuckDB and write the answers as Parquet.

Files written below ``root``: per entity and place group one wide file with T/U words, outcome codes and
outputs of every subject (ineligible ones included); ``adjustments.parquet``; ``settled.parquet`` with
one sealed row per decision that is not ineligible. All are sorted, so equal inputs give equal bytes.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from zhida.catalog.library import Library
from zhida.rules.program import Program
from zhida.rules.vocabulary import SUBJECT
from zhida.screening import settle
from zhida.screening.case import ceiling
from zhida.screening.groups import Group, group_places
from zhida.screening.seal import seal_sql
from zhida.screening.snapshotsql import KEYS, Tables, literal, parquet, quoted, source
from zhida.screening.stacking import many
from zhida.screening.stacking.declared import declared_rules
from zhida.screening.wide import Wide, column_types

MAX_CONDITIONS = 62
SORT = "ORDER BY measure, subject, record"
_PARQUET = "(FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 122880)"

Step = Callable[[], None]


class TooManyConditions(ValueError):
    """A measure has more conditions than its decision's bitmap holds."""


@dataclass(frozen=True, slots=True)
class Decided:
    """What was written below ``root``."""

    root: Path
    groups: tuple[Group, ...]
    wide: tuple[Wide, ...]


def steps(groups: Sequence[Group], tables: Tables) -> int:
    """How many steps ``decide`` will report."""
    return sum(2 for g in groups for entity in g.entities() if tables.has(entity)) + 1


def decide(
    con: duckdb.DuckDBPyConnection,
    library: Library,
    tables: Tables,
    groups: Sequence[Group],
    run: str,
    root: Path,
    step: Step,
) -> Decided:
    """Write all files of a run into ``root`` (an empty directory). ``step`` is called as work gets done."""
    many.prepare(con)
    con.execute(settle.TABLE)
    done: list[Wide] = []
    for group in groups:
        mine = []
        for entity in group.entities():
            if tables.has(entity):
                mine.append(_wide(con, tables, group, entity, root))
                step()
        at = group.programs[0].at if group.programs else dt.date.min
        _stack(con, library, group, mine, root, at.year)
        for wide in mine:
            settle.settle(con, library, tables, wide, root)
            step()
        done += mine
    _write(
        con,
        "SELECT * FROM adjustments ORDER BY subject, stage, rule, measure, record",
        root / "adjustments.parquet",
    )
    con.execute("CREATE OR REPLACE TEMP TABLE this_run AS SELECT ? AS run", [run])
    sealed = f"SELECT *, {seal_sql()} AS seal FROM this_run, settled {SORT}"
    _write(con, sealed, root / "settled.parquet")
    step()
    return Decided(root, tuple(groups), tuple(done))


def find_groups(
    con: duckdb.DuckDBPyConnection,
    library: Library,
    tables: Tables,
    as_of: dt.date,
    measures: Sequence[str] | None,
) -> tuple[Group, ...]:
    """Place groups of the snapshot's subjects; those where nothing is in force are left out."""
    rows = con.execute(f"SELECT DISTINCT _place FROM {parquet(tables.paths[SUBJECT])}").fetchall()
    groups = group_places(library, (row[0] for row in rows), as_of, measures)
    return tuple(group for group in groups if group.programs)


def _write(con: duckdb.DuckDBPyConnection, query: str, path: Path) -> None:
    con.execute(f"COPY ({query}) TO {literal(str(path))} {_PARQUET}")


def _wide(con: duckdb.DuckDBPyConnection, tables: Tables, group: Group, entity: str, root: Path) -> Wide:
    from zhida.rules.sql import compile_batch

    programs = group.of_entity(entity)
    for program in programs:
        if len(program.conditions) > MAX_CONDITIONS:
            raise TooManyConditions(f"{program.measure}: {len(program.conditions)} > {MAX_CONDITIONS}")
    plan = compile_batch(programs, "duckdb")
    relation = source(tables, entity, group, column_types(plan))
    name = f"{entity}-{group.name}.parquet"
    select = plan.select(relation, keys=KEYS)
    _write(con, f"SELECT * FROM ({select}) ORDER BY _subject, _record", root / name)
    return Wide(name, entity, group, programs, plan.layout)


def _stack(
    con: duckdb.DuckDBPyConnection,
    library: Library,
    group: Group,
    wides: Sequence[Wide],
    root: Path,
    year: int,
) -> None:
    rules = declared_rules(library, group.programs)
    touched = {measure for rule in rules for measure in rule.members}
    con.execute("DELETE FROM cand")
    for wide in wides:
        for i, program in enumerate(wide.programs):
            if program.measure in touched:
                con.execute(_candidates(wide, i, program, root))
    many.apply(con, rules, year)
    con.execute("CREATE OR REPLACE TEMP TABLE fate AS " + _FATE)


def _candidates(wide: Wide, index: int, program: Program, root: Path) -> str:
    laid = wide.layout.programs[index]
    money = [o.column for o in laid.outputs[:1] if laid.has_main and o.kind == "money"]
    amount = f"CASE WHEN {laid.outcome} = 2 THEN {quoted(money[0])} END" if money else "NULL"
    top = ceiling(program)
    return (
        f"INSERT INTO cand SELECT _subject, {literal(program.measure)}, _record, {laid.outcome}, {amount}, "
        f"{'NULL' if top is None else top}, true FROM {parquet(root / wide.file)} WHERE {laid.outcome} <> 0"
    )


_FATE = """
SELECT c.subject, c.measure, c.record, c.live, c.amount, coalesce(a.open, false) AS provisional
FROM cand c LEFT JOIN (
  SELECT subject, measure, record, bool_or(provisional) AS open FROM adjustments GROUP BY ALL
) a USING (subject, measure, record)"""
