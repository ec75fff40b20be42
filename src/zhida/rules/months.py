"""Checking of the month functions: windows of a monthly series."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, get_args

from zhida.rules import syntax as s
from zhida.rules.guards import Guards
from zhida.rules.ir import CmpOp
from zhida.rules.literals import literal_text, read_month
from zhida.rules.types import BAD, Ty
from zhida.rules.units import MONTHS

if TYPE_CHECKING:
    from zhida.rules.check import Checker

MAX_WINDOW: Final = 36


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


def check_sum_months(checker: Checker, call: s.Call, guards: Guards) -> Ty:
    series = _series(checker, call.args[0], guards)
    _window(checker, call)
    return BAD if series.kind == "bad" else Ty("int", series.unit)


def check_count_months(checker: Checker, call: s.Call, guards: Guards) -> Ty:
    series = _series(checker, call.args[0], guards)
    _window(checker, call)
    op = literal_text(checker, call.args[3], '比较符，如 ">="', 'comparison such as ">="')
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
