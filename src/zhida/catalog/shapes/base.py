"""Building blocks shared by all file shapes: strict scalars, bilingual text, periods."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal, Self, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, Strict, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

Str = Annotated[str, Strict(), StringConstraints(min_length=1)]
Id = Annotated[str, Strict(), StringConstraints(pattern=r"^[a-z0-9][a-z0-9._-]*$")]
FactKey = Annotated[str, Strict(), StringConstraints(pattern=r"^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)?$")]
ParamName = Annotated[str, Strict(), StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
Bool = Annotated[bool, Strict()]
Int = Annotated[int, Strict()]
Date = Annotated[dt.date, Strict()]
Level = Literal["national", "province", "city", "county", "town"]
Origin = Literal["text", "jurisdiction", "law", "derived", "unknown"]

T = TypeVar("T")
LEVELS: tuple[str, ...] = ("national", "province", "city", "county", "town")


def _place(value: Any) -> Any:
    """Division codes are text; one written as a bare number would lose its leading digits elsewhere."""
    if isinstance(value, int) and not isinstance(value, bool):
        raise PydanticCustomError("unquoted_code", "", {"found": value})
    return value


Place = Annotated[str, BeforeValidator(_place), StringConstraints(pattern=r"^(\d{2,12})?$")]
Code = Annotated[str, BeforeValidator(_place), StringConstraints(min_length=1)]


class Shape(BaseModel):
    """Base of all shapes: unknown keys are refused, instances do not change."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Text(Shape):
    """The same words in Chinese and English."""

    zh: Str
    en: Str


class Labelled(Shape):
    """A thing with an id and its two names."""

    id: Id
    zh: Str
    en: Str


class Period(Shape):
    """Inclusive dates; ``until`` empty means open-ended."""

    from_: Date = Field(alias="from")
    until: Date | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        return in_order(self, self.from_, self.until)


def in_order(shape: T, start: dt.date | None, end: dt.date | None) -> T:
    """Return ``shape``; refuse a period that ends before it begins."""
    if start is not None and end is not None and end < start:
        raise PydanticCustomError("period_reversed", "", {"from": start.isoformat(), "until": end.isoformat()})
    return shape
