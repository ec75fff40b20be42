"""One rule text to one node: check, then lower; derived facts are expanded in place."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from zhida.rules import ir
from zhida.rules import syntax as s
from zhida.rules.check import Checker
from zhida.rules.errors import Problem, RuleError
from zhida.rules.guards import Guards
from zhida.rules.lower import Lowering
from zhida.rules.nodes import Nodes
from zhida.rules.parser import parse
from zhida.rules.types import NAMES, Scope, fact_type
from zhida.rules.units import read_measure
from zhida.rules.vocabulary import SUBJECT, Fact, Vocabulary


def lower_checked(
    expr: s.Expr,
    scope: Scope,
    nodes: Nodes,
    at: dt.date,
    values: Mapping[str, Any],
    *,
    want: str | None = None,
    guards: Guards = frozenset(),
    open_facts: tuple[str, ...] = (),
) -> ir.Node:
    """Check and lower one expression; RuleError with every problem.

    values: parameter values by name. open_facts: derived facts being expanded, to refuse circles.
    """
    checker = Checker(scope)
    ty = checker.check(expr, guards) if want is None else checker.want(expr, want, guards, "这里")
    if ty.kind in ("series", "list", "set", "ratio", "tiers", "month"):
        checker.problem("type", f"{NAMES[ty.kind][0]}不能作结果", f"{NAMES[ty.kind][1]} is no result", expr.span)
    missing = [n for n in _used_params(expr) if n not in values and n in scope.params]
    if checker.problems or missing:
        raise RuleError(checker.problems)

    def derive(fact: Fact, low: Lowering) -> ir.Node:
        return derived(fact, scope.vocabulary, nodes, low.at, open_facts)

    before = len(nodes.problems)
    node = Lowering(nodes, scope.vocabulary, at, checker.types, values, derive).lower(expr)
    found = nodes.problems[before:]
    if found:
        del nodes.problems[before:]
        raise RuleError(found)
    return node


def _used_params(expr: s.Expr) -> set[str]:
    named = isinstance(expr, s.Name) and expr.name.startswith("param.")
    found = {expr.name.removeprefix("param.")} if isinstance(expr, s.Name) and named else set()
    return found.union(*(_used_params(part) for part in s.parts(expr)))


def derived(fact: Fact, vocabulary: Vocabulary, nodes: Nodes, at: dt.date, open_facts: tuple[str, ...] = ()) -> ir.Node:
    """The node of a derived fact; its own problems name the fact, not the rule that uses it."""
    text = fact.derive or ""
    if fact.key in open_facts:
        circle = " → ".join((*open_facts, fact.key))
        raise _about(fact, [Problem("derive-circle", f"推导成环：{circle}", f"derived in a circle: {circle}")])
    kind = "int" if fact.kind == "money" else fact.kind
    scope, chain = Scope(vocabulary, fact.entity), (*open_facts, fact.key)
    try:
        expr = parse(text)
        node = lower_checked(expr, scope, nodes, at, {}, want=kind, open_facts=chain)
    except RuleError as error:
        raise _about(fact, error.problems) from error
    unit = fact_type(fact, vocabulary).unit
    if unit is not None and node.unit != str(unit) and not isinstance(node, ir.Const):
        zh = f"推导结果的单位是 {node.unit}，而 {fact.key} 声明为 {unit}"
        en = f"the derivation is in {node.unit}, but {fact.key} is declared in {unit}"
        raise _about(fact, [Problem("derive-unit", zh, en, expr.span)])
    return node


def _about(fact: Fact, problems: Sequence[Problem]) -> RuleError:
    path, text = f"vocabulary.{fact.key}.derive", fact.derive or ""
    return RuleError([replace(p, path=p.path or path, text=p.text or text) for p in problems])


def expression(
    text: str,
    vocabulary: Vocabulary,
    *,
    entity: str = SUBJECT,
    at: dt.date,
    want: str | None = None,
) -> ir.Node:
    """One rule text outside a measure (tags, alerts, routing, metrics), without parameters.

    want: ``bool``, ``int``, ``money``, ``code`` or ``date`` when only that will do. Raises RuleError.
    """
    kind = "int" if want == "money" else want
    try:
        expr = parse(text)
        node = lower_checked(expr, Scope(vocabulary, entity), Nodes(), at, {}, want=kind)
    except RuleError as error:
        raise RuleError([replace(p, text=p.text or text) for p in error.problems]) from error
    if want == "money" and not read_measure(node.unit or "1").unit.is_money:
        zh, en = f"这里需要金额，结果的单位是 {node.unit}", f"money is needed here, the result is in {node.unit}"
        raise RuleError([Problem("type", zh, en, expr.span, "", text)])
    return node
