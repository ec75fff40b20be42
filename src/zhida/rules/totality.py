"""Last check before SQL: every operation is total in int64 and in the calendar.

The checker proves intervals for authors; this repeats the part engines rely on, so that a program
built another way is refused instead of failing (or wrapping) on row 7,312,004 of a batch.
"""

from __future__ import annotations

import datetime as dt
import itertools
from typing import Final

from zhida.rules import ir
from zhida.rules.errors import Problem, RuleError
from zhida.rules.facts import DATE_HI, DATE_LO
from zhida.rules.operations import rounding_term
from zhida.rules.walk import children, walk

INT64: Final = 2**63 - 1
MAX_MONTHS: Final = 12_000
MAX_DAYS: Final = 366_000
Range = tuple[int, int]


def require_total(node: ir.Node, path: str) -> None:
    """RuleError naming ``path`` unless every step of ``node`` has a result on every engine."""
    problems: list[Problem] = []
    years: dict[int, Range] = {}
    for one in walk(node):
        fault = _fault(one)
        if one.kind == "date":
            low, high = years[id(one)] = (2000, 2000) if fault else _years(one, years)
            if low < 1 or high > 9999:
                fault = ("日期可能超出公元 1 至 9999 年", "a date may leave the years 1 to 9999")
        if fault is not None:
            problems.append(_problem(one, fault, path))
    if problems:
        raise RuleError(problems)


def bounds(node: ir.Node) -> Range:
    """The proved interval of an int; an unproved one may be any int64, a blank one has no value."""
    if isinstance(node, ir.Const):
        return (node.value, node.value) if type(node.value) is int else (0, 0)
    lo = -INT64 - 1 if node.lo is None else node.lo
    hi = INT64 if node.hi is None else node.hi
    return lo, hi


def _fault(node: ir.Node) -> tuple[str, str] | None:
    overflow = ("整数运算可能溢出 64 位", "integer arithmetic may overflow 64 bits")
    if isinstance(node, ir.Const) and type(node.value) is int:
        return None if abs(node.value) <= INT64 else overflow
    if isinstance(node, ir.Add):
        return None if all(_fits(r) for r in _partial_sums(node)) else overflow
    if isinstance(node, ir.Sub):
        (a, b), (c, d) = bounds(node.left), bounds(node.right)
        return None if _fits((a - d, b - c)) else overflow
    if isinstance(node, ir.Mul):
        corners = [x * y for x in bounds(node.left) for y in bounds(node.right)]
        return None if _fits((min(corners), max(corners))) else overflow
    if isinstance(node, ir.Rate):
        return _rate_fault(node, overflow)
    if isinstance(node, ir.AddMonths | ir.AddDays):
        by, limit = (node.months, MAX_MONTHS) if isinstance(node, ir.AddMonths) else (node.days, MAX_DAYS)
        if max(map(abs, bounds(by))) > limit:
            return (
                f"日期移动量可能超过 {limit}，请先用 min/max 限定",
                f"a date may be moved by more than {limit}; bound the amount with min/max",
            )
    return _shape_fault(node)


def _rate_fault(node: ir.Rate, overflow: tuple[str, str]) -> tuple[str, str] | None:
    x, num = bounds(node.x), bounds(node.num)
    if x[0] < 0 or num[0] < 0 or node.den <= 0:
        return ("rate 的各项不得为负", "the operands of rate must not be negative")
    return None if x[1] * num[1] + rounding_term(node.den, node.mode) <= INT64 else overflow


def _shape_fault(node: ir.Node) -> tuple[str, str] | None:
    if isinstance(node, ir.Cmp) and node.op not in ("==", "!=") and node.left.kind in ("bool", "code"):
        return ("代码和是否值只能比较相等", "codes and truth values compare only by == and !=")
    if isinstance(node, ir.In) and not node.codes:
        return ("代码集合不能为空", "a set of codes must not be empty")
    if isinstance(node, ir.Tier) and (not node.brackets or node.brackets[-1][0] is not None):
        return ("分档表最后一档必须不封顶", "the last bracket of a tier table must have no upper bound")
    if isinstance(node, ir.And | ir.Or | ir.Add | ir.Min | ir.Max) and not node.args:
        return ("缺少运算项", "an operation has no operands")
    return None


def _partial_sums(node: ir.Add) -> list[Range]:
    lows = itertools.accumulate(bounds(a)[0] for a in node.args)
    highs = itertools.accumulate(bounds(a)[1] for a in node.args)
    return list(zip(lows, highs, strict=True))


def _fits(interval: Range) -> bool:
    return interval[0] >= -INT64 and interval[1] <= INT64


def _years(node: ir.Node, known: dict[int, Range]) -> Range:
    """Which years a date expression can fall in, rounded outwards."""
    if isinstance(node, ir.Const):
        value = node.value
        return (value.year, value.year) if isinstance(value, dt.date) else (2000, 2000)
    if isinstance(node, ir.Var):
        return (DATE_LO.year, DATE_HI.year)
    if isinstance(node, ir.AddMonths | ir.AddDays):
        by, per_year = (node.months, 12) if isinstance(node, ir.AddMonths) else (node.days, 365)
        low, high = bounds(by)
        start = known[id(node.date)]
        return (start[0] + low // per_year - 1, start[1] + high // per_year + 1)
    ranges = [known[id(c)] for c in children(node) if c.kind == "date"]
    return (min(r[0] for r in ranges), max(r[1] for r in ranges))


def _problem(node: ir.Node, fault: tuple[str, str], path: str) -> Problem:
    name = type(node).__name__
    return Problem(
        "cannot-lower",
        f"{path}：{fault[0]}（{name}），规则不能交给批量引擎执行",
        f"{path}: {fault[1]} ({name}), so the rule cannot run on the batch engines",
        path=path,
    )
