from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhida.core.money import MAX_FEN, MoneyError, format_fen, parse_yuan


@pytest.mark.parametrize(
    ("written", "fen"),
    [
        ("5000", 500_000),
        ("5,000.00", 500_000),
        ("5，000.5", 500_050),
        (" 0.01 ", 1),
        ("-12.30", -1230),
        ("+3", 300),
        ("1.500", 150),
        (7, 700),
        (Decimal("0.1"), 10),
    ],
)
def test_yuan_as_people_write_them_become_exact_fen(written: str | int | Decimal, fen: int) -> None:
    assert parse_yuan(written) == fen


@pytest.mark.parametrize(
    "written",
    ["", "abc", "1.005", "1,00", "12,34.5", "1e3", "٣", "0x10", "--1", "NaN", "9" * 30, "1 000", Decimal("Infinity")],
)
def test_what_is_not_an_exact_amount_is_refused_in_both_languages(written: str | Decimal) -> None:
    with pytest.raises(MoneyError) as caught:
        parse_yuan(written)
    assert caught.value.zh
    assert caught.value.en


@pytest.mark.parametrize("value", [1.5, True, None])
def test_floats_and_other_types_are_never_money(value: object) -> None:
    with pytest.raises(MoneyError):
        parse_yuan(value)  # type: ignore[arg-type]


@given(st.integers(-MAX_FEN, MAX_FEN))
def test_formatting_and_reading_back_loses_nothing(fen: int) -> None:
    assert parse_yuan(format_fen(fen)) == fen


def test_amounts_are_shown_with_two_decimals_and_groups_of_three() -> None:
    assert format_fen(500_000) == "5,000.00"
    assert format_fen(-123_456_789_01) == "-123,456,789.01"
    assert format_fen(0) == "0.00"
