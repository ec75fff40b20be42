"""The functions of the rule language: how each is called and what types it takes and gives.

All are total: every accepted call has a result on every engine. There is no division, so shares and
percentages go through ``rate`` (rounded once) or ``at_most``/``at_least`` (exact, cross-multiplied).
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, get_args

from zhida.rules import syntax as s
from zhida.rules.exact import ExactError, fen_of
from zhida.rules.guards import Guards
from zhida.rules.ir import CmpOp, RoundMode
from zhida.rules.suggest import hint, nearest
from zhida.rules.types import BAD, BOOL, DATE, NAMES, Ty
from zhida.rules.units import DAYS, MONEY, MONTHS, PURE, YEARS, Unit

if TYPE_CHECKING:
    from zhida.rules.check import Checker

MAX_WINDOW: Final = 36
MODES: Final = get_args(RoundMode)
_MONTH: Final = re.compile(r"([12]\d{3})-(0[1-9]|1[0-2])\Z")
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


def _text(checker: Checker, expr: s.Expr, zh: str, en: str) -> str | None:
    """The literal text of an argument that must be written out; None after a problem."""
    if isinstance(expr, s.StrLit):
        checker.note(expr, Ty("code"))
        return expr.value
    checker.problem("literal", f"这里只能写固定的{zh}", f"only a literal {en} can stand here", expr.span)
    return None


def _has(checker: Checker, call: s.Call, _guards: Guards) -> Ty:
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


def _yuan(checker: Checker, call: s.Call, _guards: Guards) -> Ty:
    arg = call.args[0]
    if isinstance(arg, s.IntLit):
        checker.note(arg, Ty("int", MONEY))
        return Ty("int", MONEY)
    text = _text(checker, arg, '金额，如 yuan(5000) 或 yuan("12.34")', 'amount: yuan(5000) or yuan("12.34")')
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


def _date(checker: Checker, call: s.Call, _guards: Guards) -> Ty:
    text = _text(checker, call.args[0], '日期，如 date("2022-09-01")', 'date: date("2022-09-01")')
    if text is not None and read_date(text) is None:
        checker.problem(
            "date",
            f"“{text}”不是有效日期，应写 年-月-日，如 2022-09-01",
            f"{text!r} is not a date; write YYYY-MM-DD",
            call.args[0].span,
        )
    return DATE


def _mode(checker: Checker, expr: s.Expr) -> None:
    text = _text(checker, expr, "取整方式", "rounding mode")
    if text is not None and text not in MODES:
        checker.problem(
            "mode",
            f"取整方式应是 {'、'.join(MODES)}，不是 {text}",
            f"the rounding mode must be one of {', '.join(MODES)}",
            expr.span,
        )


def _rate(checker: Checker, call: s.Call, guards: Guards) -> Ty:
    x = checker.want(call.args[0], "int", guards, "rate")
    second = call.args[1]
    ratio = checker.lookup(second) if isinstance(second, s.Name) else None
    if ratio is not None and ratio.kind in ("ratio", "bad", "any"):
        checker.note(second, Ty("ratio", PURE) if ratio.kind == "any" else ratio)
        if len(call.args) == 4:
            return checker.problem(
                "arguments",
                "用比例参数时写 rate(数, param.比例) 或再加取整方式",
                'with a ratio write rate(x, param.ratio) or rate(x, param.ratio, "down")',
                call.span,
            )
        for mode in call.args[2:]:
            _mode(checker, mode)
        return _scaled(checker, call, x, ratio.unit or PURE) if ratio.kind != "bad" else BAD
    num = checker.want(second, "int", guards, "rate")
    if len(call.args) == 2:
        return checker.problem(
            "arguments",
            "缺少分母：rate(数, 分子, 分母)，或用单位为 % 的参数",
            "the denominator is missing: rate(x, num, den), or use a parameter in %",
            call.span,
        )
    den = checker.want(call.args[2], "int", guards, "rate")
    for mode in call.args[3:]:
        _mode(checker, mode)
    if "bad" in (x.kind, num.kind, den.kind):
        return BAD
    if den.unit is None:
        return _literal_den(checker, call, x, num)
    return _scaled(checker, call, x, (num.unit or PURE) / den.unit)


def _literal_den(checker: Checker, call: s.Call, x: Ty, num: Ty) -> Ty:
    """A literal denominator counts in the numerator's unit, so that the fraction is a pure number."""
    if num.unit is not None and num.unit.yuan_power:
        return checker.problem(
            "unit",
            "分子是金额时，分母也要是金额（yuan(…) 或参数）",
            "with money above the line, the denominator must be money too",
            call.args[2].span,
        )
    checker.adopt(call.args[2], num)
    return x


def _scaled(checker: Checker, call: s.Call, x: Ty, by: Unit) -> Ty:
    if x.unit is None and by == PURE:
        return x
    unit = (x.unit or PURE) * by
    if unit.yuan_power not in (0, 1):
        return checker.problem("unit", f"结果单位 {unit} 没有意义", f"the result unit {unit} makes no sense", call.span)
    return Ty("int", unit)


def _bounded(checker: Checker, call: s.Call, guards: Guards) -> Ty:
    part = checker.want(call.args[0], "int", guards, call.name)
    whole = checker.want(call.args[1], "int", guards, call.name)
    third = call.args[2]
    by: Unit | None
    if len(call.args) == 3:
        ratio = checker.lookup(third) if isinstance(third, s.Name) else None
        if ratio is None or ratio.kind not in ("ratio", "any", "bad"):
            checker.problem(
                "type",
                f"{call.name} 的第三项应是单位为 % 的参数，或写成分子、分母两项",
                f"the third argument of {call.name} must be a ratio parameter, or give numerator and denominator",
                third.span,
            )
            return BOOL
        checker.note(third, Ty("ratio", PURE) if ratio.kind == "any" else ratio)
        by = ratio.unit or PURE
        bad = ratio.kind == "bad"
    else:
        num, den = (checker.want(e, "int", guards, call.name) for e in call.args[2:])
        bad = "bad" in (num.kind, den.kind)
        by = PURE if den.unit is None else (num.unit or PURE) / den.unit
        if den.unit is None:
            checker.adopt(call.args[3], num)
    if bad or "bad" in (part.kind, whole.kind):
        return BOOL
    scaled = None if whole.unit is None and by == PURE else (whole.unit or PURE) * by
    checker.agree([(call.args[0], part), (call.args[1], Ty("int", scaled))], call.name)
    checker.note(call.args[1], whole)
    return BOOL


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


def _series(checker: Checker, expr: s.Expr, guards: Guards) -> Ty:
    ty = checker.lookup(expr) if isinstance(expr, s.Name) else BAD
    if ty.kind == "series":
        assert isinstance(expr, s.Name)
        checker.guarded(expr, guards)
    elif not isinstance(expr, s.Name) or ty.kind != "bad":
        checker.problem(
            "series", "第一项应是逐月数据的名称", "the first argument must name a monthly series", expr.span
        )
        ty = BAD
    return checker.note(expr, ty)


def _window(checker: Checker, call: s.Call) -> None:
    first, last = call.args[1:3]
    ends = [_month_end(checker, expr) for expr in (first, last)]
    if isinstance(ends[0], int) != isinstance(ends[1], int) and None not in ends:
        checker.problem(
            "window",
            '起止月份要么都写相对月（-12, -1），要么都写年月（"2022-01"）',
            'write both months relative (-12, -1) or both absolute ("2022-01")',
            call.span,
        )


def _month_end(checker: Checker, expr: s.Expr) -> int | str | None:
    """How one end of a window is written: an int (relative), ``"abs"``, or None after a problem."""
    if isinstance(expr, s.IntLit):
        checker.note(expr, Ty("int", MONTHS))
        if -MAX_WINDOW < expr.value <= 0:
            return expr.value
        checker.problem(
            "window",
            f"相对月应在 -{MAX_WINDOW - 1} 到 0 之间（0 是基准日所在月）",
            f"a relative month lies between -{MAX_WINDOW - 1} and 0 (0 is the month of as_of)",
            expr.span,
        )
        return None
    if isinstance(expr, s.StrLit):
        checker.note(expr, Ty("month"))
        if read_month(expr.value):
            return "abs"
        checker.problem(
            "month",
            f'“{expr.value}”不是月份，应写 "2022-04"',
            f'{expr.value!r} is not a month; write "2022-04"',
            expr.span,
        )
        return None
    ty = checker.lookup(expr) if isinstance(expr, s.Name) else Ty("int")
    if ty.kind in ("month", "any"):
        checker.note(expr, Ty("month"))
        return "abs"
    if ty.kind != "bad":
        checker.problem(
            "window",
            '月份写相对的整数（如 -1）、年月（"2022-04"）或月份参数',
            'write a relative int (-1), a month ("2022-04") or a month parameter',
            expr.span,
        )
    return None


def _sum_months(checker: Checker, call: s.Call, guards: Guards) -> Ty:
    series = _series(checker, call.args[0], guards)
    _window(checker, call)
    return BAD if series.kind == "bad" else Ty("int", series.unit)


def _count_months(checker: Checker, call: s.Call, guards: Guards) -> Ty:
    series = _series(checker, call.args[0], guards)
    _window(checker, call)
    op = _text(checker, call.args[3], '比较符，如 ">="', 'comparison such as ">="')
    if op is not None and op not in get_args(CmpOp):
        checker.problem(
            "operator",
            f"“{op}”不是比较符，应是 == != < <= > >= 之一",
            f"{op!r} is no comparison; write one of == != < <= > >=",
            call.args[3].span,
        )
    value = checker.want(call.args[4], "int", guards, "count_months")
    if series.kind != "bad" and value.kind != "bad":
        checker.agree([(call.args[0], Ty("int", series.unit)), (call.args[4], value)], "count_months")
        checker.note(call.args[0], series)
    return Ty("int", MONTHS)


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
    "has": Function(1, 1, "has(事实)", _has),
    "yuan": Function(1, 1, 'yuan(5000) / yuan("12.34")', _yuan),
    "date": Function(1, 1, 'date("2022-09-01")', _date),
    "rate": Function(2, 4, 'rate(x, param.ratio[, "down"]) / rate(x, num, den[, "down"])', _rate),
    "at_most": Function(3, 4, "at_most(part, whole, param.ratio)", _bounded),
    "at_least": Function(3, 4, "at_least(part, whole, param.ratio)", _bounded),
    "min": Function(2, None, "min(a, b, …)", _least_most),
    "max": Function(2, None, "max(a, b, …)", _least_most),
    "days_between": Function(2, 2, "days_between(from, to)", _dates(DAYS)),
    "months_between": Function(2, 2, "months_between(from, to)", _dates(MONTHS)),
    "add_months": Function(2, 2, "add_months(date, months)", _shift(MONTHS, "月", "months")),
    "add_days": Function(2, 2, "add_days(date, days)", _shift(DAYS, "日", "days")),
    "year": Function(1, 1, "year(date)", _dates(YEARS)),
    "month": Function(1, 1, "month(date)", _dates(MONTHS)),
    "day": Function(1, 1, "day(date)", _dates(DAYS)),
    "sum_months": Function(3, 3, "sum_months(series, -12, -1)", _sum_months),
    "count_months": Function(5, 5, 'count_months(series, -12, -1, ">=", value)', _count_months),
    "tier": Function(2, 2, "tier(x, param.table)", _tier),
}
