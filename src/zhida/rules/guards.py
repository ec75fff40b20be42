"""Which optional facts a condition proves to apply, so that their use beside it is safe."""

from __future__ import annotations

from functools import reduce

from zhida.rules import syntax as s

Guards = frozenset[str]
_NONE: Guards = frozenset()


def when_true(expr: s.Expr) -> Guards:
    """Facts that certainly apply wherever ``expr`` is true."""
    if isinstance(expr, s.Call) and expr.name == "has" and len(expr.args) == 1:
        arg = expr.args[0]
        return frozenset({arg.name}) if isinstance(arg, s.Name) else _NONE
    if isinstance(expr, s.Not):
        return when_false(expr.arg)
    if isinstance(expr, s.Logic):
        found = [when_true(arg) for arg in expr.args]
        return _all(found) if expr.op == "&&" else _common(found)
    return _NONE


def when_false(expr: s.Expr) -> Guards:
    """Facts that certainly apply wherever ``expr`` is false (``!has(x)`` false means x applies)."""
    if isinstance(expr, s.Not):
        return when_true(expr.arg)
    if isinstance(expr, s.Logic):
        found = [when_false(arg) for arg in expr.args]
        return _all(found) if expr.op == "||" else _common(found)
    return _NONE


def beside(expr: s.Logic, index: int) -> Guards:
    """What the other operands of ``&&``/``||`` guarantee wherever operand ``index`` matters."""
    test = when_true if expr.op == "&&" else when_false
    return _all([test(arg) for i, arg in enumerate(expr.args) if i != index])


def _all(found: list[Guards]) -> Guards:
    return reduce(frozenset.union, found, _NONE)


def _common(found: list[Guards]) -> Guards:
    return reduce(frozenset.intersection, found) if found else _NONE
