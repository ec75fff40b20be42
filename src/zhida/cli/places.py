"""``zhida places``: the administrative divisions the library knows."""

from __future__ import annotations

from typing import Any

import click
from rich.table import Table

from zhida.catalog import Library, UnknownPlace
from zhida.cli.base import REFUSED, emit, fail, json_option, language, show_table, t
from zhida.cli.library import library_in_use

LEVELS = {
    "national": ("国家", "nation"),
    "province": ("省", "province"),
    "city": ("市", "city"),
    "county": ("县区", "county"),
    "town": ("乡镇", "town"),
}


@click.command(
    help=t(
        "列出行政区划：代码、名称、层级、路径。给出 PLACE（代码、名称或路径）时只列它和下级。",
        "List the divisions. With PLACE (code, name or path) list it and those below.",
    )
)
@click.argument("place", required=False)
@json_option
def places(place: str | None, as_json: bool) -> None:
    library = library_in_use()
    known = library.jurisdictions
    try:
        inside = known.under(known.find(place).code) if place is not None else frozenset(known)
    except UnknownPlace as error:
        fail(REFUSED, error.zh, error.en)
    rows = [_row(library, code) for code in known if code in inside]
    emit(rows, as_json=as_json, human=lambda: _print(rows))


def _row(library: Library, code: str) -> dict[str, Any]:
    item = library.jurisdictions[code]
    return {
        "code": code,
        "zh": item.zh,
        "en": item.en,
        "level": item.level,
        "parent": item.parent,
        "path": library.jurisdictions.path(code),
        "path_en": library.jurisdictions.path(code, "en"),
        "synthetic": item.synthetic,
    }


def _print(rows: list[dict[str, Any]]) -> None:
    lang = language()
    table = Table(box=None, pad_edge=False)
    for zh, en in (("代码", "code"), ("名称", "name"), ("层级", "level"), ("路径", "path"), ("", "")):
        table.add_column(t(zh, en))
    for row in rows:
        made_up = t("演示用", "demonstration") if row["synthetic"] else ""
        path = row["path"] if lang == "zh" else row["path_en"]
        table.add_row(row["code"] or "-", row[lang], t(*LEVELS[row["level"]]), path, made_up)
    show_table(table)
