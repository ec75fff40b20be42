"""Facts no department would send: every code, every unknown, places under different rules."""

from __future__ import annotations

import datetime as dt
import json
import random
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from zhida.catalog import shipped
from zhida.catalog.library import Library
from zhida.rules.vocabulary import SUBJECT, Fact, absent_key, month_key
from zhida.screening.groups import group_places
from zhida.screening.manifest import read_manifest
from zhida.screening.replay import replay_decisions
from zhida.screening.run import Inputs, tables_of, write_run
from zhida.screening.trace import open_run, trace_subject

AS_OF = dt.date(2022, 9, 30)
SUBJECTS = 240
PLACES = ("990101003", "990102", "330328", "411071", "330302", None, "nowhere")
TYPES = {"bool": pa.bool_(), "int": pa.int64(), "money": pa.int64(), "code": pa.string(), "date": pa.date32()}


def value(dice: random.Random, library: Library, fact: Fact) -> Any:
    if dice.random() < 0.08:
        return None
    if fact.kind == "bool":
        return dice.random() < 0.7
    if fact.kind == "code":
        codes = library.vocabulary.code_lists.get(fact.codes or "")
        return dice.choice(sorted(codes.codes)) if codes else None
    if fact.kind == "date":
        return AS_OF + dt.timedelta(days=dice.randrange(-900, 400))
    low, high = fact.lo or 0, fact.hi if fact.hi is not None else 10**6
    return dice.choice([low, high, dice.randint(low, high), min(high, max(low, dice.randint(0, 20))), high // 2])


def table(dice: random.Random, library: Library, entity: str) -> pa.Table:
    """Rows of one entity; about one subject in three has records, of which some have three."""
    count = SUBJECTS if entity == SUBJECT else SUBJECTS // 2
    owners = range(count) if entity == SUBJECT else sorted(dice.randrange(SUBJECTS) for _ in range(count))
    columns: dict[str, Any] = {"_subject": [f"S{i:05d}" for i in owners]}
    if entity == SUBJECT:
        columns["_name"] = [f"店{i}" for i in owners]
        columns["_place"] = [dice.choice(PLACES) for _ in owners]
    else:
        columns["_record"] = [f"R{i:05d}" for i in range(count)]
    for fact in library.vocabulary.facts.values():
        if fact.entity != entity or fact.derive:
            continue
        keys = [fact.key]
        if fact.series:
            keys = [month_key(fact.key, 2020 + m // 12, m % 12 + 1) for m in range(33)]
        for key in keys:
            cells = [value(dice, library, fact) for _ in range(count)]
            if fact.optional:
                absent = [dice.random() < 0.2 for _ in cells]
                cells = [None if gone else cell for gone, cell in zip(absent, cells, strict=True)]
                columns[absent_key(key)] = absent
            columns[key] = pa.array(cells, TYPES[fact.kind])
    if entity == SUBJECT:
        columns["place"] = [None if place == "nowhere" else place for place in columns["_place"]]
    return pa.table(columns)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Inputs]:
    """A run over made-up snapshot tables, and what it was made from."""
    library, dice = shipped(), random.Random(20221122)
    root = tmp_path_factory.mktemp("snapshot")
    paths = {}
    for entity in library.vocabulary.entities:
        paths[entity] = root / f"{entity}.parquet"
        pq.write_table(table(dice, library, entity), paths[entity])
    inputs = Inputs(library, tables_of(paths), "made-up", AS_OF, None)
    run = root / "run"
    run.mkdir()
    with duckdb.connect(str(root / "work.duckdb")) as con:
        write_run(con, inputs, run)
    return run, inputs


def test_every_answer_is_the_interpreters_in_every_place_group(made: tuple[Path, Inputs]) -> None:
    run, inputs = made
    files = open_run(run, inputs.library, inputs.tables)
    outcomes: set[str] = set()
    with duckdb.connect() as con:
        for number in range(SUBJECTS):
            trace = trace_subject(con, files, f"S{number:05d}")
            assert trace.differences == ()
            outcomes.update(str(a.assessment.outcome) for a in trace.answers)
    assert outcomes == {"ineligible", "needs_supplement", "eligible", "eligible_amount_pending"}
    assert len(files.manifest["groups"]) >= 4


def test_every_settled_decision_is_the_interpreters(made: tuple[Path, Inputs]) -> None:
    run, inputs = made
    with duckdb.connect() as con:
        again = replay_decisions(con, open_run(run, inputs.library, inputs.tables))
    assert len(again) == read_manifest(run)["settled"]["rows"] > 300
    assert [r for r in again if not r.same] == []


def test_the_manifest_is_one_canonical_text_of_ints_and_texts(made: tuple[Path, Inputs]) -> None:
    run, _ = made
    raw = (run / "manifest.json").read_bytes()
    data = json.loads(raw, parse_float=pytest.fail)
    again = json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    assert raw == again


def test_places_under_the_same_rules_are_one_group() -> None:
    places = ["990101001", "990101002", "990101", "330328", "330302", "110101", None, "nowhere"]
    groups = group_places(shipped(), places, AS_OF)
    together = {place: group.name for group in groups for place in group.places}
    assert together["990101001"] == together["990101002"] == together["990101"]
    assert together[None] == together["nowhere"]
    assert together["990101"] != together["330328"]
    assert set(together) == set(places)


def test_a_subject_without_a_known_place_is_asked_only_nationwide_measures() -> None:
    library = shipped()
    (group,) = group_places(library, [None], AS_OF)
    nationwide = {m.id for m in library.measures if "" in m.places}
    assert {p.measure for p in group.programs} <= nationwide
    assert group.programs


def test_naming_measures_keeps_only_these() -> None:
    (group,) = group_places(shipped(), ["990101001"], AS_OF, ["stay-job-training-subsidy"])
    assert [p.measure for p in group.programs] == ["stay-job-training-subsidy"]
