"""A subject's explained decisions as plain data: conditions, values, and where each value came from."""

from __future__ import annotations

from typing import Any

from zhida.exchange.provenance import FactSource
from zhida.screening.case_json import answer_json
from zhida.screening.models import ScreeningRun
from zhida.screening.queries import SubjectDecisions
from zhida.screening.words import Lang, owner_names


def explained_json(found: SubjectDecisions, run: ScreeningRun, lang: Lang) -> dict[str, Any]:
    """The whole explanation; the measures have the shape of a checked case, facts also a ``source``."""
    trace = found.trace
    differences = [
        {
            "measure": d.measure,
            "record": d.record,
            "what": d.what,
            "stored": _text(d.stored),
            "recomputed": _text(d.recomputed),
        }
        for d in found.differences
    ]
    return {
        "subject": trace.subject,
        "name": trace.name,
        "place": trace.place,
        "as_of": run.as_of.isoformat(),
        "run": run.id,
        "catalog": run.catalog_hash,
        "same_as_stored": not differences,
        "differences": differences,
        "measures": [_measure(found, i, lang) for i in range(len(trace.answers))],
        "not_applicable": [
            {
                "measure": r.measure.id,
                "title": getattr(r.measure.title, lang),
                "state": r.state,
                "by": r.by.id if r.by else None,
                "why": r.zh if lang == "zh" else r.en,
            }
            for r in trace.not_applicable
        ],
    }


def _measure(found: SubjectDecisions, index: int, lang: Lang) -> dict[str, Any]:
    answer = found.trace.answers[index]
    data = answer_json(found.library, answer, lang)
    for facts in (data["basis"], *(condition["facts"] for condition in data["conditions"])):
        for fact in facts:
            origin = found.sources.get((answer.record, fact["fact"])) or found.sources.get(("", fact["fact"]))
            fact["source"] = _source(found, origin, lang) if origin else None
    return data


def _source(found: SubjectDecisions, origin: FactSource, lang: Lang) -> dict[str, Any]:
    zh, en = owner_names(found.library, origin.department)
    return {
        "department": origin.department,
        "department_name": zh if lang == "zh" else en,
        "feed": origin.feed,
        "feed_title": origin.feed_title if lang == "zh" else origin.feed_title_en,
        "batch": origin.batch,
        "file": origin.file,
        "row": origin.row,
        "rows": list(origin.rows),
        "period": origin.period,
        "received_at": origin.received_at.isoformat(),
        "stale": origin.stale,
    }


def _text(value: Any) -> str | None:
    return None if value is None else str(value)
