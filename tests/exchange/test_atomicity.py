"""Whole or not at all: killed at any moment and run again, an import ends as if undisturbed."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from zhida.core.paths import lake
from zhida.exchange import queries, workspace
from zhida.exchange.models import Batch, Finding
from zhida.registry.models import Subject

SCRIPT = Path(__file__).with_name("killed_import.py")
MOMENTS = [s + n for n in ("intake", "cells", "parquet", "rename", "findings", "commit") for s in "-+"]

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def environment() -> dict[str, str]:
    """A process of its own on this test's database and lake."""
    parts = connection.get_connection_params()
    url = " ".join(f"{name}={parts[name]}" for name in ("host", "user", "dbname"))
    return {**os.environ, "DJANGO_SETTINGS_MODULE": "zhida.core.settings", "DATABASE_URL": url}


@pytest.fixture
def killer(zhida_home: Path) -> Iterator[Any]:
    process = subprocess.Popen(
        [sys.executable, str(SCRIPT)],
        env=environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdin
    assert process.stdout

    def kill(moment: str, what: str, file: Path) -> int:
        connection.close()  # the child must not wait for our locks
        process.stdin.write(f"{moment}\t{what}\t{file}\n")
        process.stdin.flush()
        return int(process.stdout.readline())

    yield kill
    process.stdin.close()
    process.wait(10)
    process.stdout.close()


def state() -> dict[str, Any]:
    """Everything an import leaves behind, times apart."""
    files = {p.relative_to(lake()).as_posix(): p.read_bytes() for p in sorted(lake().rglob("*")) if p.is_file()}
    skip = {"received_at", "finished_at"}
    batches = [{k: v for k, v in b.items() if k not in skip} for b in Batch.objects.order_by("id").values()]
    findings = list(Finding.objects.order_by("batch_id", "row", "code").values_list("batch_id", "row", "code"))
    return {"files": files, "batches": batches, "findings": findings, "subjects": list(Subject.objects.values())}


def start_over() -> None:
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE exchange_batch, exchange_finding, registry_subject CASCADE")
    shutil.rmtree(lake())


def test_a_registry_import_killed_anywhere_and_run_again_ends_the_same(desk, killer):
    desk.register(*(desk.code(i) for i in range(20)))
    file, wanted = desk.folder / "registry.csv", state()
    for moment in (*MOMENTS, "-merge", "+merge"):
        start_over()
        assert killer(moment, "registry", file) == signal.SIGKILL, moment
        committed = moment == "+commit"
        assert queries.batches().exists() is committed, moment
        assert Subject.objects.exists() is committed, moment
        desk.register(*(desk.code(i) for i in range(20)))
        assert state() == wanted, moment


def test_a_feed_import_killed_anywhere_leaves_the_earlier_batch_in_force(desk, killer, social):
    a = desk.code(1)
    desk.register(a)
    one = desk.csv("1.csv", social((a, "2022-08", 1, 1), ("", "2022-08", 1, 1)))
    two = desk.csv("2.csv", social((a, "2022-08", 2, 2), ("x", "2022-08", 1, 1)))
    desk.feed("social-insurance", one)
    desk.feed("social-insurance", two)
    wanted = state()
    for moment in MOMENTS:
        start_over()
        desk.register(a)
        desk.feed("social-insurance", one)
        assert killer(moment, "social-insurance", two) == signal.SIGKILL, moment
        assert queries.batches("social-insurance").count() == (2 if moment == "+commit" else 1), moment
        desk.feed("social-insurance", two)
        assert state() == wanted, moment


def test_a_killed_import_of_another_file_is_cleaned_up_by_the_next(desk, killer, social):
    a = desk.code(1)
    desk.register(a)
    bad = desk.csv("bad.csv", social((a, "2022-08", 9, 9)))
    assert killer("+parquet", "social-insurance", bad) == signal.SIGKILL
    assert queries.running().count() == 1
    assert list((lake() / "feeds").rglob("*.parquet"))
    desk.feed("social-insurance", desk.csv("good.csv", social((a, "2022-08", 1, 1))))
    assert queries.running().count() == 0
    assert len(list((lake() / "feeds").rglob("*.parquet"))) == 1
    assert list(workspace.scratch_root().iterdir()) == []


@pytest.mark.parametrize("delay", [0.9, 1.4, 2.0, 2.8])
def test_ctrl_c_ends_with_130_and_nothing_half_imported(desk, delay):
    rows = [("统一社会信用代码", "企业名称", "住所"), *((desk.code(i), f"店{i}", "文成县") for i in range(60_000))]
    file = desk.csv("big.csv", rows)
    command = [sys.executable, "-m", "zhida", "import", "registry", str(file), "--json"]
    process = subprocess.Popen(command, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    time.sleep(delay)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    if process.returncode == 0:
        assert Subject.objects.count() == 60_000
        return
    assert process.returncode == 130, out + err
    assert "Traceback" not in err
    assert not queries.batches().exists()
    assert not Subject.objects.exists()


def test_ctrl_c_stops_a_query_that_would_run_for_minutes(tmp_path):
    code = (
        "import os, signal, threading, duckdb, sys\n"
        "from zhida.exchange.workspace import Interruptible\n"
        "con = Interruptible(duckdb.connect())\n"
        "con.execute('SET enable_progress_bar = false')\n"
        "threading.Timer(0.5, os.kill, (os.getpid(), signal.SIGINT)).start()\n"
        "try:\n    con.execute('SELECT sum(hash(i) % 7) FROM range(200000000000) t(i)').fetchall()\n"
        "except KeyboardInterrupt:\n    sys.exit(130)\n"
    )
    started = time.monotonic()
    done = subprocess.run([sys.executable, "-c", code], timeout=60, check=False)
    assert done.returncode == 130
    assert time.monotonic() - started < 20
