"""The surface syntax tree: what the author wrote, with the place of every piece.

Chains of ``&&``, ``||`` and of ``+``/``-`` are one node each, so that a long sum is not a deep tree.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from zhida.rules.errors import Span
from zhida.rules.ir import CmpOp


@dataclass(frozen=True, slots=True)
class Expr:
    """Base of all syntax nodes; ``span`` covers the node's text."""

    span: Span


@dataclass(frozen=True, slots=True)
class IntLit(Expr):
    """An int64 literal; ``-`` directly before digits is part of it."""

    value: int


@dataclass(frozen=True, slots=True)
class BoolLit(Expr):
    value: bool


@dataclass(frozen=True, slots=True)
class StrLit(Expr):
    """A quoted text, escapes resolved: a code, or the argument of ``date``, ``yuan``, a mode or month."""

    value: str


@dataclass(frozen=True, slots=True)
class Name(Expr):
    """A possibly dotted name: ``insured_staff``, ``lease.area``, ``param.limit``, ``as_of``."""

    name: str


@dataclass(frozen=True, slots=True)
class ListLit(Expr):
    items: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Not(Expr):
    arg: Expr


@dataclass(frozen=True, slots=True)
class Neg(Expr):
    arg: Expr


@dataclass(frozen=True, slots=True)
class Logic(Expr):
    """``a && b && …`` or ``a || b || …``; at least two operands."""

    op: Literal["&&", "||"]
    args: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Compare(Expr):
    op: CmpOp
    left: Expr
    right: Expr


@dataclass(frozen=True, slots=True)
class Member(Expr):
    """``left in right``."""

    left: Expr
    right: Expr


@dataclass(frozen=True, slots=True)
class Sum(Expr):
    """``first ± term ± term …`` from left to right; signs[i] belongs to terms[i + 1]."""

    terms: tuple[Expr, ...]
    signs: tuple[Literal["+", "-"], ...]


@dataclass(frozen=True, slots=True)
class Product(Expr):
    left: Expr
    right: Expr


@dataclass(frozen=True, slots=True)
class Choice(Expr):
    """``cond ? then : other``."""

    cond: Expr
    then: Expr
    other: Expr


@dataclass(frozen=True, slots=True)
class Call(Expr):
    """A function call by plain name; ``name_span`` is the name alone."""

    name: str
    args: tuple[Expr, ...]
    name_span: Span


def parts(expr: Expr) -> tuple[Expr, ...]:
    """The direct sub-expressions, left to right."""
    if isinstance(expr, Logic | Call):
        return expr.args
    if isinstance(expr, Sum):
        return expr.terms
    if isinstance(expr, ListLit):
        return expr.items
    if isinstance(expr, Not | Neg):
        return (expr.arg,)
    if isinstance(expr, Compare | Member | Product):
        return (expr.left, expr.right)
    if isinstance(expr, Choice):
        return (expr.cond, expr.then, expr.other)
    return ()
