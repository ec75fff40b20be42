"""Every rule text of every measure checked over its whole validity, and said with file and line."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from zhida.catalog.measures import MeasureDef
from zhida.catalog.places import Jurisdictions
from zhida.catalog.problems import CatalogProblem
from zhida.catalog.sources import Item
from zhida.rules import Problem
from zhida.rules import check as check_rule
from zhida.rules.vocabulary import Vocabulary

TEXT_SHOWN = 120


def check_rules(
    measures: Iterable[MeasureDef],
    homes: Mapping[str, Item],
    vocabulary: Vocabulary,
    places: Jurisdictions,
    told: Iterable[CatalogProblem] = (),
) -> list[CatalogProblem]:
    """All author errors in rules, except where ``told`` already says what is wrong with the line."""
    known = {(p.file, p.line) for p in told}
    found: dict[tuple[str, int, str], CatalogProblem] = {}
    for measure in measures:
        if not set(measure.places) <= set(places):
            continue  # the unknown place is reported already
        for problem in check_rule(measure.source, vocabulary, places.ancestors):
            said = _said(measure, homes[measure.file], problem)
            if not problem.text and (said.file, said.line) in known:
                continue
            found.setdefault((said.file, said.line, said.en), said)
    return list(found.values())


def _said(measure: MeasureDef, home: Item, problem: Problem) -> CatalogProblem:
    at = _where(home.file.data, problem.path)
    zh, en = problem.zh, problem.en
    if problem.text:
        shown = _marked(problem)
        zh, en = f"{zh}　〔{shown}〕", f"{en}  [{shown}]"
    return CatalogProblem(measure.file, home.line(*at), problem.code, zh, en)


def _marked(problem: Problem) -> str:
    """The rule text with the part concerned between ⟦ ⟧, cut to a readable length."""
    text, span = problem.text, problem.where
    if span is None:
        return text[:TEXT_SHOWN]
    start = max(0, min(span.start - TEXT_SHOWN // 2, len(text) - TEXT_SHOWN))
    end = min(len(text), start + TEXT_SHOWN)
    part = text[start : span.start] + "⟦" + text[span.start : span.end] + "⟧" + text[span.end : end]
    return ("…" if start else "") + part + ("…" if end < len(text) else "")


def _where(data: Any, path: str) -> tuple[Any, ...]:
    """The YAML path of a rule path such as ``conditions.insured.if`` (lists are named by item id)."""
    at: list[Any] = []
    for step in path.split("."):
        if isinstance(data, list):
            index = next((i for i, e in enumerate(data) if isinstance(e, dict) and e.get("id") == step), None)
            if index is None:
                break
            at.append(index)
            data = data[index]
        elif isinstance(data, dict) and step in data:
            at.append(step)
            data = data[step]
        else:
            break
    return tuple(at)
