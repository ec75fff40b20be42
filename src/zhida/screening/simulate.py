# ruff: noqa: S608 — table names are ours, paths quoted literals, numbers ints
"""Simulate: the same snapshot by the published library and by a changed one, compared; nothing is stored."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from zhida.catalog.library import Library
from zhida.screening.changes import Proposal, reached
from zhida.screening.decide import decide, find_groups
from zhida.screening.snapshotsql import Tables, parquet
from zhida.screening.tally import sections

MOST = 50
"""How many gaining and losing subjects are named."""


@dataclass(frozen=True, slots=True)
class Sums:
    """Standing decisions, subjects and money (fen), before and after."""

    decisions_before: int
    decisions_after: int
    amount_before: int
    amount_after: int

    @property
    def delta(self) -> int:
        return self.amount_after - self.amount_before


@dataclass(frozen=True, slots=True)
class MeasureEffect:
    """What happens to one measure's decisions.

    into, out: decisions that newly stand or no longer do; more, less: standing ones whose amount (or
    date) rises or falls; undecided_before, undecided_after: needs-supplement or amount-pending.
    """

    measure: str
    sums: Sums
    into: int
    out: int
    more: int
    less: int
    undecided_before: int
    undecided_after: int


@dataclass(frozen=True, slots=True)
class SubjectEffect:
    """One subject's money over all measures reached, before and after (fen)."""

    subject: str
    name: str
    place: str
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class Simulation:
    """The comparison. gaining, losing: subjects whose money (or standing decisions) rise or fall."""

    as_of: dt.date
    snapshot: str
    changed: tuple[str, ...]
    reached: tuple[str, ...]
    measures: tuple[MeasureEffect, ...]
    gaining: int
    losing: int
    gainers: tuple[SubjectEffect, ...]
    losers: tuple[SubjectEffect, ...]
    towns: dict[str, Sums]
    industries: dict[str, Sums]
    funds: dict[str, Sums]
    total: Sums


def simulate(
    con: duckdb.DuckDBPyConnection,
    library: Library,
    proposal: Proposal,
    tables: Tables,
    snapshot: str,
    as_of: dt.date,
    scratch: Path,
    step: Callable[[], None] = lambda: None,
) -> Simulation:
    """Decide the measures a change can reach by both libraries and compare. Raises rules.RuleError."""
    measures = reached(library, proposal.library, proposal.measures)
    sides = (("old", library), ("new", proposal.library))
    for name, side in sides:
        root = scratch / name
        root.mkdir()
        known = [m for m in measures if any(d.id == m for d in side.measures)]
        groups = find_groups(con, side, tables, as_of, known) if known else ()
        decide(con, side, tables, groups, name, root, step)
        settled = parquet(root / "settled.parquet")
        con.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS SELECT *, {_STANDS} AS stands FROM {settled}")
    con.execute(_BOTH)
    _name_funds(con, library, proposal.library, measures)
    _name_sections(con, library)
    return Simulation(
        as_of=as_of,
        snapshot=snapshot,
        changed=proposal.measures,
        reached=measures,
        measures=_by_measure(con, measures),
        **_subjects(con),
        towns=_sums(con, "place"),
        industries=_sums(con, "coalesce(section, industry)"),
        funds=_sums(con, "fund"),
        total=_total(con),
    )


_STANDS = "(outcome = 'eligible' AND effect <> 'dropped')"

_BOTH = """
CREATE OR REPLACE TEMP TABLE pair AS
SELECT coalesce(o.measure, n.measure) AS measure, coalesce(o.subject, n.subject) AS subject,
  coalesce(o.name, n.name) AS name, coalesce(o.place, n.place) AS place,
  coalesce(o.industry, n.industry) AS industry,
  coalesce(o.stands, false) AS was, coalesce(n.stands, false) AS now,
  CASE WHEN o.stands THEN coalesce(o.amount_fen, 0) ELSE 0 END AS before,
  CASE WHEN n.stands THEN coalesce(n.amount_fen, 0) ELSE 0 END AS after,
  CASE WHEN o.stands THEN o.date END AS date_before, CASE WHEN n.stands THEN n.date END AS date_after,
  coalesce(o.outcome IN ('needs_supplement', 'eligible_amount_pending'), false) AS open_before,
  coalesce(n.outcome IN ('needs_supplement', 'eligible_amount_pending'), false) AS open_after
FROM old o FULL JOIN new n USING (measure, subject, record)"""


def _name_funds(con: duckdb.DuckDBPyConnection, old: Library, new: Library, measures: tuple[str, ...]) -> None:
    funds = {}
    for library in (old, new):
        for measure in library.measures:
            if measure.id in measures:
                funds[measure.id] = measure.fund or ""
    _mapping(con, "fund_of", "measure", "fund", funds)


def _name_sections(con: duckdb.DuckDBPyConnection, library: Library) -> None:
    _mapping(con, "section_of", "industry", "section", sections(library))


def _mapping(con: duckdb.DuckDBPyConnection, table: str, key: str, value: str, pairs: dict[str, str]) -> None:
    rows = pa.table({key: pa.array(list(pairs), pa.string()), value: pa.array(list(pairs.values()), pa.string())})
    con.register("mapping_rows", rows)
    con.execute(f"CREATE OR REPLACE TEMP TABLE {table} AS SELECT * FROM mapping_rows")
    con.unregister("mapping_rows")


_SUMS = "count(*) FILTER (was), count(*) FILTER (now), sum(before)::BIGINT, sum(after)::BIGINT"
_MORE = "was AND now AND (after > before OR date_after > date_before)"
_LESS = "was AND now AND (after < before OR date_after < date_before)"


def _by_measure(con: duckdb.DuckDBPyConnection, measures: tuple[str, ...]) -> tuple[MeasureEffect, ...]:
    rows = con.execute(
        f"""SELECT measure, {_SUMS}, count(*) FILTER (now AND NOT was), count(*) FILTER (was AND NOT now),
          count(*) FILTER ({_MORE}), count(*) FILTER ({_LESS}),
          count(*) FILTER (open_before), count(*) FILTER (open_after)
        FROM pair GROUP BY measure"""
    ).fetchall()
    found = {row[0]: MeasureEffect(row[0], Sums(*row[1:5]), *row[5:]) for row in rows}
    nothing = Sums(0, 0, 0, 0)
    return tuple(found.get(m, MeasureEffect(m, nothing, 0, 0, 0, 0, 0, 0)) for m in measures)


_SUBJECT = f"""
CREATE OR REPLACE TEMP TABLE person AS
SELECT subject, any_value(name) AS name, any_value(place) AS place, sum(before)::BIGINT AS before,
  sum(after)::BIGINT AS after,
  count(*) FILTER (now AND NOT was) + count(*) FILTER ({_MORE}) AS ups,
  count(*) FILTER (was AND NOT now) + count(*) FILTER ({_LESS}) AS downs
FROM pair GROUP BY subject"""
_GAINS = "(after > before OR (after = before AND ups > downs))"
_LOSES = "(after < before OR (after = before AND downs > ups))"


def _subjects(con: duckdb.DuckDBPyConnection) -> dict[str, Any]:
    """Who gains and who loses: by money over all measures; without money, by decisions won or lost."""
    con.execute(_SUBJECT)
    counts = con.execute(f"SELECT count(*) FILTER ({_GAINS}), count(*) FILTER ({_LOSES}) FROM person").fetchone()
    assert counts is not None
    named = {}
    for key, test, order in (("gainers", _GAINS, "before - after"), ("losers", _LOSES, "after - before")):
        rows = con.execute(
            f"SELECT subject, name, place, before, after FROM person WHERE {test} "
            f"ORDER BY {order}, subject LIMIT {MOST}"
        ).fetchall()
        named[key] = tuple(SubjectEffect(*row) for row in rows)
    return {"gaining": counts[0], "losing": counts[1], **named}


def _sums(con: duckdb.DuckDBPyConnection, value: str) -> dict[str, Sums]:
    rows = con.execute(
        f"SELECT coalesce({value}, '') AS k, {_SUMS} FROM pair LEFT JOIN fund_of USING (measure) "
        f"LEFT JOIN section_of USING (industry) GROUP BY k HAVING count(*) FILTER (was OR now) > 0 ORDER BY k"
    ).fetchall()
    return {row[0]: Sums(*row[1:]) for row in rows}


def _total(con: duckdb.DuckDBPyConnection) -> Sums:
    row = con.execute(f"SELECT {_SUMS} FROM pair").fetchone()
    assert row is not None
    return Sums(row[0], row[1], row[2] or 0, row[3] or 0)
