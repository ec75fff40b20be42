# ruff: noqa: S608 — paths are quoted literals, numbers are ints
"""Replay: recompute decisions and show that the result is the same to the last byte."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from zhida.core.hashing import sha256_file
from zhida.rules.outcome import Outcome, main_output
from zhida.screening.case import Answer
from zhida.screening.manifest import NAME
from zhida.screening.run import Inputs, write_run
from zhida.screening.seal import FIELDS, seal
from zhida.screening.snapshotsql import parquet
from zhida.screening.trace import RunFiles, recompute


@dataclass(frozen=True, slots=True)
class Replayed:
    """One decision recomputed. same: its seal came out equal; differing: the fields that did not."""

    measure: str
    subject: str
    record: str
    stored_seal: str
    seal: str
    differing: tuple[str, ...]

    @property
    def same(self) -> bool:
        return self.stored_seal == self.seal


def decision_fields(answer: Answer, run: str, subject: str) -> dict[str, Any]:
    """The canonical fields of a decision, from the interpreter's answer."""
    program, found = answer.program, answer.assessment
    main = main_output(program)
    eligible = found.outcome is Outcome.ELIGIBLE
    date = found.outputs[0].value if main is not None and main.kind == "date" and eligible else None
    further = {
        o.id: o.value.isoformat() if isinstance(o.value, dt.date) else o.value
        for o, written in zip(found.outputs, program.outputs, strict=True)
        if written is not main
    }
    return {
        "run": run,
        "measure": program.measure,
        "version": program.version,
        "entity": program.entity,
        "subject": subject,
        "record": answer.record,
        "outcome": str(found.outcome),
        "entitled_fen": answer.entitled,
        "amount_fen": answer.amount,
        "date": date,
        "outputs": json.dumps(further, ensure_ascii=False, separators=(",", ":")),
        "effect": answer.effect,
        "provisional": answer.provisional,
        "true_bits": sum(1 << i for i, c in enumerate(found.conditions) if c.value is True),
        "unknown_bits": sum(1 << i for i, c in enumerate(found.conditions) if c.value is None),
        "missing": sorted(found.missing),
    }


def replay_decisions(
    con: duckdb.DuckDBPyConnection,
    files: RunFiles,
    sample: int | None = None,
    subject: str | None = None,
    step: Callable[[], None] = lambda: None,
) -> list[Replayed]:
    """Recompute settled decisions of a run with the interpreter, subject by subject.

    sample: how many decisions, spread evenly over the run by seal; None for all. subject: only its own.
    """
    rows = _settled(con, files, sample, subject)
    by_subject: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        by_subject.setdefault(row["subject"], []).append(row)
    done: list[Replayed] = []
    for code, mine in by_subject.items():
        done += _replay_subject(con, files, code, mine)
        step()
    return done


def _settled(
    con: duckdb.DuckDBPyConnection, files: RunFiles, sample: int | None, subject: str | None
) -> list[dict[str, Any]]:
    table = parquet(files.root / "settled.parquet")
    picked = f"SELECT * FROM {table}"
    if sample is not None:
        picked += f" ORDER BY seal LIMIT {int(sample)}"
    if subject is not None:
        found = con.execute(f"SELECT * FROM {table} WHERE subject = ? ORDER BY measure, record", [subject])
    else:
        found = con.execute(f"SELECT * FROM ({picked}) ORDER BY subject, measure, record")
    names = [column[0] for column in found.description or ()]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def _replay_subject(
    con: duckdb.DuckDBPyConnection, files: RunFiles, subject: str, rows: list[dict[str, Any]]
) -> list[Replayed]:
    answers = {
        (a.program.measure, a.record): a
        for a in recompute(con, files, subject, files.programs(rows[0]["place"] or None))
    }
    done = []
    for row in rows:
        answer = answers.get((row["measure"], row["record"]))
        fields = decision_fields(answer, files.run, subject) if answer else {}
        differing = tuple(name for name in FIELDS if fields.get(name) != row[name])
        done.append(
            Replayed(
                row["measure"],
                subject,
                row["record"],
                row["seal"],
                seal(fields) if answer else "",
                differing,
            )
        )
    return done


def replay_run(
    con: duckdb.DuckDBPyConnection,
    files: RunFiles,
    inputs: Inputs,
    scratch: Path,
    recorded: str,
    progress: Callable[[int, int], None] | None = None,
) -> dict[str, tuple[str, str]]:
    """Decide the whole run again into ``scratch`` and compare file by file.

    recorded: the manifest's hash as the database holds it. Returns file -> (hash recorded, the first
    differing hash: of the kept file, else of the recomputed one) for every file that differs; empty
    when the kept files and the recomputed ones are all equal to what was recorded.
    """
    again = scratch / "replay"
    again.mkdir()
    write_run(con, inputs, again, progress)
    expected = {**_hashes(files.manifest), NAME: recorded}
    found: dict[str, tuple[str, str]] = {}
    for name, was in sorted(expected.items()):
        for path in (files.root / name, again / name):
            now = _sha(path) if path.is_file() else ""
            if now != was:
                found.setdefault(name, (was, now))
    return found


def _hashes(manifest: Mapping[str, Any]) -> dict[str, str]:
    files = [*manifest["wide"], manifest["settled"], manifest["adjustments"]]
    return {item["file"]: item["sha256"] for item in files}


def _sha(path: Path) -> str:
    with path.open("rb") as stream:
        return sha256_file(stream)


__all__ = ["Replayed", "decision_fields", "replay_decisions", "replay_run"]
