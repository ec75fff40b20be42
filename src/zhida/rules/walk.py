"""Children of rule nodes, and rebuilding a node with other children."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from operator import attrgetter
from typing import Any

from zhida.rules import ir

# The names of the fields that hold child nodes, in evaluation order.
_FIELDS: dict[type[ir.Node], tuple[str, ...]] = {
    ir.Const: (),
    ir.Var: (),
    ir.Has: (),
    ir.Not: ("arg",),
    ir.Cmp: ("left", "right"),
    ir.In: ("arg",),
    ir.Sub: ("left", "right"),
    ir.Mul: ("left", "right"),
    ir.If: ("cond", "then", "other"),
    ir.Rate: ("x", "num"),
    ir.DaysBetween: ("start", "end"),
    ir.MonthsBetween: ("start", "end"),
    ir.AddMonths: ("date", "months"),
    ir.AddDays: ("date", "days"),
    ir.DatePart: ("date",),
    ir.Tier: ("arg",),
}


def _getter(names: tuple[str, ...]) -> Callable[[Any], tuple[ir.Node, ...]]:
    if not names:
        return lambda _node: ()
    if len(names) == 1:
        (name,) = names
        return lambda node: (getattr(node, name),)
    return attrgetter(*names)


_CHILDREN: dict[type[ir.Node], Callable[[Any], tuple[ir.Node, ...]]] = {
    **{cls: _getter(names) for cls, names in _FIELDS.items()},
    **dict.fromkeys((ir.And, ir.Or, ir.Add, ir.Min, ir.Max), attrgetter("args")),
}


def children(node: ir.Node) -> tuple[ir.Node, ...]:
    """The operands of a node, left to right; leaves have none."""
    return _CHILDREN[type(node)](node)


def with_children(node: ir.Node, new: tuple[ir.Node, ...]) -> ir.Node:
    """The same operation on other operands; ``new`` is as long as ``children(node)``."""
    if isinstance(node, ir.And | ir.Or | ir.Add | ir.Min | ir.Max):
        return replace(node, args=new)
    names = _FIELDS[type(node)]
    fields: dict[str, Any] = dict(zip(names, new, strict=True))
    return replace(node, **fields)


def walk(node: ir.Node) -> Iterator[ir.Node]:
    """Every node below and including ``node``, each distinct object once, operands first."""
    seen: set[int] = set()
    found: list[ir.Node] = []

    def visit(current: ir.Node) -> None:
        if id(current) not in seen:
            seen.add(id(current))
            for child in children(current):
                visit(child)
            found.append(current)

    visit(node)
    return iter(found)
