"""Every program that differs from a given one by a single slip of the author's hand.

A shipped measure's golden cases must tell the measure from each of its operator mutants; a case that
does not exist for some operator is a case nobody has thought about.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Final, Literal

from zhida.rules import ir
from zhida.rules.program import Program
from zhida.rules.walk import children, with_children

MutationKind = Literal["operator", "rounding", "constant", "set"]
Slip = tuple[MutationKind, str, ir.Node]

# Sets larger than this lose only their first and last member: code lists are proved elsewhere.
SET_MEMBERS: Final = 24
ROUNDINGS: Final[tuple[ir.RoundMode, ...]] = ("half_up", "down", "up")
_OTHER_OPS: Final[dict[ir.CmpOp, tuple[ir.CmpOp, ...]]] = {
    "<": ("<=", ">="),
    "<=": ("<", ">"),
    ">": (">=", "<="),
    ">=": (">", "<"),
    "==": ("!=",),
    "!=": ("==",),
}


@dataclass(frozen=True, slots=True)
class Mutant:
    """One slip: its kind, the condition or output it is in, what was changed, and the program."""

    kind: MutationKind
    where: str
    change: str
    program: Program


def mutants(program: Program) -> Iterator[Mutant]:
    """All single slips of ``program``, conditions first, in reading order."""
    for index, condition in enumerate(program.conditions):
        for kind, change, node in _slips(condition.node):
            changed = (*program.conditions[:index], replace(condition, node=node))
            conditions = (*changed, *program.conditions[index + 1 :])
            yield Mutant(kind, condition.id, change, replace(program, conditions=conditions))
    for index, output in enumerate(program.outputs):
        for kind, change, node in _slips(output.node):
            head = (*program.outputs[:index], replace(output, node=node))
            yield Mutant(
                kind,
                output.id,
                change,
                replace(program, outputs=(*head, *program.outputs[index + 1 :])),
            )


def _slips(node: ir.Node) -> Iterator[Slip]:
    """Slips at this node, then those below it, each wrapped back into this node."""
    yield from _here(node)
    operands = children(node)
    for index, child in enumerate(operands):
        for kind, change, changed in _slips(child):
            new = (*operands[:index], changed, *operands[index + 1 :])
            yield kind, change, with_children(node, new)


def _here(node: ir.Node) -> Iterator[Slip]:
    maker = _MAKERS.get(type(node))
    if maker is not None:
        yield from maker(node)


def _as(cls: type[Any], node: ir.Node, *args: Any) -> ir.Node:
    made: ir.Node = cls(node.kind, node.unit, node.lo, node.hi, *args)
    return made


def _cmp(node: ir.Cmp) -> Iterator[Slip]:
    others = _OTHER_OPS[node.op]
    for op in others:
        yield "operator", f"{node.op} to {op}", replace(node, op=op)


def _and(node: ir.And) -> Iterator[Slip]:
    yield "operator", "&& to ||", _as(ir.Or, node, node.args)
    yield from _dropped("&&", node)


def _or(node: ir.Or) -> Iterator[Slip]:
    yield "operator", "|| to &&", _as(ir.And, node, node.args)
    yield from _dropped("||", node)


def _dropped(sign: str, node: ir.And | ir.Or) -> Iterator[Slip]:
    if len(node.args) > 2:
        for index in range(len(node.args)):
            args = (*node.args[:index], *node.args[index + 1 :])
            yield "operator", f"{sign} without its operand {index + 1}", replace(node, args=args)


def _not(node: ir.Not) -> Iterator[Slip]:
    yield "operator", "! removed", node.arg


def _has(node: ir.Has) -> Iterator[Slip]:
    yield "operator", f"has({node.key}) negated", _as(ir.Not, node, node)


def _add(node: ir.Add) -> Iterator[Slip]:
    for index in range(1, len(node.args)):
        rest = (*node.args[:index], *node.args[index + 1 :])
        left = rest[0] if len(rest) == 1 else _as(ir.Add, node, rest)
        yield "operator", f"+ to - before operand {index + 1}", _as(ir.Sub, node, left, node.args[index])


def _sub(node: ir.Sub) -> Iterator[Slip]:
    yield "operator", "- to +", _as(ir.Add, node, (node.left, node.right))
    yield "operator", "- with its sides swapped", replace(node, left=node.right, right=node.left)


def _mul(node: ir.Mul) -> Iterator[Slip]:
    yield "operator", "* to +", _as(ir.Add, node, (node.left, node.right))


def _min(node: ir.Min) -> Iterator[Slip]:
    yield "operator", "min to max", _as(ir.Max, node, node.args)


def _max(node: ir.Max) -> Iterator[Slip]:
    yield "operator", "max to min", _as(ir.Min, node, node.args)


def _if(node: ir.If) -> Iterator[Slip]:
    yield "operator", "?: with its branches swapped", replace(node, then=node.other, other=node.then)


def _between(node: ir.DaysBetween | ir.MonthsBetween) -> Iterator[Slip]:
    name = "days_between" if isinstance(node, ir.DaysBetween) else "months_between"
    swapped = replace(node, start=node.end, end=node.start)
    yield "operator", f"{name} with its dates swapped", swapped


def _rate(node: ir.Rate) -> Iterator[Slip]:
    for mode in ROUNDINGS:
        if mode != node.mode:
            yield "rounding", f"rate {node.mode} to {mode}", replace(node, mode=mode)
    yield "constant", f"rate over {node.den} to {node.den + 1}", replace(node, den=node.den + 1)


def _in(node: ir.In) -> Iterator[Slip]:
    yield "operator", "in negated", _as(ir.Not, node, node)
    members = sorted(node.codes)
    if len(members) < 2:
        return
    for code in members if len(members) <= SET_MEMBERS else (members[0], members[-1]):
        yield "set", f"{code} removed from the set", replace(node, codes=node.codes - {code})


def _tier(node: ir.Tier) -> Iterator[Slip]:
    for index, (bound, inclusive, value) in enumerate(node.brackets):
        where = f"bracket {index + 1} of tier"
        yield "constant", f"{where}: value + 1", _bracket(node, index, bound, inclusive, value + 1)
        if bound is not None:
            yield "operator", f"{where}: bound flipped", _bracket(node, index, bound, not inclusive, value)
            yield "constant", f"{where}: bound + 1", _bracket(node, index, bound + 1, inclusive, value)


def _bracket(node: ir.Tier, index: int, bound: int | None, inclusive: bool, value: int) -> ir.Node:
    head, tail = node.brackets[:index], node.brackets[index + 1 :]
    return replace(node, brackets=(*head, (bound, inclusive, value), *tail))


def _const(node: ir.Const) -> Iterator[Slip]:
    value = node.value
    if isinstance(value, bool):
        yield "constant", f"{value} to {not value}", replace(node, value=not value)
    elif isinstance(value, int | dt.date):
        for step in (-1, 1):
            new = value + step if isinstance(value, int) else value + dt.timedelta(days=step)
            yield "constant", f"{value} to {new}", replace(node, value=new)


_MAKERS: dict[type[ir.Node], Callable[[Any], Iterator[Slip]]] = {
    ir.Cmp: _cmp,
    ir.And: _and,
    ir.Or: _or,
    ir.Not: _not,
    ir.Has: _has,
    ir.Add: _add,
    ir.Sub: _sub,
    ir.Mul: _mul,
    ir.Min: _min,
    ir.Max: _max,
    ir.If: _if,
    ir.DaysBetween: _between,
    ir.MonthsBetween: _between,
    ir.Rate: _rate,
    ir.In: _in,
    ir.Tier: _tier,
    ir.Const: _const,
}
