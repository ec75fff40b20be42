"""The bench commands run on a small county and print their tables. Nothing here looks at the times."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

BENCH = Path(__file__).resolve().parents[2] / "bench"


def run(script: str, *arguments: str) -> str:
    done = subprocess.run([sys.executable, BENCH / script, *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


def test_the_population_bench_prints_its_table(tmp_path: Path) -> None:
    out = run("screening.py", "--subjects", "2000", "--rounds", "1", "--copies", "2", "--keep", str(tmp_path))
    assert re.search(r"4,000 subjects × \d+ measures = [\d,]+ decisions", out)
    assert "| floor" in out
    assert "| Zhida" in out


def test_the_bench_of_one_subject_prints_its_table() -> None:
    out = run("one_subject.py", "--subjects", "20", "--rounds", "1")
    assert len(re.findall(r"^\| (closures|trace|answer).*\d", out, re.MULTILINE)) == 4
    assert "cold" in out


@pytest.mark.slow
def test_the_bench_of_the_command_prints_its_phases() -> None:
    out = run("product.py", "--subjects", "2000")
    assert "| copy into PostgreSQL |" in out


def test_rules_are_told_to_other_engines_in_full() -> None:
    script = "import measures, numpy_text, zen_text\n" + (
        "for those in measures.programs_by_entity().values(): numpy_text.spec(those), zen_text.spec(those)"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=BENCH, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
