"""Content hashes of nodes and programs: equal hashes mean the same decisions and the same words."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from typing import Any

from zhida.rules import ir
from zhida.rules.graph import Graph
from zhida.rules.program import ParamUse, Program


def node_hash(node: ir.Node) -> str:
    """SHA-256 of what a node computes; units, bounds and parameter names do not count."""
    graph = Graph()
    return graph.nodes[graph.add(node)].digest


def program_hash(program: Program) -> str:
    """SHA-256 of a program: its conditions and outputs, their texts, and every parameter with its source."""
    graph = Graph()

    def digest(node: ir.Node) -> str:
        return graph.nodes[graph.add(node)].digest

    content = {
        "measure": program.measure,
        "version": program.version,
        "place": program.place,
        "at": program.at,
        "entity": program.entity,
        "conditions": [[c.id, digest(c.node), c.zh, c.en, c.text, c.clause] for c in program.conditions],
        "outputs": [[o.id, digest(o.node), o.kind, o.unit, o.zh, o.en, o.text] for o in program.outputs],
        "params": [_param(use) for use in sorted(program.params, key=lambda use: use.name)],
    }
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=_plain)
    return hashlib.sha256(text.encode()).hexdigest()


def _param(use: ParamUse) -> list[Any]:
    return [
        use.name,
        use.zh,
        use.en,
        use.unit,
        use.value,
        use.place,
        use.valid_from,
        use.valid_until,
        use.source,
        use.origin,
        use.owner,
    ]


def _plain(value: object) -> str:
    assert isinstance(value, dt.date), f"no canonical form for {type(value).__name__}"
    return value.isoformat()
