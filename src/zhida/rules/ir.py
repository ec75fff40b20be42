"""The checked, resolved form of a rule: a hash-consed graph of total operations.

The checker produces these nodes after names, units, parameters, month windows and code sets are
resolved; the tracer, the closures and the SQL compiler read nothing else. Every operation here has
the same meaning on every engine: int64 ``+ - *``, integer division of non-negatives by positive
constants, comparisons, Kleene logic, calendar arithmetic on dates.

A node's ``lo``/``hi`` bound its value when it is an int (proved by interval analysis, fen for money).
Unknown is the absence of a value (None here, NULL in SQL); any operation on it is unknown except
where ``And``/``Or`` are decided by another operand.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Literal

Kind = Literal["bool", "int", "code", "date"]
CmpOp = Literal["==", "!=", "<", "<=", ">", ">="]
RoundMode = Literal["half_up", "down", "up"]


@dataclass(frozen=True, slots=True)
class Node:
    """Base of all nodes. Equality is structural, so equal subtrees are one object after interning."""

    kind: Kind
    unit: str | None
    lo: int | None
    hi: int | None


@dataclass(frozen=True, slots=True)
class Const(Node):
    """A literal or resolved parameter; ``value`` None is a parameter its text leaves blank (unknown).

    ``param`` names the parameter it came from, or "".
    """

    value: bool | int | str | dt.date | None
    param: str = ""


@dataclass(frozen=True, slots=True)
class Var(Node):
    """A fact by key, or one month of a series (``sales@2022-04``); the key is also the column name."""

    key: str


@dataclass(frozen=True, slots=True)
class Has(Node):
    """True when the fact applies and is known, false when it does not apply, else unknown."""

    key: str


@dataclass(frozen=True, slots=True)
class Not(Node):
    arg: Node


@dataclass(frozen=True, slots=True)
class And(Node):
    args: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Or(Node):
    args: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Cmp(Node):
    """Comparison of two ints, two dates, two codes or two bools (the last two only ``==``, ``!=``)."""

    op: CmpOp
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class In(Node):
    """Membership of a code in a fixed, non-empty set; ``name`` is the parameter it came from, or ""."""

    arg: Node
    codes: frozenset[str]
    name: str = ""


@dataclass(frozen=True, slots=True)
class Add(Node):
    args: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Sub(Node):
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Mul(Node):
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class If(Node):
    """``c ? a : b``; unknown when ``c`` is unknown."""

    cond: Node
    then: Node
    other: Node


@dataclass(frozen=True, slots=True)
class Min(Node):
    args: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Max(Node):
    args: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Rate(Node):
    """``x * num / den`` rounded once; x and num proved >= 0, ``den`` a positive constant."""

    x: Node
    num: Node
    den: int
    mode: RoundMode


@dataclass(frozen=True, slots=True)
class DaysBetween(Node):
    """Days from ``start`` to ``end`` (end minus start; negative when reversed)."""

    start: Node
    end: Node


@dataclass(frozen=True, slots=True)
class MonthsBetween(Node):
    """Whole months from ``start`` to ``end``: month difference, less one when end's day is earlier."""

    start: Node
    end: Node


@dataclass(frozen=True, slots=True)
class AddMonths(Node):
    """Date plus whole months, clamped to the month's last day (31 Aug + 1 month = 30 Sep)."""

    date: Node
    months: Node


@dataclass(frozen=True, slots=True)
class AddDays(Node):
    date: Node
    days: Node


@dataclass(frozen=True, slots=True)
class DatePart(Node):
    """Year, month (1-12) or day (1-31) of a date as an int."""

    part: Literal["year", "month", "day"]
    date: Node


@dataclass(frozen=True, slots=True)
class Tier(Node):
    """Value of the first bracket that holds ``arg``: (upper bound, inclusive, value); last bound None."""

    arg: Node
    brackets: tuple[tuple[int | None, bool, int], ...]
