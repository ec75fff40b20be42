"""A separate process that uses the embedded database, as root or as another user. Run by the tests.

    python actor.py UID VERB [ARGUMENT …]

Everything is imported before the user is switched: the interpreter itself may lie where only root can read.
"""

from __future__ import annotations

import encodings.idna  # noqa: F401 — imported lazily by sockets otherwise
import os
import socket
import sys
import time

import psycopg

from zhida.core import postgres
from zhida.core.postgres import cluster, identity, lease, place, processes, server  # noqa: F401


def become(uid: int) -> None:
    if uid != os.geteuid():
        os.setgroups([])
        os.setgid(uid)
        os.setuid(uid)


def say(*words: object) -> None:
    print(*words, flush=True)  # noqa: T201


def ensure() -> None:
    """Say the address and the server's process, then stay until standard input closes."""
    address = postgres.ensure()
    say(address, postgres.status().pid)
    sys.stdin.read()


def write() -> None:
    """Insert numbers one commit at a time and say each one once the server has acknowledged it."""
    with psycopg.connect(postgres.ensure(), autocommit=True) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS kept (n int)")
        for number in range(1_000_000):
            connection.execute("INSERT INTO kept VALUES (%s)", [number])
            say(number)


def count() -> None:
    """Say how the numbers stand: how many different ones, and the largest."""
    began = time.monotonic()
    with psycopg.connect(postgres.ensure()) as connection:
        row = connection.execute("SELECT count(DISTINCT n), max(n) FROM kept").fetchone()
    assert row
    say(*row, round(time.monotonic() - began, 2))


def intrude(address: str, data: str) -> None:
    """Try to get at somebody else's server; say what each attempt brought."""
    for attempt in (lambda: socket.socket(socket.AF_UNIX).connect(address), lambda: os.listdir(data)):
        try:
            attempt()
        except OSError as error:
            say(type(error).__name__)
        else:
            say("got in")


if __name__ == "__main__":
    become(int(sys.argv[1]))
    verbs = {"ensure": ensure, "write": write, "count": count, "intrude": intrude}
    verbs[sys.argv[2]](*sys.argv[3:])
