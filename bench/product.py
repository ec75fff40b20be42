"""What ``zhida screen`` really does after the snapshot: decide, stack, settle, seal, count, copy.

    python bench/product.py [--subjects 1000000] [--calls 0]

The product's own code (``zhida.screening``) runs on a fresh installation in a temporary directory, on
snapshot tables written straight by the synthetic county's generator (imports are measured elsewhere).
Prints the seconds of each phase and what they made; ``--calls N`` lists the N costliest Python calls,
where a loop over rows would show.
"""

from __future__ import annotations

import argparse
import cProfile
import os
import pstats
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from measures import AS_OF
from wide import alone, fact_columns
from worker import peak_mb
from zhida.rules.vocabulary import SUBJECT
from zhida.synthetic.population import Population, names, populations
from zhida.synthetic.record_facts import record_facts
from zhida.synthetic.subject_facts import subject_facts

SEED, CHUNK_ROWS = 7, 122_880
SEAL = "seal (SHA-256 per decision), sort, write"


def write_snapshot(directory: Path, subjects: int) -> None:
    """Tables of the shape the exchange writes, unsorted."""
    writers: dict[str, pq.ParquetWriter] = {}
    for chunk in populations(subjects, SEED):
        for entity, table in _tables(chunk):
            path = directory / f"{entity}.parquet"
            writer = writers.setdefault(entity, pq.ParquetWriter(path, table.schema, compression="zstd"))
            writer.write_table(table, row_group_size=CHUNK_ROWS)
    for writer in writers.values():
        writer.close()


def _tables(chunk: Population) -> Iterator[tuple[str, pa.Table]]:
    own = subject_facts(chunk)
    heads = {"_subject": chunk.uscc, "_name": names(chunk), "_place": own["place"].values}
    yield SUBJECT, pa.table(heads | fact_columns(own))
    for entity, held in record_facts(chunk).items():
        head = {"_subject": chunk.uscc.take(pa.array(held.holder)), "_record": held.numbers}
        yield entity, pa.table(head | fact_columns(held.facts))


class Phases:
    """Seconds spent in chosen functions, what they call and is watched too taken off."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = defaultdict(float)
        self._inner = [0.0]

    def watch(self, label: str, module: Any, name: str) -> None:
        function = getattr(module, name)

        def timed(*args: Any, **kwargs: Any) -> Any:
            with self.phase(label):
                return function(*args, **kwargs)

        setattr(module, name, timed)

    @contextmanager
    def phase(self, label: str) -> Iterator[None]:
        started = time.perf_counter()
        self._inner.append(0.0)
        try:
            yield
        finally:
            spent = time.perf_counter() - started
            self.seconds[label] += spent - self._inner.pop()
            self._inner[-1] += spent


def install(home: Path) -> None:
    """A fresh installation with the shipped packages in force."""
    os.environ["ZHIDA_HOME"] = str(home)
    os.environ.pop("DATABASE_URL", None)
    from zhida.cli.base import setup_django

    setup_django()
    from zhida.catalog.publishing import publish
    from zhida.core.paths import packages_dir

    publish(packages_dir(), by="bench")


def run(tables: dict[str, Path], phases: Phases) -> Any:
    """The same calls as ``zhida.screening.run.screen`` makes once it has a snapshot."""
    from zhida.catalog.publishing import current
    from zhida.exchange.workspace import open_workspace
    from zhida.screening import copying, decide, settle
    from zhida.screening import run as screening

    phases.watch("decide: scan, rules, sort by subject, write", decide, "_wide")
    phases.watch("stack: exclusions, caps, once-per", decide, "_stack")
    phases.watch("settle: one row per decision, missing facts named", settle, "settle")
    phases.watch(SEAL, screening, "decide")
    phases.watch("count: outcomes, reasons, near misses, missing facts", screening, "tally")
    phases.watch("hash the files, manifest", screening, "make_manifest")
    library = current()
    inputs = screening.Inputs(library, screening.tables_of(tables), "bench", AS_OF, None)
    with open_workspace("screen") as work:
        root = screening.run_files(work.con, inputs, work.root)
        with phases.phase("copy into PostgreSQL"):
            return root, copying.copy_run(work.con, root)


def report(subjects: int, calls: int) -> Iterator[str]:
    with tempfile.TemporaryDirectory(prefix="zhida-bench-") as temporary:
        home = Path(temporary)
        install(home)
        alone(write_snapshot, home, subjects)
        tables = {path.stem: path for path in home.glob("*.parquet")}
        phases, profile = Phases(), cProfile.Profile()
        started = time.perf_counter()
        if calls:
            profile.enable()
        root, made = run(tables, phases)
        profile.disable()
        spent = time.perf_counter() - started
        outcomes = [m["outcomes"] for m in made.counts["measures"].values()]
        kept = sum(n for o in outcomes for name, n in o.items() if name != "ineligible")
        total = sum(n for o in outcomes for n in o.values())
        size = sum(p.stat().st_size for p in root.iterdir()) / 1e6
        yield f"\n{subjects:,} subjects, {total:,} decisions, {kept:,} kept as rows; {size:.0f} MB of files; "
        yield f"peak {peak_mb():.0f} MB (without PostgreSQL); load {os.getloadavg()[0]:.1f}\n"
        yield "| phase | s | share |\n|---|---:|---:|"
        phases.seconds["the rest"] = spent - sum(phases.seconds.values())
        for label, seconds in phases.seconds.items():
            yield f"| {label} | {seconds:.1f} | {seconds / spent:.0%} |"
        yield f"| together | {spent:.1f} | {total / spent / 1e6:.2f} M decisions/s |"
        if calls:
            pstats.Stats(profile).sort_stats("tottime").print_stats(calls)
        from zhida.core import postgres

        postgres.destroy(home)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--subjects", type=int, default=1_000_000)
    parser.add_argument("--calls", type=int, default=0)
    args = parser.parse_args()
    for line in report(args.subjects, args.calls):
        print(line, flush=True)


if __name__ == "__main__":
    main()
