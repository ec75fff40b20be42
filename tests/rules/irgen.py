"""Random rules at the level of the checked IR, with proved intervals, and random facts for them.

Works on any ``random.Random``; Hypothesis' ``st.randoms(use_true_random=False)`` makes it shrink.
It reaches shapes the surface language seldom produces, which is what engine parity needs.
"""

from __future__ import annotations

import datetime as dt
from random import Random
from typing import Any

from zhida.rules import ir
from zhida.rules.program import Condition, Output, Program
from zhida.rules.vocabulary import NOT_APPLICABLE

INT64 = 2**63 - 1

INTS = {
    "staff": (0, 100_000),
    "rent": (0, 10**14),
    "lease.rent": (0, 10**12),
    "balance": (-(10**9), 10**9),
    "wide": (-INT64, INT64),
    "sales@2022-01": (0, 10**13),
    "sales@2022-02": (0, 10**13),
    "sales@2022-03": (0, 10**13),
    "opt_debt": (0, 10**10),
}
CODES = {
    "size": ["micro", "small", "medium", "large"],
    "industry": [f"H{i:03d}" for i in range(40)],
    "opt_grade": ["A", "B", "C", "D'"],
}
BOOLS = ["insured", "opt_listed"]
DATES = ["as_signed", "until", "opt_due"]
OPTIONAL = ["opt_debt", "opt_grade", "opt_listed", "opt_due"]


def var(key: str) -> ir.Var:
    if key in INTS:
        return ir.Var("int", None, *INTS[key], key)
    kind = "code" if key in CODES else "bool" if key in BOOLS else "date"
    return ir.Var(kind, None, None, None, key)  # type: ignore[arg-type]


def const(value: Any, kind: str = "", param: str = "") -> ir.Const:
    name = kind or {bool: "bool", int: "int", str: "code", dt.date: "date"}[type(value)]
    bound = value if type(value) is int else None
    return ir.Const(name, None, bound, bound, value, param)  # type: ignore[arg-type]


def yes(cls: type[ir.Node], *args: Any) -> Any:
    """A bool node of ``cls``."""
    return cls("bool", None, None, None, *args)  # type: ignore[arg-type]


def number(cls: type[ir.Node], lo: int, hi: int, *args: Any) -> Any:
    """An int node of ``cls`` bounded by lo and hi."""
    return cls("int", None, lo, hi, *args)  # type: ignore[arg-type]


def cmp(op: str, left: ir.Node, right: ir.Node) -> ir.Cmp:
    return yes(ir.Cmp, op, left, right)


def program(conditions: list[ir.Node], outputs: dict[str, ir.Node] | None = None, name: str = "m") -> Program:
    outs = tuple(
        Output(ident, node, "money" if ident == "amount" else node.kind, "", "", None, "")
        for ident, node in (outputs or {}).items()
    )
    conds = tuple(Condition(f"c{i}", node, "", "", "") for i, node in enumerate(conditions))
    return Program(name, "v1", "", dt.date(2022, 9, 15), "subject", conds, outs, ())


class Maker:
    """Draws nodes of a wanted kind; reuses earlier nodes now and then so that subtrees are shared."""

    def __init__(self, random: Random, depth: int = 4) -> None:
        self.random = random
        self.depth = depth
        self._seen: dict[str, list[ir.Node]] = {"bool": [], "int": [], "date": [], "code": []}

    def node(self, kind: str, depth: int | None = None) -> ir.Node:
        depth = self.depth if depth is None else depth
        pool = self._seen[kind]
        if pool and self.random.random() < 0.15:
            return self.random.choice(pool)
        made = getattr(self, "_" + kind)(depth)
        pool.append(made)
        return made

    def program(self, name: str = "m") -> Program:
        conditions = [self.node("bool") for _ in range(self.random.randint(1, 5))]
        outputs: dict[str, ir.Node] = {}
        main = self.random.choice(["amount", "date", ""])
        if main:
            outputs[main] = self.node("int" if main == "amount" else "date")
        for kind in self.random.sample(["int", "code", "bool", "date"], self.random.randint(0, 2)):
            outputs[f"more-{kind}"] = self.node(kind)
        return program(conditions, outputs, name)

    def code_rule(self, depth: int = 2) -> ir.Node:
        """A condition that looks at codes only, as "where" and "for whom" conditions do."""
        if depth <= 0 or self.random.random() < 0.3:
            key = self.random.choice(list(CODES))
            if self.random.random() < 0.3:
                value = self.random.choice([*CODES[key], None])
                sides = [var(key), const(value, "code", "grade")]
                self.random.shuffle(sides)
                return cmp(self.random.choice(["==", "!="]), *sides)
            return yes(ir.In, var(key), frozenset(self.random.sample(CODES[key], 3)))
        shape = self.random.choice([ir.And, ir.Or, ir.Not, ir.If])
        args = tuple(self.code_rule(depth - 1) for _ in range(3))
        if shape is ir.Not:
            return yes(ir.Not, args[0])
        return yes(ir.If, *args) if shape is ir.If else yes(shape, args)

    def code_program(self, name: str) -> Program:
        """Conditions on codes alone, and one that mixes such a test with others."""
        conditions = [self.code_rule() for _ in range(self.random.randint(1, 3))]
        conditions.append(yes(ir.Or, (self.code_rule(), self.node("bool", 1))))
        amount = number(ir.If, 0, 10**14, self.code_rule(), var("staff"), var("rent"))
        return program(conditions, {"amount": amount}, name)

    def _bool(self, depth: int) -> ir.Node:
        r = self.random
        if depth <= 0:
            return r.choice([self._flag, self._has, self._member, self._compare_const])()
        shape = r.choice(["and", "or", "not", "cmp", "cmp", "cmp", "in", "if", "has", "const", "eq"])
        if shape in ("and", "or"):
            args = tuple(self.node("bool", depth - 1) for _ in range(r.randint(2, 4)))
            return yes(ir.And if shape == "and" else ir.Or, args)
        if shape == "not":
            return yes(ir.Not, self.node("bool", depth - 1))
        if shape == "in":
            return self._member(depth)
        if shape == "if":
            a, b, c = (self.node("bool", depth - 1) for _ in range(3))
            return yes(ir.If, a, b, c)
        if shape == "has":
            return self._has()
        if shape == "const":
            return const(r.choice([True, False, None]), "bool", "p")
        kind = r.choice(["int", "int", "date"]) if shape == "cmp" else r.choice(["code", "bool"])
        ops = ["==", "!=", "<", "<=", ">", ">="] if shape == "cmp" else ["==", "!="]
        return cmp(r.choice(ops), self.node(kind, depth - 1), self.node(kind, depth - 1))

    def _flag(self) -> ir.Node:
        return var(self.random.choice(BOOLS))

    def _has(self) -> ir.Node:
        return yes(ir.Has, self.random.choice(OPTIONAL))

    def _compare_const(self) -> ir.Node:
        key = self.random.choice(list(INTS))
        lo, hi = INTS[key]
        op = self.random.choice(["<", "<=", ">", ">=", "==", "!="])
        return cmp(op, var(key), const(self.random.choice([lo, hi, 0, (lo + hi) // 2])))

    def _member(self, depth: int = 0) -> ir.Node:
        key = self.random.choice(list(CODES))
        codes = self.random.sample(CODES[key], self.random.randint(1, 3))
        arg = self.node("code", depth - 1) if depth > 0 and self.random.random() < 0.2 else var(key)
        return yes(ir.In, arg, frozenset(codes))

    def _code(self, depth: int) -> ir.Node:
        key = self.random.choice(list(CODES))
        if depth > 0 and self.random.random() < 0.3:
            a, b = self.node("code", depth - 1), self.node("code", depth - 1)
            return ir.If("code", None, None, None, self.node("bool", depth - 1), a, b)
        if self.random.random() < 0.3:
            return const(self.random.choice([*CODES[key], None]), "code", "q")
        return var(key)

    def _date(self, depth: int) -> ir.Node:
        r = self.random
        leaf = r.choice([var(r.choice(DATES)), const(dt.date(2022, 8, 31)), const(dt.date(2024, 2, 29))])
        if depth <= 0:
            return leaf
        shape = r.choice(["leaf", "months", "days", "if", "null"])
        if shape == "months":
            months = const(r.choice([-13, -1, 0, 1, 6, 36]))
            return ir.AddMonths("date", None, None, None, self.node("date", depth - 2), months)
        if shape == "days":
            days = self._small(depth)
            return ir.AddDays("date", None, None, None, self.node("date", depth - 2), days)
        if shape == "if":
            a, b = self.node("date", depth - 1), self.node("date", depth - 1)
            return ir.If("date", None, None, None, self.node("bool", depth - 1), a, b)
        return const(None, "date", "blank_date") if shape == "null" and r.random() < 0.3 else leaf

    def _small(self, depth: int) -> ir.Node:
        """An int small enough to move a date by."""
        if self.random.random() < 0.5:
            return const(self.random.choice([-400, -1, 0, 15, 90]))
        low = number(ir.Min, -(10**9), 3650, (self.node("int", depth - 2), const(3650)))
        return number(ir.Max, -3650, 3650, (low, const(-3650)))

    def _int(self, depth: int) -> ir.Node:
        if depth <= 0 or self.random.random() < 0.2:
            return self._int_leaf()
        shape = self.random.choice(
            ["add", "sub", "mul", "min", "max", "if", "rate", "rate", "days", "months", "part", "tier"]
        )
        made: ir.Node | None = getattr(self, "_int_" + shape)(depth - 1)
        return made if made is not None else self._int_leaf()

    def _int_leaf(self) -> ir.Node:
        r = self.random
        if r.random() < 0.3:
            return const(r.choice([0, 1, 7, -3, 500, 12, 10**9, INT64, None]), "int", "amount_blank")
        return var(r.choice(list(INTS)))

    def _fit(self, cls: type[ir.Node], lo: int, hi: int, *args: Any) -> ir.Node | None:
        return number(cls, lo, hi, *args) if lo >= -INT64 and hi <= INT64 else None

    def _int_add(self, depth: int) -> ir.Node | None:
        args = tuple(self.node("int", depth) for _ in range(self.random.randint(2, 4)))
        if sum(max(abs(a) for a in bounds(x)) for x in args) > INT64:
            return None
        return self._fit(ir.Add, sum(bounds(a)[0] for a in args), sum(bounds(a)[1] for a in args), args)

    def _int_sub(self, depth: int) -> ir.Node | None:
        a, b = self.node("int", depth), self.node("int", depth)
        return self._fit(ir.Sub, bounds(a)[0] - bounds(b)[1], bounds(a)[1] - bounds(b)[0], a, b)

    def _int_mul(self, depth: int) -> ir.Node | None:
        a, b = self.node("int", depth), self.node("int", depth)
        corners = [x * y for x in bounds(a) for y in bounds(b)]
        return self._fit(ir.Mul, min(corners), max(corners), a, b)

    def _int_min(self, depth: int) -> ir.Node:
        args = tuple(self.node("int", depth) for _ in range(self.random.randint(2, 3)))
        return number(ir.Min, min(bounds(a)[0] for a in args), min(bounds(a)[1] for a in args), args)

    def _int_max(self, depth: int) -> ir.Node:
        args = tuple(self.node("int", depth) for _ in range(self.random.randint(2, 3)))
        return number(ir.Max, max(bounds(a)[0] for a in args), max(bounds(a)[1] for a in args), args)

    def _int_if(self, depth: int) -> ir.Node:
        a, b = self.node("int", depth), self.node("int", depth)
        lo, hi = min(bounds(a)[0], bounds(b)[0]), max(bounds(a)[1], bounds(b)[1])
        return number(ir.If, lo, hi, self.node("bool", depth), a, b)

    def _int_rate(self, depth: int) -> ir.Node | None:
        x = self.node("int", depth)
        if bounds(x)[0] < 0:
            low, high = max(0, bounds(x)[0]), max(0, bounds(x)[1])
            x = number(ir.Max, low, high, (x, const(0)))
        num = const(self.random.choice([1, 3, 30, 997]))
        den = self.random.choice([1, 2, 3, 10, 100, 1000, 365])
        if bounds(x)[1] * bounds(num)[1] + den > INT64:
            return None
        mode = self.random.choice(["half_up", "down", "up"])
        return self._fit(ir.Rate, 0, bounds(x)[1] * bounds(num)[1] // den + 1, x, num, den, mode)

    def _int_days(self, depth: int) -> ir.Node:
        return number(ir.DaysBetween, -800_000, 800_000, self.node("date", depth), self.node("date", depth))

    def _int_months(self, depth: int) -> ir.Node:
        return number(ir.MonthsBetween, -27_000, 27_000, self.node("date", depth), self.node("date", depth))

    def _int_part(self, depth: int) -> ir.Node:
        part = self.random.choice(["year", "month", "day"])
        return number(ir.DatePart, 1, 9999, part, self.node("date", depth))

    def _int_tier(self, depth: int) -> ir.Node:
        arg = self.node("int", depth)
        steps = sorted(self.random.sample([0, 7, 100, 10**4, 10**9, 10**13], self.random.randint(1, 3)))
        cuts = [(cut, self.random.random() < 0.5, self.random.randint(-5, 10**6)) for cut in steps]
        return number(ir.Tier, -5, 10**6, arg, (*cuts, (None, False, 42)))


def bounds(node: ir.Node) -> tuple[int, int]:
    """A node's interval; a blank parameter never has a value, so any interval holds."""
    if node.lo is None or node.hi is None:
        return (0, 0)
    return node.lo, node.hi


def facts(random: Random, gaps: float = 0.25) -> dict[str, Any]:
    """Facts for every key, extremes included; each is absent with probability ``gaps``."""
    found: dict[str, Any] = {}
    for key, (lo, hi) in INTS.items():
        found[key] = random.choice([lo, hi, 0, 7, 8, random.randint(lo, hi), random.randint(0, 10**4)])
    for key, codes in CODES.items():
        found[key] = random.choice([*codes, "unheard-of", ""])
    for key in BOOLS:
        found[key] = random.random() < 0.5
    for key in DATES:
        start = random.choice([dt.date(1600, 1, 1), dt.date(2022, 8, 1), dt.date(2999, 12, 31)])
        near = dt.date(2022, 1, 1) + dt.timedelta(days=random.randint(0, 1200))
        found[key] = random.choice([start, near, dt.date(2024, 2, 29), dt.date(2022, 8, 31)])
    for key in OPTIONAL:
        if random.random() < 0.3:
            found[key] = NOT_APPLICABLE
    return {k: v for k, v in found.items() if random.random() >= gaps}
