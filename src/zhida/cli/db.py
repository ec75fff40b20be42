"""``zhida db``: look at the embedded database, keep it running, stop it, open a shell on it."""

from __future__ import annotations

import subprocess
from dataclasses import asdict

import click

from zhida.cli.base import FINDINGS, MISSING, REFUSED, emit, fail, json_option, setup_django, t
from zhida.core import paths, postgres
from zhida.core.postgres import binaries, place

_STATES = {
    "external": ("使用 DATABASE_URL 指定的数据库。", "Using the database DATABASE_URL names."),
    "absent": ("尚未建立数据库，首次使用时自动建立。", "No database yet; it is made at first use."),
    "stopped": ("已停止，使用时自动启动。", "Stopped; it starts when used."),
    "running": ("运行中。", "Running."),
    "not answering": ("进程在，但没有应答。", "The process is there but does not answer."),
}


@click.group(help=t("内置数据库：状态、启动、停止、命令行。", "The embedded database: status, start, stop, shell."))
def db() -> None:
    pass


@db.command(help=t("显示状态，不启动任何进程。", "Show its state; starts nothing."))
@json_option
def status(as_json: bool) -> None:
    found = postgres.status()

    def human() -> None:
        click.echo(t(*_STATES[found.state]))
        rows = [
            (t("版本", "version"), found.version),
            (t("进程", "process"), found.pid or ""),
            (t("数据", "data"), found.data),
            (t("套接字", "socket"), found.sockets),
            (t("日志", "log"), found.log),
        ]
        for label, value in rows:
            if value:
                click.echo(f"  {label}: {value}")

    emit(asdict(found), as_json=as_json, human=human)


@db.command(help=t("启动并保持运行，直到 zhida db stop。", "Start it and keep it up until zhida db stop."))
@json_option
def start(as_json: bool) -> None:
    address = postgres.start()
    emit({"url": address}, as_json=as_json, human=lambda: click.echo(t("数据库已启动。", "The database is up.")))


@db.command(help=t("停止数据库。", "Stop it."))
@click.option("--force", is_flag=True, help=t("即使有进程在用也停止", "stop even while processes use it"))
@json_option
def stop(force: bool, as_json: bool) -> None:
    _only_ours()
    if not postgres.stop(force=force):
        fail(
            FINDINGS,
            "其他 zhida 进程正在使用数据库，未停止；确要停止请加 --force。",
            "Other zhida processes are using the database; not stopped. Use --force to stop it anyway.",
        )
    done = t("数据库已停止。", "The database is stopped.")
    emit({"stopped": True}, as_json=as_json, human=lambda: click.echo(done))


@db.command(help=t("停止并删除数据库的全部数据。", "Stop it and delete all its data."))
@click.option("--yes", is_flag=True, help=t("确认删除", "yes, delete"))
@json_option
def destroy(yes: bool, as_json: bool) -> None:
    _only_ours()
    if not yes:
        fail(
            REFUSED,
            "这会删除数据库中的全部数据；确要删除请加 --yes。未做任何改动。",
            "This deletes all data in the database; add --yes to do it. Nothing was changed.",
        )
    postgres.destroy(paths.home())
    done = t("数据库已删除。", "The database is deleted.")
    emit({"destroyed": True}, as_json=as_json, human=lambda: click.echo(done))


@db.command(help=t("显示连接地址（必要时启动）。", "Print its address, starting it when needed."))
@json_option
def url(as_json: bool) -> None:
    address = postgres.ensure()
    emit({"url": address}, as_json=as_json, human=lambda: click.echo(address))


@db.command(help=t("更新数据库结构。", "Bring the schema up to date."))
@json_option
def migrate(as_json: bool) -> None:
    setup_django(migrated=False)
    from zhida.core import schema

    schema.migrate()
    done = t("数据库结构已是最新。", "The schema is up to date.")
    emit({"migrated": True}, as_json=as_json, human=lambda: click.echo(done))


@db.command(
    help=t("打开 psql；后面的参数交给它。", "Open psql; further arguments go to it."),
    context_settings={"ignore_unknown_options": True, "allow_extra_args": True},
)
@click.argument("words", nargs=-1, type=click.UNPROCESSED)
@click.pass_context
def psql(ctx: click.Context, words: tuple[str, ...]) -> None:
    address = postgres.ensure()
    ctx.exit(subprocess.run([_psql(), address, *words], check=False).returncode)


def _psql() -> str:
    from shutil import which

    here = None if postgres.external() else place.find(paths.home())
    if here:
        ours = binaries.find(here.owner, here.data)["psql"]
        if ours.is_file():
            return str(ours)
    return which("psql") or fail(MISSING, "找不到 psql 程序。", "There is no psql program here.")


def _only_ours() -> None:
    if postgres.external():
        fail(
            MISSING,
            "数据库由 DATABASE_URL 指定，不归本程序启停。",
            "The database is named by DATABASE_URL; it is not ours to start or stop.",
        )
