"""Authored rules on the engines: random measures, and every shipped one on its golden and edge cases."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.rules import strategies as ours
from tests.rules.engines import Engine, on_duckdb, on_postgres
from tests.rules.parity import assert_parity

from zhida.catalog import golden
from zhida.catalog.library import Library
from zhida.catalog.loader import load
from zhida.catalog.measures import MeasureDef
from zhida.core.postgres import ensure
from zhida.rules import build
from zhida.rules.boundaries import boundaries
from zhida.rules.program import Program

PACKAGES = Path(__file__).parents[2] / "packages"
MEASURES = sorted(p.stem for p in PACKAGES.glob("*/measures/*.yaml"))
ANCESTORS = ("990101", "990100", "")
EDGES = 150

Row = Mapping[str, Any]


@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(st.lists(ours.measures(), min_size=1, max_size=4), st.lists(ours.fact_sets(), min_size=5, max_size=12))
def test_random_authored_measures_agree_on_duckdb(measures: list[Any], rows: list[Row]) -> None:
    programs = [build(one, ours.VOCABULARY, place="990101", ancestors=ANCESTORS, at=ours.AS_OF) for one in measures]
    assert_parity(programs, rows, on_duckdb, "duckdb")


@pytest.fixture(scope="module")
def library() -> Library:
    return load(PACKAGES)


@pytest.fixture(scope="module")
def postgres() -> Iterator[Engine]:
    with psycopg.connect(ensure(), autocommit=True) as connection:
        yield on_postgres(connection)


@pytest.mark.parametrize("name", MEASURES)
def test_a_shipped_measure_means_the_same_on_every_engine(library: Library, postgres: Engine, name: str) -> None:
    programs, rows = _cases(library, library.measure(name))
    assert_parity(programs, rows, on_duckdb, "duckdb")
    assert_parity(programs, rows[::5], postgres, "postgres")


def _cases(library: Library, measure: MeasureDef) -> tuple[list[Program], list[Row]]:
    """The measure as its golden cases resolve it; their facts, and facts on the edges its rules draw."""
    programs: dict[str, Program] = {}
    rows: list[Row] = []
    edges: dict[tuple[str, object], Row] = {}
    for index, case in enumerate(measure.golden):
        program = golden.case_program(library, measure, case)
        programs.setdefault(repr((case.place, case.as_of, case.params)), program)
        (facts,) = golden.case_facts(library, measure, index).rows(measure.entity)
        rows.append(facts)
        for edge in boundaries(program, facts):
            edges.setdefault((edge.key, edge.value), edge.facts)
    step = max(1, len(edges) // EDGES)
    return list(programs.values()), [*rows, *list(edges.values())[::step]]
