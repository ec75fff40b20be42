# ruff: noqa: S608 — names are quoted and come from definitions of ours, values are bound
"""Importing a registry file (名录库): cells read as a feed, then judged by the registry's own rules."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.utils import timezone

from zhida.exchange import batches, intake, rows
from zhida.exchange.definitions import Definitions
from zhida.exchange.feeds import REGISTRY
from zhida.exchange.models import Batch
from zhida.exchange.reading import Noted, collect
from zhida.exchange.result import ImportResult
from zhida.exchange.workspace import Workspace
from zhida.registry import judging, subjects

#: columns of a registry batch in the lake, in this order
STORED = (
    *(c for c in subjects.COLUMNS),
    "scope",
    "province",
    "city",
)


def import_registry(
    path: Path,
    definitions: Definitions,
    *,
    dry_run: bool = False,
    step: Callable[[], None] = lambda: None,
    waiting: Callable[[], None] | None = None,
) -> ImportResult:
    """Import a registry file: every row accepted, accepted with findings, or refused with its reason.

    Subjects are added or updated, never dropped. Raises FileRefused when the file cannot be used.
    """
    feed = definitions.feeds[REGISTRY]
    order = intake.Order(
        path=path,
        feed=feed,
        definitions=definitions,
        prepare=lambda space: _prepare(space, definitions, timezone.localdate()),
        delivers=feed.delivers,
        kind=Batch.Kind.REGISTRY,
        dry_run=dry_run,
        step=step,
        waiting=waiting,
    )
    return intake.run(order)


def _prepare(space: Workspace, definitions: Definitions, today: dt.date) -> intake.Prepared:
    con = space.con
    judging.register(con)
    judging.judge(con, definitions.places, today)
    con.execute(
        "CREATE OR REPLACE TABLE hopeless AS SELECT DISTINCT _row FROM findings JOIN severities USING (code) "
        "WHERE severity = 'refused'"
    )
    con.execute("CREATE OR REPLACE VIEW judged_rows AS SELECT * FROM judged ANTI JOIN hopeless USING (_row)")
    collect(con, "judged_rows", [Noted(*n) for n in judging.NOTED])
    content = tuple(c for c in STORED if c not in ("old_number", "code_area"))
    rows.mark_duplicates(con, "judged", ("uscc",), content, "统一社会信用代码")
    count = rows.settle(con, "judged")
    store = f"SELECT {', '.join(STORED)}, _row FROM judged SEMI JOIN kept USING (_row) ORDER BY uscc"

    def merge(batch: str, cursor: Any) -> dict[str, int]:
        target = subjects.stage(cursor)
        batches.copy_csv(space, cursor, subjects.select_sql("judged", batch), target)
        return subjects.merge(cursor)

    return intake.Prepared(count=count, store=store, also=merge)
