"""Repeated subtrees as columns: which nodes get a name, and in which layer each is computed.

A node used more than once (or written more than once by its operation) becomes a column of a nested
SELECT, so its text and its work appear once. A layer only reads columns of the layers below it.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlglot import exp

from zhida.rules import ir
from zhida.rules.graph import Graph
from zhida.rules.sql_codes import SOURCE, CodeJoins
from zhida.rules.sql_dialect import (
    SQL_TYPES,
    Dialect,
    Sql,
    binary,
    cast,
    column,
    integer,
    not_null,
    when,
)
from zhida.rules.sql_nodes import lower, repeats
from zhida.rules.vocabulary import absent_key

Named = tuple[str, Sql]


class Layers:
    """Expressions over ``graph`` for some roots.

    base: columns computed straight from the source relation. steps: one list of columns per layer.
    """

    def __init__(self, graph: Graph, roots: Iterable[int], joins: CodeJoins, dialect: Dialect) -> None:
        self._graph, self._joins, self._dialect = graph, joins, dialect
        self._names: dict[int, str] = {}
        self._level: dict[str, int] = {}
        wanted = list(dict.fromkeys(roots))
        needed = sorted(set().union(*(graph.below(r) for r in wanted)) if wanted else set())
        joins.add_members(graph.nodes[n].node for n in needed)
        self.keys: dict[str, str | None] = {}
        self.base: list[Named] = []
        for number in needed:
            self._add_leaf(number)
        self.base = [*joins.base, *self.base]
        self.steps: list[list[Named]] = []
        self._hoist(needed, wanted)

    def value(self, number: int) -> Sql:
        """The expression of a node in terms of named columns."""
        name = self._names.get(number)
        if name is not None:
            return column(name)
        one = self._graph.nodes[number]
        if isinstance(one.node, ir.In):
            bit = self._joins.member(one.node)
            if bit is not None:
                tested = binary(exp.BitwiseAnd, column(bit[0]), integer(1 << bit[1]))
                return binary(exp.NEQ, tested, integer(0))
        return lower(one.node, [self.value(a) for a in one.args], self._dialect)

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
            value = when((absent, exp.false()), (known, exp.true()))
        else:
            return
        self._names[number] = name = f"f{number}"
        self.base.append((name, value))

    def _hoist(self, needed: list[int], roots: list[int]) -> None:
        """Name what is repeated, bottom up; a node's layer follows the highest layer it reads."""
        uses = self._uses(needed, roots)
        for number in needed:
            node = self._graph.nodes[number].node
            if number in self._names or isinstance(node, ir.Const) or uses[number] < 2:
                continue
            expression = self.value(number)
            read = {c.name for c in expression.find_all(exp.Column)}
            level = max((self._level.get(name, 0) for name in read), default=0)
            self._names[number] = name = f"x{number}"
            self._level[name] = level + 1
            while len(self.steps) <= level:
                self.steps.append([])
            self.steps[level].append((name, expression))

    def _uses(self, needed: list[int], roots: list[int]) -> dict[int, int]:
        uses = dict.fromkeys(needed, 0)
        for root in roots:
            uses[root] += 2  # conditions feed T and U; outputs feed their column and the outcome
        for number in needed:
            one = self._graph.nodes[number]
            for position, arg in enumerate(one.args):
                uses[arg] += 2 if repeats(one.node, position) else 1
        return uses
