"""``zhida catalog``: check a folder of policy packages, publish it, compare it, show what is in force."""

from __future__ import annotations

import getpass
import sys
from pathlib import Path
from typing import Any

import click
from rich.table import Table

from zhida import catalog as room
from zhida.catalog.library import Library
from zhida.catalog.problems import CatalogError, CatalogProblem
from zhida.cli.base import (
    FINDINGS,
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
from zhida.cli.library import library_in_use, load_folder, printer

FOLDER = click.Path(path_type=Path)
OUTCOME_ZH = {"提标": "green", "扩面": "green", "展期": "green", "收紧": "red", "修正": "yellow"}


@click.group(help=t("检查、发布、比较政策包。", "Check, publish and compare policy packages."))
def catalog() -> None:
    """The group; every command below stands on its own."""


@catalog.command(
    help=t(
        "检查文件夹里的政策包：格式、引用、期间、规则、算例。",
        "Check the packages in a folder: form, references, periods, rules, golden cases.",
    )
)
@click.argument("folder", metavar="DIR", type=FOLDER)
@json_option
def check(folder: Path, as_json: bool) -> None:
    from zhida.catalog import golden

    with progress(None, "检查规则", "Checking the rules"):
        library = load_folder(folder)
        results = () if library.errors else golden.run(library)
    problems = (*library.problems, *(r.problem() for r in results if not r.passed))
    refused = any(p.severity == "error" for p in problems)
    data = {
        "ok": not refused,
        "hash": library.hash,
        "borrowed_common": room.borrowed(folder),
        "packages": sorted(library.packages),
        "measures": len(library.measures),
        "golden_cases": len(results),
        "golden_run": not library.errors,
        "problems": [p.as_json() for p in problems],
    }
    emit(data, as_json=as_json, human=lambda: _print_check(data, problems))
    if refused:
        raise SystemExit(FINDINGS)


def _print_check(data: dict[str, Any], problems: tuple[CatalogProblem, ...]) -> None:
    out = console()
    if data["borrowed_common"]:
        out.print(_borrowed())
    _print_problems(problems)
    errors = sum(1 for p in problems if p.severity == "error")
    warnings = len(problems) - errors
    out.print(
        t(
            f"{data['measures']} 项措施，{data['golden_cases']} 个算例；{errors} 个错误，{warnings} 个提醒。",
            f"{data['measures']} measures, {data['golden_cases']} golden cases; {errors} errors, {warnings} warnings.",
        )
    )
    if not data["golden_run"]:
        out.print(t("有错误，未运行算例。", "The golden cases were not run because of the errors."))


def _borrowed() -> str:
    return t(
        "此文件夹没有 common 包，已使用随程序提供的 common。",
        "This folder has no package “common”; the one shipped with the program was used.",
    )


def _print_problems(problems: tuple[CatalogProblem, ...] | list[CatalogProblem]) -> None:
    out, lang = console(), language()
    for p in problems:
        mark = t("错误", "error") if p.severity == "error" else t("提醒", "warning")
        out.print(f"{mark}  {p.text(lang)}", markup=False)


@catalog.command(
    help=t("检查通过后发布；有任何错误则什么都不改。", "Publish after checking; any error and nothing changes.")
)
@click.argument("folder", metavar="DIR", type=FOLDER)
@click.option("--yes", is_flag=True, help=t("在终端里也不再询问", "do not ask, even at a terminal"))
@click.option("--note", default="", help=t("发布说明", "a note to keep with the publication"))
@json_option
def publish(folder: Path, yes: bool, note: str, as_json: bool) -> None:
    with progress(None, "检查规则", "Checking the rules"):
        library = load_folder(folder)
    setup_django()
    from zhida.catalog import publishing

    if wrong := publishing.refusals(library):
        _refuse(wrong, as_json)
    changes = room.diff(_before(), library)
    if not yes and not as_json and sys.stdin.isatty():
        _ask(folder, changes)
    try:
        done = publishing.publish_library(library, by=_who(), note=note)
    except CatalogError as error:
        _refuse(error.problems, as_json)
        return
    data = {
        "publication": done.publication.pk,
        "hash": library.hash,
        "created": done.created,
        "published_at": done.publication.published_at,
        "published_by": done.publication.published_by,
        "borrowed_common": room.borrowed(folder),
        "packages": done.publication.packages,
        "measures": len(library.measures),
        "changes": [c.as_json() for c in changes] if done.created else [],
    }
    emit(data, as_json=as_json, human=lambda: _print_published(data))


def _refuse(problems: tuple[CatalogProblem, ...], as_json: bool) -> None:
    if as_json:
        emit({"created": False, "problems": [p.as_json() for p in problems]}, as_json=True, human=lambda: None)
    else:
        _print_problems(problems)
    fail(
        REFUSED,
        f"未发布：有 {len(problems)} 个错误，什么都没有改动。",
        f"Not published: {len(problems)} errors; nothing was changed.",
    )


def _before() -> Library:
    """What is in force now; an empty library when nothing is."""
    from zhida.catalog.loader import assemble
    from zhida.catalog.publishing import NoPublication

    try:
        return room.current()
    except NoPublication:
        return assemble([], rules=False)


def _ask(folder: Path, changes: tuple[room.Change, ...]) -> None:
    out = console()
    if room.borrowed(folder):
        out.print(_borrowed())
    _print_changes(changes)
    if changes and not click.confirm(t("发布以上改动？", "Publish these changes?"), default=False, err=True):
        fail(REFUSED, "未发布，什么都没有改动。", "Not published; nothing was changed.")


def _who() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return ""


def _print_published(data: dict[str, Any]) -> None:
    if data["created"]:
        number, measures, version = data["publication"], data["measures"], data["hash"][:12]
        console().print(
            t(
                f"已发布 #{number}：{measures} 项措施，版本 {version}。",
                f"Published #{number}: {measures} measures, version {version}.",
            )
        )
        if ended := [c for c in data["changes"] if (c["kind"], c["at"]) == ("收紧", "measure")]:
            names = "、".join(c["measure"] for c in ended)
            console().print(t(f"不在此文件夹、因此停止：{names}", f"Not in this folder and therefore ended: {names}"))
    else:
        console().print(
            t(
                f"内容与 #{data['publication']} 相同，无需发布。",
                f"The same as publication #{data['publication']}; nothing to publish.",
            )
        )


@catalog.command(
    name="diff",
    help=t(
        "与现行（或另一文件夹）相比改了什么：提标、扩面、展期、收紧、修正。",
        "What changed against what is in force (or another folder): raised, widened, extended, tightened, corrected.",
    ),
)
@click.argument("folder", metavar="DIR", type=FOLDER)
@click.option("--against", type=FOLDER, help=t("与此文件夹比较，而不是与现行比较", "compare with this folder instead"))
@json_option
def diff_(folder: Path, against: Path | None, as_json: bool) -> None:
    library = load_folder(folder, rules=False)
    if library.errors:
        _refuse(library.errors, as_json)
    changes = room.diff(library_in_use(against), library)
    emit([c.as_json() for c in changes], as_json=as_json, human=lambda: _print_changes(changes))


def _print_changes(changes: tuple[room.Change, ...]) -> None:
    out = printer()
    if not changes:
        out.print(t("没有改动。", "No changes."))
        return
    from zhida.catalog.differ import KIND_EN

    table = Table(box=None, pad_edge=False, show_header=False)
    for change in changes:
        kind = t(change.kind, KIND_EN[change.kind])
        table.add_row(f"[{OUTCOME_ZH[change.kind]}]{kind}[/]", change.measure, t(change.zh, change.en))
    show_table(table)


@catalog.command(
    help=t(
        "列出现行措施；给出 MEASURE 时显示它的规则、参数与依据。",
        "List the measures in force; with MEASURE show its rules, parameters and sources.",
    )
)
@click.argument("measure", required=False)
@click.option("--place", help=t("在此地（代码、名称或路径）", "at this place (code, name or path)"))
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help=t("在此日", "on this date"))
@click.option("--dir", "folder", type=FOLDER, help=t("看此文件夹，而不是现行发布", "look at this folder instead"))
@json_option
def show(measure: str | None, place: str | None, as_of: Any, folder: Path | None, as_json: bool) -> None:
    from zhida.cli import catalog_show

    library = library_in_use(folder)
    if measure is not None and all(m.id != measure for m in library.measures):
        from zhida.catalog.problems import suggestion

        zh, en = suggestion(measure, {m.id for m in library.measures})
        fail(
            MISSING if not library.measures else REFUSED,
            f"没有措施「{measure}」。{zh}",
            f'There is no measure "{measure}": {en}',
        )
    day = as_of.date() if as_of else None
    try:
        data = catalog_show.describe(library, measure, place, day)
    except room.UnknownPlace as error:
        fail(REFUSED, error.zh, error.en)
    emit(data, as_json=as_json, human=lambda: catalog_show.print_described(data))


@catalog.command(
    name="format",
    help=t(
        "列出政策包各类文件的键；给出 KIND 时只列一类。", "List the keys of every kind of package file, or of one KIND."
    ),
)
@click.argument("kind", required=False)
@json_option
def format_(kind: str | None, as_json: bool) -> None:
    from zhida.catalog.problems import suggestion
    from zhida.cli import catalog_format

    if kind is not None and kind not in catalog_format.kind_names():
        zh, en = suggestion(kind, catalog_format.kind_names())
        fail(REFUSED, f"没有「{kind}」这类文件。{zh}", f'There is no kind of file "{kind}": {en}')
    data = catalog_format.describe(kind)
    emit(data, as_json=as_json, human=lambda: catalog_format.print_described(data))
