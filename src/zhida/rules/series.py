"""Recognising sums and counts over months in their spelled-out form."""

from __future__ import annotations

from dataclasses import dataclass

from zhida.rules import ir


@dataclass(frozen=True, slots=True)
class Months:
    """A run of months of one series, both ends included, as (year, month)."""

    key: str
    first: tuple[int, int]
    last: tuple[int, int]


def sum_of(node: ir.Add) -> Months | None:
    """The run of months a sum adds up, when it adds nothing else."""
    return _run([arg.key for arg in node.args if isinstance(arg, ir.Var)], len(node.args))


def count_of(node: ir.Add) -> tuple[Months, ir.Cmp] | None:
    """The run of months a count tests one by one, with the test of the first month."""
    tests = [arg.cond for arg in node.args if isinstance(arg, ir.If) and isinstance(arg.cond, ir.Cmp)]
    if len(tests) < len(node.args) or any(not _ones(arg) for arg in node.args):
        return None
    if any((t.op, t.right) != (tests[0].op, tests[0].right) for t in tests):
        return None
    months = _run([t.left.key for t in tests if isinstance(t.left, ir.Var)], len(node.args))
    return (months, tests[0]) if months else None


def _ones(node: ir.Node) -> bool:
    if not isinstance(node, ir.If):
        return False
    return all(isinstance(arm, ir.Const) and arm.value == want for arm, want in ((node.then, 1), (node.other, 0)))


def _run(keys: list[str], count: int) -> Months | None:
    if len(keys) < max(count, 2):
        return None
    parts = [key.partition("@") for key in keys]
    if len({name for name, _, _ in parts}) > 1 or any(not month for _, _, month in parts):
        return None
    months = [(int(text[:4]), int(text[5:])) for _, _, text in parts]
    index = [year * 12 + month for year, month in months]
    if index != list(range(index[0], index[0] + len(index))):
        return None
    return Months(parts[0][0], months[0], months[-1])
