"""What check, screen, list, explain, simulate and replay share: dates, places, measures, lists of problems."""

from __future__ import annotations

import datetime as dt
import difflib
from collections.abc import Iterable, Sequence

from zhida.catalog import CatalogProblem, Library, UnknownPlace
from zhida.cli.base import REFUSED, fail
from zhida.rules.facts import DATE_HI, DATE_LO

SHOWN = 20
"""How many problems are listed before "and n more"."""


def read_date(text: str | None) -> dt.date | None:
    """The date of ``--as-of``; exit 2 with an example when it is none."""
    if text is None:
        return None
    try:
        found = dt.date.fromisoformat(text.strip())
    except ValueError:
        fail(
            REFUSED,
            f"「{text}」不是日期，请写成 2022-09-30。",
            f"“{text}” is not a date; write it like 2022-09-30.",
        )
    if not DATE_LO <= found <= DATE_HI:
        fail(
            REFUSED,
            f"日期 {found} 超出范围 {DATE_LO} 至 {DATE_HI}。",
            f"The date {found} is outside {DATE_LO} to {DATE_HI}.",
        )
    return found


def read_place(library: Library, text: str | None) -> str | None:
    """The division code behind a code, name or path; exit 2 naming the nearest one."""
    if text is None:
        return None
    try:
        return library.jurisdictions.find(text).code
    except UnknownPlace as error:
        places = library.jurisdictions.values()
        zh, en = "", ""
        if not text.strip().isdigit():
            zh, en = nearest_ones(text.split("/")[-1], [n for p in places for n in (p.zh, p.en, *p.aliases)])
        fail(REFUSED, error.zh + zh, error.en + en)


def read_measure(library: Library, text: str) -> str:
    """A measure id, given as id or title; exit 2 naming the nearest one."""
    for measure in library.measures:
        if text in (measure.id, measure.title.zh, measure.title.en):
            return measure.id
    zh, en = nearest_ones(text, [name for m in library.measures for name in (m.id, m.title.zh)])
    fail(REFUSED, f"没有措施「{text}」。{zh}", f'There is no measure "{text}".{en}')


def read_measures(library: Library, texts: Sequence[str]) -> tuple[str, ...] | None:
    """Ids of the measures named; None when none is."""
    return tuple(read_measure(library, text) for text in texts) or None


def nearest_ones(word: str, known: Iterable[str]) -> tuple[str, str]:
    """Up to three names most like ``word``, as a sentence in both languages; empty when none is near."""
    names = list(dict.fromkeys(known))
    inside = [n for n in names if word and (word in n or n in word)]
    close = difflib.get_close_matches(word, names, n=3, cutoff=0.4)
    found = list(dict.fromkeys([*inside[:3], *close]))[:3]
    if not found:
        return "", ""
    zh = "」「".join(found)
    en = "”, “".join(found)
    return f"最接近的是：「{zh}」。", f" Nearest: “{en}”."


def refuse(problems: Iterable[CatalogProblem], zh: str, en: str) -> None:
    """Exit 2 with every problem (the first ones when there are very many), each on its own line."""
    listed = list(problems)
    if not listed:
        return
    fail(REFUSED, f"{zh}\n{_lines(listed, 'zh')}", f"{en}\n{_lines(listed, 'en')}")


def _lines(problems: list[CatalogProblem], lang: str) -> str:
    lines = [f"  {problem.text(lang)}" for problem in problems[:SHOWN]]
    if len(problems) > SHOWN:
        more = len(problems) - SHOWN
        lines.append(f"  … 另有 {more} 处" if lang == "zh" else f"  … and {more} more")
    return "\n".join(lines)
