"""The set-based stacking and the one-case stacking are the same function."""

from __future__ import annotations

import duckdb
from hypothesis import given, settings
from hypothesis import strategies as st

from zhida.screening.stacking import Adjustment, Candidate, Received, StackRule, Stage, State, many, one

MEASURES = ("a", "b", "c", "d")
RECORDS = ("", "1", "2")
money = st.integers(0, 5) | st.none()


@st.composite
def rules(draw: st.DrawFn) -> tuple[StackRule, ...]:
    found = []
    for i in range(draw(st.integers(1, 4))):
        stage = draw(st.sampled_from([Stage.EXCLUSIVE, Stage.CAP, Stage.ONCE]))
        members = tuple(draw(st.permutations(MEASURES))[: 1 if stage is Stage.ONCE else draw(st.integers(1, 4))])
        found.append(
            StackRule(
                id=f"r{i}",
                stage=stage,
                members=members,
                scope=draw(st.sampled_from(["subject", "year", "lease"])),
                choose=draw(st.sampled_from(["best", "first"])),
                cap=draw(st.none() | st.integers(0, 9)) if stage is Stage.CAP else None,
            )
        )
    return tuple(found)


@st.composite
def subject(draw: st.DrawFn) -> tuple[list[Candidate], list[Received]]:
    keys = draw(st.lists(st.tuples(st.sampled_from(MEASURES), st.sampled_from(RECORDS)), unique=True, max_size=8))
    candidates = []
    for measure, record in keys:
        state = draw(st.sampled_from(list(State)))
        amount = draw(money) if state is State.ELIGIBLE else None
        candidates.append(Candidate(measure, record, state, amount, draw(money)))
    had = draw(
        st.lists(
            st.builds(
                Received,
                st.sampled_from(MEASURES),
                st.sampled_from(RECORDS),
                st.integers(0, 4),
                st.sampled_from([2021, 2022]),
            ),
            max_size=2,
        )
    )
    return candidates, had


def set_based(
    subjects: list[tuple[list[Candidate], list[Received]]], stack: tuple[StackRule, ...]
) -> tuple[list[tuple[str, Adjustment]], dict[tuple[str, str, str], tuple[bool, int | None]]]:
    connection = duckdb.connect()
    many.prepare(connection)
    cand = [
        (f"s{i}", c.measure, c.record, int(c.state), c.amount, c.ceiling, True)
        for i, (candidates, _) in enumerate(subjects)
        for c in candidates
    ]
    past = [(f"s{i}", r.measure, r.record, r.amount, r.year) for i, (_, had) in enumerate(subjects) for r in had]
    for table, rows in (("cand", cand), ("received", past)):
        if rows:
            connection.executemany(f"INSERT INTO {table} VALUES ({', '.join('?' * len(rows[0]))})", rows)
    many.apply(connection, stack, 2022)
    rows = connection.execute("SELECT * FROM adjustments ORDER BY subject, stage, rule, measure, record").fetchall()
    final = connection.execute("SELECT subject, measure, record, live, amount FROM cand").fetchall()
    return (
        [(row[0], Adjustment(Stage(row[1]), *row[2:])) for row in rows],
        {(s, m, r): (live, amount) for s, m, r, live, amount in final},
    )


@settings(max_examples=80, deadline=None)
@given(st.lists(subject(), min_size=1, max_size=10), rules())
def test_stacking_in_sql_equals_stacking_of_one_case(
    subjects: list[tuple[list[Candidate], list[Received]]], stack: tuple[StackRule, ...]
) -> None:
    rows, final = set_based(subjects, stack)
    for i, (candidates, had) in enumerate(subjects):
        single = one.apply(candidates, stack, had, 2022)
        assert [row for name, row in rows if name == f"s{i}"] == list(single.adjustments)
        assert {key[1:]: value for key, value in final.items() if key[0] == f"s{i}"} == single.final
