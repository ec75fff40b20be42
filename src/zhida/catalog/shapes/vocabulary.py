"""Shapes of the fact vocabulary and of the department feeds that fill it."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from zhida.catalog.shapes.base import Bool, Date, FactKey, Id, Int, Shape, Str, Text

FactKind = Literal["bool", "int", "money", "code", "date"]
ColumnType = Literal["int", "money", "date", "month", "quarter", "year", "code", "bool", "text", "uscc", "place"]
Bound = Decimal | None


class FactItem(Shape):
    """One fact a rule may use (see ``zhida.rules.vocabulary.Fact`` for the meaning of each key).

    lo, hi: smallest and largest value accepted; 元 for money, the fact's own unit otherwise.
    """

    key: FactKey
    zh: Str
    en: Str
    kind: FactKind
    unit: Str | None = None
    entity: Id | None = None
    series: Bool = False
    codes: Id | None = None
    lo: Bound = None
    hi: Bound = None
    optional: Bool = False
    feed: Id | None = None
    owner: Id | Literal[""] = ""
    ask: Text | None = None
    fresh_days: Int | None = None
    derive: Str | None = None
    sensitive: Bool = False
    source: str = ""
    note: Text | None = None


class FeedColumn(Shape):
    """One column of a feed: the headers it may carry, how to read it, and which fact it fills.

    blank: what an empty cell says — nothing (unknown, the default) or that the fact does not apply.
    bad: what an unreadable cell does — refuse the row (the default) or drop the cell with a warning.
    values: other spellings of codes found in this column, each with the code it means.
    absent: what it means that a subject is not in the feed at all.
    """

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
    header: tuple[Str, ...] = Field(min_length=1)
    type: ColumnType
    unit: Str | None = None
    codes: Id | None = None
    required: Bool = False
    fact: FactKey | None = None
    take: Literal["last", "sum", "series", "min", "max"] | None = None
    values: dict[Str, Str] = Field(default_factory=dict)
    bad: Literal["refuse", "warn"] = "refuse"
    blank: Literal["unknown", "not_applicable"] = "unknown"
    absent: Literal["unknown", "not_applicable"] = "unknown"
    note: Text | None = None
    sensitive: Bool = False


class FeedFile(Shape):
    """``feeds/*.yaml``: what a department delivers, how often, and in which columns.

    key, record_key, period: names of the columns that tell subjects, records and periods apart.
    delivers: ``whole`` files replace their period, ``partial`` ones add to it.
    unique: columns that together may appear once per file.
    """

    id: Id
    title: Text
    provider: Id
    clause: Str | None = None
    frequency: Literal["once", "daily", "weekly", "monthly", "quarterly", "yearly", "on_change"]
    due_day: Annotated[int, Field(ge=1, le=31)] | None = None
    entity: Id
    key: Str
    record_key: Str | None = None
    period: Str | None = None
    delivers: Literal["whole", "partial"] = "whole"
    unique: tuple[Str, ...] = ()
    columns: tuple[FeedColumn, ...] = Field(min_length=1)
    note: Text | None = None
    since: Date | None = None
