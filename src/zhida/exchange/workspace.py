"""A scratch DuckDB database for one import or one snapshot, gone when the work ends.

Rows live in DuckDB, not in Python; what does not fit its memory spills to files of the workspace, so a
file larger than memory still goes through.
"""

from __future__ import annotations

import fcntl
import shutil
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import duckdb

from zhida.core.paths import lake

MEMORY_LIMIT = "1GB"
_LEASE = "in-use"
_ORPHAN_SECONDS = 3600.0


@dataclass(frozen=True, slots=True)
class Workspace:
    """con: the scratch database; root: a private directory for temporary files."""

    con: duckdb.DuckDBPyConnection
    root: Path


class Interruptible:
    """A DuckDB connection whose queries run beside the main thread, so that Ctrl-C stops them at once.

    DuckDB does not look at signals while it works; waiting for it in Python does.
    """

    def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
        self._con = con
        self._pool = ThreadPoolExecutor(1, "duckdb")

    def execute(self, *args: Any, **kwargs: Any) -> Any:
        if threading.current_thread() is not threading.main_thread():
            return self._con.execute(*args, **kwargs)
        future = self._pool.submit(self._con.execute, *args, **kwargs)
        try:
            return future.result()
        except KeyboardInterrupt:
            self._con.interrupt()
            future.exception()
            raise

    def close(self) -> None:
        self._pool.shutdown()
        self._con.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._con, name)


def scratch_root() -> Path:
    """Where unfinished work lies; what a dead process left there is rubbish."""
    root = lake() / "tmp"
    root.mkdir(mode=0o700, exist_ok=True)
    return root


@contextmanager
def open_workspace(purpose: str) -> Iterator[Workspace]:
    """A fresh workspace; its directory is removed on every way out of the block.

    Workspaces of processes that were killed are removed too: each holds a lock that ends with its process.
    """
    sweep()
    root = Path(tempfile.mkdtemp(prefix=f"{purpose}-", dir=scratch_root()))
    with (root / _LEASE).open("w") as lease:
        fcntl.flock(lease, fcntl.LOCK_EX)
        try:
            con = Interruptible(connect(root))
            try:
                yield Workspace(cast(duckdb.DuckDBPyConnection, con), root)
            finally:
                con.close()
        finally:
            shutil.rmtree(root, ignore_errors=True)


def sweep() -> None:
    """Remove workspaces whose process is gone."""
    for left in scratch_root().iterdir():
        if left.is_dir() and _abandoned(left):
            shutil.rmtree(left, ignore_errors=True)


def _abandoned(root: Path) -> bool:
    try:
        with (root / _LEASE).open("r") as lease:
            fcntl.flock(lease, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
    except BlockingIOError:
        return False
    except FileNotFoundError:
        # just being made, or killed in that instant
        return root.exists() and time.time() - root.stat().st_mtime > _ORPHAN_SECONDS


def connect(root: Path) -> duckdb.DuckDBPyConnection:
    """DuckDB with its spill files below ``root``, no extensions fetched, order preserved.

    A database in memory that spills costs less than half of one on disk, which compresses what it is given.
    """
    con = duckdb.connect()
    con.execute(f"SET memory_limit = '{MEMORY_LIMIT}'")
    con.execute(f"SET temp_directory = {literal(str(root / 'spill'))}")
    con.execute("SET autoinstall_known_extensions = false")
    con.execute("SET preserve_insertion_order = true")
    con.execute("SET enable_progress_bar = false")
    return con


def literal(text: str) -> str:
    """A SQL string literal."""
    return "'" + text.replace("'", "''") + "'"


def quoted(name: str) -> str:
    """A SQL identifier."""
    return '"' + name.replace('"', '""') + '"'
