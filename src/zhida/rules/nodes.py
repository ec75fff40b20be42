"""Builds IR nodes: folds constants, flattens, shares equal subtrees, and proves bounds on the way.

Folding follows Kleene logic: false decides ``&&`` whatever else is unknown, and nothing that might
be unknown is folded away (``x - x`` stays, because it is unknown when ``x`` is). A blank parameter
is a constant without a value; it stays in place so that its name can be reported.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import fields
from typing import Any, Final, TypeVar

from zhida.rules import intervals as iv
from zhida.rules import ir
from zhida.rules import operations as ops
from zhida.rules.errors import Problem, Span

Value = bool | int | str | dt.date
N = TypeVar("N", bound=ir.Node)
PURE: Final = "1"


class Nodes:
    """A node factory for one program.

    problems: what could not be proved, each at the ``span`` set when it was built. fold: False keeps
    the authored shape (for reading back).
    """

    def __init__(self, *, fold: bool = True) -> None:
        self.problems: list[Problem] = []
        self.span: Span | None = None
        self.fold = fold
        self._interned: dict[tuple[Any, ...], ir.Node] = {}

    def report(self, code: str, zh: str, en: str) -> None:
        problem = Problem(code, zh, en, self.span)
        if problem not in self.problems:
            self.problems.append(problem)

    def intern(self, node: N) -> N:
        """The one object for this node; operands must be interned already."""
        key = (type(node), *(_key(getattr(node, f.name)) for f in fields(node)))
        found = self._interned.setdefault(key, node)
        assert type(found) is type(node)
        return found

    def _int(self, cls: type[N], unit: str | None, bounds: iv.Range, *args: Any) -> N:
        if not iv.fits(bounds):
            low, high = bounds
            self.report(
                "overflow",
                f"结果可能超出 64 位整数（{low} 到 {high}），请给事实设上下限或用 min/max 限定",
                f"the result may overflow 64 bits ({low} to {high}); bound the facts or use min/max",
            )
            bounds = (max(bounds[0], iv.INT_MIN), min(bounds[1], iv.INT_MAX))
        return self.intern(cls("int", unit, *bounds, *args))

    def _bool(self, cls: type[N], *args: Any) -> N:
        return self.intern(cls("bool", None, None, None, *args))

    # -- leaves ---------------------------------------------------------------------------------

    def const(self, value: Value | None, kind: ir.Kind, unit: str | None = None, param: str = "") -> ir.Const:
        bound = 0 if value is None else value
        lo = hi = int(bound) if kind == "int" and isinstance(bound, int) else None
        return self.intern(ir.Const(kind, unit, lo, hi, value, param))

    def true(self, value: bool) -> ir.Const:
        return self.const(value, "bool")

    def var(self, key: str, kind: ir.Kind, unit: str | None, bounds: tuple[int | None, int | None]) -> ir.Var:
        return self.intern(ir.Var(kind, unit, *bounds, key))

    def has(self, key: str) -> ir.Node:
        return self._bool(ir.Has, key)

    # -- logic ----------------------------------------------------------------------------------

    def not_(self, arg: ir.Node) -> ir.Node:
        if self.fold and isinstance(arg, ir.Const):
            return self.const(None if arg.value is None else not arg.value, "bool", None, arg.param)
        if self.fold and isinstance(arg, ir.Not):
            return arg.arg
        return self._bool(ir.Not, arg)

    def logic(self, cls: type[ir.And] | type[ir.Or], args: list[ir.Node]) -> ir.Node:
        """``&&`` or ``||``; the deciding constant wins even over unknowns."""
        if not self.fold:
            return self._bool(cls, tuple(args))
        decides = cls is ir.Or
        found: dict[int, ir.Node] = {}
        for arg in args:
            for one in arg.args if isinstance(arg, cls) else (arg,):
                if isinstance(one, ir.Const) and one.value is not None:
                    if one.value is decides:
                        return self.true(decides)
                else:
                    found.setdefault(id(one), one)
        kept = tuple(found.values())
        if not kept:
            return self.true(not decides)
        return kept[0] if len(kept) == 1 else self._bool(cls, kept)

    def cmp(self, op: ir.CmpOp, left: ir.Node, right: ir.Node) -> ir.Node:
        a, b = known(left), known(right)
        if self.fold and a is not None and b is not None:
            return self.true(ops.COMPARISONS[op](a, b))
        return self._bool(ir.Cmp, op, left, right)

    def in_(self, arg: ir.Node, codes: frozenset[str], name: str = "") -> ir.Node:
        value = known(arg)
        if self.fold and isinstance(arg, ir.Const):
            return self.const(None if value is None else value in codes, "bool", None, arg.param)
        return self._bool(ir.In, arg, codes, name)

    def choose(self, cond: ir.Node, then: ir.Node, other: ir.Node) -> ir.Node:
        if self.fold and isinstance(cond, ir.Const):
            if cond.value is None:
                return self.const(None, then.kind, then.unit, cond.param)
            return then if cond.value else other
        if then.kind != "int":
            return self.intern(ir.If(then.kind, None, None, None, cond, then, other))
        (a, b), (c, d) = iv.of(then), iv.of(other)
        return self._int(ir.If, _unit(then, other), (min(a, c), max(b, d)), cond, then, other)

    # -- arithmetic -----------------------------------------------------------------------------

    def sum_(self, plus: list[ir.Node], minus: list[ir.Node], unit: str) -> ir.Node:
        """Added and subtracted terms as one ``Add`` per side: ``(a + c) - (b + d)``."""
        if not self.fold:
            return self._minus(self._add(plus, unit), self._add(minus, unit) if minus else None, unit)
        plus, minus = _flat(plus), _flat(minus)
        rest = sum(_number(n) for n in plus) - sum(_number(n) for n in minus)
        plus, minus = ([n for n in side if plain(n) is None] for side in (plus, minus))
        if rest > 0 or not plus:
            plus.append(self._int_const(rest, unit))
        elif rest < 0:
            minus.append(self._int_const(-rest, unit))
        return self._minus(self._add(plus, unit), self._add(minus, unit) if minus else None, unit)

    def _int_const(self, value: int, unit: str) -> ir.Const:
        return self._int(ir.Const, unit, (value, value), value)

    def _add(self, args: list[ir.Node], unit: str) -> ir.Node:
        if len(args) == 1:
            return args[0]
        bounds = [iv.of(arg) for arg in args]
        if not iv.fits(iv.any_order(bounds)):
            return self._int(ir.Add, unit, iv.any_order(bounds), tuple(args))
        return self._int(ir.Add, unit, iv.sum_of(bounds), tuple(args))

    def _minus(self, left: ir.Node, right: ir.Node | None, unit: str) -> ir.Node:
        if right is None:
            return left
        (a, b), (c, d) = iv.of(left), iv.of(right)
        return self._int(ir.Sub, unit, (a - d, b - c), left, right)

    def negative(self, arg: ir.Node, unit: str) -> ir.Node:
        value = plain(arg)
        if isinstance(value, int):
            return self._int_const(-value, unit)
        return self._minus(self._int_const(0, unit), arg, unit)

    def mul(self, left: ir.Node, right: ir.Node, unit: str) -> ir.Node:
        a, b = plain(left), plain(right)
        if self.fold and isinstance(a, int) and isinstance(b, int):
            return self._int_const(a * b, unit)
        for one, other in ((left, right), (right, left)):
            if self.fold and plain(one) == 1 and other.unit == unit:
                return other
        return self._int(ir.Mul, unit, iv.product(iv.of(left), iv.of(right)), left, right)

    def extreme(self, cls: type[ir.Min] | type[ir.Max], args: list[ir.Node], unit: str | None) -> ir.Node:
        """``min``/``max`` of ints; of dates it becomes choices, which every engine has."""
        pick = min if cls is ir.Min else max
        if args[0].kind == "date":
            return self._extreme_date("<=" if cls is ir.Min else ">=", args)
        if self.fold:
            flat = [n for arg in args for n in (arg.args if isinstance(arg, cls) else (arg,))]
            numbers = [_number(n) for n in flat if plain(n) is not None]
            args = list({id(n): n for n in flat if plain(n) is None}.values())
            if numbers:
                args.append(self._int_const(pick(numbers), unit or PURE))
            if len(args) == 1:
                return args[0]
        bounds = [iv.of(arg) for arg in args]
        both = (pick(b[0] for b in bounds), pick(b[1] for b in bounds))
        return self._int(cls, unit, both, tuple(args))

    def _extreme_date(self, op: ir.CmpOp, args: list[ir.Node]) -> ir.Node:
        best = args[0]
        for arg in args[1:]:
            best = self.choose(self.cmp(op, best, arg), best, arg)
        return best

    def rate(self, x: ir.Node, num: ir.Node, den: int, mode: ir.RoundMode, unit: str) -> ir.Node:
        """``x * num / den`` rounded once; operands that may be negative are reported."""
        bounds, by = iv.of(x), iv.of(num)
        for name, (low, _) in (("被乘数", bounds), ("分子", by)):
            if low < 0:
                self.report(
                    "rate-negative",
                    f"rate 的{name}可能为负（最小 {low}），请用 max(0, …) 包住",
                    f"an operand of rate may be negative (down to {low}); wrap it in max(0, …)",
                )
                return self._int(ir.Rate, unit, (0, 0), x, num, den, mode)
        if iv.rate_work(bounds, by, den) > iv.INT_MAX:
            self.report(
                "overflow",
                f"rate 的中间结果可能超出 64 位（2 × {bounds[1]} × {by[1]}），请给事实设上限或用 min 限定",
                f"rate may overflow 64 bits (2 × {bounds[1]} × {by[1]}); bound the facts or use min",
            )
            return self._int(ir.Rate, unit, (0, 0), x, num, den, mode)
        a, b = plain(x), plain(num)
        if self.fold and isinstance(a, int) and isinstance(b, int):
            return self._int_const(ops.rate(a, b, den, mode), unit)
        return self._int(ir.Rate, unit, iv.rate(bounds, by, den, mode), x, num, den, mode)

    def tier(self, arg: ir.Node, brackets: tuple[tuple[int | None, bool, int], ...], unit: str) -> ir.Node:
        value = plain(arg)
        if self.fold and isinstance(value, int):
            return self._int_const(ops.tier(value, brackets), unit)
        values = [bracket[2] for bracket in brackets]
        return self._int(ir.Tier, unit, (min(values), max(values)), arg, brackets)


def plain(node: ir.Node) -> Value | None:
    """The value of a constant without a name: only such are computed away.

    Named constants stay where the author put them, so that a trace can say 补助标准 × 3 and not 1,500.
    """
    return node.value if isinstance(node, ir.Const) and not node.param else None


def known(node: ir.Node) -> Value | None:
    """The value of a constant that has one."""
    return node.value if isinstance(node, ir.Const) else None


def _number(node: ir.Node) -> int:
    value = plain(node)
    return value if isinstance(value, int) else 0


def _flat(args: list[ir.Node]) -> list[ir.Node]:
    return [n for arg in args for n in (arg.args if isinstance(arg, ir.Add) else (arg,))]


def _unit(a: ir.Node, b: ir.Node) -> str | None:
    return b.unit if a.unit in (None, PURE) else a.unit


def _key(value: Any) -> Any:
    """Interned operands by identity, everything else by type and value (True is not 1)."""
    if isinstance(value, ir.Node):
        return id(value)
    if isinstance(value, tuple):
        return tuple(_key(item) for item in value)
    return (type(value), value)
