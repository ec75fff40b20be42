"""The measures under test: everything the shipped packages put in force at one place and date."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict

from zhida import catalog
from zhida.rules import compile_batch
from zhida.rules.program import Program
from zhida.rules.sql import BatchPlan

PLACE, AS_OF = "990101", dt.date(2022, 9, 30)


def programs_by_entity() -> dict[str, list[Program]]:
    """Programs by what they decide (subject, lease, loan …), in the catalog's order."""
    grouped: dict[str, list[Program]] = defaultdict(list)
    for program in catalog.shipped().programs(PLACE, AS_OF):
        grouped[program.entity].append(program)
    return dict(grouped)


def plans(programs: dict[str, list[Program]]) -> dict[str, BatchPlan]:
    return {entity: compile_batch(those, "duckdb") for entity, those in programs.items()}


def wanted_columns(ready: dict[str, BatchPlan]) -> dict[str, list[str]]:
    """The facts each entity's measures read, as columns of its wide table."""
    return {entity: [c.name for c in plan.columns] for entity, plan in ready.items()}
