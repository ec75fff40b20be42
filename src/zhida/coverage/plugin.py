"""Pytest plugin: records which clauses the tests that ran and passed have proved.

A test names its clauses with ``@pytest.mark.clause("D-10.a")``. An id that is not in the clause table
stops collection. After the run the results file holds the tests that passed; tests that failed or were
skipped lose their entry, and so do entries recorded at another commit. Works under
pytest-xdist: workers send the clauses along with their reports and only the controller writes.
"""

from __future__ import annotations

import datetime as dt
import json
import subprocess
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

from zhida.core.atomic import write_atomic
from zhida.coverage.report import clause_ids, read_results, results_path

_FIELD = "zhida_clauses"


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "clause(id, …): the clauses of the seed documents this test proves")
    if not hasattr(config, "workerinput") and not config.option.collectonly:
        config.pluginmanager.register(_Recorder(config), "zhida-clause-recorder")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    wrong = [f"{item.nodeid}: {clause!r}" for item in items for clause in _clauses(item) if clause not in clause_ids()]
    if wrong:
        raise pytest.UsageError("unknown clause id in @pytest.mark.clause:\n  " + "\n  ".join(wrong))


def _clauses(item: pytest.Item) -> list[str]:
    return sorted({str(arg) for mark in item.iter_markers("clause") for arg in mark.args})


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    setattr(report, _FIELD, _clauses(item))
    return report


class _Recorder:
    """Lives in the controlling process only."""

    def __init__(self, config: pytest.Config) -> None:
        self.path = results_path(config.rootpath)
        self.root = config.rootpath
        self.clauses: dict[str, list[str]] = {}
        self.failed: set[str] = set()
        self.called: set[str] = set()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if clauses := getattr(report, _FIELD, None):
            self.clauses[report.nodeid] = clauses
        if not report.passed:
            self.failed.add(report.nodeid)
        elif report.when == "call":
            self.called.add(report.nodeid)

    def pytest_sessionfinish(self) -> None:
        if not self.clauses:
            return
        commit, now = _commit(self.root), dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
        kept = {t: r for t, r in _earlier(self.path).items() if r["commit"] == commit and t not in self.clauses}
        passed = {t: c for t, c in self.clauses.items() if t in self.called and t not in self.failed}
        results = kept | {t: {"clauses": c, "commit": commit, "time": now} for t, c in passed.items()}
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with write_atomic(self.path) as out:
            text = json.dumps({"passed": results}, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
            out.write(text.encode())


def _earlier(path: Path) -> Any:
    try:
        return read_results(path)
    except ValueError:
        return {}


def _commit(root: Path) -> str:
    """The commit under test, with ``+`` when the tree differs from it; empty outside git."""

    def git(*words: str) -> str:
        try:
            done = subprocess.run(["git", *words], cwd=root, capture_output=True, text=True, check=False, timeout=20)
        except OSError:
            return ""
        return done.stdout.strip() if done.returncode == 0 else ""

    head = git("rev-parse", "HEAD")
    return head + ("+" if head and git("status", "--porcelain", "--untracked-files=no") else "")
