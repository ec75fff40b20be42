"""Which measures hold at a place on a date, and why the others do not (clauses D-31.c, B-15.e)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Literal

from zhida.catalog.measures import MeasureDef
from zhida.catalog.places import Jurisdictions, UnknownPlace, rank
from zhida.rules.measure import ParamValue

State = Literal["in_force", "superseded", "not_here", "not_yet", "expired"]


@dataclass(frozen=True, slots=True)
class Resolved:
    """One measure version at a place and date. by: the measure that takes its place, when superseded."""

    measure: MeasureDef
    state: State
    by: MeasureDef | None
    zh: str
    en: str


def resolve(measures: Iterable[MeasureDef], places: Jurisdictions, place: str, at: dt.date) -> tuple[Resolved, ...]:
    """Place first, then dates, then one rule key against another. Raises UnknownPlace."""
    if place not in places:
        raise UnknownPlace(f"没有代码为「{place}」的地方。", f"There is no place with the code “{place}”.")
    first = [_here_and_now(m, places, place, at) for m in measures]
    ruled: dict[str, list[MeasureDef]] = {}
    for found in first:
        if found.state == "in_force" and found.measure.rule_key:
            ruled.setdefault(found.measure.rule_key, []).append(found.measure)
    beaten: dict[tuple[str, str], Resolved] = {}
    for rivals in ruled.values():
        for loser in _contest(rivals, places, place, at):
            beaten[loser.measure.id, loser.measure.hash] = loser
    settled = (beaten.get((r.measure.id, r.measure.hash), r) for r in first)
    return tuple(_note_extends(r, first) for r in settled)


def _here_and_now(m: MeasureDef, places: Jurisdictions, place: str, at: dt.date) -> Resolved:
    if not places.any_contains(m.places, place):
        names, names_en = ("、".join(places.path(p, lang) for p in m.places if p in places) for lang in ("zh", "en"))
        return Resolved(m, "not_here", None, f"只在{names}执行", f"in force only in {names_en}")
    if at < m.valid_from:
        return Resolved(m, "not_yet", None, f"自 {m.valid_from} 起执行", f"in force from {m.valid_from}")
    if m.valid_until is not None and at > m.valid_until:
        return Resolved(m, "expired", None, f"已于 {m.valid_until} 到期", f"expired on {m.valid_until}")
    return Resolved(m, "in_force", None, "在执行期内", "in force")


def _contest(rivals: list[MeasureDef], places: Jurisdictions, place: str, at: dt.date) -> list[Resolved]:
    """The measures of one rule key that give way, each with the one it gives way to."""
    beaten: dict[tuple[str, str], Resolved] = {}
    standing: list[MeasureDef] = []
    for level in sorted({rank(m.level) for m in rivals}):
        here = [m for m in rivals if rank(m.level) == level]
        for lower in here:
            for higher in [h for h in standing if rank(h.level) < level]:
                loser = _pair(higher, lower, places, place, at)
                beaten[loser.measure.id, loser.measure.hash] = loser
        standing = [m for m in (*standing, *here) if (m.id, m.hash) not in beaten]
    return list(beaten.values())


def _pair(higher: MeasureDef, lower: MeasureDef, places: Jurisdictions, place: str, at: dt.date) -> Resolved:
    order = compare(higher, lower, places.ancestors(place), at)
    if higher.raise_allowed and order is not None and order >= 0:
        return Resolved(
            higher,
            "superseded",
            lower,
            f"上级允许提高标准，本地执行「{lower.title.zh}」",
            f"a local raise is allowed: “{lower.title.en}” applies here",
        )
    if higher.raise_allowed and order is None:
        zh, en = (
            "本地标准无法证明不低于上级，",
            "the local standard cannot be shown to reach the higher one; ",
        )
    else:
        zh, en = "上级有规定的从其规定，", "the higher level prevails; "
    return Resolved(lower, "superseded", higher, f"{zh}执行「{higher.title.zh}」", f"{en}“{higher.title.en}” applies")


def compare(higher: MeasureDef, lower: MeasureDef, ancestors: tuple[str, ...], at: dt.date) -> int | None:
    """-1, 0 or 1: the lower level's standard is worse, equal or better for the shop; None: cannot say."""
    theirs, ours = standard(higher, ancestors, at), standard(lower, ancestors, at)
    if theirs is None or ours is None or higher.compare is None:
        return None
    sign = (ours > theirs) - (ours < theirs)
    return sign if higher.compare.better == "higher" else -sign


def standard(m: MeasureDef, ancestors: tuple[str, ...], at: dt.date) -> Decimal | None:
    """The number a measure is compared by, here and now; None when it names none or the text is blank."""
    param = m.param(m.compare.param) if m.compare else None
    value = value_at(param.values, m, ancestors, at) if param else None
    if value is None or isinstance(value.value, bool) or not isinstance(value.value, (int, Decimal)):
        return None
    return Decimal(value.value)


def value_at(values: Iterable[ParamValue], m: MeasureDef, ancestors: tuple[str, ...], at: dt.date) -> ParamValue | None:
    """The value of the nearest enclosing place that covers the date."""
    covering = [
        v
        for v in values
        if v.place in ancestors
        and (v.valid_from or m.valid_from) <= at
        and (v.valid_until is None or at <= v.valid_until)
    ]
    return min(covering, key=lambda v: ancestors.index(v.place), default=None)


def _note_extends(found: Resolved, everything: list[Resolved]) -> Resolved:
    """Say what an extension stands on: its base measure, or that the base is not known here."""
    base_id = found.measure.extends
    if found.state != "in_force" or base_id is None:
        return found
    base = next((r for r in everything if r.measure.id == base_id and r.state == "in_force"), None)
    if base is None:
        zh, en = (
            f"；基础政策「{base_id}」在此未生效，只确定本项增加部分",
            f"; its base “{base_id}” is not in force here: only the addition is sure",
        )
    else:
        zh, en = f"；在「{base.measure.title.zh}」基础上增加", f"; added on top of “{base.measure.title.en}”"
    return replace(found, zh=found.zh + zh, en=found.en + en)
