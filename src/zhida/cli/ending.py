"""How a command ends when it does not end well: the exit code, and the one line the user sees."""

from __future__ import annotations

import json
import os
import sys

import click

from zhida.cli.base import DATABASE, FAULT, INTERRUPTED, OK, REFUSED, CliError, t


def exit_code_for(error: BaseException, *, as_json: bool) -> int:
    """Report the error on stderr and return the exit code. Unknown errors go to the log in full."""
    if isinstance(error, SystemExit):
        return error.code if isinstance(error.code, int) else (OK if error.code is None else FAULT)
    if isinstance(error, (KeyboardInterrupt, click.Abort)):
        zh, en = "已中断；没有写到一半的数据。", "Interrupted; nothing is left half-written."
        return _say(INTERRUPTED, zh, en, as_json=as_json)
    if isinstance(error, BrokenPipeError):
        # the reader (head, less) has had enough: nothing to say, and no second complaint at exit
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return OK
    if isinstance(error, CliError):
        return _say(error.code, error.zh, error.en, as_json=as_json)
    if isinstance(error, click.ClickException):
        return _usage(error, as_json=as_json)
    return _fault(error, as_json=as_json)


def _usage(error: click.ClickException, *, as_json: bool) -> int:
    if as_json:
        return _say(REFUSED, error.format_message(), error.format_message(), as_json=True)
    error.show()
    return REFUSED


def _fault(error: BaseException, *, as_json: bool) -> int:
    if os.environ.get("ZHIDA_DEBUG") == "1":
        raise error
    if _is_database(error):
        zh = f"数据库不可用：{_first_line(error, 'zh')}"
        en = f"The database is unavailable: {_first_line(error, 'en')}"
        return _say(DATABASE, zh, en, as_json=as_json)
    from zhida.core import logs

    path = logs.record_crash(error)
    name = type(error).__name__
    zh, en = f"出错了（{name}）。详情见 {path}", f"Something went wrong ({name}). Details: {path}"
    return _say(FAULT, zh, en, as_json=as_json)


def _is_database(error: BaseException) -> bool:
    from zhida.core.postgres import PostgresError

    if isinstance(error, PostgresError):
        return True
    names = {f"{cls.__module__}.{cls.__name__}" for cls in type(error).__mro__}
    return bool(names & {"django.db.utils.OperationalError", "psycopg.OperationalError"})


def _first_line(error: BaseException, lang: str) -> str:
    text = str(getattr(error, lang, error)).strip()
    return text.splitlines()[0] if text else type(error).__name__


def _say(code: int, zh: str, en: str, *, as_json: bool) -> int:
    if as_json:
        click.echo(json.dumps({"error": {"code": code, "zh": zh, "en": en}}, ensure_ascii=False), err=True)
    else:
        click.echo(t(zh, en), err=True)
    return code
