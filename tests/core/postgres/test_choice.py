"""Which server and which binaries are used."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest

from zhida.core import postgres

pytestmark = pytest.mark.slow


def test_database_url_is_used_as_it_is_and_nothing_of_ours_is_made(
    outside: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://somebody@db.example/zhida")
    home = outside / "untouched"
    assert postgres.ensure(home) == "postgresql://somebody@db.example/zhida"
    assert postgres.status(home).state == "external"
    assert not home.exists()


def test_pg_bin_without_a_server_is_a_clear_refusal(make_world: Callable[..., Any], tmp_path: Path) -> None:
    complaint = make_world().fail("ensure", PG_BIN=str(tmp_path))
    assert "has no initdb and postgres" in complaint


def test_the_distributions_server_works_as_well(
    make_world: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not installed:
        pytest.skip("no distribution PostgreSQL here")
    world = make_world()
    monkeypatch.setenv("PG_BIN", str(installed[-1].parent))
    with psycopg.connect(postgres.ensure(world.home)) as connection:
        major = connection.info.server_version // 10000
    postgres.release(world.home)
    assert str(major) == installed[-1].parents[1].name
    monkeypatch.delenv("PG_BIN")
    assert postgres.status(world.home).version.startswith(str(major))
