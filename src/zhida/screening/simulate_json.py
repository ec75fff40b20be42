"""A simulation as plain data: amounts as text in 元, names beside codes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from zhida.catalog import golden
from zhida.catalog.library import Library
from zhida.screening.changes import Proposal
from zhida.screening.listing import plain_yuan
from zhida.screening.simulate import Simulation, SubjectEffect, Sums
from zhida.screening.words import Lang, fund_names, place_name


def simulation_json(found: Simulation, library: Library, proposal: Proposal, lang: Lang) -> dict[str, Any]:
    """The whole comparison."""
    return {
        "as_of": found.as_of.isoformat(),
        "snapshot": found.snapshot,
        "catalog_before": library.hash,
        "catalog_after": proposal.library.hash,
        "changes": [{**c.as_json(), "says": c.zh if lang == "zh" else c.en} for c in proposal.changes],
        "notes": _notes(found, proposal, lang),
        "changed": list(found.changed),
        "reached": list(found.reached),
        "measures": [
            {
                "measure": m.measure,
                "sums": _sums(m.sums),
                "into": m.into,
                "out": m.out,
                "more": m.more,
                "less": m.less,
                "undecided_before": m.undecided_before,
                "undecided_after": m.undecided_after,
            }
            for m in found.measures
        ],
        "gaining": found.gaining,
        "losing": found.losing,
        "gainers": [_subject(one) for one in found.gainers],
        "losers": [_subject(one) for one in found.losers],
        "towns": _rows(found.towns, lambda code: place_name(library, code, lang)),
        "industries": _rows(found.industries, lambda code: _industry(library, code, lang)),
        "funds": _rows(found.funds, lambda fund: fund_names(library, fund)[0 if lang == "zh" else 1]),
        "total": _sums(found.total),
    }


def _sums(sums: Sums) -> dict[str, Any]:
    return {
        "decisions_before": sums.decisions_before,
        "decisions_after": sums.decisions_after,
        "amount_before": plain_yuan(sums.amount_before),
        "amount_after": plain_yuan(sums.amount_after),
        "delta": plain_yuan(sums.delta),
    }


def _rows(found: dict[str, Sums], name: Callable[[str], str]) -> list[dict[str, Any]]:
    return [{"id": key, "name": name(key), **_sums(sums)} for key, sums in found.items()]


def _subject(one: SubjectEffect) -> dict[str, Any]:
    return {
        "subject": one.subject,
        "name": one.name,
        "place": one.place,
        "before": plain_yuan(one.before),
        "after": plain_yuan(one.after),
        "delta": plain_yuan(one.after - one.before),
    }


def _industry(library: Library, code: str, lang: Lang) -> str:
    fact = library.vocabulary.facts.get("industry")
    codes = library.vocabulary.code_lists.get(fact.codes or "") if fact else None
    return str(getattr(codes.codes[code], lang)) if codes and code in codes.codes else code


def _notes(found: Simulation, proposal: Proposal, lang: Lang) -> list[str]:
    """What the reader should know: golden cases that no longer hold, measures not in force on the date."""
    notes = []
    changed = [m for m in proposal.library.measures if m.id in found.changed]
    for result in golden.run(proposal.library, changed):
        if not result.passed:
            what = (
                "；".join(d[0] for d in result.differences)
                if lang == "zh"
                else "; ".join(d[1] for d in result.differences)
            )
            zh = f"算例「{result.case.name}」须随改动更新：{what}"
            notes.append(zh if lang == "zh" else f'golden case "{result.case.name}" must follow the change: {what}')
    for problem in proposal.library.problems:
        if problem.code == "no-golden-case" and any(m.file == problem.file for m in changed):
            notes.append(problem.text(lang))
    for measure in changed:
        if not measure.valid_from <= found.as_of <= (measure.valid_until or found.as_of):
            zh = f"「{measure.id}」在 {found.as_of} 不在执行期内"
            notes.append(zh if lang == "zh" else f'"{measure.id}" is not in force on {found.as_of}')
    return notes
