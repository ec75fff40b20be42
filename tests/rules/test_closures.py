"""Closures give the same decisions as the traced evaluation."""

from __future__ import annotations

import time
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.rules.irgen import Maker, cmp, const, facts, program, var, yes

from zhida.rules import ir
from zhida.rules.closures import compile_assessor
from zhida.rules.evaluate import Assessment, assess


def bits(assessment: Assessment) -> tuple[int, int]:
    true = sum(1 << i for i, c in enumerate(assessment.conditions) if c.value is True)
    unknown = sum(1 << i for i, c in enumerate(assessment.conditions) if c.value is None)
    return true, unknown


@settings(max_examples=60, deadline=None)
@given(st.randoms(use_true_random=False))
def test_closures_equal_the_trace_for_random_rules_and_facts(random: Random) -> None:
    maker = Maker(random)
    programs = [maker.program(f"m{i}") for i in range(4)]
    run = compile_assessor(programs)
    for _ in range(10):
        known = facts(random)
        for one, decision in zip(programs, run(known), strict=True):
            expected = assess(one, known)
            assert decision.outcome is expected.outcome
            assert (decision.true, decision.unknown) == bits(expected)
            assert decision.outputs == tuple(o.value for o in expected.outputs)


def test_a_condition_shared_by_two_programs_is_computed_once() -> None:
    codes = [0]

    class Counting(frozenset[str]):
        def __contains__(self, item: object) -> bool:
            codes[0] += 1
            return super().__contains__(item)

    member = yes(ir.In, var("size"), Counting({"micro"}))
    run = compile_assessor([program([member]), program([member, cmp(">", var("staff"), const(3))])])
    first, second = run({"size": "micro", "staff": 4})
    assert (first.outcome, second.outcome) == ("eligible", "eligible")
    assert codes[0] == 1


def test_twenty_five_programs_take_far_less_than_a_millisecond() -> None:
    random = Random(5)
    maker = Maker(random, depth=3)
    programs = [maker.program(f"m{i}") for i in range(25)]
    run = compile_assessor(programs)
    known = facts(random, gaps=0.05)
    run(known)
    best = min(_timed(run, known) for _ in range(200))
    assert best < 0.001


def _timed(run: object, known: object) -> float:
    start = time.perf_counter()
    run(known)  # type: ignore[operator]
    return time.perf_counter() - start
