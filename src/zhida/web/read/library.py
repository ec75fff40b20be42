"""The policy library page: filters over the published measures, and one measure put together."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.utils import timezone

from zhida.catalog import Library, MeasureDef
from zhida.web.read import measures as read
from zhida.web.read.examples import examples
from zhida.web.read.policies import Choice, Policy, PolicyCard
from zhida.web.read.standing import Standing, published, standing
from zhida.web.read.values import Speaker
from zhida.web.text import Both
from zhida.web.words import KIND, LANE, LANE_MEANS, UNIT

FILTERS = ("document", "kind", "lane", "unit")
LABELS = {
    "document": Both("文件", "Document"),
    "kind": Both("类别", "Kind"),
    "lane": Both("办理方式", "How it is delivered"),
    "unit": Both("判断单位", "Decided per"),
}


@dataclass(frozen=True, slots=True)
class Filters:
    """What is asked for; "" and None mean anything."""

    q: str = ""
    at: dt.date | None = None
    chosen: tuple[tuple[str, str], ...] = ()

    @classmethod
    def asked(cls, query: Mapping[str, str]) -> Filters:
        chosen = tuple((name, query[name]) for name in FILTERS if query.get(name))
        return cls(query.get("q", "").strip(), _date(query.get("at", "")), chosen)


@dataclass(frozen=True, slots=True)
class Select:
    name: str
    label: Both
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class LibraryPage:
    filters: Filters
    selects: tuple[Select, ...]
    cards: tuple[PolicyCard, ...]


def _date(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None


def library_page(query: Mapping[str, str]) -> LibraryPage | None:
    """The measures asked for; None while nothing is published."""
    library = published()
    if library is None:
        return None
    filters, now, say = Filters.asked(query), standing(), Speaker(library)
    at = filters.at or (now.as_of if now else timezone.localdate())
    found = [m for m in _at(library, now, at) if filters.at is None or m[1] in ("in_force", "not_here", "superseded")]
    matching = [m for m in found if _answers(m[0], filters, say)]
    cards = tuple(read.card(measure, say, state, why) for measure, state, why in matching)
    return LibraryPage(filters, _selects([m[0] for m in found], filters, say), cards)


def _at(library: Library, now: Standing | None, at: dt.date) -> list[tuple[MeasureDef, str, Both]]:
    """One version of each measure, the one in force if there is one, with how it stands and why."""
    best: dict[str, tuple[MeasureDef, str, Both]] = {}
    for r in library.resolution(now.code if now else "", at):
        known = best.get(r.measure.id)
        if known is None or (known[1] != "in_force" and _fits(r.state) > _fits(known[1])):
            best[r.measure.id] = (r.measure, r.state, Both(r.zh, r.en))
    return sorted(best.values(), key=lambda found: -_fits(found[1]))


def _fits(state: str) -> int:
    return ("not_here", "not_yet", "expired", "superseded", "in_force").index(state)


def _value(measure: MeasureDef, name: str) -> str:
    return measure.entity if name == "unit" else str(getattr(measure, name))


def _answers(measure: MeasureDef, filters: Filters, say: Speaker) -> bool:
    if any(_value(measure, name) != value for name, value in filters.chosen):
        return False
    words = filters.q.casefold().split()
    document = say.document(measure.document)
    text = " ".join(
        (
            measure.id,
            measure.title.zh,
            measure.title.en,
            measure.summary.zh,
            measure.summary.en,
            document.zh,
            document.en,
            *measure.clauses,
        )
    ).casefold()
    return all(word in text for word in words)


def _selects(found: list[MeasureDef], filters: Filters, say: Speaker) -> tuple[Select, ...]:
    label: dict[str, Callable[[str], Both]] = {
        "document": say.document,
        "kind": lambda code: KIND.get(code, Both(code)),
        "lane": lambda code: LANE.get(code, Both(code)),
        "unit": lambda code: UNIT.get(code, Both(code)),
    }
    chosen = dict(filters.chosen)
    return tuple(
        Select(
            name,
            LABELS[name],
            tuple(
                Choice(value, label[name](value), count, chosen.get(name) == value)
                for value, count in sorted(Counter(_value(m, name) for m in found).items())
            ),
        )
        for name in FILTERS
    )


def policy(measure_id: str) -> Policy | None:
    """One measure in full; None when the published library does not have it."""
    library = published()
    if library is None:
        return None
    now, say = standing(), Speaker(library)
    at = now.as_of if now else timezone.localdate()
    found = next((m for m in _at(library, now, at) if m[0].id == measure_id), None)
    if found is None:
        return None
    measure, state, why = found
    program = read.program_of(library, measure, now.code if now else "", at)
    authored = {c.id for c in measure.source.conditions}
    document = library.documents.get(measure.document)
    tally, amount = now.measure(measure_id) if now else (None, None)
    return Policy(
        card=read.card(measure, say, state, why),
        number=document.number if document else "",
        clauses=measure.clauses,
        lane_means=LANE_MEANS.get(measure.lane, Both("")),
        fund=say.fund(measure.fund),
        stacking=read.stacking(measure, library),
        places=tuple(say.path(place) for place in measure.places),
        who=tuple(say.who(alternative) for alternative in measure.source.who),
        conditions=tuple(c for c in read.conditions(program, library) if c.id in authored) if program else (),
        results=read.results(program, library) if program else (),
        params=read.params(measure, say),
        examples=examples(measure, program, say),
        materials=read.materials(measure),
        version=measure.hash,
        file=measure.file,
        tally=tally,
        amount=amount,
    )
