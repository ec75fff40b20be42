"""Shapes of policy files: documents, parameters per place, measures with their golden cases."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from zhida.catalog.shapes.base import (
    Bool,
    Code,
    Date,
    Id,
    Level,
    Origin,
    ParamName,
    Period,
    Place,
    Shape,
    Str,
    Text,
    in_order,
)

MeasureKind = Literal[
    "subsidy", "waiver", "tax", "deferral", "interest", "guarantee", "procurement", "extension", "service"
]
Relation = Literal["implements", "extends", "continues", "overrides", "based_on"]


class DocumentRelation(Shape):
    """How this document stands to another, which may be outside the library."""

    document: Id | None = None
    relation: Relation
    zh: str = ""
    en: str = ""


class DocumentItem(Shape):
    """A policy document: who issued it, at which level, where and when it is in force."""

    id: Id
    title: Text
    number: str = ""
    issuer: Id
    level: Level
    places: tuple[Place, ...] = Field(min_length=1)
    valid: Period
    issued_on: Date | None = None
    event: Id | None = None
    clauses: Id | None = None
    relations: tuple[DocumentRelation, ...] = ()
    source: str = ""
    synthetic: Bool = False
    note: Text | None = None


class ParamValueItem(Shape):
    """One dated, placed value; ``value`` empty means the text leaves it blank."""

    value: Any
    place: Place = ""
    from_: Date | None = Field(default=None, alias="from")
    until: Date | None = None
    known_from: Date | None = None
    source: str = ""
    origin: Origin = "text"
    owner: Id | Literal[""] = ""
    note: Text | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        return in_order(self, self.from_, self.until)


class ParameterItem(ParamValueItem):
    """A row of ``parameters.yaml``: a value a place adds to a measure's parameter."""

    measure: Id
    param: ParamName


class ParamItem(Shape):
    """A named parameter of a measure: either one value, or a list of dated and placed values."""

    zh: Str
    en: Str
    unit: Str | None = None
    codes: Id | None = None
    value: Any = None
    values: tuple[ParamValueItem, ...] | None = None
    place: Place = ""
    from_: Date | None = Field(default=None, alias="from")
    until: Date | None = None
    known_from: Date | None = None
    source: str = ""
    origin: Origin = "text"
    owner: Id | Literal[""] = ""
    note: Text | None = None

    @model_validator(mode="after")
    def _one_form(self) -> Self:
        if ("value" in self.model_fields_set) == (self.values is not None):
            raise PydanticCustomError("value_or_values", "")
        return in_order(self, self.from_, self.until)


class ConditionItem(Shape):
    """One condition of a measure; all of them must hold together."""

    id: Id
    if_: Str = Field(alias="if")
    zh: Str
    en: Str
    clause: Str | None = None
    note: Text | None = None


class OutputItem(Shape):
    """A further figure besides the amount or date."""

    id: Id
    zh: Str
    en: Str
    expr: Str


class StackingItem(Shape):
    """How the measure combines with others: a group of stacking.yaml, or once per entity."""

    group: Id | None = None
    once_per: Id | None = None

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.group is None and self.once_per is None:
            raise PydanticCustomError("empty_stacking", "")
        return self


class CompareItem(Shape):
    """The parameter by which two levels are compared, and which way is better for the shop."""

    param: ParamName
    better: Literal["higher", "lower"] = "higher"


class MaterialItem(Shape):
    """A document the applicant hands in."""

    id: Id
    zh: Str
    en: Str
    required: Bool = True
    clause: Str | None = None
    note: Text | None = None


class ForbiddenMaterialItem(Shape):
    """A document nobody may ask for (e.g. proof of epidemic impact, D-4.b)."""

    id: Id
    zh: Str
    en: Str
    clause: Str | None = None


class Expectation(Shape):
    """What a golden case expects; only the keys written are compared. Money in 元."""

    outcome: Literal["ineligible", "needs_supplement", "eligible", "eligible_amount_pending"]
    amount: Any = None
    date: Any = None
    outputs: dict[Id, Any] = Field(default_factory=dict)
    failed: tuple[Id, ...] | None = None
    missing: tuple[Str, ...] | None = None
    blank_params: tuple[ParamName, ...] | None = None


class GoldenItem(Shape):
    """A worked example: facts of a described subject and the answer the clause gives."""

    name: Str
    place: Place
    as_of: Date
    facts: dict[Str, Any] = Field(default_factory=dict)
    params: dict[ParamName, Any] = Field(default_factory=dict)
    expect: Expectation
    clauses: tuple[Str, ...] = ()
    note: str = ""


def _alternatives(value: Any) -> Any:
    """One mapping of code restrictions means the same as a list holding it."""
    return (value,) if isinstance(value, dict) else value


def _compare(value: Any) -> Any:
    """A bare parameter name means "higher is better for the shop"."""
    return {"param": value} if isinstance(value, str) else value


class MeasureFile(Shape):
    """``measures/*.yaml``: one measure. ``zhida catalog format measure`` lists its keys."""

    id: Id
    title: Text
    summary: Text
    document: Id
    clauses: tuple[Str, ...] = Field(min_length=1)
    kind: MeasureKind
    valid: Period
    places: tuple[Place, ...] | None = None
    unit: Id = "subject"
    lane: Literal["automatic", "confirm", "apply"]
    authority: Id
    subject: Annotated[tuple[dict[Id, tuple[Code, ...]], ...], BeforeValidator(_alternatives)] = ()
    params: dict[ParamName, ParamItem] = Field(default_factory=dict)
    conditions: tuple[ConditionItem, ...] = ()
    amount: Str | None = None
    date: Str | None = None
    outputs: tuple[OutputItem, ...] = ()
    fund: Id | None = None
    rule_key: Id | None = None
    raise_allowed: Bool = False
    compare: Annotated[CompareItem | None, BeforeValidator(_compare)] = None
    extends: Id | None = None
    stacking: StackingItem | None = None
    materials: tuple[MaterialItem, ...] = ()
    forbidden_materials: tuple[ForbiddenMaterialItem, ...] = ()
    tags: tuple[Id, ...] = ()
    note: Text | None = None
    golden: tuple[GoldenItem, ...] = ()

    @model_validator(mode="after")
    def _one_main_result(self) -> Self:
        if self.amount is not None and self.date is not None:
            raise PydanticCustomError("two_results", "")
        return self
