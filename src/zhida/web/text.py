"""Text in two languages, and the few formats every page shares (money, days, short hashes)."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

CJK = re.compile(r"[\u3400-\u9fff\uff00-\uffef\u3000-\u303f]")
CHINESE = re.compile(rf"{CJK.pattern}(?:[\w*·. -]*{CJK.pattern})*", re.ASCII)
"""Chinese words, together with the digits and letters between them (a shop's number)."""
MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


def english() -> bool:
    """Whether the page being made is the English one."""
    return (get_language() or "zh-hans").startswith("en")


@dataclass(frozen=True, slots=True)
class Both:
    """One text in Chinese and English; prints in the language of the page, Chinese when one is missing."""

    zh: str
    en: str = ""

    def __str__(self) -> str:
        return (self.en or self.zh) if english() else (self.zh or self.en)

    def __bool__(self) -> bool:
        return bool(self.zh or self.en)


def say(value: object) -> SafeString:
    """Escaped text; the Chinese words in an English page are marked as Chinese for screen readers."""
    escaped = str(conditional_escape(str(value)))
    if english():
        escaped = CHINESE.sub(r'<span lang="zh-Hans">\g<0></span>', escaped)
    return mark_safe(escaped)  # noqa: S308  escaped above; the marks are ours


def head(value: object) -> SafeString:
    """The same at the head of a line: English begins with a capital."""
    text = str(value)
    return say(text[:1].upper() + text[1:])


def yuan(fen: int | None) -> str:
    """Fen as yuan with thousands separators and two decimals: 600000 -> 6,000.00."""
    if fen is None:
        return "—"
    sign = "-" if fen < 0 else ""
    whole, cents = divmod(abs(fen), 100)
    return f"{sign}{whole:,}.{cents:02d}"


def large(fen: int | None) -> tuple[str, str]:
    """A sum for headlines, as (figure, unit): 万元 or 亿元 in Chinese, million yuan in English."""
    if fen is None:
        return "—", ""
    if english():
        if fen >= 100_000_000:
            return _scaled(fen, 100_000_000, 2), "million yuan"
        return _scaled(fen, 100, 2), "yuan"
    if fen >= 1_000_000_000_000:
        return _scaled(fen, 10_000_000_000, 2), "亿元"
    if fen >= 1_000_000:
        return _scaled(fen, 1_000_000, 2), "万元"
    return _scaled(fen, 100, 2), "元"


def _scaled(fen: int, unit: int, places: int) -> str:
    """``fen / unit`` rounded half up to ``places`` decimals, without a float."""
    power = 10**places
    scaled = (fen * power * 2 + unit) // (unit * 2)
    whole, rest = divmod(scaled, power)
    return f"{whole:,}.{rest:0{places}d}"


def day(value: dt.date | None) -> str:
    """A date the way people write it: 2022年9月30日, 30 September 2022."""
    if value is None:
        return "—"
    if english():
        return f"{value.day} {MONTHS[value.month - 1]} {value.year}"
    return f"{value.year}年{value.month}月{value.day}日"


def moment(value: dt.datetime | None) -> str:
    """Day and minute."""
    if value is None:
        return "—"
    return f"{day(value)} {value.hour:02d}:{value.minute:02d}"


def short(digest: str) -> str:
    """First ten characters of a content hash: enough to compare by eye."""
    return digest.removeprefix("sha256:")[:10]
