"""The value of a subtree that reads no fact."""

from __future__ import annotations

from zhida.rules import ir
from zhida.rules.evaluate import trace
from zhida.rules.nodes import Value
from zhida.rules.vocabulary import NOT_APPLICABLE
from zhida.rules.walk import walk


def constant(node: ir.Node) -> Value | None:
    """What ``node`` computes when it depends on constants alone; None when on a fact or a blank."""
    if any(isinstance(one, ir.Var | ir.Has) for one in walk(node)):
        return None
    value = trace(node, {}).value
    return None if value is NOT_APPLICABLE else value
