"""Type, unit, name and guard checking of one rule text; every problem is collected.

``Checker.check`` fills ``types``: the type of each syntax node by identity, literals included once
they took the unit of what they stand beside. Nothing is lowered while problems exist.
"""

from __future__ import annotations

from typing import Final, cast

from zhida.rules import syntax as s
from zhida.rules.guards import Guards, beside, when_false, when_true
from zhida.rules.names import Names
from zhida.rules.types import BAD, BOOL, LITERAL, NAMES, Ty, TyKind

_ORDERED: Final[tuple[TyKind, ...]] = ("int", "date")


class Checker(Names):
    """Checks expressions of one scope; see ``Names`` for ``problems`` and ``types``."""

    def check(self, expr: s.Expr, guards: Guards = frozenset()) -> Ty:
        """The type of ``expr``; ``guards`` are optional facts known to apply where it stands."""
        return self.note(expr, self._check(expr, guards))

    def _check(self, expr: s.Expr, guards: Guards) -> Ty:
        match expr:
            case s.IntLit():
                return LITERAL
            case s.BoolLit():
                return BOOL
            case s.StrLit():
                return Ty("code")
            case s.Name():
                return self.name_type(expr, guards)
            case s.Not():
                return self.want(expr.arg, "bool", guards, "!")
            case s.Neg():
                return self.want(expr.arg, "int", guards, "-")
            case s.Logic():
                for i, arg in enumerate(expr.args):
                    self.want(arg, "bool", guards | beside(expr, i), expr.op)
                return BOOL
            case s.Compare():
                return self._compare(expr, guards)
            case s.Member():
                return self._member(expr, guards)
            case s.Sum():
                return self.same(expr.terms, guards, "+ -", ("int",))
            case s.Product():
                return self._product(expr, guards)
            case s.Choice():
                return self._choice(expr, guards)
            case s.Call():
                from zhida.rules.functions import check_call

                return check_call(self, expr, guards)
        return self.problem(
            "list-place",
            "列表只能写在 in 的右边",
            "a list can only stand to the right of 'in'",
            expr.span,
        )

    # -- operators ------------------------------------------------------------------------------

    def want(self, expr: s.Expr, kind: str, guards: Guards, where: str) -> Ty:
        """Check ``expr`` and require its kind; ``where`` names the operator or function in messages."""
        ty = self.check(expr, guards)
        if ty.kind in (kind, "bad"):
            return ty
        if ty.kind == "any":
            return self.note(expr, Ty(cast(TyKind, kind)))
        zh, en = NAMES[cast(TyKind, kind)]
        got_zh, got_en = NAMES[ty.kind]
        return self.problem(
            "type",
            f"{where} 需要{zh}，这里是{got_zh}",
            f"{where} needs {en}, this is {got_en}",
            expr.span,
        )

    def same(self, exprs: tuple[s.Expr, ...], guards: Guards, where: str, kinds: tuple[TyKind, ...]) -> Ty:
        """Check operands that must agree in kind and unit, and give literals the common unit."""
        tys = [self.check(expr, guards) for expr in exprs]
        if any(ty.kind == "bad" for ty in tys):
            return BAD
        for expr, ty in zip(exprs, tys, strict=True):
            if ty.kind not in (*kinds, "any"):
                zh = "或".join(NAMES[k][0] for k in kinds)
                en = " or ".join(NAMES[k][1] for k in kinds)
                got = NAMES[ty.kind]
                return self.problem(
                    "type",
                    f"{where} 需要{zh}，这里是{got[0]}",
                    f"{where} needs {en}, this is {got[1]}",
                    expr.span,
                )
        return self.agree(list(zip(exprs, tys, strict=True)), where)

    def agree(self, pairs: list[tuple[s.Expr, Ty]], where: str) -> Ty:
        """The common type of checked operands; literals adopt the unit, codes the code list."""
        lead = next((t for _, t in pairs if t.unit is not None or t.codes is not None), None)
        lead = lead or next((t for _, t in pairs if t.kind != "any"), LITERAL)
        for expr, ty in pairs:
            if ty.kind == "any":
                self.adopt(expr, lead)
                continue
            if ty.kind != lead.kind:
                return self._kinds_differ(expr, lead, ty, where)
            if ty.kind == "int" and ty.unit != lead.unit:
                if ty.unit is not None:
                    return self.units_differ(expr, lead, ty, where)
                self.adopt(expr, lead)
            if ty.kind == "code" and ty.codes != lead.codes:
                if ty.codes is not None:
                    return self._lists_differ(expr, lead, ty)
                self.adopt(expr, lead)
        return lead

    def _kinds_differ(self, expr: s.Expr, lead: Ty, ty: Ty, where: str) -> Ty:
        (lead_zh, lead_en), (zh, en) = NAMES[lead.kind], NAMES[ty.kind]
        return self.problem(
            "type",
            f"{where} 两边类型不同：{lead_zh}与{zh}",
            f"the two sides of {where} differ in type: {lead_en} and {en}",
            expr.span,
        )

    def units_differ(self, expr: s.Expr, lead: Ty, ty: Ty, where: str) -> Ty:
        return self.problem(
            "unit",
            f"{where} 两边单位不同：{lead.unit} 与 {ty.unit}",
            f"the two sides of {where} differ in unit: {lead.unit} and {ty.unit}",
            expr.span,
        )

    def _lists_differ(self, expr: s.Expr, lead: Ty, ty: Ty) -> Ty:
        return self.problem(
            "code-list",
            f"两边的代码表不同：{lead.codes} 与 {ty.codes}，永远不会相等",
            f"the code lists differ ({lead.codes} and {ty.codes}); they can never be equal",
            expr.span,
        )

    def adopt(self, expr: s.Expr, ty: Ty) -> None:
        """Give a literal (or an expression of literals) the unit or code list it stands beside."""
        if isinstance(expr, s.StrLit):
            if ty.codes is not None:
                self.code(expr.value, ty.codes, expr.span)
        elif isinstance(expr, s.IntLit) and ty.unit is not None and ty.unit.is_money and expr.value:
            self.problem(
                "money-literal",
                f"金额请写 yuan({expr.value})，裸数字 {expr.value} 看不出是元还是分",
                f"write yuan({expr.value}) for money; a bare {expr.value} does not say yuan or fen",
                expr.span,
            )
        elif isinstance(expr, s.Product):
            if ty.unit is not None and ty.unit.is_money:
                for factor in (expr.left, expr.right):
                    self.adopt(factor, ty)
        else:
            for part in _branches(expr):
                if self.type_of(part).unit is None and self.type_of(part).codes is None:
                    self.adopt(part, ty)
        self.note(expr, ty)

    def _compare(self, expr: s.Compare, guards: Guards) -> Ty:
        ordered = expr.op not in ("==", "!=")
        kinds: tuple[TyKind, ...] = _ORDERED if ordered else ("int", "date", "code", "bool")
        self.same((expr.left, expr.right), guards, expr.op, kinds)
        return BOOL

    def _member(self, expr: s.Member, guards: Guards) -> Ty:
        left = self.check(expr.left, guards)
        if isinstance(expr.right, s.ListLit):
            self._in_list(expr.left, left, expr.right, guards)
            return BOOL
        right = self.lookup(expr.right) if isinstance(expr.right, s.Name) else self.check(expr.right, guards)
        self.note(expr.right, right)
        if "bad" in (left.kind, right.kind):
            return BOOL
        if right.kind != "set":
            self.problem(
                "type",
                "in 的右边应是代码集合参数（param.名称）或 [ ] 列表",
                "the right side of 'in' must be a set of codes (param.name) or a [ ] list",
                expr.right.span,
            )
        elif left.kind != "code":
            self.problem("type", "in 的左边应是代码", "the left side of 'in' must be a code", expr.left.span)
        elif left.codes is not None and left.codes != right.codes:
            self._lists_differ(expr.right, left, right)
        return BOOL

    def _in_list(self, left_expr: s.Expr, left: Ty, items: s.ListLit, guards: Guards) -> None:
        if not items.items:
            self.problem("empty-list", "空列表：条件永远不成立", "an empty list is never matched", items.span)
        for item in items.items:
            ty = self.check(item, guards)
            if not isinstance(item, s.IntLit | s.StrLit | s.BoolLit):
                self.problem(
                    "list-item",
                    "列表中只能写固定的代码或整数",
                    "a list can only hold fixed codes or ints",
                    item.span,
                )
            elif "bad" not in (left.kind, ty.kind):
                self.agree([(left_expr, left), (item, ty)], "in")
        self.note(items, Ty("set", codes=left.codes))

    def _product(self, expr: s.Product, guards: Guards) -> Ty:
        left, right = (self.want(e, "int", guards, "*") for e in (expr.left, expr.right))
        if "bad" in (left.kind, right.kind):
            return BAD
        if left.unit is None or right.unit is None:
            return left if right.unit is None else right
        unit = left.unit * right.unit
        if unit.yuan_power not in (0, 1):
            return self.problem(
                "unit",
                f"{left.unit} × {right.unit} 没有意义",
                f"{left.unit} × {right.unit} makes no sense",
                expr.span,
            )
        return Ty("int", unit)

    def _choice(self, expr: s.Choice, guards: Guards) -> Ty:
        self.want(expr.cond, "bool", guards, "? :")
        then = self.check(expr.then, guards | when_true(expr.cond))
        other = self.check(expr.other, guards | when_false(expr.cond))
        if "bad" in (then.kind, other.kind):
            return BAD
        return self.agree([(expr.then, then), (expr.other, other)], "? :")


def _branches(expr: s.Expr) -> tuple[s.Expr, ...]:
    """Where an adopted unit goes on to: the operands that share the value's unit."""
    if isinstance(expr, s.Choice):
        return (expr.then, expr.other)
    if isinstance(expr, s.Sum | s.Neg) or (isinstance(expr, s.Call) and expr.name in ("min", "max")):
        return s.parts(expr)
    return ()
