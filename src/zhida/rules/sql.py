"""Many programs compiled to one SELECT for DuckDB, PostgreSQL or Spark.

The statement is a stack of layers: (1) the needed facts, with code look-ups joined in; (2) repeated
subtrees, by depth; (3) the T/U words, one bit per distinct condition; (4) outcomes and outputs. NULL
is unknown throughout. Everything is total (``totality``), because engines may evaluate any branch.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlglot import exp

from zhida.rules.graph import Graph
from zhida.rules.layout import WORD_BITS, Layout, ProgramLayout, build_layout
from zhida.rules.outcome import Outcome
from zhida.rules.program import Program
from zhida.rules.sql_codes import SOURCE, CodeJoins
from zhida.rules.sql_dialect import (
    SQL_TYPES,
    Dialect,
    DialectName,
    Sql,
    alias,
    balanced,
    binary,
    cast,
    chain,
    column,
    integer,
    is_null,
    when,
)
from zhida.rules.sql_layers import Layers, Named
from zhida.rules.totality import require_total

_RELATION = "zhida relation"


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
    _base: tuple[Named, ...] = field(repr=False)
    _joins: CodeJoins = field(repr=False)
    _steps: tuple[tuple[Named, ...], ...] = field(repr=False)

    def select(self, relation: str, keys: Sequence[str] = ()) -> str:
        """The SELECT over ``relation``: SQL text of a table, function or parenthesised query of ours.

        ``relation`` is inserted as it stands and must never hold a user's text.
        """
        dialect = Dialect(self.dialect)
        tree = _first_layer(self._base, self._joins, keys)
        available = [*keys, *(name for name, _ in self._base)]
        if self._joins.second:
            tree = _second_layer(dialect.fence(tree), available, self._joins)
            available += [name for name, _ in self._joins.second]
        for index, step in enumerate(self._steps):
            later = {c.name for s in self._steps[index:] for _, e in s for c in e.find_all(exp.Column)}
            kept = [n for n in available if n in later or n in keys]
            kept += [n for n in available if n not in kept and n in self.produced]
            tree = _layer(dialect.fence(tree), kept, step)
            available = [*kept, *(name for name, _ in step)]
        final = [*keys, *self.produced]
        text = dialect.sql(_layer(dialect.fence(tree), final, ()))
        return text.replace(dialect.sql(column(_RELATION)), relation, 1)

    @property
    def produced(self) -> tuple[str, ...]:
        """The result columns after the keys."""
        words = [f"{letter}{w}" for w in range(self.layout.words) for letter in "tu"]
        answers = [
            name
            for program in self.layout.programs
            for name in (program.outcome, *(o.column for o in program.outputs))
        ]
        return (*words, *answers)


def compile_batch(programs: Sequence[Program], dialect: DialectName) -> BatchPlan:
    """Compile ``programs`` for one engine; RuleError if any of them cannot run on every engine."""
    for program in programs:
        for condition in program.conditions:
            require_total(condition.node, f"{program.measure}.conditions.{condition.id}")
        for output in program.outputs:
            require_total(output.node, f"{program.measure}.{output.id}")
    graph = Graph()
    layout, conditions = build_layout(programs, graph)
    outputs = [[graph.add(o.node) for o in p.outputs] for p in programs]
    joins = CodeJoins(graph, conditions)
    tested = {b: n for b, n in enumerate(conditions) if b not in joins.tabulated}
    roots = [*tested.values(), *(n for one in outputs for n in one)]
    layers = Layers(graph, roots, joins, Dialect(dialect))
    steps = [
        *(tuple(step) for step in layers.steps),
        tuple(_words(layout.words, tested, layers, joins)),
        tuple(_outcome(layout, i, o, layers) for i, o in enumerate(outputs)),
        tuple(_outputs(layout, outputs, layers)),
    ]
    return BatchPlan(dialect, layout, _source_columns(layers, joins), tuple(layers.base), joins, tuple(steps))


def _source_columns(layers: Layers, joins: CodeJoins) -> tuple[SourceColumn, ...]:
    types = dict(layers.keys)
    types.update(dict.fromkeys(joins.keys(), SQL_TYPES["code"]))
    return tuple(SourceColumn(name, types[name]) for name in sorted(types))


def _words(count: int, tested: dict[int, int], layers: Layers, joins: CodeJoins) -> list[Named]:
    """The T and U words: each condition adds its bit, look-ups add whole words."""
    parts: dict[tuple[str, int], list[Sql]] = {(letter, word): [] for word in range(count) for letter in "tu"}
    for position, number in tested.items():
        word, bit = divmod(position, WORD_BITS)
        one, zero = integer(1 << bit), integer(0)
        parts["t", word].append(when((layers.value(number), one), otherwise=zero))
        missing = is_null(layers.value(number))
        parts["u", word].append(when((missing, one.copy()), otherwise=zero.copy()))
    for term in joins.terms:
        parts[term.letter, term.word].append(column(term.column))
    return [
        (f"{letter}{word}", balanced(exp.Add, terms) if terms else integer(0))
        for (letter, word), terms in parts.items()
    ]


def _outcome(layout: Layout, index: int, outputs: list[int], layers: Layers) -> Named:
    """The outcome code of one program from its bits and whether its main output is known."""
    laid = layout.programs[index]
    settled = integer(Outcome.ELIGIBLE.code)
    if laid.has_main:
        pending = (is_null(layers.value(outputs[0])), integer(Outcome.AMOUNT_PENDING.code))
        settled = when(pending, otherwise=settled)
    masks = [(w, m) for w, m in enumerate(layout.mask(index)) if m]
    if not masks:
        return laid.outcome, cast(settled, "SMALLINT")
    failed = chain(exp.Or, [_lacks(_either(w), m) for w, m in masks])
    unsettled = chain(exp.Or, [_lacks(column(f"t{w}"), m) for w, m in masks])
    code = when(
        (failed, integer(Outcome.INELIGIBLE.code)),
        (unsettled, integer(Outcome.NEEDS_SUPPLEMENT.code)),
        otherwise=settled,
    )
    return laid.outcome, cast(code, "SMALLINT")


def _either(word: int) -> Sql:
    return binary(exp.Add, column(f"t{word}"), column(f"u{word}"))


def _lacks(word: Sql, mask: int) -> Sql:
    return binary(exp.NEQ, binary(exp.BitwiseAnd, word, integer(mask)), integer(mask))


def _outputs(layout: Layout, outputs: list[list[int]], layers: Layers) -> list[Named]:
    found = []
    for laid, numbers in zip(layout.programs, outputs, strict=True):
        for output, number in zip(laid.outputs, numbers, strict=True):
            value = layers.value(number)
            found.append((output.column, _unless_ineligible(laid, value)))
    return found


def _unless_ineligible(laid: ProgramLayout, value: Sql) -> Sql:
    if not laid.conditions:
        return value
    return when((binary(exp.NEQ, column(laid.outcome), integer(0)), value))


def _first_layer(base: Sequence[Named], joins: CodeJoins, keys: Sequence[str]) -> exp.Select:
    own = [alias(column(key, SOURCE), key) for key in keys]
    select = exp.Select(expressions=own + [alias(e.copy(), n) for n, e in base])
    select = select.from_(exp.alias_(exp.Table(this=exp.to_identifier(_RELATION, quoted=True)), SOURCE))
    return _joined(select, joins.joins())


def _second_layer(below: exp.Select, names: Sequence[str], joins: CodeJoins) -> exp.Select:
    kept = [alias(column(name, SOURCE), name) for name in names]
    select = exp.Select(expressions=kept + [alias(e.copy(), n) for n, e in joins.second])
    return _joined(select.from_(below.subquery(SOURCE)), joins.second_joins())


def _joined(select: exp.Select, joins: Sequence[tuple[Sql, Sql]]) -> exp.Select:
    for table, on in joins:
        select = select.join(table.copy(), on=on.copy(), join_type="left")
    return select


def _layer(below: exp.Select, kept: Sequence[str], new: Sequence[Named]) -> exp.Select:
    select = exp.Select(expressions=[*map(column, kept), *(alias(e.copy(), n) for n, e in new)])
    return select.from_(below.subquery(SOURCE))


__all__ = ["BatchPlan", "SourceColumn", "compile_batch"]
