"""A screening killed by SIGKILL and started again ends as if nothing had happened."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.screening.conftest import firm_commands, firm_files

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.slow


def environment(home: Path) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if k not in ("DATABASE_URL", "DJANGO_SETTINGS_MODULE", "ZHIDA_DEBUG")}
    return {**kept, "ZHIDA_HOME": str(home), "ZHIDA_LANG": "zh", "DJANGO_SETTINGS_MODULE": "zhida.core.settings"}


def zhida(home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "zhida", *words], env=environment(home), text=True, capture_output=True, timeout=300
    )


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    """A home of its own, with a database of its own, holding the fourteen firms."""
    home = tmp_path / "home"
    for words in firm_commands(firm_files(tmp_path / "inbox")):
        ran = zhida(home, *words)
        assert ran.returncode in (0, 1), ran.stderr
    yield home
    zhida(home, "db", "stop")


MOMENTS = ["-snapshot", "+snapshot", "+wide", "+stack", "+settle", "+tally", "-manifest", "-rename", "+rename"]
MOMENTS += ["-copy", "+copy", "-event", "+event"]


def test_killed_at_any_moment_and_started_again_it_ends_as_if_undisturbed(home: Path) -> None:
    told = subprocess.run(
        [sys.executable, str(ROOT / "tests" / "screening" / "killed_screen.py")],
        input="\n".join([*MOMENTS, "end", "end", ""]),
        env=environment(home),
        text=True,
        capture_output=True,
        timeout=600,
    )
    *signals, run, again = told.stdout.split()
    assert signals == [str(int(signal.SIGKILL))] * len(MOMENTS), told.stderr
    assert run == again
    run, stored = run.split(":")
    replayed = zhida(home, "replay", "--run", run, "--json")
    assert replayed.returncode == 0, replayed.stderr
    assert json.loads(replayed.stdout)["files"] == {}
    facts = home / "facts.yaml"
    facts.write_text('place: "990101"\n')
    checked = zhida(home, "check", str(facts), "--as-of", "2022-09-30", "--json")
    assert json.loads(checked.stdout)["catalog"]["source"] == "published"
    listed = json.loads(zhida(home, "list", "stay-job-training-subsidy", "--json").stdout)
    assert (listed["run"], listed["count"], listed["total"]) == (run, 10, "500000.00")
    assert sorted(p.name for p in (home / "lake" / "decisions").iterdir()) == [run]
    every = json.loads(zhida(home, "replay", "--run", run, "--sample", "10000", "--json").stdout)
    assert every["same"] is True
    rows = zhida(home, "screen", "--as-of", "2022-09-30", "--json")
    settled = json.loads(rows.stdout)["counts"]["measures"].values()
    expected = sum(n for m in settled for outcome, n in m["outcomes"].items() if outcome != "ineligible")
    assert every["checked"] == expected == int(stored)
