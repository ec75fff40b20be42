"""Decide one measure for one subject, with a trace of every step (Kleene logic).

``missing`` follows one rule: it lists the unknown facts that stand in undecided subtrees, and no
others. ``a && b`` with ``a`` false is decided, so nothing below it is asked; with both unknown, the
unknowns of both are asked. ``c ? a : b`` asks only below the chosen branch when ``c`` is known, else
below ``c`` and both branches. Arithmetic and comparison are unknown when any operand is, and ask for
all unknown operands. A fact that is not applicable is never asked. So filling a fact outside
``missing`` cannot change the outcome, and filling any fact cannot overturn a decided one.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from zhida.rules import ir
from zhida.rules import operations as ops
from zhida.rules.facts import Facts, read
from zhida.rules.outcome import Outcome, decide, main_output
from zhida.rules.program import Output, OutputKind, Program
from zhida.rules.vocabulary import NOT_APPLICABLE, NotApplicable, Value
from zhida.rules.walk import children


class TraceNode(NamedTuple):
    """One evaluated step: its value (None = unknown), and the steps of its operands.

    NOT_APPLICABLE appears only on a ``Var``; operations read it as unknown.
    """

    node: ir.Node
    value: Value | NotApplicable | None
    children: tuple[TraceNode, ...]


@dataclass(frozen=True, slots=True)
class ConditionResult:
    """One condition: true, false or unknown (None), what it read, and what it still needs."""

    id: str
    value: bool | None
    missing: tuple[str, ...]
    blank_params: tuple[str, ...]
    used: Mapping[str, Value | NotApplicable]
    trace: TraceNode = field(repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class OutputResult:
    """One computed figure: money in fen; None when unknown or when the outcome is ineligible."""

    id: str
    kind: OutputKind
    value: Value | None
    missing: tuple[str, ...]
    blank_params: tuple[str, ...]
    trace: TraceNode = field(repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Assessment:
    """The answer of one measure version for one set of facts.

    missing: fact keys (a month of a series by its month key) whose value could change the outcome.
    blank_params: parameters the text leaves blank that stand in the way in the same sense.
    """

    measure: str
    version: str
    outcome: Outcome
    conditions: tuple[ConditionResult, ...]
    outputs: tuple[OutputResult, ...]
    missing: tuple[str, ...]
    blank_params: tuple[str, ...]


def trace(node: ir.Node, facts: Facts) -> TraceNode:
    """Evaluate ``node`` and everything below it, branches not taken included."""
    return _trace(node, facts, {})


def assess(program: Program, facts: Facts) -> Assessment:
    """Decide ``program`` for ``facts``; an absent key is unknown. FactError for a value of wrong type."""
    memo: dict[int, TraceNode] = {}
    conditions = tuple(_condition(c.id, _trace(c.node, facts, memo), facts) for c in program.conditions)
    traced = tuple((o, _trace(o.node, facts, memo)) for o in program.outputs)
    main = main_output(program)
    main_trace = traced[0][1] if main else None
    outcome = decide((c.value for c in conditions), main_trace is None or _plain(main_trace) is not None)
    open_traces = [c.trace for c in conditions] + ([main_trace] if main_trace else [])
    if outcome is Outcome.INELIGIBLE:
        open_traces = []
    missing, blank = _gaps(*open_traces)
    outputs = tuple(_output(o, t, outcome) for o, t in traced)
    return Assessment(program.measure, program.version, outcome, conditions, outputs, missing, blank)


def _condition(ident: str, traced: TraceNode, facts: Facts) -> ConditionResult:
    value = _plain(traced)
    missing, blank = _gaps(traced)
    return ConditionResult(
        ident,
        None if value is None else bool(value),
        missing,
        blank,
        _used(traced, facts),
        traced,
    )


def _output(output: Output, traced: TraceNode, outcome: Outcome) -> OutputResult:
    if outcome is Outcome.INELIGIBLE:
        return OutputResult(output.id, output.kind, None, (), (), traced)
    missing, blank = _gaps(traced)
    return OutputResult(output.id, output.kind, _plain(traced), missing, blank, traced)


def _gaps(*traces: TraceNode) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Unknown facts and blank parameters below undecided steps, in reading order, without repeats."""
    missing: dict[str, None] = {}
    blank: dict[str, None] = {}
    seen: set[int] = set()

    def visit(step: TraceNode) -> None:
        if step.value is not None or id(step) in seen:
            return
        seen.add(id(step))
        node = step.node
        if isinstance(node, ir.Var | ir.Has):
            missing[node.key] = None
        elif isinstance(node, ir.Const):
            blank[node.param] = None
        for child in _relevant(step):
            visit(child)

    for one in traces:
        visit(one)
    return tuple(missing), tuple(blank)


def _used(traced: TraceNode, facts: Facts) -> dict[str, Value | NotApplicable]:
    """Facts with values read on the way to this step; a branch not taken counts as not read."""
    used: dict[str, Value | NotApplicable] = {}
    seen: set[int] = set()

    def visit(step: TraceNode) -> None:
        if id(step) in seen:
            return
        seen.add(id(step))
        if isinstance(step.node, ir.Var | ir.Has) and step.value is not None:
            used[step.node.key] = facts[step.node.key]
        for child in _relevant(step):
            visit(child)

    visit(traced)
    return used


def _relevant(step: TraceNode) -> tuple[TraceNode, ...]:
    """The operands that bear on the value: all of them, but of a decided ``?:`` the chosen branch."""
    if isinstance(step.node, ir.If):
        cond, then, other = step.children
        if cond.value is not None:
            return (cond, then if cond.value else other)
    return step.children


def _plain(step: TraceNode) -> Value | None:
    value = step.value
    return None if value is NOT_APPLICABLE else value


def _trace(node: ir.Node, facts: Facts, memo: dict[int, TraceNode]) -> TraceNode:
    result = memo.get(id(node))
    if result is not None:
        return result
    if isinstance(node, ir.Var):
        result = TraceNode(node, read(node, facts), ())
    elif isinstance(node, ir.Has):
        result = TraceNode(node, _has(facts.get(node.key)), ())
    elif isinstance(node, ir.Const):
        result = TraceNode(node, node.value, ())
    else:
        steps = tuple([_trace(child, facts, memo) for child in children(node)])
        values = [None if s.value is NOT_APPLICABLE else s.value for s in steps]
        result = TraceNode(node, _OPERATIONS[type(node)](node, values), steps)
    memo[id(node)] = result
    return result


def _has(value: Value | NotApplicable | None) -> bool | None:
    if value is None:
        return None
    return value is not NOT_APPLICABLE


def _and(_: ir.Node, values: list[Any]) -> bool | None:
    if False in values:
        return False
    return None if None in values else True


def _or(_: ir.Node, values: list[Any]) -> bool | None:
    if True in values:
        return True
    return None if None in values else False


def _if(_: ir.Node, values: list[Any]) -> Value | None:
    cond, then, other = values
    if cond is None:
        return None
    chosen: Value | None = then if cond else other
    return chosen


def _strict(
    operation: Callable[..., Value],
) -> Callable[[ir.Node, list[Any]], Value | None]:
    """An operation that is unknown as soon as one operand is; called with the node, then the operands."""

    def run(node: ir.Node, values: list[Any]) -> Value | None:
        return None if None in values else operation(node, *values)

    return run


def _days(_: ir.Node, start: dt.date, end: dt.date) -> int:
    return (end - start).days


_OPERATIONS: dict[type[ir.Node], Callable[[Any, list[Any]], Value | None]] = {
    ir.And: _and,
    ir.Or: _or,
    ir.If: _if,
    ir.Not: _strict(lambda _n, a: not a),
    ir.Cmp: _strict(lambda n, a, b: ops.COMPARISONS[n.op](a, b)),
    ir.In: _strict(lambda n, a: a in n.codes),
    ir.Add: _strict(lambda _n, *args: sum(args)),
    ir.Sub: _strict(lambda _n, a, b: a - b),
    ir.Mul: _strict(lambda _n, a, b: a * b),
    ir.Min: _strict(lambda _n, *args: min(args)),
    ir.Max: _strict(lambda _n, *args: max(args)),
    ir.Rate: _strict(lambda n, x, num: ops.rate(x, num, n.den, n.mode)),
    ir.DaysBetween: _strict(_days),
    ir.MonthsBetween: _strict(lambda _n, a, b: ops.months_between(a, b)),
    ir.AddMonths: _strict(lambda _n, d, m: ops.add_months(d, m)),
    ir.AddDays: _strict(lambda _n, d, days: ops.add_days(d, days)),
    ir.DatePart: _strict(lambda n, d: getattr(d, n.part)),
    ir.Tier: _strict(lambda n, a: ops.tier(a, n.brackets)),
}
