"""Cases on the edges a rule draws, made from the rule itself.

For every comparison and bracket: the facts that put it just below, exactly on and just above the
point where it turns, found for each fact it reads while the others stay as given; for every set of
codes a member and a stranger; for every fact its absence, and for an optional one that it does not
apply. The cases say where the edges are; what is right there is for a person (or a golden case).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from zhida.rules import ir
from zhida.rules.evaluate import trace
from zhida.rules.facts import DATE_HI, DATE_LO, Facts
from zhida.rules.program import Program
from zhida.rules.vocabulary import NOT_APPLICABLE, NotApplicable, Value
from zhida.rules.walk import walk

INT64: Final = 2**63 - 1
SIDES: Final = ((-1, "-1"), (0, "="), (1, "+1"))


@dataclass(frozen=True, slots=True)
class BoundaryCase:
    """Facts on one edge.

    where: id of the condition or output that draws the edge. key: the fact that was changed.
    side: ``-1``, ``=``, ``+1`` (fen, persons or days from the edge), ``in``, ``out``, ``absent`` or ``na``.
    value: the changed fact's value, None when absent.
    """

    where: str
    key: str
    side: str
    value: Value | NotApplicable | None
    facts: dict[str, Value | NotApplicable]


def boundaries(program: Program, base_facts: Facts) -> tuple[BoundaryCase, ...]:
    """All edge cases of ``program`` around ``base_facts``, each changed fact once per value."""
    roots = [(c.id, c.node) for c in program.conditions] + [(o.id, o.node) for o in program.outputs]
    found: dict[tuple[str, str, object], BoundaryCase] = {}
    for where, root in roots:
        for key, side, value in _edges(root, base_facts):
            facts = {k: v for k, v in base_facts.items() if k != key}
            if value is not None:
                facts[key] = value
            found.setdefault((where, key, value), BoundaryCase(where, key, side, value, facts))
    return tuple(found.values())


Edge = tuple[str, str, Value | NotApplicable | None]


def _edges(root: ir.Node, facts: Facts) -> Iterator[Edge]:
    for node in walk(root):
        if isinstance(node, ir.Cmp):
            yield from _comparison(node, facts)
        elif isinstance(node, ir.Tier):
            for bound, _, _ in node.brackets:
                if bound is not None:
                    yield from _crossings(node.arg, _constant(bound), facts)
        elif isinstance(node, ir.In) and isinstance(node.arg, ir.Var):
            yield from _membership(node.arg.key, node.codes)
        elif isinstance(node, ir.Var):
            yield node.key, "absent", None
            if node.kind == "bool":
                yield node.key, "in", True
                yield node.key, "out", False
        elif isinstance(node, ir.Has):
            yield node.key, "na", NOT_APPLICABLE
            yield node.key, "absent", None


def _comparison(node: ir.Cmp, facts: Facts) -> Iterator[Edge]:
    if node.left.kind in ("int", "date"):
        yield from _crossings(node.left, node.right, facts)
        return
    for fact, other in ((node.left, node.right), (node.right, node.left)):
        if isinstance(fact, ir.Var) and isinstance(other, ir.Const) and isinstance(other.value, str):
            yield from _membership(fact.key, frozenset({other.value}))


def _membership(key: str, codes: frozenset[str]) -> Iterator[Edge]:
    members = sorted(codes)
    yield key, "in", members[0]
    if len(members) > 1:
        yield key, "in", members[-1]
    yield key, "out", "~" + members[-1]


def _crossings(left: ir.Node, right: ir.Node, facts: Facts) -> Iterator[Edge]:
    """Edges of every int and date fact under ``left`` or ``right``, the others as in ``facts``."""
    leaves = {n.key: n for side in (left, right) for n in walk(side) if isinstance(n, ir.Var)}
    for key, leaf in leaves.items():
        if leaf.kind not in ("int", "date"):
            continue
        edge = _first_at_or_above(leaf, _gap(left, right, key, facts))
        if edge is None:
            continue
        low, high = _limits(leaf)
        for step, side in SIDES:
            if low <= edge + step <= high:
                yield key, side, _value(leaf, edge + step)


def _gap(left: ir.Node, right: ir.Node, key: str, facts: Facts) -> Callable[[Value], int | None]:
    """left minus right as a number (days for dates) when ``key`` has a value; None when unknown."""

    def gap(value: Value) -> int | None:
        changed = {**facts, key: value}
        a, b = trace(left, changed).value, trace(right, changed).value
        if isinstance(a, dt.date) and isinstance(b, dt.date):
            return (a - b).days
        return a - b if isinstance(a, int) and isinstance(b, int) else None

    return gap


def _first_at_or_above(leaf: ir.Var, gap: Callable[[Value], int | None]) -> int | None:
    """Smallest value of the fact at which the sides meet or cross, by bisection; None when they do not.

    Right for gaps that move one way with the fact, which is what rules are made of; for others it
    still returns a point next to which the comparison turns.
    """
    low, high = _limits(leaf)
    first, last = gap(_value(leaf, low)), gap(_value(leaf, high))
    if first is None or last is None:
        return None
    rising = first <= last
    if (first > 0) == (last > 0) and first != 0 and last != 0:
        return None
    while low < high:
        middle = (low + high) // 2
        here = gap(_value(leaf, middle))
        if here is None:
            return None
        if (here >= 0) if rising else (here <= 0):
            high = middle
        else:
            low = middle + 1
    return low


def _limits(leaf: ir.Var) -> tuple[int, int]:
    if leaf.kind == "date":
        return DATE_LO.toordinal(), DATE_HI.toordinal()
    return (
        -INT64 if leaf.lo is None else leaf.lo,
        INT64 if leaf.hi is None else leaf.hi,
    )


def _value(leaf: ir.Var, number: int) -> Value:
    return dt.date.fromordinal(number) if leaf.kind == "date" else number


def _constant(value: int) -> ir.Const:
    return ir.Const("int", None, value, value, value)
