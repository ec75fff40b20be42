"""The seal of a decision: one SHA-256 over its canonical fields, the same in SQL and in Python.

Canonical form: a JSON array of texts ``["zhida-decision-1", run, measure, …]`` in the order of
``FIELDS``; an absent value is the empty text, numbers are decimal, dates ISO, booleans true/false.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from typing import Any

from zhida.core.hashing import sha256_hex

FORM = "zhida-decision-1"
FIELDS = (
    "run",
    "measure",
    "version",
    "entity",
    "subject",
    "record",
    "outcome",
    "entitled_fen",
    "amount_fen",
    "date",
    "outputs",
    "effect",
    "provisional",
    "true_bits",
    "unknown_bits",
    "missing",
)


def seal(row: Mapping[str, Any]) -> str:
    """Seal of a decision given by field; ``outputs`` as its JSON text, ``missing`` a list of keys."""
    texts = [FORM, *(_text(row[field]) for field in FIELDS)]
    return sha256_hex(json.dumps(texts, ensure_ascii=False, separators=(",", ":")).encode())


def seal_sql() -> str:
    """The same as a DuckDB expression over columns named like ``FIELDS``."""
    texts = ", ".join([f"'{FORM}'", *(_sql(field) for field in FIELDS)])
    return f"sha256(to_json([{texts}])::VARCHAR)"


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return ",".join(value)
    return str(value)


def _sql(field: str) -> str:
    if field == "missing":
        return "coalesce(array_to_string(missing, ','), '')"
    return f"coalesce({field}::VARCHAR, '')"
