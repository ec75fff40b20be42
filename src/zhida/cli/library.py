"""Which library a command speaks of, and the console it prints tables on."""

from __future__ import annotations

import os
from pathlib import Path

from rich.console import Console

from zhida import catalog as room
from zhida.catalog.library import Library
from zhida.cli.base import REFUSED, console, fail, setup_django

PIPED_WIDTH = 200


def library_in_use(folder: Path | None = None) -> Library:
    """The library of a folder when one is named, else the published one, else the shipped one."""
    if folder is not None:
        return load_folder(folder, rules=False)
    if not _has_database():
        return room.shipped()
    setup_django()
    from zhida.catalog.publishing import NoPublication

    try:
        return room.current()
    except NoPublication:
        return room.shipped()


def printer() -> Console:
    """A console for tables; wide where nobody looks at columns (a pipe, a file)."""
    out = console()
    if not out.is_terminal:
        out.width = max(out.width, PIPED_WIDTH)
    return out


def _has_database() -> bool:
    """Whether there is a database to ask; nothing is created or started to find out."""
    from zhida.core import postgres

    if postgres.external():
        return True
    return Path(os.environ.get("ZHIDA_HOME") or "var").is_dir() and postgres.status().state != "absent"


def load_folder(folder: Path, *, rules: bool = True) -> Library:
    if not folder.is_dir():
        fail(REFUSED, f"没有文件夹「{folder}」。", f"There is no folder “{folder}”.")
    return room.load(folder, rules=rules)
