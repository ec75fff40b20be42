"""Changes between two versions, classed as 提标, 扩面, 展期, 收紧 or 修正."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from zhida import catalog
from zhida.catalog import Change, Library

Make = Callable[..., Library]
MEASURE = "plan-x/measures/stay-job.yaml"


@pytest.fixture
def changes(load: Make, edited: Make) -> Callable[..., list[Change]]:
    old = load(rules=False)

    def run(*swaps: tuple[str, str], **options: object) -> list[Change]:
        return list(catalog.diff(old, edited(*swaps, rules=False, **options)))

    return run


def test_nothing_changed_means_no_changes(load: Make) -> None:
    assert catalog.diff(load(), load()) == ()


@pytest.mark.clause("E-4.2.d")
def test_500_to_600_is_a_raised_standard(changes: Callable[..., list[Change]]) -> None:
    (change,) = changes(("value: 500", "value: 600"))
    assert change.kind == "提标"
    assert change.zh == "「留工补助」每人补助由 500 元/人 提高到 600 元/人"
    assert change.en == "“Stay-at-work subsidy”: per employee raised from 500 元/人 to 600 元/人"


@pytest.mark.clause("E-4.2.d")
def test_three_more_months_is_an_extension(changes: Callable[..., list[Change]]) -> None:
    (change,) = changes(("until: 2022-12-31", "until: 2023-03-31"))
    assert change.kind == "展期"
    assert change.zh == "「留工补助」执行期由 2022-12-31 延长到 2023-03-31（3 个月）"


@pytest.mark.clause("E-4.2.d")
def test_more_kinds_of_business_is_widening(changes: Callable[..., list[Change]]) -> None:
    (change,) = changes(("size: [small, micro]", "size: [medium, small, micro]"))
    assert change.kind == "扩面"
    assert change.zh == "「留工补助」对象扩大，现为：企业 · 中型、小型、微型"


@pytest.mark.parametrize(
    ("old", "new", "kinds"),
    [
        ("value: 500", "value: 400", ["收紧"]),
        ("until: 2022-12-31", "until: 2022-11-30", ["收紧"]),
        ("until: 2022-12-31", "until: null", ["展期"]),
        ("from: 2022-09-01", "from: 2022-08-01", ["展期"]),
        ("from: 2022-09-01", "from: 2022-09-10", ["收紧"]),
        ("size: [small, micro]", "size: [micro]", ["收紧"]),
        ("size: [small, micro]", "size: [medium, micro]", ["扩面", "收紧"]),
        ("{subject_type: [enterprise], size: [small, micro]}", "{subject_type: [enterprise]}", ["扩面"]),
        (
            "{subject_type: [enterprise], size: [small, micro]}",
            "[{subject_type: [enterprise], size: [small, micro]}, {subject_type: [individual]}]",
            ["扩面"],
        ),
        ("subject: {subject_type: [enterprise], size: [small, micro]}\n", "", ["扩面"]),
        ("unit: 日, value: 7", "unit: 日, value: 5", ["扩面"]),
        ("unit: 日, value: 7", "unit: 日, value: 10", ["收紧"]),
        ("value: 500, source", "value: null, origin: unknown, owner: dept-hrss, source", ["修正"]),
        ("amount: 'insured_staff *", "amount: '(insured_staff + 1) *", ["提标"]),
        ("amount: 'insured_staff *", "amount: 'max(0, insured_staff - 1) *", ["收紧"]),
        ("if: 'suspended_days >=", "if: 'suspended_days + 1 >=", ["扩面"]),
        ("if: 'suspended_days >=", "if: 'suspended_days >", ["收紧"]),
        ("zh: 停业满 7 日", "zh: 停业七日以上", ["修正"]),
        ("summary: {zh: 每名", "summary: {zh: 每位", ["修正"]),
        ("fund: relief\n", "", ["修正"]),
        ("fund: relief\n", "fund: relief\nmaterials: [{id: form, zh: 申请表, en: Form}]\n", ["收紧"]),
        (
            "conditions:\n",
            "conditions:\n  - {id: difficult, if: in_difficulty, zh: 经营困难, en: in difficulty, clause: X-1}\n",
            ["收紧"],
        ),
    ],
)
def test_each_change_has_its_kind(changes: Callable[..., list[Change]], old: str, new: str, kinds: list[str]) -> None:
    assert [c.kind for c in changes((old, new))] == kinds


def test_a_dropped_condition_widens(load: Make, edited: Make) -> None:
    more = "conditions:\n  - {id: hard, if: in_difficulty, zh: 经营困难, en: in difficulty, clause: X-1}\n"
    (change,) = catalog.diff(edited(("conditions:\n", more), rules=False), load(rules=False))
    assert (change.kind, change.zh) == ("扩面", "「留工补助」取消条件：经营困难")


def test_another_county_widens(changes: Callable[..., list[Change]]) -> None:
    found = changes(('places: ["990101"]', 'places: ["990101", "990102"]'), file="plan-x/documents.yaml")
    assert [(c.kind, c.at) for c in found] == [("扩面", "places"), ("修正", "plan-x/documents.yaml")]
    assert found[0].zh == "「留工补助」适用地域增加：甲省/甲市/乙县"
    whole = changes(('places: ["990101"]', 'places: ["9901"]'), file="plan-x/documents.yaml")
    assert [c.kind for c in whole] == ["扩面", "修正"]


def test_a_value_of_one_place_names_the_place(load: Make) -> None:
    row = 'parameters:\n  - {{measure: stay-job, param: unit_amount, place: "990101001", value: {}, source: X-1}}\n'
    low, high = (load({"plan-x/parameters.yaml": row.format(v)}, rules=False) for v in (500, 800))
    (change,) = catalog.diff(low, high)
    assert change.kind == "提标"
    assert "甲省/甲市/甲县/城关镇" in change.zh


def test_a_new_measure_widens_and_an_ended_one_tightens(load: Make) -> None:
    with_it, without = load(rules=False), load({MEASURE: None}, rules=False)
    assert [(c.kind, c.zh) for c in catalog.diff(without, with_it)] == [("扩面", "新增措施「留工补助」")]
    assert [(c.kind, c.zh) for c in catalog.diff(with_it, without)] == [("收紧", "停止措施「留工补助」")]


def test_moving_a_file_of_common_words_is_a_correction(changes: Callable[..., list[Change]]) -> None:
    (change,) = changes(("zh: 纾困资金", "zh: 纾困专项资金"), file="common/funds.yaml")
    assert (change.kind, change.measure, change.at) == ("修正", "", "common/funds.yaml")


@pytest.mark.clause("E-4.2.d")
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(low=st.integers(1, 900), more=st.integers(1, 900), days=st.integers(2, 200), fewer=st.integers(1, 100))
def test_what_is_better_one_way_is_worse_the_other_way(
    edited: Make, low: int, more: int, days: int, fewer: int
) -> None:
    def make(amount: int, threshold: int) -> Library:
        return edited(("value: 500", f"value: {amount}"), ("value: 7,", f"value: {threshold},"), rules=False)

    poor, rich = make(low, days + fewer), make(low + more, days)
    assert sorted(c.kind for c in catalog.diff(poor, rich)) == ["扩面", "提标"]
    assert [c.kind for c in catalog.diff(rich, poor)] == ["收紧", "收紧"]
