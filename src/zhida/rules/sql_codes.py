"""Joins that bring code look-ups into a batch (what is looked up: ``code_tables``).

Each code fact is joined once to a small inline table ``code -> class numbers``; the sum of a group's
class numbers is joined to a second one ``combination -> T/U words and truth values``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlglot import exp

from zhida.rules.code_tables import CodeClasses, CodeGroup, code_groups, code_tests
from zhida.rules.graph import Graph
from zhida.rules.layout import WORD_BITS
from zhida.rules.sql_dialect import (
    SOURCE,
    Sql,
    balanced,
    binary,
    cast,
    column,
    integer,
    is_null,
    not_null,
    when,
)

Cell = str | int | bool | None
Join = tuple[Sql, Sql]  # an inline table and the condition of its LEFT JOIN


@dataclass(frozen=True, slots=True)
class WordTerm:
    """A looked-up column to be added into one T or U word."""

    letter: str
    word: int
    column: str


class CodeJoins:
    """All code look-ups of one batch.

    tabulated: bits of conditions decided entirely by look-up; ``terms`` are the columns carrying them.
    values: columns holding the truth value of a test inside a larger rule, by graph number.
    class_columns, class_joins: what the first layer adds; looked_up, look_ups: what the second does.
    """

    def __init__(self, graph: Graph, conditions: Sequence[int], outputs: Iterable[int]) -> None:
        tests = code_tests(graph, [*conditions, *outputs])
        self._groups = code_groups(graph, tests)
        self._bits = {number: bit for bit, number in enumerate(conditions)}
        looked_up = {number for group in self._groups for number in group.tests}
        self.tabulated = frozenset(self._bits[n] for n in looked_up if n in self._bits)
        self.terms: list[WordTerm] = []
        self.values: dict[int, str] = {}
        self.class_columns: list[tuple[str, Sql]] = []
        self.looked_up: list[tuple[str, Sql]] = []
        self.look_ups: list[Join] = []
        self._classes: dict[str, list[tuple[str, CodeClasses, int]]] = {}
        for index, group in enumerate(self._groups):
            self._add(index, group)

    @property
    def keys(self) -> tuple[str, ...]:
        return tuple(self._classes)

    def class_joins(self) -> list[Join]:
        return [
            _class_join(f"d{i}", key, columns)
            for i, (key, columns) in enumerate(self._classes.items())
            if any(classes.class_of for _, classes, _ in columns)
        ]

    def _add(self, index: int, group: CodeGroup) -> None:
        parts, stride = [], 1
        for classes in reversed(group.classes):  # row-major: the last fact varies fastest
            parts.append(self._class_number(f"k{index}", classes, stride))
            stride *= classes.size
        self.class_columns.append((f"i{index}", balanced(exp.Add, parts)))
        cells: dict[str, list[Cell]] = {}
        for (letter, word), values in self._words(group).items():
            name = f"g{index}{letter}{word}"
            cells[name] = list(values)
            self.terms.append(WordTerm(letter, word, name))
            self.looked_up.append((name, cast(column(name, f"e{index}"), "BIGINT")))
        for position, number in enumerate(group.tests):
            if number not in self._bits:
                name = self.values[number] = f"b{number}"
                cells[name] = [_truth(row, position) for row in group.rows]
                self.looked_up.append((name, cast(column(name, f"e{index}"), "BOOLEAN")))
        rows = [(i, *row) for i, row in enumerate(zip(*cells.values(), strict=True))]
        table = values_table(f"e{index}", ["k", *cells], rows)
        on = binary(exp.EQ, column(f"i{index}", SOURCE), column("k", f"e{index}"))
        self.look_ups.append((table, on))

    def _class_number(self, name: str, classes: CodeClasses, stride: int) -> Sql:
        """The class of a row's code times ``stride``: joined, else "unknown" or "any other"."""
        held = self._classes.setdefault(classes.key, [])
        held.append((name, classes, stride))
        unknown = (is_null(column(classes.key, SOURCE)), integer((classes.count + 1) * stride))
        if not classes.class_of:
            return when(unknown, otherwise=integer(0))
        found = column(name, f"d{list(self._classes).index(classes.key)}")
        known = (not_null(found), cast(found.copy(), "BIGINT"))
        return when(known, unknown, otherwise=integer(0))

    def _words(self, group: CodeGroup) -> dict[tuple[str, int], list[int]]:
        """T and U words of the group's whole conditions, a value per combination; empty ones left out."""
        words: dict[tuple[str, int], list[int]] = {}
        for row, bitmaps in enumerate(group.rows):
            for position, number in enumerate(group.tests):
                value = _truth(bitmaps, position)
                if number not in self._bits or value is False:
                    continue
                word, bit = divmod(self._bits[number], WORD_BITS)
                letter = "u" if value is None else "t"
                words.setdefault((letter, word), [0] * len(group.rows))[row] |= 1 << bit
        return words


def _truth(bitmaps: tuple[int, int], position: int) -> bool | None:
    true, unknown = bitmaps
    return None if unknown >> position & 1 else bool(true >> position & 1)


def _class_join(name: str, key: str, columns: list[tuple[str, CodeClasses, int]]) -> Join:
    codes = sorted({code for _, classes, _ in columns for code in classes.class_of})
    numbers = [(classes.class_of, stride) for _, classes, stride in columns]
    rows: list[tuple[Cell, ...]] = [
        (code, *(class_of.get(code, 0) * stride for class_of, stride in numbers)) for code in codes
    ]
    table = values_table(name, ["k", *(column_name for column_name, _, _ in columns)], rows)
    return table, binary(exp.EQ, column(key, SOURCE), column("k", name))


def values_table(name: str, columns: Sequence[str], rows: Sequence[tuple[Cell, ...]]) -> Sql:
    """An inline table; its cells are bare literals, so their users cast them to the type they need."""
    tuples = [exp.Tuple(expressions=[_cell(v) for v in row]) for row in rows]
    names = [exp.to_identifier(c, quoted=True) for c in columns]
    table_alias = exp.TableAlias(this=exp.to_identifier(name, quoted=True), columns=names)
    return exp.Values(expressions=tuples, alias=table_alias)


def _cell(value: Cell) -> Sql:
    if value is None:
        return exp.Null()
    if isinstance(value, bool):
        return exp.Boolean(this=value)
    return exp.Literal.string(value) if isinstance(value, str) else exp.Literal.number(value)
