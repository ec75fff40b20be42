"""Joins that bring code look-ups into a batch: set membership bits and tabulated conditions.

Each code fact is joined at most once, to a small inline table ``code -> (membership bits, words,
class)``. Groups of several facts need one more join, from the combination of classes to the words.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from sqlglot import exp

from zhida.rules import ir
from zhida.rules.code_tables import CodeGroup, code_groups
from zhida.rules.graph import Graph
from zhida.rules.layout import WORD_BITS
from zhida.rules.sql_dialect import (
    Sql,
    balanced,
    binary,
    call,
    cast,
    column,
    integer,
    is_null,
    not_null,
    when,
)

# Below this a plain IN list is as fast as the join (measured on DuckDB 2.0, docs/performance.md).
JOIN_FROM_CODES = 8
SOURCE = "s"

Row = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class WordTerm:
    """A column to be added into one T or U word."""

    letter: str
    word: int
    column: str


@dataclass(slots=True)
class _Table:
    """One code fact's inline table: named BIGINT columns, each with a value for any other code."""

    name: str
    columns: dict[str, tuple[dict[str, int], int]] = field(default_factory=dict)

    def add(self, name: str, values: dict[str, int], other: int) -> Sql:
        """Add a column unless it is constant; its value for a known code of the row, as BIGINT."""
        if all(value == other for value in values.values()):
            return integer(other)
        self.columns[name] = (values, other)
        return cast(call("COALESCE", column(name, self.name), integer(other)), "BIGINT")

    def join(self, key: str) -> tuple[Sql, Sql]:
        found = self.columns.values()
        codes = sorted({code for values, _ in found for code in values})
        rows: list[Row] = [(code, *(values.get(code, other) for values, other in found)) for code in codes]
        table = values_table(self.name, ["k", *self.columns], rows)
        return table, binary(exp.EQ, column(key, SOURCE), column("k", self.name))


class CodeJoins:
    """All code look-ups of one batch.

    tabulated: bits decided entirely by look-up. terms: the word columns that carry them.
    """

    def __init__(self, graph: Graph, conditions: Sequence[int]) -> None:
        self.groups = code_groups(graph, conditions)
        self.tabulated = frozenset(b for g in self.groups for b in g.bits)
        self.terms: list[WordTerm] = []
        self.base: list[tuple[str, Sql]] = []
        self.second: list[tuple[str, Sql]] = []
        self._second_joins: list[tuple[Sql, Sql]] = []
        self._tables: dict[str, _Table] = {}
        self._members: dict[tuple[str, frozenset[str]], tuple[str, int]] = {}
        for index, group in enumerate(self.groups):
            if len(group.classes) == 1:
                self._single(index, group)
            else:
                self._several(index, group)

    def add_members(self, nodes: Iterable[ir.Node]) -> None:
        """Make membership bits for the sets these nodes test, where a join pays."""
        sets: dict[str, dict[frozenset[str], None]] = {}
        for node in nodes:
            if isinstance(node, ir.In) and isinstance(node.arg, ir.Var):
                sets.setdefault(node.arg.key, {})[node.codes] = None
        for key, found in sets.items():
            if sum(map(len, found)) >= JOIN_FROM_CODES:
                self._put_members(key, list(found))

    def member(self, node: ir.In) -> tuple[str, int] | None:
        """The column and the bit that hold this membership, or None when a plain IN is used."""
        if not isinstance(node.arg, ir.Var):
            return None
        return self._members.get((node.arg.key, node.codes))

    def keys(self) -> set[str]:
        return {c.key for g in self.groups for c in g.classes} | set(self._tables)

    def joins(self) -> list[tuple[Sql, Sql]]:
        return [table.join(key) for key, table in self._tables.items() if table.columns]

    def second_joins(self) -> list[tuple[Sql, Sql]]:
        """Joins from a combination of classes to words; they read the base layer as ``s``."""
        return self._second_joins

    def _table(self, key: str) -> _Table:
        return self._tables.setdefault(key, _Table(f"d{len(self._tables)}"))

    def _put_members(self, key: str, sets: list[frozenset[str]]) -> None:
        table = self._table(key)
        for word in range(math.ceil(len(sets) / WORD_BITS)):
            chunk = sets[word * WORD_BITS : (word + 1) * WORD_BITS]
            name = f"m_{table.name}_{word}"
            codes = sorted(set().union(*chunk))
            values = {code: sum(1 << i for i, one in enumerate(chunk) if code in one) for code in codes}
            for bit, one in enumerate(chunk):
                self._members[key, one] = (name, bit)
            found = table.add(f"b{word}", values, 0)
            self.base.append((name, when((not_null(column(key, SOURCE)), found))))

    def _single(self, index: int, group: CodeGroup) -> None:
        (classes,) = group.classes
        table = self._table(classes.key)
        words = _words(group)
        for (letter, word), values in words.items():
            name = f"g{index}{letter}{word}"
            by_code = {code: values[number] for code, number in classes.class_of.items()}
            known = table.add(name, by_code, values[0])
            unknown = (is_null(column(classes.key, SOURCE)), integer(values[-1]))
            self.base.append((name, when(unknown, otherwise=known)))
            self.terms.append(WordTerm(letter, word, name))

    def _several(self, index: int, group: CodeGroup) -> None:
        strides = _strides(group)
        parts = []
        for classes, stride in zip(group.classes, strides, strict=True):
            by_code = {code: number * stride for code, number in classes.class_of.items()}
            known = self._table(classes.key).add(f"k{index}", by_code, 0)
            unknown = (is_null(column(classes.key, SOURCE)), integer((classes.count + 1) * stride))
            parts.append(when(unknown, otherwise=known))
        self.base.append((f"i{index}", balanced(exp.Add, parts)))
        self._second(index, group)

    def _second(self, index: int, group: CodeGroup) -> None:
        words = _words(group)
        names = [f"g{index}{letter}{word}" for letter, word in words]
        rows: list[Row] = [(i, *v) for i, v in enumerate(zip(*words.values(), strict=True))]
        table = values_table(f"e{index}", ["k", *names], rows)
        on = binary(exp.EQ, column(f"i{index}", SOURCE), column("k", f"e{index}"))
        self._second_joins.append((table, on))
        for (letter, word), name in zip(words, names, strict=True):
            self.second.append((name, cast(column(name, f"e{index}"), "BIGINT")))
            self.terms.append(WordTerm(letter, word, name))


def _strides(group: CodeGroup) -> list[int]:
    """Row-major strides of the combination number, the last fact varying fastest."""
    strides, size = [], 1
    for classes in reversed(group.classes):
        strides.append(size)
        size *= classes.count + 2
    return strides[::-1]


def _words(group: CodeGroup) -> dict[tuple[str, int], list[int]]:
    """The T and U words the group contributes, one value per combination; all-zero ones left out."""
    words: dict[tuple[str, int], list[int]] = {}
    for row, values in enumerate(group.values):
        for position, value in zip(group.bits, values, strict=True):
            if value is False:
                continue
            word, bit = divmod(position, WORD_BITS)
            letter = "u" if value is None else "t"
            words.setdefault((letter, word), [0] * len(group.values))[row] |= 1 << bit
    return words


def values_table(name: str, columns: Sequence[str], rows: Sequence[Row]) -> Sql:
    """An inline table; numbers are bare literals, so their users cast them to BIGINT."""
    tuples = [exp.Tuple(expressions=[_cell(v) for v in row]) for row in rows]
    names = [exp.to_identifier(c, quoted=True) for c in columns]
    table_alias = exp.TableAlias(this=exp.to_identifier(name, quoted=True), columns=names)
    return exp.Values(expressions=tuples, alias=table_alias)


def _cell(value: str | int) -> Sql:
    return exp.Literal.string(value) if isinstance(value, str) else exp.Literal.number(value)
