"""One canonical form of data, and its hash: equal content gives equal bytes on every machine."""

from __future__ import annotations

import hashlib
import json
from io import BufferedIOBase
from typing import BinaryIO, cast


def canonical_json(obj: object) -> bytes:
    """UTF-8 JSON with sorted keys and no spaces.

    Only None, bool, int, str, and lists or tuples and str-keyed dicts of them: a float or any other
    type raises TypeError, because its text form is not one for all.
    """
    _check(obj, "$")
    return json.dumps(obj, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def _check(obj: object, where: str) -> None:
    if obj is None or isinstance(obj, (bool, int, str)):
        return
    if isinstance(obj, (list, tuple)):
        for index, item in enumerate(obj):
            _check(item, f"{where}[{index}]")
    elif isinstance(obj, dict):
        for key, item in obj.items():
            if not isinstance(key, str):
                raise TypeError(f"{where}: key {key!r} is not text")
            _check(item, f"{where}.{key}")
    else:
        raise TypeError(f"{where}: {type(obj).__name__} has no canonical form")


def sha256_hex(data: bytes) -> str:
    """SHA-256 of the bytes in lower-case hex."""
    return hashlib.sha256(data).hexdigest()


def sha256_file(stream: BinaryIO) -> str:
    """SHA-256 of an open binary file, read in pieces, in lower-case hex."""
    return hashlib.file_digest(cast(BufferedIOBase, stream), "sha256").hexdigest()
