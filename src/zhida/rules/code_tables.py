"""Conditions and parts of conditions that look only at codes, decided once per code, not per row.

Where a measure applies, to whom, in which industry: such tests depend on a few code facts that take
few values. Codes no test tells apart form a class (with "any other code" and "unknown" as classes of
their own), and each test is decided for every combination of classes at compile time. A row then
needs one look-up per group of facts instead of one test per condition and set.
"""

from __future__ import annotations

import datetime as dt
import itertools
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from zhida.rules import ir
from zhida.rules.closures import compile_assessor
from zhida.rules.graph import Graph
from zhida.rules.program import Condition, Program

MAX_COMBINATIONS: Final = 256
MAX_FACTS: Final = 3  # of one test; groups of tests may read more
# Rough cost in ms per million rows, measured on DuckDB 2.0: a look-up must be cheaper than the tests it
# replaces. DuckDB makes a join of each long IN list.
COST_TEST: Final = 10
COST_LONG_LIST: Final = 25
COST_FACT: Final = 18
COST_GROUP: Final = 20
LONG_LIST: Final = 8


@dataclass(frozen=True, slots=True)
class CodeClasses:
    """The codes of one fact sorted into classes 1..count; 0 is any other code, count + 1 unknown."""

    key: str
    class_of: dict[str, int]
    count: int

    @property
    def size(self) -> int:
        return self.count + 2

    def representatives(self) -> list[str | None]:
        """One code of each class in order; None stands for unknown."""
        first = {number: code for code, number in reversed(self.class_of.items())}
        other = "".join(self.class_of) + "?"  # longer than every known code, so equal to none
        return [other, *(first[n] for n in range(1, self.count + 1)), None]


@dataclass(frozen=True, slots=True)
class CodeGroup:
    """Tests (graph numbers) decided by the same look-up.

    rows: per combination of classes, in the order of ``itertools.product``, the bitmaps (true,
    unknown) with bit i for ``tests[i]``.
    """

    classes: tuple[CodeClasses, ...]
    tests: tuple[int, ...]
    rows: tuple[tuple[int, int], ...]


def code_tests(graph: Graph, roots: Iterable[int]) -> tuple[int, ...]:
    """The topmost nodes at or below ``roots`` that read nothing but codes."""
    found: dict[int, None] = {}
    seen: set[int] = set()

    def visit(number: int) -> None:
        if number in seen:
            return
        seen.add(number)
        if _fact_keys(graph, number):
            found[number] = None
            return
        for arg in graph.nodes[number].args:
            visit(arg)

    for root in roots:
        visit(root)
    return tuple(found)


def code_groups(graph: Graph, tests: Sequence[int]) -> tuple[CodeGroup, ...]:
    """Tests gathered into as few look-ups as the limit allows; what a look-up does not pay for is left out."""
    merged: list[tuple[set[str], list[int]]] = []
    by_keys: dict[tuple[str, ...], list[int]] = {}
    for test in tests:
        by_keys.setdefault(_fact_keys(graph, test), []).append(test)
    for keys, members in sorted(by_keys.items(), key=lambda item: (-len(item[0]), item[0])):
        _place(graph, merged, set(keys), members)
    groups = (_group(graph, sorted(keys), members) for keys, members in merged)
    return tuple(g for g in groups if _pays(graph, g))


def _place(graph: Graph, merged: list[tuple[set[str], list[int]]], keys: set[str], tests: list[int]) -> None:
    """Put tests where they share facts and enlarge a table least, or start a new one."""
    sized = [
        (_combinations(graph, held | keys, members + tests), i)
        for i, (held, members) in enumerate(merged)
        if held & keys
    ]
    size, index = min(sized, default=(MAX_COMBINATIONS + 1, -1))
    if size <= MAX_COMBINATIONS:
        merged[index][0].update(keys)
        merged[index][1].extend(tests)
    elif _combinations(graph, keys, tests) <= MAX_COMBINATIONS:
        merged.append((keys, list(tests)))


def _combinations(graph: Graph, keys: Iterable[str], tests: Sequence[int]) -> int:
    return math.prod(_classes(graph, key, tests).size for key in keys)


def _pays(graph: Graph, group: CodeGroup) -> bool:
    sets = {s for c in group.classes for t in group.tests for s in _code_sets(graph, c.key, t)}
    long = sum(1 for codes in sets if len(codes) >= LONG_LIST)
    plain = COST_TEST * len(group.tests) + COST_LONG_LIST * long
    return plain > COST_GROUP + COST_FACT * len(group.classes)


def _fact_keys(graph: Graph, number: int) -> tuple[str, ...]:
    """The code facts of a test that reads nothing else and tells codes apart only by constants."""
    if graph.nodes[number].node.kind != "bool":
        return ()
    keys: set[str] = set()
    for below in graph.below(number):
        node = graph.nodes[below].node
        if isinstance(node, ir.Has) or (isinstance(node, ir.Var) and node.kind != "code"):
            return ()
        if node.kind == "code" and not isinstance(node, ir.Var | ir.Const):
            return ()
        if isinstance(node, ir.Cmp) and isinstance(node.left, ir.Var) and isinstance(node.right, ir.Var):
            return ()
        if isinstance(node, ir.Var):
            keys.add(node.key)
    return tuple(sorted(keys)) if len(keys) <= MAX_FACTS else ()


def _group(graph: Graph, keys: list[str], tests: list[int]) -> CodeGroup:
    classes = tuple(_classes(graph, key, tests) for key in keys)
    conditions = tuple(Condition(str(n), graph.nodes[n].node, "", "", "") for n in tests)
    program = Program("", "", "", dt.date.min, "", conditions, (), ())
    run = compile_assessor([program])
    rows = []
    for codes in itertools.product(*(c.representatives() for c in classes)):
        known = {k: code for k, code in zip(keys, codes, strict=True) if code is not None}
        (decision,) = run(known)
        rows.append((decision.true, decision.unknown))
    return CodeGroup(classes, tuple(tests), tuple(rows))


def _classes(graph: Graph, key: str, tests: Sequence[int]) -> CodeClasses:
    """Two codes are in one class when every set and every constant the tests use treats them alike."""
    sets = list(dict.fromkeys(s for test in tests for s in _code_sets(graph, key, test)))
    known: dict[tuple[bool, ...], int] = {(False,) * len(sets): 0}
    class_of: dict[str, int] = {}
    for code in sorted(set().union(*sets)):
        signature = tuple(code in one for one in sets)
        class_of[code] = known.setdefault(signature, len(known))
    return CodeClasses(key, class_of, len(known) - 1)


def _code_sets(graph: Graph, key: str, test: int) -> list[frozenset[str]]:
    found: list[frozenset[str]] = []
    for below in sorted(graph.below(test)):
        node = graph.nodes[below].node
        if isinstance(node, ir.In) and isinstance(node.arg, ir.Var) and node.arg.key == key:
            found.append(node.codes)
        elif isinstance(node, ir.Cmp):
            found.extend(_compared_codes(node, key))
    return found


def _compared_codes(node: ir.Cmp, key: str) -> list[frozenset[str]]:
    pairs = ((node.left, node.right), (node.right, node.left))
    return [
        frozenset({value.value})
        for fact, value in pairs
        if isinstance(fact, ir.Var) and fact.key == key
        if isinstance(value, ir.Const) and isinstance(value.value, str)
    ]
