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
from zhida.exchange.feeds import ColumnDef, FeedDef
from zhida.exchange.headers import MONEY_UNITS, Matched
from zhida.exchange.workspace import literal, quoted
from zhida.rules.vocabulary import CodeList, Fact, Vocabulary

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
_PERIOD_EXAMPLES = {"month": "2022-09", "quarter": "2022Q3", "year": "2022"}
_LONGEST_FOUND = 80


def read(con: duckdb.DuckDBPyConnection, feed: FeedDef, matched: Matched, vocabulary: Vocabulary) -> None:
    """Make ``typed`` and ``findings`` from ``raw``."""
    macros.register(con)
    create_findings(con)
    present = [c for c in feed.columns if c.name in matched.columns]
    lists = {c.codes for c in present if c.type == "code" and c.codes}
    for name in lists:
        _code_words(con, name, vocabulary.code_lists.get(name), [c for c in present if c.codes == name])
    con.execute(f"CREATE OR REPLACE TABLE typed AS {_typed_sql(feed, matched, vocabulary)}")
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
            if known is None or (codes is not None and known in codes.under(entry.code)):
                words[word.lower()] = entry.code
    for column in columns:
        words.update({macros_half(word).lower(): code for word, code in column.values})
    words.update({entry.code.lower(): entry.code for entry in entries})
    table = pa.table({"word": pa.array(list(words), pa.string()), "code": pa.array(list(words.values()), pa.string())})
    con.register("words", table)
    con.execute(f"CREATE OR REPLACE TABLE {quoted('words_' + name)} AS SELECT * FROM words")
    con.unregister("words")


def macros_half(text: str) -> str:
    """A configured word in the form cells have after cleaning (half width)."""
    wide = str.maketrans({chr(c): chr(c - 0xFEE0) for c in range(0xFF01, 0xFF5F)})
    return text.translate(wide)


def _typed_sql(feed: FeedDef, matched: Matched, vocabulary: Vocabulary) -> str:
    clean, values, judged, joins = ["_row"], [], [], []
    for column in feed.columns:
        where = matched.columns.get(column.name)
        name, text = quoted(column.name), quoted("t_" + column.name)
        if where is None:
            values.append(f"CAST(NULL AS {SQL_TYPES[column.type]}) AS {name}")
            if column.may_not_apply:
                values.append(f"CAST(NULL AS BOOLEAN) AS {quoted(column.name + '#na')}")
            continue
        source, unit = where
        clean.append(f"{_clean(column, source)} AS {text}")
        if column.type == "uscc":
            clean.append(f"{source} AS {quoted('o_' + column.name)}")
        table = quoted("w_" + column.name)
        value, join = _value(column, text, unit or column.unit, table)
        if join:
            joins.append(join)
        if column.type == "uscc":
            values.append(f"z_person_id({text}) AS {quoted('i_' + column.name)}")
            values.append(f"z_uscc_shape({text}) AS {quoted('s_' + column.name)}")
        silent = _silent(column, text)
        values.append(f"CASE WHEN {silent} THEN NULL ELSE {value} END AS {name}")
        if column.may_not_apply:
            blank = f"({silent})" if column.blank == "not_applicable" else f"coalesce(z_not_applicable({text}), false)"
            values.append(f"{blank} AS {quoted(column.name + '#na')}")
        fact = vocabulary.facts.get(column.fact) if column.fact else None
        problem, detail = _problem(column, fact, unit or column.unit)
        judged.append(f"{problem} AS {quoted('p_' + column.name)}, {detail} AS {quoted('d_' + column.name)}")
    return (
        f"WITH clean AS (SELECT {', '.join(clean)} FROM raw), "
        f"valued AS (SELECT clean.*, {', '.join(values)} FROM clean {' '.join(joins)}) "
        f"SELECT *, {', '.join(judged)} FROM valued"
    )


def _silent(column: ColumnDef, text: str) -> str:
    """SQL: the cell says nothing. 无 is an answer to a yes-or-no question and silence elsewhere."""
    missing = f"z_missing({text})" + (f" AND {text} <> '无'" if column.type == "bool" else "")
    return f"{text} IS NULL OR ({missing}) OR z_not_applicable({text})"


def _clean(column: ColumnDef, source: str) -> str:
    if column.type == "uscc":
        return f"nullif(z_code({source}), '')"
    if column.type == "text":
        return f"z_text({source})"
    return f"z_text(z_half({source}))"


def _value(column: ColumnDef, text: str, unit: str | None, words: str) -> tuple[str, str]:
    """SQL of the typed value (NULL when unreadable) and the join it needs."""
    kind = column.type
    if kind == "money":
        return _money(text, unit), ""
    if kind == "int":
        return _whole(text, unit), ""
    if kind == "code":
        join = f"LEFT JOIN {quoted('words_' + str(column.codes))} AS {words} ON {words}.word = lower({text})"
        return f"{words}.code", join
    if kind in ("date", "month", "quarter", "year", "bool"):
        return f"z_{kind}({text})", ""
    return text, ""


def _money(text: str, unit: str | None) -> str:
    """Fen: the unit written in the cell, else the column's, says how far the point moves."""
    bare = f"ltrim({text}, '¥ ')"
    places = 2 + MONEY_UNITS.get(unit or "元", 0)
    cases = "".join(
        f"WHEN {bare} LIKE '%{word}' THEN z_shift(z_number(trim(left({bare}, -{len(word)}))), {2 + power}) "
        for word, power in sorted(MONEY_UNITS.items(), key=lambda item: -len(item[0]))
    )
    return f"CASE WHEN NOT regexp_matches({bare}, '[元万亿]$') THEN z_shift(z_number({bare}), {places}) {cases}END"


def _whole(text: str, unit: str | None) -> str:
    bare = text
    if unit and unit != "bp":
        bare = f"CASE WHEN {text} LIKE '%{unit}' THEN trim(left({text}, -{len(unit)})) ELSE {text} END"
    plain = f"z_shift(z_number({bare}), 0)"
    if unit == "bp":
        return f"CASE WHEN {text} LIKE '%\\%' ESCAPE '\\' THEN z_shift(z_number(left({text}, -1)), 2) ELSE {plain} END"
    return plain


def _problem(column: ColumnDef, fact: Fact | None, unit: str | None) -> tuple[str, str]:
    """SQL of the problem code (NULL when fine) and of its detail."""
    name, text = quoted(column.name), quoted("t_" + column.name)
    if column.type == "uscc":
        return _uscc_problem(column)
    silent = _silent(column, text)
    missing = f"WHEN {silent} THEN {_missing(column)}"
    code, detail = _unreadable(column, unit)
    cases, details = (
        [missing, f"WHEN {name} IS NULL THEN '{code}'"],
        [f"WHEN {name} IS NULL THEN {literal(detail)}"],
    )
    if fact is not None and column.type in ("int", "money"):
        for bound, op, word in ((fact.lo, "<", "too-small"), (fact.hi, ">", "too-large")):
            if bound is not None:
                cases.append(f"WHEN {name} {op} {bound} THEN '{word}'")
                details.append(f"WHEN {name} {op} {bound} THEN {literal(_limit(bound, column.type))}")
    return f"CASE {' '.join(cases)} END", f"CASE {' '.join(details)} END"


def _missing(column: ColumnDef) -> str:
    return "'missing-value'" if column.required else "NULL"


def _unreadable(column: ColumnDef, unit: str | None) -> tuple[str, str]:
    if column.bad == "warn":
        return "unreadable-value", ""
    if column.type in _PERIOD_EXAMPLES:
        return "not-a-period", _PERIOD_EXAMPLES[column.type]
    return {
        "int": ("not-a-whole-number", ""),
        "money": ("not-an-amount", unit or "元"),
        "date": ("not-a-date", ""),
        "bool": ("not-yes-or-no", ""),
        "code": ("not-in-code-list", column.codes or ""),
    }.get(column.type, ("unreadable-value", ""))


def _limit(bound: int, kind: str) -> str:
    if kind != "money":
        return str(bound)
    from zhida.core.money import format_fen

    return f"{format_fen(bound)} 元"


def _uscc_problem(column: ColumnDef) -> tuple[str, str]:
    code, original = quoted("t_" + column.name), quoted("o_" + column.name)
    person, shaped = quoted("i_" + column.name), quoted("s_" + column.name)
    bad = f"regexp_replace({code}, '[0-9A-HJ-NPQRTUWXY]', '', 'g')"
    problem = (
        f"CASE WHEN {code} IS NULL OR z_missing({code}) THEN {'NULL' if not column.required else repr('code-missing')} "
        rf"WHEN regexp_full_match({code}, '\d(\.\d+)?E\+?\d+') THEN 'code-ruined' "
        f"WHEN {person} THEN 'code-is-person-id' "
        f"WHEN length({code}) NOT IN (15, 18) THEN 'code-length' "
        rf"WHEN length({code}) = 15 AND NOT regexp_full_match({code}, '\d{{15}}') THEN 'code-characters' "
        f"WHEN length({code}) = 18 AND NOT {shaped} THEN 'code-characters' "
        f"WHEN {code} <> {original} THEN 'code-written-oddly' END"
    )
    detail = (
        f"CASE WHEN {code} IS NULL OR {person} THEN NULL "
        f"WHEN length({code}) NOT IN (15, 18) THEN CAST(length({code}) AS VARCHAR) "
        f"WHEN length({code}) = 18 AND NOT {shaped} "
        f"THEN CASE WHEN {bad} <> '' THEN {bad} ELSE substr({code}, 3, 6) END "
        rf"WHEN length({code}) = 15 AND NOT regexp_full_match({code}, '\d{{15}}') "
        rf"THEN regexp_replace({code}, '\d', '', 'g') ELSE {code} END"
    )
    return problem, detail
