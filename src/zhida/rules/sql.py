"""Many programs compiled to one SELECT for DuckDB, PostgreSQL or Spark.

The statement is a stack of layers: (1) the needed facts and the classes of codes; (2) what codes
decide, looked up; (3) repeated subtrees, by depth; (4) the T/U words, one bit per distinct condition;
(5) outcomes; (6) outputs, computed only for rows that are not ineligible; (7) outcomes whose main output
turned out unknown. NULL is unknown throughout. Everything is total (``totality``), because an engine may
evaluate any branch for any row.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlglot import exp

from zhida.rules.graph import Graph
from zhida.rules.layout import WORD_BITS, Layout, build_layout
from zhida.rules.outcome import Outcome
from zhida.rules.program import Program
from zhida.rules.simplify import Memo, simplify
from zhida.rules.sql_codes import CodeJoins
from zhida.rules.sql_dialect import (
    SQL_TYPES,
    Dialect,
    DialectName,
    Sql,
    balanced,
    binary,
    cast,
    chain,
    column,
    integer,
    is_null,
    when,
)
from zhida.rules.sql_layers import Layers
from zhida.rules.sql_stack import Stage, build_stages, stack_sql
from zhida.rules.totality import require_total

Named = tuple[str, Sql]


@dataclass(frozen=True, slots=True)
class SourceColumn:
    """A column the source relation must have; ``sql_type`` None when only its presence is tested."""

    name: str
    sql_type: str | None


@dataclass(frozen=True, slots=True)
class BatchPlan:
    """A compiled batch.

    The result of ``select`` has the key columns, ``t{w}``/``u{w}`` BIGINT words, and per program i
    ``o{i}`` SMALLINT (``Outcome.code``) and ``v{i}_{output}`` (BIGINT, DATE, VARCHAR or BOOLEAN; NULL
    when unknown or ineligible).
    """

    dialect: DialectName
    layout: Layout
    columns: tuple[SourceColumn, ...]
    _stages: tuple[Stage, ...] = field(repr=False)

    def select(self, relation: str, keys: Sequence[str] = ()) -> str:
        """The SELECT over ``relation``: SQL text of a table, function or parenthesised query of ours.

        ``relation`` is inserted as it stands and must never hold a user's text. ValueError for a key
        column whose name the result uses itself.
        """
        taken = {name.lower() for name in produced(self.layout)}
        clash = [key for key in keys if key.lower() in taken]
        if clash:
            raise ValueError(f"key columns clash with result columns: {', '.join(clash)}")
        return stack_sql(Dialect(self.dialect), self._stages, relation, keys)


def produced(layout: Layout) -> tuple[str, ...]:
    """The result columns after the keys."""
    words = [f"{letter}{w}" for w in range(layout.words) for letter in "tu"]
    answers = [n for p in layout.programs for n in (p.outcome, *(o.column for o in p.outputs))]
    return (*words, *answers)


def compile_batch(programs: Sequence[Program], dialect: DialectName) -> BatchPlan:
    """Compile ``programs`` for one engine; RuleError if any of them cannot run on every engine."""
    for program in programs:
        for condition in program.conditions:
            require_total(condition.node, f"{program.measure}.conditions.{condition.id}")
        for output in program.outputs:
            require_total(output.node, f"{program.measure}.{output.id}")
    memo: Memo = {}
    written, graph = Graph(), Graph()  # bits are named by the rules as written
    layout, positions = build_layout(programs, written)
    conditions = [graph.add(simplify(written.nodes[n].node, memo)) for n in positions]
    outputs = [[graph.add(simplify(o.node, memo)) for o in p.outputs] for p in programs]
    joins = CodeJoins(graph, conditions, [number for one in outputs for number in one])
    tested = {b: n for b, n in enumerate(conditions) if b not in joins.tabulated}
    layers = Layers(graph, [*tested.values()], outputs, joins, Dialect(dialect))
    stack = [
        ([*layers.base, *joins.class_columns], joins.class_joins()),
        *([(joins.looked_up, joins.look_ups)] if joins.look_ups else []),
        *((step, ()) for step in layers.steps),
        (_words(layout.words, tested, layers, joins), ()),
        ([_settled(layout, i) for i in range(len(outputs))], ()),
        *(([(n, _unless_ineligible(layout, i, e)) for i, n, e in step], ()) for step in layers.later),
        (_outputs(layout, outputs, layers), ()),
        ([_outcome(layout, i) for i in range(len(outputs))], ()),
    ]
    stages = build_stages(Dialect(dialect), stack, produced(layout))
    return BatchPlan(dialect, layout, _source_columns(layers, joins), stages)


def _source_columns(layers: Layers, joins: CodeJoins) -> tuple[SourceColumn, ...]:
    types = layers.keys | dict.fromkeys(joins.keys, SQL_TYPES["code"])
    return tuple(SourceColumn(name, types[name]) for name in sorted(types))


def _words(count: int, tested: dict[int, int], layers: Layers, joins: CodeJoins) -> list[Named]:
    """The T and U words: each condition adds its bit, look-ups add whole words."""
    parts: dict[str, list[Sql]] = {f"{letter}{w}": [] for w in range(count) for letter in "tu"}
    for position, number in tested.items():
        word, bit = divmod(position, WORD_BITS)
        true = when((layers.value(number), integer(1 << bit)), otherwise=integer(0))
        unknown = when((is_null(layers.value(number)), integer(1 << bit)), otherwise=integer(0))
        parts[f"t{word}"].append(true)
        parts[f"u{word}"].append(unknown)
    for term in joins.terms:
        parts[f"{term.letter}{term.word}"].append(column(term.column))
    return [(name, balanced(exp.Add, terms) if terms else integer(0)) for name, terms in parts.items()]


def _settled(layout: Layout, index: int) -> Named:
    """The outcome code of one program from its bits, its main output taken as known."""
    name, eligible = f"s{index}", _code(Outcome.ELIGIBLE)
    masks = [(w, m) for w, m in enumerate(layout.mask(index)) if m]
    if not masks:
        return name, eligible
    failed = chain(exp.Or, [_lacks(_either(w), m) for w, m in masks])
    unsettled = chain(exp.Or, [_lacks(column(f"t{w}"), m) for w, m in masks])
    return name, when(
        (failed, _code(Outcome.INELIGIBLE)), (unsettled, _code(Outcome.NEEDS_SUPPLEMENT)), otherwise=eligible
    )


def _outcome(layout: Layout, index: int) -> Named:
    """The outcome code: eligible without its main output is pending."""
    laid, settled = layout.programs[index], column(f"s{index}")
    if not laid.has_main:
        return laid.outcome, settled
    eligible = binary(exp.EQ, settled, _code(Outcome.ELIGIBLE))
    pending = binary(exp.And, is_null(column(laid.outputs[0].column)), eligible)
    return laid.outcome, when((pending, _code(Outcome.AMOUNT_PENDING)), otherwise=settled.copy())


def _code(outcome: Outcome) -> Sql:
    return cast(exp.Literal.number(outcome.code), "SMALLINT")


def _either(word: int) -> Sql:
    return binary(exp.Add, column(f"t{word}"), column(f"u{word}"))


def _lacks(word: Sql, mask: int) -> Sql:
    return binary(exp.NEQ, binary(exp.BitwiseAnd, word, integer(mask)), integer(mask))


def _outputs(layout: Layout, outputs: list[list[int]], layers: Layers) -> list[Named]:
    return [
        (output.column, _unless_ineligible(layout, index, layers.value(number)))
        for index, numbers in enumerate(outputs)
        for output, number in zip(layout.programs[index].outputs, numbers, strict=True)
    ]


def _unless_ineligible(layout: Layout, index: int, value: Sql) -> Sql:
    if not layout.programs[index].conditions:
        return value
    return when((binary(exp.NEQ, column(f"s{index}"), _code(Outcome.INELIGIBLE)), value))
