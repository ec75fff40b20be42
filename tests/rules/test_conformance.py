"""The standard's own texts: what the subset accepts gives the standard's value, the rest is refused by name."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.rules.strategies import VOCABULARY

from zhida.rules import RuleError, expression
from zhida.rules.evaluate import trace

CASES: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("conformance.yaml").read_text(encoding="utf-8"))
ACCEPTED, REFUSED = CASES["accepted"], CASES["refused"]


def _id(case: dict[str, Any]) -> str:
    return str(case["name"])


@pytest.mark.parametrize("case", ACCEPTED, ids=_id)
def test_an_accepted_text_of_the_standard_gives_the_standards_value(case: dict[str, Any]) -> None:
    node = expression(case["text"], VOCABULARY, at=dt.date(2022, 9, 1))
    value = trace(node, {}).value
    assert (type(value), value) == (type(case["value"]), case["value"])


@pytest.mark.parametrize("case", REFUSED, ids=_id)
def test_a_text_outside_the_subset_is_refused_with_its_own_code_and_place(case: dict[str, Any]) -> None:
    with pytest.raises(RuleError) as refusal:
        expression(case["text"], VOCABULARY, at=dt.date(2022, 9, 1))
    problems = refusal.value.problems
    assert case["refused"] in {p.code for p in problems}
    for problem in problems:
        assert problem.zh
        assert problem.en
        assert problem.where is not None
        assert 0 <= problem.where.start <= problem.where.end <= len(case["text"])


def test_every_refused_construct_has_a_reason_and_the_list_is_long() -> None:
    assert {case["refused"] for case in REFUSED} == set(CASES["reasons"])
    assert len(ACCEPTED) + len(REFUSED) >= 150


def test_the_cpp_cel_agrees_on_every_accepted_text() -> None:
    cel = pytest.importorskip("cel_expr_python.cel", reason="the C++ CEL is not installed")
    env = cel.NewEnv()
    differ = []
    for case in ACCEPTED:
        value = env.compile(case["text"]).eval().plain_value()
        if (type(value), value) != (type(case["value"]), case["value"]):
            differ.append((case["name"], value))
    assert differ == []
