"""The proposed lists: one measure's decisions under the chosen filters, and the same as a workbook."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Count, QuerySet, Sum

from zhida.rules.program import Program
from zhida.screening import make_list, queries
from zhida.screening.listing import public_code
from zhida.screening.models import Decision
from zhida.screening.words import Lang
from zhida.screening.workbook import write_workbook
from zhida.web.read.lists import ListRow, ProposedList
from zhida.web.read.measures import both_ways
from zhida.web.read.overview import MeasureLine, measure_lines
from zhida.web.read.page import SIZE, Page, number
from zhida.web.read.policies import Choice
from zhida.web.read.standing import Standing, standing
from zhida.web.read.values import Speaker, plain
from zhida.web.text import Both, english
from zhida.web.words import OUTCOME

LISTED = ("eligible", "dropped", "eligible_amount_pending", "needs_supplement")
"""Outcomes with rows of their own; those not eligible are only counted."""
ASKED_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Selection:
    """What part of a list is asked for."""

    outcome: str = "eligible"
    town: str = ""
    page: int = 1

    @classmethod
    def asked(cls, query: Mapping[str, str]) -> Selection:
        outcome = query.get("outcome", "")
        return cls(outcome if outcome in LISTED else "eligible", query.get("town", ""), number(query.get("page")))


def index() -> tuple[MeasureLine, ...] | None:
    """Every measure of the last run; None before there is one."""
    now = standing()
    return measure_lines(now.rules, now) if now else None


def proposed(measure_id: str, wanted: Selection) -> ProposedList | None:
    """One measure's list; None when the last run did not decide it."""
    now = standing()
    if now is None or measure_id not in now.run.counts["measures"]:
        return None
    say = Speaker(now.rules)
    measure = now.rules.measure(measure_id, now.as_of)
    tally, amount = now.measure(measure_id)
    assert tally is not None
    pays = any(output.id == "amount" for output in measure.source.outputs)
    rows, total, money = _rows(now, measure_id, wanted)
    why = _Why(now, measure_id, say)
    return ProposedList(
        measure=measure_id,
        title=Both(measure.title.zh, measure.title.en),
        document=say.document(measure.document),
        unit=measure.entity,
        lane=measure.lane,
        pays=pays,
        dated=any(row.date for row in rows) and wanted.outcome != "needs_supplement",
        formula=why.formula(),
        tally=tally,
        amount=amount if pays else None,
        outcomes=tuple(
            Choice(code, OUTCOME[code].label, count, code == wanted.outcome)
            for code, count in tally
            if code in LISTED and (count or code != "dropped")
        ),
        towns=_towns(now, measure_id, wanted, say),
        page=Page(why.lines(rows, wanted.outcome), wanted.page, total),
        total=money if pays else None,
    )


def _chosen(now: Standing, measure: str, outcome: str) -> QuerySet[Decision]:
    """Decisions shown under one outcome; what stacking dropped has a heading of its own."""
    if outcome == "dropped":
        return queries.decisions(now.run, measure, outcomes=("eligible",)).filter(effect="dropped")
    return queries.decisions(now.run, measure, outcomes=(outcome,), stands=outcome == "eligible")


def _rows(now: Standing, measure: str, wanted: Selection) -> tuple[list[Decision], int, int | None]:
    """The page's decisions, how many there are in all, and their money (fen)."""
    found = _chosen(now, measure, wanted.outcome)
    if wanted.town:
        found = found.filter(place=wanted.town)
    totals = found.aggregate(n=Count("id"), amount=Sum("amount_fen"))
    start = (wanted.page - 1) * SIZE
    money = None if totals["amount"] is None or wanted.outcome != "eligible" else int(totals["amount"])
    return list(found[start : start + SIZE]), totals["n"], money


def _towns(now: Standing, measure: str, wanted: Selection, say: Speaker) -> tuple[Choice, ...]:
    grouped = _chosen(now, measure, wanted.outcome).order_by("place").values("place").annotate(n=Count("id"))
    found = {row["place"]: row["n"] for row in grouped if row["place"]}
    if wanted.town:
        found.setdefault(wanted.town, 0)
    return tuple(Choice(place, say.place(place), count, place == wanted.town) for place, count in found.items())


class _Why:
    """Says in one line why a decision came out as it did."""

    def __init__(self, now: Standing, measure: str, say: Speaker) -> None:
        self._say, self._library = say, now.rules
        self._files = queries.files_of(now.run)
        self._program: Program | None = make_list.program_run(self._files, measure)

    def lines(self, rows: list[Decision], outcome: str) -> list[ListRow]:
        """The page's rows with their reasons."""
        basis: dict[tuple[str, str], str] = {}
        if self._program and outcome in ("eligible", "dropped"):
            lang: Lang = "en" if english() else "zh"
            basis = make_list.basis_of(self._files, self._program, rows, lang)
        return [self._line(row, outcome, basis.get((row.subject, row.record), "")) for row in rows]

    def formula(self) -> Both:
        """The main result read back; "" for a measure that only answers yes or no."""
        outputs = self._program.outputs if self._program else ()
        return both_ways(outputs[0].node, self._library) if outputs else Both("")

    def _line(self, row: Decision, outcome: str, basis: str) -> ListRow:
        code = public_code(row.subject)
        return ListRow(
            uscc=row.subject if code == row.subject else "",
            code=code,
            name=row.name,
            record=row.record,
            town=self._say.place(row.place) if row.place else Both("不详", "unknown"),
            outcome=outcome,
            amount=row.amount_fen if outcome == "eligible" else None,
            result=plain(row.date) if row.date and outcome != "needs_supplement" else Both(""),
            why=self._why(row, basis),
            anchor=f"{row.measure}--{row.record}" if row.record else row.measure,
        )

    def _why(self, row: Decision, basis: str) -> Both:
        if row.outcome == "eligible":
            return Both(basis, basis) if basis else Both("条件全部符合", "All conditions met")
        asked = [self._say.fact(key) for key in row.missing]
        if asked:
            more = len(asked) - ASKED_SHOWN
            tail, tail_en = (f" 等 {len(asked)} 项", f" and {more} more") if more > 0 else ("", "")
            zh = "、".join(a.zh for a in asked[:ASKED_SHOWN])
            en = ", ".join(a.en for a in asked[:ASKED_SHOWN])
            return Both(f"缺：{zh}{tail}", f"Missing: {en}{tail_en}")
        blanks = [use for use in self._program.params if use.value is None] if self._program else []
        zh, en = "、".join(use.zh for use in blanks), ", ".join(use.en for use in blanks)
        return Both(f"文件未定：{zh}", f"Left open by the text: {en}")


@dataclass(frozen=True, slots=True)
class Workbook:
    name: str
    content: bytes


def workbook(measure_id: str) -> Workbook | None:
    """The publishable list as an .xlsx file, the same as the command line writes."""
    now = standing()
    if now is None or measure_id not in now.run.counts["measures"]:
        return None
    lang: Lang = "en" if english() else "zh"
    listing = make_list.make_list(now.run, measure_id, lang)
    return Workbook(f"{listing.title} {now.as_of}.xlsx", write_workbook(listing, make_list.list_words(lang)))
