"""Changes inside a measure's rules: parameters, conditions and formulas, each with its direction."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from decimal import InvalidOperation
from fractions import Fraction
from typing import Any

from zhida.catalog import golden
from zhida.catalog.checks import END
from zhida.catalog.differ import Change, Kind
from zhida.catalog.direction import Direction, uses
from zhida.catalog.library import Library
from zhida.catalog.measures import MeasureDef
from zhida.catalog.problems import CatalogError
from zhida.catalog.resolution import value_at
from zhida.catalog.said import said_value
from zhida.rules import Assessment, Outcome, RuleError, assess
from zhida.rules.measure import ParamDef

_RANK = {
    Outcome.INELIGIBLE: 0,
    Outcome.NEEDS_SUPPLEMENT: 1,
    Outcome.AMOUNT_PENDING: 2,
    Outcome.ELIGIBLE: 2,
}


def rule_changes(old: Library, new: Library, a: MeasureDef, b: MeasureDef) -> Iterator[Change]:
    """Parameters first, then conditions, then results."""
    for param in b.source.params:
        before = a.param(param.name)
        if before is None:
            continue
        yield from _param(new, a, b, before, param)
    yield from _conditions(old, new, a, b)
    yield from _outputs(old, new, a, b)


def _param(library: Library, a: MeasureDef, b: MeasureDef, before: ParamDef, after: ParamDef) -> Iterator[Change]:
    seen: set[str] = set()
    for place in _value_places(b, before, after):
        chain = library.jurisdictions.ancestors(place)
        for day in _days(a, b, before, after):
            was, now = value_at(before.values, a, chain, day), value_at(after.values, b, chain, day)
            if was is None or now is None or was.value == now.value:
                continue
            where = library.jurisdictions.path(place) if place not in ("", *b.places) else ""
            change = _value_change(library, b, after, was.value, now.value, place, day, where)
            if change.zh not in seen:
                seen.add(change.zh)
                yield change
    if before.unit != after.unit:
        yield Change(
            "修正",
            b.id,
            f"params.{after.name}",
            f"「{b.title.zh}」{after.zh}的单位改为 {after.unit}",
            f"“{b.title.en}”: unit of {after.en} is now {after.unit}",
        )


def _value_places(b: MeasureDef, *params: ParamDef) -> list[str]:
    """The measure's own places and every place a value is set for."""
    return sorted({*b.places, *(v.place for p in params for v in p.values if v.place)})


def _days(a: MeasureDef, b: MeasureDef, *params: ParamDef) -> list[dt.date]:
    """One day in every stretch without change, while both versions hold."""
    first, last = max(a.valid_from, b.valid_from), min(a.valid_until or END, b.valid_until or END)
    turns = {first}
    for value in (v for p in params for v in p.values):
        turns |= {value.valid_from} if value.valid_from else set()
        turns |= {value.valid_until + dt.timedelta(days=1)} if value.valid_until and value.valid_until < END else set()
    return sorted(d for d in turns if first <= d <= last)


def _value_change(
    library: Library, b: MeasureDef, param: ParamDef, was: Any, now: Any, place: str, day: dt.date, where: str
) -> Change:
    at = f"params.{param.name}"
    name, name_en = (
        f"「{b.title.zh}」{where}{param.zh}",
        f"“{b.title.en}”: {param.en}{f' at {where}' if where else ''}",
    )
    shown, shown_en = said_value(param, was, library), said_value(param, now, library)
    if was is None:
        return Change("修正", b.id, at, f"{name}明确为 {shown_en}", f"{name_en} is now set to {shown_en}")
    if now is None:
        return Change("修正", b.id, at, f"{name}由 {shown} 改为待定", f"{name_en} was {shown} and is now left blank")
    order = _order(was, now)
    kind = _kind(library, b, param, order, place, day)
    verb, verb_en = ("提高", "raised") if order == 1 else ("降低", "lowered") if order == -1 else ("调整", "changed")
    return Change(
        kind,
        b.id,
        at,
        f"{name}由 {shown} {verb}到 {shown_en}",
        f"{name_en} {verb_en} from {shown} to {shown_en}",
    )


def _order(was: Any, now: Any) -> int | None:
    """1 when the new value is larger (a superset, later), -1 when smaller, None when neither."""
    if isinstance(was, (tuple, frozenset)) and isinstance(now, (tuple, frozenset)):
        if not all(isinstance(x, str) for x in (*was, *now)):
            return None
        return 1 if set(now) > set(was) else -1 if set(now) < set(was) else None
    try:
        if isinstance(was, str) and isinstance(now, str):
            was, now = Fraction(was), Fraction(now)
        return 1 if now > was else -1
    except (TypeError, ValueError, ZeroDivisionError, InvalidOperation):
        return None


def _kind(library: Library, b: MeasureDef, param: ParamDef, order: int | None, place: str, day: dt.date) -> Kind:
    if order is None:
        return "修正"
    if b.compare and b.compare.param == param.name:
        better = order if b.compare.better == "higher" else -order
        return "提标" if better > 0 else "收紧"
    try:
        found = uses(library.program(b, place, day), param.name)
    except RuleError:
        return "修正"
    good: dict[Direction, int] = {"up": order, "down": -order, "unclear": 0}
    effects = {where: good[direction] for where, direction in found.items()}
    if not effects or 0 in effects.values() or len(set(effects.values())) > 1:
        return "修正"
    if min(effects.values()) < 0:
        return "收紧"
    return "提标" if "output" in effects else "扩面"


def _conditions(old: Library, new: Library, a: MeasureDef, b: MeasureDef) -> Iterator[Change]:
    before, after = ({c.id: c for c in m.source.conditions} for m in (a, b))
    for name, condition in after.items():
        was = before.get(name)
        at = f"conditions.{name}"
        if was is None:
            yield Change(
                "收紧",
                b.id,
                at,
                f"「{b.title.zh}」新增条件：{condition.zh}",
                f"“{b.title.en}”: new condition: {condition.en}",
            )
        elif was.text != condition.text:
            swapped = replace(a.source, conditions=tuple(condition if c.id == name else c for c in a.source.conditions))
            kind = _by_cases(old, new, a, b, replace(swapped, params=b.source.params))
            yield Change(
                kind,
                b.id,
                at,
                f"「{b.title.zh}」条件「{condition.zh}」改为：{condition.text}",
                f"“{b.title.en}”: condition “{condition.en}” is now: {condition.text}",
            )
        elif (was.zh, was.en, was.clause) != (condition.zh, condition.en, condition.clause):
            yield Change(
                "修正",
                b.id,
                at,
                f"「{b.title.zh}」条件「{condition.zh}」文字有改动",
                f"“{b.title.en}”: wording of condition “{condition.en}” changed",
            )
    for name, condition in before.items():
        if name not in after:
            yield Change(
                "扩面",
                b.id,
                f"conditions.{name}",
                f"「{b.title.zh}」取消条件：{condition.zh}",
                f"“{b.title.en}”: condition dropped: {condition.en}",
            )


def _outputs(old: Library, new: Library, a: MeasureDef, b: MeasureDef) -> Iterator[Change]:
    before, after = ({o.id: o for o in m.source.outputs} for m in (a, b))
    for name in dict.fromkeys([*after, *before]):
        was, now = before.get(name), after.get(name)
        if was is None or now is None or was.text != now.text:
            text = now.text if now else "—"
            label, label_en = (now or was).zh, (now or was).en  # type: ignore[union-attr]
            kind: Kind = "修正"
            if was is not None and now is not None:
                kind = _by_cases(old, new, a, b, replace(a.source, outputs=b.source.outputs, params=b.source.params))
            yield Change(
                kind,
                b.id,
                f"outputs.{name}",
                f"「{b.title.zh}」{label}的算法改为：{text}",
                f"“{b.title.en}”: {label_en} is now computed as: {text}",
            )


def _by_cases(old: Library, new: Library, a: MeasureDef, b: MeasureDef, changed: Any) -> Kind:
    """The direction shown by the golden cases of both versions: better somewhere and worse nowhere, or not.

    A reworded rule has no direction that could be read off it, so its effect on the worked examples decides;
    without a difference there it counts as a correction.
    """
    signs: set[tuple[str, int]] = set()
    for library, measure in ((old, a), (new, b)):
        for i, case in enumerate(measure.golden):
            try:
                facts = golden.case_facts(library, measure, i).rows(measure.entity)
                was = new.build(a.source, case.place, case.as_of)
                now = new.build(changed, case.place, case.as_of)
            except (RuleError, CatalogError):
                continue
            for row in facts:
                signs.add(_effect(assess(was, row), assess(now, row)))
    moved = {sign for _, sign in signs if sign}
    if moved == {1}:
        return "扩面" if ("outcome", 1) in signs else "提标"
    return "收紧" if moved == {-1} else "修正"


def _effect(was: Assessment, now: Assessment) -> tuple[str, int]:
    before, after = _RANK[was.outcome], _RANK[now.outcome]
    if before != after:
        return "outcome", 1 if after > before else -1
    first, second = (r.outputs[0].value if r.outputs else None for r in (was, now))
    if isinstance(first, (int, dt.date)) and isinstance(second, type(first)) and first != second:
        return "amount", 1 if second > first else -1  # type: ignore[operator]
    return "amount", 0
