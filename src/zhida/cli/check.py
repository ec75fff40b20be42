"""``zhida check FACTS.yaml``: what a described business would get, and what is missing to say so."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import cast

import click

from zhida import catalog
from zhida.catalog.facts import CaseFacts, read_facts
from zhida.catalog.library import Library
from zhida.catalog.problems import CatalogError
from zhida.cli.asking import nearest_ones, read_date, read_measures, read_place, refuse
from zhida.cli.base import REFUSED, emit, fail, json_option, language, t
from zhida.cli.case_text import print_case
from zhida.cli.library import library_in_use
from zhida.core.yamlmarks import YamlError
from zhida.rules import FactError, RuleError
from zhida.screening.case import CaseAnswer, check_case
from zhida.screening.case_json import case_json
from zhida.screening.words import Lang


@click.command(
    help=t(
        "试算一户假设情形：FACTS.yaml 写明事实，逐项措施回答能否享受、多少、为什么、还缺什么。"
        "有已发布的政策包就用它，否则用随程序附带的；不改动任何数据。",
        "Check one hypothetical case: FACTS.yaml states facts; every measure answers whether, how much, "
        "why, and what is missing. Uses the published catalog, else the shipped one; changes nothing.",
    )
)
@click.argument("facts", metavar="FACTS.yaml", type=click.Path(path_type=Path))
@click.option("--place", help=t("地点：代码、名称或路径", "place: code, name or path"))
@click.option("--as-of", help=t("日期，如 2022-09-30（默认：文件所写，否则今天）", "date such as 2022-09-30"))
@click.option(
    "--measure", "measures", multiple=True, help=t("只看这项措施（可多次）", "only this measure (repeatable)")
)
@click.option("--packages", type=click.Path(path_type=Path), help=t("改用此文件夹的政策包", "packages of this folder"))
@json_option
def check(
    facts: Path,
    place: str | None,
    as_of: str | None,
    measures: tuple[str, ...],
    packages: Path | None,
    as_json: bool,
) -> None:
    given_date = read_date(as_of)
    _must_exist(facts)
    library = library_in_use(packages)
    refuse(
        library.errors,
        "政策包有错，不能用来试算（zhida catalog check 查看全部）：",
        "The packages have errors and cannot be used (zhida catalog check lists them all):",
    )
    source = str(packages) if packages else ("shipped" if library is catalog.shipped() else "published")
    chosen = read_measures(library, measures)
    case = _read(facts, library, read_place(library, place), given_date)
    answer = _answer(library, case, chosen)
    lang = cast(Lang, language())
    data = case_json(library, answer, source, lang)
    emit(data, as_json=as_json, human=lambda: print_case(data, case.name, lang))


def _must_exist(facts: Path) -> None:
    if facts.is_file():
        return
    if facts.is_dir():
        fail(REFUSED, f"「{facts}」是文件夹，须为事实文件。", f"“{facts}” is a folder; a fact file is needed.")
    near = [p.name for p in facts.parent.glob("*") if p.suffix in (".yaml", ".yml")] if facts.parent.is_dir() else []
    zh, en = nearest_ones(facts.name, sorted(near))
    fail(REFUSED, f"没有文件「{facts}」。{zh}", f"There is no file “{facts}”.{en}")


def _read(facts: Path, library: Library, place: str | None, as_of: dt.date | None) -> CaseFacts:
    try:
        return read_facts(facts, library, place=place, as_of=as_of)
    except CatalogError as error:
        refuse(error.problems, "事实文件有错：", "The fact file has errors:")
        raise
    except YamlError as error:
        at = f"{facts}:{error.line}" if error.line else str(facts)
        fail(REFUSED, f"{at}: {error.zh}", f"{at}: {error.en}")
    except OSError as error:
        reason = error.strerror or str(error)
        fail(REFUSED, f"读不了「{facts}」：{reason}", f"Cannot read “{facts}”: {reason}")


def _answer(library: Library, case: CaseFacts, chosen: tuple[str, ...] | None) -> CaseAnswer:
    if case.place is None:
        fail(
            REFUSED,
            "没有写明地点：请用 --place，或在文件里写 place（zhida places 列出全部）。",
            "No place is given: use --place, or write place in the file (zhida places lists them).",
        )
    as_of = case.as_of or dt.date.today()  # noqa: DTZ011 — the operator's calendar day is meant
    try:
        return check_case(library, case, case.place, as_of, chosen)
    except RuleError as error:
        lines = [(f"  {p.path}: {p.zh}", f"  {p.path}: {p.en}") for p in error.problems]
        zh, en = "\n".join(z for z, _ in lines), "\n".join(e for _, e in lines)
        fail(REFUSED, f"规则有错：\n{zh}", f"A rule has errors:\n{en}")
    except FactError as error:
        fail(REFUSED, error.zh, error.en)
