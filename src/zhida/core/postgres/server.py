"""Starting and stopping one server. Called with the start lock held; ready means it answered a query."""

from __future__ import annotations

import os
import signal
import time
from enum import Enum
from pathlib import Path

import psycopg
from psycopg import sql

from zhida.core.postgres import binaries, cluster, processes
from zhida.core.postgres.errors import PostgresError
from zhida.core.postgres.place import DATABASE, SOCKET_NAME, Place

_PAUSE = 0.02

# seconds a living server may let nobody connect (its socket deleted by a cleaner) before it is restarted;
# while it replays its log it answers "starting up", which is no silence
_SILENCE = 10


class Answer(Enum):
    """What a connection attempt found."""

    READY = "ready"
    BUSY = "starting up or shutting down"
    NO_DATABASE = "no such database"
    SILENT = "nobody listens"


def ask(place: Place, database: str = DATABASE) -> Answer:
    """A real handshake: connect and run a query."""
    try:
        with psycopg.connect(place.dsn(database), connect_timeout=10, autocommit=True) as connection:
            connection.execute("SELECT 1")
        return Answer.READY
    except psycopg.OperationalError as error:
        text = str(error)
    if any(phrase in text for phrase in ("starting up", "shutting down", "recovery mode", "not yet accepting")):
        return Answer.BUSY
    if "does not exist" in text and "database" in text:
        return Answer.NO_DATABASE
    if "too many clients" in text or "connection slots" in text:
        return Answer.READY
    return Answer.SILENT


def start(place: Place, patience: float) -> None:
    """Bring the server up, whatever state the last one left behind. Raises PostgresError after ``patience`` s."""
    found = binaries.find(place.owner, place.data)
    cluster.create(place, found)
    cluster.write_access_rules(place)
    deadline = time.monotonic() + patience
    living = postmaster(place)
    if living and _until_ready(place, living, deadline, silence=_SILENCE) is None:
        return
    while True:
        _clear_away(place, deadline)
        pid = _launch(place, found)
        reason = _until_ready(place, pid, deadline)
        if reason is None:
            return
        # backends of a killed server may hold its shared memory for a moment longer
        lingering = "shared memory" in reason or "lock file" in reason
        if not lingering or time.monotonic() > deadline:
            raise PostgresError(
                f"数据库无法启动：{reason}（日志 {place.log}）",
                f"The database does not start: {reason} (log: {place.log})",
            )
        time.sleep(0.2)


def stop(place: Place, patience: float = 60) -> None:
    """Stop the server: no new work, running transactions rolled back, everything on disk."""
    pid = postmaster(place)
    if pid is None:
        return
    os.kill(pid, signal.SIGINT)
    deadline = time.monotonic() + patience
    while processes.is_server_of(pid, place.data):
        if time.monotonic() > deadline:
            raise PostgresError(
                f"数据库（进程 {pid}）在 {patience:.0f} 秒内没有停止。",
                f"The database (process {pid}) did not stop within {patience:.0f} s.",
            )
        time.sleep(_PAUSE)


def postmaster(place: Place) -> int | None:
    """The living server process of this cluster, if any."""
    pid = _recorded_pid(place)
    return pid if pid and processes.is_server_of(pid, place.data) else None


def _recorded_pid(place: Place) -> int | None:
    try:
        first = (place.data / "postmaster.pid").read_text().split("\n", 1)[0]
        return abs(int(first))
    except (OSError, ValueError):
        return None


def _clear_away(place: Place, deadline: float) -> None:
    """Make room for a new server: stop a living one nobody can reach, remove the traces of a dead one."""
    if postmaster(place) is not None:
        stop(place, max(1.0, deadline - time.monotonic()))
    # the pid on file is dead, a zombie or a stranger; wait for orphaned backends before forgetting it
    while processes.server_processes(place.cluster_name) and time.monotonic() < deadline:
        time.sleep(_PAUSE)
    (place.data / "postmaster.pid").unlink(missing_ok=True)
    (place.sockets / f"{SOCKET_NAME}.lock").unlink(missing_ok=True)
    (place.sockets / SOCKET_NAME).unlink(missing_ok=True)


def _launch(place: Place, found: binaries.Binaries) -> int:
    """Start the server as a child of nobody: it outlives us, and no terminal signal reaches it."""
    if place.log.is_file() and place.log.stat().st_size > 10_000_000:
        place.log.replace(place.log.with_suffix(".log.1"))
    script = 'log=$1; shift; "$@" </dev/null >>"$log" 2>&1 & echo $!'
    command = [str(found["postgres"]), "-D", str(place.data), *cluster.settings(place)]
    done = place.owner.run(["/bin/sh", "-c", script, "sh", str(place.log), *command], start_new_session=True)
    return int(done.stdout.strip())


def _until_ready(place: Place, pid: int, deadline: float, silence: float | None = None) -> str | None:
    """None once the server answers and has our database; else why not."""
    began = place.log.stat().st_size if place.log.is_file() else 0
    last_heard = time.monotonic()
    while time.monotonic() < deadline:
        answer = ask(place)
        if answer is not Answer.SILENT:
            last_heard = time.monotonic()
        elif silence is not None and time.monotonic() - last_heard > silence:
            return "silence"
        if answer is Answer.NO_DATABASE:
            _create_database(place)
        elif answer is Answer.READY:
            return None
        if not processes.command_line(pid):
            return _last_words(place.log, began)
        time.sleep(_PAUSE)
    return "timeout"


def _create_database(place: Place) -> None:
    statement = sql.SQL("CREATE DATABASE {}").format(sql.Identifier(DATABASE))
    with psycopg.connect(place.dsn("postgres"), autocommit=True) as connection:
        connection.execute(statement)


def _last_words(log: Path, began: int) -> str:
    """The server's own reason for giving up."""
    try:
        text = log.read_bytes()[max(0, began - 2000) :].decode(errors="replace")
    except OSError:
        return "no log"
    fatal = [line for line in text.splitlines() if "FATAL" in line or "PANIC" in line]
    return (fatal or text.splitlines() or ["no reason given"])[-1].partition("FATAL:  ")[2] or text[-200:]
