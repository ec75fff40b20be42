"""Checking of rate, at_most and at_least: the only ways to take a share of something."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zhida.rules import syntax as s
from zhida.rules.guards import Guards
from zhida.rules.literals import check_mode
from zhida.rules.types import BAD, BOOL, Ty
from zhida.rules.units import PURE, Unit

if TYPE_CHECKING:
    from zhida.rules.check import Checker


def check_rate(checker: Checker, call: s.Call, guards: Guards) -> Ty:
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
            check_mode(checker, mode)
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
        check_mode(checker, mode)
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


def check_share(checker: Checker, call: s.Call, guards: Guards) -> Ty:
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
