"""Reading a rule back in Chinese or English, so that officials can check what they wrote.

Works on IR nodes (of a program) and on syntax trees (of a text not yet resolved). Sums over months
and share comparisons are recognised in their lowered form and read as one phrase.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from zhida.rules import ir, phrases
from zhida.rules import syntax as s
from zhida.rules.exact import ExactError
from zhida.rules.expressions import lower_checked
from zhida.rules.measure import ParamDef
from zhida.rules.nodes import Nodes
from zhida.rules.params import read_value, shape_of
from zhida.rules.phrases import Lang
from zhida.rules.program import ParamUse
from zhida.rules.series import count_of, sum_of
from zhida.rules.types import Scope, Ty
from zhida.rules.vocabulary import SUBJECT, Vocabulary
from zhida.rules.words import AND, ATOM, FACTOR, LOOSE, OR, TERM, Phrase, Words


def read_back(
    rule: ir.Node | s.Expr,
    vocabulary: Vocabulary,
    lang: Lang = "zh",
    params: Sequence[ParamUse] | Sequence[ParamDef] = (),
    entity: str = SUBJECT,
) -> str:
    """The rule in words.

    params: parameters by whose labels constants are called (``ParamUse`` for a node, ``ParamDef`` for
    a syntax tree). A syntax tree that does not check raises RuleError.
    """
    labels = {p.name: (p.zh, p.en) for p in params}
    if isinstance(rule, s.Expr):
        rule = _symbolic(rule, vocabulary, [p for p in params if isinstance(p, ParamDef)], entity)
    return _Reader(vocabulary, lang, labels).read(rule)


def _symbolic(expr: s.Expr, vocabulary: Vocabulary, params: list[ParamDef], entity: str) -> ir.Node:
    """The node of a text with its authored shape, parameters of several values left open."""
    types: dict[str, Ty] = {}
    values: dict[str, Any] = {}
    for param in params:
        try:
            shape = shape_of(param, vocabulary)
            types[param.name] = shape.ty
            only = param.values[0].value if len(param.values) == 1 else None
            values[param.name] = read_value(shape, only, vocabulary)
        except ExactError:
            types.setdefault(param.name, Ty("bad"))
    scope = Scope(vocabulary, entity, types, {p.name: p.zh for p in params})
    guards = frozenset(vocabulary.facts)
    return lower_checked(expr, scope, Nodes(fold=False), phrases.SYMBOLIC_DAY, values, guards=guards)


class _Reader(Words):
    """Sentences over nodes; ``Words`` knows the leaves."""

    def read(self, node: ir.Node) -> str:
        return self.truth(node)[0] if node.kind == "bool" else self.value(node)[0]

    def within(self, phrase: Phrase, level: int) -> str:
        text, own = phrase
        return text if own > level else self.say(f"（{text}）", f"({text})")

    # -- truths ---------------------------------------------------------------------------------

    def truth(self, node: ir.Node) -> Phrase:
        match node:
            case ir.Const():
                return self._constant(node, None)
            case ir.Var():
                return self.say(f"{self.fact(node.key)}：是", f"{self.fact(node.key)}: yes"), FACTOR
            case ir.Has():
                return self.say(f"{self.fact(node.key)} 适用", f"{self.fact(node.key)} applies"), FACTOR
            case ir.Not():
                return self._not(node.arg)
            case ir.And():
                return self._join(node.args, self.say(" 且 ", " and "), AND)
            case ir.Or():
                return self._join(node.args, self.say(" 或 ", " or "), OR)
            case ir.Cmp():
                return self._compare(node, node.op)
            case ir.In():
                return self._in(node, False)
            case ir.If():
                return self._if(node)
        raise AssertionError(f"no words for {type(node).__name__}")

    def _join(self, args: tuple[ir.Node, ...], word: str, level: int) -> Phrase:
        return word.join(self.within(self.truth(arg), AND) for arg in args), level

    def _not(self, arg: ir.Node) -> Phrase:
        match arg:
            case ir.Var():
                return self.say(f"{self.fact(arg.key)}：否", f"{self.fact(arg.key)}: no"), FACTOR
            case ir.Has():
                name = self.fact(arg.key)
                return self.say(f"{name} 不适用", f"{name} does not apply"), FACTOR
            case ir.Cmp():
                return self._compare(arg, cast(ir.CmpOp, phrases.NEGATED[arg.op]))
            case ir.In():
                return self._in(arg, True)
        inner = self.truth(arg)[0]
        return self.say(f"并非（{inner}）", f"not ({inner})"), FACTOR

    def _compare(self, node: ir.Cmp, op: ir.CmpOp) -> Phrase:
        share = self._share(node, op)
        if share is not None:
            return share
        if node.left.kind == "bool":
            left, right = self.read(node.left), self.read(node.right)
            zh, en = ("相同", "agree") if op == "==" else ("不同", "differ")
            return self.say(f"（{left}）与（{right}）{zh}", f"({left}) and ({right}) {en}"), TERM
        codes = self._codes(node.left) or self._codes(node.right)
        left, right = (self._side(a, b, codes) for a, b in ((node.left, node.right), (node.right, node.left)))
        return f"{left} {phrases.operator(op, node.left.kind, self.lang)} {right}", TERM

    def _side(self, node: ir.Node, other: ir.Node, codes: str | None) -> str:
        """One side of a comparison; a number beside a year, month or day is read as one."""
        if isinstance(other, ir.DatePart) and isinstance(node, ir.Const) and node.value is not None and not node.param:
            return f"{node.value}" + self.say({"year": " 年", "month": " 月", "day": " 日"}[other.part], "")
        return self.within(self.value(node, codes), LOOSE)

    def _share(self, node: ir.Cmp, op: ir.CmpOp) -> Phrase | None:
        """``part * den <= whole * num`` of one ratio parameter reads as a share of the whole."""
        left, right = node.left, node.right
        if not (isinstance(left, ir.Mul) and isinstance(right, ir.Mul)):
            return None
        den, num = left.right, right.right
        if not (isinstance(den, ir.Const) and isinstance(num, ir.Const) and den.param and den.param == num.param):
            return None
        part, whole = self.within(self.value(left.left), LOOSE), self.within(self.value(right.left), TERM)
        share = self._ratio(num, cast(int, den.value))
        word = phrases.operator(op, "int", self.lang)
        return self.say(f"{part} {word} {whole} 的 {share}", f"{part} {word} {share} of {whole}"), TERM

    def _in(self, node: ir.In, negated: bool) -> Phrase:
        word = self.say("不属于" if negated else "属于", "is not among" if negated else "is among")
        arg = self.within(self.value(node.arg), LOOSE)
        label = self.labels.get(node.name)
        names = self._code_names(node.codes, self._codes(node.arg))
        if label:
            named = self.say(label[0], label[1])
            names = f"{named}({names})" if names else named
        return f"{arg} {word} {names or node.name}", TERM

    def _code_names(self, codes: frozenset[str], list_id: str | None) -> str:
        """The broadest codes of a set by label; what stands below a listed one goes unsaid."""
        listed = self.vocabulary.code_lists.get(list_id or "")
        entries = listed.codes if listed else {}
        top = sorted(c for c in codes if c not in entries or entries[c].parent not in codes)
        names = [self.code(c, list_id) for c in top]
        if len(names) > 8:
            more = self.say(f" 等 {len(names)} 项", f" and others, {len(names)} in all")
            return self.say("、", ", ").join(names[:6]) + more
        return self.say("、", ", ").join(names)

    # -- values ---------------------------------------------------------------------------------

    def value(self, node: ir.Node, codes: str | None = None) -> Phrase:
        if node.kind == "bool":
            return self.truth(node)
        match node:
            case ir.Const():
                return self._constant(node, codes)
            case ir.Var():
                return self.fact(node.key), ATOM
            case ir.Add():
                return self._add(node)
            case ir.Sub():
                left, right = self.within(self.value(node.left), AND), self.within(self.value(node.right), TERM)
                return f"{left} − {right}", TERM
            case ir.Mul():
                left, right = self.within(self.value(node.left), TERM), self.within(self.value(node.right), TERM)
                return f"{left} × {right}", FACTOR
            case ir.If():
                return self._if(node, codes)
            case ir.Min() | ir.Max():
                return self._extreme(node)
            case ir.Rate():
                return self._rate(node)
            case ir.Tier():
                return self._tier(node)
        return self._calendar(node)

    def _add(self, node: ir.Add) -> Phrase:
        months = sum_of(node)
        if months is not None:
            span = phrases.span(months.first, months.last, self.lang)
            name = self.label(months.key)
            return self.say(f"{span}{name}合计", f"the sum of {name} for {span}"), ATOM
        counted = count_of(node)
        if counted is not None:
            months, cmp = counted
            span, name = phrases.span(months.first, months.last, self.lang), self.label(months.key)
            word = phrases.operator(cmp.op, "int", self.lang)
            bound = self.within(self.value(cmp.right), LOOSE)
            return self.say(
                f"{span}中{name}{word} {bound} 的月数",
                f"the number of months of {span} in which {name} {word} {bound}",
            ), ATOM
        return " + ".join(self.within(self.value(arg), AND) for arg in node.args), TERM

    def _if(self, node: ir.If, codes: str | None = None) -> Phrase:
        cond = self.read(node.cond)
        then, other = (self.within(self.value(arm, codes), LOOSE) for arm in (node.then, node.other))
        return self.say(f"若 {cond} 则 {then}，否则 {other}", f"if {cond} then {then}, else {other}"), LOOSE

    def _extreme(self, node: ir.Min | ir.Max) -> Phrase:
        least = isinstance(node, ir.Min)
        parts = [self.within(self.value(arg), AND) for arg in node.args]
        fixed = [i for i, arg in enumerate(node.args) if isinstance(arg, ir.Const)]
        if len(parts) == 2 and len(fixed) == 1:
            bound, rest = parts[fixed[0]], parts[1 - fixed[0]]
            zh, en = ("最多", "at most") if least else ("最低", "at least")
            return self.say(f"{rest}（{zh} {bound}）", f"{rest} ({en} {bound})"), FACTOR
        pick = ("较小者" if len(parts) == 2 else "最小者") if least else ("较大者" if len(parts) == 2 else "最大者")
        en = f"the {'least' if least else 'greatest'} of {', '.join(parts)}"
        return self.say(f"{' 与 '.join(parts)} 中的{pick}", en), AND

    def _rate(self, node: ir.Rate) -> Phrase:
        x = self.within(self.value(node.x), TERM)
        money = phrases.unit_of(node.unit).is_money
        place = self.say("分" if money else "整数", "fen" if money else "whole number")
        rounding = phrases.ROUNDING[self.lang][node.mode].format(place if money or self.lang == "en" else "个整数")
        if isinstance(node.num, ir.Const) and (node.num.param or node.num.value is not None):
            times = self._ratio(node.num, node.den)
        else:
            times = f"{self.within(self.value(node.num), TERM)} ÷ {node.den}"
        return self.say(f"{x} × {times}（{rounding}）", f"{x} × {times} ({rounding})"), FACTOR

    def _ratio(self, num: ir.Const, den: int) -> str:
        label = self.labels.get(num.param)
        value = phrases.ratio(num.value, den) if isinstance(num.value, int) else ""
        if num.value is None and label is None:
            return self._blank(num.param)
        if label is None:
            return value
        return self.say(label[0], label[1]) + (f"({value})" if value else "")

    def _tier(self, node: ir.Tier) -> Phrase:
        arg = self.within(self.value(node.arg), LOOSE)
        steps = []
        for bound, inclusive, result in node.brackets:
            text = phrases.number(result, node.unit, self.lang)
            if bound is None:
                steps.append(self.say(f"其余为 {text}", f"otherwise {text}"))
                continue
            limit = phrases.number(bound, node.arg.unit, self.lang)
            word = phrases.operator("<=" if inclusive else "<", "int", self.lang)
            steps.append(self.say(f"{word} {limit} 为 {text}", f"{text} if it {word} {limit}"))
        table = self.say("，", ", ").join(steps)
        return self.say(f"按 {arg} 分档（{table}）", f"by bracket of {arg} ({table})"), ATOM

    def _calendar(self, node: ir.Node) -> Phrase:
        match node:
            case ir.DaysBetween() | ir.MonthsBetween():
                a, b = (self.within(self.value(end), LOOSE) for end in (node.start, node.end))
                days = isinstance(node, ir.DaysBetween)
                zh, en = ("天数", "days") if days else ("整月数", "whole months")
                return self.say(f"从 {a} 到 {b} 的{zh}", f"the {en} from {a} to {b}"), AND
            case ir.AddMonths():
                date, by = self.within(self.value(node.date), LOOSE), self.within(self.value(node.months), AND)
                return self.say(f"{date} 之后 {by}", f"{by} after {date}"), AND
            case ir.AddDays():
                date, by = self.within(self.value(node.date), LOOSE), self.within(self.value(node.days), AND)
                return self.say(f"{date} 之后 {by}", f"{by} after {date}"), AND
            case ir.DatePart():
                date = self.within(self.value(node.date), LOOSE)
                zh = {"year": "年份", "month": "月份", "day": "日"}[node.part]
                return self.say(f"{date} 的{zh}", f"the {node.part} of {date}"), ATOM
        raise AssertionError(f"no words for {type(node).__name__}")
