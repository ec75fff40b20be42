"""``zhida run``: database, schema, demo county if there is nothing yet, then the pages."""

from __future__ import annotations

import errno
import logging
import multiprocessing
import os
import signal
import socket
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from typing import Any

import click

from zhida.cli.base import MISSING, REFUSED, fail, setup_django, t


@click.command(help=t("准备好一切并打开网页。", "Set everything up and serve the pages."))
@click.option("--host", default="127.0.0.1", show_default=True, help=t("监听地址", "address to listen on"))
@click.option("--port", default=8000, show_default=True, envvar="PORT", type=click.IntRange(1, 65535))
@click.option("--workers", default=2, show_default=True, type=click.IntRange(1, 64))
@click.option("--no-demo", is_flag=True, help=t("没有数据时不载入演示县", "load no demo county when empty"))
@click.option("--subjects", default=20_000, type=click.IntRange(1), help=t("演示县的户数", "size of the demo county"))
def run(host: str, port: int, workers: int, no_demo: bool, subjects: int) -> None:
    # a polite kill ends like Ctrl-C, also while the demo is still loading
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    _refuse_busy_port(host, port)
    _say("准备数据库……", "Preparing the database …")
    setup_django()
    _collect_static()
    if not no_demo:
        _load_demo(subjects)
    threading.Thread(target=_announce, args=(host, port), daemon=True).start()
    _serve(host, port, workers)
    _say("已停止。", "Stopped.")


def _say(zh: str, en: str) -> None:
    click.echo(t(zh, en), err=True)


def _refuse_busy_port(host: str, port: int) -> None:
    """Find out before any work is done, not after a minute of loading."""
    deadline = time.monotonic() + 3  # workers of a killed server need a moment to notice
    while (error := _cannot_listen(host, port)) is not None:
        if error.errno != errno.EADDRINUSE or time.monotonic() > deadline:
            fail(
                REFUSED,
                f"无法监听 {host}:{port}（{error.strerror}）。换一个端口：PORT=8001 make run。",
                f"Cannot listen on {host}:{port} ({error.strerror}). Choose another port: PORT=8001 make run.",
            )
        time.sleep(0.2)


def _cannot_listen(host: str, port: int) -> OSError | None:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            return error
    return None


def _collect_static() -> None:
    from django.conf import settings
    from django.core.management import call_command

    if not settings.STATICFILES_DIRS:
        fail(
            MISSING,
            "页面样式尚未构建：请先运行 make run 或 make assets。",
            "The page assets are not built: use make run, or make assets first.",
        )
    call_command("collectstatic", interactive=False, verbosity=0)


def _load_demo(subjects: int) -> None:
    """Load the demo county unless it, or anything else, is there in full. An interrupted load is finished."""
    from zhida.core import locks, paths
    from zhida.synthetic import demo

    with locks.exclusive(paths.run_dir() / "demo.lock"):
        if demo.needed():
            demo.load(subjects, say=_say)


def _announce(host: str, port: int) -> None:
    """Print the address once the first page has really been served."""
    shown = "127.0.0.1" if host in ("0.0.0.0", "::") else host  # noqa: S104 — compared, not bound
    url = f"http://[{shown}]:{port}/" if ":" in shown else f"http://{shown}:{port}/"
    while True:
        try:
            with urllib.request.urlopen(url, timeout=60) as answer:  # noqa: S310 — our own address
                answer.read()
                break
        except urllib.error.HTTPError as error:
            _say(f"首页出错（{error.code}）：{url}", f"The first page fails ({error.code}): {url}")
            return
        except OSError:
            time.sleep(0.1)
    _say(f"直达已就绪：{url}   （Ctrl-C 停止）", f"Zhida is ready: {url}   (Ctrl-C stops it)")
    sys.stderr.flush()


def _serve(host: str, port: int, workers: int) -> None:
    from granian.constants import Interfaces
    from granian.log import LogLevels
    from granian.server import Server

    logging.getLogger("_granian").addFilter(_worth_saying)
    # fresh processes: a forked one would inherit our database connections, threads and locks
    multiprocessing.set_start_method("spawn", force=True)
    Server(
        "zhida.core.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        log_level=LogLevels.warning,
        respawn_failed_workers=True,
        workers_kill_timeout=5,
        # a page is a few milliseconds of database work: few threads, the rest wait in line
        blocking_threads=4,
        backpressure=64,
    ).serve(target_loader=load_application)


def _worth_saying(record: logging.LogRecord) -> bool:
    """A page still being made when we stop is cut off after the time above: expected, and nothing is lost."""
    return "refused to gracefully stop" not in record.getMessage()


def load_application(*_: object) -> Callable[..., Any]:
    """Runs in each worker: make it end with its parent, then give it the pages."""
    # the terminal's Ctrl-C is for the parent alone, which then tells each worker once
    os.setpgrp()
    threading.Thread(target=_end_with, args=(os.getppid(),), daemon=True).start()
    from zhida.core.wsgi import application

    return application


def _end_with(parent: int) -> None:
    """A worker whose parent was killed hard would keep the port."""
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(1)
