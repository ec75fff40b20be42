"""The conditions a measure implies by its places and by who it is for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from zhida.rules import ir
from zhida.rules.errors import Problem
from zhida.rules.measure import MeasureSource
from zhida.rules.nodes import Nodes
from zhida.rules.program import Condition
from zhida.rules.suggest import code_names, fact_names, hint, nearest
from zhida.rules.vocabulary import SUBJECT, Fact, Vocabulary


@dataclass(frozen=True, slots=True)
class Implied:
    """Writes the implied conditions of one measure; what is wrong goes to ``problems``."""

    measure: MeasureSource
    vocabulary: Vocabulary
    nodes: Nodes
    problems: list[Problem]

    def conditions(self) -> list[Condition]:
        """``place`` (unless nationwide), then ``who`` (unless everyone)."""
        found = []
        places = self.measure.places
        if "" not in places:
            node = self.restrict("place", places, "places")
            zh, en = self.says("place", places)
            if node is not None:
                found.append(Condition("place", node, zh, en, _text("place", places)))
        if self.measure.who:
            found.append(self._who())
        return found

    def _who(self) -> Condition:
        options, zh, en, texts = [], [], [], []
        for option in self.measure.who:
            parts = [self.restrict(key, codes, "subject") for key, codes in option.items()]
            options.append(self.nodes.logic(ir.And, [part for part in parts if part is not None]))
            says = [self.says(key, codes) for key, codes in option.items()]
            zh.append("，".join(one[0] for one in says))
            en.append(", ".join(one[1] for one in says))
            texts.append(" && ".join(_text(key, codes) for key, codes in option.items()))
        node = self.nodes.logic(ir.Or, options)
        text = texts[0] if len(texts) == 1 else " || ".join(f"({t})" for t in texts)
        return Condition("who", node, "；或 ".join(zh), "; or ".join(en), text)

    def restrict(self, key: str, codes: tuple[str, ...], path: str) -> ir.Node | None:
        """``key`` is one of ``codes`` or of anything below them; None after a problem."""
        fact = self._fact(key, path)
        if fact is None:
            return None
        listed = self.vocabulary.code_lists.get(fact.codes or "")
        if listed is None:
            self._problem(
                "code-list",
                path,
                f"{key} 的代码表 {fact.codes} 不存在",
                f"the code list {fact.codes} of {key} does not exist",
            )
            return None
        if not codes:
            self._problem("empty-list", path, f"{key} 没有列出代码", f"{key} lists no codes")
        found: set[str] = set()
        for code in codes:
            if code in listed.codes:
                found |= listed.under(code)
                continue
            near = nearest(code, code_names(listed))
            zh, en = hint(near, {n: listed.codes[n].zh for n in near})
            self._problem(
                "unknown-code",
                path,
                f"代码表“{listed.zh}”中没有 {code}{zh}",
                f"{code!r} is not in the code list {listed.id}{en}",
            )
        if not found:
            return None
        var = self.nodes.var(key, "code", None, (None, None))
        return self.nodes.in_(var, frozenset(found), "")

    def _fact(self, key: str, path: str) -> Fact | None:
        fact = self.vocabulary.facts.get(key)
        if fact is None:
            zh, en = hint(nearest(key, fact_names(self.vocabulary, self.measure.entity)))
            self._problem("unknown-name", path, f"事实词汇表中没有“{key}”{zh}", f"there is no fact named {key!r}{en}")
        elif fact.kind != "code" or fact.entity not in (SUBJECT, self.measure.entity) or fact.optional or fact.derive:
            self._problem(
                "type",
                path,
                f"{key} 不能用来限定对象：须是总是适用的代码型事实",
                f"{key} cannot restrict who is meant: it must be a code that always applies",
            )
        else:
            return fact
        return None

    def says(self, key: str, codes: tuple[str, ...]) -> tuple[str, str]:
        """The restriction in words: 规模 属于 小型、微型."""
        fact = self.vocabulary.facts.get(key)
        listed = self.vocabulary.code_lists.get((fact.codes if fact else None) or "")
        entries: Mapping[str, object] = listed.codes if listed else {}
        zh = [listed.codes[c].zh if listed and c in entries else c for c in codes]
        en = [listed.codes[c].en if listed and c in entries else c for c in codes]
        label_zh, label_en = (fact.zh, fact.en) if fact else (key, key)
        if len(codes) == 1:
            return f"{label_zh} 为 {zh[0]}", f"{label_en} is {en[0]}"
        return f"{label_zh} 属于 {'、'.join(zh)}", f"{label_en} is one of {', '.join(en)}"

    def _problem(self, code: str, path: str, zh: str, en: str) -> None:
        self.problems.append(Problem(code, zh, en, None, path))


def _text(key: str, codes: tuple[str, ...]) -> str:
    """How the restriction would be written by hand (every code stands for all below it)."""
    return f"{key} in [{', '.join(f'{chr(34)}{c}{chr(34)}' for c in codes)}]"
