"""Running a compiled batch on each engine over rows of facts, for parity tests."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import duckdb
import psycopg
import pyarrow as pa

from zhida.rules.program import Program
from zhida.rules.sql import BatchPlan, compile_batch
from zhida.rules.vocabulary import NOT_APPLICABLE, absent_key

Rows = Sequence[Mapping[str, Any]]
Result = list[dict[str, Any]]
Engine = Callable[[BatchPlan, Rows], Result]
TYPES = {"BOOLEAN": pa.bool_(), "BIGINT": pa.int64(), "VARCHAR": pa.string(), "DATE": pa.date32()}


def arrow_table(plan: BatchPlan, rows: Rows) -> pa.Table:
    """The snapshot table of ``rows``: typed columns, NULL where absent, ``#na`` companions."""
    columns: dict[str, pa.Array] = {"row id": pa.array(range(len(rows)), pa.int64())}
    for column in plan.columns:
        if column.name.endswith("#na"):
            key = column.name.removesuffix("#na")
            values = [row.get(key) is NOT_APPLICABLE for row in rows]
            assert absent_key(key) == column.name
        else:
            values = [_known(row.get(column.name)) for row in rows]
        kind = TYPES[column.sql_type] if column.sql_type else _guess(values)
        columns[column.name] = pa.array(values, kind)
    return pa.table(columns)


def _known(value: Any) -> Any:
    return None if value is NOT_APPLICABLE else value


def _guess(values: list[Any]) -> pa.DataType:
    known = next((v for v in values if v is not None), 0)
    if isinstance(known, bool):
        return pa.bool_()
    return {int: pa.int64(), str: pa.string(), dt.date: pa.date32()}[type(known)]


def on_duckdb(plan: BatchPlan, rows: Rows) -> Result:
    with duckdb.connect() as connection:
        connection.register("facts", arrow_table(plan, rows))
        cursor = connection.execute(f"{plan.select('facts', ['row id'])} ORDER BY 1")
        names = [d[0] for d in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def on_postgres(connection: psycopg.Connection[Any]) -> Engine:
    """An engine over one PostgreSQL connection; each batch lives in its own temporary table."""

    def run(plan: BatchPlan, rows: Rows) -> Result:
        table = arrow_table(plan, rows)
        types = {pa.bool_(): "boolean", pa.int64(): "bigint", pa.string(): "text", pa.date32(): "date"}
        columns = ", ".join(f'"{f.name}" {types[f.type]}' for f in table.schema)
        names = ", ".join(f'"{f.name}"' for f in table.schema)
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE IF EXISTS pg_temp.facts")
            cursor.execute(f"CREATE TEMP TABLE facts ({columns})")
            with cursor.copy(f"COPY facts ({names}) FROM STDIN") as copy:
                for row in table.to_pylist():
                    copy.write_row(list(row.values()))
            cursor.execute(f"{plan.select('facts', ['row id'])} ORDER BY 1")
            heads = [d.name for d in cursor.description or ()]
            return [dict(zip(heads, row, strict=True)) for row in cursor.fetchall()]

    return run


def on_spark(session: Any) -> Engine:
    def run(plan: BatchPlan, rows: Rows) -> Result:
        table = arrow_table(plan, rows)
        names = {"bool": "boolean", "int64": "bigint", "string": "string", "date32[day]": "date"}
        schema = ", ".join(f"`{f.name}` {names[str(f.type)]}" for f in table.schema)
        records = [tuple(row.values()) for row in table.to_pylist()]
        session.createDataFrame(records, schema).createOrReplaceTempView("facts")
        found = session.sql(f"{plan.select('facts', ['row id'])} ORDER BY 1").collect()
        return [row.asDict() for row in found]

    return run


def spark_session() -> Any:
    """A local Spark with the settings the rules are meant to run under (research/rules.md 4.3)."""
    from pyspark.sql import SparkSession

    return (
        SparkSession.builder.master("local[2]")
        .appName("zhida-parity")
        .config("spark.ui.enabled", "false")
        .config("spark.sql.ansi.enabled", "true")
        .config("spark.sql.codegen.wholeStage", "false")
        .config("spark.sql.session.timeZone", "Asia/Shanghai")
        .config("spark.sql.shuffle.partitions", "1")
        .getOrCreate()
    )


def dialect_plans(programs: list[Program]) -> dict[str, BatchPlan]:
    return {name: compile_batch(programs, name) for name in ("duckdb", "postgres", "spark")}  # type: ignore[arg-type]
