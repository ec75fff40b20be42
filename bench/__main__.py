"""Speed of Zhida, measured beside the same rules in other engines. Results: docs/performance.md.

    make bench                                   everything below at one million subjects → build/bench/
    .venv/bin/python bench/screening.py --help   whole populations: 1M, 10M, 100M subjects
    .venv/bin/python bench/one_subject.py        one subject with its readable reasons
    .venv/bin/python bench/product.py            the screening command's own path into PostgreSQL

Every figure is a ratio inside one run: engines take turns, each in a process of its own, and a table
gives medians over the rounds. Wide tables come straight from the synthetic county's generator
(``wide``), so ten million subjects take a minute. OpenFisca-Core (AGPL) and zen-engine live only in
``build/bench-venv``, made from ``bench/requirements.lock``; their processes get the rules as text
(``numpy_text``, ``zen_text``) and never load this program.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
BUILD = HERE.parent / "build"
OTHERS = BUILD / "bench-venv" / "bin" / "python"


def main() -> int:
    """Run every bench at its usual size, showing and keeping the tables. Returns the worst exit code."""
    (BUILD / "bench").mkdir(parents=True, exist_ok=True)
    others = ["--others", str(OTHERS)] if OTHERS.exists() else []
    runs = {"one_subject": [], "screening": others, "product": []}
    return max(_kept(name, arguments) for name, arguments in runs.items())


def _kept(name: str, arguments: list[str]) -> int:
    command = [sys.executable, "-u", str(HERE / f"{name}.py"), *arguments]
    with (
        (BUILD / "bench" / f"{name}.md").open("w", encoding="utf-8") as file,
        subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process,
    ):
        assert process.stdout is not None
        for line in process.stdout:
            print(line, end="", flush=True)
            file.write(line)
    return process.returncode


if __name__ == "__main__":
    sys.exit(main())
