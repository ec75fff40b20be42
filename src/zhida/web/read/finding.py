"""Finding a subject, and putting its page together."""

from __future__ import annotations

from dataclasses import replace

from zhida.catalog import Library
from zhida.registry import queries as registry
from zhida.registry.models import Subject
from zhida.screening import queries as screening
from zhida.screening.listing import public_code
from zhida.screening.trace import UnknownSubject
from zhida.web.read.deciding import Teller
from zhida.web.read.page import Page
from zhida.web.read.standing import Standing, published, standing
from zhida.web.read.subjects import Asked, DecisionLine, Found, Group, Request, SubjectPage
from zhida.web.read.values import Speaker, plain
from zhida.web.text import Both
from zhida.web.words import OUTCOMES

PROFILE = ("subject_type", "size", "industry", "registry_status")


def search(asked: str) -> Page[Found]:
    """Subjects whose code begins with, or whose name contains, what was asked; at most one page."""
    found = list(registry.search(asked, limit=registry.MOST + 1))
    library = published()
    rows = [_found(subject, library) for subject in found[: registry.MOST]]
    return Page(rows, 1, len(found), registry.MOST)


def _found(subject: Subject, library: Library | None) -> Found:
    say = Speaker(library) if library else None
    return Found(
        uscc=subject.uscc,
        code=public_code(subject.uscc),
        name=subject.name,
        place=say.place(subject.place or "") if say and subject.place else Both("地点不详", "place unknown"),
        kind=say.value("subject_type", subject.subject_type) if say else Both(subject.subject_type),
    )


def subject(uscc: str, *, open_all: bool = False) -> SubjectPage | None:
    """Everything decided about a subject in the last run; None when the registry does not know it."""
    try:
        known = registry.subject(uscc)
    except Subject.DoesNotExist:
        return None
    now = standing()
    decided = _decided(now, known.uscc)
    if now is None or decided is None:
        return _bare(known, now)
    say = Speaker(decided.library)
    place = known.place or ""
    teller = Teller(decided, say, place)
    lines = [teller.tell(answer) for answer in decided.trace.answers]
    return SubjectPage(
        code=public_code(known.uscc),
        name=known.name,
        profile=_profile(known, decided, say),
        as_of=now.as_of,
        run=now.run.id,
        amount=sum(line.amount or 0 for line in lines if line.outcome == "eligible"),
        asked=_asked(decided, teller),
        groups=_groups(lines, open_all),
        elsewhere=_elsewhere(decided, lines),
        differs=bool(decided.trace.differences),
    )


def _decided(now: Standing | None, uscc: str) -> screening.SubjectDecisions | None:
    if now is None:
        return None
    try:
        return screening.subject_decisions(now.run, uscc)
    except UnknownSubject:
        return None


def _bare(known: Subject, now: Standing | None) -> SubjectPage:
    """A registered subject the last run did not include (or there is no run)."""
    library = published()
    place = (Both("登记地", "Place"), Speaker(library).near(known.place)) if library and known.place else None
    profile = (place,) if place else ()
    as_of = now.as_of if now else None
    return SubjectPage(
        public_code(known.uscc), known.name, profile, as_of, now.run.id if now else "", 0, (), (), (), False
    )


def _profile(known: Subject, decided: screening.SubjectDecisions, say: Speaker) -> tuple[tuple[Both, Both], ...]:
    """What kind of business it is, as the rules saw it."""
    facts = next((a.facts for a in decided.trace.answers if a.program.entity == "subject"), {})
    lines = [(say.fact(key), say.value(key, facts[key])) for key in PROFILE if key in facts]
    lines.append((Both("登记地", "Place"), say.near(known.place) if known.place else Both("不详", "unknown")))
    if known.established_on:
        lines.append((Both("成立日期", "Established"), plain(known.established_on)))
    return tuple(lines)


def _groups(lines: list[DecisionLine], open_all: bool) -> tuple[Group, ...]:
    """By outcome, most money first; the very first decision is open to show what lies inside."""
    groups = []
    first = True
    for outcome in OUTCOMES:
        mine = sorted((line for line in lines if line.outcome == outcome), key=lambda line: -(line.amount or 0))
        shown = []
        for line in mine:
            shown.append(replace(line, open=open_all or first))
            first = False
        groups.append(Group(outcome, tuple(shown)))
    return tuple(groups)


def _asked(decided: screening.SubjectDecisions, teller: Teller) -> tuple[Asked, ...]:
    """What is missing, once each, by who can supply it."""
    owners: dict[str, dict[str, tuple[Request, list[str]]]] = {}
    for answer in decided.trace.answers:
        title = decided.library.measure(answer.program.measure, answer.program.at).title
        wanted = [(key, *_request(key, teller)) for key in answer.assessment.missing]
        for name in answer.assessment.blank_params:
            use = next((p for p in answer.program.params if p.name == name), None)
            wanted.append((f"param {name}", use.owner if use else "", teller.blank(answer, name)))
        for key, owner, question in wanted:
            request, seen = owners.setdefault(owner, {}).setdefault(key, (Request(question, ()), []))
            if answer.program.measure not in seen:
                seen.append(answer.program.measure)
                named = (*request.measures, Both(title.zh, title.en))
                owners[owner][key] = (replace(request, measures=named), seen)
    return tuple(
        Asked(
            teller.say.department(owner, teller.place) if owner else Both("未指明单位", "No unit named"),
            tuple(request for request, _ in requests.values()),
        )
        for owner, requests in sorted(owners.items(), key=lambda item: -len(item[1]))
    )


def _request(key: str, teller: Teller) -> tuple[str, Both]:
    """Who can supply a fact, and the question to put."""
    base, _, month = key.partition("@")
    fact = teller.library.vocabulary.facts.get(base)
    if fact is None:
        return "", Both(key, key)
    label = teller.say.fact(base)
    question = Both(fact.ask_zh or f"{label.zh}？", fact.ask_en or f"{label.en}?")
    if month:
        when = teller.say.month(key)
        question = Both(f"{when.zh}：{question.zh}", f"{when.en}: {question.en}")
    return fact.owner, question


def _elsewhere(decided: screening.SubjectDecisions, lines: list[DecisionLine]) -> tuple[tuple[Both, Both], ...]:
    """Measures that were not asked: not in force here, or decided per record and there is none."""
    told = [(Both(r.measure.title.zh, r.measure.title.en), Both(r.zh, r.en)) for r in decided.trace.not_applicable]
    done = {line.measure for line in lines} | {r.measure.id for r in decided.trace.not_applicable}
    for measure in decided.library.measures:
        if measure.id in done:
            continue
        done.add(measure.id)
        entity = decided.library.entities.get(measure.entity)
        noun = Both(entity.zh, entity.en) if entity else Both(measure.entity)
        none = Both(f"没有{noun.zh}记录", f"there is no record of a {noun.en}")
        told.append((Both(measure.title.zh, measure.title.en), none))
    return tuple(told)
