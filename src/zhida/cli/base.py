"""What all commands share: language, JSON or human output, errors as one line, progress, Django.

Exit codes: 0 done · 1 done, but with findings or refusals · 2 usage or input refused, nothing changed ·
3 something needed is missing · 4 database unavailable · 70 a fault of ours · 130 interrupted.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, NoReturn, TypeVar

import click
from rich.cells import cell_len
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as RichProgress
from rich.table import Table

OK, FINDINGS, REFUSED, MISSING, DATABASE, FAULT, INTERRUPTED = 0, 1, 2, 3, 4, 70, 130

_JSON = "zhida.json"
_WIDEST = 100_000
_FOLDED = 12
_F = TypeVar("_F", bound=Callable[..., Any])


def language() -> str:
    """``en`` when ZHIDA_LANG or the locale says English, else ``zh``."""
    for name in ("ZHIDA_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(name)
        if value:
            return "en" if value.lower().startswith("en") else "zh"
    return "zh"


def t(zh: str, en: str) -> str:
    """The text in the user's language."""
    return en if language() == "en" else zh


class CliError(click.ClickException):
    """A refusal the user can act on: one message in two languages and an exit code."""

    def __init__(self, code: int, zh: str, en: str) -> None:
        super().__init__(t(zh, en))
        self.code, self.zh, self.en = code, zh, en


def fail(code: int, zh: str, en: str) -> NoReturn:
    """Stop the command with a message and an exit code. Nothing may be half-written at this point."""
    raise CliError(code, zh, en)


def json_option(command: _F) -> _F:
    """Add ``--json``; the command receives ``as_json: bool``, and errors become JSON on stderr too."""

    def note(ctx: click.Context, _param: click.Parameter, value: bool) -> bool:
        if value:
            ctx.find_root().meta[_JSON] = True
        return value

    option = click.option(
        "--json",
        "as_json",
        is_flag=True,
        is_eager=True,
        callback=note,
        help=t("输出 JSON", "print JSON"),
    )
    return option(command)


def emit(data: Any, *, as_json: bool, human: Callable[[], None]) -> None:
    """Print ``data`` as one JSON document, or call ``human`` to print it for people."""
    if as_json:
        click.echo(json.dumps(data, ensure_ascii=False, indent=2, default=_plain))
    else:
        human()


def _plain(value: Any) -> Any:
    if hasattr(value, "isoformat"):
        return value.isoformat()
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, (set, frozenset)):
        return sorted(value)
    return str(value)


def console() -> Console:
    """A console for lines on standard output; tables go through ``show_table``."""
    return Console(highlight=False, soft_wrap=not sys.stdout.isatty())


def show_table(table: Table) -> None:
    """Print a table on standard output without ever shortening what is in it.

    A pipe or a file gets every row on one line. On a terminal, columns marked ``no_wrap`` (numbers, keys)
    stay whole and the others fold; where even that does not fit, the terminal breaks the lines.
    """
    out = console()
    out.width = max(out.width, _needed(table)) if out.is_terminal else _WIDEST
    with out.capture() as drawn:
        out.print(table)
    click.echo("\n".join(line.rstrip() for line in drawn.get().splitlines()))


def _needed(table: Table) -> int:
    """The least width at which no ``no_wrap`` column is cut and the others keep a readable one."""
    total = 0
    for column in table.columns:
        longest = max(cell_len(str(cell)) for cell in (column.header, *column.cells))
        total += 2 + (longest if column.no_wrap else min(longest, _FOLDED))
    return total


class Progress:
    """Call ``advance`` as work gets done; ``total`` may be corrected when it becomes known."""

    def __init__(self, bar: RichProgress | None, task: Any) -> None:
        self._bar, self._task = bar, task

    def advance(self, steps: int = 1) -> None:
        if self._bar:
            self._bar.advance(self._task, steps)

    def total(self, steps: int) -> None:
        if self._bar:
            self._bar.update(self._task, total=steps)

    __call__ = advance


@contextmanager
def progress(total: int | None, zh: str, en: str) -> Iterator[Progress]:
    """A bar on stderr while the block runs; silent when stderr is no terminal or with ``--json``."""
    stderr = Console(stderr=True)
    ctx = click.get_current_context(silent=True)
    if not stderr.is_terminal or (ctx and ctx.find_root().meta.get(_JSON)):
        yield Progress(None, None)
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with RichProgress(*columns, console=stderr, transient=True) as bar:
        yield Progress(bar, bar.add_task(t(zh, en), total=total))


def setup_django(*, migrated: bool = True) -> None:
    """Load Django. With ``migrated`` (the default) the tables are brought up to date first.

    An embedded database is migrated on the spot; one named by DATABASE_URL is an administrator's,
    so an outdated schema there ends the command with exit code 4 and the command to run.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zhida.core.settings")
    import django
    from django.apps import apps

    if not apps.ready:
        django.setup()
    if migrated:
        from zhida.core import schema

        if not schema.up_to_date():
            if schema.is_external():
                fail(
                    DATABASE,
                    "数据库结构需要更新：请运行 zhida db migrate。",
                    "The database schema is out of date: run zhida db migrate.",
                )
            schema.migrate()


class LazyGroup(click.Group):
    """A group whose commands are imported only when used, and whose errors are one line each."""

    def __init__(self, table: Mapping[str, tuple[str, str, str]], **kwargs: Any) -> None:
        super().__init__(no_args_is_help=True, **kwargs)
        self._table = table

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self._table)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self._table:
            return None
        module, _, attribute = self._table[cmd_name][0].partition(":")
        command = getattr(importlib.import_module(module), attribute)
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section(t("命令", "Commands")):
            formatter.write_dl([(name, t(zh, en)) for name, (_, zh, en) in self._table.items()])

    def main(  # type: ignore[override]  # it always exits, so click's two signatures are one
        self, args: Sequence[str] | None = None, prog_name: str | None = None, **extra: Any
    ) -> NoReturn:
        """Run and exit. Every way a command can end is turned into a code and at most one line."""
        extra.pop("standalone_mode", None)
        words = list(sys.argv[1:] if args is None else args)
        # an own exit code for Ctrl-C needs click to hand the exceptions over
        try:
            code = super().main(words, prog_name or "zhida", standalone_mode=False, **extra)
        except BaseException as error:  # noqa: BLE001 — the outermost frame: whatever comes ends here
            from zhida.cli.ending import exit_code_for

            code = exit_code_for(error, as_json="--json" in words)
        sys.exit(code if isinstance(code, int) else OK)
