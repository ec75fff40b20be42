"""A checked case as plain data. The shape is described in docs/how-to/check-a-case.md and kept stable."""

from __future__ import annotations

from typing import Any

from zhida.catalog.library import Library
from zhida.catalog.resolution import Resolved
from zhida.rules.evaluate import ConditionResult
from zhida.rules.outcome import Outcome
from zhida.rules.program import Condition, ParamUse, Program
from zhida.rules.vocabulary import NotApplicable, Value
from zhida.screening.case import Answer, CaseAnswer, output_facts
from zhida.screening.stacking import Adjustment
from zhida.screening.words import (
    FactLabel,
    Lang,
    fact_of,
    label,
    machine,
    owner_names,
    show,
    show_output,
    show_param,
    thresholds,
)


def case_json(library: Library, answer: CaseAnswer, source: str, lang: Lang) -> dict[str, Any]:
    """The whole answer. ``source`` is ``published``, ``shipped`` or the packages folder."""
    return {
        "place": answer.place,
        "as_of": answer.as_of.isoformat(),
        "catalog": {"hash": library.hash, "source": source},
        "measures": [answer_json(library, one, lang) for one in answer.answers],
        "not_applicable": [
            *(_resolved(found, lang) for found in answer.not_applicable),
            *(_no_record(library, program, lang) for program in answer.without_records),
        ],
    }


def answer_json(library: Library, answer: Answer, lang: Lang) -> dict[str, Any]:
    """One measure's answer."""
    program, found = answer.program, answer.assessment
    measure = library.measure(program.measure, program.at)
    outputs = {o.id: machine(o.kind, o.value) for o in found.outputs}
    return {
        "measure": program.measure,
        "version": program.version,
        "title": getattr(measure.title, lang),
        "clauses": list(measure.clauses),
        "record": answer.record or None,
        "entity": program.entity,
        "outcome": str(found.outcome),
        "amount": machine("money", answer.amount),
        "entitled": machine("money", answer.entitled),
        "date": outputs.get("date"),
        "outputs": {name: value for name, value in outputs.items() if name not in ("amount", "date")},
        "outputs_shown": {o.id: show_output(o.kind, o.value, lang) for o in found.outputs if o.value is not None},
        "output_labels": {o.id: getattr(o, lang) for o in program.outputs},
        "conditions": [
            condition_json(library, program, c, r, lang)
            for c, r in zip(program.conditions, found.conditions, strict=True)
        ],
        "basis": [_fact(library, key, value, lang) for key, value in _basis(answer).items()],
        "failed": [c.id for c in found.conditions if c.value is False],
        "missing": [missing_json(label(library, key), lang) for key in found.missing],
        "blank_params": [_blank(library, program, name, lang) for name in found.blank_params],
        "stacking": [adjustment_json(row) for row in answer.adjustments],
        "stands": answer.stands,
        "provisional": answer.provisional,
    }


def condition_json(
    library: Library, program: Program, condition: Condition, result: ConditionResult, lang: Lang
) -> dict[str, Any]:
    """One condition: its words, its result, the facts it read and the parameters it compares with."""
    return {
        "id": condition.id,
        "result": result.value,
        "text": getattr(condition, lang),
        "rule": condition.text,
        "clause": condition.clause,
        "facts": [_fact(library, key, value, lang) for key, value in result.used.items()],
        "thresholds": _thresholds(library, program, condition, lang),
        "missing": list(result.missing),
    }


def _basis(answer: Answer) -> dict[str, Value | NotApplicable]:
    """The facts the results were computed from; none for an ineligible answer, which has no result."""
    found: dict[str, Value | NotApplicable] = {}
    if answer.assessment.outcome is not Outcome.INELIGIBLE:
        for output in answer.assessment.outputs:
            found.update(output_facts(output.trace))
    return found


def _fact(library: Library, key: str, value: Value | NotApplicable, lang: Lang) -> dict[str, Any]:
    return {
        "fact": key,
        "label": label(library, key).text(lang),
        "value": machine(_kind(library, key), value),
        "shown": show(library, key, value, lang),
    }


def missing_json(found: FactLabel, lang: Lang) -> dict[str, Any]:
    """A missing fact: what it is, who can supply it, what to ask."""
    return {
        "fact": found.key,
        "label": found.text(lang),
        "owner": found.owner,
        "owner_name": found.owner_text(lang),
        "ask": found.ask(lang),
    }


def adjustment_json(row: Adjustment) -> dict[str, Any]:
    """What one stacking rule did to one decision."""
    return {
        "stage": int(row.stage),
        "rule": row.rule,
        "measure": row.measure,
        "record": row.record or None,
        "before": machine("money", row.before),
        "after": machine("money", row.after),
        "effect": row.effect,
        "by": row.by or None,
        "provisional": row.provisional,
    }


def _kind(library: Library, key: str) -> str:
    fact = fact_of(library, key)
    return fact.kind if fact else "int"


def _thresholds(library: Library, program: Program, condition: Condition, lang: Lang) -> list[dict[str, Any]]:
    """What a condition compares with: the same for every case, so said once per program.

    Programs live as long as their library; one held here keeps its id from being given to another.
    """
    if len(_SAID) > MANY_PROGRAMS:
        _SAID.clear()
    held, said = _SAID.setdefault(id(program), (program, {}))
    key = (library.hash, condition.id, lang)
    if key not in said:
        said[key] = [_threshold(library, program, use, lang) for use in thresholds(held, condition)]
    return [dict(one) for one in said[key]]


MANY_PROGRAMS = 1000
_SAID: dict[int, tuple[Program, dict[tuple[str, str, Lang], list[dict[str, Any]]]]] = {}


def _threshold(library: Library, program: Program, use: ParamUse, lang: Lang) -> dict[str, Any]:
    return {
        "param": use.name,
        "label": getattr(use, lang),
        "value": show_param(library, program, use, lang),
        "source": use.source,
        "origin": use.origin,
        "place": use.place,
    }


def _blank(library: Library, program: Program, name: str, lang: Lang) -> dict[str, Any]:
    use = next(p for p in program.params if p.name == name)
    zh, en = owner_names(library, use.owner)
    return {
        "param": name,
        "label": getattr(use, lang),
        "unit": use.unit,
        "owner": use.owner,
        "owner_name": zh if lang == "zh" else en,
        "source": use.source,
    }


def _resolved(found: Resolved, lang: Lang) -> dict[str, Any]:
    return {
        "measure": found.measure.id,
        "version": found.measure.hash,
        "title": getattr(found.measure.title, lang),
        "state": found.state,
        "by": found.by.id if found.by else None,
        "why": found.zh if lang == "zh" else found.en,
    }


def _no_record(library: Library, program: Program, lang: Lang) -> dict[str, Any]:
    entity = library.vocabulary.entities.get(program.entity)
    name = getattr(entity, lang) if entity else program.entity
    return {
        "measure": program.measure,
        "version": program.version,
        "title": getattr(library.measure(program.measure, program.at).title, lang),
        "state": "no_record",
        "by": None,
        "why": f"没有「{name}」记录" if lang == "zh" else f"there is no {name} on record",
    }
