"""``zhida facts``: the vocabulary — every fact a rule may use or a FACTS.yaml may give."""

from __future__ import annotations

from typing import Any

import click
from rich.table import Table

from zhida.catalog import Library
from zhida.catalog.problems import suggestion
from zhida.cli.base import REFUSED, emit, fail, json_option, language, show_table, t
from zhida.cli.library import library_in_use, printer
from zhida.core.money import format_fen
from zhida.rules.vocabulary import Fact

KINDS = {
    "bool": ("是否", "yes/no"),
    "int": ("整数", "whole number"),
    "money": ("金额", "money"),
    "code": ("代码", "code"),
    "date": ("日期", "date"),
}
MANY_CODES = 40


@click.command(
    help=t(
        "列出事实词汇表：键、名称、类型、单位、归口部门、数据源、可用代码。",
        "List the fact vocabulary: key, labels, type, unit, owner, source feed, codes.",
    )
)
@click.option("--entity", help=t("只列一类对象（subject、lease、loan …）", "only one entity (subject, lease, loan …)"))
@click.option("--search", help=t("只列键或名称含此文字的", "only facts whose key or label contains this text"))
@json_option
def facts(entity: str | None, search: str | None, as_json: bool) -> None:
    library = library_in_use()
    entities = library.vocabulary.entities
    if entity is not None and entity not in entities:
        named = next((e.id for e in entities.values() if entity in (e.zh, e.en)), None)
        if named is None:
            zh, en = suggestion(entity, entities)
            fail(REFUSED, f"没有「{entity}」这类对象。{zh}", f'There is no entity "{entity}": {en}')
        entity = named
    found = [
        f
        for f in library.vocabulary.facts.values()
        if (entity is None or f.entity == entity) and (search is None or _matches(f, search))
    ]
    rows = [_row(library, f) for f in sorted(found, key=lambda f: (f.entity != "subject", f.entity, f.key))]
    emit(rows, as_json=as_json, human=lambda: _print(rows))


def _matches(fact: Fact, search: str) -> bool:
    text = search.lower()
    return any(text in part.lower() for part in (fact.key, fact.zh, fact.en, fact.owner, fact.feed or ""))


def _bound(fact: Fact, value: int | None) -> str | int | None:
    if value is None or fact.kind != "money":
        return value
    return format_fen(value).replace(",", "")


def _row(library: Library, fact: Fact) -> dict[str, Any]:
    owner = library.departments.get(fact.owner)
    feed = library.feeds.get(fact.feed or "")
    codes = library.vocabulary.code_lists.get(fact.codes or "")
    return {
        "key": fact.key,
        "zh": fact.zh,
        "en": fact.en,
        "entity": fact.entity,
        "type": fact.kind,
        "unit": fact.unit,
        "series": fact.series,
        "optional": fact.optional,
        "lo": _bound(fact, fact.lo),
        "hi": _bound(fact, fact.hi),
        "owner": fact.owner or None,
        "owner_zh": owner.zh if owner else None,
        "owner_en": owner.en if owner else None,
        "feed": fact.feed,
        "feed_zh": feed.title.zh if feed else None,
        "feed_en": feed.title.en if feed else None,
        "code_list": fact.codes,
        "codes": [{"code": c.code, "zh": c.zh, "en": c.en} for c in codes.codes.values()] if codes else None,
        "ask_zh": fact.ask_zh,
        "ask_en": fact.ask_en,
        "derived": fact.derive,
        "source": fact.source,
    }


def _print(rows: list[dict[str, Any]]) -> None:
    lang = language()
    table = Table(box=None, pad_edge=False)
    heads = (
        ("键", "key"),
        ("名称", "label"),
        ("类型", "type"),
        ("单位", "unit"),
        ("归口", "owner"),
        ("数据源", "feed"),
        ("代码", "codes"),
    )
    for zh, en in heads:
        table.add_column(t(zh, en), overflow="fold", no_wrap=en in ("key", "unit"))
    for row in rows:
        kind = t(*KINDS[row["type"]]) + (t("（按月）", " per month") if row["series"] else "")
        kind += t("（可不适用）", " (may not apply)") if row["optional"] else ""
        owner, feed = row[f"owner_{lang}"] or row["owner"] or "", row[f"feed_{lang}"] or row["feed"] or ""
        table.add_row(row["key"], row[lang], kind, row["unit"] or "", owner, feed, _codes(row, lang))
    show_table(table)
    printer().print(t(f"共 {len(rows)} 项", f"{len(rows)} facts"))


def _codes(row: dict[str, Any], lang: str) -> str:
    codes = row["codes"] or []
    if len(codes) > MANY_CODES:
        count = len(codes)
        return t(f"{row['code_list']}（{count} 个，用 --json 查看）", f"{row['code_list']} ({count}; see --json)")
    return " ".join(f"{c['code']}={c[lang]}" for c in codes)
