"""The tree of administrative divisions, and finding one by code, name or path."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from zhida.catalog.problems import nearest
from zhida.catalog.shapes.base import LEVELS
from zhida.catalog.shapes.common import JurisdictionItem

NATION = ""


class UnknownPlace(LookupError):
    """No division, or more than one, answers to this name; ``zh`` and ``en`` say which could be meant."""

    def __init__(self, zh: str, en: str) -> None:
        self.zh, self.en = zh, en
        super().__init__(en)


def rank(level: str) -> int:
    """0 for the nation, larger further down: the lower number prevails."""
    return LEVELS.index(level)


@dataclass(frozen=True, slots=True)
class Jurisdictions(Mapping[str, JurisdictionItem]):
    """All divisions by code. ``""`` is the nation."""

    by_code: Mapping[str, JurisdictionItem]
    _chains: dict[str, tuple[str, ...]] = field(default_factory=dict, compare=False, repr=False)

    def __getitem__(self, code: str) -> JurisdictionItem:
        return self.by_code[code]

    def __iter__(self) -> Iterator[str]:
        return iter(self.by_code)

    def __len__(self) -> int:
        return len(self.by_code)

    def ancestors(self, code: str) -> tuple[str, ...]:
        """The division itself, then its parents up to the nation. Raises KeyError for an unknown code."""
        if code not in self._chains:
            chain: list[str] = [code]
            parent = self.by_code[code].parent if code != NATION else None
            while parent is not None and parent in self.by_code and parent not in chain:
                chain.append(parent)
                parent = self.by_code[parent].parent
            if chain[-1] != NATION:
                chain.append(NATION)
            self._chains[code] = tuple(chain)
        return self._chains[code]

    def under(self, code: str) -> frozenset[str]:
        """The division itself and everything below it."""
        return frozenset(c for c in self.by_code if code in self.ancestors(c))

    def contains(self, place: str, inner: str) -> bool:
        """Whether ``inner`` is ``place`` or lies below it."""
        return place in self.ancestors(inner)

    def any_contains(self, places: Iterable[str], inner: str) -> bool:
        return not set(places).isdisjoint(self.ancestors(inner))

    def path(self, code: str, lang: str = "zh") -> str:
        """Names from the province down: ``示范省/示范市/示范县``; the nation's own name for ``""``."""
        chain = [c for c in reversed(self.ancestors(code)) if c in self.by_code]
        names = [getattr(self.by_code[c], lang) for c in chain if c != NATION]
        if not names:
            return str(getattr(self.by_code[NATION], lang)) if NATION in self.by_code else ""
        return "/".join(names)

    def find(self, said: str | int) -> JurisdictionItem:
        """The division with this code, name, alias or path of names. Raises UnknownPlace."""
        text = str(said).strip()
        if text in self.by_code:
            return self.by_code[text]
        hits = [item for item in self.by_code.values() if self._answers_to(item, text)]
        if len(hits) == 1:
            return hits[0]
        if hits:
            options = "，".join(f"{self.path(h.code)}（{h.code}）" for h in hits[:6])
            options_en = ", ".join(f"{self.path(h.code, 'en')} ({h.code})" for h in hits[:6])
            raise UnknownPlace(
                f"地名「{text}」不止一处：{options}。请写代码或完整路径。",
                f"More than one place is called “{text}”: {options_en}. Give the code or the full path.",
            )
        raise self._nothing(text)

    def _answers_to(self, item: JurisdictionItem, text: str) -> bool:
        parts = [p.strip() for p in text.replace("／", "/").split("/")]
        chain = [self.by_code[c] for c in self.ancestors(item.code) if c in self.by_code]
        if len(parts) > len(chain):
            return False
        for part, place in zip(reversed(parts), chain, strict=False):
            if part not in (place.zh, place.en, place.code, *place.aliases):
                return False
        return True

    def _nothing(self, text: str) -> UnknownPlace:
        last = text.replace("／", "/").split("/")[-1].strip()
        names = [n for item in self.by_code.values() for n in (item.zh, item.en, *item.aliases)]
        hit = None if last.isdigit() else nearest(last, names)
        zh = f"是否应为「{hit}」？" if hit else "用 zhida places 查看全部。"
        en = f"did you mean “{hit}”?" if hit else "zhida places lists them all."
        return UnknownPlace(f"没有「{text}」这个地方，{zh}", f"There is no place “{text}”: {en}")
