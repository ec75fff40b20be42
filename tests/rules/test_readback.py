"""Rules read back in Chinese and English, for every construct."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.rules import strategies as ours
from tests.rules.strategies import AS_OF, PARAMS, VOCABULARY

from zhida.rules import build, expression, ir, parse, read_back
from zhida.rules.measure import ConditionSource, MeasureSource
from zhida.rules.phrases import Lang
from zhida.rules.walk import walk

CASES: list[dict[str, Any]] = yaml.safe_load(Path(__file__).with_name("readback.yaml").read_text(encoding="utf-8"))


def both(text: str, entity: str = "lease") -> tuple[str, str]:
    """The text read back as resolved on AS_OF at 990101."""
    measure = MeasureSource(
        "m", "1", entity, (), ("",), dt.date(2022, 1, 1), None, PARAMS, (ConditionSource("c", text, "", ""),), ()
    )
    program = build(measure, VOCABULARY, place="", ancestors=("",), at=AS_OF)
    node = program.conditions[0].node
    return (
        read_back(node, VOCABULARY, "zh", program.params),
        read_back(node, VOCABULARY, "en", program.params),
    )


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["text"])
def test_every_construct_has_words_in_both_languages(case: dict[str, str]) -> None:
    zh, en = both(case["text"])
    assert case["zh"] in zh
    assert case["en"] in en


def test_a_text_outside_a_program_is_read_with_relative_months_and_open_parameters() -> None:
    text = "sum_months(monthly_sales, -3, -1) > param.limit && established_on < as_of"
    assert read_back(parse(text), VOCABULARY, "zh", PARAMS) == (
        "基准日前第3个月至基准日前第1个月各月销售额合计 超过 限额(500,000 元) 且 成立日期 早于 基准日"
    )


def _labels(node: ir.Node, lang: Lang) -> set[str]:
    keys = {one.key.partition("@")[0] for one in walk(node) if isinstance(one, ir.Var | ir.Has)}
    return {getattr(VOCABULARY.facts[key], lang) for key in keys}


@settings(max_examples=80)
@given(ours.measures(), st.sampled_from(["zh", "en"]))
def test_random_rules_are_read_back_with_the_label_of_every_fact(measure: MeasureSource, lang: Lang) -> None:
    program = build(measure, VOCABULARY, place="990101", ancestors=("990101", "990100", ""), at=AS_OF)
    for part in (*program.conditions, *program.outputs):
        said = read_back(part.node, VOCABULARY, lang, program.params)
        assert all(label in said for label in _labels(part.node, lang))
        read_back(part.node, VOCABULARY, lang)


@settings(max_examples=80)
@given(ours.truths(), st.sampled_from(["zh", "en"]))
def test_random_texts_are_read_back_without_a_program(text: str, lang: Lang) -> None:
    said = read_back(parse(text), VOCABULARY, lang, PARAMS, "lease")
    plain = [fact for fact in VOCABULARY.facts.values() if fact.key in text.replace("(", " ").replace(")", " ").split()]
    assert all(getattr(fact, lang) in said for fact in plain)


def test_a_node_without_labels_still_shows_its_numbers() -> None:
    node = expression("insured_staff * 3 > 2", VOCABULARY, at=AS_OF)
    assert read_back(node, VOCABULARY) == "参保职工人数 × 3 超过 2 人"
