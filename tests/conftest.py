"""Shared test equipment. The database is a real embedded PostgreSQL, one cluster per test session."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest

# the machine may be busy: a slow example is no failure
hypothesis.settings.register_profile("zhida", deadline=None)
hypothesis.settings.load_profile("zhida")

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
    _forget_clusters_below(config)


def _forget_clusters_below(config: pytest.Config) -> None:
    """Pytest's temporary directories are closed to others, so root's clusters of homes in them lie elsewhere."""
    from zhida.core import postgres
    from zhida.core.postgres import place

    factory: pytest.TempPathFactory = config._tmp_path_factory  # type: ignore[attr-defined]  # the hook's only way
    if os.geteuid() == 0:
        for home in place.homes_elsewhere():
            if home.is_relative_to(factory.getbasetemp()) and home.is_dir():
                postgres.destroy(home)


@pytest.fixture(scope="session", autouse=True)
def _flush_append_only_tables() -> Iterator[None]:
    """Let Django empty the tables after a transactional test although triggers refuse TRUNCATE to everyone else."""
    from django.db import connections
    from django.db.backends.postgresql.operations import DatabaseOperations

    plain = DatabaseOperations.execute_sql_flush

    def flush(self: DatabaseOperations, sql_list: list[str]) -> None:
        with connections["default"].cursor() as cursor:
            cursor.execute("SET session_replication_role = replica")
            try:
                plain(self, sql_list)
            finally:
                cursor.execute("SET session_replication_role = DEFAULT")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DatabaseOperations, "execute_sql_flush", flush)
        yield


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
