"""Which way a parameter works for the shop: read off the checked rule, not guessed from its name."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from zhida.rules import ir
from zhida.rules.program import Program

Direction = Literal["up", "down", "unclear"]
"""up: a larger value is better for the shop (or lets more shops in); down: a smaller one is."""
Where = Literal["output", "condition"]


def uses(program: Program, param: str) -> dict[Where, Direction]:
    """How a parameter's value acts on the results and on the conditions; missing where it does not act."""
    found: dict[Where, Direction] = {}
    for where, nodes in (
        ("output", [o.node for o in program.outputs]),
        ("condition", [c.node for c in program.conditions]),
    ):
        signs = {sign for node in nodes for sign in _signs(node, param, 1)}
        if signs:
            found[where] = "up" if signs == {1} else "down" if signs == {-1} else "unclear"  # type: ignore[index]
    return found


def _signs(node: ir.Node, param: str, sign: int) -> Iterator[int]:
    """+1 where a larger value pushes the root up (true counts as up), -1 down, 0 where it may be either."""
    match node:
        case ir.Const():
            if node.param == param:
                yield sign
        case ir.In():
            if node.name == param:
                yield sign
            yield from _signs(node.arg, param, 0)
        case ir.Cmp():
            left = 0 if node.op in ("==", "!=") else sign if node.op in (">", ">=") else -sign
            yield from _signs(node.left, param, left)
            yield from _signs(node.right, param, -left)
        case ir.Mul():
            yield from _signs(node.left, param, sign * _sign_of(node.right))
            yield from _signs(node.right, param, sign * _sign_of(node.left))
        case ir.If():
            yield from _signs(node.cond, param, 0)
            yield from _signs(node.then, param, sign)
            yield from _signs(node.other, param, sign)
        case _:
            for child, turn in _children(node):
                yield from _signs(child, param, sign * turn)


def _children(node: ir.Node) -> list[tuple[ir.Node, int]]:
    match node:
        case ir.Not():
            return [(node.arg, -1)]
        case ir.And() | ir.Or() | ir.Add() | ir.Min() | ir.Max():
            return [(arg, 1) for arg in node.args]
        case ir.Sub():
            return [(node.left, 1), (node.right, -1)]
        case ir.Rate():
            return [(node.x, 1), (node.num, 1)]
        case ir.DaysBetween() | ir.MonthsBetween():
            return [(node.start, -1), (node.end, 1)]
        case ir.AddMonths():
            return [(node.date, 1), (node.months, 1)]
        case ir.AddDays():
            return [(node.date, 1), (node.days, 1)]
        case ir.DatePart():
            return [(node.date, 1 if node.part == "year" else 0)]
        case ir.Tier():
            return [(node.arg, 0)]
        case _:
            return []


def _sign_of(node: ir.Node) -> int:
    """Sign of a factor by its proved bounds; 0 when it may be either."""
    if node.lo is not None and node.lo >= 0:
        return 1
    return -1 if node.hi is not None and node.hi <= 0 else 0
