"""Nobody but its owner and root gets at the data, whatever the path is like."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest

from zhida.core import postgres
from zhida.core.postgres import place

pytestmark = pytest.mark.slow


def listening_inodes() -> set[str]:
    """Sockets of this network that wait for TCP connections."""
    found = set()
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        for line in Path(table).read_text().splitlines()[1:]:
            words = line.split()
            if words[3] == "0A":
                found.add(words[9])
    return found


def sockets_of(pid: int) -> set[str]:
    links = (os.readlink(f"/proc/{pid}/fd/{fd}") for fd in os.listdir(f"/proc/{pid}/fd"))
    return {link[8:-1] for link in links if link.startswith("socket:[")}


def test_another_user_is_refused_at_the_socket_and_at_the_files(world: Any) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can try as another user")
    owner = world.start("ensure")
    owner.stdout.readline()
    found = world.place
    for stranger in {65534, 1, found.owner.uid + 1} - {found.owner.uid}:
        said = world.do("intrude", found.sockets / place.SOCKET_NAME, found.data, uid=stranger)
        assert said == ["PermissionError", "PermissionError"]


def test_no_tcp_port_is_open(world: Any) -> None:
    if world.uid != os.geteuid():
        pytest.skip("looking into the process of another user is the same test")
    owner = world.start("ensure")
    pid = int(owner.stdout.readline().split()[1])
    assert sockets_of(pid)
    assert not sockets_of(pid) & listening_inodes()


def test_the_files_are_private_and_the_data_is_checksummed(make_world: Callable[..., Any]) -> None:
    world = make_world()
    with psycopg.connect(postgres.ensure(world.home), autocommit=True) as connection:
        connection.execute("CREATE EXTENSION btree_gist")
        shown = [
            connection.execute(f"SHOW {name}").fetchone()[0]
            for name in ("data_checksums", "listen_addresses", "fsync", "server_encoding")
        ]
        locale = connection.execute(
            "SELECT datlocprovider::text, datlocale FROM pg_database WHERE datname = 'zhida'"
        ).fetchone()
    postgres.release(world.home)
    assert shown == ["on", "", "on", "UTF8"]
    assert locale == ("b", "C.UTF-8")
    for path in (world.place.root, world.place.data, world.place.sockets):
        assert stat.S_IMODE(path.stat().st_mode) == 0o700
    if os.geteuid() == 0:
        assert world.place.owner.uid != 0


def test_a_path_too_long_for_a_socket_works(world: Any) -> None:
    world.home = world.home / ("long-" * 20) / ("long-" * 15)
    world.home.mkdir(parents=True)
    for path in (world.home, world.home.parent):
        os.chown(path, world.uid, -1)
    user = world.start("ensure")
    assert user.stdout.readline()
    assert place.fits(world.place.sockets)
    assert place.is_private(world.place.sockets, world.place.owner)


def test_a_home_below_a_closed_directory_works_and_the_directory_stays_closed(
    make_world: Callable[..., Any], outside: Path
) -> None:
    closed = outside / "closed"
    closed.mkdir(mode=0o700)
    world = make_world(closed / "home")
    address = world.do("ensure")[0]
    assert stat.S_IMODE(closed.stat().st_mode) == 0o700
    assert place.is_private(world.place.root, world.place.owner)
    assert world.do("ensure")[0] == address


def test_the_data_is_found_again_when_permissions_have_changed_meanwhile(
    make_world: Callable[..., Any], outside: Path
) -> None:
    closed = outside / "closed"
    closed.mkdir(mode=0o700)
    world = make_world(closed / "home")
    first = world.do("ensure")
    closed.chmod(0o755)
    assert world.do("ensure")[0] == first[0]


def test_data_that_has_gone_missing_is_reported_and_not_replaced_by_an_empty_database(
    make_world: Callable[..., Any], outside: Path
) -> None:
    world = make_world()
    (world.home / "pg.location").write_text(f"{outside / 'gone'}\n")
    assert "is gone" in world.fail("ensure")
    (world.home / "pg.location").unlink()


@pytest.mark.parametrize("prepare", ["open to all", "a link"])
def test_a_directory_prepared_by_somebody_else_is_refused(
    prepare: str, make_world: Callable[..., Any], outside: Path
) -> None:
    world = make_world()
    if prepare == "a link":
        (outside / "elsewhere").mkdir(mode=0o700)
        (world.home / "pg").symlink_to(outside / "elsewhere")
    else:
        (world.home / "pg").mkdir()
        (world.home / "pg").chmod(0o777)
    assert "not private" in world.fail("ensure", ZHIDA_LANG="en")
    (world.home / "pg").unlink() if prepare == "a link" else (world.home / "pg").rmdir()


def test_the_server_log_holds_nothing_people_entered(make_world: Callable[..., Any]) -> None:
    world = make_world()
    with psycopg.connect(postgres.ensure(world.home), autocommit=True) as connection:
        connection.execute("CREATE TABLE person (id text PRIMARY KEY)")
        connection.execute("INSERT INTO person VALUES (%s)", ["330327199001011234"])
        with pytest.raises(psycopg.errors.UniqueViolation):
            connection.execute("INSERT INTO person VALUES (%s)", ["330327199001011234"])
        with pytest.raises(psycopg.errors.UndefinedColumn):
            connection.execute("SELECT zhangsan FROM person WHERE id = '330327199001011234'")
    postgres.release(world.home)
    log = world.place.log.read_text()
    assert "duplicate key" in log
    assert "330327199001011234" not in log
