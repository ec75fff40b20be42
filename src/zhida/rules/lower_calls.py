"""Lowering of the functions: month windows spelled out, ratios to integers, tables to brackets."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, cast

from zhida.rules import calendar_nodes as cal
from zhida.rules import ir
from zhida.rules import syntax as s
from zhida.rules.constants import constant
from zhida.rules.exact import fen_of
from zhida.rules.literals import read_date, read_month
from zhida.rules.lower import Lowering
from zhida.rules.months import MAX_WINDOW
from zhida.rules.units import MONEY, PURE
from zhida.rules.vocabulary import month_key

Lower = Callable[[Lowering, s.Call], ir.Node]


def lower_call(low: Lowering, call: s.Call) -> ir.Node:
    return LOWER[call.name](low, call)


def _args(low: Lowering, call: s.Call) -> list[ir.Node]:
    return [low.lower(arg) for arg in call.args]


def _param_of(expr: s.Expr) -> str:
    return cast(s.Name, expr).name.removeprefix("param.")


def _has(low: Lowering, call: s.Call) -> ir.Node:
    return low.nodes.has(cast(s.Name, call.args[0]).name)


def _yuan(low: Lowering, call: s.Call) -> ir.Node:
    return low.nodes.const(fen_of(cast(s.IntLit | s.StrLit, call.args[0]).value), "int", str(MONEY))


def _date(low: Lowering, call: s.Call) -> ir.Node:
    return low.nodes.const(read_date(cast(s.StrLit, call.args[0]).value), "date")


def _mode(args: tuple[s.Expr, ...]) -> ir.RoundMode:
    return cast(ir.RoundMode, cast(s.StrLit, args[0]).value) if args else "half_up"


def _ratio(low: Lowering, expr: s.Expr) -> tuple[ir.Node, int]:
    """A ratio parameter as (numerator node, denominator); a blank one is (blank, 1)."""
    name = _param_of(expr)
    value = low.params[name]
    num, den = (None, 1) if value is None else value
    return low.nodes.const(num, "int", str(PURE), name), den


def _rate(low: Lowering, call: s.Call) -> ir.Node:
    x, unit = low.lower(call.args[0]), low.unit(call)
    if low.types[id(call.args[1])].kind == "ratio":
        share, of = _ratio(low, call.args[1])
        return low.nodes.rate(x, share, of, _mode(call.args[2:]), unit)
    num, below = low.lower(call.args[1]), low.lower(call.args[2])
    den = _denominator(low, call.args[2], below)
    if den is None:
        blank = low.nodes.const(None, "int", num.unit, below.param if isinstance(below, ir.Const) else "")
        return low.nodes.rate(x, blank, 1, _mode(call.args[3:]), unit)
    return low.nodes.rate(x, num, den, _mode(call.args[3:]), unit)


def _denominator(low: Lowering, expr: s.Expr, node: ir.Node) -> int | None:
    """A positive constant; None when it is a blank parameter or after a problem."""
    value = constant(node)
    if isinstance(value, int) and value > 0:
        return value
    if not (isinstance(node, ir.Const) and node.value is None):
        before, low.nodes.span = low.nodes.span, expr.span
        low.nodes.report(
            "denominator",
            "分母必须是大于 0 的固定数或参数",
            "the denominator must be a fixed number or parameter above 0",
        )
        low.nodes.span = before
    return None


def _bounded(low: Lowering, call: s.Call) -> ir.Node:
    """``part <= whole * num / den`` as ``part * den <= whole * num``: exact, no rounding."""
    nodes = low.nodes
    part, whole = low.lower(call.args[0]), low.lower(call.args[1])
    below: ir.Node
    if len(call.args) == 3:
        num, den = _ratio(low, call.args[2])
        below = nodes.const(den, "int", str(PURE), _param_of(call.args[2]))
    else:
        num, below = low.lower(call.args[2]), low.lower(call.args[3])
        _denominator(low, call.args[3], below)
    op: ir.CmpOp = "<=" if call.name == "at_most" else ">="
    unit = part.unit or str(PURE)
    return nodes.cmp(op, nodes.mul(part, below, unit), nodes.mul(whole, num, unit))


def _extreme(low: Lowering, call: s.Call) -> ir.Node:
    cls = ir.Min if call.name == "min" else ir.Max
    return low.nodes.extreme(cls, _args(low, call), low.unit(call))


def _between(low: Lowering, call: s.Call) -> ir.Node:
    start, end = _args(low, call)
    cls = ir.DaysBetween if call.name == "days_between" else ir.MonthsBetween
    return cal.between(low.nodes, cls, start, end, low.unit(call))


def _shift(low: Lowering, call: s.Call) -> ir.Node:
    date, by = _args(low, call)
    return cal.shift(low.nodes, ir.AddMonths if call.name == "add_months" else ir.AddDays, date, by)


def _part(low: Lowering, call: s.Call) -> ir.Node:
    (date,) = _args(low, call)
    return cal.part(low.nodes, cast(Any, call.name), date, low.unit(call))


def window(low: Lowering, call: s.Call) -> list[tuple[int, int]] | str:
    """The months (year, month) a call covers, or the name of the blank parameter that hides them."""
    ends = []
    for expr in call.args[1:3]:
        if isinstance(expr, s.IntLit):
            ends.append(low.at.year * 12 + low.at.month - 1 + expr.value)
            continue
        text = expr.value if isinstance(expr, s.StrLit) else low.params[_param_of(expr)]
        month = read_month(text) if text else None
        if month is None:
            return _param_of(expr)
        ends.append(month[0] * 12 + month[1] - 1)
    first, last = ends
    if not 0 <= last - first < MAX_WINDOW:
        low.nodes.report(
            "window",
            f"月份区间应从早到晚，且不超过 {MAX_WINDOW} 个月",
            f"the months must run forward and span at most {MAX_WINDOW}",
        )
        return [(first // 12, first % 12 + 1)]
    return [(m // 12, m % 12 + 1) for m in range(first, last + 1)]


def _months(low: Lowering, call: s.Call) -> list[ir.Node] | str:
    fact = low.vocabulary.facts[cast(s.Name, call.args[0]).name]
    months = window(low, call)
    if isinstance(months, str):
        return months if low.nodes.fold else [low.fact_var(fact, fact.key)]
    return [low.fact_var(fact, month_key(fact.key, y, m)) for y, m in months]


def _sum_months(low: Lowering, call: s.Call) -> ir.Node:
    months = _months(low, call)
    if isinstance(months, str):
        return low.nodes.const(None, "int", low.unit(call), months)
    return low.nodes.sum_(months, [], low.unit(call))


def _count_months(low: Lowering, call: s.Call) -> ir.Node:
    months, nodes, unit = _months(low, call), low.nodes, low.unit(call)
    if isinstance(months, str):
        return nodes.const(None, "int", unit, months)
    op, value = cast(ir.CmpOp, cast(s.StrLit, call.args[3]).value), low.lower(call.args[4])
    one, none = nodes.const(1, "int", unit), nodes.const(0, "int", unit)
    return nodes.sum_([nodes.choose(nodes.cmp(op, m, value), one, none) for m in months], [], unit)


def _tier(low: Lowering, call: s.Call) -> ir.Node:
    arg, name = low.lower(call.args[0]), _param_of(call.args[1])
    table = low.params[name]
    if table is None and not low.nodes.fold:
        return low.nodes.intern(ir.Tier("int", low.unit(call), 0, 0, arg, ()))
    if table is None:
        return low.nodes.const(None, "int", low.unit(call), name)
    return low.nodes.tier(arg, table, low.unit(call))


LOWER: Final[dict[str, Lower]] = {
    "has": _has,
    "yuan": _yuan,
    "date": _date,
    "rate": _rate,
    "at_most": _bounded,
    "at_least": _bounded,
    "min": _extreme,
    "max": _extreme,
    "days_between": _between,
    "months_between": _between,
    "add_months": _shift,
    "add_days": _shift,
    "year": _part,
    "month": _part,
    "day": _part,
    "sum_months": _sum_months,
    "count_months": _count_months,
    "tier": _tier,
}
