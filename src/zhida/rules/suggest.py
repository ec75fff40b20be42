"""The nearest right name for a wrong one, by spelling or by Chinese label."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import SequenceMatcher
from typing import Final

from zhida.rules.vocabulary import CodeList, Vocabulary

_CLOSE: Final = 0.6


def nearest(wrong: str, candidates: Mapping[str, Iterable[str]], limit: int = 2) -> tuple[str, ...]:
    """Up to ``limit`` candidate names close to ``wrong``, best first.

    ``candidates`` maps each right name to its other spellings (labels); ties go by name.
    """
    scored = []
    for name, labels in candidates.items():
        score = max(_likeness(wrong, spelling) for spelling in (name, *labels))
        if score >= _CLOSE:
            scored.append((-score, name))
    return tuple(name for _, name in sorted(scored)[:limit])


def _likeness(wrong: str, right: str) -> float:
    """1 for equal texts, else the larger of spelling likeness and containment of a longer piece."""
    a, b = wrong.lower(), right.lower()
    if not a or not b:
        return 0.0
    if a == b:
        return 1.0
    matcher = SequenceMatcher(None, a, b, autojunk=False)
    if matcher.real_quick_ratio() < _CLOSE and not (a in b or b in a):
        return 0.0
    ratio = matcher.ratio()
    shorter = min(len(a), len(b))
    is_label = not b.isascii()
    if (a in b or b in a) and shorter >= (2 if is_label else 5):
        ratio = max(ratio, 0.65 + 0.3 * shorter / max(len(a), len(b)))
    return ratio


def fact_names(vocabulary: Vocabulary, entity: str) -> dict[str, tuple[str, ...]]:
    """Names a rule of ``entity`` may use, with their labels and bare spellings."""
    names: dict[str, tuple[str, ...]] = {"as_of": ("基准日", "today", "now")}
    for key, fact in vocabulary.facts.items():
        if fact.entity in ("subject", entity):
            names[key] = (fact.zh, fact.en.replace(" ", "_"), key.rpartition(".")[2])
    return names


def code_names(codes: CodeList) -> dict[str, tuple[str, ...]]:
    return {code: (entry.zh, entry.en) for code, entry in codes.codes.items()}


def hint(found: tuple[str, ...], labels: Mapping[str, str] | None = None) -> tuple[str, str]:
    """The tail of a message: "did you mean …", empty when nothing is near."""
    if not found:
        return "", ""
    labels = labels or {}
    zh = "、".join(f"{name}（{labels[name]}）" if labels.get(name) else name for name in found)
    return f"；是否指 {zh}？", f"; did you mean {' or '.join(found)}?"
