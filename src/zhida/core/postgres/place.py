"""Where a cluster lives: a directory only its server (and root) can enter, and a socket path that fits."""

from __future__ import annotations

import hashlib
import os
import secrets
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from zhida.core.postgres import identity
from zhida.core.postgres.errors import PostgresError
from zhida.core.postgres.identity import Identity

DATABASE = ROLE = "zhida"
SOCKET_NAME = ".s.PGSQL.5432"

# the smallest limit among the systems we know (macOS: 104 bytes with the closing NUL; Linux: 108)
MAX_SOCKET_PATH = 103

# where root keeps a cluster that its server account could not reach under ZHIDA_HOME
_FALLBACKS = (Path("/var/lib"), Path("/var/tmp"))  # noqa: S108 — used only through private_parent()


@dataclass(frozen=True, slots=True)
class Place:
    """One cluster on disk. ``root`` is 0700 and belongs to ``owner``; ``sockets`` likewise."""

    home: Path
    root: Path
    sockets: Path
    owner: Identity

    @property
    def data(self) -> Path:
        return self.root / "data"

    @property
    def log(self) -> Path:
        return self.root / "server.log"

    @property
    def cluster_name(self) -> str:
        return f"zhida-{key(self.root)}"

    def dsn(self, database: str = DATABASE) -> str:
        """A libpq address over the private socket."""
        return f"postgresql://{ROLE}@/{database}?host={quote(str(self.sockets), safe='')}"


def key(path: Path) -> str:
    """A short stable name (16 hex digits) for a path."""
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:16]


def find(home: Path) -> Place | None:
    """The cluster of a home, if it has one, without changing anything."""
    root = _existing_root(home)
    if root is None:
        return None
    owner = _owner_of(root)
    sockets = _existing_sockets(root, owner)
    return Place(home, root, sockets, owner) if sockets else None


def settle(home: Path) -> Place:
    """The cluster's place, made when absent. Call with the start lock held."""
    root = _existing_root(home) or _make_root(home)
    owner = _owner_of(root)
    return Place(home, root, _existing_sockets(root, owner) or _make_sockets(root, owner), owner)


def is_private(path: Path, owner: Identity) -> bool:
    """A real directory (no link) of this owner that nobody else may enter."""
    try:
        found = path.lstat()
    except OSError:
        return False
    return stat.S_ISDIR(found.st_mode) and found.st_uid == owner.uid and found.st_mode & 0o077 == 0


def make_private(path: Path, owner: Identity) -> Path:
    """Create a directory only ``owner`` can use; FileExistsError if anything is there already."""
    path.mkdir(mode=0o700)
    if owner.uid != os.geteuid():
        os.chown(path, owner.uid, owner.gid)
    return path


def write_inside(path: Path, text: str) -> None:
    """Write a file into a directory that may belong to another account: as root, never through its links.

    Readable by the server whoever wrote it; the directory keeps everybody else out.
    """
    partial = path.with_name(f".{path.name}.{secrets.token_hex(6)}")
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o644)
    with os.fdopen(descriptor, "w") as stream:
        os.fchmod(stream.fileno(), 0o644)
        stream.write(text)
    partial.replace(path)


def private_parent() -> Path:
    """Root's own directory for what must lie outside ZHIDA_HOME; others can pass through, not write."""
    for base in _FALLBACKS:
        path = base / "zhida"
        try:
            path.mkdir(mode=0o711, exist_ok=True)
            found = path.lstat()
        except OSError:
            continue
        if stat.S_ISDIR(found.st_mode) and found.st_uid == 0 and found.st_mode & 0o022 == 0:
            return path
    raise PostgresError(
        "找不到可放置数据库的目录：/var/lib 与 /var/tmp 都不可用。请把 ZHIDA_HOME 设到其他用户可进入的路径下。",
        "No place for the database: neither /var/lib nor /var/tmp can be used. "
        "Set ZHIDA_HOME below a directory other users can pass through.",
    )


def _pointer(home: Path) -> Path:
    return home / "pg.location"


def _existing_root(home: Path) -> Path | None:
    """The recorded root. Recorded, not derived: a change of permissions must not lose sight of the data."""
    pointer = _pointer(home)
    if not pointer.is_file():
        return home / "pg" if (home / "pg").is_dir() else None
    root = Path(pointer.read_text().strip())
    if not root.is_dir():
        # never start an empty database in silence where there was one with data
        raise PostgresError(
            f"数据库目录 {root} 不见了（由 {pointer} 记录）。如确要重新开始，请删除该记录文件。",
            f"The database directory {root}, recorded in {pointer}, is gone. "
            "To start with an empty database on purpose, delete that record.",
        )
    return root


def _owner_of(root: Path) -> Identity:
    """Who the server runs as: whoever owns its directory, which must be us unless we are root."""
    found = root.lstat()
    owner = Identity(found.st_uid, found.st_gid)
    if owner.uid == 0 or not is_private(root, owner) or os.geteuid() not in (0, owner.uid):
        raise PostgresError(
            f"数据库目录 {root} 不是私有目录或属于其他用户（uid {owner.uid}）。请用该用户运行，或另设 ZHIDA_HOME。",
            f"The database directory {root} is not private or belongs to another user (uid {owner.uid}): "
            "run as that user, or set another ZHIDA_HOME.",
        )
    return owner


def _make_root(home: Path) -> Path:
    if os.geteuid() != 0:
        return make_private(home / "pg", identity.own())
    owner = identity.for_root(key(home.resolve()))
    if owner.can_enter(home):
        return make_private(home / "pg", owner)
    # a fresh random name every time: a home deleted and made anew must not find its predecessor's data
    root = make_private(private_parent() / f"{key(home.resolve())}-{secrets.token_hex(4)}", owner)
    write_inside(root / "home", f"{home}\n")
    write_inside(_pointer(home), f"{root}\n")
    return root


def homes_elsewhere() -> list[Path]:
    """The homes whose clusters had to be put outside of them, also homes that no longer exist (root only)."""
    records = (record for base in _FALLBACKS for record in (base / "zhida").glob("*/home"))
    return [Path(record.read_text().strip()) for record in records]


def _existing_sockets(root: Path, owner: Identity) -> Path | None:
    inside = root / "s"
    recorded = root / "socket-directory"
    path = Path(recorded.read_text().strip()) if recorded.is_file() else inside
    return path if fits(path) and is_private(path, owner) else None


def _make_sockets(root: Path, owner: Identity) -> Path:
    """A short private directory for the socket: inside the root when its path fits, else a new temporary one."""
    inside = root / "s"
    recorded = root / "socket-directory"
    if fits(inside):
        recorded.unlink(missing_ok=True)
        return inside if is_private(inside, owner) else make_private(inside, owner)
    # mkdtemp picks an unpredictable name and makes it 0700: nobody can be there first
    path = Path(tempfile.mkdtemp(prefix="zhida-", dir=_short_base(owner)))
    if owner.uid != os.geteuid():
        os.chown(path, owner.uid, owner.gid)
    write_inside(recorded, f"{path}\n")
    return path


def fits(directory: Path) -> bool:
    """Whether a socket in this directory has a path short enough for every system."""
    return len(os.fsencode(directory / SOCKET_NAME)) <= MAX_SOCKET_PATH


def _short_base(owner: Identity) -> Path:
    runtime = Path(os.environ.get("XDG_RUNTIME_DIR") or "/nonexistent")
    if os.geteuid() != 0 and is_private(runtime, owner) and len(os.fsencode(runtime)) < 60:
        return runtime
    return Path("/tmp")  # noqa: S108 — only for mkdtemp
