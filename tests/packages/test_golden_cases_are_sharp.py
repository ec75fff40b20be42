"""Every shipped measure passes its golden cases, and no small change of it passes them all."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from tests.packages.mutations import mutants

from zhida.catalog import golden
from zhida.catalog.library import Library
from zhida.catalog.loader import load
from zhida.catalog.measures import MeasureDef
from zhida.rules import RuleError
from zhida.rules.program import Program

PACKAGES = Path(__file__).parents[2] / "packages"
MEASURES = sorted(p.stem for p in PACKAGES.glob("*/measures/*.yaml"))


@pytest.fixture(scope="module")
def library() -> Library:
    return load(PACKAGES)


def test_the_packages_load_without_a_problem(library: Library) -> None:
    assert [f"{p.file}:{p.line} {p.en}" for p in library.problems] == []


@pytest.mark.parametrize("measure", MEASURES)
def test_every_golden_case_holds(library: Library, measure: str) -> None:
    results = golden.run(library, [library.measure(measure)])
    assert [f"{r.line} {r.case.name}: {r.differences}" for r in results if not r.passed] == []


@pytest.mark.parametrize("measure", MEASURES)
def test_no_small_change_of_a_measure_passes_its_golden_cases(library: Library, measure: str) -> None:
    assert list(survivors(library, library.measure(measure))) == []


def survivors(library: Library, measure: MeasureDef) -> Iterator[str]:
    """Changed versions that every golden case lets through."""
    for said, source in mutants(measure.source):
        if not _killed(library, replace(measure, source=source)):
            yield said


def _killed(library: Library, wrong: MeasureDef) -> bool:
    """Whether the rule is refused, or some golden case tells it from the right one."""
    built: dict[str, Program] = {}
    for index, case in enumerate(wrong.golden):
        key = json.dumps([case.place, case.as_of, case.params], default=str)
        try:
            if key not in built:
                built[key] = library.build(golden.case_source(wrong, case), case.place, case.as_of)
        except RuleError:
            return True
        if not golden.run_case(library, wrong, index, program=built[key]).passed:
            return True
    return False
