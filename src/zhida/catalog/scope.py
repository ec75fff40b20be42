"""Whom a measure names (``subject``): alternatives of code restrictions, compared as sets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product

from zhida.rules.vocabulary import Vocabulary

Who = Sequence[Mapping[str, tuple[str, ...]]]
_OTHER = ""
"""Stands for "no code of the list" in the comparison, so that an unrestricted key stays wider."""


def expand(codes: Sequence[str], code_list: str | None, vocabulary: Vocabulary) -> frozenset[str]:
    """The codes with everything below them."""
    known = vocabulary.code_lists.get(code_list or "")
    if known is None:
        return frozenset(codes)
    return frozenset(c for code in codes for c in known.under(code))


def covers(wide: Who, narrow: Who, vocabulary: Vocabulary) -> bool:
    """Whether everyone named by ``narrow`` is named by ``wide`` too. No alternatives means everyone."""
    if not wide:
        return True
    keys = sorted({key for who in (*wide, *narrow) for key in who})
    cells = [_cells(key, (*wide, *narrow), vocabulary) for key in keys]
    for point in product(*cells):
        at = dict(zip(keys, point, strict=True))
        if _named(narrow, at, vocabulary) and not _named(wide, at, vocabulary):
            return False
    return True


def _cells(key: str, who: Who, vocabulary: Vocabulary) -> list[str]:
    """One representative code per group that every restriction on this key treats alike."""
    fact = vocabulary.facts.get(key)
    sets = [expand(alt[key], fact.codes if fact else None, vocabulary) for alt in who if key in alt]
    groups: dict[tuple[bool, ...], str] = {tuple(False for _ in sets): _OTHER}
    for code in sorted(frozenset().union(*sets)):
        groups.setdefault(tuple(code in s for s in sets), code)
    return list(groups.values())


def _named(who: Who, at: Mapping[str, str], vocabulary: Vocabulary) -> bool:
    if not who:
        return True
    for alternative in who:
        if all(at[k] in expand(v, _codes(k, vocabulary), vocabulary) for k, v in alternative.items()):
            return True
    return False


def _codes(key: str, vocabulary: Vocabulary) -> str | None:
    fact = vocabulary.facts.get(key)
    return fact.codes if fact else None
