# ruff: noqa: S608 — identifiers come from the catalog and are quoted, values are literals of our own
"""Copy a run's settled decisions from the lake into PostgreSQL: one COPY inside one transaction."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.csv as pacsv
from django.db import connection, transaction

from zhida.core import events
from zhida.core.hashing import sha256_hex
from zhida.screening.manifest import NAME, read_manifest
from zhida.screening.models import Decision, ScreeningRun
from zhida.screening.snapshotsql import parquet

COLUMNS = (
    "run_id",
    "measure",
    "version",
    "subject",
    "record",
    "entity",
    "name",
    "place",
    "industry",
    "outcome",
    "entitled_fen",
    "amount_fen",
    "date",
    "outputs",
    "effect",
    "provisional",
    "true_bits",
    "unknown_bits",
    "missing",
    "seal",
)
_CSV = pacsv.WriteOptions(include_header=False, quoting_style="all_valid")
_BATCH = 50_000


def copy_run(con: duckdb.DuckDBPyConnection, root: Path) -> ScreeningRun:
    """Make the run's rows exist in PostgreSQL, all or nothing; a run already there is left as it is."""
    manifest = read_manifest(root)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [manifest["run"]])
        known = ScreeningRun.objects.filter(pk=manifest["run"]).first()
        if known is not None:
            return known
        run = ScreeningRun.objects.create(
            id=manifest["run"],
            as_of=manifest["as_of"],
            snapshot=manifest["snapshot"],
            catalog_hash=manifest["catalog"],
            measures=sorted({m for group in manifest["groups"] for m in group["measures"]}),
            subjects=manifest["counts"]["subjects"],
            manifest_sha256=sha256_hex((root / NAME).read_bytes()),
            counts=manifest["counts"],
        )
        _copy(con, cursor, root)
        events.record("screening.run", run.id, {"manifest": run.manifest_sha256, "as_of": manifest["as_of"]})
    run.refresh_from_db()
    return run


def _copy(con: duckdb.DuckDBPyConnection, cursor: Any, root: Path) -> None:
    picks = ", ".join(_PICKS.get(name, name) for name in COLUMNS)
    query = f"SELECT {picks} FROM {parquet(root / 'settled.parquet')}"
    reader = con.sql(query).to_arrow_reader(_BATCH)
    names = ", ".join(f'"{name}"' for name in COLUMNS)
    table = connection.ops.quote_name(Decision._meta.db_table)
    with cursor.copy(f"COPY {table} ({names}) FROM STDIN (FORMAT csv)") as copy:
        for batch in reader:
            buffer = io.BytesIO()
            pacsv.write_csv(batch, buffer, _CSV)
            copy.write(buffer.getvalue())


_PICKS = {
    "run_id": "run AS run_id",
    "date": "date::VARCHAR AS date",
    # fact keys hold letters, digits, _ . @ - only: safe inside an array literal
    "missing": "'{' || array_to_string(missing, ',') || '}' AS missing",
}
