"""Which account the server runs as.

An ordinary user runs it as himself. PostgreSQL refuses to run as root, so root gives it a number of its
own from the range systemd keeps for dynamic service users: nobody logs in with it and no other
service runs under it, so even ``nobody`` cannot open its files. No account is created.
"""

from __future__ import annotations

import os
import pwd
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from zhida.core.postgres.errors import PostgresError

_FIRST, _LAST = 61184, 65519

# initdb insists on a named account, even though the server does not
_NAMED = ("postgres", "daemon", "bin", "nobody")


@dataclass(frozen=True, slots=True)
class Identity:
    """User and group numbers for server processes."""

    uid: int
    gid: int

    def run(self, command: Sequence[str | Path], **options: Any) -> subprocess.CompletedProcess[str]:
        """Run a command as this identity, from ``/``, output captured as text; no exception on failure."""
        if os.geteuid() == 0 and self.uid != 0:
            options |= {"user": self.uid, "group": self.gid, "extra_groups": []}
        environment = {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC", **options.pop("env", {})}
        return subprocess.run(
            [str(word) for word in command],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            cwd="/",
            umask=0o077,
            env=environment,
            check=False,
            **options,
        )

    def can_enter(self, directory: Path) -> bool:
        """Whether this identity can pass through the directory (tried, so that ACLs count too)."""
        return self.run(["/bin/sh", "-c", 'cd "$1"', "sh", directory]).returncode == 0

    def works(self) -> bool:
        """Whether this system lets us become this identity at all."""
        try:
            return self.run(["/bin/sh", "-c", ":"]).returncode == 0
        except (OSError, subprocess.SubprocessError):
            return False


def own() -> Identity:
    return Identity(os.geteuid(), os.getegid())


def for_root(key: str) -> Identity:
    """An unused number for the cluster with this key (hex text), else an existing unprivileged account."""
    span = _LAST - _FIRST + 1
    start = int(key, 16) % span
    for offset in range(20):
        number = _FIRST + (start + offset) % span
        if not _has_name(number):
            candidate = Identity(number, number)
            if candidate.works():
                return candidate
            break  # numbers of this range do not exist here (a narrow user namespace)
    return named()


def named() -> Identity:
    """An existing unprivileged account we can become."""
    for name in _NAMED:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        candidate = Identity(entry.pw_uid, entry.pw_gid)
        if entry.pw_uid != 0 and candidate.works():
            return candidate
    raise PostgresError(
        "以 root 运行，但无法切换到普通用户来启动数据库；请改用普通用户运行，或设置 DATABASE_URL。",
        "Running as root but unable to switch to an ordinary account for the database: "
        "run as an ordinary user, or set DATABASE_URL.",
    )


def _has_name(uid: int) -> bool:
    try:
        pwd.getpwuid(uid)
    except KeyError:
        return False
    return True
