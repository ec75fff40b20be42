# ruff: noqa: S608 — identifiers come from the catalog and are quoted, values are literals of our own
"""SQL over a snapshot's Parquet tables: one relation per entity and place group, subject facts joined."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from zhida.rules.vocabulary import SUBJECT
from zhida.screening.groups import Group

KEYS = ("_subject", "_record", "_place", "_industry")
"""Key columns of every source relation: who, which record, where, industry code."""


@dataclass(frozen=True, slots=True)
class Tables:
    """Where a snapshot's tables lie, and the columns each has."""

    paths: dict[str, Path]
    columns: dict[str, tuple[str, ...]]

    def has(self, entity: str) -> bool:
        return entity in self.paths


def quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def literal(text: str | None) -> str:
    return "NULL" if text is None else "'" + text.replace("'", "''") + "'"


def parquet(path: Path) -> str:
    return f"read_parquet({literal(str(path))})"


def places_test(group: Group) -> str:
    """SQL test that a subject belongs to the group; NULL places go where the group says."""
    known = [literal(place) for place in group.places if place is not None]
    tests = [f'"_place" IN ({", ".join(known)})'] if known else []
    if None in group.places:
        tests.append('"_place" IS NULL')
    return "(" + " OR ".join(tests) + ")"


def source(tables: Tables, entity: str, group: Group, columns: Mapping[str, str | None]) -> str:
    """A subquery with ``KEYS`` and the asked fact columns (name -> SQL type), for a group's rows.

    Facts the snapshot has no column for are unknown for everyone.
    """
    own = f"{entity}."
    subject_has, record_has = set(tables.columns[SUBJECT]), set(tables.columns.get(entity, ()))
    industry = "s.industry" if "industry" in subject_has else "NULL::VARCHAR"
    picks = [f"s._place, {industry} AS _industry"]
    for name, sql_type in columns.items():
        side, has = ("e", record_has) if entity != SUBJECT and name.startswith(own) else ("s", subject_has)
        missing = f"NULL::{sql_type or 'BOOLEAN'} AS {quoted(name)}"
        picks.append(f"{side}.{quoted(name)}" if name in has else missing)
    facts = ", ".join(picks)
    subjects = f"(SELECT * FROM {parquet(tables.paths[SUBJECT])} WHERE {places_test(group)}) s"
    if entity == SUBJECT:
        return f"(SELECT s._subject, '' AS _record, {facts} FROM {subjects})"
    records = f"{parquet(tables.paths[entity])} e"
    return f"(SELECT s._subject, e._record, {facts} FROM {records} JOIN {subjects} ON e._subject = s._subject)"
