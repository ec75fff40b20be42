"""Small wrong versions of a measure: each differs from it in one operator, number, date or code."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

from zhida.rules.lexer import Token, tokenize
from zhida.rules.measure import MeasureSource, ParamDef, ParamValue

Mutant = tuple[str, MeasureSource]
SWAPS = {
    "&&": ("||",), "||": ("&&",), "==": ("!=",), "!=": ("==",), "+": ("-",), "-": ("+",), "*": ("+",),
    "<": ("<=", ">"), "<=": ("<", ">="), ">": (">=", "<"), ">=": (">", "<="), "!": ("",),
}  # fmt: skip
NAMES = {
    "min": ("max",), "max": ("min",), "at_most": ("at_least",), "at_least": ("at_most",),
    "true": ("false",), "false": ("true",),
}  # fmt: skip
MODES = {"up": "down", "down": "up", "half_up": "down"}


def mutants(source: MeasureSource) -> Iterator[Mutant]:
    """Every single small change of a measure, with a name that says what was changed."""
    yield from _texts(source)
    yield from _without(source)
    yield from _params(source)
    yield from _who(source)
    for place in source.places:
        if len(source.places) > 1:
            yield f"without place {place}", replace(source, places=tuple(p for p in source.places if p != place))


def _texts(source: MeasureSource) -> Iterator[Mutant]:
    for i, condition in enumerate(source.conditions):
        for said, text in changed(condition.text):
            wrong = (*source.conditions[:i], replace(condition, text=text), *source.conditions[i + 1 :])
            yield f"{condition.id}: {said}", replace(source, conditions=wrong)
    for i, output in enumerate(source.outputs):
        for said, text in changed(output.text):
            wrong_out = (*source.outputs[:i], replace(output, text=text), *source.outputs[i + 1 :])
            yield f"{output.id}: {said}", replace(source, outputs=wrong_out)


def _without(source: MeasureSource) -> Iterator[Mutant]:
    for i, condition in enumerate(source.conditions):
        rest = (*source.conditions[:i], *source.conditions[i + 1 :])
        yield f"without condition {condition.id}", replace(source, conditions=rest)


def changed(text: str) -> Iterator[tuple[str, str]]:
    """The rule text with one token changed, or one branch, rounding or list member dropped."""
    tokens = tokenize(text)
    for i, token in enumerate(tokens):
        for other in _others(tokens, i):
            start, end = token.span.start, token.span.end
            yield f"{text[start:end]} -> {other} at {start}", text[:start] + other + text[end:]
    yield from _list_members(text, tokens)
    yield from _choices(text, tokens)
    yield from _roundings(text, tokens)


def _others(tokens: tuple[Token, ...], i: int) -> tuple[str, ...]:
    token = tokens[i]
    if token.kind == "op":
        return SWAPS.get(token.text, ())
    if token.kind == "int":
        return (str(int(token.text) + 1), *((str(int(token.text) - 1),) if int(token.text) else ()))
    if token.kind == "name":
        return NAMES.get(token.text, ())
    if token.kind == "string" and token.text in MODES:
        return (f'"{MODES[token.text]}"',)
    return ()


def _list_members(text: str, tokens: tuple[Token, ...]) -> Iterator[tuple[str, str]]:
    for i, token in enumerate(tokens):
        if token.kind != "string" or token.text in MODES:
            continue
        before, after = tokens[i - 1], tokens[i + 1]
        if after.text == "," and before.text in ("[", ","):
            yield f"without {token.text}", text[: token.span.start] + text[after.span.end :]
        elif after.text == "]" and before.text == ",":
            yield f"without {token.text}", text[: before.span.start] + text[token.span.end :]


def _choices(text: str, tokens: tuple[Token, ...]) -> Iterator[tuple[str, str]]:
    """``c ? a : b`` with its condition negated."""
    for i, token in enumerate(tokens):
        if token.text != "?" or token.kind != "op":
            continue
        depth, start = 0, 0
        for earlier in reversed(tokens[:i]):
            depth += (earlier.text in (")", "]")) - (earlier.text in ("(", "["))
            if depth < 0 or (depth == 0 and earlier.text in (",", ":", "?")):
                start = earlier.span.end
                break
        yield (
            f"branches swapped at {token.span.start}",
            (f"{text[:start]} !({text[start : token.span.start]}) {text[token.span.start :]}"),
        )


def _roundings(text: str, tokens: tuple[Token, ...]) -> Iterator[tuple[str, str]]:
    """``rate(…)`` without a mode rounds half up; the mutant cuts off."""
    for i, token in enumerate(tokens):
        if token.kind != "name" or token.text != "rate" or tokens[i + 1].text != "(":
            continue
        depth = 0
        for later in tokens[i + 1 :]:
            depth += (later.text in ("(", "[")) - (later.text in (")", "]"))
            if depth == 0:
                if not any(f'"{m}")' in text[: later.span.end][-12:] for m in MODES):
                    for mode in ("down", "up"):
                        yield (
                            f"rounding {mode} at {token.span.start}",
                            (f'{text[: later.span.start]}, "{mode}"{text[later.span.start :]}'),
                        )
                break


def _params(source: MeasureSource) -> Iterator[Mutant]:
    for i, param in enumerate(source.params):
        for j, value in enumerate(param.values):
            for said, other in _values(param, value):
                values = (*param.values[:j], replace(value, value=other), *param.values[j + 1 :])
                wrong = (*source.params[:i], replace(param, values=values), *source.params[i + 1 :])
                yield f"param {param.name}[{j}]: {said}", replace(source, params=wrong)


def _values(param: ParamDef, found: ParamValue) -> Iterator[tuple[str, Any]]:
    value = found.value
    if isinstance(value, bool):
        yield f"{not value}", not value
    elif isinstance(value, int | Decimal):
        step = Decimal("0.01") if param.unit and ("元" in param.unit or "%" in param.unit) else Decimal(1)
        for other in (value + step, value - step):
            yield f"{value} -> {other}", int(other) if other == other.to_integral_value() else other
    elif isinstance(value, dt.date):
        for days in (1, -1):
            yield f"{value} {days:+d}", value + dt.timedelta(days=days)
    elif isinstance(value, tuple):
        for code in value:
            if len(value) > 1:
                yield f"without {code}", tuple(c for c in value if c != code)


def _who(source: MeasureSource) -> Iterator[Mutant]:
    for i, alternative in enumerate(source.who):
        others = (*source.who[:i], *source.who[i + 1 :])
        if others:
            yield f"without group {dict(alternative)}", replace(source, who=others)
        for key, codes in alternative.items():
            rest = {k: v for k, v in alternative.items() if k != key}
            wrong = (*source.who[:i], rest, *source.who[i + 1 :]) if rest else others
            yield f"any {key}", replace(source, who=wrong)
            for code in codes:
                if len(codes) > 1:
                    fewer = {**alternative, key: tuple(c for c in codes if c != code)}
                    yield f"without {key} {code}", replace(source, who=(*source.who[:i], fewer, *source.who[i + 1 :]))
