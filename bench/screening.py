"""Whole populations: every shipped measure over 1M … 100M synthetic subjects, with reasons.

    python bench/screening.py [--subjects 1000000 …] [--rounds 3] [--others build/bench-venv/bin/python]

All entities count: subjects and their leases, loans, contracts and so on. Per size it prints medians
over the rounds (engines take turns) and the median of each round's ratio to the floor, which is reading
the same columns and writing the same answers without deciding anything. With ``--others`` OpenFisca
decides the same measures, and its answers are held against ours wherever nothing is unknown; zen-engine
does so for ``--zen-rows`` rows per entity. ``--copies 10`` reads each table ten times over in one pass,
which is how 100 million are made from 10 million. ``--keep DIR`` keeps the tables for the next run.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

import others
from agree import Agreement
from measures import plans, programs_by_entity, wanted_columns
from wide import alone, write_wide

HERE = Path(__file__).resolve().parent
LABELS = {
    "floor": "floor: read the columns, write the answers",
    "decide": "Zhida: outcomes, amounts, reasons",
    "openfisca": "OpenFisca-Core: no unknowns, no reasons",
}
SEED = 7


@dataclass
class Times:
    """What each engine took, round by round."""

    seconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    cpu: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    peak: dict[str, float] = field(default_factory=lambda: defaultdict(float))

    def add(self, what: str, got: dict[str, float]) -> None:
        self.seconds[what].append(got["seconds"])
        self.cpu[what].append(got["cpu"])
        self.peak[what] = max(self.peak[what], got["rss_mb"])

    def ratio(self, what: str, base: str) -> str:
        """Median over the rounds of one engine's time over another's in the same round; and for CPU time."""
        return " / ".join(
            f"{statistics.median(a / b for a, b in zip(one[what], one[base], strict=True)):.2f}"
            for one in (self.seconds, self.cpu)
        )

    def rows(self, decisions: int) -> Iterator[str]:
        for what, label in LABELS.items():
            if self.seconds[what]:
                wall, cpu = statistics.median(self.seconds[what]), statistics.median(self.cpu[what])
                rate = "" if what == "floor" else f"{decisions / wall / 1e6:.1f}"
                ratio = self.ratio(what, "floor")
                yield f"| {label} | {wall:.2f} | {cpu:.2f} | {ratio} | {rate} | {self.peak[what]:.0f} |"


@dataclass
class Bench:
    """One size: its tables, how to run each engine on them."""

    subjects: int
    copies: int
    work: Path
    python: str | None

    def __post_init__(self) -> None:
        self.programs = programs_by_entity()
        self.plans = plans(self.programs)
        self.wide = self.work / f"wide-{self.subjects}"
        self.out = self.work / f"out-{self.subjects}"
        self.out.mkdir(parents=True, exist_ok=True)
        alone(write_wide, self.wide, self.subjects, SEED, wanted_columns(self.plans))

    @property
    def decisions(self) -> int:
        """Measures times rows, over all entities."""
        with duckdb.connect() as con:
            counts = {
                entity: con.execute(f"SELECT count(*) FROM '{self.wide / entity}.parquet'").fetchall()[0][0]
                for entity in self.programs
            }
        return self.copies * sum(counts[e] * len(those) for e, those in self.programs.items())

    def turn(self, what: str) -> dict[str, float]:
        if what == "openfisca":
            assert self.python is not None
            return others.openfisca(self.python, self.programs, self.wide, self.out)
        command = [sys.executable, str(HERE / "worker.py"), what, str(self.wide), str(self.out), str(self.copies)]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        result: dict[str, float] = json.loads(done.stdout)
        return result

    def run(self, rounds: int) -> Times:
        engines = ["decide", "floor", *(["openfisca"] if self.python else [])]
        times = Times()
        for number in range(rounds):
            # the floor copies what the first turn wrote, so it never comes first in the first round
            turn = number % len(engines)
            for what in engines[turn:] + engines[:turn]:
                times.add(what, self.turn(what))
        return times

    def agreement(self) -> Agreement:
        theirs = {e: others.openfisca_file(self.out, e) for e in self.programs}
        return others.agreement(self.plans, self.wide, theirs)

    def zen(self, rows: int) -> str:
        assert self.python is not None
        got = others.zen(self.python, self.programs, self.wide, self.out, rows)
        found = others.agreement(self.plans, self.wide, {e: others.zen_file(self.out, e) for e in self.programs})
        rate = got["decisions"] / got["seconds"]
        return f"zen-engine, row by row: {rate / 1e3:.0f} k decisions/s; {_words(found)}"


def _words(found: Agreement) -> str:
    return (
        f"{found.compared:,} answers compared, {found.different:,} different "
        f"({found.undecided:,} decisions need facts it cannot ask for)"
    )


def report(bench: Bench, rounds: int, zen_rows: int) -> Iterator[str]:
    before = os.getloadavg()[0]
    times = bench.run(rounds)
    measures = sum(map(len, bench.programs.values()))
    yield f"\n{bench.subjects * bench.copies:,} subjects × {measures} measures = {bench.decisions:,} decisions"
    yield f"(medians of {rounds} rounds; load before {before:.1f}, after {os.getloadavg()[0]:.1f})\n"
    yield "| engine | s | CPU s | ÷ floor (time / CPU) | M decisions/s | peak MB |\n|---|---:|---:|---:|---:|---:|"
    yield from times.rows(bench.decisions)
    if bench.python:
        yield f"\nOpenFisca ÷ Zhida: {times.ratio('openfisca', 'decide')} (time / CPU); {_words(bench.agreement())}"
        if zen_rows:
            yield bench.zen(zen_rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--subjects", type=int, nargs="+", default=[1_000_000])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--copies", type=int, default=1)
    parser.add_argument("--others", metavar="PYTHON", help="a Python with bench/requirements.lock installed")
    parser.add_argument("--zen-rows", type=int, default=20_000)
    parser.add_argument("--keep", type=Path, metavar="DIR")
    args = parser.parse_args()
    python = args.others if args.copies == 1 else None
    with tempfile.TemporaryDirectory() as temporary:
        for size in args.subjects:
            bench = Bench(size, args.copies, args.keep or Path(temporary), python)
            for line in report(bench, args.rounds, args.zen_rows if size == args.subjects[0] else 0):
                print(line, flush=True)


if __name__ == "__main__":
    main()
