"""Repeated subtrees as columns: which nodes get a name, and in which layer each is computed.

A node used more than once (or written more than once by its operation) becomes a column of a nested
SELECT, so its text and its work appear once. A layer only reads columns of the layers below it.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlglot import exp

from zhida.rules import ir
from zhida.rules.graph import Graph
from zhida.rules.sql_codes import CodeJoins
from zhida.rules.sql_dialect import SOURCE, SQL_TYPES, Dialect, Sql, cast, column, not_null, when
from zhida.rules.sql_nodes import lower, repeats
from zhida.rules.vocabulary import absent_key


class Layers:
    """Expressions over ``graph`` for some roots.

    base: columns computed straight from the source relation; ``keys``: the facts they read with their
    SQL types (None when only presence is tested). steps: one list of columns per layer.
    """

    def __init__(self, graph: Graph, roots: Sequence[int], joins: CodeJoins, dialect: Dialect) -> None:
        self._graph, self._dialect = graph, dialect
        self._names: dict[int, str] = dict(joins.values)
        self._level: dict[str, int] = {}
        self.keys: dict[str, str | None] = {}
        self.base: list[tuple[str, Sql]] = []
        self.steps: list[list[tuple[str, Sql]]] = []
        needed = self._needed(roots)
        for number in needed:
            self._add_leaf(number)
        self._hoist(needed, roots)

    def value(self, number: int) -> Sql:
        """The expression of a node in terms of named columns."""
        name = self._names.get(number)
        if name is not None:
            return column(name)
        one = self._graph.nodes[number]
        return lower(one.node, [self.value(a) for a in one.args], self._dialect)

    def _needed(self, roots: Sequence[int]) -> list[int]:
        """Nodes to compute, operands first; nothing below a looked-up test is."""
        found: set[int] = set()
        stack = list(roots)
        while stack:
            number = stack.pop()
            if number not in found:
                found.add(number)
                stack.extend(() if number in self._names else self._graph.nodes[number].args)
        return sorted(found)

    def _add_leaf(self, number: int) -> None:
        node = self._graph.nodes[number].node
        if isinstance(node, ir.Var):
            self.keys[node.key] = SQL_TYPES[node.kind]
            source = column(node.key, SOURCE)
            value = cast(source, "BIGINT") if node.kind == "int" else source
        elif isinstance(node, ir.Has):
            self.keys.setdefault(node.key, None)
            self.keys[absent_key(node.key)] = "BOOLEAN"
            absent = column(absent_key(node.key), SOURCE)
            known = not_null(column(node.key, SOURCE))
            value = when((known, exp.true()), (absent, exp.false()))
        else:
            return
        self._names[number] = name = f"f{number}"
        self.base.append((name, value))

    def _hoist(self, needed: list[int], roots: Sequence[int]) -> None:
        """Name what is repeated, bottom up; a node's layer follows the highest layer it reads."""
        uses = self._uses(needed, roots)
        for number in needed:
            node = self._graph.nodes[number].node
            if number in self._names or isinstance(node, ir.Const) or uses[number] < 2:
                continue
            expression = self.value(number)
            level = max((self._level.get(name, 0) for name in reads(expression)), default=0)
            self._names[number] = name = f"x{number}"
            self._level[name] = level + 1
            while len(self.steps) <= level:
                self.steps.append([])
            self.steps[level].append((name, expression))

    def _uses(self, needed: list[int], roots: Sequence[int]) -> dict[int, int]:
        uses = dict.fromkeys(needed, 0)
        for root in roots:
            uses[root] += 2  # conditions feed T and U; outputs feed their column and the outcome
        for number in needed:
            one = self._graph.nodes[number]
            for arg in () if number in self._names else one.args:
                uses[arg] += 2 if repeats(one.node) else 1
        return uses


def reads(expression: Sql) -> frozenset[str]:
    """Names of the columns an expression reads."""
    return frozenset(found.name for found in expression.find_all(exp.Column))
