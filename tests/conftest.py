"""Shared test equipment. The database is a real embedded PostgreSQL, one cluster per test session."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[1]


def pytest_unconfigure(config: pytest.Config) -> None:
    """The process that made the session's cluster (never an xdist worker) stops and removes it."""
    made = os.environ.get("ZHIDA_TEST_HOME_MADE_BY")
    if made != str(os.getpid()):
        return
    from zhida.core import postgres

    home = Path(os.environ["ZHIDA_HOME"])
    postgres.destroy(home)
    shutil.rmtree(home, ignore_errors=True)


@pytest.fixture
def shared() -> Path:
    """The directory of outside reference material beside the repository; the test is skipped without it."""
    path = REPOSITORY.parent / "shared"
    if not path.is_dir():
        pytest.skip("reference material ../shared is not here")
    return path


@pytest.fixture
def zhida_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A ZHIDA_HOME of the test's own for files; the database stays the session's."""
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("ZHIDA_HOME", str(home))
    return home
