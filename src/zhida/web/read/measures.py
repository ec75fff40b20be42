"""Reading measures out of the published library: cards, conditions, parameters, worked examples."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from zhida.catalog import Library, MeasureDef
from zhida.rules import RuleError, read_back
from zhida.rules.measure import ParamDef, ParamValue
from zhida.rules.program import Program
from zhida.web.read.policies import (
    ConditionText,
    Material,
    ParamLine,
    PolicyCard,
    ResultText,
)
from zhida.web.read.values import Speaker, plain
from zhida.web.text import Both
from zhida.web.words import ORIGIN


def card(measure: MeasureDef, say: Speaker, state: str, why: Both) -> PolicyCard:
    return PolicyCard(
        id=measure.id,
        title=Both(measure.title.zh, measure.title.en),
        summary=Both(measure.summary.zh, measure.summary.en),
        document=say.document(measure.document),
        authority=say.department(measure.authority, next(iter(measure.places), "")),
        kind=measure.kind,
        lane=measure.lane,
        unit=measure.entity,
        valid_from=measure.valid_from,
        valid_until=measure.valid_until,
        state=state,
        why=why,
    )


def program_of(library: Library, measure: MeasureDef, place: str, at: dt.date) -> Program | None:
    """The measure made ready where it is in force: at the place if it reaches there, else where it was issued."""
    here = place if library.jurisdictions.any_contains(measure.places, place) else measure.places[0]
    when = min(max(at, measure.valid_from), measure.valid_until or at.max)
    try:
        return library.program(measure, here, when)
    except RuleError:
        return None


def both_ways(node: Any, library: Library) -> Both:
    """A rule read back in both languages."""
    return Both(read_back(node, library.vocabulary, "zh"), read_back(node, library.vocabulary, "en"))


def conditions(program: Program, library: Library) -> tuple[ConditionText, ...]:
    return tuple(
        ConditionText(c.id, Both(c.zh, c.en), both_ways(c.node, library), c.clause) for c in program.conditions
    )


def results(program: Program, library: Library) -> tuple[ResultText, ...]:
    return tuple(ResultText(o.id, Both(o.zh, o.en), both_ways(o.node, library), o.unit or "") for o in program.outputs)


def params(measure: MeasureDef, say: Speaker) -> tuple[ParamLine, ...]:
    """Every value of every parameter, each on its own line."""
    return tuple(_param(param, value, measure, say) for param in measure.source.params for value in param.values)


def _param(param: ParamDef, value: ParamValue, measure: MeasureDef, say: Speaker) -> ParamLine:
    return ParamLine(
        label=Both(param.zh, param.en),
        value=_param_value(param, value.value, say),
        listed=isinstance(value.value, list | tuple),
        place=say.place(value.place) if value.place else Both(""),
        valid_from=value.valid_from,
        valid_until=value.valid_until,
        source=value.source or (measure.clauses[0] if value.origin == "text" else ""),
        origin=ORIGIN.get(value.origin, Both(value.origin)),
        blank=value.value is None,
        owner=say.department(value.owner, value.place) if value.owner else Both(""),
    )


def _param_value(param: ParamDef, value: Any, say: Speaker) -> Both:
    if value is None:
        return Both("")
    if param.codes:
        return say.codes(param.codes, value if isinstance(value, list | tuple) else [value])
    if isinstance(value, list | tuple):
        lines = [_bracket(item, param.unit, say) for item in value]
        return Both("；".join(line.zh for line in lines), "; ".join(line.en for line in lines))
    return _amount(value, param.unit, say)


def _amount(value: Any, unit: str | None, say: Speaker) -> Both:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return say.quantity(str(value), unit) if isinstance(value, str) else plain(value)
    figure = f"{value:,}"
    return say.quantity(figure, unit)


def _bracket(item: Any, unit: str | None, say: Speaker) -> Both:
    """One band of a table: up to a bound, a value."""
    if not isinstance(item, Mapping):
        return _amount(item, unit, say)
    bound, value = item.get("up_to", item.get("below")), _amount(item.get("value"), unit, say)
    if bound is None:
        return Both(f"以上 {value.zh}", f"above: {value.en}")
    word, word_en = ("不足", "below") if "below" in item else ("不超过", "up to")
    return Both(f"{word} {bound:,}：{value.zh}", f"{word_en} {bound:,}: {value.en}")


def materials(measure: MeasureDef) -> tuple[Material, ...]:
    return tuple(Material(Both(m.zh, m.en), m.required) for m in measure.materials)


def stacking(measure: MeasureDef, library: Library) -> Both:
    """How the measure combines with others, in one sentence."""
    rule = measure.stacking
    if rule is None:
        return Both("")
    if rule.group and rule.group in library.stacking:
        group = library.stacking[rule.group]
        return Both(group.zh, group.en)
    entity = library.entities.get(rule.once_per or "")
    if entity:
        return Both(f"每个{entity.zh}只享受一次", f"Once per {entity.en.lower()}")
    return Both("只享受一次", "Once only")
