"""Who starts the server, who shares it, who stops it, and what a crash leaves behind."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable
from typing import Any

import pytest

from zhida.core import postgres
from zhida.core.postgres import place, processes

pytestmark = pytest.mark.slow


def written(process: subprocess.Popen[str], at_least: int) -> int:
    """The last number the writer says was acknowledged, after some time."""
    assert process.stdout
    last = -1
    while last < at_least:
        line = process.stdout.readline()
        assert line, process.communicate()[1]
        last = int(line)
    return last


def rest(process: subprocess.Popen[str]) -> int | None:
    """The last number the writer still said after the blow."""
    said = process.communicate(timeout=60)[0].split()
    return int(said[-1]) if said else None


def test_no_acknowledged_row_is_lost_when_the_server_is_killed_under_writes_and_started_at_once(world: Any) -> None:
    writer = world.start("write")
    last = written(writer, 300)
    world.kill_server()
    different, largest, _ = world.do("count")
    last = rest(writer) or last
    assert int(largest) >= last
    assert int(different) == int(largest) + 1


def test_killing_only_the_main_process_is_survived_too(make_world: Callable[..., Any]) -> None:
    world = make_world()
    writer = world.start("write")
    last = written(writer, 50)
    world.kill_server(only_postmaster=True)
    different, largest, _ = world.do("count")
    last = rest(writer) or last
    assert int(largest) >= last
    assert int(different) == int(largest) + 1


def test_a_server_that_is_just_recovering_is_waited_for_not_restarted(make_world: Callable[..., Any]) -> None:
    world = make_world()
    user = world.start("ensure")
    main = user.stdout.readline().split()[1]
    writer = world.start("write")
    written(writer, 50)
    backends = processes.server_processes(world.place.cluster_name)
    os.kill(next(pid for pid in backends if f" {place.ROLE} [local]" in title(pid)), signal.SIGKILL)
    assert world.do("ensure")[1] == main
    user.communicate()


def test_a_server_whose_socket_was_deleted_is_restarted(make_world: Callable[..., Any]) -> None:
    world = make_world()
    user = world.start("ensure")
    pid = user.stdout.readline().split()[1]
    (world.place.sockets / place.SOCKET_NAME).unlink()
    assert world.do("ensure")[1] != pid
    user.communicate()


def title(pid: int) -> str:
    return " ".join(processes.command_line(pid))


def test_of_many_starters_at_once_all_get_the_same_server_and_the_last_one_out_stops_it(world: Any) -> None:
    starters = [world.start("ensure") for _ in range(4)]
    answers = {process.stdout.readline() for process in starters}
    assert len(answers) == 1, answers
    for process in starters[:-1]:
        process.communicate()
    assert world.postmaster() is not None
    starters[-1].communicate()
    assert world.postmaster() is None


def test_a_user_killed_hard_leaves_the_server_running_for_the_next(make_world: Callable[..., Any]) -> None:
    world = make_world()
    first = world.start("ensure")
    answer = first.stdout.readline()
    first.kill()
    first.communicate()
    assert world.postmaster() is not None
    second = world.start("ensure")
    assert second.stdout.readline() == answer
    second.communicate()
    assert world.postmaster() is None


def test_a_recycled_process_number_on_file_is_not_taken_for_the_server(world: Any) -> None:
    first = world.start("ensure")
    first.stdout.readline()
    world.kill_server()
    first.communicate()
    pid_file = world.place.data / "postmaster.pid"
    lines = pid_file.read_text().splitlines()
    with subprocess.Popen(["/bin/sleep", "60"], user=world.place.owner.uid) as stranger:
        pid_file.write_text("\n".join([str(stranger.pid), *lines[1:]]) + "\n")
        assert world.do("ensure")[1] != str(stranger.pid)
        assert stranger.poll() is None
        stranger.kill()


def test_a_zombie_is_not_taken_for_the_server(make_world: Callable[..., Any]) -> None:
    world = make_world()
    first = world.start("ensure")
    first.stdout.readline()
    world.kill_server()
    first.communicate()
    zombie = os.fork()
    if zombie == 0:
        os._exit(0)
    try:
        pid_file = world.place.data / "postmaster.pid"
        lines = pid_file.read_text().splitlines()
        pid_file.write_text("\n".join([str(zombie), *lines[1:]]) + "\n")
        world.do("ensure")
    finally:
        os.waitpid(zombie, 0)


def test_a_first_start_interrupted_anywhere_is_finished_by_the_next(make_world: Callable[..., Any]) -> None:
    world = make_world()
    for pause in (0.25, 0.4, 0.6, 0.8):
        process = world.start("ensure")
        time.sleep(pause)
        process.kill()
        process.communicate()
    assert world.do("ensure")
    time.sleep(0.5)  # an orphaned initdb may still be ending
    world.do("ensure")
    assert [p.name for p in world.home.iterdir() if "init" in p.name] == []


def test_a_server_told_to_stay_stays_until_told_to_stop(make_world: Callable[..., Any]) -> None:
    home = make_world().home
    postgres.start(home)
    postgres.release(home)
    assert postgres.status(home).state == "running"
    assert postgres.stop(home)
    assert postgres.status(home).state == "stopped"


def test_a_server_in_use_is_not_stopped_unless_forced(make_world: Callable[..., Any]) -> None:
    world = make_world()
    user = world.start("ensure")
    user.stdout.readline()
    assert not postgres.stop(world.home)
    assert world.postmaster()
    assert postgres.stop(world.home, force=True)
    assert world.postmaster() is None


def test_ctrl_c_in_the_terminal_does_not_reach_the_server(make_world: Callable[..., Any]) -> None:
    world = make_world()
    user = world.start("ensure")
    pid = int(user.stdout.readline().split()[1])
    assert os.getsid(pid) != os.getsid(0)
    user.send_signal(signal.SIGINT)
    user.communicate()
