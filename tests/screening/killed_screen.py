"""Screenings that die by SIGKILL at a chosen moment.

Reads lines ``MOMENT`` and forks a process for each, which screens and is killed just before (``-name``)
or after (``+name``) a function of the screening; answers with the signal it died of. The line ``end``
screens undisturbed and answers with the run's id and the number of
its decisions in the database.
"""

from __future__ import annotations

import datetime as dt
import importlib
import os
import signal
import sys
from pathlib import Path
from typing import Any

import django

AS_OF = dt.date(2022, 9, 30)
POINTS = {
    "snapshot": ("zhida.exchange.snapshot", "build"),
    "wide": ("zhida.screening.decide", "_wide"),
    "stack": ("zhida.screening.decide", "_stack"),
    "settle": ("zhida.screening.settle", "settle"),
    "tally": ("zhida.screening.run", "tally"),
    "manifest": ("zhida.screening.run", "make_manifest"),
    "rename": ("", "rename"),
    "copy": ("zhida.screening.copying", "_copy"),
    "event": ("zhida.core.events", "record"),
}


def die_at(moment: str) -> None:
    side, name = moment[0], moment[1:]
    module, attribute = POINTS[name]
    owner: Any = importlib.import_module(module) if module else Path
    real = getattr(owner, attribute)

    def wrapped(*args: Any, **kwargs: Any) -> Any:
        ours = bool(module) or args[0].name == "run"
        if ours and side == "-":
            os.kill(os.getpid(), signal.SIGKILL)
        result = real(*args, **kwargs)
        if ours:
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    setattr(owner, attribute, wrapped)


def work(moment: str) -> None:
    from zhida.screening.run import screen

    if moment == "end":
        run = screen(AS_OF)
        print(f"{run.pk}:{run.decisions.count()}", flush=True)  # noqa: T201
    else:
        die_at(moment)
        screen(AS_OF)


def main() -> None:
    django.setup()
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            work(line.strip())
            os._exit(0)
        _, status = os.waitpid(child, 0)
        if line.strip() != "end":
            print(os.WTERMSIG(status) if os.WIFSIGNALED(status) else -os.WEXITSTATUS(status), flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
