"""Resolved rules written out as NumPy expressions, for engines without unknowns (OpenFisca)."""

from __future__ import annotations

import datetime as dt

from zhida.rules import ir

_EPOCH = dt.date(1970, 1, 1)


def text(node: ir.Node) -> str:
    """A NumPy expression over ``v["fact"]`` arrays; dates are day numbers, missing values are zero."""
    match node:
        case ir.Const(value=bool() as value):
            return str(value)
        case ir.Const(value=None):
            return "0"
        case ir.Const(value=dt.date() as value):
            return str((value - _EPOCH).days)
        case ir.Const(value=value):
            return repr(value)
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
            return f"np.isin({text(arg)}, code_set({sorted(codes)!r}))"
        case ir.Add(args=args):
            return "(" + " + ".join(text(a) for a in args) + ")"
        case ir.Sub(left=left, right=right):
            return f"({text(left)} - {text(right)})"
        case ir.Mul(left=left, right=right):
            return f"({text(left)} * {text(right)})"
        case ir.If(cond=cond, then=then, other=other):
            return f"np.where({text(cond)}, {text(then)}, {text(other)})"
        case ir.Min(args=args):
            return _fold("np.minimum", args)
        case ir.Max(args=args):
            return _fold("np.maximum", args)
        case ir.Rate(x=x, num=num, den=den, mode=mode):
            product = f"{text(x)} * {text(num)}"
            add = {"down": "0", "up": f"{den - 1}", "half_up": ""}[mode]
            if mode == "half_up":
                return f"((2 * ({product}) + {den}) // {2 * den})"
            return f"((({product}) + {add}) // {den})"
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
        case ir.Tier(arg=arg, brackets=brackets):
            out = str(brackets[-1][2])
            for bound, inclusive, value in reversed(brackets[:-1]):
                out = f"np.where({text(arg)} {'<=' if inclusive else '<'} {bound}, {value}, {out})"
            return out
    raise NotImplementedError(type(node).__name__)


def _fold(function: str, args: tuple[ir.Node, ...]) -> str:
    out = text(args[0])
    for arg in args[1:]:
        out = f"{function}({out}, {text(arg)})"
    return out
