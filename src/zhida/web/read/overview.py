"""What the first page shows: one screening run at a glance."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from zhida.catalog import Library, MeasureDef
from zhida.exchange import queries as exchange
from zhida.web.read.imports import line as batch_line
from zhida.web.read.measures import program_of
from zhida.web.read.standing import Standing, standing
from zhida.web.read.tally import Tally, share
from zhida.web.read.values import Speaker
from zhida.web.text import Both

TOP, MOST_SHOWN = 10, 6


@dataclass(frozen=True, slots=True)
class MeasureLine:
    """One measure's outcome counts and the money proposed under it (fen; None when it pays no money)."""

    id: str
    title: Both
    document: Both
    lane: str
    unit: str
    tally: Tally
    amount: int | None


@dataclass(frozen=True, slots=True)
class FundLine:
    """Money proposed out of one fund (fen), how many decisions draw on it, and its share of all."""

    name: Both
    amount: int
    decisions: int
    share: str


@dataclass(frozen=True, slots=True)
class GapLine:
    """One fact that is missing somewhere: for how many decisions it could still change the outcome."""

    name: Both
    decisions: int
    share: str


@dataclass(frozen=True, slots=True)
class GapOwner:
    """A department and the facts it could supply."""

    name: Both
    decisions: int
    facts: tuple[GapLine, ...]


@dataclass(frozen=True, slots=True)
class NearMiss:
    """Decisions that fail exactly one condition of a measure."""

    measure: str
    title: Both
    condition: Both
    decisions: int


@dataclass(frozen=True, slots=True)
class ImportLine:
    """What came in: one source and its last accepted batch."""

    id: str
    name: Both
    accepted: int
    refused: int
    findings: int
    received: dt.datetime


@dataclass(frozen=True, slots=True)
class Overview:
    place: Both
    as_of: dt.date
    run: str
    finished: dt.datetime
    subjects: int
    benefiting: int
    amount: int
    tally: Tally
    measures: tuple[MeasureLine, ...]
    funds: tuple[FundLine, ...]
    gaps: tuple[GapOwner, ...]
    near: tuple[NearMiss, ...]
    imports: tuple[ImportLine, ...]
    sources: int

    @property
    def top(self) -> tuple[MeasureLine, ...]:
        """The measures that give most; the rest are a page away."""
        return self.measures[:TOP]


def overview() -> Overview | None:
    """The last run at a glance; None before there is one."""
    now = standing()
    if now is None:
        return None
    library = now.rules
    say, counts = Speaker(library), now.run.counts
    measures = measure_lines(library, now)
    imports = _imports(library)
    return Overview(
        place=say.path(now.code),
        as_of=now.as_of,
        run=now.run.id,
        finished=now.run.created_at,
        subjects=counts["subjects"],
        benefiting=counts["benefiting"],
        amount=sum(fund["amount_fen"] for fund in counts["funds"].values()),
        tally=sum((m.tally for m in measures), Tally()),
        measures=measures,
        funds=_funds(counts["funds"], say),
        gaps=_gaps(library, now, say),
        near=_near(library, now),
        imports=imports[:MOST_SHOWN],
        sources=len(imports),
    )


def measure_lines(library: Library, now: Standing) -> tuple[MeasureLine, ...]:
    """Every measure of the run, the ones that give most first."""
    say = Speaker(library)
    lines = (
        _line(library.measure(ident, now.as_of), counts, say) for ident, counts in now.run.counts["measures"].items()
    )
    return tuple(sorted(lines, key=lambda line: (-(line.amount or 0), -line.tally.eligible, line.id)))


def _line(measure: MeasureDef, counts: dict[str, Any], say: Speaker) -> MeasureLine:
    pays = any(output.id == "amount" for output in measure.source.outputs)
    return MeasureLine(
        id=measure.id,
        title=Both(measure.title.zh, measure.title.en),
        document=say.document(measure.document),
        lane=measure.lane,
        unit=measure.entity,
        tally=Tally.of(counts),
        amount=counts["amount_fen"] if pays else None,
    )


def _funds(funds: dict[str, Any], say: Speaker) -> tuple[FundLine, ...]:
    whole = sum(fund["amount_fen"] for fund in funds.values())
    lines = (
        FundLine(
            say.fund(ident) or Both("不动用资金（缓缴等）", "No fund is drawn on (deferrals)"),
            f["amount_fen"],
            f["decisions"],
            share(f["amount_fen"], whole),
        )
        for ident, f in funds.items()
    )
    return tuple(sorted((line for line in lines if line.amount), key=lambda line: -line.amount))


def _gaps(library: Library, now: Standing, say: Speaker) -> tuple[GapOwner, ...]:
    """Departments by how many decisions wait for them, each with its facts; blank parameters included."""
    owners: dict[str, list[tuple[Both, int]]] = {}
    waiting: dict[str, int] = {}
    for owner, found in now.run.counts["owners"].items():
        waiting[owner] = found["decisions"]
        owners[owner] = [(say.fact(key), count) for key, count in found["facts"].items()]
    for owner, name, count in _blanks(library, now):
        waiting[owner] = waiting.get(owner, 0) + count
        owners.setdefault(owner, []).append((name, count))
    most = max((count for facts in owners.values() for _, count in facts), default=0)
    return tuple(
        GapOwner(
            say.department(owner, now.code) if owner else Both("未指明单位", "No unit named"),
            waiting[owner],
            tuple(
                GapLine(name, count, share(count, most))
                for name, count in sorted(owners[owner], key=lambda fact: -fact[1])[:MOST_SHOWN]
            ),
        )
        for owner in sorted(owners, key=lambda owner: -waiting[owner])[:MOST_SHOWN]
    )


def _blanks(library: Library, now: Standing) -> Iterator[tuple[str, Both, int]]:
    """(owner, parameter, decisions) for parameters the text leaves blank and some decision waits for."""
    for ident, counts in now.run.counts["measures"].items():
        pending = counts["outcomes"]["eligible_amount_pending"]
        program = program_of(library, library.measure(ident, now.as_of), now.code, now.as_of) if pending else None
        for use in program.params if program else ():
            if use.value is None:
                yield use.owner, Both(f"{use.zh}（文件未定）", f"{use.en} (left open by the text)"), pending


def _near(library: Library, now: Standing) -> tuple[NearMiss, ...]:
    found = []
    for ident, counts in now.run.counts["measures"].items():
        measure = library.measure(ident, now.as_of)
        words = {c.id: Both(c.zh, c.en) for c in measure.source.conditions}
        found += [
            NearMiss(ident, Both(measure.title.zh, measure.title.en), words[condition], count)
            for condition, count in counts["near"].items()
            if count and condition in words
        ]
    return tuple(sorted(found, key=lambda miss: -miss.decisions)[:MOST_SHOWN])


def _imports(library: Library) -> tuple[ImportLine, ...]:
    """The newest committed batch of each source, those with most refused or doubtful rows first."""
    newest: dict[str, ImportLine] = {}
    for batch in exchange.batches():
        if batch.feed not in newest:
            b = batch_line(batch, library)
            newest[batch.feed] = ImportLine(b.id, b.source, b.rows - b.refused, b.refused, b.with_findings, b.received)
    return tuple(sorted(newest.values(), key=lambda line: (-line.refused, -line.findings)))
