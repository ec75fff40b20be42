"""The total operations behind the rule language, on plain Python values.

Integers are exact; every operation here gives the same result as its SQL lowering on every engine.
"""

from __future__ import annotations

import calendar
import datetime as dt
import operator
from collections.abc import Callable
from typing import Any, Final

from zhida.rules.ir import CmpOp, RoundMode

COMPARISONS: Final[dict[CmpOp, Callable[[Any, Any], bool]]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def rounding_term(den: int, mode: RoundMode) -> int:
    """What to add to ``x * num`` (>= 0) before dividing by ``den`` so that flooring rounds as asked."""
    return {"half_up": den // 2, "down": 0, "up": den - 1}[mode]


def rate(x: int, num: int, den: int, mode: RoundMode) -> int:
    """``x * num / den`` rounded once; x, num >= 0, den > 0, so flooring never meets a negative."""
    return (x * num + rounding_term(den, mode)) // den


def tier(value: int, brackets: tuple[tuple[int | None, bool, int], ...]) -> int:
    """Value of the first bracket whose upper bound holds ``value``; the last bound is None."""
    for bound, inclusive, result in brackets:
        if bound is None or value < bound or (inclusive and value == bound):
            return result
    raise ValueError("the last bracket of a tier table must have no upper bound")


def months_between(start: dt.date, end: dt.date) -> int:
    """Calendar month difference, less one when the end day comes before the start day."""
    months = (end.year - start.year) * 12 + end.month - start.month
    return months - 1 if end.day < start.day else months


def add_months(date: dt.date, months: int) -> dt.date:
    """Move by whole months, clamped to the month's last day (31 Aug + 1 month = 30 Sep)."""
    index = date.year * 12 + date.month - 1 + months
    year, month = index // 12, index % 12 + 1
    return dt.date(year, month, min(date.day, calendar.monthrange(year, month)[1]))


def add_days(date: dt.date, days: int) -> dt.date:
    return date + dt.timedelta(days=days)
