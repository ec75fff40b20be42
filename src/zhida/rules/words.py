"""The leaves of the read-back: facts, constants and codes by their labels."""

from __future__ import annotations

from collections.abc import Mapping

from zhida.rules import ir, phrases
from zhida.rules.phrases import Lang
from zhida.rules.vocabulary import Fact, Vocabulary

LOOSE, OR, AND, TERM, FACTOR, ATOM = range(6)
Phrase = tuple[str, int]
"""Text and how tightly it binds; a looser phrase inside a tighter one gets parentheses."""


class Words:
    """Words of one language for leaves; ``labels`` names parameters (zh, en)."""

    def __init__(self, vocabulary: Vocabulary, lang: Lang, labels: Mapping[str, tuple[str, str]]) -> None:
        self.vocabulary = vocabulary
        self.lang = lang
        self.labels = labels

    def say(self, zh: str, en: str) -> str:
        return en if self.lang == "en" else zh

    # -- leaves ---------------------------------------------------------------------------------

    def _constant(self, node: ir.Const, codes: str | None) -> Phrase:
        label = self.labels.get(node.param)
        value = node.value
        if value == phrases.SYMBOLIC_DAY:
            return self.say("基准日", "the as-of date"), ATOM
        if value is None:
            return (self.say(*label) if label else self._blank(node.param)), ATOM
        text = self._plain(node, codes)
        if node.param == "as_of":
            return self.say(f"基准日({text})", f"the as-of date ({text})"), ATOM
        if label:
            return f"{self.say(*label)}({text})", ATOM
        return text, ATOM

    def _blank(self, name: str) -> str:
        return self.say(f"参数 {name}(未规定)", f"parameter {name} (not set)")

    def _plain(self, node: ir.Const, codes: str | None) -> str:
        value = node.value
        if isinstance(value, bool):
            return self.say("成立" if value else "不成立", "true" if value else "false")
        if isinstance(value, int):
            return phrases.number(value, node.unit, self.lang)
        if isinstance(value, str):
            return self.code(value, codes)
        assert value is not None
        return phrases.date(value, self.lang)

    def code(self, code: str, list_id: str | None) -> str:
        codes = self.vocabulary.code_lists.get(list_id or "")
        entry = codes.codes.get(code) if codes else None
        return self.say(entry.zh, entry.en) if entry else code

    def _codes(self, node: ir.Node) -> str | None:
        """The code list behind a code expression."""
        if isinstance(node, ir.Var):
            fact = self.vocabulary.facts.get(node.key)
            return fact.codes if fact else None
        if isinstance(node, ir.If):
            return self._codes(node.then) or self._codes(node.other)
        return None

    def label(self, key: str) -> str:
        fact: Fact | None = self.vocabulary.facts.get(key)
        return self.say(fact.zh, fact.en) if fact else key

    def fact(self, key: str) -> str:
        """A fact by label; one month of a series by month and label."""
        name, _, text = key.partition("@")
        if not text:
            return self.label(name)
        year, month = (int(part) for part in text.split("-"))
        when = phrases.month(year, month, self.lang)
        return self.say(f"{when}{self.label(name)}", f"{self.label(name)} of {when}")
