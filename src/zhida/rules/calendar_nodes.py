"""Date operations of the node factory: folding and proof that dates stay in the calendar."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from zhida.rules import intervals as iv
from zhida.rules import ir
from zhida.rules import operations as ops
from zhida.rules.nodes import Nodes, plain
from zhida.rules.totality import MAX_DAYS, MAX_MONTHS


def between(
    nodes: Nodes, cls: type[ir.DaysBetween] | type[ir.MonthsBetween], start: ir.Node, end: ir.Node, unit: str
) -> ir.Node:
    """Days or whole months from ``start`` to ``end``."""
    a, b = plain(start), plain(end)
    if nodes.fold and isinstance(a, dt.date) and isinstance(b, dt.date):
        value = (b - a).days if cls is ir.DaysBetween else ops.months_between(a, b)
        return nodes.const(value, "int", unit)
    first, last = iv.dates(start) or iv.ANY_DATE, iv.dates(end) or iv.ANY_DATE
    count = iv.days_between if cls is ir.DaysBetween else iv.months_between
    return nodes.intern(cls("int", unit, *count(first, last), start, end))


def shift(nodes: Nodes, cls: type[ir.AddMonths] | type[ir.AddDays], date: ir.Node, by: ir.Node) -> ir.Node:
    """A date moved by months (clamped to the month's end) or days."""
    a, b = plain(date), plain(by)
    limit = MAX_MONTHS if cls is ir.AddMonths else MAX_DAYS
    if max(map(abs, iv.of(by))) > limit:
        nodes.report(
            "date-shift",
            f"日期可能被移动超过 {limit}（{iv.of(by)[0]} 到 {iv.of(by)[1]}），请用 min/max 限定",
            f"the date may be moved by more than {limit} ({iv.of(by)[0]} to {iv.of(by)[1]}); use min/max",
        )
        return date
    moved = nodes.intern(cls("date", None, None, None, date, by))
    if iv.dates(moved) is None:
        nodes.report("date-range", "日期可能超出公元 1 至 9999 年", "the date may leave the years 1 to 9999")
        return date
    if nodes.fold and isinstance(a, dt.date) and isinstance(b, int):
        move = ops.add_months if cls is ir.AddMonths else ops.add_days
        return nodes.const(move(a, b), "date")
    return moved


def part(nodes: Nodes, name: Literal["year", "month", "day"], date: ir.Node, unit: str) -> ir.Node:
    """Year, month or day of a date."""
    value = plain(date)
    if nodes.fold and isinstance(value, dt.date):
        return nodes.const(getattr(value, name), "int", unit)
    bounds = iv.part(name, iv.dates(date) or iv.ANY_DATE)
    return nodes.intern(ir.DatePart("int", unit, *bounds, name, date))
