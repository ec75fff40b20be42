"""YAML data in one canonical JSON form: what hashes are taken over and what the database keeps.

Dates become ``{"$date": "2022-09-01"}`` and exact decimals ``{"$decimal": "4.25"}``, so that data read
back from the database equals the data read from the file.
"""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal
from typing import Any

from zhida.core.hashing import canonical_json, sha256_hex


def encode(value: Any) -> Any:
    """Data of a YAML file as plain JSON values; raises TypeError for what YAML should not hold."""
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, Decimal):
        return {"$decimal": format(value, "f")}
    if isinstance(value, dt.datetime):
        raise TypeError("a time of day has no place in a package; write the date only")
    if isinstance(value, dt.date):
        return {"$date": value.isoformat()}
    if isinstance(value, (list, tuple, frozenset, set)):
        items = sorted(value) if isinstance(value, (frozenset, set)) else value
        return [encode(item) for item in items]
    if isinstance(value, dict):
        return {_key(key): encode(item) for key, item in value.items()}
    raise TypeError(f"{type(value).__name__} has no canonical form")


def _key(key: Any) -> str:
    if not isinstance(key, str):
        raise TypeError(f"the key {key!r} is not text; put it in quotes")
    return key


def decode(value: Any) -> Any:
    """The inverse of :func:`encode`."""
    if isinstance(value, list):
        return [decode(item) for item in value]
    if isinstance(value, dict):
        if set(value) == {"$date"}:
            return dt.date.fromisoformat(value["$date"])
        if set(value) == {"$decimal"}:
            return Decimal(value["$decimal"])
        return {key: decode(item) for key, item in value.items()}
    return value


def text_of(value: Any) -> str:
    """Canonical JSON text of YAML data."""
    return canonical_json(encode(value)).decode()


def data_of(text: str) -> Any:
    """YAML data back from its canonical JSON text."""
    return decode(json.loads(text))


def digest(value: Any) -> str:
    """SHA-256 over the canonical JSON of YAML data, in hex."""
    return sha256_hex(canonical_json(encode(value)))
