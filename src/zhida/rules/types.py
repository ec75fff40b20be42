"""Types of the rule language and what a rule may refer to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from zhida.rules.units import PURE, Unit, UnitError, read_measure
from zhida.rules.vocabulary import SUBJECT, Fact, Vocabulary

TyKind = Literal["bool", "int", "code", "date", "ratio", "set", "tiers", "month", "series", "any", "bad"]


@dataclass(frozen=True, slots=True)
class Ty:
    """A checked type.

    unit: for ints, ratios, series and tiers (the value's unit); None is a literal that takes the
    unit of what it meets. codes: the code list of a code or set, None for a bare text.
    arg_unit: for tiers, the unit of the bounds (None takes the argument's, if not money).
    Kind ``any`` is a blank parameter declared without unit or codes: it takes the type it is used as.
    """

    kind: TyKind
    unit: Unit | None = None
    codes: str | None = None
    arg_unit: Unit | None = None


BAD: Final = Ty("bad")
ANY: Final = Ty("any")
BOOL: Final = Ty("bool")
DATE: Final = Ty("date")
LITERAL: Final = Ty("int")
NAMES: Final[dict[TyKind, tuple[str, str]]] = {
    "bool": ("是否", "true or false"),
    "int": ("数", "a number"),
    "code": ("代码", "a code"),
    "date": ("日期", "a date"),
    "ratio": ("比例", "a ratio"),
    "set": ("代码集合", "a set of codes"),
    "tiers": ("分档表", "a bracket table"),
    "month": ("月份", "a month"),
    "series": ("逐月数据", "a monthly series"),
    "any": ("空白参数", "a blank parameter"),
    "bad": ("错误", "an error"),
}


@dataclass(frozen=True, slots=True)
class Scope:
    """What one rule text may use: the facts of its entity and the parameters of its measure.

    labels: Chinese label per parameter, for messages.
    """

    vocabulary: Vocabulary
    entity: str = SUBJECT
    params: Mapping[str, Ty] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)


def fact_type(fact: Fact, vocabulary: Vocabulary) -> Ty:
    """The type of a fact; a series carries the unit of one month's value; UnitError if unreadable."""
    if fact.kind in ("bool", "date"):
        return Ty(fact.kind)
    if fact.kind == "code":
        return Ty("code", codes=fact.codes)
    unit = read_measure(fact.unit, vocabulary.units).unit if fact.unit else PURE
    if fact.kind == "money" and not unit.is_money:
        raise UnitError(fact.unit or "", fact.unit or "")
    return Ty("series" if fact.series else "int", unit)
