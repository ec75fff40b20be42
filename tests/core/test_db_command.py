"""``zhida db`` on a real embedded server."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from click.testing import CliRunner, Result

from zhida.cli import main
from zhida.core import postgres

pytestmark = pytest.mark.slow


@pytest.fixture
def zhida(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Result]]:
    """Run a command of zhida on a home of the test's own."""
    with TemporaryDirectory(prefix="zhida-db-") as name:
        home = Path(name)
        home.chmod(0o711)
        monkeypatch.setenv("ZHIDA_HOME", name)
        monkeypatch.setenv("ZHIDA_LANG", "en")
        monkeypatch.delenv("DATABASE_URL", raising=False)
        yield lambda *words: CliRunner().invoke(main, list(words))
        postgres.destroy(home)


def state(zhida: Callable[..., Result]) -> str:
    return str(json.loads(zhida("db", "status", "--json").stdout)["state"])


def test_the_server_is_started_kept_stopped_and_thrown_away(zhida: Callable[..., Result]) -> None:
    assert state(zhida) == "absent"
    assert zhida("db", "start").exit_code == 0
    postgres.release()
    assert state(zhida) == "running"
    assert zhida("db", "url").stdout.startswith("postgresql://")
    assert zhida("db", "psql", "-c", "SELECT 1").exit_code == 0
    assert zhida("db", "stop").exit_code == 0
    assert state(zhida) == "stopped"
    assert zhida("db", "destroy").exit_code == 2
    assert state(zhida) == "stopped"
    assert zhida("db", "destroy", "--yes").exit_code == 0
    assert state(zhida) == "absent"


def test_a_server_of_database_url_is_not_ours_to_stop(
    zhida: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none")
    assert state(zhida) == "external"
    assert zhida("db", "stop").exit_code == 3
    assert zhida("db", "destroy", "--yes").exit_code == 3
    monkeypatch.delenv("DATABASE_URL")


def test_a_database_that_cannot_be_reached_gives_code_4_and_one_line(tmp_path: Path) -> None:
    words = [sys.executable, "-m", "zhida", "db", "migrate"]
    kept = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    env = {**kept, "ZHIDA_HOME": str(tmp_path), "ZHIDA_LANG": "en", "DATABASE_URL": "postgresql://x@127.0.0.1:1/x"}
    ended = subprocess.run(words, env=env, text=True, capture_output=True, check=False)
    assert ended.returncode == 4
    assert "The database is unavailable" in ended.stderr
    assert len(ended.stderr.strip().splitlines()) == 1
