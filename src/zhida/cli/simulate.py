"""``zhida simulate CHANGED.yaml``: what a changed measure would do, before anyone publishes it."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any, cast

import click
from rich.markup import escape
from rich.table import Table

from zhida.cli.asking import nearest_ones, read_date, refuse
from zhida.cli.base import (
    MISSING,
    REFUSED,
    console,
    emit,
    fail,
    json_option,
    language,
    progress,
    setup_django,
    show_table,
    t,
)
from zhida.cli.case_text import grouped, yuan
from zhida.screening.words import Lang

SHOWN = 10


@click.command(
    help=t(
        "试算一项改动：改过的措施文件，或参数改动清单（changes: [{measure, param, value}]）。"
        "与已发布的政策在同一快照上比较：谁增、谁减、各乡镇、行业、资金多少；不发布，不保存。",
        "Try a change: a changed measure file, or a list of parameter changes (changes: [{measure, param, "
        "value}]). Compared with the published catalog on one snapshot: who gains, who loses, how much per "
        "town, industry and fund. Nothing is published or stored.",
    )
)
@click.argument("changed", metavar="CHANGED.yaml", type=click.Path(path_type=Path))
@click.option("--as-of", help=t("日期（默认最近一次筛查的日期）", "date (default: that of the latest run)"))
@json_option
def simulate(changed: Path, as_of: str | None, as_json: bool) -> None:
    day = read_date(as_of)
    if not changed.is_file():
        zh, en = nearest_ones(changed.name, sorted(p.name for p in changed.parent.glob("*.y*ml")))
        fail(REFUSED, f"没有文件「{changed}」。{zh}", f"There is no file “{changed}”.{en}")
    setup_django()
    library = _published()
    proposal = _read(changed, library)
    from zhida.screening.simulate_json import simulation_json

    found = _simulate(library, proposal, day or _latest_day())
    data = simulation_json(found, library, proposal, cast(Lang, language()))
    emit(data, as_json=as_json, human=lambda: _print(data))


def _published() -> Any:
    from zhida.catalog.publishing import NoPublication, current

    try:
        return current()
    except NoPublication as error:
        fail(MISSING, error.zh, error.en)


def _latest_day() -> dt.date:
    from zhida.screening.queries import NoRun, latest_run

    try:
        return latest_run().as_of
    except NoRun:
        fail(REFUSED, "还没有筛查过：请用 --as-of 写明日期。", "Nothing was screened yet: give a date with --as-of.")


def _read(path: Path, library: Any) -> Any:
    from zhida.catalog.problems import CatalogError
    from zhida.core.yamlmarks import YamlError
    from zhida.screening.changes import read_change

    try:
        proposal = read_change(path, library)
    except CatalogError as error:
        refuse(error.problems, "改动有错：", "The change has errors:")
        raise
    except YamlError as error:
        at = f"{path}:{error.line}" if error.line else str(path)
        fail(REFUSED, f"{at}: {error.zh}", f"{at}: {error.en}")
    except OSError as error:
        fail(REFUSED, f"读不了「{path}」：{error.strerror}", f"Cannot read “{path}”: {error.strerror}")
    if not proposal.changes or not proposal.measures:
        fail(REFUSED, "与已发布的政策相同，没有改动。", "Nothing differs from the published catalog.")
    return proposal


def _simulate(library: Any, proposal: Any, day: dt.date) -> Any:
    from zhida.exchange import snapshot
    from zhida.exchange.definitions import of_library
    from zhida.exchange.workspace import open_workspace
    from zhida.rules import RuleError
    from zhida.screening.run import tables_of
    from zhida.screening.simulate import simulate as compare

    with open_workspace("simulate") as work, progress(None, f"试算 {day}", f"Simulating {day}") as bar:
        try:
            taken = snapshot.build(day, vocabulary=library.vocabulary, feeds=of_library(library).feeds)
            tables = tables_of(taken.tables)
            return compare(work.con, library, proposal, tables, taken.id, day, work.root, bar.advance)
        except snapshot.NoSubjects as error:
            fail(MISSING, error.zh, error.en)
        except RuleError as error:
            zh = "；".join(f"{p.path}: {p.zh}" for p in error.problems)
            en = "; ".join(f"{p.path}: {p.en}" for p in error.problems)
            fail(REFUSED, f"改动后的规则在 {day} 不能使用：{zh}", f"The changed rule cannot be used on {day}: {en}")


def _print(data: dict[str, Any]) -> None:
    out = console()
    head = t(
        f"数据截止 {data['as_of']} · 快照 {data['snapshot']}", f"as of {data['as_of']} · snapshot {data['snapshot']}"
    )
    out.print(escape(head))
    for change in data["changes"]:
        out.print(f"  [bold]{escape(change['kind'])}[/] {escape(change['measure'])}: {escape(change['says'])}")
    for note in data["notes"]:
        out.print(f"  [yellow]{escape(note)}[/]")
    total = data["total"]
    before, after, delta = (grouped(total[key]) for key in ("amount_before", "amount_after", "delta"))
    out.print(
        t(
            f"合计 {before} → {after} 元（{delta}）· {data['gaining']:,} 户增加，{data['losing']:,} 户减少",
            f"total {before} → {after} yuan ({delta}) · {data['gaining']:,} subjects gain, {data['losing']:,} lose",
        )
    )
    _measures(data)
    for key, zh, en in (("funds", "资金", "fund"), ("towns", "乡镇", "town"), ("industries", "行业", "industry")):
        _sums(data[key], t(zh, en))
    for key, zh, en in (("gainers", "增加最多", "gain most"), ("losers", "减少最多", "lose most")):
        if data[key]:
            out.print(f"[bold]{t(zh, en)}[/]")
            for one in data[key][:SHOWN]:
                out.print(escape(f"  {one['subject']} {one['name']} {yuan(one['before'])} → {yuan(one['after'])}"))


def _measures(data: dict[str, Any]) -> None:
    table = Table(box=None, pad_edge=False)
    table.add_column(t("措施", "measure"), overflow="fold")
    heads = (
        ("原享受", "before"),
        ("改后", "after"),
        ("新进", "into"),
        ("退出", "out"),
        ("提高", "more"),
        ("降低", "less"),
        ("未定", "open"),
        ("金额变化（元）", "change (yuan)"),
    )
    for zh, en in heads:
        table.add_column(t(zh, en), justify="right", no_wrap=True)
    for one in data["measures"]:
        sums = one["sums"]
        numbers = (sums["decisions_before"], sums["decisions_after"], one["into"], one["out"], one["more"], one["less"])
        table.add_row(
            escape(one["measure"]), *(f"{n:,}" for n in numbers), f"{one['undecided_after']:,}", grouped(sums["delta"])
        )
    show_table(table)


def _sums(rows: list[dict[str, Any]], head: str) -> None:
    moved = [row for row in rows if row["delta"] != "0.00" or row["decisions_before"] != row["decisions_after"]]
    if not moved:
        return
    table = Table(box=None, pad_edge=False)
    table.add_column(head, overflow="fold")
    for zh, en in (("原", "before"), ("改后", "after"), ("变化（元）", "change (yuan)")):
        table.add_column(t(zh, en), justify="right", no_wrap=True)
    for row in moved:
        amounts = (grouped(row[key]) for key in ("amount_before", "amount_after", "delta"))
        table.add_row(escape(row["name"] or row["id"] or "-"), *amounts)
    show_table(table)
