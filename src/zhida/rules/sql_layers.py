"""Repeated subtrees as columns: which nodes get a name, and in which layer each is computed.

A node used more than once (or written more than once by its operation) becomes a column of a nested
SELECT, so its text and its work appear once. A layer only reads columns of the layers below it. What
only one program's outputs read is computed after the outcomes, and only for the rows it matters to.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeVar

from sqlglot import exp

from zhida.rules import ir
from zhida.rules.graph import Graph
from zhida.rules.simplify import needs
from zhida.rules.sql_codes import CodeJoins
from zhida.rules.sql_dialect import SOURCE, SQL_TYPES, Dialect, Sql, cast, column, not_null, when
from zhida.rules.sql_nodes import lower, repeats
from zhida.rules.vocabulary import absent_key

# Fewer operations than this are cheaper done for every row than for chosen ones (DuckDB 2.0).
WORTH_SKIPPING = 4
Named = tuple[str, Sql]
T = TypeVar("T")


class Layers:
    """Expressions over ``graph`` for some conditions, and for the outputs of each program.

    base: columns computed straight from the source relation; ``keys``: the facts they read with their
    SQL types (None when only presence is tested). steps: one list of columns per layer. later: the
    same for layers above the outcomes, with the program whose outputs alone read each column.
    """

    def __init__(
        self,
        graph: Graph,
        conditions: Sequence[int],
        outputs: Sequence[Sequence[int]],
        joins: CodeJoins,
        dialect: Dialect,
    ) -> None:
        self._graph, self._dialect = graph, dialect
        self._names: dict[int, str] = dict(joins.values)
        self._level: dict[str, int] = {}
        self.keys: dict[str, str | None] = {}
        self.base: list[Named] = []
        self.steps: list[list[Named]] = []
        self.later: list[list[tuple[int, str, Sql]]] = []
        flat = [number for one in outputs for number in one]
        needed = self._below([*conditions, *flat])
        for number in needed:
            self._add_leaf(number)
        private = self._private(conditions, outputs)
        self._hoist(needed, self._uses(needed, conditions, flat), private)

    def value(self, number: int) -> Sql:
        """The expression of a node in terms of named columns."""
        name = self._names.get(number)
        if name is not None:
            return column(name)
        one = self._graph.nodes[number]
        if _by_absence(one.node):
            then, other = (self.value(a) for a in one.args[1:])
            return when((column(_absence(one.args[0])), other), otherwise=then)
        return lower(one.node, [self.value(a) for a in one.args], self._dialect)

    def _args(self, number: int) -> tuple[int, ...]:
        """The operands the expression of a node is made from."""
        if number in self._names:
            return ()
        one = self._graph.nodes[number]
        return one.args[1:] if _by_absence(one.node) else one.args

    def _below(self, roots: Iterable[int]) -> list[int]:
        """Nodes to compute, operands first; nothing below a looked-up test is."""
        found: set[int] = set()
        stack = list(roots)
        while stack:
            number = stack.pop()
            if number not in found:
                found.add(number)
                stack.extend(self._args(number))
        return sorted(found)

    def _add_leaf(self, number: int) -> None:
        one = self._graph.nodes[number]
        if isinstance(one.node, ir.Var):
            self.keys[one.node.key] = SQL_TYPES[one.node.kind]
            source = column(one.node.key, SOURCE)
            self._add_base(f"f{number}", cast(source, "BIGINT") if one.node.kind == "int" else source)
            self._names[number] = f"f{number}"
        elif isinstance(one.node, ir.Has):
            absent = self._absent_column(one.node)
            known = not_null(column(one.node.key, SOURCE))
            self._add_base(f"f{number}", when((known, exp.true()), (absent, exp.false())))
            self._names[number] = f"f{number}"
        elif _by_absence(one.node):
            assert isinstance(one.node, ir.If)
            assert isinstance(one.node.cond, ir.Has)
            self._add_base(_absence(one.args[0]), self._absent_column(one.node.cond))

    def _absent_column(self, has: ir.Has) -> Sql:
        self.keys.setdefault(has.key, None)
        self.keys[absent_key(has.key)] = "BOOLEAN"
        return column(absent_key(has.key), SOURCE)

    def _add_base(self, name: str, value: Sql) -> None:
        if all(name != held for held, _ in self.base):
            self.base.append((name, value))

    def _private(self, conditions: Sequence[int], outputs: Sequence[Sequence[int]]) -> dict[int, int]:
        """Nodes that only the outputs of one program read, with that program's index."""
        common = set(self._below(conditions))
        owner: dict[int, int] = {}
        for index, numbers in enumerate(outputs):
            for number in self._below(numbers):
                if owner.setdefault(number, index) != index:
                    common.add(number)
        return {number: index for number, index in owner.items() if number not in common}

    def _hoist(self, needed: list[int], uses: dict[int, int], private: dict[int, int]) -> None:
        """Name what is repeated, bottom up; a node's layer follows the highest layer it reads."""
        for number in needed:
            node = self._graph.nodes[number].node
            if number in self._names or isinstance(node, ir.Const) or uses[number] < 2:
                continue
            expression = self.value(number)
            read = reads(expression)
            late = number in private and (_weight(expression) >= WORTH_SKIPPING or any(r[0] == "y" for r in read))
            name = f"{'y' if late else 'x'}{number}"
            same = [r for r in read if r[0] == name[0]]
            level = 1 + max((self._level.get(r, 0) for r in same), default=0)
            self._names[number], self._level[name] = name, level
            if late:
                _at(self.later, level).append((private[number], name, expression))
            else:
                _at(self.steps, level).append((name, expression))

    def _uses(self, needed: list[int], conditions: Iterable[int], outputs: Iterable[int]) -> dict[int, int]:
        uses = dict.fromkeys(needed, 0)
        for root in conditions:
            uses[root] += 2  # conditions feed T and U
        for root in outputs:
            uses[root] += 1
        for number in needed:
            for arg in self._args(number):
                uses[arg] += 2 if repeats(self._graph.nodes[number].node) else 1
        return uses


def _weight(expression: Sql) -> int:
    return sum(1 for _ in expression.find_all(exp.Binary, exp.Case, exp.Anonymous))


def reads(expression: Sql) -> frozenset[str]:
    """Names of the columns an expression reads."""
    return frozenset(found.name for found in expression.find_all(exp.Column))


def _by_absence(node: ir.Node) -> bool:
    """A choice by ``has(x)`` whose first arm is unknown with x: it only has to ask whether x is absent."""
    return isinstance(node, ir.If) and isinstance(node.cond, ir.Has) and needs(node.then, node.cond.key)


def _absence(has: int) -> str:
    return f"n{has}"


def _at(layers: list[list[T]], level: int) -> list[T]:
    while len(layers) < level:
        layers.append([])
    return layers[level - 1]
