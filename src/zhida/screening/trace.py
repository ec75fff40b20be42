"""Explain a subject's decisions of a run: recomputed by the interpreter, compared with what was stored."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from zhida.catalog.library import Library
from zhida.catalog.resolution import Resolved
from zhida.rules.evaluate import assess
from zhida.rules.program import Program
from zhida.screening.case import Answer, stack
from zhida.screening.manifest import read_manifest
from zhida.screening.onerow import Stored, facts_of, stored_answers, subject_head
from zhida.screening.snapshotsql import Tables


class UnknownSubject(LookupError):
    """The run's snapshot holds no such subject."""


@dataclass(frozen=True, slots=True)
class RunFiles:
    """A run's files with the library and the snapshot tables it was made from."""

    root: Path
    manifest: Mapping[str, Any]
    library: Library
    tables: Tables

    @property
    def run(self) -> str:
        return str(self.manifest["run"])

    @property
    def as_of(self) -> dt.date:
        return dt.date.fromisoformat(self.manifest["as_of"])

    def programs(self, place: str | None) -> tuple[Program, ...]:
        """The programs a subject of this place was decided by (empty: nothing in force there)."""
        for group in self.manifest["groups"]:
            if place in group["places"]:
                return self.library.programs(group["at"], self.as_of, measure_ids=group["measures"])
        return ()


@dataclass(frozen=True, slots=True)
class Difference:
    """The interpreter and the batch disagree: this must never happen, and is never hidden."""

    measure: str
    record: str
    what: str
    stored: Any
    recomputed: Any


@dataclass(frozen=True, slots=True)
class SubjectTrace:
    """Every measure's answer for one subject of a run."""

    subject: str
    name: str
    place: str | None
    answers: tuple[Answer, ...]
    not_applicable: tuple[Resolved, ...]
    differences: tuple[Difference, ...]


def open_run(root: Path, library: Library, tables: Tables) -> RunFiles:
    """A run by its directory. Raises OSError when its manifest is gone."""
    return RunFiles(root, read_manifest(root), library, tables)


def trace_subject(
    con: duckdb.DuckDBPyConnection, files: RunFiles, subject: str, measure: str | None = None
) -> SubjectTrace:
    """Recompute and compare. measure keeps only this one in the answer. Raises UnknownSubject."""
    head = subject_head(con, files.tables, subject)
    if head is None:
        raise UnknownSubject(subject)
    name, place = head
    programs = files.programs(place)
    answers = recompute(con, files, subject, programs)
    stored = stored_answers(con, files.root, files.manifest, subject)
    differences = [d for a in answers for d in _compare(a, stored.get((a.program.measure, a.record)))]
    at = place if place and place in files.library.jurisdictions else ""
    others = (r for r in files.library.resolution(at, files.as_of) if r.state != "in_force")
    return SubjectTrace(
        subject,
        name,
        place,
        tuple(a for a in answers if measure in (None, a.program.measure)),
        tuple(r for r in others if measure in (None, r.measure.id)),
        tuple(differences),
    )


def recompute(
    con: duckdb.DuckDBPyConnection, files: RunFiles, subject: str, programs: tuple[Program, ...]
) -> tuple[Answer, ...]:
    """Answers of all programs for one subject, by the interpreter and the one-case stacking."""
    rows = facts_of(con, files.tables, subject, dict.fromkeys(p.entity for p in programs))
    assessed = [
        (program, record, facts, assess(program, facts))
        for program in programs
        for record, facts in rows.get(program.entity, ())
    ]
    stacked = stack(files.library, programs, assessed, files.as_of)
    return tuple(Answer.of(program, record, facts, found, stacked) for program, record, facts, found in assessed)


def _compare(answer: Answer, stored: Stored | None) -> list[Difference]:
    measure, record = answer.program.measure, answer.record
    found = answer.assessment
    if stored is None:
        return [Difference(measure, record, "missing", None, str(found.outcome))]
    pairs: list[tuple[str, Any, Any]] = [("outcome", stored.outcome, found.outcome.code)]
    pairs += [(f"conditions.{c.id}", stored.conditions.get(c.id), c.value) for c in found.conditions]
    pairs += [(f"outputs.{o.id}", stored.outputs.get(o.id), o.value) for o in found.outputs]
    return [Difference(measure, record, what, was, now) for what, was, now in pairs if was != now]
