"""One subject × every measure, in one process: with the readable trace, and as bare closures.

    python bench/one_subject.py [--subjects 500] [--rounds 3]

Each subject of the synthetic county is given one record of every kind (a lease, a loan …), so that every
measure is asked. "Answer as data" is what ``zhida check --json`` gives: each condition in words with the
facts it read and the thresholds it compared with, what is missing and who can supply it, stacking.
Milliseconds per subject, the garbage collector left on. "Cold" is a fresh process, once per round.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

from measures import AS_OF, PLACE
from zhida import catalog
from zhida.catalog.facts import CaseFacts
from zhida.rules import assess, compile_assessor
from zhida.rules.program import Program
from zhida.rules.vocabulary import NOT_APPLICABLE
from zhida.screening.case import check_case
from zhida.screening.case_json import case_json
from zhida.synthetic.columns import Column
from zhida.synthetic.population import populations
from zhida.synthetic.record_facts import record_facts
from zhida.synthetic.subject_facts import subject_facts

SEED = 7
POPULATION = 100_000  # large enough that the rarest kind of record is held often
Row = dict[str, Any]
Run = Callable[[CaseFacts], object]


def cases(subjects: int) -> list[CaseFacts]:
    """The county's first subjects, each with one record of every kind."""
    chunk = next(iter(populations(POPULATION, SEED)))
    own = _rows(subject_facts(chunk), subjects)
    kept = {entity: _rows(held.facts, subjects) for entity, held in record_facts(chunk).items()}
    return [
        CaseFacts(PLACE, AS_OF, row, {entity: (rows[i % len(rows)],) for entity, rows in kept.items()})
        for i, row in enumerate(own)
    ]


def _rows(columns: dict[str, Column], most: int) -> list[Row]:
    """The first rows as fact mappings: unknown facts left out, those that do not apply marked."""
    rows: list[Row] = [{} for _ in range(min(most, len(next(iter(columns.values())).values)))]
    for key, column in columns.items():
        values = column.values.slice(0, len(rows)).to_pylist()
        absent = [False] * len(rows) if column.absent is None else column.absent[: len(rows)].tolist()
        for row, value, never in zip(rows, values, absent, strict=True):
            if never:
                row[key] = NOT_APPLICABLE
            elif value is not None:
                row[key] = value
    return rows


def ways(programs: tuple[Program, ...]) -> dict[str, Run]:
    """What is timed: label → function of a case."""
    library = catalog.shipped()
    by_entity: dict[str, list[Program]] = {}
    for program in programs:
        by_entity.setdefault(program.entity, []).append(program)
    assessors = {entity: compile_assessor(those) for entity, those in by_entity.items()}

    def answered(case: CaseFacts) -> dict[str, Any]:
        return case_json(library, check_case(library, case, PLACE, AS_OF), "shipped", "zh")

    return {
        "closures: outcomes, amounts, bitmaps": lambda case: [
            run(row) for entity, run in assessors.items() for row in case.rows(entity)
        ],
        "trace: every condition with its facts": lambda case: [
            assess(program, row) for program in programs for row in case.rows(program.entity)
        ],
        "answer as data: the same in words, with stacking": answered,
        "answer as JSON text": lambda case: json.dumps(answered(case), ensure_ascii=False),
    }


def timed(run: Run, asked: list[CaseFacts], rounds: int) -> list[float]:
    """Milliseconds per case over all rounds, sorted; the first hundred cases warm up."""
    for case in asked[:100]:
        run(case)
    spent = []
    for _ in range(rounds):
        for case in asked:
            started = time.perf_counter_ns()
            run(case)
            spent.append((time.perf_counter_ns() - started) / 1e6)
    return sorted(spent)


def cold() -> dict[str, float]:
    """Milliseconds from a fresh interpreter to ready programs, step by step."""
    marks = {"start": time.perf_counter()}
    library = catalog.shipped()
    marks["read and check the packages"] = time.perf_counter()
    programs = library.programs(PLACE, AS_OF)
    marks["build the programs (parse, check, resolve)"] = time.perf_counter()
    ways(programs)
    marks["compile the closures"] = time.perf_counter()
    at = list(marks.items())
    return {name: (end - start) * 1e3 for (_, start), (name, end) in itertools.pairwise(at)}


def colds(rounds: int) -> dict[str, float]:
    """Medians of ``cold`` over fresh processes."""
    command = [sys.executable, __file__, "--cold"]
    found = [
        json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout) for _ in range(rounds)
    ]
    return {name: statistics.median(one[name] for one in found) for name in found[0]}


def report(subjects: int, rounds: int) -> Iterator[str]:
    programs = catalog.shipped().programs(PLACE, AS_OF)
    conditions = sum(len(p.conditions) for p in programs)
    yield f"\none subject × {len(programs)} measures, {conditions} conditions ({subjects} subjects × {rounds}; load "
    yield f"{os.getloadavg()[0]:.1f})\n"
    yield "| in process | p50 ms | p95 ms | p99 ms |\n|---|---:|---:|---:|"
    asked = cases(subjects)
    for label, run in ways(programs).items():
        spent = timed(run, asked, rounds)
        p50, p95, p99 = (spent[int(len(spent) * share)] for share in (0.5, 0.95, 0.99))
        yield f"| {label} | {p50:.3f} | {p95:.3f} | {p99:.3f} |"
    yield "\n| cold, once per process | ms |\n|---|---:|"
    for label, spent_ms in colds(rounds).items():
        yield f"| {label} | {spent_ms:.0f} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--subjects", type=int, default=500)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--cold", action="store_true", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.cold:
        print(json.dumps(cold()))
        return
    for line in report(args.subjects, args.rounds):
        print(line, flush=True)


if __name__ == "__main__":
    main()
