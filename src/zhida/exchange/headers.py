"""Which column of the file is which column of the feed: by any of its names, in any order."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from zhida.exchange.feeds import ColumnDef, FeedDef
from zhida.exchange.refusal import FileRefused

_BRACKETS = re.compile(r"[(\[【〔](.*?)[)\]】〕]")
_NOISE = re.compile(r"[\s*:_/\-—、，,。.·\u200b\ufeff]+")
MONEY_UNITS = {
    "元": 0,
    "人民币元": 0,
    "百元": 2,
    "千元": 3,
    "万元": 4,
    "百万元": 6,
    "亿元": 8,
    "万": 4,
    "亿": 8,
}


@dataclass(frozen=True, slots=True)
class Matched:
    """columns: feed column → (name in ``raw``, unit given in the header or None).

    unknown: header cells nothing was found for, with their position (1-based).
    """

    columns: Mapping[str, tuple[str, str | None]]
    unknown: tuple[str, ...]


def plain(header: str) -> str:
    """A header without spaces, punctuation, brackets and width differences, in lower case."""
    text = unicodedata.normalize("NFKC", header)
    return _NOISE.sub("", _BRACKETS.sub("", text)).lower()


def unit_in(header: str) -> str | None:
    """The money unit written in the header's brackets, e.g. 销售额（万元） → 万元."""
    for inside in _BRACKETS.findall(unicodedata.normalize("NFKC", header)):
        word = inside.replace("单位", "").replace(":", "").strip()
        if word in MONEY_UNITS:
            return str(word)
    return None


def match(feed: FeedDef, header: tuple[str, ...], feeds: Mapping[str, FeedDef]) -> Matched:
    """Match the header to the feed. Raises FileRefused for a missing required or a doubled column.

    feeds: all feeds, to say which one the file probably belongs to when it is not this one's.
    """
    found, unknown, doubled = _assign(feed, header)
    missing = [c for c in feed.columns if c.required and c.name not in found]
    if missing:
        raise _missing(feed, missing, header, feeds)
    if doubled:
        names_zh = "、".join(f"“{d}”" for d in doubled)
        raise FileRefused(
            "doubled-column",
            f"表头有几列都是 {names_zh}，无法判断用哪一列，请只留一列。",
            f"Several columns of the header mean {', '.join(doubled)}; leave only one of each.",
        )
    return Matched(found, unknown)


def fit(feed: FeedDef, header: tuple[str, ...]) -> tuple[int, int]:
    """How well a header suits a feed: (required columns missing, columns recognised)."""
    found, _, _ = _assign(feed, header)
    return sum(1 for c in feed.columns if c.required and c.name not in found), len(found)


def _assign(
    feed: FeedDef, header: tuple[str, ...]
) -> tuple[dict[str, tuple[str, str | None]], tuple[str, ...], list[str]]:
    names: dict[str, ColumnDef] = {}
    for column in feed.columns:
        for word in (*column.header, column.name):
            names.setdefault(plain(word), column)
    found: dict[str, tuple[str, str | None]] = {}
    unknown: list[str] = []
    doubled: list[str] = []
    for position, cell in enumerate(header):
        if not cell.strip():
            continue
        hit = names.get(plain(cell))
        if hit is None:
            unknown.append(cell.strip())
        elif hit.name in found:
            doubled.append(hit.label)
        else:
            found[hit.name] = (f"c{position}", unit_in(cell))
    return found, tuple(unknown), doubled


def _missing(
    feed: FeedDef, missing: list[ColumnDef], header: tuple[str, ...], feeds: Mapping[str, FeedDef]
) -> FileRefused:
    names = [c.label for c in missing]
    better = _better(feed, header, feeds.values())
    hint_zh = hint_en = ""
    if better is not None:
        hint_zh = f"表头像是“{better.title_zh}”（{better.id}），请确认是否选错了数据源。"
        hint_en = f" The header looks like “{better.title_en}” ({better.id}); is this the right feed?"
    seen = "、".join(h.strip() for h in header if h.strip())[:200]
    return FileRefused(
        "missing-column",
        f"缺少必需的列：{'、'.join(names)}（“{feed.title_zh}”）。文件表头为：{seen}。{hint_zh}整个文件未导入。",
        f"Required columns are missing for “{feed.title_en}”: {', '.join(names)}. The header is: {seen}.{hint_en} "
        "Nothing was imported.",
    )


def _better(feed: FeedDef, header: tuple[str, ...], feeds: Iterable[FeedDef]) -> FeedDef | None:
    """Another feed that has all its required columns in this header; the one recognising most of it."""
    whole = [(fit(f, header)[1], f) for f in feeds if f.id != feed.id and fit(f, header)[0] == 0]
    return max(whole, key=lambda pair: pair[0])[1] if whole else None
