"""The few constructs DuckDB, PostgreSQL and Spark spell or mean differently, as sqlglot trees.

Only operations on which the engines agree are ever emitted: int64 arithmetic, integer division of
non-negatives, comparisons, Kleene logic, CASE with both arms explicit, proleptic Gregorian dates.
Function calls are built as anonymous functions so that sqlglot prints them as they are.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from functools import cache, reduce
from typing import Final, Literal

from sqlglot import exp

DialectName = Literal["duckdb", "postgres", "spark"]
Sql = exp.Expr

SQL_TYPES: Final = {"bool": "BOOLEAN", "int": "BIGINT", "code": "VARCHAR", "date": "DATE"}
SOURCE: Final = "s"  # alias of what a layer reads from


def column(name: str, table: str | None = None) -> exp.Column:
    """A column reference, always quoted: fact keys hold dots, ``@`` and ``#``."""
    quoted = exp.to_identifier(name, quoted=True)
    return exp.Column(this=quoted, table=exp.to_identifier(table, quoted=True) if table else None)


def alias(value: Sql, name: str) -> exp.Alias:
    return exp.Alias(this=value, alias=exp.to_identifier(name, quoted=True))


def call(name: str, *args: Sql) -> Sql:
    return exp.Anonymous(this=name, expressions=list(args))


def cast(value: Sql, kind: str) -> Sql:
    return exp.Cast(this=value, to=_type(kind).copy())


@cache
def _type(kind: str) -> exp.DataType:
    return exp.DataType.build(kind)  # parsing the name anew was a fifth of compiling


def group(value: Sql) -> Sql:
    """Parenthesised unless it is a leaf or a call: sqlglot does not add what precedence needs."""
    closed = exp.Column | exp.Literal | exp.Cast | exp.Paren | exp.Anonymous | exp.Boolean | exp.Case
    return value if isinstance(value, closed) else exp.Paren(this=value)


def binary(operator: type[exp.Binary], left: Sql, right: Sql) -> Sql:
    return operator(this=group(left), expression=group(right))


def chain(operator: type[exp.Binary], args: Sequence[Sql]) -> Sql:
    """Left-deep ``a op b op c``; printed without inner parentheses, order of operation kept."""
    return reduce(lambda a, b: operator(this=a, expression=group(b)), args[1:], group(args[0]))


def balanced(operator: type[exp.Binary], args: Sequence[Sql]) -> Sql:
    """The same as a tree of logarithmic depth, for operators whose grouping does not matter."""
    if len(args) == 1:
        return args[0]
    half = len(args) // 2
    return binary(operator, balanced(operator, args[:half]), balanced(operator, args[half:]))


def is_null(value: Sql) -> Sql:
    return exp.Is(this=group(value), expression=exp.Null())


def not_null(value: Sql) -> Sql:
    return exp.Not(this=is_null(value))


def integer(value: int) -> Sql:
    """A BIGINT constant; typed, because a bare literal is 32-bit on every engine."""
    digits = exp.Literal.number(abs(value))
    return cast(exp.Paren(this=exp.Neg(this=digits)) if value < 0 else digits, "BIGINT")


def literal(value: bool | int | str | dt.date | None, kind: str) -> Sql:
    if value is None:
        return cast(exp.Null(), SQL_TYPES[kind])
    if isinstance(value, bool):
        return exp.Boolean(this=value)
    if isinstance(value, int):
        return integer(value)
    if isinstance(value, dt.date):
        return cast(exp.Literal.string(value.isoformat()), "DATE")
    return exp.Literal.string(value)


def when(*arms: tuple[Sql, Sql], otherwise: Sql | None = None) -> Sql:
    case = exp.Case(ifs=[exp.If(this=test, true=value) for test, value in arms])
    if otherwise is not None:
        case.set("default", otherwise)
    return case


class Dialect:
    """Spelling of one engine; ``name`` is also sqlglot's name of it."""

    def __init__(self, name: DialectName) -> None:
        self.name: DialectName = name

    def divide(self, left: Sql, right: int) -> Sql:
        """Integer division of a non-negative BIGINT by a positive constant."""
        operator: type[exp.Binary] = exp.Div if self.name == "postgres" else exp.IntDiv
        result = operator(this=group(left), expression=integer(right))
        if operator is exp.Div:
            result.set("typed", True)  # both sides are integers: print a bare /
            result.set("safe", False)
        return result

    def days_between(self, start: Sql, end: Sql) -> Sql:
        if self.name == "spark":
            return cast(call("DATEDIFF", end, start), "BIGINT")
        return cast(exp.Paren(this=binary(exp.Sub, end, start)), "BIGINT")

    def date_part(self, part: str, date: Sql) -> Sql:
        if self.name == "postgres":
            return cast(exp.Extract(this=exp.var(part.upper()), expression=date), "BIGINT")
        return cast(call(part.upper(), date), "BIGINT")

    def calendar_months(self, start: Sql, end: Sql) -> Sql:
        """How many months the calendar month of ``end`` is after that of ``start``."""
        if self.name == "duckdb":
            return cast(call("DATEDIFF", exp.Literal.string("month"), start, end), "BIGINT")
        years, months = (
            binary(exp.Sub, self.date_part(part, end.copy()), self.date_part(part, start.copy()))
            for part in ("year", "month")
        )
        return binary(exp.Add, binary(exp.Mul, years, integer(12)), months)

    def add_days(self, date: Sql, days: Sql) -> Sql:
        if self.name == "spark":
            return call("DATE_ADD", date, cast(days, "INT"))
        return exp.Paren(this=binary(exp.Add, date, cast(days, "INT")))

    def add_months(self, date: Sql, months: Sql) -> Sql:
        """Whole months, clamped to the last day of the month on every engine."""
        number = cast(months, "INT")
        if self.name == "spark":
            return call("ADD_MONTHS", date, number)
        if self.name == "duckdb":
            return cast(binary(exp.Add, date, call("TO_MONTHS", number)), "DATE")
        return cast(binary(exp.Add, date, call("MAKE_INTERVAL", integer_zero(), number)), "DATE")

    @property
    def fence(self) -> str:
        """Keeps the planner from merging a layer into the next, which would repeat its expressions."""
        return " OFFSET 0" if self.name == "postgres" else ""

    def sql(self, tree: Sql) -> str:
        return tree.sql(dialect=self.name)


def integer_zero() -> Sql:
    """MAKE_INTERVAL's first argument is years, its second months; both are 32-bit."""
    return cast(exp.Literal.number(0), "INT")
