"""Imports that die by SIGKILL at a chosen moment.

Reads lines ``MOMENT<tab>WHAT<tab>FILE`` and forks a process for each, which is killed just before
(``-name``) or after (``+name``) a function of the import; answers with the signal it died of.
"""

from __future__ import annotations

import importlib
import os
import signal
import sys
from pathlib import Path
from typing import Any

import django

POINTS = {
    "intake": ("zhida.exchange.intake", "_check"),
    "cells": ("zhida.exchange.reading", "read"),
    "parquet": ("zhida.exchange.batches", "write_rows"),
    "rename": ("", "replace"),
    "findings": ("zhida.exchange.batches", "_copy_findings"),
    "commit": ("zhida.exchange.batches", "commit"),
    "merge": ("zhida.registry.subjects", "merge"),
}


def die_at(moment: str) -> None:
    side, name = moment[0], moment[1:]
    module, attribute = POINTS[name]
    owner: Any = importlib.import_module(module) if module else Path
    real = getattr(owner, attribute)

    def wrapped(*args: Any, **kwargs: Any) -> Any:
        ours = bool(module) or str(args[0]).endswith(".part")
        if ours and side == "-":
            os.kill(os.getpid(), signal.SIGKILL)
        result = real(*args, **kwargs)
        if ours:
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    setattr(owner, attribute, wrapped)


def work(moment: str, what: str, file: str, definitions: Any) -> None:
    from zhida.exchange.import_feed import import_feed
    from zhida.exchange.import_registry import import_registry

    die_at(moment)
    if what == "registry":
        import_registry(Path(file), definitions)
    else:
        import_feed(what, Path(file), definitions)


def main() -> None:
    django.setup()
    from zhida.catalog import shipped
    from zhida.exchange.definitions import of_library

    definitions = of_library(shipped())
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            work(*line.rstrip("\n").split("\t"), definitions)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        print(os.WTERMSIG(status) if os.WIFSIGNALED(status) else -os.WEXITSTATUS(status), flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
