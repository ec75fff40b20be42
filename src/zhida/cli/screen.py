"""``zhida screen``: decide every subject by every published measure, as of a date."""

from __future__ import annotations

import datetime as dt
from typing import Any

import click
from rich.markup import escape
from rich.table import Table

from zhida.cli.asking import nearest_ones, read_date
from zhida.cli.base import MISSING, REFUSED, console, emit, fail, json_option, progress, setup_django, show_table, t
from zhida.core.money import format_fen


@click.command(
    help=t(
        "按日期用已发布的措施筛查全部主体。同样的数据和政策得到同一批次；中断后重来结果不变。",
        "Screen all subjects by the published measures as of a date. The same data and policies give the "
        "same run; interrupted and started again, the result is the same.",
    )
)
@click.option("--as-of", help=t("日期，如 2022-09-30（默认今天）", "date such as 2022-09-30 (default: today)"))
@click.option(
    "--measure", "measures", multiple=True, help=t("只筛查这项措施（可多次）", "only this measure (repeatable)")
)
@json_option
def screen(as_of: str | None, measures: tuple[str, ...], as_json: bool) -> None:
    day = read_date(as_of) or dt.date.today()  # noqa: DTZ011 — the operator's calendar day is meant
    setup_django()
    run = _run(day, measures)
    data = {
        "run": run.id,
        "as_of": run.as_of.isoformat(),
        "snapshot": run.snapshot,
        "catalog": run.catalog_hash,
        "manifest_sha256": run.manifest_sha256,
        "counts": run.counts,
    }
    emit(data, as_json=as_json, human=lambda: _print(data))


def _run(day: dt.date, measures: tuple[str, ...]) -> Any:
    from zhida.catalog.publishing import NoPublication
    from zhida.exchange.snapshot import NoSubjects
    from zhida.rules import RuleError
    from zhida.screening import run

    with progress(None, f"筛查 {day}", f"Screening {day}") as bar:
        at = 0

        def moved(done: int, total: int) -> None:
            nonlocal at
            bar.total(total)
            bar.advance(done - at)
            at = done

        try:
            return run.screen(day, measures, moved)
        except (NoPublication, NoSubjects) as error:
            fail(MISSING, error.zh, error.en)
        except run.UnknownMeasure as error:
            zh, en = nearest_ones(error.measure, error.known)
            fail(
                REFUSED, f"没有已发布的措施「{error.measure}」。{zh}", f'No measure "{error.measure}" is published.{en}'
            )
        except RuleError as error:
            zh = "；".join(f"{p.path}: {p.zh}" for p in error.problems)
            en = "; ".join(f"{p.path}: {p.en}" for p in error.problems)
            fail(REFUSED, f"规则在 {day} 不能使用：{zh}", f"A rule cannot be used on {day}: {en}")


def _print(data: dict[str, Any]) -> None:
    counts = data["counts"]
    out = console()
    out.print(
        t(
            f"批次 {data['run'][:12]} · {data['as_of']} · 主体 {counts['subjects']:,} · 受益 {counts['benefiting']:,}",
            f"run {data['run'][:12]} · {data['as_of']} · {counts['subjects']:,} subjects · "
            f"{counts['benefiting']:,} would benefit",
        )
    )
    table = Table(box=None, pad_edge=False)
    table.add_column(t("措施", "measure"), overflow="fold")
    for zh, en in (("符合", "eligible"), ("金额待定", "pending"), ("需补充", "supplement"), ("不符合", "ineligible")):
        table.add_column(t(zh, en), justify="right", no_wrap=True)
    table.add_column(t("金额（元）", "amount (yuan)"), justify="right", no_wrap=True)
    table.add_column(t("只差一条", "near misses"), justify="right", no_wrap=True)
    for measure, found in sorted(counts["measures"].items()):
        o = found["outcomes"]
        near = sum(found["near"].values())
        numbers = (o["eligible"], o["eligible_amount_pending"], o["needs_supplement"], o["ineligible"])
        table.add_row(escape(measure), *(f"{n:,}" for n in numbers), format_fen(found["amount_fen"]), f"{near:,}")
    show_table(table)
    missing = sorted(counts["owners"].items(), key=lambda item: -item[1]["decisions"])[:8]
    if missing:
        out.print(t("缺信息最多的部门：", "Most information is missing from: "), end="")
        out.print(escape(" · ".join(f"{owner} {found['decisions']:,}" for owner, found in missing)))
