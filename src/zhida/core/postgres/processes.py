"""Looking at other processes: is this pid the server of that data directory, or just a number?

A pid alone proves nothing: it may be a zombie nobody has reaped, or reused by a stranger after a reboot.
"""

from __future__ import annotations

import subprocess
from pathlib import Path

_PROC = Path("/proc")


def command_line(pid: int) -> list[str]:
    """The arguments a living process was started with; empty when it is gone or a zombie."""
    if (_PROC / "self").exists():
        try:
            raw = (_PROC / str(pid) / "cmdline").read_bytes()
        except OSError:
            return []
        return [part.decode(errors="surrogateescape") for part in raw.split(b"\0")] if raw else []
    shown = subprocess.run(["ps", "-p", str(pid), "-o", "command="], capture_output=True, text=True, check=False)
    return shown.stdout.split()


def is_server_of(pid: int, data: Path) -> bool:
    """Whether the pid is a living postmaster that was started on this data directory."""
    words = command_line(pid)
    return "-D" in words and str(data) in words


def server_processes(cluster_name: str) -> list[int]:
    """Backends and helpers of a cluster by the name in their titles, the postmaster excepted.

    Only where /proc exists; elsewhere PostgreSQL's own shared-memory interlock has to do.
    """
    title = f"postgres: {cluster_name}: "
    found = []
    for entry in _PROC.glob("[0-9]*"):
        words = command_line(int(entry.name))
        if words and words[0].startswith(title):
            found.append(int(entry.name))
    return found
