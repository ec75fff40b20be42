"""Numbers, dates and set phrases of the read-back, in Chinese and English."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from typing import Final, Literal

from zhida.rules.units import PURE, Unit, UnitError, read_measure

Lang = Literal["zh", "en"]
SYMBOLIC_DAY: Final = dt.date(2999, 12, 31)
"""Stands for "whatever as_of is" when a text is read back outside any program."""
_MONTHS: Final = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
_ONE: Final = {"people": "person", "businesses": "business", "square metres": "square metre"}
_OPS: Final = {
    "zh": {"==": "等于", "!=": "不等于", "<": "少于", "<=": "不超过", ">": "超过", ">=": "不少于"},
    "en": {
        "==": "equals",
        "!=": "differs from",
        "<": "is less than",
        "<=": "is at most",
        ">": "is more than",
        ">=": "is at least",
    },
}
_DATE_OPS: Final = {
    "zh": {"==": "就是", "!=": "不是", "<": "早于", "<=": "不晚于", ">": "晚于", ">=": "不早于"},
    "en": {
        "==": "is on",
        "!=": "is not on",
        "<": "is before",
        "<=": "is on or before",
        ">": "is after",
        ">=": "is on or after",
    },
}
_CODE_OPS: Final = {"zh": {"==": "为", "!=": "不为"}, "en": {"==": "is", "!=": "is not"}}
NEGATED: Final = {"==": "!=", "!=": "==", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}
ROUNDING: Final = {
    "zh": {"half_up": "四舍五入到{}", "down": "不足一{}舍去", "up": "不足一{}进一"},
    "en": {"half_up": "rounded to the {}", "down": "rounded down to the {}", "up": "rounded up to the {}"},
}


def operator(op: str, kind: str, lang: Lang) -> str:
    """How a comparison of numbers, dates or codes reads."""
    if kind == "date":
        return _DATE_OPS[lang][op]
    return _CODE_OPS[lang].get(op, op) if kind in ("code", "bool") else _OPS[lang][op]


def unit_of(text: str | None) -> Unit:
    try:
        return read_measure(text).unit if text else PURE
    except UnitError:
        return Unit(((text or "", 1),))


def number(value: int, unit: str | None, lang: Lang) -> str:
    """A number with its unit; money is fen inside and yuan on paper."""
    measure = unit_of(unit)
    if measure.is_money:
        sign, fen = ("-" if value < 0 else ""), abs(value)
        digits = f"{sign}{fen // 100:,}" + (f".{fen % 100:02d}" if fen % 100 else "")
    else:
        digits = str(value)
    if measure == PURE:
        return digits
    if lang == "en":
        words = measure.in_english()
        return f"{digits} {_ONE.get(words, words.removesuffix('s')) if digits == '1' else words}"
    return f"{digits} {'个月' if str(measure) == '月' else measure}"


def ratio(num: int, den: int) -> str:
    """17/400 as 4.25%, 1/3 as 1/3."""
    value = Fraction(num, den) * 100
    rest = value.denominator
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    if rest != 1:
        return f"{num}/{den}"
    whole, part = divmod(value.numerator, value.denominator)
    digits = ""
    while part:
        digit, part = divmod(part * 10, value.denominator)
        digits += str(digit)
    return f"{whole}{'.' + digits if digits else ''}%"


def date(value: dt.date, lang: Lang) -> str:
    if lang == "en":
        return f"{value.day} {_MONTHS[value.month - 1]} {value.year}"
    return f"{value.year}年{value.month}月{value.day}日"


def month(year: int, number_: int, lang: Lang) -> str:
    """A month by name, or relative to as_of when read back outside a program."""
    back = (SYMBOLIC_DAY.year - year) * 12 + SYMBOLIC_DAY.month - number_
    if 0 <= back < 36:
        if lang == "en":
            return "the month of as_of" if back == 0 else f"{back} month{'s' if back > 1 else ''} before as_of"
        return "基准日当月" if back == 0 else f"基准日前第{back}个月"
    return f"{_MONTHS[number_ - 1]} {year}" if lang == "en" else f"{year}年{number_}月"


def span(first: tuple[int, int], last: tuple[int, int], lang: Lang) -> str:
    if first == last:
        return month(*first, lang)
    joint = " to " if lang == "en" else "至"
    return f"{month(*first, lang)}{joint}{month(*last, lang)}"
