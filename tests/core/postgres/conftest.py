"""Homes with a database of their own, and processes that use it as this user or as an ordinary one."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from zhida.core import postgres
from zhida.core.postgres import place, processes, server

ACTOR = Path(__file__).with_name("actor.py")


@dataclass
class World:
    """One ZHIDA_HOME and the processes started on it."""

    home: Path
    uid: int
    running: list[subprocess.Popen[str]] = field(default_factory=list)

    def start(self, verb: str, *words: object, uid: int | None = None, **env: str) -> subprocess.Popen[str]:
        kept = {k: v for k, v in os.environ.items() if k not in ("DATABASE_URL", "PG_BIN")}
        process = subprocess.Popen(
            [sys.executable, str(ACTOR), str(self.uid if uid is None else uid), verb, *map(str, words)],
            env={**kept, "ZHIDA_HOME": str(self.home), **env},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.running.append(process)
        return process

    def do(self, verb: str, *words: object, uid: int | None = None, **env: str) -> list[str]:
        """Run to the end and return the words it said."""
        process = self.start(verb, *words, uid=uid, **env)
        said, complaint = process.communicate(timeout=120)
        assert process.returncode == 0, complaint
        return said.split()

    def fail(self, verb: str, **env: str) -> str:
        """Run something that must fail and return what it complained about."""
        process = self.start(verb, **env)
        complaint = process.communicate(timeout=120)[1]
        assert process.returncode != 0
        return complaint.strip().splitlines()[-1]

    @property
    def place(self) -> place.Place:
        found = place.find(self.home)
        assert found
        return found

    def postmaster(self) -> int | None:
        return server.postmaster(self.place)

    def kill_server(self, *, only_postmaster: bool = False) -> None:
        """kill -9, every process of the server at once."""
        found = self.place
        main = server.postmaster(found)
        assert main
        os.kill(main, signal.SIGKILL)
        for pid in [] if only_postmaster else processes.server_processes(found.cluster_name):
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass

    def close(self) -> None:
        for process in self.running:
            process.kill()
            process.communicate()
        if self.home.is_dir():
            postgres.destroy(self.home)


def nobody() -> int:
    return pwd.getpwnam("nobody").pw_uid


@pytest.fixture
def outside(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A directory of the test's own that other users may pass through."""
    monkeypatch.delenv("DATABASE_URL", raising=False)
    path = Path(tempfile.mkdtemp(prefix="zhida-pg-"))
    path.chmod(0o711)
    yield path
    shutil.rmtree(path)


@pytest.fixture
def make_world(outside: Path) -> Iterator[Callable[..., World]]:
    worlds: list[World] = []

    def make(home: Path | None = None, *, ordinary: bool = False) -> World:
        if ordinary and os.geteuid() != 0:
            pytest.skip("this user is an ordinary one: the other variant is the same test")
        world = World(home or outside / "home", nobody() if ordinary else os.geteuid())
        world.home.mkdir(parents=True)
        world.home.chmod(0o711)
        os.chown(world.home, world.uid, -1)
        worlds.append(world)
        return world

    yield make
    for world in worlds:
        world.close()


@pytest.fixture(params=["this user", "ordinary user"])
def world(request: pytest.FixtureRequest, make_world: Callable[..., World]) -> World:
    """A home of this user (root, where the tests run as root) and one of an ordinary user."""
    return make_world(ordinary=request.param == "ordinary user")
