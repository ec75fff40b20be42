# ruff: noqa: S608 — names are quoted and come from definitions of ours, values are bound
"""Where a subject is: the division digits of its code against the words of its address.

Codes keep the division of the day they were issued, which may have been renamed or merged since, so
both are kept: ``code_area`` as printed in the code and ``place`` as resolved.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

import duckdb
import pyarrow as pa
from stdnum import numdb

_SUFFIX = re.compile(r"[县区市]$")


@dataclass(frozen=True, slots=True)
class Place:
    """A division: level is national, province, city, county or town; aliases are other written names."""

    code: str
    zh: str
    level: str
    parent: str | None
    aliases: tuple[str, ...] = ()


@cache
def ever_a_division(code: str) -> bool:
    """Whether six digits are, or once were, a county-level division of GB/T 2260 (or a city's own code)."""
    parts = numdb.get("cn/loc").info(code)
    return len(parts) > 1 and bool(parts[-1][1]) and parts[0][0] != code


def register(con: duckdb.DuckDBPyConnection, places: tuple[Place, ...]) -> None:
    """Tables of the ways places are written; a name stands once per table, so joins never multiply rows.

    ``counties`` (name, province, code) within one province, ``counties_anywhere`` (name, code) where one
    name means one place in the whole country, ``towns`` (name, county, code), ``divisions`` by code.
    """
    counties = [p for p in places if p.level == "county"]
    real = {(n, p.code) for p in counties for n in (p.zh, *p.aliases)}
    taken = {n for p in places for n in (p.zh, *p.aliases)}
    near = real | {(n, code) for n, code in _exchanged(counties) if n not in taken}
    towns = {(n, str(p.parent), p.code) for p in places if p.level == "town" for n in (p.zh, *p.aliases)}
    _table(con, "counties", ["name", "province", "code"], _once({((n, c[:2]), c) for n, c in near}))
    _table(con, "counties_anywhere", ["name", "code"], _once({((n,), c) for n, c in real}))
    _table(con, "towns", ["name", "county", "code"], _once({((n, county), c) for n, county, c in towns}))
    known: list[tuple[str | None, ...]] = [(p.code, p.level, p.zh) for p in places if p.code]
    _table(con, "divisions", ["code", "level", "zh"], known)


def _exchanged(counties: list[Place]) -> list[tuple[str, str]]:
    """Names with 县, 区 and 市 exchanged, as places are renamed: 洞头县 → 洞头区."""
    found = []
    for place in counties:
        base = _SUFFIX.sub("", place.zh)
        if len(base) >= 2 and base != place.zh:
            found += [(base + suffix, place.code) for suffix in "县区市"]
    return found


def _once(pairs: set[tuple[tuple[str, ...], str]]) -> list[tuple[str | None, ...]]:
    """Only the names that mean one code."""
    codes: dict[tuple[str, ...], set[str]] = {}
    for name, code in pairs:
        codes.setdefault(name, set()).add(code)
    return [(*name, min(found)) for name, found in sorted(codes.items()) if len(found) == 1]


def _table(con: duckdb.DuckDBPyConnection, name: str, columns: list[str], rows: list[tuple[str | None, ...]]) -> None:
    arrays = [pa.array([r[i] for r in rows], pa.string()) for i in range(len(columns))]
    con.register("rows", pa.Table.from_arrays(arrays, names=columns))
    con.execute(f"CREATE OR REPLACE TABLE {name} AS SELECT * FROM rows")
    con.unregister("rows")


def pattern(con: duckdb.DuckDBPyConnection, table: str) -> str:
    """A regular expression that finds any name of the table, the longest first; never empty."""
    names = [str(r[0]) for r in con.execute(f"SELECT DISTINCT name FROM {table}").fetchall()]
    return "|".join(re.escape(n) for n in sorted(names, key=lambda n: (-len(n), n))) or "$^"


def register_areas(con: duckdb.DuckDBPyConnection, codes: list[str]) -> None:
    """Table ``areas``: which of the distinct area codes were ever divisions."""
    rows: list[tuple[str | None, ...]] = [(c,) for c in codes if ever_a_division(c)]
    _table(con, "areas", ["code"], rows)
