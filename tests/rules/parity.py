"""What every engine must answer, computed by the traced evaluation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from random import Random
from typing import Any

from tests.rules.engines import Engine
from tests.rules.irgen import Maker, facts

from zhida.rules.closures import compile_assessor
from zhida.rules.evaluate import assess
from zhida.rules.layout import Layout
from zhida.rules.outcome import Outcome
from zhida.rules.program import Program
from zhida.rules.sql import compile_batch
from zhida.rules.sql_dialect import DialectName


def random_batch(random: Random, count: int, rows: int) -> tuple[list[Program], list[dict[str, Any]]]:
    """Programs that share conditions and subtrees, and rows with gaps and extremes."""
    maker = Maker(random)
    programs = [maker.program(f"m{i}") for i in range(count)]
    return programs, [facts(random, random.choice([0.0, 0.1, 0.4])) for _ in range(rows)]


def expected_row(programs: Sequence[Program], layout: Layout, known: Mapping[str, Any]) -> dict[str, Any]:
    """One result row as the tracer has it, in the shape of ``BatchPlan.select``."""
    row: dict[str, Any] = {f"{x}{w}": 0 for w in range(layout.words) for x in "tu"}
    for index, (program, laid) in enumerate(zip(programs, layout.programs, strict=True)):
        result = assess(program, known)
        row[laid.outcome] = result.outcome.code
        for output, found in zip(laid.outputs, result.outputs, strict=True):
            row[output.column] = found.value
        for (_, word, bit), condition in zip(laid.conditions, result.conditions, strict=True):
            if condition.value is not False:
                row[f"{'u' if condition.value is None else 't'}{word}"] |= 1 << bit
        main = result.outputs[0].value if laid.has_main else None
        words = range(layout.words)
        true, unknown = [row[f"t{w}"] for w in words], [row[f"u{w}"] for w in words]
        known_main = main if result.outcome is not Outcome.INELIGIBLE else 0
        assert layout.outcome(index, true, unknown, known_main) is result.outcome
    return row


def assert_parity(
    programs: Sequence[Program], rows: Sequence[Mapping[str, Any]], engine: Engine, dialect: DialectName
) -> None:
    """The engine's T, U, outcomes and outputs equal the trace bit for bit; closures too."""
    plan = compile_batch(programs, dialect)
    found = engine(plan, rows)
    assert len(found) == len(rows)
    closures = compile_assessor(programs)
    for index, known in enumerate(rows):
        expected = expected_row(programs, plan.layout, known)
        actual = {k: v for k, v in found[index].items() if k != "row id"}
        assert actual == expected, {k: (actual.get(k), v) for k, v in expected.items() if actual.get(k) != v}
        for laid, decision in zip(plan.layout.programs, closures(known), strict=True):
            assert expected[laid.outcome] == decision.outcome.code
            assert tuple(expected[o.column] for o in laid.outputs) == decision.outputs
