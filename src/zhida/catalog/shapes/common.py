"""Shapes of the files all packages stand on: places, units, codes, departments, funds, stacking."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from zhida.catalog.shapes.base import Bool, Code, Id, Labelled, Level, Place, Shape, Str, Text

Amount = Annotated[Decimal, Field(ge=0)]


class PackageFile(Shape):
    """``package.yaml``: what this folder of policy files is.

    synthetic marks demonstration data that must never be taken for the real jurisdiction's.
    """

    id: Id
    title: Text
    summary: Text | None = None
    synthetic: Bool = False
    source: str = ""
    places: tuple[Place, ...] = ()
    requires: tuple[Id, ...] = ()


class UnitItem(Shape):
    """A base unit of the unit algebra, e.g. 人, 日, 平方米."""

    id: Str
    zh: Str
    en: Str


class EntityItem(Labelled):
    """What a row is about: the subject, or a kind of record it holds (lease, loan …).

    record_key: the column that tells one record from another within a subject.
    """

    record_key: Str | None = None
    note: Text | None = None


class CodeItem(Shape):
    """One code of a list; ``aliases`` are other names accepted on input."""

    code: Code
    zh: Str
    en: Str
    parent: Code | None = None
    aliases: tuple[Str, ...] = ()


class CodeListItem(Shape):
    """A closed list of codes: written out under ``codes``, or in a CSV file beside (``file``)."""

    id: Id
    zh: Str
    en: Str
    source: str = ""
    note: Text | None = None
    codes: tuple[CodeItem, ...] = ()
    file: Annotated[str, Field(pattern=r"^[\w.-]+\.csv$")] | None = None

    @model_validator(mode="after")
    def _has_codes(self) -> Self:
        if bool(self.codes) == (self.file is not None):
            raise PydanticCustomError("codes_or_file", "")
        return self


class CodeRow(Shape):
    """A row of ``codes/*.csv``; an empty cell means "not given". Without English the Chinese name serves."""

    code: Code
    zh: Str
    en: str = ""
    parent: Code | None = None


class JurisdictionItem(Shape):
    """A division of the administrative tree; the nation has the empty code and no parent."""

    code: Place
    name: Text
    level: Level
    parent: Place | None = None
    synthetic: Bool = False
    aliases: tuple[Str, ...] = ()
    note: Text | None = None

    @property
    def zh(self) -> str:
        return self.name.zh

    @property
    def en(self) -> str:
        return self.name.en

    @model_validator(mode="after")
    def _rooted(self) -> Self:
        if (self.parent is None) != (self.code == ""):
            raise PydanticCustomError("bad_parent", "", {"code": self.code})
        return self


class DepartmentItem(Labelled):
    """A unit that issues policies, supplies data or answers for a fact.

    aliases: other spellings found in notices; names: the unit's own name at a place;
    task_force: whether it sits on the relief task force.
    """

    aliases: tuple[Str, ...] = ()
    names: dict[Place, Str] = Field(default_factory=dict)
    task_force: Bool = False
    note: Text | None = None

    def name_at(self, ancestors: tuple[str, ...]) -> str:
        """The unit's Chinese name at a place (its code and those above it), else its general name."""
        return next((self.names[code] for code in ancestors if code in self.names), self.zh)


class FundItem(Labelled):
    """Where the money of a measure comes from."""

    owner: Id | None = None
    note: str = ""


class Cap(Shape):
    """Upper bound of what a group may give, in its unit (元)."""

    unit: Literal["元"] = "元"
    value: Amount | None
    source: str = ""


class StackingGroupItem(Labelled):
    """How measures of one group combine for the same subject, lease or year.

    exclusive: one of them (``best`` amount, or ``first`` in ``order``); additive: all, in ``order``;
    cap: all, but together at most ``cap``; once_per: each at most once per ``per``.
    """

    mode: Literal["exclusive", "additive", "cap", "once_per"]
    choose: Literal["best", "first"] = "best"
    order: tuple[Id, ...] = ()
    cap: Cap | None = None
    per: Id = "subject"
    clause: Str | None = None
    note: Text | None = None

    @model_validator(mode="after")
    def _cap_where_needed(self) -> Self:
        if (self.mode == "cap") != (self.cap is not None):
            raise PydanticCustomError("cap_mode", "", {"mode": self.mode})
        return self


class ClauseItem(Shape):
    """A clause of the inventory: its id and title only, never its text."""

    id: Annotated[str, Field(pattern=r"^\S+$")]
    title: Str | Text
    plan: Str | None = None
    kind: Str | None = None
