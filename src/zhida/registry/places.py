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
    """Tables ``counties`` and ``towns`` of the ways places are written."""
    counties = _county_names(places)
    county_codes = {c for _, c in counties}
    towns = [(n, p.code, p.parent) for p in places if p.level == "town" for n in (p.zh, *p.aliases)]
    known = [(p.code, p.level, p.zh) for p in places if p.code]
    _table(con, "counties", ["name", "code"], [c for c in counties if c[1] in county_codes])
    _table(con, "towns", ["name", "code", "county"], towns)
    _table(con, "divisions", ["code", "level", "zh"], known)


def _county_names(places: tuple[Place, ...]) -> list[tuple[str, str]]:
    """Names of counties, with 县, 区 and 市 exchanged where that is no other place's name (洞头县 → 洞头区)."""
    counties = [p for p in places if p.level == "county"]
    real = {n for p in places for n in (p.zh, *p.aliases)}
    names = [(n, p.code) for p in counties for n in (p.zh, *p.aliases)]
    guesses: dict[str, set[str]] = {}
    for place in counties:
        base = _SUFFIX.sub("", place.zh)
        if len(base) >= 2 and base != place.zh:
            for suffix in "县区市":
                guesses.setdefault(base + suffix, set()).add(place.code)
    names += [(n, min(codes)) for n, codes in guesses.items() if len(codes) == 1 and n not in real]
    return sorted(set(names))


def _table(
    con: duckdb.DuckDBPyConnection, name: str, columns: list[str], rows: list[tuple[str | None, ...]]
) -> None:
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
