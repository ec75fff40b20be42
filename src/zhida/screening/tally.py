# ruff: noqa: S608 — identifiers come from the catalog and are quoted, values are literals of our own
"""Counts of a run: by outcome, failed condition, near miss, missing fact and owner, fund, town, industry.

One scan of each wide file for what concerns all subjects, and of ``settled`` for the rest. All money
in fen, after stacking.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

import duckdb
import pyarrow as pa

from zhida.catalog.library import Library
from zhida.rules.layout import ProgramLayout
from zhida.rules.outcome import Outcome
from zhida.rules.vocabulary import SUBJECT, CodeList
from zhida.screening.decide import Decided
from zhida.screening.snapshotsql import Tables, parquet
from zhida.screening.wide import Wide

Counts = dict[str, Any]


def tally(con: duckdb.DuckDBPyConnection, library: Library, tables: Tables, decided: Decided) -> Counts:
    """All counts of a run, ready for JSON. Deterministic: only ints and texts.

    Per measure: outcomes, failed and near (by condition), missing (by fact), blank (undecided only because
    a parameter is left blank), entitled_fen and amount_fen (before and after stacking), stands, dropped,
    reduced, provisional.
    """
    measures: dict[str, Counts] = {}
    for wide in decided.wide:
        _add_wide(con, wide, decided, measures)
    con.execute(f"CREATE OR REPLACE TEMP VIEW done AS SELECT * FROM {parquet(decided.root / 'settled.parquet')}")
    _add_settled(con, measures)
    subjects = con.execute(f"SELECT count(*) FROM {parquet(tables.paths[SUBJECT])}").fetchone()
    routed = sum(len(g.places) for g in decided.groups)
    benefiting = con.execute(f"SELECT count(DISTINCT subject) FROM done WHERE {_STANDS}").fetchone()
    assert subjects
    assert benefiting
    return {
        "subjects": subjects[0],
        "places": routed,
        "benefiting": benefiting[0],
        "measures": measures,
        "owners": _owners(con, library),
        "funds": _funds(con, library),
        "towns": _sums(con, "place", {}),
        "industries": _sums(con, "industry", sections(library)),
    }


_STANDS = f"outcome = '{Outcome.ELIGIBLE.value}' AND effect <> 'dropped'"


def _blank() -> Counts:
    return {
        "outcomes": {outcome.value: 0 for outcome in Outcome},
        "failed": {},
        "near": {},
        "missing": {},
        "blank": 0,
        "entitled_fen": 0,
        "amount_fen": 0,
        "stands": 0,
        "dropped": 0,
        "reduced": 0,
        "provisional": 0,
    }


def _add_wide(con: duckdb.DuckDBPyConnection, wide: Wide, decided: Decided, measures: dict[str, Counts]) -> None:
    """Outcomes, failed conditions and near misses (exactly one condition false) of one file."""
    picks: list[str] = []
    slots: list[tuple[str, str, str]] = []
    for program, laid in zip(wide.programs, wide.layout.programs, strict=True):
        for outcome in Outcome:
            picks.append(f"count(*) FILTER ({laid.outcome} = {outcome.code})")
            slots.append((program.measure, "outcomes", outcome.value))
        failures = _failures(laid)
        for ident, word, bit in laid.conditions:
            false = f"((t{word} | u{word}) >> {bit}) & 1 = 0"
            picks += [f"count(*) FILTER ({false})", f"count(*) FILTER ({false} AND {failures} = 1)"]
            slots += [(program.measure, "failed", ident), (program.measure, "near", ident)]
    found = con.execute(f"SELECT {', '.join(picks)} FROM {parquet(decided.root / wide.file)}").fetchone()
    assert found is not None
    for (measure, kind, key), count in zip(slots, found, strict=True):
        counts = measures.setdefault(measure, _blank())[kind]
        counts[key] = counts.get(key, 0) + count


def _failures(laid: ProgramLayout) -> str:
    """SQL counting a program's false conditions."""
    masks: dict[int, int] = defaultdict(int)
    for _, word, bit in laid.conditions:
        masks[word] |= 1 << bit
    terms = [f"bit_count({mask} & ~(t{word} | u{word}))" for word, mask in masks.items()]
    return f"({' + '.join(terms) or '0'})"


def _add_settled(con: duckdb.DuckDBPyConnection, measures: dict[str, Counts]) -> None:
    rows = con.execute(
        f"""SELECT measure, coalesce(sum(entitled_fen), 0)::BIGINT, coalesce(sum(amount_fen), 0)::BIGINT,
          count(*) FILTER ({_STANDS}), count(*) FILTER (effect = 'dropped'),
          count(*) FILTER (effect = 'reduced'), count(*) FILTER (provisional),
          count(*) FILTER (outcome <> 'eligible' AND len(missing) = 0)
        FROM done GROUP BY measure ORDER BY measure"""
    ).fetchall()
    for measure, *numbers in rows:
        keys = ("entitled_fen", "amount_fen", "stands", "dropped", "reduced", "provisional", "blank")
        measures[measure].update(zip(keys, numbers, strict=True))
    rows = con.execute(
        """SELECT measure, fact, count(*) FROM (SELECT measure, unnest(missing) AS fact FROM done)
        GROUP BY ALL ORDER BY ALL"""
    ).fetchall()
    for measure, fact, count in rows:
        measures[measure]["missing"][fact] = count


def _owners(con: duckdb.DuckDBPyConnection, library: Library) -> Counts:
    """Per owner department: decisions that lack at least one of its facts, and each fact's count."""
    con.execute("CREATE OR REPLACE TEMP TABLE owners(fact VARCHAR, owner VARCHAR)")
    facts = library.vocabulary.facts
    keys = con.execute("SELECT DISTINCT unnest(missing) FROM done").fetchall()
    for (key,) in keys:
        fact = facts.get(key.split("@")[0])
        con.execute("INSERT INTO owners VALUES (?, ?)", [key, fact.owner if fact else ""])
    found: Counts = {}
    gaps = "(SELECT measure, subject, record, unnest(missing) AS fact FROM done)"
    rows = con.execute(
        f"SELECT owner, count(DISTINCT (measure, subject, record)) FROM {gaps} JOIN owners USING (fact) "
        "GROUP BY owner ORDER BY owner"
    ).fetchall()
    for owner, count in rows:
        found[owner] = {"decisions": count, "facts": {}}
    rows = con.execute(
        f"SELECT owner, fact, count(*) FROM {gaps} JOIN owners USING (fact) GROUP BY ALL ORDER BY ALL"
    ).fetchall()
    for owner, fact, count in rows:
        found[owner]["facts"][fact] = count
    return found


def _funds(con: duckdb.DuckDBPyConnection, library: Library) -> Counts:
    funds: Counts = {}
    rows = con.execute(
        f"SELECT measure, count(*), sum(amount_fen)::BIGINT FROM done "
        f"WHERE {_STANDS} AND amount_fen IS NOT NULL GROUP BY measure ORDER BY measure"
    ).fetchall()
    for measure, decisions, amount in rows:
        fund = library.measure(measure).fund or ""
        into = funds.setdefault(fund, {"decisions": 0, "amount_fen": 0})
        into["decisions"] += decisions
        into["amount_fen"] += amount
    return dict(sorted(funds.items()))


def _sums(con: duckdb.DuckDBPyConnection, column: str, group: Mapping[str, str]) -> Counts:
    """Standing decisions, subjects and money per value of a column, values mapped through ``group``."""
    con.execute("CREATE OR REPLACE TEMP TABLE grouping_of(code VARCHAR, k VARCHAR)")
    if group:
        codes = pa.table({"code": list(group), "k": list(group.values())})
        con.register("grouping_rows", codes)
        con.execute("INSERT INTO grouping_of SELECT * FROM grouping_rows")
        con.unregister("grouping_rows")
    rows = con.execute(
        f"SELECT coalesce(g.k, {column}) AS k, count(*), count(DISTINCT subject), "
        f"coalesce(sum(amount_fen), 0)::BIGINT FROM done LEFT JOIN grouping_of g ON g.code = {column} "
        f"WHERE {_STANDS} GROUP BY 1 ORDER BY 1"
    ).fetchall()
    return {k: {"decisions": n, "subjects": s, "amount_fen": a} for k, n, s, a in rows}


def sections(library: Library) -> dict[str, str]:
    """Industry code -> its topmost code (the section letter of GB/T 4754)."""
    fact = library.vocabulary.facts.get("industry")
    codes = library.vocabulary.code_lists.get(fact.codes or "") if fact else None
    return {code: _top(codes, code) for code in codes.codes} if codes else {}


def _top(codes: CodeList, code: str) -> str:
    seen = {code}
    while (parent := codes.codes[code].parent) in codes.codes and parent not in seen and parent is not None:
        code = parent
        seen.add(code)
    return code
