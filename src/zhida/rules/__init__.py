"""The rule language (规则语言): parse, check, resolve, decide one subject, compile for millions.

Usable on its own: nothing here knows of Django, files or any other room. The batch compiler is loaded
when first asked for, because its SQL library takes longer to import than most commands to run.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from zhida.rules.boundaries import BoundaryCase, boundaries
from zhida.rules.build import build
from zhida.rules.closures import Decision, compile_assessor
from zhida.rules.errors import Problem, RuleError, Span
from zhida.rules.evaluate import Assessment, ConditionResult, OutputResult, TraceNode, assess, trace
from zhida.rules.expressions import expression
from zhida.rules.facts import FactError
from zhida.rules.hashing import node_hash, program_hash
from zhida.rules.layout import Layout
from zhida.rules.outcome import Outcome
from zhida.rules.parser import parse
from zhida.rules.program import Condition, Output, ParamUse, Program
from zhida.rules.readback import read_back
from zhida.rules.validity import check
from zhida.rules.vocabulary_check import check_vocabulary

if TYPE_CHECKING:
    from zhida.rules.sql import BatchPlan, SourceColumn, compile_batch
    from zhida.rules.sql_dialect import DialectName

__all__ = [
    "Assessment",
    "BatchPlan",
    "BoundaryCase",
    "Condition",
    "ConditionResult",
    "Decision",
    "DialectName",
    "FactError",
    "Layout",
    "Outcome",
    "Output",
    "OutputResult",
    "ParamUse",
    "Problem",
    "Program",
    "RuleError",
    "SourceColumn",
    "Span",
    "TraceNode",
    "assess",
    "boundaries",
    "build",
    "check",
    "check_vocabulary",
    "compile_assessor",
    "compile_batch",
    "expression",
    "node_hash",
    "parse",
    "program_hash",
    "read_back",
    "trace",
]

_LAZY = {
    "BatchPlan": "zhida.rules.sql",
    "DialectName": "zhida.rules.sql_dialect",
    "SourceColumn": "zhida.rules.sql",
    "compile_batch": "zhida.rules.sql",
}


def __getattr__(name: str) -> Any:
    if name in _LAZY:
        return getattr(import_module(_LAZY[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
