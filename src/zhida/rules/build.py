"""From a measure's source to a program: resolve, check, lower; every problem is collected."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from zhida.rules import ir
from zhida.rules import syntax as s
from zhida.rules.errors import Problem, RuleError
from zhida.rules.expressions import lower_checked
from zhida.rules.guards import Guards, when_true
from zhida.rules.implied import Implied
from zhida.rules.measure import MeasureSource, OutputSource
from zhida.rules.nodes import Nodes
from zhida.rules.parser import parse
from zhida.rules.program import Condition, Output, OutputKind, Program
from zhida.rules.resolve import Resolved, resolve
from zhida.rules.types import Scope
from zhida.rules.units import MONEY
from zhida.rules.vocabulary import SUBJECT, Vocabulary

RESERVED_IDS: Final = ("place", "who")


def build(
    measure: MeasureSource,
    vocabulary: Vocabulary,
    *,
    place: str,
    ancestors: tuple[str, ...],
    at: dt.date,
    known: dt.date | None = None,
) -> Program:
    """The program of ``measure`` at a place and date.

    ancestors: the place and its parents up to "". known: parameters learned later do not count.
    Raises RuleError with every problem found.
    """
    problems = _in_force(measure, at)
    if problems:
        raise RuleError(problems)
    resolved = resolve(measure, vocabulary, ancestors, at, known, problems)
    writer = _Writer(measure, vocabulary, at, resolved, problems)
    program = writer.program(place)
    if problems:
        raise RuleError(tuple(dict.fromkeys(problems)))
    return program


def _in_force(measure: MeasureSource, at: dt.date) -> list[Problem]:
    if at >= measure.valid_from and (measure.valid_until is None or at <= measure.valid_until):
        return []
    until = measure.valid_until or "…"
    return [
        Problem(
            "not-in-force",
            f"{at} 不在措施执行期内（{measure.valid_from} 至 {until}）",
            f"{at} is outside the measure's validity ({measure.valid_from} to {until})",
            None,
            "valid",
        )
    ]


class _Writer:
    """Parses, checks and lowers the texts of one measure with one node factory."""

    def __init__(
        self,
        measure: MeasureSource,
        vocabulary: Vocabulary,
        at: dt.date,
        resolved: Resolved,
        problems: list[Problem],
    ) -> None:
        self.measure = measure
        self.vocabulary = vocabulary
        self.at = at
        self.resolved = resolved
        self.problems = problems
        self.nodes = Nodes()
        self.scope = Scope(vocabulary, measure.entity, resolved.types, {p.name: p.zh for p in measure.params})

    def program(self, place: str) -> Program:
        measure = self.measure
        self._entity()
        self._ids()
        parsed = {c.id: self._parse(c.text, f"conditions.{c.id}.if") for c in measure.conditions}
        guards = {id_: when_true(expr) if expr else frozenset() for id_, expr in parsed.items()}
        conditions = Implied(measure, self.vocabulary, self.nodes, self.problems).conditions()
        for source in measure.conditions:
            others: Guards = frozenset().union(*(g for id_, g in guards.items() if id_ != source.id))
            node = self._node(parsed[source.id], source.text, f"conditions.{source.id}.if", "bool", others)
            if node is not None:
                conditions.append(Condition(source.id, node, source.zh, source.en, source.text, source.clause))
        every: Guards = frozenset().union(*guards.values())
        outputs = [o for o in (self._output(source, every) for source in measure.outputs) if o is not None]
        return Program(
            measure.id,
            measure.version,
            place,
            self.at,
            measure.entity,
            tuple(conditions),
            tuple(outputs),
            self.resolved.uses,
        )

    def _entity(self) -> None:
        if self.measure.entity != SUBJECT and self.measure.entity not in self.vocabulary.entities:
            self.problems.append(
                Problem(
                    "unknown-entity",
                    f"没有记录类型 {self.measure.entity}",
                    f"there is no kind of record {self.measure.entity!r}",
                    None,
                    "unit",
                )
            )

    def _ids(self) -> None:
        seen: set[str] = set(RESERVED_IDS)
        for source in self.measure.conditions:
            if source.id in seen:
                self.problems.append(
                    Problem(
                        "duplicate-id",
                        f"条件 id {source.id} 重复（place 和 who 由系统使用）",
                        f"the condition id {source.id} is taken (place and who are the system's)",
                        None,
                        f"conditions.{source.id}",
                        source.text,
                    )
                )
            seen.add(source.id)
        outputs = [source.id for source in self.measure.outputs]
        for id_ in sorted({o for o in outputs if outputs.count(o) > 1}):
            self.problems.append(
                Problem(
                    "duplicate-id",
                    f"结果 id {id_} 重复",
                    f"the output id {id_} is used twice",
                    None,
                    f"outputs.{id_}",
                )
            )

    def _parse(self, text: str, path: str) -> s.Expr | None:
        try:
            return parse(text)
        except RuleError as error:
            self._found(error.problems, text, path)
            return None

    def _found(self, problems: Sequence[Problem], text: str, path: str) -> None:
        self.problems.extend(replace(p, path=p.path or path, text=p.text or text) for p in problems)

    def _node(self, expr: s.Expr | None, text: str, path: str, want: str | None, guards: Guards) -> ir.Node | None:
        """The node of a parsed text, or None after recording its problems."""
        if expr is None:
            return None
        try:
            return lower_checked(expr, self.scope, self.nodes, self.at, self.resolved.values, want=want, guards=guards)
        except RuleError as error:
            self._found(error.problems, text, path)
            return None

    def _output(self, source: OutputSource, guards: Guards) -> Output | None:
        path = source.id if source.id in ("amount", "date") else f"outputs.{source.id}.expr"
        want = {"amount": "int", "date": "date"}.get(source.id)
        expr = self._parse(source.text, path)
        node = self._node(expr, source.text, path, want, guards)
        if node is None or expr is None:
            return None
        if source.id == "amount":
            self._found(amount_problems(node, expr), source.text, path)
        return Output(source.id, node, output_kind(node), source.zh, source.en, node.unit, source.text)


def output_kind(node: ir.Node) -> OutputKind:
    """``money`` for ints whose unit contains 元, else the node's kind."""
    if node.kind == "int" and node.unit is not None and "元" in node.unit.split("/")[0].split("·"):
        return "money"
    return node.kind


def amount_problems(node: ir.Node, expr: s.Expr) -> list[Problem]:
    """An amount must be 元 and provably not negative."""
    if node.unit != str(MONEY):
        zero = isinstance(node, ir.Const) and node.value == 0
        unit = node.unit if node.unit != "1" else "无单位的数"
        return (
            []
            if zero
            else [
                Problem(
                    "amount-unit",
                    f"金额的单位应是 元，这里是 {unit}",
                    f"the amount must be in 元, this is in {node.unit}",
                    expr.span,
                )
            ]
        )
    if node.lo is not None and node.lo < 0:
        return [
            Problem(
                "amount-negative",
                f"金额可能为负（最小 {node.lo} 分），请写 max(0, …)",
                f"the amount may be negative (down to {node.lo} fen); wrap it in max(0, …)",
                expr.span,
            )
        ]
    return []
