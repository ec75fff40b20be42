"""Which facts each undecided decision still needs, for all subjects in one SQL pass.

The meaning is that of ``rules.assess``: unknown facts in undecided subtrees, and no others. Only
``&&``, ``||`` and ``?:`` can be decided while an operand is unknown, so a missing fact is asked for
when every such operation above it (a *gate*) is undecided, or has chosen its branch. Gate values are
computed by the same compiled rules as the decisions; here they are only combined.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from zhida.rules import ir
from zhida.rules.outcome import main_output
from zhida.rules.program import Output, Program
from zhida.rules.vocabulary import Vocabulary, absent_key
from zhida.rules.walk import children

GATES = "_gates"


@dataclass(frozen=True, slots=True)
class Asking:
    """The gates to compute and, per program, the SQL that lists what is missing.

    program: an auxiliary program without conditions whose outputs are the gates.
    columns: fact columns that must be in the relation. lacks: name -> SQL test over them, one per fact;
    the relation given to the batch must offer these names as key columns.
    lists: measure id -> SQL expression over the batch's result (VARCHAR[], sorted).
    """

    program: Program
    columns: tuple[str, ...]
    lacks: dict[str, str]
    lists: dict[str, str]


def plan_asking(programs: Sequence[Program], vocabulary: Vocabulary, prefix: str) -> Asking:
    """Prepare for programs of one entity. ``prefix`` is the batch's column prefix of the gate outputs."""
    gates = _Gates(prefix)
    lacks: dict[str, str] = {}
    lists: dict[str, str] = {}
    for program in programs:
        asked: dict[str, set[str]] = {}
        for root in _roots(program):
            for key, tests in _asks(root, gates).items():
                asked.setdefault(key, set()).update(tests)
        for key in sorted(asked):
            lacks.setdefault(key, f"_lack{len(lacks)}")
        lists[program.measure] = _list(asked, lacks)
    first = programs[0]
    auxiliary = Program(GATES, "", first.place, first.at, first.entity, (), gates.outputs(), ())
    columns = [name for key in lacks for name in (key, *_companion(key, vocabulary))]
    absences = {name: _absent(key, vocabulary) for key, name in lacks.items()}
    return Asking(auxiliary, tuple(columns), absences, lists)


def _list(asked: dict[str, set[str]], lacks: dict[str, str]) -> str:
    items = [f"CASE WHEN {lacks[key]} AND {_any(asked[key])} THEN {_text(key)} END" for key in sorted(asked)]
    return f"list_filter([{', '.join(items)}], lambda k: k IS NOT NULL)" if items else "[]::VARCHAR[]"


def _roots(program: Program) -> Iterable[ir.Node]:
    main = main_output(program)
    return (*(c.node for c in program.conditions), *((main.node,) if main else ()))


class _Gates:
    """Distinct gate nodes and the columns their values come in."""

    def __init__(self, prefix: str) -> None:
        self._prefix = prefix
        self._numbers: dict[ir.Node, int] = {}

    def column(self, node: ir.Node) -> str:
        number = self._numbers.setdefault(node, len(self._numbers))
        return f'"{self._prefix}n{number}"'

    def outputs(self) -> tuple[Output, ...]:
        return tuple(Output(f"n{i}", node, "bool", "", "", None, "") for node, i in self._numbers.items())


_ALWAYS = ""


def _asks(node: ir.Node, gates: _Gates) -> dict[str, set[str]]:
    """Fact key -> alternative SQL tests under which it is asked for; ``_ALWAYS`` needs no test."""
    if isinstance(node, ir.Var | ir.Has):
        return {node.key: {_ALWAYS}}
    if isinstance(node, ir.If):
        return _asks_if(node, gates)
    found: dict[str, set[str]] = {}
    for child in children(node):
        for key, tests in _asks(child, gates).items():
            found.setdefault(key, set()).update(tests)
    if isinstance(node, ir.And | ir.Or) and found:
        return _gated(found, f"{gates.column(node)} IS NULL")
    return found


def _asks_if(node: ir.If, gates: _Gates) -> dict[str, set[str]]:
    found = {key: set(tests) for key, tests in _asks(node.cond, gates).items()}
    for branch, excluded in ((node.then, "FALSE"), (node.other, "TRUE")):
        below = _asks(branch, gates)
        if not below:
            continue
        for key, tests in _gated(below, f"{gates.column(node.cond)} IS DISTINCT FROM {excluded}").items():
            found.setdefault(key, set()).update(tests)
    return found


def _gated(found: dict[str, set[str]], gate: str) -> dict[str, set[str]]:
    return {key: {gate if _ALWAYS in tests else f"{gate} AND ({_any(tests)})"} for key, tests in found.items()}


def _any(tests: set[str]) -> str:
    if _ALWAYS in tests:
        return "TRUE"
    return "(" + " OR ".join(f"({test})" for test in sorted(tests)) + ")"


def _absent(key: str, vocabulary: Vocabulary) -> str:
    column = _name(key)
    companion = _companion(key, vocabulary)
    not_there = f" AND NOT coalesce({_name(companion[0])}, FALSE)" if companion else ""
    return f"{column} IS NULL{not_there}"


def _companion(key: str, vocabulary: Vocabulary) -> tuple[str, ...]:
    fact = vocabulary.facts.get(key.split("@")[0])
    return (absent_key(key),) if fact is not None and fact.optional and "@" not in key else ()


def _name(key: str) -> str:
    return '"' + key.replace('"', '""') + '"'


def _text(key: str) -> str:
    return "'" + key.replace("'", "''") + "'"
