"""Unit algebra and exact numbers."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhida.rules.exact import ExactError, fen_of, ratio_of, whole_of
from zhida.rules.units import BASE_UNITS, DAYS, MONEY, PURE, Unit, UnitError, read_measure

UNITS = st.builds(
    lambda above, below: read_measure("/".join(["·".join(above) or "1", *below])).unit,
    st.lists(st.sampled_from(sorted(BASE_UNITS - {"元"})), max_size=3),
    st.lists(st.sampled_from(sorted(BASE_UNITS - {"元"})), max_size=2),
)


def unit(text: str) -> Unit:
    return read_measure(text).unit


def test_yuan_per_person_times_people_is_yuan() -> None:
    assert unit("元/人") * unit("人") == MONEY


def test_yuan_per_month_times_months_over_days_keeps_what_is_left() -> None:
    assert unit("元/月") * unit("月") / unit("日") == unit("元/日")
    assert str(unit("元") * unit("日")) == "元·日"


def test_a_ratio_and_ten_thousand_yuan_scale_what_is_written() -> None:
    assert (read_measure("%").unit, read_measure("%").ratio) == (PURE, 100)
    assert read_measure("%/年").unit == PURE / unit("年")
    assert (read_measure("万元").unit, read_measure("万元").scale) == (MONEY, 10_000)
    assert unit("bp") == PURE


@pytest.mark.parametrize("text", ["元/", "人人", "yuan", "元//人", "", "元·", "10元"])
def test_an_unknown_unit_is_refused(text: str) -> None:
    with pytest.raises(UnitError):
        read_measure(text)


def test_the_vocabulary_may_add_base_units() -> None:
    assert str(read_measure("元/床", frozenset({"床"})).unit) == "元/床"


@given(UNITS, UNITS)
def test_division_undoes_multiplication_and_text_round_trips(a: Unit, b: Unit) -> None:
    assert a * b / b == a
    assert a * b == b * a
    assert unit(str(a)) == a or str(a) == "1"


def test_english_units_read_naturally() -> None:
    assert unit("元/人").in_english() == "yuan per person"
    assert DAYS.in_english() == "days"


@pytest.mark.parametrize(
    ("written", "fen"), [(500, 50_000), (Decimal("0.01"), 1), ("12.34", 1234), ("1,234.5", 123_450), (-3, -300)]
)
def test_yuan_become_fen_exactly(written: object, fen: int) -> None:
    assert fen_of(written) == fen


@pytest.mark.parametrize("written", [Decimal("0.001"), "1.005", 0.5, True, "abc", "", "1e3", Decimal("NaN"), 10**18])
def test_money_that_is_not_exact_fen_is_refused(written: object) -> None:
    with pytest.raises(ExactError):
        fen_of(written)


def test_ten_thousand_yuan_may_have_six_decimals() -> None:
    assert fen_of(Decimal("1.234567"), 10_000) == 1_234_567
    with pytest.raises(ExactError):
        fen_of(Decimal("1.2345678"), 10_000)


@pytest.mark.parametrize(
    ("written", "unit_text", "ratio"),
    [
        ("4.25%", "%", (17, 400)),
        (Decimal("4.25"), "%", (17, 400)),
        (50, "%", (1, 2)),
        ("5‰", "‰", (1, 200)),
        ("1/3", "1/年", (1, 3)),
        (0, "%", (0, 1)),
        ("100%", "%", (1, 1)),
    ],
)
def test_ratios_are_exact_and_reduced(written: object, unit_text: str, ratio: tuple[int, int]) -> None:
    assert ratio_of(written, read_measure(unit_text)) == ratio


@pytest.mark.parametrize("written", ["-1%", "1/0", "abc", 0.5, "1/x", "%"])
def test_a_ratio_that_is_not_one_is_refused(written: object) -> None:
    with pytest.raises(ExactError):
        ratio_of(written, read_measure("%"))


@pytest.mark.parametrize("written", [Decimal("1.5"), "x", 1.0, True, 2**63])
def test_a_count_must_be_whole(written: object) -> None:
    with pytest.raises(ExactError):
        whole_of(written)
