"""One graph for many programs: equal subtrees become one numbered node (hash-consing).

Two nodes are equal here when they compute the same value: units, intervals and the names of the
parameters a constant or a code set came from do not count. Node numbers are topological: operands
come before what uses them. Each node has a content digest that does not depend on the numbering.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from zhida.rules import ir
from zhida.rules.walk import children


@dataclass(frozen=True, slots=True)
class GraphNode:
    """A distinct operation: one IR node it stands for, the numbers of its operands, its digest."""

    node: ir.Node
    args: tuple[int, ...]
    digest: str


class Graph:
    """Numbered distinct nodes; ``add`` returns the number of a node, adding what is new."""

    def __init__(self) -> None:
        self.nodes: list[GraphNode] = []
        self._by_key: dict[tuple[Any, ...], int] = {}
        self._by_id: dict[int, int] = {}
        self._alive: list[ir.Node] = []

    def add(self, node: ir.Node) -> int:
        known = self._by_id.get(id(node))
        if known is not None:
            return known
        args = tuple(self.add(child) for child in children(node))
        key = (type(node).__name__, payload(node), args)
        number = self._by_key.get(key)
        if number is None:
            number = len(self.nodes)
            self._by_key[key] = number
            self.nodes.append(GraphNode(node, args, self._digest(node, args)))
        self._by_id[id(node)] = number
        self._alive.append(node)  # keeps id() from being reused
        return number

    def uses(self, roots: Iterable[int]) -> list[int]:
        """How often each node is referred to: by distinct operand places and by ``roots``."""
        counts = [0] * len(self.nodes)
        for one in self.nodes:
            for arg in one.args:
                counts[arg] += 1
        for root in roots:
            counts[root] += 1
        return counts

    def below(self, number: int) -> set[int]:
        """The node and everything it depends on."""
        found: set[int] = set()
        stack = [number]
        while stack:
            current = stack.pop()
            if current not in found:
                found.add(current)
                stack.extend(self.nodes[current].args)
        return found

    def _digest(self, node: ir.Node, args: tuple[int, ...]) -> str:
        parts = [type(node).__name__, _plain(payload(node)), [self.nodes[a].digest for a in args]]
        text = json.dumps(parts, ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()


def payload(node: ir.Node) -> tuple[Any, ...]:
    """What distinguishes a node from others of its type and operands."""
    if isinstance(node, ir.Const):
        return (node.kind, node.value)
    if isinstance(node, ir.Var):
        return (node.kind, node.key)
    if isinstance(node, ir.Has):
        return (node.key,)
    if isinstance(node, ir.Cmp):
        return (node.op,)
    if isinstance(node, ir.In):
        return (node.codes,)
    if isinstance(node, ir.Rate):
        return (node.den, node.mode)
    if isinstance(node, ir.DatePart):
        return (node.part,)
    if isinstance(node, ir.Tier):
        return (node.brackets,)
    return ()


def _plain(value: Any) -> Any:
    """Payloads as JSON: sets sorted, dates as ISO text."""
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, tuple):
        return [_plain(v) for v in value]
    if isinstance(value, dt.date):
        return value.isoformat()
    return value
