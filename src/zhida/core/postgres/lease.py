"""Who is using the server. A lease is a shared file lock: the kernel drops it however its holder ends."""

from __future__ import annotations

import fcntl
import os
from contextlib import AbstractContextManager
from pathlib import Path

from zhida.core.locks import exclusive, open_lock


def start_lock(home: Path) -> AbstractContextManager[None]:
    """Held by whoever starts, stops or recovers the server of this home; waits for its turn."""
    return exclusive(home / "run" / "pg.lock")


class Lease:
    """This process's use of one server. Take and drop it with the start lock held."""

    def __init__(self, home: Path) -> None:
        self.pid = os.getpid()
        self._descriptor = open_lock(home / "run" / "pg.lease")
        fcntl.flock(self._descriptor, fcntl.LOCK_SH)

    @property
    def mine(self) -> bool:
        """False in a forked child, which must take a lease of its own."""
        return self.pid == os.getpid()

    def drop(self) -> bool:
        """Give the lease up; True when nobody else holds one."""
        try:
            # asking for it alone succeeds only when we are the last
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        except BlockingIOError:
            return False
        finally:
            os.close(self._descriptor)


def in_use(home: Path) -> bool:
    """Whether any process holds a lease at this moment."""
    descriptor = open_lock(home / "run" / "pg.lease")
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return False
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)


def kept(home: Path) -> Path:
    """While this file exists the server stays up when the last user leaves (``zhida db start``)."""
    return home / "run" / "pg.keep"
