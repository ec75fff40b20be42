"""``zhida run``: database, schema, demo county if there is nothing yet, then the pages."""

from __future__ import annotations

import socket
import sys
import threading
import time
import urllib.error
import urllib.request

import click

from zhida.cli.base import MISSING, REFUSED, fail, setup_django, t


@click.command(help=t("准备好一切并打开网页。", "Set everything up and serve the pages."))
@click.option("--host", default="127.0.0.1", show_default=True, help=t("监听地址", "address to listen on"))
@click.option("--port", default=8000, show_default=True, envvar="PORT", type=click.IntRange(1, 65535))
@click.option("--workers", default=2, show_default=True, type=click.IntRange(1, 64))
@click.option("--no-demo", is_flag=True, help=t("没有数据时不载入演示县", "load no demo county when empty"))
def run(host: str, port: int, workers: int, no_demo: bool) -> None:
    _refuse_busy_port(host, port)
    _say("准备数据库……", "Preparing the database …")
    setup_django()
    _collect_static()
    if not no_demo:
        _load_demo()
    _close_connections()
    threading.Thread(target=_announce, args=(host, port), daemon=True).start()
    _serve(host, port, workers)
    _say("已停止。", "Stopped.")


def _say(zh: str, en: str) -> None:
    click.echo(t(zh, en), err=True)


def _refuse_busy_port(host: str, port: int) -> None:
    """Find out before any work is done, not after a minute of loading."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            fail(
                REFUSED,
                f"无法监听 {host}:{port}（{error.strerror}）。换一个端口：PORT=8001 make run。",
                f"Cannot listen on {host}:{port} ({error.strerror}). Choose another port: PORT=8001 make run.",
            )


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


def _load_demo() -> None:
    """Load the demo county unless it, or anything else, is there in full. An interrupted load is finished."""
    from zhida.synthetic import demo

    if demo.needed():
        demo.load()


def _close_connections() -> None:
    """Workers open their own; a connection carried over a fork would be shared by two processes."""
    from django.db import connections

    connections.close_all()


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

    Server(
        "zhida.core.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        log_level=LogLevels.warning,
        respawn_failed_workers=True,
        process_name="zhida",
    ).serve()
