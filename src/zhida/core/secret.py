"""Secrets made at first use and kept in files only their owner can read."""

from __future__ import annotations

import os
import secrets
from pathlib import Path


def load(path: Path) -> str:
    """The secret in the file, made (384 random bits) when the file is not there.

    Two processes starting at once agree: the file appears whole under its name, and the first one wins.
    """
    try:
        return path.read_text().strip()
    except FileNotFoundError:
        pass
    partial = path.with_name(f".{path.name}.{secrets.token_hex(6)}")
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as stream:
        stream.write(secrets.token_urlsafe(48))
        stream.flush()
        os.fsync(stream.fileno())
    try:
        os.link(partial, path)
    except FileExistsError:
        pass
    finally:
        partial.unlink()
    return path.read_text().strip()
