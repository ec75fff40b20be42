"""The parameters of a measure at one place, date and state of knowledge."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from zhida.rules import params
from zhida.rules.errors import Problem
from zhida.rules.exact import ExactError
from zhida.rules.measure import MeasureSource
from zhida.rules.program import ParamUse
from zhida.rules.types import Ty
from zhida.rules.vocabulary import Vocabulary


@dataclass(frozen=True, slots=True)
class Resolved:
    """Parameters of a measure at one place and date: types for all, values for those that have one."""

    types: Mapping[str, Ty]
    uses: tuple[ParamUse, ...]

    @property
    def values(self) -> dict[str, Any]:
        return {use.name: use.value for use in self.uses}


def resolve(
    measure: MeasureSource,
    vocabulary: Vocabulary,
    ancestors: Sequence[str],
    at: dt.date,
    known: dt.date | None,
    problems: list[Problem],
) -> Resolved:
    """Types and values of all parameters; gaps, overlaps and unreadable values go to ``problems``."""
    types: dict[str, Ty] = {}
    uses: list[ParamUse] = []
    for param in measure.params:
        problems.extend(params.overlaps(param, measure))
        try:
            shape = params.shape_of(param, vocabulary)
        except ExactError as error:
            problems.append(params.problem(param.name, "param-type", error.zh, error.en))
            types[param.name] = Ty("bad")
            continue
        types[param.name] = shape.ty
        value = params.pick(param, measure, ancestors, at, known)
        if value is None:
            problems.append(params.gap(param, ancestors[0] if ancestors else "", at, at))
            continue
        try:
            read = params.read_value(shape, value.value, vocabulary)
        except ExactError as error:
            problems.append(params.problem(param.name, "param-value", error.zh, error.en))
            continue
        uses.append(params.use_of(param, value, read, measure))
    return Resolved(types, tuple(uses))
