"""Parameter values in words people use: ``500 元/人``, ``3 个月``, ``50%``, names instead of codes."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from zhida.catalog.library import Library
from zhida.rules.measure import ParamDef

_UNITS = {"月": " 个月", "季": " 个季度", "1": "", "%": "%", "‰": "‰", None: ""}


def said_value(param: ParamDef, value: Any, library: Library, lang: str = "zh") -> str:
    """A parameter value with its unit, for sentences and lists."""
    if value is None:
        return "待定" if lang == "zh" else "not set"
    if isinstance(value, bool):
        return ("是" if value else "否") if lang == "zh" else ("yes" if value else "no")
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, (tuple, list, frozenset)):
        known = library.vocabulary.code_lists.get(param.codes or "")
        labels = [getattr(known.codes[v], lang) if known and v in known.codes else str(v) for v in value]
        return ("、" if lang == "zh" else ", ").join(labels)
    if isinstance(value, (int, Decimal)):
        return (
            f"{value:,f}" + _UNITS.get(param.unit, f" {param.unit}")
            if isinstance(value, Decimal)
            else (f"{value:,}" + _UNITS.get(param.unit, f" {param.unit}"))
        )
    return str(value)
