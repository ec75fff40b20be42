"""The rule language (规则语言): parse, check, resolve, decide one subject, compile for millions.

Usable on its own: nothing here knows of Django, files or any other room.
"""

from zhida.rules.build import build, expression
from zhida.rules.closures import Decision, compile_assessor
from zhida.rules.errors import Problem, RuleError, Span
from zhida.rules.evaluate import Assessment, ConditionResult, OutputResult, assess
from zhida.rules.facts import FactError
from zhida.rules.hashing import node_hash, program_hash
from zhida.rules.outcome import Outcome
from zhida.rules.parser import parse
from zhida.rules.program import Condition, Output, ParamUse, Program
from zhida.rules.readback import read_back
from zhida.rules.validity import check

__all__ = [
    "Assessment",
    "Condition",
    "ConditionResult",
    "Decision",
    "FactError",
    "Outcome",
    "Output",
    "OutputResult",
    "ParamUse",
    "Problem",
    "Program",
    "RuleError",
    "Span",
    "assess",
    "build",
    "check",
    "compile_assessor",
    "expression",
    "node_hash",
    "parse",
    "program_hash",
    "read_back",
]
