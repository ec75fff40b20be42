"""Every shipped golden case holds, and no flipped operator in a shipped measure goes unnoticed."""

from __future__ import annotations

import pytest

from zhida import catalog
from zhida.catalog import golden
from zhida.catalog.mutation import survivors
from zhida.coverage import clause_ids

LIBRARY = catalog.shipped()


def cases() -> list[object]:
    return [
        pytest.param(
            measure,
            index,
            id=f"{measure.id}: {case.name}",
            marks=pytest.mark.clause(*sorted({*measure.clauses, *case.clauses} & clause_ids())),
        )
        for measure in LIBRARY.measures
        for index, case in enumerate(measure.golden)
    ]


@pytest.mark.parametrize(("measure", "index"), cases())
def test_golden_case(measure: catalog.MeasureDef, index: int) -> None:
    result = golden.run_case(LIBRARY, measure, index)
    assert result.passed, f"{result.file}:{result.line} " + "; ".join(en for _, en in result.differences)


@pytest.mark.parametrize("measure", LIBRARY.measures, ids=lambda m: m.id)
def test_flipping_any_operator_makes_a_golden_case_fail(measure: catalog.MeasureDef) -> None:
    unnoticed = survivors(LIBRARY, measure)
    assert not unnoticed, f"{measure.file}: no golden case notices " + "; ".join(map(str, unnoticed))


@pytest.mark.parametrize("measure", LIBRARY.measures, ids=lambda m: m.id)
def test_the_cases_of_a_measure_hold_more_than_one_answer(measure: catalog.MeasureDef) -> None:
    assert len({case.expect.outcome for case in measure.golden}) > 1
