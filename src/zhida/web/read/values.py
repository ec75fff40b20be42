"""Values of facts and parameters as people read them, in both languages."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from zhida.catalog import Library
from zhida.rules.vocabulary import NOT_APPLICABLE, Fact
from zhida.web.text import MONTHS, Both, yuan

ONE_OF = {"元": "yuan", "人": "person", "日": "day", "月": "month", "年": "year", "季": "quarter", "户": "business"}
"""Units in the singular, as said after "per"."""

YES, NO = Both("是", "Yes"), Both("否", "No")
NOT_APPLICABLE_WORD = Both("不适用", "Does not apply")


class Speaker:
    """Says facts, codes, units and places of one library."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._vocabulary = library.vocabulary

    def fact(self, key: str) -> Both:
        """A fact's label; a month of a series is named with its month."""
        name, _, month = key.partition("@")
        fact = self._vocabulary.facts.get(name)
        label = Both(fact.zh, fact.en) if fact else Both(name, name)
        if not month:
            return label
        when = self.month(key)
        return Both(f"{when.zh}{label.zh}", f"{label.en}, {when.en}")

    def month(self, key: str) -> Both:
        """The month of a series' month key: 2022年4月."""
        year, number = key.partition("@")[2].split("-")
        return Both(f"{year}年{int(number)}月", f"{MONTHS[int(number) - 1]} {year}")

    def kind(self, key: str) -> str:
        """A fact's kind, "" when the vocabulary does not know it."""
        fact = self._vocabulary.facts.get(key.partition("@")[0])
        return fact.kind if fact else ""

    def unit_of(self, key: str) -> str | None:
        fact = self._vocabulary.facts.get(key.partition("@")[0])
        return fact.unit if fact else None

    def value(self, key: str, value: Any) -> Both:
        """A fact's value with its unit; None is "—"."""
        if value is None:
            return Both("—", "—")
        if value is NOT_APPLICABLE:
            return NOT_APPLICABLE_WORD
        fact = self._vocabulary.facts.get(key.partition("@")[0])
        return self._of_fact(fact, value) if fact else plain(value)

    def _of_fact(self, fact: Fact, value: Any) -> Both:
        if fact.kind == "money" and isinstance(value, int):
            return self.quantity(yuan(value), fact.unit)
        if fact.kind == "code" and fact.codes:
            return self.code(fact.codes, str(value))
        if fact.kind == "int":
            return self.quantity(f"{value:,}", fact.unit)
        return plain(value)

    def quantity(self, figure: str, unit: str | None) -> Both:
        """A figure with its unit: 500 元/人, 500 yuan per person; 万分之一 is shown as percent."""
        if unit in (None, "", "1"):
            return Both(figure, figure)
        if unit == "bp":
            percent = f"{Decimal(figure.replace(',', '')) / 100:f}%"
            return Both(percent, percent)
        if unit in ("%", "‰"):
            return Both(f"{figure}{unit}", f"{figure}{unit}")
        said = self.unit(str(unit))
        return Both(f"{figure} {said.zh}", f"{figure} {said.en}")

    def unit(self, unit: str) -> Both:
        """A unit as said after a figure: 月 is 个月, 元/人 is "yuan per person"."""
        units = self._library.units
        first, *rest = unit.split("/")
        zh = units[first].zh if first in units and not rest else unit
        en = [units[first].en if first in units else first, *(ONE_OF.get(part, part) for part in rest)]
        return Both(zh, " per ".join(en))

    def code(self, codes: str, code: str) -> Both:
        """The label of a code; the code itself when the list does not know it."""
        found = self._vocabulary.code_lists.get(codes)
        entry = found.codes.get(code) if found else None
        return Both(entry.zh, entry.en) if entry else Both(code, code)

    def codes(self, codes: str | None, many: Iterable[str]) -> Both:
        labels = [self.code(codes, code) if codes else Both(code, code) for code in many]
        return Both("、".join(label.zh for label in labels), ", ".join(label.en for label in labels))

    def place(self, code: str) -> Both:
        """A division's own name; "全国" for the nation."""
        places = self._library.jurisdictions
        if code in places:
            return Both(places[code].zh, places[code].en)
        return Both(code, code) if code else Both("全国", "Nationwide")

    def path(self, code: str) -> Both:
        """A division's names from the province down."""
        places = self._library.jurisdictions
        if code not in places:
            return self.place(code)
        return Both(places.path(code).replace("/", " "), places.path(code, "en").replace("/", ", "))

    def near(self, code: str) -> Both:
        """A division with the one above it: 示范县 城关镇."""
        places = self._library.jurisdictions
        chain = [places[c] for c in reversed(self._chain(code)[:2]) if c and c in places]
        return (
            Both(" ".join(p.zh for p in chain), ", ".join(p.en for p in reversed(chain))) if chain else self.place(code)
        )

    def department(self, department: str, place: str = "") -> Both:
        """A unit's name, in Chinese as it is called at the place."""
        found = self._library.departments.get(department)
        if found is None:
            return Both(department, department)
        return Both(found.name_at(self._chain(place)), found.en)

    def _chain(self, place: str) -> tuple[str, ...]:
        places = self._library.jurisdictions
        return places.ancestors(place) if place in places else ()

    def feed(self, feed: str) -> Both:
        found = self._library.feeds.get(feed)
        return Both(found.title.zh, found.title.en) if found else Both(feed, feed)

    def fund(self, fund: str | None) -> Both:
        found = self._library.funds.get(fund) if fund else None
        return Both(found.zh, found.en) if found else Both(fund or "")

    def document(self, document: str) -> Both:
        found = self._library.documents.get(document)
        return Both(found.title.zh, found.title.en) if found else Both(document, document)

    def who(self, alternative: Mapping[str, Iterable[str]]) -> Both:
        """One alternative of "who": 主体类型：企业；规模：小型、微型."""
        zh, en = [], []
        for key, codes in sorted(alternative.items(), key=lambda item: item[0] != "subject_type"):
            fact = self._vocabulary.facts.get(key)
            label, values = self.fact(key), self.codes(fact.codes if fact else None, codes)
            zh.append(f"{label.zh}：{values.zh}")
            en.append(f"{label.en}: {values.en}")
        return Both("；".join(zh), "; ".join(en))


def plain(value: Any) -> Both:
    """A value without a unit."""
    if isinstance(value, bool):
        return YES if value else NO
    if isinstance(value, dt.date):
        return Both(
            f"{value.year}年{value.month}月{value.day}日", f"{value.day} {MONTHS[value.month - 1]} {value.year}"
        )
    if isinstance(value, int):
        return Both(f"{value:,}", f"{value:,}")
    return Both(str(value), str(value))
