# ruff: noqa: S608 — identifiers come from the catalog and are quoted, values are literals of our own
"""From wide answers to settled decisions: one row each, bits packed, missing facts named.

Reads the table ``fate`` that stacking leaves; fills the table ``settled``.
"""

from __future__ import annotations

from pathlib import Path

import duckdb

from zhida.catalog.library import Library
from zhida.rules.outcome import Outcome
from zhida.rules.vocabulary import SUBJECT
from zhida.screening.missing import plan_asking
from zhida.screening.snapshotsql import Tables, literal, parquet, quoted, source
from zhida.screening.wide import Wide, column_types

TABLE = """
CREATE OR REPLACE TEMP TABLE settled(
  measure VARCHAR, version VARCHAR, entity VARCHAR, subject VARCHAR, record VARCHAR, name VARCHAR,
  place VARCHAR, industry VARCHAR, outcome VARCHAR, entitled_fen BIGINT, amount_fen BIGINT, date DATE,
  outputs VARCHAR, effect VARCHAR, provisional BOOLEAN, true_bits BIGINT, unknown_bits BIGINT,
  missing VARCHAR[])"""


def settle(con: duckdb.DuckDBPyConnection, library: Library, tables: Tables, wide: Wide, root: Path) -> None:
    """Move the decisions that are not ineligible into ``settled``, with bits packed per measure."""
    _ask(con, library, tables, wide, root)
    for index in range(len(wide.programs)):
        con.execute(_settled_rows(tables, wide, index, root))
    con.execute("DROP TABLE ask")


def _ask(con: duckdb.DuckDBPyConnection, library: Library, tables: Tables, wide: Wide, root: Path) -> None:
    """Table ``ask(_subject, _record, m0, m1 …)``: what each undecided decision lacks, one list per program."""
    from zhida.rules.sql import compile_batch

    asking = plan_asking(wide.programs, library.vocabulary, "v0_")
    plan = compile_batch([asking.program], "duckdb")
    undecided = " OR ".join(f"{laid.outcome} IN (1, 3)" for laid in wide.layout.programs)
    types = {**dict.fromkeys(asking.columns, None), **column_types(plan)}
    lacks = "".join(f", ({test}) AS {name}" for name, test in asking.lacks.items())
    open_rows = f"(SELECT _subject, _record FROM {parquet(root / wide.file)} WHERE {undecided}) w"
    rows = f"{source(tables, wide.entity, wide.group, types)} q"
    relation = f"(SELECT q.*{lacks} FROM {rows} SEMI JOIN {open_rows} USING (_subject, _record))"
    lists = ", ".join(f"{asking.lists[p.measure]} AS m{i}" for i, p in enumerate(wide.programs))
    select = plan.select(relation, keys=("_subject", "_record", *asking.lacks))
    con.execute(f"CREATE OR REPLACE TEMP TABLE ask AS SELECT _subject, _record, {lists} FROM ({select})")


def _settled_rows(tables: Tables, wide: Wide, index: int, root: Path) -> str:
    program, laid = wide.programs[index], wide.layout.programs[index]
    outcomes = " ".join(f"WHEN {o.code} THEN '{o.value}'" for o in Outcome)
    main = laid.outputs[0] if laid.has_main else None
    entitled = _if_eligible(laid.outcome, main.column) if main and main.kind == "money" else "NULL::BIGINT"
    date = _if_eligible(laid.outcome, main.column) if main and main.kind == "date" else "NULL::DATE"
    further = ", ".join(f"{quoted(o.id)} := {quoted(o.column)}" for o in laid.outputs if o is not main)
    outputs = f"to_json(struct_pack({further}))::VARCHAR" if further else "'{}'"
    bits = [
        " | ".join(f"((({letter}{word} >> {bit}) & 1) << {i})" for i, (_, word, bit) in enumerate(laid.conditions))
        or "0"
        for letter in "tu"
    ]
    return f"""
INSERT INTO settled
SELECT {literal(program.measure)}, {literal(program.version)}, {literal(wide.entity)}, w._subject, w._record,
  coalesce(s._name, ''), coalesce(w._place, ''), coalesce(w._industry, ''),
  CASE {laid.outcome} {outcomes} END,
  {entitled} AS entitled, CASE WHEN f.subject IS NULL THEN {entitled} ELSE f.amount END, {date}, {outputs},
  CASE WHEN f.live = false THEN 'dropped' WHEN f.amount < {entitled} THEN 'reduced' ELSE '' END,
  coalesce(f.provisional, false), {bits[0]}, {bits[1]},
  CASE WHEN {laid.outcome} IN (1, 3) THEN a.m{index} ELSE [] END
FROM {parquet(root / wide.file)} w
JOIN (SELECT _subject, _name FROM {parquet(tables.paths[SUBJECT])}) s USING (_subject)
LEFT JOIN ask a ON a._subject = w._subject AND a._record = w._record
LEFT JOIN fate f ON f.measure = {literal(program.measure)} AND f.subject = w._subject AND f.record = w._record
WHERE {laid.outcome} <> 0"""


def _if_eligible(outcome: str, column: str) -> str:
    return f"(CASE WHEN {outcome} = {Outcome.ELIGIBLE.code} THEN {quoted(column)} END)"
