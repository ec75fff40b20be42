"""One operation of the IR as a SQL expression over its operands (strict three-valued forms).

Never a bare LEAST/GREATEST (they skip NULL) and never CASE .. ELSE over an unknown test.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from sqlglot import exp

from zhida.rules import ir
from zhida.rules.operations import rounding_term
from zhida.rules.sql_dialect import (
    Dialect,
    Sql,
    balanced,
    binary,
    call,
    chain,
    group,
    integer,
    literal,
    not_null,
    when,
)

_FEW = 3
# Lowerings that write their operands more than once: such operands get a column of their own.
_REPEATING = (ir.Min, ir.Max, ir.Tier, ir.MonthsBetween)


def repeats(node: ir.Node) -> bool:
    """Whether the lowering of ``node`` writes its operands more than once."""
    return isinstance(node, _REPEATING)


def lower(node: ir.Node, args: Sequence[Sql], dialect: Dialect) -> Sql:
    """The expression of ``node``; ``args`` are its operands' expressions, each used as often as needed."""
    return _LOWER[type(node)](node, [_Operand(a) for a in args], dialect)


class _Operand:
    """Hands out a fresh copy per use: sqlglot trees must not share nodes."""

    def __init__(self, tree: Sql) -> None:
        self._tree = tree

    def __call__(self) -> Sql:
        return self._tree.copy()


Operands = list[_Operand]

_COMPARE: dict[str, type[exp.Binary]] = {
    "==": exp.EQ,
    "!=": exp.NEQ,
    "<": exp.LT,
    "<=": exp.LTE,
    ">": exp.GT,
    ">=": exp.GTE,
}


def _const(node: ir.Const, _: Operands, __: Dialect) -> Sql:
    return literal(node.value, node.kind)


def _joined(operator: type[exp.Binary]) -> Callable[[ir.Node, Operands, Dialect], Sql]:
    return lambda _node, args, _dialect: chain(operator, [a() for a in args])


def _pair(operator: type[exp.Binary]) -> Callable[[ir.Node, Operands, Dialect], Sql]:
    return lambda _node, args, _dialect: binary(operator, args[0](), args[1]())


def _not(_: ir.Node, args: Operands, __: Dialect) -> Sql:
    return exp.Not(this=group(args[0]()))


def _cmp(node: ir.Cmp, args: Operands, _: Dialect) -> Sql:
    return binary(_COMPARE[node.op], args[0](), args[1]())


def _in(node: ir.In, args: Operands, _: Dialect) -> Sql:
    members = [exp.Literal.string(code) for code in sorted(node.codes)]
    if len(members) <= _FEW and isinstance(args[0](), exp.Column):
        return chain(exp.Or, [binary(exp.EQ, args[0](), m) for m in members])  # a third cheaper than IN
    return exp.In(this=group(args[0]()), expressions=members)


def _if(_: ir.Node, args: Operands, __: Dialect) -> Sql:
    cond, then, other = args
    return choose(cond(), then(), other())


def choose(cond: Sql, then: Sql, other: Sql) -> Sql:
    """``CASE cond WHEN TRUE .. WHEN FALSE ..``: unknown when the condition is; half the cost of two tests."""
    return exp.Case(
        this=group(cond),
        ifs=[exp.If(this=exp.true(), true=then), exp.If(this=exp.false(), true=other)],
    )


def _extreme(function: str) -> Callable[[ir.Node, Operands, Dialect], Sql]:
    """The smaller or larger of known operands: comparisons for two, a guarded LEAST or GREATEST for more."""
    first, second = (exp.LTE, exp.GT) if function == "LEAST" else (exp.GTE, exp.LT)

    def run(_: ir.Node, args: Operands, __: Dialect) -> Sql:
        if len(args) == 1:
            return args[0]()
        if len(args) == 2:
            a, b = args
            return when((binary(first, a(), b()), a()), (binary(second, a(), b()), b()))
        known = balanced(exp.And, [not_null(a()) for a in args])
        return when((known, call(function, *(a() for a in args))))

    return run


def _rate(node: ir.Rate, args: Operands, dialect: Dialect) -> Sql:
    by_one = isinstance(node.num, ir.Const) and node.num.value == 1
    product = args[0]() if by_one else binary(exp.Mul, args[0](), args[1]())
    term = rounding_term(node.den, node.mode)
    shifted = binary(exp.Add, product, integer(term)) if term else product
    return shifted if node.den == 1 else dialect.divide(shifted, node.den)


def _months_between(_: ir.Node, args: Operands, dialect: Dialect) -> Sql:
    start, end = args
    part = dialect.date_part
    early = binary(exp.LT, part("day", end()), part("day", start()))
    short = choose(early, integer(1), integer(0))
    return binary(exp.Sub, dialect.calendar_months(start(), end()), short)


def _tier(node: ir.Tier, args: Operands, _: Dialect) -> Sql:
    arms: list[tuple[Sql, Sql]] = []
    for bound, inclusive, value in node.brackets:
        if bound is None:
            arms.append((not_null(args[0]()), integer(value)))
            break
        operator = exp.LTE if inclusive else exp.LT
        arms.append((binary(operator, args[0](), integer(bound)), integer(value)))
    return when(*arms)


_LOWER: dict[type[ir.Node], Callable[[Any, Operands, Dialect], Sql]] = {
    ir.Const: _const,
    ir.And: _joined(exp.And),
    ir.Or: _joined(exp.Or),
    ir.Not: _not,
    ir.Cmp: _cmp,
    ir.In: _in,
    ir.Add: _joined(exp.Add),
    ir.Sub: _pair(exp.Sub),
    ir.Mul: _pair(exp.Mul),
    ir.If: _if,
    ir.Min: _extreme("LEAST"),
    ir.Max: _extreme("GREATEST"),
    ir.Rate: _rate,
    ir.DaysBetween: lambda _n, args, d: d.days_between(args[0](), args[1]()),
    ir.MonthsBetween: _months_between,
    ir.AddMonths: lambda _n, args, d: d.add_months(args[0](), args[1]()),
    ir.AddDays: lambda _n, args, d: d.add_days(args[0](), args[1]()),
    ir.DatePart: lambda n, args, d: d.date_part(n.part, args[0]()),
    ir.Tier: _tier,
}
