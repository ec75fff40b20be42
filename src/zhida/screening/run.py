# ruff: noqa: S608 — identifiers come from the catalog and are quoted, values are literals of our own
"""Screen: all published measures over the snapshot of a date, decided, sealed and kept."""

from __future__ import annotations

import datetime as dt
import os
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from zhida.catalog.library import Library
from zhida.core.atomic import write_atomic
from zhida.core.paths import lake
from zhida.screening.decide import decide, find_groups, steps
from zhida.screening.manifest import NAME, make_manifest, run_id
from zhida.screening.snapshotsql import Tables, parquet
from zhida.screening.tally import tally

Progress = Callable[[int, int], None]
"""Called with (steps done, steps in all)."""


class UnknownMeasure(LookupError):
    """A measure id that no published measure has; ``known`` are those there are."""

    def __init__(self, measure: str, known: Sequence[str]) -> None:
        super().__init__(measure)
        self.measure, self.known = measure, tuple(known)


@dataclass(frozen=True, slots=True)
class Inputs:
    """Everything a run depends on. tables and snapshot: what to read and its id."""

    library: Library
    tables: Tables
    snapshot: str
    as_of: dt.date
    measures: tuple[str, ...] | None

    @property
    def run(self) -> str:
        return run_id(self.snapshot, self.library.hash, self.as_of.isoformat(), self.measures)


def screen(as_of: dt.date, measures: Sequence[str] | None = None, progress: Progress | None = None) -> Any:
    """Run the published measures on the snapshot of ``as_of`` and freeze what they decide.

    Returns the ScreeningRun. The same inputs give the same run, which is then only looked up. Killed at
    any moment and started again, it ends as if undisturbed: files appear under the run's name only
    when complete, rows in one transaction. Raises catalog NoPublication, UnknownMeasure, and what
    building a snapshot raises.
    """
    from zhida.exchange.workspace import open_workspace
    from zhida.screening.copying import copy_run

    inputs = gather(as_of, measures)
    with open_workspace("screen") as work:
        root = run_files(work.con, inputs, work.root, progress)
        return copy_run(work.con, root)


def gather(as_of: dt.date, measures: Sequence[str] | None) -> Inputs:
    """The published library and the snapshot of a date. Raises as ``screen`` does."""
    from zhida.catalog.publishing import current
    from zhida.exchange import snapshot
    from zhida.exchange.definitions import of_library

    library = current()
    chosen = known_measures(library, measures)
    feeds = of_library(library).feeds
    taken = snapshot.build(as_of, vocabulary=library.vocabulary, feeds=feeds)
    return Inputs(library, tables_of(taken.tables), taken.id, as_of, chosen)


def known_measures(library: Library, measures: Sequence[str] | None) -> tuple[str, ...] | None:
    """The ids asked for, sorted and without repeats; None for all. Raises UnknownMeasure."""
    if not measures:
        return None
    known = sorted({m.id for m in library.measures})
    for measure in measures:
        if measure not in known:
            raise UnknownMeasure(measure, known)
    return tuple(sorted(set(measures)))


def tables_of(paths: Mapping[str, Path]) -> Tables:
    """A snapshot's tables with their column names."""
    with duckdb.connect() as con:
        columns = {
            entity: tuple(row[0] for row in con.execute(f"DESCRIBE SELECT * FROM {parquet(path)}").fetchall())
            for entity, path in paths.items()
        }
    return Tables(dict(paths), columns)


def run_dir(run: str) -> Path:
    """Where a run's files are (whether or not it exists)."""
    return lake() / "decisions" / run


def run_files(con: duckdb.DuckDBPyConnection, inputs: Inputs, scratch: Path, progress: Progress | None = None) -> Path:
    """The directory of the run's files, made when not yet there. ``scratch`` is on the lake's disk."""
    home = run_dir(inputs.run)
    if (home / NAME).is_file():
        return home
    fresh = scratch / "run"
    fresh.mkdir()
    write_run(con, inputs, fresh, progress)
    home.parent.mkdir(mode=0o700, exist_ok=True)
    try:
        fresh.rename(home)
    except OSError:
        if not (home / NAME).is_file():  # pragma: no cover - not another process that was faster
            raise
        shutil.rmtree(fresh)
    return home


def write_run(con: duckdb.DuckDBPyConnection, inputs: Inputs, root: Path, progress: Progress | None = None) -> None:
    """Write a run's files and manifest into an empty directory."""
    groups = find_groups(con, inputs.library, inputs.tables, inputs.as_of, inputs.measures)
    total, done = steps(groups, inputs.tables) + 1, 0

    def step() -> None:
        nonlocal done
        done += 1
        if progress is not None:
            progress(done, total)

    decided = decide(con, inputs.library, inputs.tables, groups, inputs.run, root, step)
    counts = tally(con, inputs.library, inputs.tables, decided)
    facts = {
        "run": inputs.run,
        "as_of": inputs.as_of.isoformat(),
        "snapshot": inputs.snapshot,
        "catalog": inputs.library.hash,
        "measures": None if inputs.measures is None else list(inputs.measures),
    }
    with write_atomic(root / NAME) as stream:
        stream.write(make_manifest(decided, facts, counts))
    for path in root.iterdir():
        _flush(path)
    _flush(root)
    step()


def _flush(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
