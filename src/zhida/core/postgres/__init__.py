"""The embedded PostgreSQL: started when first needed, shared by all zhida processes, stopped by the last.

``DATABASE_URL`` overrides everything here. The server listens on no TCP port; its socket, data and
log lie in directories only its own account (and root) can enter. See docs/operations.md.
"""

from __future__ import annotations

import atexit
import os
import shutil
import threading
from dataclasses import dataclass
from pathlib import Path

from zhida.core import paths
from zhida.core.postgres import binaries, lease, place, server
from zhida.core.postgres.errors import PostgresError

__all__ = ["PostgresError", "Status", "destroy", "ensure", "external", "release", "start", "status", "stop"]

_leases: dict[Path, lease.Lease] = {}
_thread_lock = threading.Lock()
_atexit_pid = 0


def external() -> str | None:
    """The administrator's own server, when DATABASE_URL names one."""
    return os.environ.get("DATABASE_URL") or None


def ensure(home: Path | None = None) -> str:
    """A libpq address of a server that has just answered; starts or recovers ours when needed.

    The server stays up at least as long as this process lives or until ``release``. Raises
    PostgresError when there is none to be had.
    """
    if url := external():
        return url
    home = home or paths.home()
    with _thread_lock, _explained(home), lease.start_lock(paths.make_home(home)):
        _take_lease(home)
        here = place.settle(home)
        if server.ask(here) is not server.Answer.READY:
            server.start(here, _patience())
        return here.dsn()


def release(home: Path | None = None) -> None:
    """Stop using the server; the last process to do so stops it, unless it was told to stay."""
    home = home or paths.home()
    with _thread_lock:
        held = _leases.pop(home, None)
        if held is None or not held.mine:
            return
        if not home.is_dir():
            held.drop()
            return
        with lease.start_lock(home):
            here = place.find(home)
            if held.drop() and here and not lease.kept(home).exists():
                server.stop(here)


def start(home: Path | None = None) -> str:
    """Like ``ensure``, and the server stays up until ``stop``."""
    address = ensure(home)
    if not external():
        lease.kept(home or paths.home()).touch()
    return address


def stop(home: Path | None = None, *, force: bool = False) -> bool:
    """Stop our server; False when other processes use it and ``force`` is not given."""
    home = home or paths.home()
    with _thread_lock:
        held = _leases.pop(home, None)
        if held is not None:
            held.drop()
        with lease.start_lock(home):
            if not force and lease.in_use(home):
                return False
            lease.kept(home).unlink(missing_ok=True)
            here = place.find(home)
            if here:
                server.stop(here)
    return True


@dataclass(frozen=True, slots=True)
class Status:
    """What ``zhida db status`` tells. ``state``: external, absent, stopped, running or not answering."""

    state: str
    version: str = ""
    pid: int | None = None
    data: str = ""
    sockets: str = ""
    log: str = ""
    in_use: bool = False
    kept: bool = False


def status(home: Path | None = None) -> Status:
    """The state of the server as it is; starts nothing."""
    if external():
        return Status("external")
    home = home or paths.home()
    here = place.find(home)
    if here is None:
        return Status("absent")
    pid = server.postmaster(here)
    answers = server.ask(here) is server.Answer.READY
    return Status(
        state="running" if answers else "not answering" if pid else "stopped",
        version=binaries.find(here.owner, here.data).version,
        pid=pid,
        data=str(here.data),
        sockets=str(here.sockets),
        log=str(here.log),
        in_use=lease.in_use(home),
        kept=lease.kept(home).exists(),
    )


def destroy(home: Path) -> None:
    """Stop the server of this home and delete its data. For tests and for throwing a demo away."""
    stop(home, force=True)
    here = place.find(home)
    if here is not None:
        shutil.rmtree(here.sockets, ignore_errors=True)
        shutil.rmtree(here.root)
    (home / "pg.location").unlink(missing_ok=True)


def _take_lease(home: Path) -> None:
    global _atexit_pid
    held = _leases.get(home)
    if held is None or not held.mine:
        _leases[home] = lease.Lease(home)
    if _atexit_pid != os.getpid():
        _atexit_pid = os.getpid()
        atexit.register(_at_exit, os.getpid())


def _at_exit(pid: int) -> None:
    if pid != os.getpid():
        return
    for home in list(_leases):
        try:
            release(home)
        except (PostgresError, OSError):
            pass  # the next process to come recovers the server


def _patience() -> float:
    """Seconds to wait for a start; replaying the log of a large interrupted load may need more."""
    return float(os.environ.get("ZHIDA_PG_PATIENCE", "120"))


class _explained:
    """Turns the operating system's refusals into PostgresError."""

    def __init__(self, home: Path) -> None:
        self._home = home

    def __enter__(self) -> None:
        return None

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        if isinstance(error, OSError):
            raise PostgresError(
                f"无法在 {self._home} 下使用数据库：{error.strerror}（{error.filename}）。",
                f"Cannot use the database below {self._home}: {error.strerror} ({error.filename}).",
            ) from error
