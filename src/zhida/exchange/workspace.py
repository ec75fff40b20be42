"""A scratch DuckDB database on disk for one import or one snapshot, gone when the work ends.

Rows live in the database file, not in Python, so a file larger than memory still goes through.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb

from zhida.core.paths import lake

MEMORY_LIMIT = "1GB"


@dataclass(frozen=True, slots=True)
class Workspace:
    """con: the scratch database; root: a private directory for temporary files."""

    con: duckdb.DuckDBPyConnection
    root: Path


def scratch_root() -> Path:
    """Where unfinished work lies; anything found there after a crash is rubbish."""
    root = lake() / "tmp"
    root.mkdir(mode=0o700, exist_ok=True)
    return root


@contextmanager
def open_workspace(purpose: str) -> Iterator[Workspace]:
    """A fresh workspace; its directory is removed on every way out of the block."""
    root = Path(tempfile.mkdtemp(prefix=f"{purpose}-", dir=scratch_root()))
    try:
        con = connect(root)
        try:
            yield Workspace(con, root)
        finally:
            con.close()
    finally:
        shutil.rmtree(root, ignore_errors=True)


def connect(root: Path) -> duckdb.DuckDBPyConnection:
    """DuckDB with its data and spill files below ``root``, no extensions fetched, order preserved."""
    con = duckdb.connect(str(root / "work.duckdb"))
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
