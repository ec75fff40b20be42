"""From checked syntax to IR nodes, at one date, with parameters and months filled in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, cast

from zhida.rules import intervals as iv
from zhida.rules import ir
from zhida.rules import syntax as s
from zhida.rules.errors import Span
from zhida.rules.nodes import Nodes
from zhida.rules.types import Ty, fact_type
from zhida.rules.units import MONEY, PURE
from zhida.rules.vocabulary import Fact, Vocabulary

Derive = Any
"""Callable from a derived fact to its node; see ``derived``."""


class Lowering:
    """Lowers expressions of one program.

    types: the checker's types by id(node). params: read values by name (None is blank).
    """

    def __init__(
        self,
        nodes: Nodes,
        vocabulary: Vocabulary,
        at: dt.date,
        types: Mapping[int, Ty],
        params: Mapping[str, Any],
        derive: Derive,
    ) -> None:
        self.nodes = nodes
        self.vocabulary = vocabulary
        self.at = at
        self.types = types
        self.params = params
        self.derive = derive

    def unit(self, expr: s.Expr) -> str:
        return str(self.types[id(expr)].unit or PURE)

    def lower(self, expr: s.Expr) -> ir.Node:
        """The node of an expression that passed the checker."""
        before, self.nodes.span = self.nodes.span, expr.span
        try:
            node = self._lower(expr)
        finally:
            self.nodes.span = before
        return node

    def _at(self, span: Span) -> None:
        """Operands are built: what is found from here on concerns the whole expression."""
        self.nodes.span = span

    def _lower(self, expr: s.Expr) -> ir.Node:
        nodes = self.nodes
        match expr:
            case s.IntLit(value=value):
                return nodes.const(value, "int", self.unit(expr))
            case s.BoolLit(value=truth):
                return nodes.const(truth, "bool")
            case s.StrLit(value=text):
                return nodes.const(text, "code")
            case s.Name():
                return self._name(expr)
            case s.Not(arg=arg):
                return nodes.not_(self.lower(arg))
            case s.Neg(arg=arg):
                return nodes.negative(self.lower(arg), self.unit(expr))
            case s.Logic(op=op, args=args):
                return nodes.logic(ir.And if op == "&&" else ir.Or, [self.lower(a) for a in args])
            case s.Compare(op=cmp, left=left, right=right):
                return nodes.cmp(cmp, self.lower(left), self.lower(right))
            case s.Member():
                return self._member(expr)
            case s.Sum():
                return self._sum(expr)
            case s.Product(left=left, right=right):
                return nodes.mul(self.lower(left), self.lower(right), self.unit(expr))
            case s.Choice(cond=cond, then=then, other=other):
                return nodes.choose(self.lower(cond), self.lower(then), self.lower(other))
            case s.Call():
                from zhida.rules.lower_calls import lower_call

                return lower_call(self, expr)
        raise AssertionError(f"unchecked {type(expr).__name__}")

    def _sum(self, expr: s.Sum) -> ir.Node:
        plus: list[ir.Node] = [self.lower(expr.terms[0])]
        minus: list[ir.Node] = []
        for sign, term in zip(expr.signs, expr.terms[1:], strict=True):
            (plus if sign == "+" else minus).append(self.lower(term))
        return self.nodes.sum_(plus, minus, self.unit(expr))

    def _name(self, expr: s.Name) -> ir.Node:
        if expr.name == "as_of":
            return self.nodes.const(self.at, "date", None, "as_of")
        if expr.name.startswith("param."):
            return self._param(expr)
        return self.fact(self.vocabulary.facts[expr.name])

    def fact(self, fact: Fact) -> ir.Node:
        """A fact as a variable, or the node of its derivation."""
        if fact.derive is not None:
            return cast(ir.Node, self.derive(fact, self))
        return self.fact_var(fact, fact.key)

    def fact_var(self, fact: Fact, key: str) -> ir.Var:
        """A variable with the fact's bounds; ``key`` may be one month of a series."""
        if fact.kind != "int" and fact.kind != "money":
            return self.nodes.var(key, fact.kind, None, (None, None))
        unit = fact_type(fact, self.vocabulary).unit or MONEY
        low, high = iv.default_bounds(fact.kind == "money")
        low = low if fact.lo is None else fact.lo
        high = max(low, high) if fact.hi is None else fact.hi
        return self.nodes.var(key, "int", str(unit), (low, high))

    def _param(self, expr: s.Name) -> ir.Node:
        name = expr.name.removeprefix("param.")
        ty = self.types[id(expr)]
        kind: ir.Kind = "int" if ty.kind in ("int", "any") else cast(ir.Kind, ty.kind)
        unit = str(ty.unit or PURE) if kind == "int" else None
        return self.nodes.const(self.params[name], kind, unit, name)

    def _member(self, expr: s.Member) -> ir.Node:
        left = self.lower(expr.left)
        if isinstance(expr.right, s.ListLit):
            values = [self.lower(item) for item in expr.right.items]
            if left.kind == "code":
                return self.nodes.in_(left, frozenset(str(cast(ir.Const, v).value) for v in values))
            return self.nodes.logic(ir.Or, [self.nodes.cmp("==", left, v) for v in values])
        name = cast(s.Name, expr.right).name.removeprefix("param.")
        codes = self.params[name]
        if codes is None and not self.nodes.fold:
            return self.nodes.in_(left, frozenset(), name)
        if codes is None:
            return self.nodes.const(None, "bool", None, name)
        return self.nodes.in_(left, frozenset(codes), name)
