"""Batch screening: every shipped measure over 1M … 100M synthetic subjects, with reasons.

    python bench/screening.py [--subjects 1000000 …] [--rounds 3] [--others BENCH_PYTHON]

Each engine runs in a process of its own, rounds interleaved; the table gives medians and ratios to the
floor of the same run: reading the same columns and writing the same output without deciding anything.
``--others`` names a Python with bench/requirements.in installed, to run OpenFisca and zen beside it.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import pickle
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path

import duckdb

ROOT = Path(__file__).resolve().parent.parent
PLACE, AS_OF = "990101", dt.date(2022, 9, 30)
MEMORY = "900MB"


def programs_by_entity() -> dict[str, list]:
    from zhida import catalog

    grouped: dict[str, list] = defaultdict(list)
    for program in catalog.shipped().programs(PLACE, AS_OF):
        grouped[program.entity].append(program)
    return dict(grouped)


def plans() -> dict:
    from zhida.rules import compile_batch

    return {entity: compile_batch(programs, "duckdb") for entity, programs in programs_by_entity().items()}


def connect() -> duckdb.DuckDBPyConnection:
    con = duckdb.connect()
    con.execute(f"SET memory_limit='{MEMORY}'; SET preserve_insertion_order=false; SET threads=2")
    return con


def _copy(con: duckdb.DuckDBPyConnection, select: str, out: Path) -> None:
    con.execute(f"COPY ({select}) TO '{out}' (FORMAT parquet)")


def decide(wide: Path, out: Path) -> None:
    con = connect()
    for entity, plan in plans().items():
        _copy(
            con,
            plan.select(f"read_parquet('{wide / entity}.parquet')", keys=("_subject",)),
            out / f"{entity}.parquet",
        )


def floor(wide: Path, out: Path) -> None:
    """Reads every column the rules read and writes every column they wrote."""
    con = connect()
    for entity, plan in plans().items():
        touched = ", ".join(f'max(hash("{c.name}"))' for c in plan.columns)
        con.execute(f"SELECT {touched} FROM read_parquet('{wide / entity}.parquet')").fetchall()
        _copy(con, f"SELECT * FROM read_parquet('{out / entity}.parquet')", out / f"{entity}-copy.parquet")


def _child(what: str, wide: Path, out: Path) -> dict[str, float]:
    command = [sys.executable, __file__, "--child", what, str(wide), str(out)]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def _other(python: str, script: str, *args: str) -> dict[str, float]:
    env = os.environ | {"PYTHONPATH": str(ROOT / "src")}
    command = [python, str(ROOT / "bench" / script), *args]
    done = subprocess.run(command, check=True, capture_output=True, text=True, env=env)
    return json.loads(done.stdout.strip().splitlines()[-1])


def measure(
    subjects: int, rounds: int, others: str | None, work: Path
) -> list[tuple[str, float, float, str]]:
    import wide as wide_tables

    wanted = {entity: [c.name for c in plan.columns] for entity, plan in plans().items()}
    wide = work / f"wide-{subjects}"
    wide_tables.write_wide(wide, subjects, 7, wanted)
    out = work / f"out-{subjects}"
    out.mkdir(exist_ok=True)
    decisions = _decisions(wide)
    times: dict[str, list[float]] = defaultdict(list)
    peak: dict[str, float] = defaultdict(float)
    for _ in range(rounds):
        for what in ("decide", "floor"):
            got = _child(what, wide, out)
            times[what].append(got["seconds"])
            peak[what] = max(peak[what], got["rss_mb"])
        if others:
            got = _openfisca(others, wide, out, work)
            times["openfisca"].append(got["seconds"])
            peak["openfisca"] = max(peak["openfisca"], got["rss_mb"])
    rows = []
    for what, label in (
        ("floor", "floor: scan + write"),
        ("decide", "Zhida: outcome, amounts, reasons"),
        ("openfisca", "OpenFisca-Core: no unknowns, no reasons"),
    ):
        if times[what]:
            seconds = statistics.median(times[what])
            rows.append((label, seconds, peak[what], f"{decisions / seconds / 1e6:.1f} M/s"))
    return rows


def _decisions(wide: Path) -> int:
    con = duckdb.connect()
    total = 0
    for entity, programs in programs_by_entity().items():
        (count,) = con.execute(
            f"SELECT count(*) FROM read_parquet('{wide / entity}.parquet')"
        ).fetchone() or (0,)
        total += count * len(programs)
    return total


def _openfisca(python: str, wide: Path, out: Path, work: Path) -> dict[str, float]:
    total = {"seconds": 0.0, "rss_mb": 0.0}
    for entity, programs in programs_by_entity().items():
        pickled = work / f"{entity}.pickle"
        pickled.write_bytes(pickle.dumps(programs))
        got = _other(
            python,
            "openfisca_side.py",
            str(pickled),
            f"{wide / entity}.parquet",
            f"{out / entity}-of.parquet",
        )
        total["seconds"] += got["seconds"]
        total["rss_mb"] = max(total["rss_mb"], got["rss_mb"])
    return total


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--subjects", type=int, nargs="+", default=[1_000_000])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--others")
    parser.add_argument("--work", type=Path)
    parser.add_argument("--child", nargs=3, help=argparse.SUPPRESS)
    args = parser.parse_args()
    sys.path[:0] = [str(ROOT / "bench")]
    if args.child:
        what, wide, out = args.child
        started = time.perf_counter()
        {"decide": decide, "floor": floor}[what](Path(wide), Path(out))
        spent = time.perf_counter() - started
        print(
            json.dumps(
                {"seconds": spent, "rss_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}
            )
        )
        return
    with tempfile.TemporaryDirectory() as temporary:
        work = args.work or Path(temporary)
        work.mkdir(parents=True, exist_ok=True)
        for subjects in args.subjects:
            rows = measure(subjects, args.rounds, args.others, work)
            base = rows[0][1]
            print(
                f"\n{subjects:,} subjects, {sum(map(len, programs_by_entity().values()))} measures, medians of {args.rounds}"
            )
            print("| engine | s | ÷ floor | decisions | peak MB |\n|---|---:|---:|---:|---:|")
            for label, seconds, peak, rate in rows:
                print(f"| {label} | {seconds:.2f} | {seconds / base:.2f} | {rate} | {peak:.0f} |")
        if args.others:
            _zen(args.others, args.subjects[0], work)


def _zen(python: str, subjects: int, work: Path) -> None:
    got = _other(
        python,
        "zen_side.py",
        str(work / "subject.pickle"),
        str(work / f"wide-{subjects}" / "subject.parquet"),
        "20000",
    )
    print(
        f"\nzen-engine, row by row, {got['measures']:.0f} subject measures: {got['decisions'] / got['seconds'] / 1e3:.0f} k decisions/s"
    )


if __name__ == "__main__":
    main()
