"""Resolved rules written out as NumPy expressions, for an engine without unknowns (OpenFisca).

Facts are ``v["key"]`` arrays; dates are day numbers, codes small integers, missing values zero.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from zhida.rules import ir
from zhida.rules.operations import rounding_term
from zhida.rules.program import Program

_EPOCH = dt.date(1970, 1, 1)


def spec(programs: Sequence[Program]) -> dict[str, Any]:
    """What the OpenFisca process is told: distinct conditions once, and per program its bits and outputs."""
    numbers: dict[str, int] = {}
    listed = []
    for program in programs:
        conditions = [numbers.setdefault(text(c.node), len(numbers)) for c in program.conditions]
        listed.append({"conditions": conditions, "outputs": {o.id: text(o.node) for o in program.outputs}})
    return {"conditions": list(numbers), "programs": listed}


def text(node: ir.Node) -> str:
    match node:
        case ir.Const(value=value):
            return _const(value)
        case ir.Var(key=key):
            return f"v[{key!r}]"
        case ir.Has(key=key):
            return f"(~v[{key + '#na'!r}])"
        case ir.Not(arg=arg):
            return f"(~{text(arg)})"
        case ir.And(args=args):
            return "(" + " & ".join(text(a) for a in args) + ")"
        case ir.Or(args=args):
            return "(" + " | ".join(text(a) for a in args) + ")"
        case ir.Cmp(op=op, left=left, right=right):
            return f"({text(left)} {op} {text(right)})"
        case ir.In(arg=arg, codes=codes):
            return f"np.isin({text(arg)}, codes({sorted(codes)!r}))"
        case ir.If(cond=cond, then=then, other=other):
            return f"np.where({text(cond)}, {text(then)}, {text(other)})"
    return _number(node)


def _const(value: bool | int | str | dt.date | None) -> str:
    if isinstance(value, dt.date):
        return str((value - _EPOCH).days)
    if isinstance(value, str):
        return f"codes([{value!r}])[0]"
    return "0" if value is None else repr(value)


def _number(node: ir.Node) -> str:
    match node:
        case ir.Add(args=args):
            return "(" + " + ".join(text(a) for a in args) + ")"
        case ir.Sub(left=left, right=right):
            return f"({text(left)} - {text(right)})"
        case ir.Mul(left=left, right=right):
            return f"({text(left)} * {text(right)})"
        case ir.Min(args=args):
            return _fold("np.minimum", args)
        case ir.Max(args=args):
            return _fold("np.maximum", args)
        case ir.Rate(x=x, num=num, den=den, mode=mode):
            return f"(({text(x)} * {text(num)} + {rounding_term(den, mode)}) // {den})"
        case ir.Tier(arg=arg, brackets=brackets):
            out = str(brackets[-1][2])
            for bound, inclusive, value in reversed(brackets[:-1]):
                out = f"np.where({text(arg)} {'<=' if inclusive else '<'} {bound}, {value}, {out})"
            return out
        case ir.DaysBetween(start=start, end=end):
            return f"({text(end)} - {text(start)})"
        case ir.MonthsBetween(start=start, end=end):
            return f"months_between({text(start)}, {text(end)})"
        case ir.AddMonths(date=date, months=months):
            return f"add_months({text(date)}, {text(months)})"
        case ir.AddDays(date=date, days=days):
            return f"({text(date)} + {text(days)})"
        case ir.DatePart(part=part, date=date):
            return f"date_part({part!r}, {text(date)})"
    raise NotImplementedError(type(node).__name__)


def _fold(function: str, args: tuple[ir.Node, ...]) -> str:
    out = text(args[0])
    for arg in args[1:]:
        out = f"{function}({out}, {text(arg)})"
    return out
