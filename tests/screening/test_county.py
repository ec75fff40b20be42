"""The whole way on a small county: decided, sealed, copied, replayed, explained."""

from __future__ import annotations

import datetime as dt
from typing import Any

import duckdb
import pytest
from django.db import IntegrityError, transaction

from zhida.core.events import Event
from zhida.exchange.workspace import open_workspace
from zhida.rules import Outcome
from zhida.screening import queries
from zhida.screening.models import Decision, ScreeningRun
from zhida.screening.replay import replay_decisions, replay_run
from zhida.screening.run import Inputs, screen
from zhida.screening.seal import FIELDS, seal
from zhida.screening.snapshotsql import parquet
from zhida.screening.trace import trace_subject

AS_OF = dt.date(2022, 9, 30)
pytestmark = pytest.mark.django_db


def test_every_answer_of_every_subject_is_the_interpreters(county: Any) -> None:
    files = queries.files_of(county.run)
    counted: dict[str, dict[str, int]] = {}
    failed: dict[str, dict[str, int]] = {}
    missing: dict[str, dict[str, int]] = {}
    with duckdb.connect() as con:
        codes = con.execute(f"SELECT _subject FROM {parquet(files.tables.paths['subject'])}").fetchall()
        for (code,) in codes:
            trace = trace_subject(con, files, code)
            assert trace.differences == ()
            for answer in trace.answers:
                name, found = answer.program.measure, answer.assessment
                _count(counted, name, str(found.outcome))
                for condition in found.conditions:
                    if condition.value is False:
                        _count(failed, name, condition.id)
                for key in found.missing:
                    _count(missing, name, key)
    assert len(codes) == county.run.subjects == 150
    for name, counts in county.run.counts["measures"].items():
        assert _positive(counts["outcomes"]) == counted.get(name, {})
        assert _positive(counts["failed"]) == failed.get(name, {})
        assert counts["missing"] == missing.get(name, {})


def _count(into: dict[str, dict[str, int]], name: str, key: str) -> None:
    into.setdefault(name, {}).setdefault(key, 0)
    into[name][key] += 1


def _positive(counts: dict[str, int]) -> dict[str, int]:
    return {key: n for key, n in counts.items() if n}


def test_every_stored_decision_replays_to_the_same_seal(county: Any) -> None:
    with duckdb.connect() as con:
        again = replay_decisions(con, queries.files_of(county.run))
    assert len(again) == Decision.objects.filter(run=county.run).count() > 500
    assert [r for r in again if not r.same] == []
    assert {r.seal for r in again} == set(Decision.objects.filter(run=county.run).values_list("seal", flat=True))


def test_the_whole_run_replays_to_the_same_bytes_also_with_one_thread(county: Any) -> None:
    files = queries.files_of(county.run)
    inputs = Inputs(files.library, files.tables, county.run.snapshot, AS_OF, None)
    with open_workspace("test") as work:
        work.con.execute("SET threads = 1")
        assert replay_run(work.con, files, inputs, work.root, county.run.manifest_sha256) == {}


def test_the_same_inputs_are_the_same_run(county: Any) -> None:
    before = (
        ScreeningRun.objects.count(),
        Decision.objects.count(),
        Event.objects.filter(kind="screening.run").count(),
    )
    assert screen(AS_OF).pk == county.run.pk
    after = (ScreeningRun.objects.count(), Decision.objects.count(), Event.objects.filter(kind="screening.run").count())
    assert before == after


def test_a_later_run_leaves_earlier_decisions_as_they_are(county: Any) -> None:
    rows = Decision.objects.filter(run=county.run).order_by("id")
    before = list(rows.values())
    later = screen(dt.date(2022, 10, 31), ["stay-job-training-subsidy"])
    assert later.pk != county.run.pk
    assert later.measures == ["stay-job-training-subsidy"]
    assert list(rows.values()) == before


def test_the_database_holds_exactly_the_settled_decisions(county: Any) -> None:
    root = queries.files_of(county.run).root
    columns = ", ".join(f for f in FIELDS if f != "run")
    with duckdb.connect() as con:
        lake = con.execute(f"SELECT {columns}, seal FROM {parquet(root / 'settled.parquet')} ORDER BY seal").fetchall()
    assert len(lake) == Decision.objects.filter(run=county.run).count()
    by_seal = {d.seal: d for d in Decision.objects.filter(run=county.run)}
    for *values, sealed in lake:
        row = dict(zip((f for f in FIELDS if f != "run"), values, strict=True))
        assert seal({**row, "run": county.run.pk}) == sealed
        kept = by_seal[sealed]
        for field in ("measure", "subject", "record", "outcome", "entitled_fen", "amount_fen", "date", "missing"):
            assert getattr(kept, field) == row[field]


@pytest.mark.parametrize("change", ["update", "delete"])
def test_the_database_refuses_to_change_a_decision(county: Any, change: str) -> None:
    rows = Decision.objects.filter(run=county.run)
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.update(amount_fen=1) if change == "update" else rows.delete()
    with pytest.raises(IntegrityError), transaction.atomic():
        ScreeningRun.objects.filter(pk=county.run.pk).update(subjects=0)


def test_a_negative_or_raised_amount_cannot_be_stored(county: Any) -> None:
    row = Decision.objects.filter(run=county.run, outcome="eligible", amount_fen__gt=0).values().first()
    assert row is not None
    del row["id"]
    for wrong in ({"amount_fen": -1}, {"amount_fen": row["entitled_fen"] + 1}, {"outcome": "ineligible"}, {}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Decision.objects.create(**{**row, **wrong})


def test_counts_add_up(county: Any) -> None:
    counts = county.run.counts
    assert counts["subjects"] == county.run.subjects
    for name, found in counts["measures"].items():
        rows = Decision.objects.filter(run=county.run, measure=name)
        for outcome in Outcome:
            if outcome is not Outcome.INELIGIBLE:
                assert rows.filter(outcome=outcome.value).count() == found["outcomes"][outcome.value]
        assert sum(rows.exclude(amount_fen=None).values_list("amount_fen", flat=True)) == found["amount_fen"]
        assert sum(found["near"].values()) <= found["outcomes"]["ineligible"]
    by_fund = sum(f["amount_fen"] for f in counts["funds"].values())
    assert by_fund == sum(t["amount_fen"] for t in counts["towns"].values())
    assert by_fund == sum(i["amount_fen"] for i in counts["industries"].values())
    assert by_fund == sum(m["amount_fen"] for m in counts["measures"].values())


def test_near_misses_fail_exactly_the_condition_named(county: Any) -> None:
    name = "stay-job-training-subsidy"
    found = queries.near_misses(county.run, name, size=1000)
    near = county.run.counts["measures"][name]["near"]
    assert len(found) == sum(near.values()) > 0
    one = queries.near_misses(county.run, name, found[0].condition, size=1000)
    assert len(one) == near[found[0].condition]
    trace = queries.subject_decisions(county.run, found[0].subject, name, sources=False).trace
    assert [c.id for c in trace.answers[0].assessment.conditions if c.value is False] == [found[0].condition]


def test_pages_of_a_list_are_the_list(county: Any) -> None:
    name = "six-taxes-two-fees-half"
    first = queries.measure_list(county.run, name, size=20)
    rows = [
        row for n in range(1, first.pages + 1) for row in queries.measure_list(county.run, name, size=20, page=n).rows
    ]
    assert len(rows) == first.total == len({row.seal for row in rows})
    assert sum(row.amount_fen or 0 for row in rows) == first.amount_fen
    assert sum(n for _, n, _ in queries.towns(county.run, name, ("eligible",))) == first.total


def test_an_explanation_names_department_feed_batch_and_row(county: Any) -> None:
    row = Decision.objects.filter(run=county.run, measure="stay-job-training-subsidy", outcome="eligible").first()
    assert row is not None
    found = queries.subject_decisions(county.run, row.subject, row.measure)
    (answer,) = found.trace.answers
    used = {key for c in answer.assessment.conditions for key in c.used}
    assert {"insured_staff", "suspended_days", "size", "place"} <= used
    for key in used:
        origin = found.sources["", key]
        assert origin.value == answer.facts[key]
        assert origin.department
        assert origin.batch
    assert found.sources["", "insured_staff"].feed == "social-insurance"
    assert found.sources["", "insured_staff"].row > 1
