"""Reporting periods, stored as their first day."""

from __future__ import annotations

import calendar
import datetime as dt

_MONTHS = {"month": 1, "quarter": 3, "year": 12}


def last_day(kind: str, start: dt.date) -> dt.date:
    """Last day of the period that begins on ``start``; a ``date`` is its own period."""
    if kind not in _MONTHS:
        return start
    index = start.year * 12 + start.month - 1 + _MONTHS[kind] - 1
    year, month = divmod(index, 12)
    return dt.date(year, month + 1, calendar.monthrange(year, month + 1)[1])


def last_day_sql(kind: str, start: str) -> str:
    """The same as SQL over a DATE expression."""
    if kind not in _MONTHS:
        return start
    return f"CAST({start} + INTERVAL {_MONTHS[kind]} MONTH - INTERVAL 1 DAY AS DATE)"


def show(kind: str, start: dt.date) -> str:
    """The period as people write it: 2022-09, 2022Q3, 2022, 2022-09-30."""
    if kind == "month":
        return f"{start:%Y-%m}"
    if kind == "quarter":
        return f"{start.year}Q{(start.month + 2) // 3}"
    return str(start.year) if kind == "year" else start.isoformat()


def months_back(as_of: dt.date, count: int) -> list[tuple[int, int]]:
    """The ``count`` calendar months up to and including that of ``as_of``, oldest first."""
    index = as_of.year * 12 + as_of.month - 1
    return [(i // 12, i % 12 + 1) for i in range(index - count + 1, index + 1)]
