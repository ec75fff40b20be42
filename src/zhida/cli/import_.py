"""``zhida import``: take in a registry file or a delivery of a department feed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

import click

from zhida.cli.base import (
    FINDINGS,
    OK,
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

FILE = click.Path(path_type=Path, dir_okay=False)
STATES = {
    "committed": ("已导入", "imported"),
    "unchanged": ("该文件此前已导入，未作任何改动", "this very file is in already; nothing changed"),
    "preview": ("预览，未写入", "preview; nothing was written"),
}


@click.group(name="import", help=t("导入主体名录或部门数据。", "Import the registry or a department feed."))
def import_() -> None:
    """The group; every command below stands on its own."""


@import_.command(help=t("导入主体名录（csv、xlsx）。", "Import a registry file (csv, xlsx)."))
@click.argument("file", type=FILE)
@click.option("--dry-run", is_flag=True, help=t("只检查，不写入", "check only, write nothing"))
@json_option
def registry(file: Path, dry_run: bool, as_json: bool) -> int:
    """Import a registry file."""

    def work(definitions: Any, step: Callable[[], None], waiting: Callable[[], None]) -> Any:
        from zhida.exchange.import_registry import import_registry

        return import_registry(file, definitions, dry_run=dry_run, step=step, waiting=waiting)

    return _run(work, as_json)


@import_.command(help=t("导入一份部门数据（csv、xlsx）。", "Import a file of a department feed (csv, xlsx)."))
@click.argument("name")
@click.argument("file", type=FILE)
@click.option("--dry-run", is_flag=True, help=t("只检查，不写入", "check only, write nothing"))
@click.option(
    "--partial", is_flag=True, help=t("文件只含补正的行，其余行保留", "the file only corrects some rows; keep the rest")
)
@click.option(
    "--replace", is_flag=True, help=t("确认整体替换，即使会去掉许多行", "replace all, even when many rows go")
)
@json_option
def feed(name: str, file: Path, dry_run: bool, partial: bool, replace: bool, as_json: bool) -> int:
    """Import a delivery of feed NAME."""
    if partial and replace:
        fail(REFUSED, "--partial 与 --replace 不能同时使用。", "--partial and --replace exclude one another.")

    def work(definitions: Any, step: Callable[[], None], waiting: Callable[[], None]) -> Any:
        from zhida.exchange.import_feed import Options, import_feed

        options = Options(delivers="partial" if partial else None, replace=replace, dry_run=dry_run)
        return import_feed(name, file, definitions, options, step=step, waiting=waiting)

    return _run(work, as_json)


@import_.command(help=t("列出可导入的数据源。", "List the feeds that can be imported."))
@json_option
def feeds(as_json: bool) -> int:
    """List the feeds and their columns."""
    from zhida.cli.library import library_in_use
    from zhida.exchange.definitions import of_library_feeds

    found = of_library_feeds(library_in_use())
    data = [
        {
            "id": f.id,
            "title": {"zh": f.title_zh, "en": f.title_en},
            "provider": f.provider,
            "clause": f.clause,
            "frequency": f.frequency,
            "due_day": f.due_day,
            "entity": f.entity,
            "delivers": f.delivers,
            "columns": [
                {"name": c.name, "header": list(c.header), "type": c.type, "unit": c.unit, "required": c.required,
                 "fact": c.fact}
                for c in f.columns
            ],
        }
        for f in found.values()
    ]  # fmt: skip

    def human() -> None:
        from rich.table import Table

        table = Table(
            t("数据源", "Feed"), t("名称", "Title"), t("频率", "Frequency"), t("必需的列", "Required columns")
        )
        for f in found.values():
            needed = "、".join(c.label for c in f.columns if c.required)
            table.add_row(f.id, t(f.title_zh, f.title_en), f.frequency, needed)
        show_table(table)

    emit(data, as_json=as_json, human=human)
    return OK


def _run(work: Callable[[Any, Callable[[], None], Callable[[], None]], Any], as_json: bool) -> int:
    setup_django()
    from zhida.cli.library import library_in_use
    from zhida.exchange.definitions import of_library
    from zhida.exchange.intake import STAGES
    from zhida.exchange.refusal import FileRefused

    definitions = of_library(library_in_use())
    try:
        with progress(STAGES, "导入", "Importing") as bar:
            result = work(definitions, bar.advance, _waiting)
    except FileRefused as refused:
        fail(REFUSED, refused.zh, refused.en)
    emit(_as_json(result), as_json=as_json, human=lambda: _print(result))
    return FINDINGS if result.state != "unchanged" and result.refused else OK


def _waiting() -> None:
    message = t("另一个导入正在进行，等待其结束……", "Another import is running; waiting for it to end…")
    click.echo(message, err=True)


def _as_json(result: Any) -> dict[str, Any]:
    from zhida.exchange.messages import say, severity

    data = {
        name: getattr(result, name)
        for name in ("batch", "feed", "state", "file", "total", "accepted", "with_findings", "refused", "stored")
    }
    return data | {
        "unlinked": result.unlinked,
        "periods": list(result.periods),
        "subjects": result.subjects,
        "findings": [{"code": c, "severity": severity(c), "rows": n} for c, n in result.findings.items()],
        "sample": [
            {"row": row, "column": label, "code": code, "found": found, "severity": severity(code),
             "zh": say(code, "zh", label=label, found=found, detail=detail),
             "en": say(code, "en", label=label, found=found, detail=detail)}
            for row, label, code, found, detail in result.sample
        ],
        "replaces": [r.as_json() for r in result.replaces],
        "replaced_by": list(result.replaced_by),
        "seconds": result.seconds,
    }  # fmt: skip


def _print(result: Any) -> None:
    from zhida.exchange.messages import say, severity

    out = console()
    out.print(f"{result.file}: {t(*STATES[result.state])} ({result.batch})")
    out.print(
        t(
            f"共 {result.total} 行：接收 {result.accepted}，接收但有提示 {result.with_findings}，拒收 {result.refused}",
            f"{result.total} rows: {result.accepted} accepted, {result.with_findings} accepted with findings, "
            f"{result.refused} refused",
        )
    )
    if result.unlinked:
        out.print(t(f"{result.unlinked} 行的主体不在名录库中，已另存",
                    f"{result.unlinked} rows belong to subjects not in the registry; they are kept aside"))  # fmt: skip
    if result.subjects:
        new, changed, same = (result.subjects[k] for k in ("new", "changed", "unchanged"))
        out.print(
            t(
                f"主体：新增 {new}，变更 {changed}，未变 {same}",
                f"Subjects: {new} new, {changed} changed, {same} unchanged",
            )
        )
    for r in result.replaces:
        spans = "、".join(r.periods)
        zh = f"替换批次 {r.batch} {spans}：重报 {r.repeated} 行，去掉 {r.dropped} 行"
        out.print(t(zh, f"Replaces batch {r.batch} {spans}: {r.repeated} rows given anew, {r.dropped} dropped"))
    for name in result.replaced_by:
        out.print(t(f"该批次已被 {name} 替换", f"It has since been replaced by {name}"))
    lang: Literal["zh", "en"] = "en" if language() == "en" else "zh"
    for row, label, code, found, detail in result.sample:
        where = t(f"第 {row} 行", f"row {row}") if row else t("文件", "file")
        mark = {"refused": t("拒收", "refused"), "warning": t("注意", "warning"), "note": t("提示", "note")}[
            severity(code)
        ]
        text = say(code, lang, label=label, found=found, detail=detail)
        out.print(f"  {where} [{mark}] {text}", markup=False)
    hidden = sum(result.findings.values()) - len(result.sample)
    if hidden > 0:
        out.print(t(f"  ……另有 {hidden} 条，见网页“导入”或 --json", f"  … and {hidden} more; see the Imports page"))
