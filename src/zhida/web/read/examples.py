"""Golden cases of a measure as worked examples: the facts given, the answer the clause demands."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from zhida.catalog import MeasureDef
from zhida.catalog.shapes.policy import GoldenItem
from zhida.rules.program import Output, Program
from zhida.web.read.policies import Example
from zhida.web.read.values import NOT_APPLICABLE_WORD, Speaker, plain
from zhida.web.text import Both, yuan


def examples(measure: MeasureDef, program: Program | None, say: Speaker) -> tuple[Example, ...]:
    """All golden cases in the order they are written."""
    outputs = {o.id: o for o in program.outputs} if program else {}
    return tuple(_example(n, golden, measure, outputs, say) for n, golden in enumerate(measure.golden, 1))


def _example(
    number: int, golden: GoldenItem, measure: MeasureDef, outputs: Mapping[str, Output], say: Speaker
) -> Example:
    params = {p.name: p for p in measure.source.params}
    given = [(say.fact(key), _given(key, value, say)) for key, value in _flat(golden.facts)]
    for name, value in golden.params.items():
        param = params.get(name)
        given.append(
            (Both(param.zh, param.en) if param else Both(name), _amount(value, param.unit if param else None, say))
        )
    return Example(
        number=number,
        name=Both(golden.name),
        place=say.place(golden.place),
        as_of=golden.as_of,
        facts=tuple(given),
        outcome=golden.expect.outcome,
        results=tuple(_expected(golden, outputs, say)),
    )


def _expected(golden: GoldenItem, outputs: Mapping[str, Output], say: Speaker) -> Iterator[tuple[Both, Both]]:
    expect = golden.expect
    named = {"amount": expect.amount, "date": expect.date, **expect.outputs}
    for ident, value in named.items():
        if value is not None:
            output = outputs.get(ident)
            label = Both(output.zh, output.en) if output else Both(ident, ident)
            yield label, _result(value, output, say)
    if expect.missing:
        asked = [say.fact(key) for key in expect.missing]
        yield Both("缺少", "Missing"), Both("、".join(a.zh for a in asked), ", ".join(a.en for a in asked))


def _result(value: Any, output: Output | None, say: Speaker) -> Both:
    money = output is not None and output.kind == "money"
    if money and isinstance(value, int | Decimal):
        return say.quantity(_yuan(value), "元")
    return _amount(value, output.unit if output else None, say)


def _amount(value: Any, unit: str | None, say: Speaker) -> Both:
    """A number as written, with its unit; anything else plainly."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return plain(value)
    return say.quantity(f"{value:,}", unit)


def _flat(facts: Mapping[str, Any], prefix: str = "") -> list[tuple[str, Any]]:
    """Facts as written, records and months flattened to keys."""
    flat: list[tuple[str, Any]] = []
    for key, value in facts.items():
        if isinstance(value, Mapping):
            joint = "@" if all(str(k)[:4].isdigit() for k in value) else "."
            flat += [(f"{prefix}{key}{joint}{k}", v) for k, v in _flat({_month(k): v for k, v in value.items()})]
        else:
            flat.append((f"{prefix}{key}", value))
    return flat


def _month(key: Any) -> str:
    return f"{key:%Y-%m}" if isinstance(key, dt.date) else str(key)


def _given(key: str, value: Any, say: Speaker) -> Both:
    """A value as written in a case: money in yuan, codes by code or by label."""
    if value == "not_applicable":
        return NOT_APPLICABLE_WORD
    if say.kind(key) == "money" and isinstance(value, int | Decimal):
        return say.quantity(_yuan(value), say.unit_of(key))
    return say.value(key, value)


def _yuan(value: int | Decimal) -> str:
    return yuan(int(Decimal(value) * 100))
