"""One engine's turn, in a process of its own: ``worker.py decide|floor WIDE OUT COPIES``.

Prints seconds, CPU seconds and peak memory. ``decide`` compiles and runs every measure. ``floor`` does
what no engine can avoid: it reads the columns the rules read and writes the very rows they wrote (the
time of reading those rows back is taken off).
"""

from __future__ import annotations

import json
import re
import resource
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import duckdb

from measures import plans, programs_by_entity

THREADS, MEMORY = 2, "700MB"
KEY = "_subject"


@dataclass(frozen=True, slots=True)
class Spent:
    """Time on the wall and on the processors, in seconds."""

    seconds: float
    cpu: float

    def __add__(self, other: Spent) -> Spent:
        return Spent(self.seconds + other.seconds, self.cpu + other.cpu)

    def __sub__(self, other: Spent) -> Spent:
        return Spent(self.seconds - other.seconds, self.cpu - other.cpu)


def connect() -> duckdb.DuckDBPyConnection:
    con = duckdb.connect()
    con.execute(f"SET memory_limit='{MEMORY}'; SET preserve_insertion_order=false; SET threads={THREADS}")
    return con


def relation(wide: Path, entity: str, copies: int) -> str:
    """An entity's table, read ``copies`` times over (one list of files, one pass)."""
    return f"read_parquet([{', '.join([repr(str(wide / f'{entity}.parquet'))] * copies)}])"


def decide(wide: Path, out: Path, copies: int) -> Spent:
    """From built rules to answers on disk: compilation, planning, scan, decision, writing."""
    programs = programs_by_entity()
    before = now()
    con = connect()
    for entity, plan in plans(programs).items():
        select = plan.select(relation(wide, entity, copies), keys=(KEY,))
        con.execute(write(select, out / f"{entity}.parquet"))
    return now() - before


def floor(wide: Path, out: Path, copies: int) -> Spent:
    ready = plans(programs_by_entity())
    con, total = connect(), Spent(0.0, 0.0)
    for entity, plan in ready.items():
        answers = f"read_parquet('{out / entity}.parquet')"
        columns = ", ".join(f'count("{name}")' for name in (KEY, *(c.name for c in plan.columns)))
        total += timed(con, f"SELECT {columns} FROM {relation(wide, entity, copies)}")
        total += timed(con, write(f"SELECT * FROM {answers}", out / "copy.parquet"))
        total -= timed(con, f"SELECT count(COLUMNS(*)) FROM {answers}")
    (out / "copy.parquet").unlink()
    return total


def write(select: str, path: Path) -> str:
    return f"COPY ({select}) TO '{path}' (FORMAT parquet)"


def timed(con: duckdb.DuckDBPyConnection, query: str) -> Spent:
    before = now()
    con.execute(query).fetchall()
    return now() - before


def now() -> Spent:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return Spent(time.perf_counter(), used.ru_utime + used.ru_stime)


def peak_mb() -> float:
    """Peak resident memory; not ru_maxrss, which a process inherits from the one that started it."""
    found = re.search(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text())
    return int(found[1]) / 1024 if found else 0.0


def main(what: str, wide: str, out: str, copies: str) -> None:
    spent = {"decide": decide, "floor": floor}[what](Path(wide), Path(out), int(copies))
    print(json.dumps({"seconds": spent.seconds, "cpu": spent.cpu, "rss_mb": peak_mb()}))


if __name__ == "__main__":
    main(*sys.argv[1:])
