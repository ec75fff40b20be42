"""Parameters by place, date and knowledge: types, exact values, gaps and overlaps.

A value counts where its place is the program's place or above it, on the days it covers, from the
day it was known. Among those the narrowest place wins, then the latest known. No value is an error
(a gap), two equally good ones are an error (an overlap), and an explicit blank is "the text does not
say": the rule then answers unknown and names who must set it.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from zhida.rules.errors import Problem
from zhida.rules.exact import ExactError, number_of, ratio_of
from zhida.rules.literals import read_date, read_month
from zhida.rules.measure import MeasureSource, ParamDef, ParamValue
from zhida.rules.program import ParamUse
from zhida.rules.suggest import code_names, hint, nearest
from zhida.rules.types import ANY, BOOL, DATE, Ty
from zhida.rules.units import PURE, Measure, UnitError, read_measure
from zhida.rules.vocabulary import Vocabulary

Brackets = tuple[tuple[int | None, bool, int], ...]
KINDS: Final = {
    "日期": "date",
    "date": "date",
    "是否": "bool",
    "bool": "bool",
    "月份": "month",
    "month": "month",
}
_ARROW: Final = re.compile(r"→|->")


PLAIN: Final = Measure(PURE)


@dataclass(frozen=True, slots=True)
class Shape:
    """How a parameter's written values are read: its type, and the written units."""

    ty: Ty
    measure: Measure = PLAIN
    bounds: Measure = PLAIN


@dataclass(frozen=True, slots=True)
class Span:
    """Inclusive days; ``until`` None is open."""

    since: dt.date
    until: dt.date | None

    def holds(self, day: dt.date) -> bool:
        return self.since <= day and (self.until is None or day <= self.until)

    def overlaps(self, other: Span) -> bool:
        return (self.until is None or other.since <= self.until) and (other.until is None or self.since <= other.until)


def problem(name: str, code: str, zh: str, en: str) -> Problem:
    return Problem(code, f"参数 {name}：{zh}", f"parameter {name}: {en}", None, f"params.{name}")


def shape_of(param: ParamDef, vocabulary: Vocabulary) -> Shape:
    """The type of a parameter from its unit, code list and values. RuleError-free: raises ExactError."""
    samples = [v.value for v in param.values if v.value is not None]
    if param.codes is not None:
        many = any(isinstance(v, list | tuple) for v in samples)
        if many and not all(isinstance(v, list | tuple) for v in samples):
            raise ExactError("有的取值是列表，有的不是", "some values are lists and some are not")
        return Shape(Ty("set" if many else "code", codes=param.codes))
    if param.unit is None:
        return Shape(_plain_type(samples))
    if param.unit in KINDS:
        return Shape(Ty(KINDS[param.unit]))  # type: ignore[arg-type]
    return _number_shape(param, samples, vocabulary)


def _plain_type(samples: list[Any]) -> Ty:
    """The type of values written without unit or codes: all dates, all truths, or all months."""
    if not samples:
        return ANY
    if all(isinstance(v, bool) for v in samples):
        return BOOL
    if all(_as_date(v) for v in samples):
        return DATE
    if all(isinstance(v, str) and read_month(v) for v in samples):
        return Ty("month")
    raise ExactError(
        "数值要写单位（如 元、日、%；纯数写 1），代码要写 codes",
        "a number needs a unit (元, 日, %; 1 for a pure number), a code needs codes",
    )


def _number_shape(param: ParamDef, samples: list[Any], vocabulary: Vocabulary) -> Shape:
    texts = [part.strip() for part in _ARROW.split(param.unit or "")]
    try:
        measures = [read_measure(text, vocabulary.units) for text in texts]
    except UnitError as error:
        raise ExactError(f"单位“{error.part}”不认识", f"unknown unit {error.part!r}") from error
    if any(m.unit.yuan_power not in (0, 1) for m in measures) or len(measures) > 2:
        raise ExactError(f"单位“{param.unit}”没有意义", f"the unit {param.unit!r} makes no sense")
    tiers = len(measures) == 2 or any(isinstance(v, list | tuple) for v in samples)
    value = measures[-1]
    if tiers:
        arg = measures[0] if len(measures) == 2 else Measure(PURE)
        if value.ratio or arg.ratio:
            raise ExactError("分档结果不能是 %，请用 bp（万分之一）", "bracket values cannot be in %; use bp")
        arg_unit = arg.unit if len(measures) == 2 else None
        return Shape(Ty("tiers", value.unit, arg_unit=arg_unit), value, arg)
    is_ratio = value.ratio or any(isinstance(v, str) and ("/" in v or v.rstrip()[-1:] in "%‰") for v in samples if v)
    return Shape(Ty("ratio" if is_ratio else "int", value.unit), value)


def _as_date(value: Any) -> dt.date | None:
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        return value
    return read_date(value) if isinstance(value, str) else None


def read_value(shape: Shape, written: Any, vocabulary: Vocabulary) -> Any:
    """A written value as ``ParamUse.value`` holds it; None stays None. Raises ExactError."""
    if written is None:
        return None
    kind = shape.ty.kind
    if kind == "bool":
        if not isinstance(written, bool):
            raise ExactError(f"“{written}”应是 true 或 false", f"{written!r} must be true or false")
        return written
    if kind == "date":
        found = _as_date(written)
        if found is None:
            raise ExactError(f"“{written}”不是日期（年-月-日）", f"{written!r} is not a date (YYYY-MM-DD)")
        return found
    if kind == "month":
        if not (isinstance(written, str) and read_month(written)):
            raise ExactError(f"“{written}”不是月份（如 2022-04）", f"{written!r} is not a month (2022-04)")
        return written
    if kind in ("set", "code"):
        return _codes(written, shape, vocabulary)
    if kind == "ratio":
        return ratio_of(written, shape.measure)
    if kind == "tiers":
        return _brackets(written, shape)
    if isinstance(written, str) and not written.strip():
        raise ExactError("取值是空文本；留空请写 null", "the value is an empty text; write null for a blank")
    return number_of(written, shape.measure)


def _codes(written: Any, shape: Shape, vocabulary: Vocabulary) -> str | tuple[str, ...]:
    """A code, or a set expanded to everything under each code; unknown codes get the nearest one."""
    codes = vocabulary.code_lists.get(shape.ty.codes or "")
    if codes is None:
        raise ExactError(f"代码表 {shape.ty.codes} 不存在", f"there is no code list {shape.ty.codes}")
    items = list(written) if isinstance(written, list | tuple) else [written]
    if not items:
        raise ExactError("代码集合是空的", "the set of codes is empty")
    for item in items:
        if not isinstance(item, str) or item not in codes.codes:
            near = nearest(str(item), code_names(codes))
            zh, en = hint(near, {key: codes.codes[key].zh for key in near})
            raise ExactError(f"代码表“{codes.zh}”中没有 {item}{zh}", f"{item!r} is not in the list {codes.id}{en}")
    if not isinstance(written, list | tuple):
        return str(written)
    return tuple(sorted(frozenset[str]().union(*(codes.under(item) for item in items))))


def _brackets(written: Any, shape: Shape) -> Brackets:
    """Brackets from ``{up_to: 100, value: 0}`` (inclusive), ``{below: 200, value: 5}``, ``{value: 9}``."""
    found: list[tuple[int | None, bool, int]] = []
    for i, item in enumerate(written if isinstance(written, list | tuple) else ()):
        if not isinstance(item, dict) or "value" not in item or set(item) - {"up_to", "below", "value"}:
            raise ExactError(
                "每档写 {up_to 或 below: 上限, value: 值}，最后一档只写 value",
                "write each bracket as {up_to or below: bound, value: v}, the last as {value: v}",
            )
        if ("up_to" in item) + ("below" in item) != (0 if i == len(written) - 1 else 1):
            raise ExactError(
                "除最后一档外，每档要有一个上限（up_to 含本数，below 不含）；最后一档没有上限",
                "every bracket but the last has one bound (up_to includes it, below does not)",
            )
        bound = item.get("up_to", item.get("below"))
        upper = None if bound is None else number_of(bound, shape.bounds)
        found.append((upper, "up_to" in item, number_of(item["value"], shape.measure)))
    if not found:
        raise ExactError("分档表是空的", "the bracket table is empty")
    bounds = [upper for upper, _, _ in found if upper is not None]
    if bounds != sorted(set(bounds)):
        raise ExactError("各档上限必须从小到大", "the bounds must rise from bracket to bracket")
    return tuple(found)


def days_of(value: ParamValue, measure: MeasureSource) -> Span:
    """The days a value covers, as wide as the measure where it says nothing."""
    return Span(value.valid_from or measure.valid_from, value.valid_until or measure.valid_until)


def pick(
    param: ParamDef,
    measure: MeasureSource,
    ancestors: Sequence[str],
    at: dt.date,
    known: dt.date | None,
) -> ParamValue | None:
    """The value that holds, or None in a gap; of two equally good ones the first (see ``overlaps``)."""
    holding = [
        v
        for v in param.values
        if v.place in ancestors
        and days_of(v, measure).holds(at)
        and (known is None or v.known_from is None or v.known_from <= known)
    ]
    if not holding:
        return None
    return min(holding, key=lambda v: (list(ancestors).index(v.place), -_learned(v)))


def _learned(value: ParamValue) -> int:
    return value.known_from.toordinal() if value.known_from else 0


def overlaps(param: ParamDef, measure: MeasureSource) -> Iterable[Problem]:
    """Two values of one place, known at the same time, that cover a common day."""
    for i, a in enumerate(param.values):
        for b in param.values[i + 1 :]:
            first, second = days_of(a, measure), days_of(b, measure)
            if a.place == b.place and a.known_from == b.known_from and first.overlaps(second):
                since = max(first.since, second.since)
                yield problem(
                    param.name,
                    "param-overlap",
                    f"{where(a.place)[0]}有两个取值的期间重叠（从 {since} 起），请改正起止日期",
                    f"two values{where(a.place)[1]} overlap (from {since}); correct their dates",
                )


def where(place: str) -> tuple[str, str]:
    return (f"在 {place} ", f" at {place}") if place else ("", "")


def gap(param: ParamDef, place: str, since: dt.date, until: dt.date | None) -> Problem:
    """The missing period of a parameter at a place."""
    zh, en = (f"{since} 至 {until}", f"from {since} to {until}") if until else (f"{since} 起", f"from {since} on")
    if since == until:
        zh, en = f"{since}", f"on {since}"
    return problem(
        param.name,
        "param-gap",
        f"{where(place)[0]}{zh}没有取值；请补一行，原文没写明的写 value: null",
        f"no value{where(place)[1]} {en}; add one, or value: null where the text leaves it blank",
    )


def use_of(param: ParamDef, value: ParamValue, read: Any, measure: MeasureSource) -> ParamUse:
    """The resolved value with where it is written."""
    days = days_of(value, measure)
    return ParamUse(
        name=param.name,
        zh=param.zh,
        en=param.en,
        unit=param.unit,
        value=read,
        place=value.place,
        valid_from=days.since,
        valid_until=days.until,
        source=value.source,
        origin=value.origin,
        owner=value.owner,
    )
