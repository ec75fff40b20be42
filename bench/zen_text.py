"""Resolved rules written out as zen-engine expressions. Facts are ``f_key``; dates are day numbers."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from typing import Any

from zhida.rules import ir
from zhida.rules.operations import rounding_term
from zhida.rules.program import Program

_EPOCH = dt.date(1970, 1, 1)
_DAY = 86_400_000  # zen counts milliseconds


def spec(programs: Sequence[Program]) -> list[dict[str, Any]]:
    """Per program: its conditions as expressions, and its outputs."""
    return [
        {
            "conditions": [text(c.node) for c in p.conditions],
            "outputs": {o.id: text(o.node) for o in p.outputs},
        }
        for p in programs
    ]


def name(key: str) -> str:
    return "f_" + "".join(ch if ch.isalnum() else "_" for ch in key)


def text(node: ir.Node) -> str:
    match node:
        case ir.Const(value=dt.date() as value):
            return str((value - _EPOCH).days)
        case ir.Const(value=value):
            return "0" if value is None else json.dumps(value)
        case ir.Var(key=key):
            return name(key)
        case ir.Has(key=key):
            return f"(not {name(key + '#na')})"
        case ir.Not(arg=arg):
            return f"(not ({text(arg)}))"
        case ir.And(args=args):
            return "(" + " and ".join(text(a) for a in args) + ")"
        case ir.Or(args=args):
            return "(" + " or ".join(text(a) for a in args) + ")"
        case ir.Cmp(op=op, left=left, right=right):
            return f"({text(left)} {op} {text(right)})"
        case ir.In(arg=arg, codes=codes):
            return f"({text(arg)} in {json.dumps(sorted(codes))})"
        case ir.If(cond=cond, then=then, other=other):
            return f"({text(cond)} ? {text(then)} : {text(other)})"
    return _number(node)


def _number(node: ir.Node) -> str:
    match node:
        case ir.Add(args=args):
            return "(" + " + ".join(text(a) for a in args) + ")"
        case ir.Sub(left=left, right=right) | ir.DaysBetween(start=right, end=left):
            return f"({text(left)} - {text(right)})"
        case ir.Mul(left=left, right=right):
            return f"({text(left)} * {text(right)})"
        case ir.Min(args=args):
            return "min([" + ", ".join(text(a) for a in args) + "])"
        case ir.Max(args=args):
            return "max([" + ", ".join(text(a) for a in args) + "])"
        case ir.Rate(x=x, num=num, den=den, mode=mode):
            return f"floor(({text(x)} * {text(num)} + {rounding_term(den, mode)}) / {den})"
        case ir.Tier(arg=arg, brackets=brackets):
            out = str(brackets[-1][2])
            for bound, inclusive, value in reversed(brackets[:-1]):
                out = f"({text(arg)} {'<=' if inclusive else '<'} {bound} ? {value} : {out})"
            return out
        case ir.MonthsBetween(start=start, end=end):
            a, b = _date(start), _date(end)
            return f"(({b}.year() - {a}.year()) * 12 + {b}.month() - {a}.month() - ({b}.day() < {a}.day() ? 1 : 0))"
        case ir.AddMonths(date=date, months=months):
            return f"({_date(date)}.add({text(months)}, 'M').timestamp() / {_DAY})"
        case ir.AddDays(date=date, days=days):
            return f"({text(date)} + {text(days)})"
        case ir.DatePart(part=part, date=date):
            return f"{_date(date)}.{part}()"
    raise NotImplementedError(type(node).__name__)


def _date(node: ir.Node) -> str:
    return f"d({text(node)} * {_DAY})"
