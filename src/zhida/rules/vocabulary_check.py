"""Checking the vocabulary itself: units, bounds, code lists, and how derived facts are computed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from zhida.rules.errors import Problem, RuleError
from zhida.rules.expressions import derived
from zhida.rules.intervals import INT_MAX, INT_MIN
from zhida.rules.nodes import Nodes
from zhida.rules.types import fact_type
from zhida.rules.units import UnitError
from zhida.rules.vocabulary import SUBJECT, Fact, Vocabulary


def check_vocabulary(vocabulary: Vocabulary, at: dt.date) -> tuple[Problem, ...]:
    """Everything that would make a rule fail whatever it says; ``at`` is the day derivations are tried."""
    found: list[Problem] = []
    for key, fact in vocabulary.facts.items():
        before = len(found)
        found.extend(_fact(key, fact, vocabulary))
        if fact.derive is not None and len(found) == before:
            found.extend(_derivation(fact, vocabulary, at))
    return tuple(dict.fromkeys(found))


def _fact(key: str, fact: Fact, vocabulary: Vocabulary) -> Iterable[Problem]:
    path = f"vocabulary.{key}"
    if key != fact.key or (fact.entity != SUBJECT) != (fact.key.startswith(f"{fact.entity}.")):
        yield Problem(
            "fact-key",
            f"{key} 的名称与所属对象 {fact.entity} 不符（记录事实写 对象.名称）",
            f"the key {key} does not fit its entity {fact.entity} (record facts are entity.name)",
            None,
            path,
        )
    if fact.entity != SUBJECT and fact.entity not in vocabulary.entities:
        yield Problem("unknown-entity", f"没有记录类型 {fact.entity}", f"there is no entity {fact.entity}", None, path)
    if (fact.kind == "code") != (fact.codes is not None) or (fact.codes or "") not in {"", *vocabulary.code_lists}:
        yield Problem(
            "code-list",
            f"{key} 的代码表不对：{fact.codes}",
            f"the code list of {key} is wrong: {fact.codes}",
            None,
            path,
        )
    low, high = (INT_MIN if fact.lo is None else fact.lo), (INT_MAX if fact.hi is None else fact.hi)
    if not INT_MIN <= low <= high <= INT_MAX:
        yield Problem(
            "bounds",
            f"{key} 的上下限不对：{fact.lo} 到 {fact.hi}",
            f"the bounds of {key} are wrong: {fact.lo} to {fact.hi}",
            None,
            path,
        )
    if fact.series and fact.kind not in ("int", "money"):
        yield Problem("series", f"逐月数据 {key} 应是数或金额", f"the series {key} must hold numbers", None, path)
    if fact.derive is not None and (fact.series or fact.optional):
        yield Problem(
            "derive",
            f"推导的事实 {key} 不能是逐月数据或可不适用",
            f"the derived fact {key} can be neither a series nor optional",
            None,
            path,
        )
    try:
        fact_type(fact, vocabulary)
    except UnitError as error:
        yield Problem(
            "vocabulary-unit",
            f"{key} 的单位“{error.text}”无法识别或不是金额单位",
            f"the unit {error.text!r} of {key} cannot be read or is not money",
            None,
            path,
        )


def _derivation(fact: Fact, vocabulary: Vocabulary, at: dt.date) -> Iterable[Problem]:
    try:
        derived(fact, vocabulary, Nodes(), at)
    except RuleError as error:
        return error.problems
    return ()
