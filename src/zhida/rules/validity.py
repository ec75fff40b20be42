"""Checking a measure over its whole validity: every place it names, every day a value changes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable

from zhida.rules import params
from zhida.rules.build import build
from zhida.rules.errors import Problem, RuleError
from zhida.rules.exact import ExactError
from zhida.rules.measure import MeasureSource, ParamDef
from zhida.rules.params import Span
from zhida.rules.vocabulary import Vocabulary

Ancestors = Callable[[str], tuple[str, ...]]
DAY = dt.timedelta(days=1)


def check(
    measure: MeasureSource,
    vocabulary: Vocabulary,
    ancestors_of: Ancestors | None = None,
) -> tuple[Problem, ...]:
    """All problems of a measure at every place it or its parameters name, over its whole validity.

    ancestors_of: a place code to itself and its parents up to "" (default: the place, then "").
    Returns an empty tuple when the measure can be built everywhere and always.
    """
    chain = ancestors_of or (lambda place: (place, "") if place else ("",))
    if measure.valid_until is not None and measure.valid_until < measure.valid_from:
        return (
            Problem(
                "validity",
                f"执行期的结束 {measure.valid_until} 早于开始 {measure.valid_from}",
                f"the validity ends ({measure.valid_until}) before it begins ({measure.valid_from})",
                None,
                "valid",
            ),
        )
    found: list[Problem] = []
    for param in measure.params:
        found.extend(_values(param, vocabulary))
    for place in _places(measure, chain):
        found.extend(_at_place(measure, vocabulary, place, chain(place)))
    return tuple(dict.fromkeys(found))


def _places(measure: MeasureSource, chain: Ancestors) -> list[str]:
    """Where to look: the measure's places, and narrower places that set a parameter."""
    set_at = {value.place for param in measure.params for value in param.values}
    inside = {place for place in set_at if set(chain(place)) & set(measure.places)}
    return sorted(inside | set(measure.places))


def _values(param: ParamDef, vocabulary: Vocabulary) -> Iterable[Problem]:
    """Every written value must be readable, in force today or not, and its dates in order."""
    try:
        shape = params.shape_of(param, vocabulary)
    except ExactError:
        return  # reported by build with the same words
    for value in param.values:
        if value.valid_from and value.valid_until and value.valid_until < value.valid_from:
            yield params.problem(
                param.name,
                "param-dates",
                f"取值的结束 {value.valid_until} 早于开始 {value.valid_from}",
                f"a value ends ({value.valid_until}) before it begins ({value.valid_from})",
            )
        try:
            params.read_value(shape, value.value, vocabulary)
        except ExactError as error:
            yield params.problem(param.name, "param-value", error.zh, error.en)


def _at_place(
    measure: MeasureSource, vocabulary: Vocabulary, place: str, ancestors: tuple[str, ...]
) -> Iterable[Problem]:
    """Problems at one place: the missing periods whole, the rest once per stretch of equal values."""
    for since, _ in _stretches(measure):
        try:
            build(measure, vocabulary, place=place, ancestors=ancestors, at=since)
        except RuleError as error:
            for problem in error.problems:
                if problem.code != "param-gap":
                    yield problem
    for param in measure.params:
        for span in _gaps(param, measure, ancestors):
            yield params.gap(param, place, span.since, span.until)


def _stretches(measure: MeasureSource) -> list[tuple[dt.date, dt.date | None]]:
    """The validity cut at every day some value begins or has just ended."""
    days = {measure.valid_from}
    for param in measure.params:
        for value in param.values:
            if value.valid_from:
                days.add(value.valid_from)
            if value.valid_until and value.valid_until < dt.date.max:
                days.add(value.valid_until + DAY)
    whole = Span(measure.valid_from, measure.valid_until)
    starts = sorted(day for day in days if whole.holds(day))
    ends: list[dt.date | None] = [start - DAY for start in starts[1:]]
    return list(zip(starts, [*ends, measure.valid_until], strict=True))


def _gaps(param: ParamDef, measure: MeasureSource, ancestors: tuple[str, ...]) -> list[Span]:
    """Maximal periods of the validity without a value."""
    found: list[Span] = []
    for since, until in _stretches(measure):
        if params.pick(param, measure, ancestors, since, None) is not None:
            continue
        if found and found[-1].until == since - DAY:
            found[-1] = Span(found[-1].since, until)
        else:
            found.append(Span(since, until))
    return found
