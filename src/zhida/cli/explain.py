"""``zhida explain SUBJECT [MEASURE]``: why a subject was decided as it was, down to the row of the file."""

from __future__ import annotations

from typing import Any, cast

import click
from rich.markup import escape

from zhida.cli.asking import read_date
from zhida.cli.base import FINDINGS, MISSING, OK, REFUSED, console, emit, fail, json_option, language, setup_django, t
from zhida.cli.case_text import print_answer
from zhida.cli.list_ import find_run, measure_of
from zhida.screening.words import Lang


@click.command(
    help=t(
        "说明一户（代码或名称）的判定：每个条件的取值、来源部门、数据批次与行、日期；重新计算并与存档比对。",
        "Explain the decisions for one subject (code or name): each condition's value with department, feed, "
        "batch, row and date; recomputed and compared with what was stored.",
    )
)
@click.argument("subject")
@click.argument("measure", required=False)
@click.option("--as-of", help=t("哪一天的筛查（默认最近一次）", "screening of this date (default: the latest)"))
@click.option("--run", "run_name", help=t("筛查批次", "screening run"))
@json_option
def explain(subject: str, measure: str | None, as_of: str | None, run_name: str | None, as_json: bool) -> int:
    day = read_date(as_of)
    setup_django()
    from zhida.screening.explain_json import explained_json
    from zhida.screening.queries import LostFiles, subject_decisions
    from zhida.screening.trace import UnknownSubject

    run = find_run(run_name, day)
    chosen = measure_of(run, measure) if measure else None
    code = _find(subject)
    try:
        found = subject_decisions(run, code, chosen)
    except UnknownSubject:
        zh = f"「{code}」不在 {run.as_of} 的快照里（可能在该日之后成立，或尚未导入）。"
        fail(REFUSED, zh, f"“{code}” is not in the snapshot of {run.as_of} (founded later, or not imported then).")
    except LostFiles as error:
        fail(MISSING, error.zh, error.en)
    data = explained_json(found, run, cast(Lang, language()))
    emit(data, as_json=as_json, human=lambda: _print(data))
    return FINDINGS if data["differences"] else OK


def _find(text: str) -> str:
    """The code of the subject meant; exit 2 listing the candidates when a name is not clear."""
    from zhida.registry.models import Subject
    from zhida.registry.queries import search, subject

    try:
        return str(subject(text).pk)
    except Subject.DoesNotExist:
        pass
    hits = list(search(text, limit=6))
    exact = [hit for hit in hits if hit.name == text.strip()]
    if len(exact) == 1 or len(hits) == 1:
        return str((exact or hits)[0].pk)
    if not hits:
        fail(REFUSED, f"名录里没有「{text}」。", f"The registry has no “{text}”.")
    listed = "\n".join(f"  {hit.pk} {hit.name}" for hit in hits)
    fail(REFUSED, f"「{text}」不止一户，请写代码：\n{listed}", f"More than one subject matches “{text}”:\n{listed}")


def _print(data: dict[str, Any]) -> None:
    out = console()
    head = t(f"数据截止 {data['as_of']} · 批次 {data['run'][:12]}", f"as of {data['as_of']} · run {data['run'][:12]}")
    out.print(f"[bold]{escape(data['name'])}[/] {escape(data['subject'])} · {escape(data['place'] or '?')} · {head}")
    if data["differences"]:
        out.print(
            t(
                "[bold white on red] 警告：重新计算与存档不一致，请勿据此执行 [/]",
                "[bold white on red] WARNING: recomputation differs from what was stored; do not act on it [/]",
            )
        )
        for one in data["differences"]:
            out.print(
                escape(f"  {one['measure']} {one['record']} {one['what']}: {one['stored']} ≠ {one['recomputed']}")
            )
    for one in data["measures"]:
        print_answer(one)
        facts = [fact for condition in one["conditions"] for fact in condition["facts"]]
        for fact in {fact["fact"]: fact for fact in (*facts, *one["basis"])}.values():
            _print_source(fact)
    if data["not_applicable"]:
        out.print()
        for one in data["not_applicable"]:
            out.print(escape(f"  {one['measure']} {one['title']} — {one['why']}"))


def _print_source(fact: dict[str, Any]) -> None:
    source = fact.get("source")
    if source is None:
        return
    row = t(f"第 {source['row']} 行", f"row {source['row']}") if source["row"] else t("整份文件", "the whole file")
    parts = (fact["label"], source["department_name"], source["feed_title"], source["batch"], row)
    when = " ".join(p for p in (source["period"], source["received_at"][:10]) if p)
    console().print(f"      [dim]{escape(' · '.join((*parts, when)))}[/]")
