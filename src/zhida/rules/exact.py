"""Exact numbers from what authors write: fen, whole counts and reduced ratios; never a float."""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

from zhida.rules.units import Measure

INT64: Final = 2**63 - 1
_NUMBER: Final = re.compile(r"[+-]?\d{1,3}(?:,\d{3})+(?:\.\d+)?|[+-]?\d+(?:\.\d+)?")


class ExactError(ValueError):
    """A written value that is not exactly what its unit needs, with both sentences."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh, self.en = zh, en


def fraction_of(written: Any) -> Fraction:
    """An int, Decimal or plain decimal text as an exact fraction; floats are refused."""
    if isinstance(written, bool) or not isinstance(written, int | Decimal | str):
        raise ExactError(f"“{written}”不是精确的数", f"{written!r} is not an exact number")
    if isinstance(written, str):
        text = written.strip()
        if not _NUMBER.fullmatch(text):
            raise ExactError(f"“{written}”不是数", f"{written!r} is not a number")
        return Fraction(text.replace(",", ""))
    if isinstance(written, Decimal) and not written.is_finite():
        raise ExactError(f"“{written}”不是有限的数", f"{written} is not finite")
    return Fraction(written)


def fen_of(written: Any, scale: int = 1) -> int:
    """Yuan (times ``scale``: 10,000 for 万元) to fen; more than two decimals are refused."""
    fen = fraction_of(written) * scale * 100
    if fen.denominator != 1:
        raise ExactError(f"金额 {written} 不足一分，最多两位小数", f"{written} has a part of a fen; use two decimals")
    return _fits(fen.numerator, written)


def whole_of(written: Any) -> int:
    """A whole number."""
    value = fraction_of(written)
    if value.denominator != 1:
        raise ExactError(
            f"{written} 不是整数；比例请用单位 %，利率可用 bp（万分之一）",
            f"{written} is not whole; use unit % for a ratio or bp for ten-thousandths",
        )
    return _fits(value.numerator, written)


def number_of(written: Any, measure: Measure) -> int:
    """A number of a written unit: fen for money, else a whole count."""
    return fen_of(written, measure.scale) if measure.unit.is_money else whole_of(written)


def ratio_of(written: Any, measure: Measure) -> tuple[int, int]:
    """A ratio as reduced (num, den): 4.25 or "4.25%" in unit % is (17, 400); "1/3" needs no unit sign."""
    base = measure.ratio
    if isinstance(written, str):
        text = written.strip()
        for sign, of in (("%", 100), ("‰", 1000)):
            if text.endswith(sign):
                text, base = text.removesuffix(sign).strip(), of
        if "/" in text:
            above, _, below = text.partition("/")
            return _ratio(fraction_of(above), fraction_of(below), written)
        written = text
    return _ratio(fraction_of(written), Fraction(base), written)


def _ratio(above: Fraction, below: Fraction, written: Any) -> tuple[int, int]:
    if below <= 0 or above < 0:
        raise ExactError(f"比例 {written} 应不小于 0", f"the ratio {written} must not be negative")
    value = above / below
    return _fits(value.numerator, written), _fits(value.denominator, written)


def _fits(value: int, written: Any) -> int:
    if abs(value) > INT64:
        raise ExactError(f"{written} 超出 64 位整数范围", f"{written} does not fit in 64 bits")
    return value
