# ruff: noqa: S608 — paths are quoted literals, conditions are built from layout numbers, values are bound
"""What pages and commands ask about runs and decisions. Lists come from PostgreSQL, the rest from the lake."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import duckdb
from django.db.models import Count, QuerySet, Sum

from zhida.catalog.library import Library
from zhida.catalog.models import Publication
from zhida.catalog.publishing import of_publication
from zhida.exchange import provenance, snapshot
from zhida.exchange.provenance import FactSource
from zhida.rules.layout import Layout
from zhida.screening.case import output_facts as output_facts
from zhida.screening.manifest import NAME
from zhida.screening.models import Decision, ScreeningRun
from zhida.screening.run import run_dir, tables_of
from zhida.screening.snapshotsql import parquet
from zhida.screening.trace import Difference, RunFiles, SubjectTrace, open_run, trace_subject

ELIGIBLE = Decision.Outcome.ELIGIBLE


class NoRun(LookupError):
    """Nothing has been screened yet, or not for this date."""

    zh = "还没有筛查结果：请先运行 zhida screen --as-of 日期。"
    en = "Nothing has been screened yet: run zhida screen --as-of DATE first."


class LostFiles(RuntimeError):
    """A run's files, snapshot or library are no longer where they were kept."""

    def __init__(self, run: str, what: str) -> None:
        self.zh = f"筛查批次 {run[:12]} 所用的文件不在了（{what}），无法读取。"
        self.en = f"The {what} of run {run[:12]} cannot be found."
        super().__init__(self.en)


def latest_run(as_of: dt.date | None = None, measure: str | None = None) -> ScreeningRun:
    """The newest run (for a date, deciding a measure, when given). Raises NoRun."""
    runs = ScreeningRun.objects.all()
    if as_of is not None:
        runs = runs.filter(as_of=as_of)
    if measure is not None:
        runs = runs.filter(measures__contains=[measure])
    found = runs.order_by("-created_at", "id").first()
    if found is None:
        raise NoRun
    return found


def run_named(text: str) -> ScreeningRun:
    """The run with this id or beginning of an id. Raises NoRun when there is none or more than one."""
    found = list(ScreeningRun.objects.filter(id__startswith=text.strip().lower())[:2]) if text.strip() else []
    if len(found) != 1:
        raise NoRun
    return found[0]


def library_of(run: ScreeningRun) -> Library:
    """The library a run was made with, whatever was published since. Raises LostFiles."""
    publication = Publication.objects.filter(library_hash=run.catalog_hash).order_by("id").first()
    if publication is None:
        raise LostFiles(run.id, "policy packages")
    return of_publication(publication)


def files_of(run: ScreeningRun) -> RunFiles:
    """A run's files, ready to be read (kept in memory: they never change). Raises LostFiles."""
    root = run_dir(run.id)
    if not (root / NAME).is_file():
        raise LostFiles(run.id, str(root))
    return _opened(run, root)


@lru_cache(maxsize=8)
def _opened(run: ScreeningRun, root: Path) -> RunFiles:
    try:
        taken = snapshot.load(run.snapshot)
        return open_run(root, library_of(run), tables_of(taken.tables))
    except OSError as error:
        raise LostFiles(run.id, str(error.filename)) from error


@dataclass(frozen=True, slots=True)
class ListPage:
    """One page of a measure's decisions. total, amount_fen: of the whole selection."""

    rows: tuple[Decision, ...]
    page: int
    pages: int
    total: int
    amount_fen: int | None


def measure_list(
    run: ScreeningRun,
    measure: str,
    *,
    outcomes: Sequence[str] = (ELIGIBLE,),
    place: str | None = None,
    stands: bool = True,
    page: int = 1,
    size: int = 50,
) -> ListPage:
    """Decisions of a measure in list order. stands: leave out what stacking dropped."""
    rows = decisions(run, measure, outcomes=outcomes, place=place, stands=stands)
    totals = rows.aggregate(n=Count("id"), amount=Sum("amount_fen"))
    pages = max(1, -(-totals["n"] // size))
    page = min(max(1, page), pages)
    start = (page - 1) * size
    amount = totals["amount"]
    return ListPage(
        tuple(rows[start : start + size]), page, pages, totals["n"], None if amount is None else int(amount)
    )


def decisions(
    run: ScreeningRun,
    measure: str | None = None,
    *,
    outcomes: Sequence[str] = (),
    place: str | None = None,
    stands: bool = False,
) -> QuerySet[Decision]:
    """Decisions of a run, filtered; ordered by measure, place, subject, record."""
    rows = Decision.objects.filter(run=run)
    if measure is not None:
        rows = rows.filter(measure=measure)
    if outcomes:
        rows = rows.filter(outcome__in=list(outcomes))
    if place is not None:
        rows = rows.filter(place=place)
    if stands:
        rows = rows.exclude(effect="dropped")
    return rows.order_by("measure", "place", "subject", "record")


def towns(run: ScreeningRun, measure: str, outcomes: Sequence[str] = ()) -> list[tuple[str, int, int]]:
    """(place, decisions, amount in fen) of a measure, by place."""
    rows = decisions(run, measure, outcomes=outcomes, stands=True).order_by("place")
    grouped = rows.values("place").annotate(n=Count("id"), amount=Sum("amount_fen"))
    return [(row["place"], row["n"], int(row["amount"] or 0)) for row in grouped]


def subject_rows(run: ScreeningRun, subject: str) -> list[Decision]:
    """The stored decisions of one subject (not the ineligible ones: see ``subject_decisions``)."""
    return list(Decision.objects.filter(run=run, subject=subject).order_by("measure", "record"))


@dataclass(frozen=True, slots=True)
class SubjectDecisions:
    """Every measure's answer for a subject, with the source of every fact read.

    sources: (record, fact key) -> where the value comes from; "" for subject facts.
    differences: where the interpreter disagrees with what was stored, or a fact with its source.
    """

    trace: SubjectTrace
    sources: Mapping[tuple[str, str], FactSource]
    library: Library
    differences: tuple[Difference, ...]


def subject_decisions(
    run: ScreeningRun, subject: str, measure: str | None = None, *, sources: bool = True
) -> SubjectDecisions:
    """Recomputed from the frozen inputs and compared with what was stored. Raises UnknownSubject, LostFiles."""
    files = files_of(run)
    with duckdb.connect() as con:
        trace = trace_subject(con, files, subject, measure)
    found = _sources(run, trace) if sources else {}
    differences = (*trace.differences, *_unlike_source(trace, found))
    return SubjectDecisions(trace, found, files.library, differences)


def _unlike_source(trace: SubjectTrace, sources: Mapping[tuple[str, str], FactSource]) -> list[Difference]:
    """Facts of the snapshot that are not what the batch they are said to come from holds."""
    return [
        Difference(answer.program.measure, record, f"source.{key}", origin.value, answer.facts[key])
        for answer in trace.answers
        for (record, key), origin in sources.items()
        if record in ("", answer.record) and key in answer.facts and answer.facts[key] != origin.value
    ]


def _sources(run: ScreeningRun, trace: SubjectTrace) -> dict[tuple[str, str], FactSource]:
    taken = snapshot.load(run.snapshot)
    wanted: dict[tuple[str, str], set[str]] = {}
    for answer in trace.answers:
        entity = answer.program.entity
        for condition in answer.assessment.conditions:
            for key in condition.used:
                owned = key.startswith(f"{entity}.")
                wanted.setdefault((entity, answer.record) if owned else ("", ""), set()).add(key)
        for output in answer.assessment.outputs:
            for key in output_facts(output.trace):
                owned = key.startswith(f"{entity}.")
                wanted.setdefault((entity, answer.record) if owned else ("", ""), set()).add(key)
    found: dict[tuple[str, str], FactSource] = {}
    for (_, record), keys in wanted.items():
        for key, origin in provenance.of(taken, trace.subject, record or None, keys).items():
            found[record, key] = origin
    return found


@dataclass(frozen=True, slots=True)
class NearMiss:
    """A subject or record that fails exactly one condition of a measure."""

    subject: str
    record: str
    place: str
    condition: str


def near_misses(
    run: ScreeningRun, measure: str, condition: str | None = None, *, page: int = 1, size: int = 50
) -> list[NearMiss]:
    """Near misses of a measure in subject order; condition keeps those failing just that one."""
    files = files_of(run)
    found: list[NearMiss] = []
    with duckdb.connect() as con:
        for wide in files.manifest["wide"]:
            layout = Layout.from_data(wide["layout"])
            for i, laid in enumerate(layout.programs):
                if laid.measure == measure:
                    path = parquet(files.root / wide["file"])
                    found += _near(con, path, layout, i, condition, page * size)
    found.sort(key=lambda near: (near.subject, near.record))
    return found[(page - 1) * size : page * size]


def _near(
    con: duckdb.DuckDBPyConnection, path: str, layout: Layout, index: int, condition: str | None, most: int
) -> list[NearMiss]:
    laid = layout.programs[index]
    masks = layout.mask(index)
    fails = " + ".join(f"bit_count({m} & ~(t{w} | u{w}))" for w, m in enumerate(masks) if m) or "0"
    cases = " ".join(f"WHEN (((t{w} | u{w}) >> {b}) & 1) = 0 THEN {n}" for n, (_, w, b) in enumerate(laid.conditions))
    which = f"CASE {cases} END"
    names = [ident for ident, _, _ in laid.conditions]
    only = f"AND {which} = {names.index(condition)}" if condition in names else ""
    if condition is not None and condition not in names:
        return []
    rows = con.execute(
        f"SELECT _subject, _record, _place, {which} FROM {path} WHERE {fails} = 1 {only} "
        f"ORDER BY _subject, _record LIMIT {int(most)}"
    ).fetchall()
    return [NearMiss(s, r, p or "", names[n]) for s, r, p, n in rows]
