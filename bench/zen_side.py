"""The same conditions and amounts as zen-engine expressions, row by row.

Usage: zen_side.py PROGRAMS.pickle WIDE.parquet ROWS

zen has no unknowns, so missing values are left at zero; only rules it can express are run, and the
count of decisions made is reported.
"""

from __future__ import annotations

import datetime as dt
import json
import pickle
import sys
import time
from pathlib import Path

import pyarrow.parquet as pq
import zen

from zhida.rules import ir

_EPOCH = dt.date(1970, 1, 1)


def text(node: ir.Node) -> str:
    """A zen expression; raises NotImplementedError for what zen cannot say exactly (calendar months)."""
    match node:
        case ir.Const(value=bool() as value):
            return "true" if value else "false"
        case ir.Const(value=dt.date() as value):
            return str((value - _EPOCH).days)
        case ir.Const(value=value):
            return "0" if value is None else json.dumps(value)
        case ir.Var(key=key):
            return name(key)
        case ir.Has(key=key):
            return f"not {name(key + '#na')}"
        case ir.Not(arg=arg):
            return f"not ({text(arg)})"
        case ir.And(args=args):
            return "(" + " and ".join(text(a) for a in args) + ")"
        case ir.Or(args=args):
            return "(" + " or ".join(text(a) for a in args) + ")"
        case ir.Cmp(op=op, left=left, right=right):
            return f"({text(left)} {op} {text(right)})"
        case ir.In(arg=arg, codes=codes):
            return f"({text(arg)} in {json.dumps(sorted(codes))})"
        case ir.Add(args=args):
            return "(" + " + ".join(text(a) for a in args) + ")"
        case ir.Sub(left=left, right=right) | ir.DaysBetween(start=right, end=left):
            return f"({text(left)} - {text(right)})"
        case ir.Mul(left=left, right=right):
            return f"({text(left)} * {text(right)})"
        case ir.AddDays(date=date, days=days):
            return f"({text(date)} + {text(days)})"
        case ir.If(cond=cond, then=then, other=other):
            return f"({text(cond)} ? {text(then)} : {text(other)})"
        case ir.Min(args=args):
            return "min([" + ", ".join(text(a) for a in args) + "])"
        case ir.Max(args=args):
            return "max([" + ", ".join(text(a) for a in args) + "])"
        case ir.Rate(x=x, num=num, den=den, mode="down"):
            return f"floor({text(x)} * {text(num)} / {den})"
        case ir.Rate(x=x, num=num, den=den, mode="half_up"):
            return f"floor({text(x)} * {text(num)} / {den} + 0.5)"
    raise NotImplementedError(type(node).__name__)


def name(key: str) -> str:
    return "f_" + "".join(ch if ch.isalnum() else "_" for ch in key)


def main(programs_path: str, wide: str, rows: str) -> None:
    programs = pickle.loads(Path(programs_path).read_bytes())
    table = pq.ParquetFile(wide).read_row_group(0).slice(0, int(rows))
    runs = []
    for program in programs:
        try:
            sources = [text(c.node) for c in program.conditions] + [text(o.node) for o in program.outputs]
        except NotImplementedError:
            continue
        runs.append([zen.compile_expression(s) for s in sources])
    columns = {}
    for key in table.column_names:
        values = table[key].to_pylist()
        sample = next((v for v in values if v is not None), 0)
        blank = {"str": "", "bool": False}.get(type(sample).__name__, 0)
        if isinstance(sample, dt.date):
            values = [None if v is None else (v - _EPOCH).days for v in values]
        columns[name(key)] = [blank if v is None else v for v in values]
    names = list(columns)
    contexts = [dict(zip(names, row, strict=True)) for row in zip(*columns.values(), strict=True)]
    started = time.perf_counter()
    for context in contexts:
        for expressions in runs:
            for expression in expressions:
                expression.evaluate(context)
    spent = time.perf_counter() - started
    print(json.dumps({"seconds": spent, "decisions": len(contexts) * len(runs), "measures": len(runs)}))


if __name__ == "__main__":
    main(*sys.argv[1:])
