"""``zhida run`` as a person uses it: first start, Ctrl-C, second start, kill in the middle, busy port."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from zhida.core import postgres

pytestmark = pytest.mark.slow
COUNTS = "SELECT (SELECT count(*) FROM registry_subject), (SELECT count(*) FROM exchange_batch)"
DECISIONS = "SELECT count(*), md5(string_agg(seal, ',' ORDER BY seal)) FROM screening_decision"


@dataclass
class Installation:
    """One ZHIDA_HOME and the commands run on it."""

    home: Path

    def start(self, port: int, *words: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "zhida", "run", "--port", str(port), "--subjects", "200", *words],
            env=self.env,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    @property
    def env(self) -> dict[str, str]:
        kept = {k: v for k, v in os.environ.items() if k not in ("DATABASE_URL", "DJANGO_SETTINGS_MODULE")}
        return {**kept, "ZHIDA_HOME": str(self.home), "ZHIDA_LANG": "en"}

    def sql(self, query: str) -> str:
        words = [sys.executable, "-m", "zhida", "db", "psql", "-At", "-c", query]
        return subprocess.run(words, env=self.env, text=True, capture_output=True, check=True).stdout.strip()


def _installation() -> Iterator[Installation]:
    home = Path(tempfile.mkdtemp(prefix="zhida-run-"))
    home.chmod(0o711)
    yield Installation(home)
    postgres.destroy(home)
    shutil.rmtree(home)


installation = pytest.fixture(_installation)
another_installation = pytest.fixture(_installation)


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def until(process: subprocess.Popen[str], says: str) -> str:
    """Read what it says up to a line that matches."""
    assert process.stderr
    heard = []
    for line in process.stderr:
        heard.append(line)
        if re.search(says, line):
            return line
    raise AssertionError("".join(heard))


def interrupt(process: subprocess.Popen[str]) -> int:
    """Ctrl-C: the signal goes to the whole foreground group."""
    os.killpg(process.pid, signal.SIGINT)
    process.communicate(timeout=60)
    return process.returncode


def first_page(port: int) -> str:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=30) as answer:
        return str(answer.read().decode())


def test_it_serves_stops_on_ctrl_c_and_starts_again_with_everything_it_had(
    installation: Installation, port: int
) -> None:
    first = installation.start(port)
    until(first, f"ready: http://127.0.0.1:{port}/")
    assert "<html" in first_page(port)
    assert interrupt(first) == 0
    counted = installation.sql(COUNTS)
    assert counted.startswith("200|")
    assert postgres.status(installation.home).state == "stopped"

    began = time.monotonic()
    second = installation.start(port)
    until(second, "ready:")
    assert time.monotonic() - began < 30  # a loose bound: the machine may be busy
    assert installation.sql(COUNTS) == counted
    assert interrupt(second) == 0


def test_killed_hard_while_loading_the_next_start_ends_where_an_undisturbed_one_does(
    installation: Installation, another_installation: Installation, port: int
) -> None:
    for step in ("Importing the registry", "Importing (?!the registry)", "Screening"):
        process = installation.start(port)
        until(process, step)
        time.sleep(0.2)
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
    last = installation.start(port)
    until(last, "ready:")
    disturbed = installation.sql(COUNTS), installation.sql(DECISIONS)
    assert interrupt(last) == 0

    untouched = another_installation.start(port)
    until(untouched, "ready:")
    assert disturbed == (another_installation.sql(COUNTS), another_installation.sql(DECISIONS))
    assert interrupt(untouched) == 0


def test_a_busy_port_is_said_at_once_and_nothing_is_made(installation: Installation) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        process = installation.start(taken.getsockname()[1])
        said = process.communicate(timeout=60)[1]
    assert process.returncode == 2
    assert "Choose another port" in said
    assert not (installation.home / "pg").exists()


def test_workers_do_not_outlive_a_parent_that_was_killed(installation: Installation, port: int) -> None:
    first = installation.start(port, "--no-demo")
    until(first, "ready:")
    first.kill()
    first.communicate()
    second = installation.start(port, "--no-demo")
    until(second, "ready:")
    assert interrupt(second) == 0
