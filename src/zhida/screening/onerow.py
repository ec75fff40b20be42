# ruff: noqa: S608 — identifiers come from the catalog and are quoted, values are bound
"""One subject's facts and stored answers, read back from Parquet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from zhida.rules.layout import Layout
from zhida.rules.vocabulary import NOT_APPLICABLE, SUBJECT, NotApplicable, Value
from zhida.screening.snapshotsql import Tables, parquet

Row = Mapping[str, Value | NotApplicable]


def facts_of(
    con: duckdb.DuckDBPyConnection, tables: Tables, subject: str, entities: Iterable[str]
) -> dict[str, list[tuple[str, Row]]]:
    """Per entity, (record id, facts) of a subject as the rules read them; subject facts joined to records.

    Empty for a subject the snapshot does not hold.
    """
    rows = _rows(con, tables.paths[SUBJECT], subject)
    if not rows:
        return {}
    own = as_facts(rows[0])
    found: dict[str, list[tuple[str, Row]]] = {SUBJECT: [("", own)]}
    for entity in entities:
        if entity != SUBJECT and tables.has(entity):
            records = _rows(con, tables.paths[entity], subject)
            found[entity] = [(row["_record"], {**own, **as_facts(row)}) for row in records]
    return found


def as_facts(row: Mapping[str, Any]) -> dict[str, Value | NotApplicable]:
    """A snapshot row as facts: NULL is left out (unknown), ``key#na`` TRUE is not applicable."""
    facts: dict[str, Value | NotApplicable] = {}
    for key, value in row.items():
        if key.startswith("_") or value is None:
            continue
        if key.endswith("#na"):
            if value:
                facts[key[: -len("#na")]] = NOT_APPLICABLE
        else:
            facts[key] = value
    return facts


def subject_head(con: duckdb.DuckDBPyConnection, tables: Tables, subject: str) -> tuple[str, str | None] | None:
    """(name, place) of a subject in the snapshot, or None."""
    query = f"SELECT _name, _place FROM {parquet(tables.paths[SUBJECT])} WHERE _subject = ?"
    row = con.execute(query, [subject]).fetchone()
    return None if row is None else (row[0] or "", row[1])


def _rows(con: duckdb.DuckDBPyConnection, path: Path, subject: str) -> list[dict[str, Any]]:
    order = " ORDER BY _record" if path.stem != SUBJECT else ""
    found = con.execute(f"SELECT * FROM {parquet(path)} WHERE _subject = ?{order}", [subject])
    names = [column[0] for column in found.description or ()]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


@dataclass(frozen=True, slots=True)
class Stored:
    """What the batch wrote for one measure and record."""

    outcome: int
    outputs: dict[str, Any]
    conditions: dict[str, bool | None]


def stored_answers(
    con: duckdb.DuckDBPyConnection, root: Path, manifest: Mapping[str, Any], subject: str
) -> dict[tuple[str, str], Stored]:
    """(measure, record) -> stored answer, from a run's wide files."""
    found: dict[tuple[str, str], Stored] = {}
    for wide in manifest["wide"]:
        layout = Layout.from_data(wide["layout"])
        rows = con.execute(f"SELECT * FROM {parquet(root / wide['file'])} WHERE _subject = ?", [subject])
        names = [column[0] for column in rows.description or ()]
        for values in rows.fetchall():
            row = dict(zip(names, values, strict=True))
            true = [row[f"t{w}"] for w in range(layout.words)]
            unknown = [row[f"u{w}"] for w in range(layout.words)]
            for i, laid in enumerate(layout.programs):
                outputs = {o.id: row[o.column] for o in laid.outputs}
                found[laid.measure, row["_record"]] = Stored(
                    row[laid.outcome], outputs, layout.values(i, true, unknown)
                )
    return found


__all__ = ["Stored", "as_facts", "facts_of", "stored_answers", "subject_head"]
