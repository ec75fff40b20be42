"""Bringing the tables up to date, by one process at a time."""

from __future__ import annotations

from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from zhida.core import postgres

_LOCK = 0x7A686964  # any fixed number: "zhid"


def is_external() -> bool:
    """Whether the database is an administrator's (DATABASE_URL) and not ours to change unasked."""
    return postgres.external() is not None


def up_to_date() -> bool:
    """Whether every migration has been applied."""
    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


def migrate() -> None:
    """Apply what is missing. A second process waits for the first and then finds nothing to do."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [_LOCK])
        try:
            call_command("migrate", interactive=False, verbosity=0)
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [_LOCK])
