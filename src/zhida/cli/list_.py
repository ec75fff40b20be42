"""``zhida list MEASURE``: the publishable list of one measure, on screen, as JSON or as a workbook."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import click
from rich.markup import escape
from rich.table import Table

from zhida.cli.asking import nearest_ones
from zhida.cli.base import MISSING, REFUSED, console, emit, fail, json_option, language, setup_django, show_table, t
from zhida.core.money import format_fen
from zhida.screening.listing import Listing
from zhida.screening.words import Lang

SHOWN = 40


@click.command(
    "list",
    help=t(
        "一项措施的拟享名单：名称、代码、金额、理由、条款。--xlsx 写成工作簿，--json 输出数据。",
        "The proposed list of one measure: name, code, amount, grounds, clauses. --xlsx writes a workbook.",
    ),
)
@click.argument("measure")
@click.option("--run", "run_name", help=t("筛查批次（默认最近一次）", "screening run (default: the latest)"))
@click.option("--xlsx", type=click.Path(path_type=Path, dir_okay=False), help=t("写到此文件", "write this file"))
@json_option
def list_(measure: str, run_name: str | None, xlsx: Path | None, as_json: bool) -> None:
    setup_django()
    from zhida.screening.make_list import make_list
    from zhida.screening.queries import LostFiles

    if xlsx is not None and not xlsx.absolute().parent.is_dir():
        fail(REFUSED, f"没有文件夹「{xlsx.parent}」。", f"There is no folder “{xlsx.parent}”.")
    run = find_run(run_name)
    try:
        listing = make_list(run, measure_of(run, measure), cast(Lang, language()))
    except LostFiles as error:
        fail(MISSING, error.zh, error.en)
    if xlsx is not None:
        _write(listing, xlsx)
    data = listing.as_json()
    emit(data, as_json=as_json, human=lambda: _print(listing, xlsx))


def find_run(name: str | None, as_of: Any = None) -> Any:
    """The run named, the newest of a date, or the newest; exit 3 when there is none."""
    from zhida.screening.queries import NoRun, latest_run, run_named

    try:
        return run_named(name) if name else latest_run(as_of)
    except NoRun as error:
        if name:
            fail(
                MISSING, f"没有筛查批次「{name}」，或不止一个以此开头。", f"There is no run “{name}”, or more than one."
            )
        if as_of is not None:
            fail(
                MISSING,
                f"{as_of} 还没有筛查：请先运行 zhida screen --as-of {as_of}。",
                f"{as_of} has not been screened: run zhida screen --as-of {as_of} first.",
            )
        fail(MISSING, error.zh, error.en)


def measure_of(run: Any, text: str) -> str:
    """A measure of the run by id or title; exit 2 naming the nearest ones."""
    from zhida.screening.queries import library_of

    library = library_of(run)
    titles: dict[str, str] = {}
    for ident in run.measures:
        measure = library.measure(ident, run.as_of)
        titles.update({ident: ident, measure.title.zh: ident, measure.title.en: ident})
    if text in titles:
        return titles[text]
    known = next((m for m in library.measures if text in (m.id, m.title.zh, m.title.en)), None)
    if known is not None:
        fail(
            REFUSED,
            f"措施「{text}」不在批次 {run.id[:12]}（{run.as_of}）中：当日当地未执行，或未选它筛查。",
            f'Measure "{text}" is not in run {run.id[:12]} ({run.as_of}): not in force then, or not chosen.',
        )
    zh, en = nearest_ones(text, titles)
    fail(REFUSED, f"没有措施「{text}」。{zh}", f'There is no measure "{text}".{en}')


def _write(listing: Listing, path: Path) -> None:
    from zhida.core.atomic import write_atomic
    from zhida.screening.make_list import list_words
    from zhida.screening.workbook import TooLong, write_workbook

    try:
        content = write_workbook(listing, list_words(cast(Lang, language())))
        with write_atomic(path) as stream:
            stream.write(content)
    except TooLong as error:
        fail(REFUSED, f"名单太长，工作簿放不下：{error}", f"The list is too long for a workbook: {error}")
    except OSError as error:
        fail(REFUSED, f"写不了「{path}」：{error.strerror}", f"Cannot write “{path}”: {error.strerror}")


def _print(listing: Listing, xlsx: Path | None) -> None:
    out = console()
    out.print(f"[bold]{escape(listing.title)}[/] · {escape(listing.document)} · {escape('、'.join(listing.clauses))}")
    run = t(f"数据截止 {listing.as_of} · 批次 {listing.run[:12]}", f"as of {listing.as_of} · run {listing.run[:12]}")
    out.print(escape(run))
    for reason in listing.why:
        out.print(escape(f"  ✓ {reason}"))
    for standard in listing.standards:
        out.print(escape(f"  · {standard}"))
    table = Table(box=None, pad_edge=False)
    for zh, en in (("序号", "no."), ("名称", "name"), ("代码", "code"), ("乡镇", "town")):
        table.add_column(t(zh, en), no_wrap=zh == "代码")
    table.add_column(t("结果", "result"), justify="right", no_wrap=True)
    table.add_column(t("依据", "computed from"))
    for row in listing.rows[:SHOWN]:
        result = format_fen(row.amount) if row.amount is not None else str(row.date or "✓")
        cells = (str(row.number), row.name, row.code, row.town, result, " ".join((row.basis, row.note)).strip())
        table.add_row(*map(escape, cells))
    show_table(table)
    if len(listing.rows) > SHOWN:
        out.print(t(f"… 共 {len(listing.rows):,} 条", f"… {len(listing.rows):,} in all"))
    if listing.total is not None:
        out.print(t(f"合计 {format_fen(listing.total)} 元", f"total {format_fen(listing.total)} yuan"))
    if xlsx is not None:
        out.print(t(f"已写 {xlsx}", f"written to {xlsx}"))
