"""One meaning on every engine: trace = closures = DuckDB = PostgreSQL = Spark, bit for bit."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from random import Random
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.rules.engines import Engine, on_duckdb, on_postgres, on_spark, spark_session
from tests.rules.irgen import Maker, facts
from tests.rules.parity import assert_parity, random_batch

from zhida.rules.sql import compile_batch

relaxed = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
# Seeds instead of drawn values: a batch of rules is far larger than what Hypothesis shrinks; the count
# does shrink, so that a failure names few rules.
seeds = st.integers(0, 2**32)
counts = st.integers(1, 12)


@settings(relaxed, max_examples=25)
@given(seeds, counts)
def test_duckdb_answers_random_rules_as_the_trace_does(seed: int, count: int) -> None:
    programs, rows = random_batch(Random(seed), count, rows=50)
    assert_parity(programs, rows, on_duckdb, "duckdb")


@pytest.mark.parametrize("always", [True, False])
@settings(relaxed, max_examples=8)
@given(seed=seeds, count=counts)
def test_rules_on_codes_agree_looked_up_or_tested_row_by_row(always: bool, seed: int, count: int) -> None:
    random = Random(seed)
    maker = Maker(random)
    programs = [maker.code_program(f"m{i}") for i in range(count)]
    rows = [facts(random, random.choice([0.0, 0.3])) for _ in range(50)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("zhida.rules.code_tables.COST_GROUP", -(10**6) if always else 10**6)
        assert ("LEFT JOIN" in compile_batch(programs, "duckdb").select("facts")) is always
        assert_parity(programs, rows, on_duckdb, "duckdb")


def test_more_than_sixty_two_conditions_spill_into_further_words() -> None:
    programs, rows = random_batch(Random(11), count=70, rows=25)
    assert_parity(programs, rows, on_duckdb, "duckdb")


@pytest.fixture(scope="module")
def postgres() -> Iterator[Engine]:
    launcher = pytest.importorskip("zhida.core.postgres", reason="the embedded PostgreSQL is not here yet")
    with psycopg.connect(launcher.ensure(), autocommit=True) as connection:
        yield on_postgres(connection)


@settings(relaxed, max_examples=10)
@given(seed=seeds, count=counts)
def test_postgresql_answers_random_rules_as_the_trace_does(postgres: Engine, seed: int, count: int) -> None:
    programs, rows = random_batch(Random(seed), count, rows=40)
    programs += [Maker(Random(seed)).code_program("codes") for _ in range(3)]
    assert_parity(programs, rows, postgres, "postgres")


@pytest.fixture(scope="module")
def spark() -> Iterator[Engine]:
    if importlib.util.find_spec("pyspark") is None:
        pytest.skip("pyspark is not installed: Spark parity not tested here")
    session: Any = spark_session()
    yield on_spark(session)
    session.stop()


@pytest.mark.slow
@settings(relaxed, max_examples=6)
@given(seed=seeds, count=counts)
def test_spark_answers_random_rules_as_the_trace_does(spark: Engine, seed: int, count: int) -> None:
    programs, rows = random_batch(Random(seed), count, rows=40)
    programs += [Maker(Random(seed)).code_program("codes") for _ in range(3)]
    assert_parity(programs, rows, spark, "spark")
