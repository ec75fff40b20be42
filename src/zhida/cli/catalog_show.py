"""What ``zhida catalog show`` says about measures: state at a place and date, rules, parameters, sources."""

from __future__ import annotations

import datetime as dt
from typing import Any

from rich.table import Table

from zhida.catalog.library import Library
from zhida.catalog.measures import MeasureDef
from zhida.catalog.said import said_value
from zhida.cli.base import console, language, show_table, t
from zhida.cli.library import printer

STATES = {
    "in_force": ("执行中", "in force"),
    "superseded": ("由他项替代", "superseded"),
    "not_here": ("不在此地", "not here"),
    "not_yet": ("未开始", "not yet"),
    "expired": ("已到期", "expired"),
    "published": ("", ""),
}


def today() -> dt.date:
    """The local calendar day."""
    return dt.datetime.now().astimezone().date()


def describe(library: Library, measure: str | None, place: str | None, at: dt.date | None) -> list[dict[str, Any]]:
    """One entry per measure version. With a place, also its state there on the date (today by default)."""
    chosen = [m for m in library.measures if measure is None or m.id == measure]
    states: dict[str, dict[str, Any]] = {}
    if place is not None:
        code = library.jurisdictions.find(place).code
        for found in library.resolution(code, at or today()):
            states[found.measure.hash] = {
                "state": found.state,
                "why_zh": found.zh,
                "why_en": found.en,
                "by": found.by.id if found.by else None,
                "place": code,
                "at": (at or today()).isoformat(),
            }
    return [_entry(library, m, states.get(m.hash), full=measure is not None) for m in chosen]


def _entry(library: Library, m: MeasureDef, state: dict[str, Any] | None, *, full: bool) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "id": m.id,
        "version": m.hash,
        "title": {"zh": m.title.zh, "en": m.title.en},
        "document": m.document,
        "level": m.level,
        "clauses": list(m.clauses),
        "unit": m.entity,
        "places": [library.jurisdictions.path(p) for p in m.places],
        "valid_from": m.valid_from,
        "valid_until": m.valid_until,
        **(state or {}),
    }
    if full:
        entry |= _rules(library, m)
    return entry


def _rules(library: Library, m: MeasureDef) -> dict[str, Any]:
    return {
        "summary": {"zh": m.summary.zh, "en": m.summary.en},
        "who": [{k: list(v) for k, v in who.items()} for who in m.source.who],
        "conditions": [
            {"id": c.id, "if": c.text, "zh": c.zh, "en": c.en, "clause": c.clause} for c in m.source.conditions
        ],
        "outputs": [{"id": o.id, "expr": o.text, "zh": o.zh, "en": o.en} for o in m.source.outputs],
        "params": [
            {
                "name": p.name,
                "zh": p.zh,
                "en": p.en,
                "value_zh": said_value(p, v.value, library),
                "value_en": said_value(p, v.value, library, "en"),
                "place": v.place,
                "from": v.valid_from,
                "until": v.valid_until,
                "source": v.source,
                "origin": v.origin,
                "owner": v.owner,
            }
            for p in m.source.params
            for v in p.values
        ],
        "fund": m.fund,
        "lane": m.lane,
        "authority": m.authority,
    }


def print_described(entries: list[dict[str, Any]]) -> None:
    if not entries:
        console().print(t("没有措施。", "No measures."))
    elif "conditions" in entries[0]:
        for entry in entries:
            _print_full(entry)
    else:
        _print_list(entries)


def _print_list(entries: list[dict[str, Any]]) -> None:
    lang = language()
    table = Table(box=None, pad_edge=False)
    for zh, en in (
        ("措施", "measure"),
        ("名称", "title"),
        ("条款", "clauses"),
        ("执行期", "valid"),
        ("地域", "places"),
        ("状态", "state"),
    ):
        table.add_column(t(zh, en), overflow="fold", no_wrap=en == "measure")
    for e in entries:
        valid = f"{e['valid_from']} – {e['valid_until'] or t('长期', 'open-ended')}"
        state = t(*STATES[e.get("state", "published")])
        why = e.get(f"why_{lang}", "")
        table.add_row(
            e["id"],
            e["title"][lang],
            ", ".join(e["clauses"]),
            valid,
            "、".join(e["places"]),
            f"{state} {why}".strip() if state else "",
        )
    show_table(table)


def _print_full(e: dict[str, Any]) -> None:
    lang, out = language(), printer()
    out.print(f"[bold]{e['title'][lang]}[/]  {e['id']}  {e['version'][:12]}")
    out.print(e["summary"][lang], markup=False)
    valid = f"{e['valid_from']} – {e['valid_until'] or t('长期', 'open-ended')}"
    out.print(f"{', '.join(e['clauses'])} · {valid} · {'、'.join(e['places'])}", markup=False)
    if "state" in e:
        out.print(f"{t(*STATES[e['state']])}：{e[f'why_{lang}']}", markup=False)
    table = Table(box=None, pad_edge=False, show_header=False)
    for condition in e["conditions"]:
        table.add_row(condition["clause"], condition[lang], condition["if"])
    for output in e["outputs"]:
        table.add_row("=", output[lang], output["expr"])
    for p in e["params"]:
        where = " ".join(str(x) for x in (p["place"], p["from"] or "", p["until"] or "") if x)
        table.add_row(p["source"], f"{p[lang]} ({p['name']})", f"{p[f'value_{lang}']} {where}".strip())
    show_table(table)
