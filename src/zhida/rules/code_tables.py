"""Conditions that look only at codes, decided once per code instead of once per row.

Where a measure applies, to whom, in which industry: such conditions depend on a few code facts that
take few values. Codes no condition tells apart form a class (with "any other code" and "unknown" as
classes of their own), and the tracer decides every condition for every combination of classes at
compile time. A row then needs one look-up per group of facts instead of one test per condition.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from zhida.rules import ir
from zhida.rules.evaluate import trace
from zhida.rules.graph import Graph

MAX_COMBINATIONS: Final = 4096
MAX_COLUMNS: Final = 3


@dataclass(frozen=True, slots=True)
class CodeClasses:
    """The codes of one fact sorted into classes 1..n; class 0 is any other code, n + 1 is unknown."""

    key: str
    class_of: dict[str, int]
    count: int

    def representative(self, number: int) -> str | None:
        """A code of the class, or None for the unknown class."""
        if number == self.count + 1:
            return None
        if number == 0:
            return "".join(self.class_of) + "?"  # longer than every known code, so equal to none
        return next(code for code, one in self.class_of.items() if one == number)


@dataclass(frozen=True, slots=True)
class CodeGroup:
    """Conditions over the same code facts and their values for each combination of classes.

    bits: positions of the conditions in the layout. values: one tuple per combination, in the order of
    ``itertools.product`` over 0..count+1 of each fact, holding the value of each condition.
    """

    classes: tuple[CodeClasses, ...]
    bits: tuple[int, ...]
    values: tuple[tuple[bool | None, ...], ...]


def code_groups(graph: Graph, conditions: Sequence[int]) -> tuple[CodeGroup, ...]:
    """Group the conditions (graph numbers by bit) that can be tabulated; others are left out."""
    by_keys: dict[tuple[str, ...], list[int]] = {}
    for bit, number in enumerate(conditions):
        keys = _code_keys(graph, number)
        if keys:
            by_keys.setdefault(keys, []).append(bit)
    groups = (_group(graph, keys, bits, conditions) for keys, bits in sorted(by_keys.items()))
    return tuple(g for g in groups if g is not None)


def _code_keys(graph: Graph, number: int) -> tuple[str, ...]:
    """The code facts of a condition that reads nothing else and tells codes apart only by constants."""
    keys: set[str] = set()
    for below in graph.below(number):
        node = graph.nodes[below].node
        if isinstance(node, ir.Has) or (isinstance(node, ir.Var) and node.kind != "code"):
            return ()
        if node.kind == "code" and not isinstance(node, ir.Var | ir.Const):
            return ()
        if isinstance(node, ir.Cmp) and _compares_two_facts(node):
            return ()
        if isinstance(node, ir.Var):
            keys.add(node.key)
    return tuple(sorted(keys)) if len(keys) <= MAX_COLUMNS else ()


def _compares_two_facts(node: ir.Cmp) -> bool:
    return isinstance(node.left, ir.Var) and isinstance(node.right, ir.Var)


def _group(
    graph: Graph, keys: tuple[str, ...], bits: list[int], conditions: Sequence[int]
) -> CodeGroup | None:
    numbers = [conditions[b] for b in bits]
    classes = tuple(_classes(graph, key, numbers) for key in keys)
    size = 1
    for one in classes:
        size *= one.count + 2
    if size > MAX_COMBINATIONS:
        return None
    nodes = [graph.nodes[n].node for n in numbers]
    values = []
    for combination in itertools.product(*(range(c.count + 2) for c in classes)):
        codes = (c.representative(n) for c, n in zip(classes, combination, strict=True))
        facts = {k: code for k, code in zip(keys, codes, strict=True) if code is not None}
        results = (trace(node, facts).value for node in nodes)
        values.append(tuple(None if r is None else bool(r) for r in results))
    return CodeGroup(classes, tuple(bits), tuple(values))


def _classes(graph: Graph, key: str, numbers: list[int]) -> CodeClasses:
    """Two codes are in one class when every set and every constant the conditions use treats them alike."""
    sets = _code_sets(graph, key, numbers)
    known: dict[tuple[bool, ...], int] = {(False,) * len(sets): 0}
    class_of: dict[str, int] = {}
    for code in sorted(set().union(*sets)):
        signature = tuple(code in one for one in sets)
        class_of[code] = known.setdefault(signature, len(known))
    return CodeClasses(key, class_of, len(known) - 1)


def _code_sets(graph: Graph, key: str, numbers: list[int]) -> list[frozenset[str]]:
    found: dict[frozenset[str], None] = {}
    for number in numbers:
        for below in sorted(graph.below(number)):
            node = graph.nodes[below].node
            if isinstance(node, ir.In) and isinstance(node.arg, ir.Var) and node.arg.key == key:
                found[node.codes] = None
            elif isinstance(node, ir.Cmp):
                found.update(dict.fromkeys(_compared_codes(node, key)))
    return list(found)


def _compared_codes(node: ir.Cmp, key: str) -> list[frozenset[str]]:
    pairs = ((node.left, node.right), (node.right, node.left))
    return [
        frozenset({value.value})
        for fact, value in pairs
        if isinstance(fact, ir.Var) and fact.key == key
        if isinstance(value, ir.Const) and isinstance(value.value, str)
    ]
