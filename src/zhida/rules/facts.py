"""Facts as the engines read them: value, not applicable, or absent (unknown).

The overflow proof of the checker and the calendar arithmetic of the engines rest on the ranges
checked here: ints within the fact's bounds, dates within ``DATE_LO`` .. ``DATE_HI``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Final

from zhida.rules.ir import Var
from zhida.rules.vocabulary import NOT_APPLICABLE, NotApplicable, Value

Facts = Mapping[str, Value | NotApplicable]

DATE_LO: Final = dt.date(1600, 1, 1)
DATE_HI: Final = dt.date(2999, 12, 31)

_TYPES: Final = {"bool": bool, "int": int, "code": str, "date": dt.date}
_NAMES: Final = {
    "bool": ("是或否", "true or false"),
    "int": ("整数（金额以分计）", "a whole number (money in fen)"),
    "code": ("代码文本", "a code as text"),
    "date": ("日期", "a date"),
}


class FactError(ValueError):
    """A fact has the wrong type or lies outside the range its vocabulary entry allows."""

    def __init__(self, key: str, zh: str, en: str) -> None:
        super().__init__(en)
        self.key, self.zh, self.en = key, zh, en


def read(var: Var, facts: Facts) -> Value | NotApplicable | None:
    """The fact behind ``var``: its value, NOT_APPLICABLE, or None when unknown; FactError if unfit."""
    value = facts.get(var.key)
    if value is None or value is NOT_APPLICABLE:
        return value
    if type(value) is not _TYPES[var.kind]:
        zh, en = _NAMES[var.kind]
        raise FactError(
            var.key,
            f"事实 {var.key} 应为{zh}，收到 {value!r}",
            f"fact {var.key} must be {en}, got {value!r}",
        )
    if not _in_range(var, value):
        raise FactError(
            var.key,
            f"事实 {var.key} 的值 {value} 超出允许范围",
            f"fact {var.key} is outside its allowed range: {value}",
        )
    return value


def _in_range(var: Var, value: Value) -> bool:
    if type(value) is int:
        return (var.lo is None or value >= var.lo) and (var.hi is None or value <= var.hi)
    if type(value) is dt.date:
        return DATE_LO <= value <= DATE_HI
    return True
