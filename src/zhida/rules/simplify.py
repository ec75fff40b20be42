"""Cheaper forms of a rule with the same value for every row, unknown included.

Used before SQL is written; traces and read-back keep what the author wrote. What is rewritten:
constants computed (blank parameters are left alone); a number applied to a choice between two
constants becomes a choice between the results; ``a < b || a == b`` is ``a <= b``; ``has(x) && p(x)`` is
``has(x) ? p(x) : false``, which needs one test of the row, and zero stands in for an absent x where that
gives the same; a moved date compared with a fixed one becomes a comparison of the date itself, which
costs a tenth on DuckDB.
"""

from __future__ import annotations

import datetime as dt
from typing import Final

from zhida.rules import ir
from zhida.rules import operations as ops
from zhida.rules.evaluate import trace
from zhida.rules.vocabulary import NOT_APPLICABLE
from zhida.rules.walk import children, walk, with_children

_NUMERIC = (ir.Add, ir.Sub, ir.Mul, ir.Rate, ir.Min, ir.Max)
_MIRRORED: Final[dict[ir.CmpOp, ir.CmpOp]] = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "==", "!=": "!="}
Memo = dict[int, tuple[ir.Node, ir.Node]]


def simplify(node: ir.Node, memo: Memo | None = None) -> ir.Node:
    """The cheaper form of ``node``. Share one ``memo`` over rules that share subtrees."""
    memo = {} if memo is None else memo
    known = memo.get(id(node))
    if known is not None:
        return known[1]
    kids = children(node)
    new = tuple(simplify(child, memo) for child in kids)
    changed = any(a is not b for a, b in zip(new, kids, strict=True))
    found = _rewritten(with_children(node, new) if changed else node)
    memo[id(node)] = (node, found)  # the node too, so that its id is not reused
    return found


def _rewritten(node: ir.Node) -> ir.Node:
    kids = children(node)
    if kids and all(_value(child) is not None for child in kids):
        return _computed(node)
    if isinstance(node, _NUMERIC):
        return _into_choice(node)
    if isinstance(node, ir.And):
        return _guarded(node, if_absent=False)
    if isinstance(node, ir.Or):
        node = _or_equal(node)
        return _guarded(node, if_absent=True) if isinstance(node, ir.Or) else node
    if isinstance(node, ir.Cmp):
        return _of_moved_date(node)
    if isinstance(node, ir.If):
        return _of_absent_as_zero(node)
    return node


def _value(node: ir.Node) -> bool | int | str | dt.date | None:
    """The value of a constant; None for a blank one and for everything else."""
    return node.value if isinstance(node, ir.Const) else None


def _computed(node: ir.Node) -> ir.Node:
    value = trace(node, {}).value
    if value is None or value is NOT_APPLICABLE:
        return node
    number = value if type(value) is int else None
    return ir.Const(node.kind, node.unit, number, number, value)


def _into_choice(node: ir.Node) -> ir.Node:
    """``k * (c ? 3 : 1)`` as ``c ? 3k : k``: a number is saved, and the choice reads only constants."""
    kids = children(node)
    at = next((i for i, child in enumerate(kids) if _chooses_constants(child)), None)
    if at is None or any(_value(child) is None for i, child in enumerate(kids) if i != at):
        return node
    choice = kids[at]
    assert isinstance(choice, ir.If)
    arms = [_computed(with_children(node, (*kids[:at], arm, *kids[at + 1 :]))) for arm in (choice.then, choice.other)]
    return ir.If(node.kind, node.unit, node.lo, node.hi, choice.cond, *arms)


def _chooses_constants(node: ir.Node) -> bool:
    return isinstance(node, ir.If) and _value(node.then) is not None and _value(node.other) is not None


def _or_equal(node: ir.Or) -> ir.Node:
    """Pairs ``a < b``, ``a == b`` (and ``>``) merged; both are unknown for the same rows."""
    args = list(node.args)
    for equal in [a for a in args if isinstance(a, ir.Cmp) and a.op == "=="]:
        for i, other in enumerate(args):
            if isinstance(other, ir.Cmp) and other.op in ("<", ">") and _same_sides(other, equal):
                wider: ir.CmpOp = "<=" if other.op == "<" else ">="
                args[i] = ir.Cmp("bool", None, None, None, wider, other.left, other.right)
                args.remove(equal)
                break
    if len(args) == len(node.args):
        return node
    return args[0] if len(args) == 1 else ir.Or("bool", None, None, None, tuple(args))


def _same_sides(a: ir.Cmp, b: ir.Cmp) -> bool:
    return (a.left, a.right) in ((b.left, b.right), (b.right, b.left))


def _guarded(node: ir.And | ir.Or, *, if_absent: bool) -> ir.Node:
    """``has(x) && p`` and ``!has(x) || p`` as a choice, for every p that is unknown whenever x is."""
    args = list(node.args)
    for guard in node.args:
        has = guard.arg if if_absent and isinstance(guard, ir.Not) else guard
        if not isinstance(has, ir.Has) or if_absent == (has is guard):
            continue
        held = [a for a in args if a is not guard and needs(a, has.key)]
        if held:
            then = held[0] if len(held) == 1 else type(node)("bool", None, None, None, tuple(held))
            absent = ir.Const("bool", None, None, None, if_absent)
            choice = ir.If("bool", None, None, None, has, then, absent)
            args = [choice if a is guard else a for a in args if a not in held]
    if len(args) == len(node.args):
        return node
    return args[0] if len(args) == 1 else type(node)("bool", None, None, None, tuple(args))


def needs(node: ir.Node, key: str) -> bool:
    """Whether the node is unknown whenever the fact is (sufficient, not necessary)."""
    kids = children(node)
    if isinstance(node, ir.Var):
        return node.key == key
    if isinstance(node, ir.And | ir.Or):
        return all(needs(child, key) for child in kids)
    if isinstance(node, ir.If):
        cond, *arms = (needs(child, key) for child in kids)
        return cond or all(arms)
    return any(needs(child, key) for child in kids)


def _of_absent_as_zero(node: ir.If) -> ir.Node:
    """``has(x) ? f(x) : f(0)`` as ``f(has(x) ? x : 0)``: several such f then share one choice."""
    if not isinstance(node.cond, ir.Has) or isinstance(node.then, ir.Var) or _value(node.other) is None:
        return node
    read = [one for one in walk(node.then) if isinstance(one, ir.Var | ir.Has)]
    if len(read) != 1 or not isinstance(read[0], ir.Var) or read[0].kind != "int":
        return node
    (fact,) = read
    if fact.key != node.cond.key or not needs(node.then, fact.key) or fact.lo is None or fact.hi is None:
        return node
    zero = ir.Const("int", fact.unit, 0, 0, 0)
    if not fact.lo <= 0 <= fact.hi or trace(node.then, {fact.key: 0}).value != _value(node.other):
        return node
    return _replaced(node.then, fact, ir.If("int", fact.unit, fact.lo, fact.hi, node.cond, fact, zero))


def _replaced(node: ir.Node, old: ir.Node, new: ir.Node) -> ir.Node:
    if node is old:
        return new
    kids = children(node)
    return with_children(node, tuple(_replaced(child, old, new) for child in kids)) if kids else node


def _of_moved_date(node: ir.Cmp) -> ir.Node:
    left, right, op = node.left, node.right, node.op
    if isinstance(_value(left), dt.date):
        left, right, op = right, left, _MIRRORED[op]
    limit = _value(right)
    if not isinstance(limit, dt.date) or not isinstance(left, ir.AddMonths | ir.AddDays) or op in ("==", "!="):
        return node
    by = _value(left.months if isinstance(left, ir.AddMonths) else left.days)
    if not isinstance(by, int):
        return node
    last = _last_before(isinstance(left, ir.AddMonths), by, limit, inclusive=op in ("<=", ">"))
    if last is None:
        return node
    earlier: ir.CmpOp = "<=" if op in ("<", "<=") else ">"
    bound = ir.Const("date", None, None, None, last)
    return _of_moved_date(ir.Cmp("bool", None, None, None, earlier, left.date, bound))


def _last_before(months: bool, by: int, limit: dt.date, *, inclusive: bool) -> dt.date | None:
    """The last date that moved by ``by`` still comes before ``limit`` (or on it).

    Moving never changes the order of dates, so everything up to it does and nothing after it does.
    None when that date is outside the calendar.
    """
    try:
        end = limit if inclusive else limit - dt.timedelta(days=1)
        if not months:
            return end - dt.timedelta(days=by)
        last = ops.add_months(end, -by) + dt.timedelta(days=4)  # month ends are clamped by three days at most
        while ops.add_months(last, by) > end:
            last -= dt.timedelta(days=1)
        return last
    except (OverflowError, ValueError):
        return None
