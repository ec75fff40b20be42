# ruff: noqa: S608 — names are quoted and come from definitions of ours, values are bound
"""Bringing the register up to date from a batch, in one statement however many subjects there are."""

from __future__ import annotations

from typing import Any

COLUMNS = (
    "uscc",
    "old_number",
    "name",
    "subject_type",
    "code_area",
    "place",
    "place_by_code",
    "address",
    "established_on",
    "declared_type",
    "capital_text",
    "capital_fen",
    "capital_currency",
    "registry_status",
    "industry",
    "ownership",
)
_TEXTS = frozenset({"address", "declared_type", "capital_text"})


def select_sql(table: str, batch: str) -> str:
    """DuckDB query giving the rows of ``kept`` in the order of the PostgreSQL staging table."""
    values = ", ".join(f"coalesce({c}, '')" if c in _TEXTS else c for c in COLUMNS)
    return f"SELECT {values}, '{batch}', _row FROM {table} SEMI JOIN kept USING (_row)"


def stage(cursor: Any) -> str:
    """Create the staging table and return the COPY target."""
    cursor.execute("CREATE TEMP TABLE incoming_subject (LIKE registry_subject INCLUDING DEFAULTS) ON COMMIT DROP")
    return f"incoming_subject ({', '.join(COLUMNS)}, batch_id, row)"


def merge(cursor: Any) -> dict[str, int]:
    """Insert new subjects and update changed ones. What a row leaves empty does not erase what is known."""
    cursor.execute("SELECT count(*) FROM incoming_subject")
    total = int(cursor.fetchone()[0])
    cursor.execute("SELECT count(*) FROM incoming_subject JOIN registry_subject USING (uscc)")
    known = int(cursor.fetchone()[0])
    news = {c: f"COALESCE({_new(c)}, s.{c})" for c in COLUMNS if c != "uscc"}
    # a place read off the code alone never displaces one an address gave
    vaguer = "(EXCLUDED.place_by_code AND NOT s.place_by_code AND s.place IS NOT NULL)"
    for column in ("place", "place_by_code"):
        news[column] = f"CASE WHEN {vaguer} THEN s.{column} ELSE {news[column]} END"
    different = " OR ".join(f"s.{c} IS DISTINCT FROM {value}" for c, value in news.items())
    names = ", ".join((*COLUMNS, "batch_id", "row"))
    cursor.execute(
        f"INSERT INTO registry_subject AS s ({names}) SELECT {names} FROM incoming_subject ORDER BY uscc "
        f"ON CONFLICT (uscc) DO UPDATE SET {', '.join(f'{c} = {v}' for c, v in news.items())}, "
        f"batch_id = EXCLUDED.batch_id, row = EXCLUDED.row WHERE {different}"
    )
    touched = int(cursor.rowcount)
    cursor.execute("DROP TABLE incoming_subject")
    return {"new": total - known, "changed": touched - (total - known), "unchanged": total - touched}


def _new(column: str) -> str:
    return f"NULLIF(EXCLUDED.{column}, '')" if column in _TEXTS else f"EXCLUDED.{column}"
