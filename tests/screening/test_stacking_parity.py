"""The set-based stacking and the one-case stacking are the same function."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import duckdb
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhida.screening.stacking import Adjustment, Candidate, Received, StackRule, Stage, State, many, one

MEASURES = ("a", "b", "c", "d")
RECORDS = ("", "1", "2")
Subjects = list[tuple[list[Candidate], list[Received]]]
Pick = Callable[[Any], Any]
YEAR = 2022


class Dice:
    """One way to make cases, fed by Hypothesis (which shrinks) or by a seeded generator (which is fast)."""

    def __init__(self, choice: Pick) -> None:
        self.choice = choice

    def money(self) -> int | None:
        return self.choice((None, 0, 1, 2, 2, 3, 4))  # type: ignore[no-any-return]

    def rules(self) -> tuple[StackRule, ...]:
        return tuple(self.rule(f"r{i}") for i in range(self.choice((1, 1, 2, 3))))

    def rule(self, ident: str) -> StackRule:
        stage = self.choice((Stage.EXCLUSIVE, Stage.EXCLUSIVE, Stage.CAP, Stage.ONCE))
        left = list(MEASURES)
        members = [left.pop(self.choice(range(len(left)))) for _ in range(self.choice((2, 3, 4)))]
        return StackRule(
            id=ident,
            stage=stage,
            members=tuple(members[:1] if stage is Stage.ONCE else members),
            scope=self.choice(("subject", "year", "lease")),
            choose=self.choice(("best", "best", "first")),
            cap=self.choice((None, 0, 1, 3, 5, 8)) if stage is Stage.CAP else None,
        )

    def subject(self) -> tuple[list[Candidate], list[Received]]:
        candidates: dict[tuple[str, str], Candidate] = {}
        for _ in range(self.choice((1, 2, 3, 4, 6))):
            measure, record = self.choice(MEASURES), self.choice(RECORDS)
            state = self.choice((State.ELIGIBLE, State.ELIGIBLE, State.PENDING, State.SUPPLEMENT))
            amount = self.money() if state is State.ELIGIBLE else None
            candidates[measure, record] = Candidate(measure, record, state, amount, self.money())
        had = [
            Received(self.choice(MEASURES), self.choice(RECORDS), self.choice((0, 1, 3)), self.choice((2021, YEAR)))
            for _ in range(self.choice((0, 0, 0, 1, 2)))
        ]
        return list(candidates.values()), had


def fill(con: duckdb.DuckDBPyConnection, table: str, names: tuple[str, ...], rows: list[tuple[Any, ...]]) -> None:
    if rows:
        given_rows = pa.table(dict(zip(names, (list(column) for column in zip(*rows, strict=True)), strict=True)))
        con.register("given_rows", given_rows)
        con.execute(f"INSERT INTO {table} BY NAME SELECT * FROM given_rows")
        con.unregister("given_rows")


def compare(subjects: Subjects, rules: tuple[StackRule, ...]) -> int:
    """Both ways over the same subjects; returns how many adjustments they agreed on."""
    con = duckdb.connect()
    many.prepare(con)
    cand = [
        (f"s{i}", c.measure, c.record, int(c.state), c.amount, c.ceiling, True)
        for i, (candidates, _) in enumerate(subjects)
        for c in candidates
    ]
    past = [(f"s{i}", r.measure, r.record, r.amount, r.year) for i, (_, had) in enumerate(subjects) for r in had]
    fill(con, "cand", ("subject", "measure", "record", "state", "amount", "ceiling", "live"), cand)
    fill(con, "received", ("subject", "measure", "record", "amount", "year"), past)
    many.apply(con, rules, YEAR)
    found: dict[str, list[Adjustment]] = {}
    for subject, stage, *row in con.execute(
        "SELECT * FROM adjustments ORDER BY subject, stage, rule, measure, record"
    ).fetchall():
        found.setdefault(subject, []).append(Adjustment(Stage(stage), *row))
    final: dict[str, dict[tuple[str, str], tuple[bool, int | None]]] = {}
    for subject, measure, record, live, amount in con.execute(
        "SELECT subject, measure, record, live, amount FROM cand"
    ).fetchall():
        final.setdefault(subject, {})[measure, record] = (live, amount)
    for i, (candidates, had) in enumerate(subjects):
        single = one.apply(candidates, rules, had, YEAR)
        assert found.get(f"s{i}", []) == list(single.adjustments), (candidates, had, rules)
        assert final.get(f"s{i}", {}) == single.final, (candidates, had, rules)
    return sum(len(rows) for rows in found.values())


@settings(max_examples=40)
@given(st.data())
def test_stacking_in_sql_equals_stacking_of_one_case(data: st.DataObject) -> None:
    dice = Dice(lambda options: data.draw(st.sampled_from(list(options))))
    compare([dice.subject() for _ in range(3)], dice.rules())


@pytest.mark.parametrize("seed", range(12))
def test_the_same_over_thousands_of_subjects(seed: int) -> None:
    random_ = random.Random(seed)
    dice = Dice(lambda options: random_.choice(options))
    assert compare([dice.subject() for _ in range(1500)], dice.rules()) > 0
