"""Values, facts and parameters of decisions as people read them, in Chinese or English."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any, Literal

from zhida.catalog.library import Library
from zhida.core.money import format_fen
from zhida.rules import ir
from zhida.rules.program import Condition, ParamUse, Program
from zhida.rules.vocabulary import NOT_APPLICABLE, Fact
from zhida.rules.walk import walk

Lang = Literal["zh", "en"]
_YES = {"zh": ("是", "否"), "en": ("yes", "no")}
_NA = {"zh": "不适用", "en": "not applicable"}


@dataclass(frozen=True, slots=True)
class FactLabel:
    """A fact (or one month of a series) and whom to ask for it."""

    key: str
    zh: str
    en: str
    owner: str
    owner_zh: str
    owner_en: str
    ask_zh: str
    ask_en: str
    sensitive: bool

    def text(self, lang: Lang) -> str:
        return self.zh if lang == "zh" else self.en

    def owner_text(self, lang: Lang) -> str:
        return (self.owner_zh if lang == "zh" else self.owner_en) or self.owner

    def ask(self, lang: Lang) -> str:
        return self.ask_zh if lang == "zh" else self.ask_en


def fact_of(library: Library, key: str) -> Fact | None:
    """The vocabulary entry behind a key; months of a series belong to their series."""
    return library.vocabulary.facts.get(key.split("@")[0])


def label(library: Library, key: str) -> FactLabel:
    """Names, owner and question of a fact key."""
    fact = fact_of(library, key)
    if fact is None:
        return FactLabel(key, key, key, "", "", "", "", "", False)
    month = key.split("@")[1] if "@" in key else ""
    zh, en = (f"{fact.zh}（{month}）", f"{fact.en} ({month})") if month else (fact.zh, fact.en)
    owner_zh, owner_en = owner_names(library, fact.owner)
    ask_zh = f"{month}：{fact.ask_zh}" if month else fact.ask_zh
    ask_en = f"{month}: {fact.ask_en}" if month else fact.ask_en
    return FactLabel(key, zh, en, fact.owner, owner_zh, owner_en, ask_zh, ask_en, fact.sensitive)


def owner_names(library: Library, owner: str) -> tuple[str, str]:
    """Chinese and English name of a department id; the id itself when it is not declared."""
    department = library.departments.get(owner)
    return (department.zh, department.en) if department else (owner, owner)


def fund_names(library: Library, fund: str) -> tuple[str, str]:
    found = library.funds.get(fund)
    return (found.zh, found.en) if found else (fund, fund)


def place_name(library: Library, code: str | None, lang: Lang) -> str:
    """The last name of a place's path; its code when unknown."""
    if code and code in library.jurisdictions:
        return str(getattr(library.jurisdictions[code], lang))
    return code or ""


def show(library: Library, key: str, value: Any, lang: Lang) -> str:
    """A fact's value in words: codes by label, money in 元, yes/no, not applicable."""
    if value is NOT_APPLICABLE:
        return _NA[lang]
    fact = fact_of(library, key)
    if fact is not None and fact.kind == "code":
        return _code(library, fact, str(value), lang)
    if fact is not None and fact.kind == "money":
        return f"{format_fen(value)} {fact.unit or '元'}"
    shown = plain(value, lang)
    unit = fact.unit if fact is not None and fact.unit not in (None, "1") else None
    return f"{shown} {unit}" if unit else shown


def _code(library: Library, fact: Fact, code: str, lang: Lang) -> str:
    codes = library.vocabulary.code_lists.get(fact.codes or "")
    found = codes.codes.get(code) if codes else None
    return f"{getattr(found, lang)}（{code}）" if found else code


def plain(value: Any, lang: Lang) -> str:
    """A value without its fact: whole numbers, dates, yes or no."""
    if isinstance(value, bool):
        return _YES[lang][0 if value else 1]
    if isinstance(value, int):
        return f"{value:,}"
    return value.isoformat() if isinstance(value, dt.date) else str(value)


def show_output(kind: str, value: Any, lang: Lang) -> str:
    """A result in words: money as 元 with separators, dates, whole numbers, yes or no."""
    return f"{format_fen(value)} {'元' if lang == 'zh' else 'yuan'}" if kind == "money" else plain(value, lang)


def machine(kind: str, value: Any) -> Any:
    """A value for JSON: money as text in 元, dates ISO, "not_applicable" as that word."""
    if value is None:
        return None
    if value is NOT_APPLICABLE:
        return "not_applicable"
    if kind == "money":
        return format_fen(value).replace(",", "")
    return value.isoformat() if isinstance(value, dt.date) else value


def thresholds(program: Program, condition: Condition) -> tuple[ParamUse, ...]:
    """The parameters a condition compares with, in order of appearance."""
    names = dict.fromkeys(
        name
        for node in walk(condition.node)
        for name in [getattr(node, "param", "") or (node.name if isinstance(node, ir.In) else "")]
        if name
    )
    by_name = {use.name: use for use in program.params}
    return tuple(by_name[name] for name in names if name in by_name)


def show_param(library: Library, program: Program, use: ParamUse, lang: Lang) -> str:
    """A parameter's value in words; blank ones say so, code sets by the names of their broadest codes."""
    value = use.value
    if value is None:
        return "（文件未定）" if lang == "zh" else "(left blank by the text)"
    if isinstance(value, tuple):
        if len(value) == 2 and all(isinstance(v, int) for v in value):
            return _ratio(value, use.unit)  # type: ignore[arg-type]
        if all(isinstance(v, str) for v in value):
            return _codes(library, program, use, tuple(str(v) for v in value), lang)
        return "；".join(_bracket(v, use.unit) for v in value if isinstance(v, tuple))
    if use.unit and "元" in use.unit and isinstance(value, int):
        return f"{format_fen(value)} {use.unit}"
    shown = plain(value, lang)
    return f"{shown} {use.unit}" if use.unit and use.unit != "1" else shown


SHOWN_CODES = 12


def _codes(library: Library, program: Program, use: ParamUse, codes: tuple[str, ...], lang: Lang) -> str:
    """Codes whose broader code is not in the set, by name; the narrower ones are implied."""
    definition = library.measure(program.measure, program.at).param(use.name)
    known = library.vocabulary.code_lists.get(definition.codes or "") if definition else None
    if known is None:
        return "、".join(codes)
    inside = set(codes)
    top = [c for c in codes if c not in known.codes or known.codes[c].parent not in inside]
    names = [getattr(known.codes[c], lang) if c in known.codes else c for c in top]
    if len(names) > SHOWN_CODES:
        more = f"等 {len(names)} 项" if lang == "zh" else f"and others, {len(names)} in all"
        names = [*names[:SHOWN_CODES], more]
    return " / ".join(names)


def _bracket(bracket: tuple[int | None, bool, int], unit: str | None) -> str:
    bound, inclusive, value = bracket
    limit = "…" if bound is None else f"{'≤' if inclusive else '<'} {bound}"
    shown = format_fen(value) if unit and "元" in unit else str(value)
    return f"{limit}: {shown}"


def _ratio(value: tuple[int, int], unit: str | None) -> str:
    numerator, denominator = value
    scale = {"%": 100, "‰": 1000}.get(unit or "")
    if scale and numerator * scale % denominator == 0:
        return f"{numerator * scale // denominator}{unit}"
    return f"{numerator}/{denominator}"
