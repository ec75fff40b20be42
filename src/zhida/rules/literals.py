"""Checking of functions over written-out arguments: has, yuan, date, and rounding modes."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, Final, get_args

from zhida.rules import syntax as s
from zhida.rules.exact import ExactError, fen_of
from zhida.rules.guards import Guards
from zhida.rules.ir import RoundMode
from zhida.rules.types import BOOL, DATE, Ty
from zhida.rules.units import MONEY

if TYPE_CHECKING:
    from zhida.rules.check import Checker

MODES: Final = get_args(RoundMode)
_MONTH: Final = re.compile(r"([12]\d{3})-(0[1-9]|1[0-2])\Z")


def literal_text(checker: Checker, expr: s.Expr, zh: str, en: str) -> str | None:
    """The literal text of an argument that must be written out; None after a problem."""
    if isinstance(expr, s.StrLit):
        checker.note(expr, Ty("code"))
        return expr.value
    checker.problem("literal", f"这里只能写固定的{zh}", f"only a literal {en} can stand here", expr.span)
    return None


def check_has(checker: Checker, call: s.Call, _guards: Guards) -> Ty:
    arg = call.args[0]
    if not isinstance(arg, s.Name):
        return checker.problem("has", "has() 里只能写一个事实的名称", "has() takes the name of a fact", arg.span)
    ty = checker.note(arg, checker.lookup(arg))
    fact = checker.scope.vocabulary.facts.get(arg.name)
    if ty.kind == "bad":
        return BOOL
    if fact is None:
        return checker.problem(
            "has", f"has() 只用于事实，{arg.name} 不是事实", f"has() is for facts; {arg.name} is none", arg.span
        )
    if not fact.optional or fact.derive:
        return checker.problem(
            "has-always",
            f"{arg.name}（{fact.zh}）总是适用，has() 没有意义；数据缺失会自动进入补报，不需判断",
            f"{arg.name} always applies, so has() says nothing; missing data is asked for by itself",
            arg.span,
        )
    return BOOL


def check_yuan(checker: Checker, call: s.Call, _guards: Guards) -> Ty:
    arg = call.args[0]
    if isinstance(arg, s.IntLit):
        checker.note(arg, Ty("int", MONEY))
        return Ty("int", MONEY)
    text = literal_text(checker, arg, '金额，如 yuan(5000) 或 yuan("12.34")', 'amount: yuan(5000) or yuan("12.34")')
    if text is not None:
        try:
            fen_of(text)
        except ExactError as error:
            checker.problem("money", error.zh, error.en, arg.span)
    return Ty("int", MONEY)


def read_date(text: str) -> dt.date | None:
    """A date written exactly ``YYYY-MM-DD``, or None."""
    try:
        return dt.date.fromisoformat(text) if re.fullmatch(r"\d{4}-\d\d-\d\d", text) else None
    except ValueError:
        return None


def read_month(text: str) -> tuple[int, int] | None:
    """A month written exactly ``YYYY-MM``, or None."""
    match = _MONTH.match(text)
    return (int(match[1]), int(match[2])) if match else None


def check_date(checker: Checker, call: s.Call, _guards: Guards) -> Ty:
    text = literal_text(checker, call.args[0], '日期，如 date("2022-09-01")', 'date: date("2022-09-01")')
    if text is not None and read_date(text) is None:
        checker.problem(
            "date",
            f"“{text}”不是有效日期，应写 年-月-日，如 2022-09-01",
            f"{text!r} is not a date; write YYYY-MM-DD",
            call.args[0].span,
        )
    return DATE


def check_mode(checker: Checker, expr: s.Expr) -> None:
    text = literal_text(checker, expr, "取整方式", "rounding mode")
    if text is not None and text not in MODES:
        checker.problem(
            "mode",
            f"取整方式应是 {'、'.join(MODES)}，不是 {text}",
            f"the rounding mode must be one of {', '.join(MODES)}",
            expr.span,
        )
