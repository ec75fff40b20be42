# ruff: noqa: S608 — names are quoted and come from definitions of ours, values are bound
"""From text cells to typed columns: one set-based pass that also says what is wrong with which cell.

Reads the table ``raw`` and makes ``typed`` (the feed's columns with their types, ``t_<column>`` the
cleaned text and, where a value may not apply, ``<column>#na``) and fills ``findings``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import duckdb
import pyarrow as pa

from zhida.exchange import macros, messages
from zhida.exchange.cells import Cell
from zhida.exchange.feeds import ColumnDef, FeedDef
from zhida.exchange.headers import Matched
from zhida.exchange.workspace import literal, quoted
from zhida.rules.vocabulary import CodeList, Vocabulary

SQL_TYPES: Mapping[str, str] = {
    "int": "BIGINT",
    "money": "BIGINT",
    "date": "DATE",
    "month": "DATE",
    "quarter": "DATE",
    "year": "DATE",
    "bool": "BOOLEAN",
    "code": "VARCHAR",
    "text": "VARCHAR",
    "uscc": "VARCHAR",
    "place": "VARCHAR",
}
_LONGEST_FOUND = 80


def read(con: duckdb.DuckDBPyConnection, feed: FeedDef, matched: Matched, vocabulary: Vocabulary) -> None:
    """Make ``typed`` and ``findings`` from ``raw``."""
    macros.register(con)
    create_findings(con)
    present = [c for c in feed.columns if c.name in matched.columns]
    lists = {c.codes for c in present if c.type == "code" and c.codes}
    for name in lists:
        _code_words(con, name, vocabulary.code_lists.get(name), [c for c in present if c.codes == name])
    # the stages compute nothing twice, so looking for what is computed twice only costs planning time
    con.execute("SET disabled_optimizers = 'common_subexpressions,in_clause'")
    con.execute(f"CREATE OR REPLACE TABLE typed AS {_typed_sql(feed, matched, vocabulary)}")
    con.execute("RESET disabled_optimizers")
    collect(con, "typed", [_field(c) for c in present])


def create_findings(con: duckdb.DuckDBPyConnection) -> None:
    """Empty ``findings`` and the table of severities."""
    con.execute(
        "CREATE OR REPLACE TABLE findings (_row INTEGER, field VARCHAR, label VARCHAR, code VARCHAR, "
        "found VARCHAR, detail VARCHAR)"
    )
    weights = pa.table({"code": list(messages.MESSAGES), "severity": [m.severity for m in messages.MESSAGES.values()]})
    con.register("weights", weights)
    con.execute("CREATE OR REPLACE TABLE severities AS SELECT * FROM weights")
    con.unregister("weights")


@dataclass(frozen=True, slots=True)
class Noted:
    """A place where a table notes problems: ``p_<name>`` the code, ``d_<name>`` the detail, ``found`` SQL."""

    name: str
    label: str
    found: str


def _field(column: ColumnDef) -> Noted:
    text = quoted(("o_" if column.type == "uscc" else "t_") + column.name)
    if column.type == "uscc":
        # an identity number is never copied into a report
        text = f"CASE WHEN {quoted('p_' + column.name)} = 'code-is-person-id' THEN '' ELSE {text} END"
    return Noted(column.name, column.label, "''" if column.sensitive else text)


def collect(con: duckdb.DuckDBPyConnection, table: str, fields: list[Noted]) -> None:
    """Move the problems a table notes to ``findings``."""
    marks = [
        f"{{'f': {literal(n.name)}, 'l': {literal(n.label)}, 'c': {quoted('p_' + n.name)}, "
        f"'t': left({n.found}, {_LONGEST_FOUND}), 'd': {quoted('d_' + n.name)}}}"
        for n in fields
    ]
    any_problem = " OR ".join(f"{quoted('p_' + n.name)} IS NOT NULL" for n in fields)
    con.execute(
        f"INSERT INTO findings SELECT _row, m.f, m.l, m.c, coalesce(m.t, ''), coalesce(m.d, '') FROM ("
        f"SELECT _row, unnest(list_filter([{', '.join(marks)}], lambda m: m.c IS NOT NULL)) AS m "
        f"FROM {table} WHERE {any_problem})"
    )


def _code_words(con: duckdb.DuckDBPyConnection, name: str, codes: CodeList | None, columns: list[ColumnDef]) -> None:
    """Table of every word that means a code; a name shared by a code and its parts means the broadest."""
    words: dict[str, str] = {}
    entries = list(codes.codes.values()) if codes else []
    for entry in entries:
        for word in (entry.zh, entry.en):
            known = words.get(word.lower())
            if known is None or (codes is not None and _within(codes, known, entry.code)):
                words[word.lower()] = entry.code
    for column in columns:
        words.update({macros_half(word).lower(): code for word, code in column.values})
    words.update({entry.code.lower(): entry.code for entry in entries})
    table = pa.table({"word": pa.array(list(words), pa.string()), "code": pa.array(list(words.values()), pa.string())})
    con.register("words", table)
    con.execute(f"CREATE OR REPLACE TABLE {quoted('words_' + name)} AS SELECT * FROM words")
    con.unregister("words")


def _within(codes: CodeList, code: str, broader: str) -> bool:
    """Whether ``code`` is ``broader`` or below it."""
    seen: set[str] = set()
    at: str | None = code
    while at is not None and at != broader and at not in seen:
        seen.add(at)
        at = codes.codes[at].parent if at in codes.codes else None
    return at == broader


def macros_half(text: str) -> str:
    """A configured word in the form cells have after cleaning (half width)."""
    wide = str.maketrans({chr(c): chr(c - 0xFEE0) for c in range(0xFF01, 0xFF5F)})
    return text.translate(wide)


def _typed_sql(feed: FeedDef, matched: Matched, vocabulary: Vocabulary) -> str:
    cells = [_cell(c, matched, vocabulary) for c in feed.columns if c.name in matched.columns]
    absent = []
    for column in feed.columns:
        if column.name not in matched.columns:
            absent.append(f"CAST(NULL AS {SQL_TYPES[column.type]}) AS {quoted(column.name)}")
            if column.may_not_apply:
                absent.append(f"CAST(NULL AS BOOLEAN) AS {quoted(column.name + '#na')}")
    clean = ", ".join(["_row", *(x for c in cells for x in c.clean())])
    prepared = ", ".join(["*", *(x for c in cells for x in c.prepared())])
    valued = ", ".join(["prepared.*", *(x for c in cells for x in c.valued()), *absent])
    judged = ", ".join(["*", *(x for c in cells for x in c.judged())])
    joins = " ".join(c.join() for c in cells)
    return (
        f"WITH clean AS (SELECT {clean} FROM raw), prepared AS (SELECT {prepared} FROM clean), "
        f"valued AS (SELECT {valued} FROM prepared {joins}) SELECT {judged} FROM valued"
    )


def _cell(column: ColumnDef, matched: Matched, vocabulary: Vocabulary) -> Cell:
    source, unit = matched.columns[column.name]
    return Cell(column, source, unit or column.unit, vocabulary.facts.get(column.fact) if column.fact else None)
