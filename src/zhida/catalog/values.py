"""One written value to one fact value: exact money, codes by code or label, dates, yes and no."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache
from typing import Any

from zhida.catalog.places import Jurisdictions, UnknownPlace
from zhida.catalog.problems import suggestion
from zhida.catalog.vocabulary import PLACES
from zhida.core.money import MoneyError, format_fen, parse_yuan
from zhida.rules.facts import DATE_HI, DATE_LO
from zhida.rules.vocabulary import NOT_APPLICABLE, CodeList, Fact, NotApplicable, Value, Vocabulary

YES = frozenset({"yes", "y", "true", "是", "有", "对"})
NO = frozenset({"no", "n", "false", "否", "无", "没有", "不是"})
NA_WORDS = frozenset({"not_applicable", "not applicable", "n/a", "不适用"})
UNKNOWN_WORDS = frozenset({"unknown", "未知", "不详"})
_DATE = re.compile(r"(\d{4})(?:-|/|\.|年)(\d{1,2})(?:-|/|\.|月)(\d{1,2})日?")
_INT = re.compile(r"[+-]?(?:\d{1,18}|\d{1,3}(?:[,，]\d{3}){1,5})")
"""Commas only between groups of three: "1,2" is a slip (1.2? 1 and 2?), not twelve."""
_MONTH = re.compile(r"(\d{4})(?:-|/|\.|年)?(\d{1,2})月?")


class ValueProblem(ValueError):
    """A value that does not fit its fact: what was found and what to write instead."""

    def __init__(self, zh: str, en: str, remedy: tuple[str, str] = ("", "")) -> None:
        self.zh, self.en, self.remedy = zh, en, remedy
        super().__init__(en)


def read_value(fact: Fact, written: Any, vocabulary: Vocabulary, places: Jurisdictions) -> Value | NotApplicable | None:
    """The value of one fact (or of one month of a series); None when written as unknown.

    Raises ValueProblem. Money is read in yuan and returned in fen.
    """
    word = written.strip().lower() if isinstance(written, str) else written
    if word is None or (isinstance(word, str) and word in ("", *UNKNOWN_WORDS)):
        return None
    if isinstance(word, str) and word in NA_WORDS:
        if not fact.optional:
            raise ValueProblem(
                f"「{fact.key}」（{fact.zh}）总是适用，不能写不适用",
                f'"{fact.key}" ({fact.en}) always applies; it cannot be not_applicable',
                ("请写实际值，不知道就删去", "write the value, or leave it out when unknown"),
            )
        return NOT_APPLICABLE
    if isinstance(written, (dict, list)):
        raise _wrong(fact, written, "一个值", "a single value")
    value = _READERS[fact.kind](fact, written, vocabulary, places)
    _within(fact, value)
    return value


def _shown(written: Any) -> str:
    text = str(written)
    return text if len(text) <= 40 else text[:37] + "…"


def _wrong(fact: Fact, written: Any, zh: str, en: str) -> ValueProblem:
    return ValueProblem(
        f"「{fact.key}」（{fact.zh}）应为{zh}，实为「{_shown(written)}」",
        f'"{fact.key}" ({fact.en}) must be {en}, found “{_shown(written)}”',
    )


def _bool(fact: Fact, written: Any, _v: Vocabulary, _p: Jurisdictions) -> Value:
    if isinstance(written, bool):
        return written
    word = written.strip().lower() if isinstance(written, str) else ""
    if word in YES or word in NO:
        return word in YES
    raise _wrong(fact, written, "是或否（true / false）", "yes or no (true / false)")


def _int(fact: Fact, written: Any, _v: Vocabulary, _p: Jurisdictions) -> Value:
    if isinstance(written, int) and not isinstance(written, bool):
        return written
    if isinstance(written, Decimal) and written == written.to_integral_value():
        return int(written)
    if isinstance(written, str):
        text = written.strip().removesuffix(fact.unit or "").strip()
        if _INT.fullmatch(text):
            return int(re.sub("[,，]", "", text))
    unit = f"（{fact.unit}）" if fact.unit and fact.unit != "1" else ""
    unit_en = f" ({fact.unit})" if unit else ""
    raise _wrong(fact, written, f"整数{unit}", f"a whole number{unit_en}")


def _money(fact: Fact, written: Any, _v: Vocabulary, _p: Jurisdictions) -> Value:
    try:
        if isinstance(written, str):
            text = re.sub(r"\s", "", written)
            if text.endswith("万元"):
                return parse_yuan(_ten_thousands(text.removesuffix("万元")))
            return parse_yuan(text.removesuffix("元"))
        return parse_yuan(written)
    except MoneyError as error:
        zh, en = error.zh.rstrip("。"), error.en.rstrip(".")
        raise ValueProblem(
            f"「{fact.key}」（{fact.zh}）：{zh}",
            f'"{fact.key}" ({fact.en}): {en}',
            ("请以元为单位写数，最多两位小数", "write yuan with at most two decimals"),
        ) from None


def _ten_thousands(text: str) -> Decimal:
    """``1.2345`` (万元) → 12345 yuan, exactly."""
    if not re.fullmatch(r"[+-]?\d{1,12}(\.\d{1,6})?", text):
        raise MoneyError(f"“{text}万元”不是金额。", f"“{text}万元” is not an amount.")
    return Decimal(text) * 10_000


def _date(fact: Fact, written: Any, _v: Vocabulary, _p: Jurisdictions) -> Value:
    if isinstance(written, dt.date) and not isinstance(written, dt.datetime):
        return written
    if isinstance(written, str) and (found := _DATE.fullmatch(written.strip())):
        try:
            return dt.date(*(int(part) for part in found.groups()))
        except ValueError:
            pass
    raise _wrong(fact, written, "日期（如 2022-09-01）", "a date such as 2022-09-01")


def _code(fact: Fact, written: Any, vocabulary: Vocabulary, places: Jurisdictions) -> Value:
    if isinstance(written, (bool, Decimal, dt.date)):
        raise _wrong(fact, written, "代码或名称", "a code or its label")
    said = str(written).strip()
    if fact.codes == PLACES:
        try:
            return places.find(said).code
        except UnknownPlace as error:
            raise ValueProblem(error.zh, error.en) from None
    codes = vocabulary.code_lists[fact.codes or ""]
    labels = _labels(_Hashable(codes))
    if (code := said if said in codes.codes else labels.get(said.lower())) is not None:
        return code
    shown = [f"{c.code}（{c.zh}）" for c in codes.codes.values()]
    near = suggestion(said, [*codes.codes, *(c.zh for c in codes.codes.values())])
    remedy = (f"可用：{'、'.join(shown)}", f"one of: {', '.join(codes.codes)}") if len(shown) <= 12 else near
    raise ValueProblem(
        f"「{fact.key}」（{fact.zh}）没有代码「{_shown(said)}」",
        f'"{fact.key}" ({fact.en}) has no code “{_shown(said)}”',
        remedy,
    )


class _Hashable:
    """A code list as a cache key: by identity."""

    def __init__(self, codes: CodeList) -> None:
        self.codes = codes

    def __hash__(self) -> int:
        return id(self.codes)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Hashable) and other.codes is self.codes


@lru_cache(maxsize=256)
def _labels(codes: _Hashable) -> Mapping[str, str]:
    """Lower-case label → code; a label two codes share is left out unless one contains the other."""
    found: dict[str, str] = {}
    shared: set[str] = set()
    for code in codes.codes.codes.values():
        for label in {code.zh.lower(), code.en.lower(), code.code.lower()}:
            if label not in found or codes.codes.codes[found[label]].parent == code.code:
                found[label] = code.code
            elif code.parent is None or found[label] not in _chain(codes.codes, code.code):
                shared.add(label)
    return {label: code for label, code in found.items() if label not in shared}


def _chain(codes: CodeList, code: str) -> list[str]:
    chain: list[str] = []
    step: str | None = code
    while step is not None and step in codes.codes and step not in chain:
        chain.append(step)
        step = codes.codes[step].parent
    return chain


def _within(fact: Fact, value: Value) -> None:
    """Bounds are part of the fact: the engines' overflow proof rests on them."""
    if isinstance(value, dt.date):
        if not DATE_LO <= value <= DATE_HI:
            raise _wrong(fact, value, f"{DATE_LO} 至 {DATE_HI} 之间的日期", f"a date from {DATE_LO} to {DATE_HI}")
        return
    if isinstance(value, bool) or not isinstance(value, int):
        return
    lo, hi = fact.lo, fact.hi
    if (lo is not None and value < lo) or (hi is not None and value > hi):
        show = format_fen if fact.kind == "money" else str
        low, high = ("" if b is None else show(b) for b in (lo, hi))
        raise ValueProblem(
            f"「{fact.key}」（{fact.zh}）的值 {show(value)} 超出范围 {low}～{high}",
            f'"{fact.key}" ({fact.en}) is {show(value)}, outside {low} … {high}',
            ("请核对数值与单位", "check the number and its unit"),
        )


def read_month(written: str) -> tuple[int, int] | None:
    """Year and month of a series key such as ``2022-04``, or None."""
    found = _MONTH.fullmatch(str(written).strip())
    if not found:
        return None
    year, month = int(found[1]), int(found[2])
    return (year, month) if 1600 <= year <= 2999 and 1 <= month <= 12 else None


_READERS = {"bool": _bool, "int": _int, "money": _money, "date": _date, "code": _code}
