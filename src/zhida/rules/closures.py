"""Programs compiled to nested Python closures: many programs over one subject in microseconds.

Facts are loaded once into a list of registers, subtrees shared by several places (of one program or
of different ones) are computed once into further registers, and each distinct condition is evaluated
once. The results equal ``assess`` without its trace. Fact types and ranges are not checked here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from zhida.rules import ir
from zhida.rules import operations as ops
from zhida.rules.facts import Facts
from zhida.rules.graph import Graph, GraphNode
from zhida.rules.outcome import Outcome, decide_bits, main_output
from zhida.rules.program import Program
from zhida.rules.vocabulary import NOT_APPLICABLE, Value

Registers = list[Any]
Step = Callable[[Registers], Any]


class Decision(NamedTuple):
    """The bare answer of one program.

    outputs: values in the order of ``program.outputs``; all None when ineligible.
    true, unknown: bit i stands for ``program.conditions[i]``; a bit in neither means false.
    """

    outcome: Outcome
    outputs: tuple[Value | None, ...]
    true: int
    unknown: int


Assessor = Callable[[Facts], list[Decision]]


@dataclass(frozen=True, slots=True)
class _Plan:
    bits: tuple[tuple[int, int], ...]  # (index among the distinct conditions, bit in this program)
    mask: int
    outputs: tuple[Step, ...]
    has_main: bool


def compile_assessor(programs: Sequence[Program]) -> Assessor:
    """A function from facts to one Decision per program, in the order given."""
    graph = Graph()
    conditions = [[graph.add(c.node) for c in p.conditions] for p in programs]
    outputs = [[graph.add(o.node) for o in p.outputs] for p in programs]
    distinct = list(dict.fromkeys(n for numbers in conditions for n in numbers))
    roots = distinct + [n for numbers in outputs for n in numbers]
    builder = _Builder(graph, graph.uses(roots))
    index = {number: i for i, number in enumerate(distinct)}
    condition_steps = [builder.step(n) for n in distinct]
    plans = [
        _Plan(
            tuple((index[n], 1 << bit) for bit, n in enumerate(numbers)),
            (1 << len(numbers)) - 1,
            tuple(builder.step(n) for n in outs),
            main_output(program) is not None,
        )
        for program, numbers, outs in zip(programs, conditions, outputs, strict=True)
    ]
    return _assessor(builder, condition_steps, plans)


def _assessor(builder: _Builder, conditions: list[Step], plans: list[_Plan]) -> Assessor:
    keys, has_keys = tuple(builder.keys), tuple(builder.has_keys)
    shared = tuple(builder.shared)

    def run(facts: Facts) -> list[Decision]:
        get = facts.get
        registers: Registers = [None if (v := get(k)) is NOT_APPLICABLE else v for k in keys]
        for key in has_keys:
            value = get(key)
            registers.append(None if value is None else value is not NOT_APPLICABLE)
        for step in shared:
            registers.append(step(registers))
        values = [step(registers) for step in conditions]
        return [_decide(plan, values, registers) for plan in plans]

    return run


def _decide(plan: _Plan, values: list[Any], registers: Registers) -> Decision:
    true = unknown = 0
    for index, bit in plan.bits:
        value = values[index]
        if value is None:
            unknown |= bit
        elif value:
            true |= bit
    if true | unknown != plan.mask:  # decided without computing any output
        return Decision(Outcome.INELIGIBLE, (None,) * len(plan.outputs), true, unknown)
    outputs = tuple([step(registers) for step in plan.outputs])
    main_known = not plan.has_main or outputs[0] is not None
    return Decision(decide_bits(true, unknown, plan.mask, main_known), outputs, true, unknown)


class _Builder:
    """Turns graph nodes into steps: facts and shared nodes read a register, others compute."""

    def __init__(self, graph: Graph, uses: list[int]) -> None:
        nodes = [one.node for one in graph.nodes]
        self.keys = [n.key for n in nodes if isinstance(n, ir.Var)]
        self.has_keys = [n.key for n in nodes if isinstance(n, ir.Has)]
        self.shared: list[Step] = []
        self._steps: dict[int, Step] = {}
        self._registers: dict[int, int] = {}
        leaves = [i for i, n in enumerate(nodes) if isinstance(n, ir.Var)]
        leaves += [i for i, n in enumerate(nodes) if isinstance(n, ir.Has)]
        for register, number in enumerate(leaves):
            self._put(number, register)
        for number, one in enumerate(graph.nodes):
            if number not in self._steps:
                self._add(number, one, uses[number] > 1)

    def step(self, number: int) -> Step:
        return self._steps[number]

    def _add(self, number: int, one: GraphNode, shared: bool) -> None:
        step = self._on_register(one) or _step(one.node, [self._steps[a] for a in one.args])
        if shared and not isinstance(one.node, ir.Const):
            self.shared.append(step)
            self._put(number, len(self.keys) + len(self.has_keys) + len(self.shared) - 1)
        else:
            self._steps[number] = step

    def _put(self, number: int, register: int) -> None:
        self._registers[number] = register
        self._steps[number] = lambda r: r[register]

    def _on_register(self, one: GraphNode) -> Step | None:
        """The commonest tests, of a fact against a constant or a set, without calls to operands."""
        node = one.node
        register = self._registers.get(one.args[0]) if one.args else None
        if register is None:
            return None
        if isinstance(node, ir.Cmp) and isinstance(node.right, ir.Const) and node.right.value is not None:
            return _compare_register(node.op, register, node.right.value)
        if isinstance(node, ir.In):
            return _member_register(register, node.codes)
        return None


def _compare_register(op: ir.CmpOp, i: int, constant: Any) -> Step:
    test = ops.COMPARISONS[op]
    return lambda r: None if r[i] is None else test(r[i], constant)


def _member_register(i: int, codes: frozenset[str]) -> Step:
    return lambda r: None if r[i] is None else r[i] in codes


_FOLDS: dict[type[ir.Node], Callable[[list[Any]], Any]] = {ir.Add: sum, ir.Min: min, ir.Max: max}


def _step(node: ir.Node, args: list[Step]) -> Step:
    if isinstance(node, ir.Const):
        value = node.value
        return lambda _r: value
    if isinstance(node, ir.And):
        return _all_true(args)
    if isinstance(node, ir.Or):
        return _any_true(args)
    if isinstance(node, ir.If):
        return _choose(*args)
    if isinstance(node, ir.Cmp):
        return _compare(node.op, *args)
    if len(args) == 1:
        return _unary(_one(node), args[0])
    if isinstance(node, ir.Add | ir.Min | ir.Max):
        return _many(_FOLDS[type(node)], args)
    return _binary(_two(node), *args)


def _all_true(args: list[Step]) -> Step:
    def run(r: Registers) -> bool | None:
        result: bool | None = True
        for arg in args:
            value = arg(r)
            if value is None:
                result = None
            elif not value:
                return False
        return result

    return run


def _any_true(args: list[Step]) -> Step:
    def run(r: Registers) -> bool | None:
        result: bool | None = False
        for arg in args:
            value = arg(r)
            if value is None:
                result = None
            elif value:
                return True
        return result

    return run


def _choose(cond: Step, then: Step, other: Step) -> Step:
    def run(r: Registers) -> Any:
        value = cond(r)
        if value is None:
            return None
        return then(r) if value else other(r)

    return run


def _compare(op: ir.CmpOp, left: Step, right: Step) -> Step:
    def build(test: Callable[[Any, Any], bool]) -> Step:
        def run(r: Registers) -> bool | None:
            a = left(r)
            if a is None:
                return None
            b = right(r)
            return None if b is None else test(a, b)

        return run

    return build(ops.COMPARISONS[op])


def _many(operation: Callable[[list[Any]], Any], args: list[Step]) -> Step:
    def run(r: Registers) -> Any:
        values = [arg(r) for arg in args]
        return None if None in values else operation(values)

    return run


def _unary(operation: Callable[[Any], Any], arg: Step) -> Step:
    def run(r: Registers) -> Any:
        value = arg(r)
        return None if value is None else operation(value)

    return run


def _binary(operation: Callable[[Any, Any], Any], left: Step, right: Step) -> Step:
    def run(r: Registers) -> Any:
        a = left(r)
        if a is None:
            return None
        b = right(r)
        return None if b is None else operation(a, b)

    return run


def _one(node: ir.Node) -> Callable[[Any], Any]:
    if isinstance(node, ir.Not):
        return lambda a: not a
    if isinstance(node, ir.In):
        return node.codes.__contains__
    if isinstance(node, ir.DatePart):
        part = node.part
        return lambda d: getattr(d, part)
    if isinstance(node, ir.Tier):
        brackets = node.brackets
        return lambda a: ops.tier(a, brackets)
    return lambda a: a  # a sum, least or greatest of one operand


def _two(node: ir.Node) -> Callable[[Any, Any], Any]:
    if isinstance(node, ir.Sub):
        return lambda a, b: a - b
    if isinstance(node, ir.Mul):
        return lambda a, b: a * b
    if isinstance(node, ir.Rate):
        den, mode = node.den, node.mode
        return lambda x, num: ops.rate(x, num, den, mode)
    if isinstance(node, ir.DaysBetween):
        return lambda a, b: (b - a).days
    if isinstance(node, ir.MonthsBetween):
        return ops.months_between
    if isinstance(node, ir.AddMonths):
        return ops.add_months
    if isinstance(node, ir.AddDays):
        return ops.add_days
    raise TypeError(f"no closure for {type(node).__name__}")
