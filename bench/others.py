"""OpenFisca-Core and zen-engine, each in a process of the bench's own Python."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import numpy_text
import zen_text
from agree import Agreement, agree
from zhida.rules.program import Program
from zhida.rules.sql import BatchPlan

HERE = Path(__file__).resolve().parent
Programs = dict[str, list[Program]]


def openfisca(python: str, programs: Programs, wide: Path, out: Path) -> dict[str, float]:
    """Seconds over all entities, one process after the other; memory of the largest."""
    total = {"seconds": 0.0, "load": 0.0, "compute": 0.0, "write": 0.0, "cpu": 0.0, "rss_mb": 0.0}
    for entity, those in programs.items():
        spec = out / f"{entity}.openfisca.json"
        spec.write_text(json.dumps(numpy_text.spec(those)))
        got = _run(python, "openfisca_side.py", spec, wide / f"{entity}.parquet", openfisca_file(out, entity))
        for name in total:
            total[name] = max(total[name], got[name]) if name == "rss_mb" else total[name] + got[name]
    return total


def zen(python: str, programs: Programs, wide: Path, out: Path, rows: int) -> dict[str, float]:
    """Seconds and decisions for the first ``rows`` rows of each entity."""
    total = {"seconds": 0.0, "decisions": 0.0}
    for entity, those in programs.items():
        spec = out / f"{entity}.zen.json"
        spec.write_text(json.dumps(zen_text.spec(those)))
        got = _run(python, "zen_side.py", spec, wide / f"{entity}.parquet", str(rows), zen_file(out, entity))
        total["seconds"] += got["seconds"]
        total["decisions"] += got["rows"] * got["measures"]
    return total


def openfisca_file(out: Path, entity: str) -> Path:
    return out / f"{entity}-openfisca.parquet"


def zen_file(out: Path, entity: str) -> Path:
    return out / f"{entity}-zen.parquet"


def agreement(ready: dict[str, BatchPlan], wide: Path, theirs: dict[str, Path]) -> Agreement:
    found = [agree(plan, wide / f"{entity}.parquet", theirs[entity]) for entity, plan in ready.items()]
    return sum(found, Agreement(0, 0, 0))


def _run(python: str, script: str, *args: Path | str) -> dict[str, float]:
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
    done = subprocess.run(
        [python, str(HERE / script), *map(str, args)],
        capture_output=True,
        text=True,
        env=environment,
        check=False,
    )
    if done.returncode:
        raise SystemExit(f"{script} failed:\n{done.stderr[-3000:]}")
    result: dict[str, float] = json.loads(done.stdout.strip().splitlines()[-1])
    return result
