"""Interval arithmetic behind the overflow proof: bounds of ints and ranges of dates.

Facts without declared bounds are taken as 0 .. 10^13 fen for money and 0 .. 10^9 for other ints;
dates of facts lie in ``DATE_LO`` .. ``DATE_HI``. Loading refuses values outside these bounds, so a
program that passes here cannot overflow int64 or leave the calendar on any engine. A blank parameter
counts as 0: nothing is ever computed from it.
"""

from __future__ import annotations

import datetime as dt
from typing import Final

from zhida.rules import ir
from zhida.rules import operations as ops
from zhida.rules.facts import DATE_HI, DATE_LO
from zhida.rules.walk import children

INT_MIN: Final = -(2**63)
INT_MAX: Final = 2**63 - 1
MONEY_HI: Final = 10**13
INT_HI: Final = 10**9
Range = tuple[int, int]
DateRange = tuple[dt.date, dt.date]
ANY_DATE: Final[DateRange] = (dt.date.min, dt.date.max)


def default_bounds(is_money: bool) -> Range:
    """Bounds of a fact that declares none."""
    return (0, MONEY_HI if is_money else INT_HI)


def of(node: ir.Node) -> Range:
    """The proved bounds of an int node."""
    return (0 if node.lo is None else node.lo, 0 if node.hi is None else node.hi)


def fits(bounds: Range) -> bool:
    return bounds[0] >= INT_MIN and bounds[1] <= INT_MAX


def sum_of(parts: list[Range]) -> Range:
    return sum(p[0] for p in parts), sum(p[1] for p in parts)


def any_order(parts: list[Range]) -> Range:
    """Bounds of every partial sum in whatever order an engine adds."""
    return sum(min(p[0], 0) for p in parts), sum(max(p[1], 0) for p in parts)


def product(a: Range, b: Range) -> Range:
    corners = [x * y for x in a for y in b]
    return min(corners), max(corners)


def rate(x: Range, num: Range, den: int, mode: ir.RoundMode) -> Range:
    return ops.rate(x[0], num[0], den, mode), ops.rate(x[1], num[1], den, mode)


def rate_work(x: Range, num: Range, den: int) -> int:
    """The largest intermediate of a rate on any engine: ``2 * x * num + den``."""
    return 2 * x[1] * num[1] + den


def days_between(start: DateRange, end: DateRange) -> Range:
    return (end[0] - start[1]).days, (end[1] - start[0]).days


def months_between(start: DateRange, end: DateRange) -> Range:
    return ops.months_between(start[1], end[0]) - 1, ops.months_between(start[0], end[1]) + 1


def part(name: str, date: DateRange) -> Range:
    if name == "year":
        return date[0].year, date[1].year
    return (1, 12) if name == "month" else (1, 31)


def dates(node: ir.Node) -> DateRange | None:
    """Earliest and latest value of a date node; None when it may leave the years 1 .. 9999."""
    if isinstance(node, ir.Const):
        value = node.value if isinstance(node.value, dt.date) else None
        return (value, value) if value else (DATE_LO, DATE_HI)
    if isinstance(node, ir.Var):
        return DATE_LO, DATE_HI
    if isinstance(node, ir.AddMonths | ir.AddDays):
        start = dates(node.date)
        by = of(node.months if isinstance(node, ir.AddMonths) else node.days)
        return None if start is None else _moved(start, by, isinstance(node, ir.AddMonths))
    found = [dates(child) for child in children(node) if child.kind == "date"]
    known = [one for one in found if one is not None]
    if len(known) < len(found):
        return None
    return min(one[0] for one in known), max(one[1] for one in known)


def _moved(start: DateRange, by: Range, months: bool) -> DateRange | None:
    move = ops.add_months if months else ops.add_days
    try:
        return move(start[0], by[0]), move(start[1], by[1])
    except (ValueError, OverflowError):
        return None
