"""The clause table and what test runs proved about it. Proof is only ever read from a results file."""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

RESULTS = Path("build") / "coverage" / "clauses.json"


@dataclass(frozen=True, slots=True)
class ClauseRow:
    """One clause of the inventory. plan: A–F; kind: subject_benefit, procedure, duty, …; title in English."""

    id: str
    plan: str
    kind: str
    title: str


@dataclass(frozen=True, slots=True)
class Coverage:
    """Every clause with the tests that proved it in the recorded runs.

    recorded: whether a results file exists at all; commits, last_run: what those runs tested and when.
    """

    rows: tuple[tuple[ClauseRow, tuple[str, ...]], ...]
    recorded: bool
    commits: tuple[str, ...] = ()
    last_run: str = ""

    def as_json(self) -> list[dict[str, Any]]:
        """The list that ``zhida coverage --json`` prints."""
        return [
            {"id": row.id, "plan": row.plan, "kind": row.kind, "title": row.title, "proved_by": list(tests)}
            for row, tests in self.rows
        ]


@cache
def clause_table() -> tuple[ClauseRow, ...]:
    """All clauses, in the order of the documents."""
    text = files("zhida.coverage").joinpath("clauses.csv").read_text(encoding="utf-8")
    return tuple(ClauseRow(r["id"], r["plan"], r["kind"], r["title"]) for r in csv.DictReader(text.splitlines()))


@cache
def clause_ids() -> frozenset[str]:
    return frozenset(row.id for row in clause_table())


def results_path(root: Path | None = None) -> Path:
    """Where runs record what they proved: ``ZHIDA_COVERAGE``, else ``build/coverage/clauses.json``.

    root: the project folder; by default the source tree this code runs from, else the current folder.
    """
    if chosen := os.environ.get("ZHIDA_COVERAGE"):
        return Path(chosen)
    tree = Path(__file__).resolve().parents[3]
    return (root or (tree if (tree / "pyproject.toml").is_file() else Path.cwd())) / RESULTS


def read_coverage(path: Path | None = None) -> Coverage:
    """The clause table joined with the recorded results. Raises ValueError for a damaged results file."""
    where = path or results_path()
    results = read_results(where)
    proved: dict[str, list[str]] = {}
    for test, record in sorted(results.items()):
        for clause in record["clauses"]:
            proved.setdefault(clause, []).append(test)
    return Coverage(
        rows=tuple((row, tuple(proved.get(row.id, ()))) for row in clause_table()),
        recorded=where.is_file(),
        commits=tuple(sorted({r["commit"] for r in results.values()})),
        last_run=max((r["time"] for r in results.values()), default=""),
    )


def read_results(path: Path) -> Mapping[str, dict[str, Any]]:
    """Test id → {clauses, commit, time} of the tests that passed; empty when nothing was recorded."""
    if not path.is_file():
        return {}
    try:
        tests = json.loads(path.read_text(encoding="utf-8"))["passed"]
        return {str(t): {"clauses": r["clauses"], "commit": r["commit"], "time": r["time"]} for t, r in tests.items()}
    except (KeyError, TypeError, AttributeError, json.JSONDecodeError) as error:
        raise ValueError(f"{path} is not a results file: {error}") from error
