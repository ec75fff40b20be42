"""Making a cluster's files: initdb, and the access rules rewritten before each start."""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
from pathlib import Path

from zhida.core.postgres import identity
from zhida.core.postgres.binaries import Binaries
from zhida.core.postgres.errors import PostgresError
from zhida.core.postgres.identity import Identity
from zhida.core.postgres.place import ROLE, Place, make_private, write_inside


def create(place: Place, binaries: Binaries) -> None:
    """Initialise the data directory unless it is there; it appears whole or not at all."""
    if (place.data / "PG_VERSION").is_file():
        return
    for leftover in place.root.parent.glob(f"{place.root.name}.init-*"):
        shutil.rmtree(leftover, ignore_errors=True)
    # initdb needs an account with a name; the data then passes to the server's own number
    maker = place.owner if place.owner.uid == os.geteuid() else identity.named()
    nursery = place.root.with_name(f"{place.root.name}.init-{secrets.token_hex(4)}")
    make_private(nursery, maker)
    try:
        _initdb(nursery / "data", maker, binaries)
        _hand_over(nursery / "data", place.owner)
        (nursery / "data").rename(place.data)
    finally:
        shutil.rmtree(nursery, ignore_errors=True)


def _initdb(data: Path, maker: Identity, binaries: Binaries) -> None:
    if binaries.major >= 17:
        locale = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
    else:
        locale = ["--locale=C"]
    options = ["--encoding=UTF8", "--data-checksums", f"--username={ROLE}", "--auth=reject", *locale]
    done = maker.run([binaries["initdb"], "-D", data, *options, "--no-instructions"])
    if done.returncode != 0:
        reason = _last_error(done.stdout)
        if "could not look up effective user ID" in done.stdout:
            reason = "this user id has no account name (passwd entry)"
        raise PostgresError(f"无法建立数据库：{reason}", f"Could not create the database: {reason}")


def _last_error(output: str) -> str:
    lines = [line for line in output.splitlines() if line.strip()]
    errors = [line for line in lines if "error" in line.lower() or "fatal" in line.lower()]
    return (errors or lines or ["initdb failed"])[-1]


def _hand_over(tree: Path, owner: Identity) -> None:
    if os.geteuid() != 0:
        return
    for folder, _, files in os.walk(tree):
        os.chown(folder, owner.uid, owner.gid, follow_symlinks=False)
        for name in files:
            os.chown(Path(folder) / name, owner.uid, owner.gid, follow_symlinks=False)


def write_access_rules(place: Place) -> None:
    """Only over the private socket, and only root or the server's own user, told apart by the kernel."""
    names = {"root", _name_of(place.owner.uid), _name_of(os.geteuid())} - {None}
    mapping = "".join(f'local_users "{name}" {ROLE}\n' for name in sorted(filter(None, names)))
    write_inside(place.root / "hba.conf", f"local all {ROLE} peer map=local_users\n")
    write_inside(place.root / "ident.conf", mapping)


def _name_of(uid: int) -> str | None:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return None


def settings(place: Place) -> list[str]:
    """Server settings given on the command line, where no file left in the data directory can undo them."""
    quoted = str(place.sockets).replace('"', '""')
    values = {
        "listen_addresses": "",
        "unix_socket_directories": f'"{quoted}"',
        "unix_socket_permissions": "0700",
        "hba_file": str(place.root / "hba.conf"),
        "ident_file": str(place.root / "ident.conf"),
        "cluster_name": place.cluster_name,
        "lc_messages": "C",
        "fsync": "on",
        "full_page_writes": "on",
        "synchronous_commit": "on",
        # one machine, no replicas: bulk loads into new tables need not be logged twice
        "wal_level": "minimal",
        "max_wal_senders": "0",
        "max_logical_replication_workers": "0",
        "max_wal_size": "2GB",
        "shared_buffers": "256MB",
        "idle_in_transaction_session_timeout": "1h",
        # the log must not hold what people entered: neither statements nor the values in error details
        "log_statement": "none",
        "log_min_error_statement": "panic",
        "log_error_verbosity": "terse",
        "log_parameter_max_length_on_error": "0",
        "log_line_prefix": "%m [%p] ",
        "log_timezone": "Asia/Shanghai",
    }
    return [word for name, value in values.items() for word in ("-c", f"{name}={value}")]
