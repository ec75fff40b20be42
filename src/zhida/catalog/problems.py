"""What is wrong with a package, as values: file, line, what was found, what to do — zh and en."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True, order=True)
class CatalogProblem:
    """One finding about the files of a library.

    file: path relative to the folder that was loaded; line: 1-based, 0 when it concerns no line.
    code: stable kebab-case name scripts can match; zh, en say what was found.
    remedy_zh, remedy_en: what to do about it.
    severity: an ``error`` refuses publication, a ``warning`` does not.
    """

    file: str
    line: int
    code: str
    zh: str
    en: str
    remedy_zh: str = ""
    remedy_en: str = ""
    severity: Severity = "error"

    def text(self, lang: str) -> str:
        """One line for people: place, finding and remedy in the given language."""
        where = f"{self.file}:{self.line}" if self.line else self.file
        said, remedy = (self.zh, self.remedy_zh) if lang == "zh" else (self.en, self.remedy_en)
        return f"{where}: {said}" + (f" → {remedy}" if remedy else "")

    def as_json(self) -> dict[str, str | int]:
        return {name: getattr(self, name) for name in self.__slots__}


class CatalogError(Exception):
    """Raised where problems must stop the work (publication); carries every one of them."""

    def __init__(self, problems: Iterable[CatalogProblem]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(p.text("en") for p in self.problems))


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known name most like ``word``, or None when nothing is close."""
    names = list(known)
    low = {n.lower(): n for n in names}
    if found := difflib.get_close_matches(word.lower(), low, n=1, cutoff=0.6):
        return low[found[0]]
    inside = [n for n in names if word and (word in n or (len(n) > 1 and n in word))]
    return min(inside, key=len) if inside else None


def suggestion(word: str, known: Iterable[str]) -> tuple[str, str]:
    """Remedy sentences naming the nearest right name, or listing the few there are."""
    names = sorted(set(known))
    if hit := nearest(word, names):
        return f"是否应为「{hit}」？", f'did you mean "{hit}"?'
    if names and len(names) <= 12:
        listed = ", ".join(names)
        return f"可用：{listed}", f"one of: {listed}"
    return "请改为已定义的名称", "use a name that is defined"
