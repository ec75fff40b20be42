"""The functions of the rule language: how each is called and what types it takes and gives.

All are total: every accepted call has a result on every engine. There is no division, so shares and
percentages go through ``rate`` (rounded once) or ``at_most``/``at_least`` (exact, cross-multiplied).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from zhida.rules import syntax as s
from zhida.rules.guards import Guards
from zhida.rules.literals import check_date, check_has, check_yuan
from zhida.rules.months import check_count_months, check_sum_months
from zhida.rules.shares import check_rate, check_share
from zhida.rules.suggest import hint, nearest
from zhida.rules.types import BAD, DATE, NAMES, Ty
from zhida.rules.units import DAYS, MONTHS, YEARS, Unit

if TYPE_CHECKING:
    from zhida.rules.check import Checker

_ELSEWHERE: Final = {
    "size": ("没有 size()；计数请用 count_months", "there is no size(); use count_months to count"),
    "round": ("没有 round()；rate() 自带取整方式", "there is no round(); rate() rounds as told"),
    "int": ("没有类型转换", "there are no type conversions"),
    "uint": ("没有类型转换", "there are no type conversions"),
    "double": ("没有小数和类型转换", "there are no doubles or conversions"),
    "string": ("没有类型转换", "there are no type conversions"),
    "bool": ("没有类型转换", "there are no type conversions"),
    "bytes": ("没有字节串", "there are no bytes"),
    "type": ("没有 type()", "there is no type()"),
    "dyn": ("没有 dyn()", "there is no dyn()"),
    "timestamp": ('只有日期，请写 date("2022-09-01")', 'there are only dates; write date("2022-09-01")'),
    "duration": (
        "没有时长，请用 days_between / months_between",
        "there are no durations; use days_between / months_between",
    ),
    "matches": ("不支持正则，请用代码集合", "regular expressions are not supported; use a set of codes"),
    "sum": ("没有 sum()；逐月合计请用 sum_months", "there is no sum(); use sum_months for months"),
    "if": ("请写 条件 ? 甲 : 乙", "write condition ? a : b"),
}

Check = Callable[["Checker", s.Call, Guards], Ty]


@dataclass(frozen=True, slots=True)
class Function:
    """least, most: number of arguments (most None: any). usage: how a call looks, for messages."""

    least: int
    most: int | None
    usage: str
    check: Check


def check_call(checker: Checker, call: s.Call, guards: Guards) -> Ty:
    """The result type of a call; problems with its name, count and arguments are recorded."""
    function = FUNCTIONS.get(call.name)
    if function is None:
        return _unknown(checker, call)
    count = len(call.args)
    if count < function.least or (function.most is not None and count > function.most):
        return checker.problem(
            "arguments",
            f"{call.name} 的参数个数不对（{count} 个），应写 {function.usage}",
            f"{call.name} got {count} arguments; write {function.usage}",
            call.span,
        )
    return function.check(checker, call, guards)


def _unknown(checker: Checker, call: s.Call) -> Ty:
    zh, en = _ELSEWHERE.get(call.name, ("", ""))
    if not zh:
        near = nearest(call.name, dict.fromkeys(FUNCTIONS, ()))
        zh, en = hint(near)
        zh, en = zh.removeprefix("；"), en.removeprefix("; ")
    names = "、".join(FUNCTIONS)
    return checker.problem(
        "unknown-function",
        f"没有函数 {call.name}；{zh or '可用的函数：' + names}",
        f"there is no function {call.name}; {en or 'there are ' + ', '.join(FUNCTIONS)}",
        call.name_span,
    )


def _least_most(checker: Checker, call: s.Call, guards: Guards) -> Ty:
    return checker.same(call.args, guards, call.name, ("int", "date"))


def _dates(unit: Unit) -> Check:
    def check(checker: Checker, call: s.Call, guards: Guards) -> Ty:
        for arg in call.args:
            checker.want(arg, "date", guards, call.name)
        return Ty("int", unit)

    return check


def _shift(unit: Unit, zh: str, en: str) -> Check:
    def check(checker: Checker, call: s.Call, guards: Guards) -> Ty:
        checker.want(call.args[0], "date", guards, call.name)
        by = checker.want(call.args[1], "int", guards, call.name)
        if by.kind == "int" and by.unit is None:
            checker.adopt(call.args[1], Ty("int", unit))
        elif by.kind == "int" and by.unit != unit:
            checker.problem(
                "unit",
                f"{call.name} 按{zh}推移，这里的单位是 {by.unit}",
                f"{call.name} moves by {en}, this is in {by.unit}",
                call.args[1].span,
            )
        return DATE

    return check


def _tier(checker: Checker, call: s.Call, guards: Guards) -> Ty:
    arg = checker.want(call.args[0], "int", guards, "tier")
    table = checker.lookup(call.args[1]) if isinstance(call.args[1], s.Name) else checker.check(call.args[1])
    checker.note(call.args[1], table)
    if "bad" in (arg.kind, table.kind):
        return BAD
    if table.kind != "tiers":
        zh, en = NAMES[table.kind]
        return checker.problem(
            "type",
            f"tier 的第二项应是分档表参数，这里是{zh}",
            f"the second argument of tier must be a bracket table, this is {en}",
            call.args[1].span,
        )
    _bounds_unit(checker, call, arg, table)
    return Ty("int", table.unit)


def _bounds_unit(checker: Checker, call: s.Call, arg: Ty, table: Ty) -> None:
    if table.arg_unit is None:
        if arg.unit is not None and arg.unit.is_money:
            checker.problem(
                "unit",
                "按金额分档时，参数单位请写成“元→结果单位”，如 元→元",
                "for brackets over money write the parameter's unit as 元→(result unit)",
                call.args[1].span,
            )
    elif arg.unit is None:
        checker.adopt(call.args[0], Ty("int", table.arg_unit))
    elif arg.unit != table.arg_unit:
        checker.units_differ(call.args[0], Ty("int", table.arg_unit), arg, "tier")


FUNCTIONS: Final[dict[str, Function]] = {
    "has": Function(1, 1, "has(事实)", check_has),
    "yuan": Function(1, 1, 'yuan(5000) / yuan("12.34")', check_yuan),
    "date": Function(1, 1, 'date("2022-09-01")', check_date),
    "rate": Function(2, 4, 'rate(x, param.ratio[, "down"]) / rate(x, num, den[, "down"])', check_rate),
    "at_most": Function(3, 4, "at_most(part, whole, param.ratio)", check_share),
    "at_least": Function(3, 4, "at_least(part, whole, param.ratio)", check_share),
    "min": Function(2, None, "min(a, b, …)", _least_most),
    "max": Function(2, None, "max(a, b, …)", _least_most),
    "days_between": Function(2, 2, "days_between(from, to)", _dates(DAYS)),
    "months_between": Function(2, 2, "months_between(from, to)", _dates(MONTHS)),
    "add_months": Function(2, 2, "add_months(date, months)", _shift(MONTHS, "月", "months")),
    "add_days": Function(2, 2, "add_days(date, days)", _shift(DAYS, "日", "days")),
    "year": Function(1, 1, "year(date)", _dates(YEARS)),
    "month": Function(1, 1, "month(date)", _dates(MONTHS)),
    "day": Function(1, 1, "day(date)", _dates(DAYS)),
    "sum_months": Function(3, 3, "sum_months(series, -12, -1)", check_sum_months),
    "count_months": Function(5, 5, 'count_months(series, -12, -1, ">=", value)', check_count_months),
    "tier": Function(2, 2, "tier(x, param.table)", _tier),
}
