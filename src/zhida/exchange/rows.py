# ruff: noqa: S608 — names are quoted and come from definitions of ours, values are bound
"""What holds between rows: duplicates, conflicts, links to the registry; and the final count."""

from __future__ import annotations

from dataclasses import dataclass

import duckdb

from zhida.exchange.workspace import quoted

_SEPARATOR = " · "


@dataclass(frozen=True, slots=True)
class Count:
    """Rows of the file by outcome; stored rows are those kept, unlinked the stored ones without subject."""

    total: int
    accepted: int
    with_findings: int
    refused: int
    stored: int
    unlinked: int


def mark_duplicates(
    con: duckdb.DuckDBPyConnection, table: str, unique: tuple[str, ...], content: tuple[str, ...], label: str
) -> None:
    """Find rows repeating the ``unique`` columns among the rows not refused so far.

    Identical in all ``content`` columns: the first stays, the others are noted. Different: all are
    refused, because nothing says which is right.
    """
    keys = ", ".join(quoted(u) for u in unique)
    values = ", ".join(quoted(c) for c in content)
    shown = f" || '{_SEPARATOR}' || ".join(f"coalesce(CAST({quoted(u)} AS VARCHAR), '')" for u in unique)
    good = f"SELECT * FROM {table} WHERE _row NOT IN (SELECT _row FROM refused_rows)"
    con.execute(
        "CREATE OR REPLACE TABLE refused_rows AS SELECT DISTINCT f._row FROM findings f "
        "JOIN severities s USING (code) WHERE s.severity = 'refused' AND f._row > 0"
    )
    con.execute(
        f"CREATE OR REPLACE TABLE repeated AS WITH good AS ({good}), "
        f"twice AS (SELECT {keys} FROM good GROUP BY {keys} HAVING count(*) > 1) "
        f"SELECT g._row, {shown} AS shown, dense_rank() OVER (ORDER BY {keys}) AS grp, "
        f"min(g._row) OVER (PARTITION BY {keys}, {values}) AS first_row, "
        f"min(g._row) OVER (PARTITION BY {keys}) AS group_row, count(*) OVER (PARTITION BY {keys}) AS n "
        f"FROM good g SEMI JOIN twice USING ({keys})"
    )
    con.execute(
        "INSERT INTO findings WITH judged AS (SELECT *, max(CASE WHEN first_row <> group_row THEN 1 ELSE 0 END) "
        "OVER (PARTITION BY grp) AS differs FROM repeated) "
        "SELECT _row, '', ?, CASE WHEN differs = 1 THEN 'conflicting-rows' ELSE 'duplicate-row' END, shown, "
        "CAST(CASE WHEN differs = 1 THEN n ELSE first_row END AS VARCHAR) FROM judged "
        "WHERE differs = 1 OR _row <> first_row",
        [label],
    )


def link(con: duckdb.DuckDBPyConnection, key: str, label: str, subjects_sql: str) -> None:
    """Note the good rows whose subject is not in the registry; ``subjects_sql`` selects its keys as ``uscc``."""
    name = quoted(key)
    con.execute(f"CREATE OR REPLACE TABLE known_subjects AS {subjects_sql}")
    con.execute(
        f"INSERT INTO findings SELECT t._row, ?, ?, 'not-in-registry', t.{name}, '' FROM typed t "
        f"ANTI JOIN known_subjects k ON k.uscc = t.{name} "
        f"ANTI JOIN (SELECT f._row FROM findings f JOIN severities s USING (code) WHERE s.severity = 'refused') r "
        "ON r._row = t._row",
        [key, label],
    )
    con.execute(
        f"INSERT INTO findings SELECT t._row, ?, ?, 'code-check-digit', t.{name}, z_uscc_check(t.{name}) FROM typed t "
        f"JOIN findings f ON f._row = t._row AND f.code = 'not-in-registry' "
        f"WHERE z_uscc_shape(t.{name}) AND z_uscc_check(t.{name}) <> substr(t.{name}, 18, 1)",
        [key, label],
    )


def settle(con: duckdb.DuckDBPyConnection, table: str) -> Count:
    """Make ``kept`` (numbers of the rows to store) and count every row once."""
    con.execute(
        "CREATE OR REPLACE TABLE row_state AS SELECT f._row, max(s.severity = 'refused') AS refused, "
        "max(f.code = 'duplicate-row') AS duplicate, max(f.code = 'not-in-registry') AS unlinked "
        "FROM findings f JOIN severities s USING (code) WHERE f._row > 0 GROUP BY f._row"
    )
    con.execute(
        f"CREATE OR REPLACE TABLE kept AS SELECT t._row FROM {table} t LEFT JOIN row_state r USING (_row) "
        "WHERE r._row IS NULL OR NOT (r.refused OR r.duplicate)"
    )
    row = con.execute(
        f"SELECT count(*), count(*) FILTER (r._row IS NULL), count(*) FILTER (r._row IS NOT NULL AND NOT r.refused), "
        f"count(*) FILTER (r.refused), (SELECT count(*) FROM kept), "
        f"count(*) FILTER (r.unlinked AND NOT r.refused AND NOT r.duplicate) "
        f"FROM {table} t LEFT JOIN row_state r USING (_row)"
    ).fetchone()
    assert row is not None
    return Count(*(int(n) for n in row))
