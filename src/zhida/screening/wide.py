"""A wide file: every subject or record of a place group with T/U words, outcomes and outputs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from zhida.rules.layout import Layout
from zhida.rules.program import Program
from zhida.screening.groups import Group

if TYPE_CHECKING:
    from zhida.rules.sql import BatchPlan


@dataclass(frozen=True, slots=True)
class Wide:
    """One wide file: whose rows, which programs, how to read the bits."""

    file: str
    entity: str
    group: Group
    programs: tuple[Program, ...]
    layout: Layout


def column_types(plan: BatchPlan) -> dict[str, str | None]:
    """Columns a batch reads and their SQL types (None where only presence is tested)."""
    return {column.name: column.sql_type for column in plan.columns}
