"""The synthetic county: the same seed gives the same files, and they are what they claim to be."""

import hashlib
from pathlib import Path

import numpy as np
import pyarrow.csv as csv
import pytest
from stdnum.cn import uscc

from zhida.catalog import shipped
from zhida.exchange.definitions import of_library
from zhida.synthetic import demo, population
from zhida.synthetic.columns import heading
from zhida.synthetic.record_facts import record_facts
from zhida.synthetic.subject_facts import subject_facts


@pytest.fixture(scope="module")
def definitions():
    return of_library(shipped())


@pytest.fixture(scope="module")
def county(definitions, tmp_path_factory):
    return demo.write(tmp_path_factory.mktemp("county"), definitions, subjects=3_000, seed=11)


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_the_same_seed_gives_the_same_bytes(definitions, county, tmp_path):
    again = demo.write(tmp_path, definitions, subjects=3_000, seed=11)
    assert {k: _digest(p) for k, p in again.items()} == {k: _digest(p) for k, p in county.items()}


def test_another_seed_gives_another_county(definitions, county, tmp_path):
    other = demo.write(tmp_path, definitions, subjects=3_000, seed=12)
    assert all(_digest(other[name]) != _digest(county[name]) for name in county)


def test_every_feed_of_the_catalog_gets_a_file_under_its_own_headers(definitions, county):
    assert set(county) == set(definitions.feeds)
    for name, path in county.items():
        known = {heading(c) for c in definitions.feeds[name].columns}
        assert set(csv.read_csv(path).column_names) <= known, name


def test_codes_are_valid_and_distinct_but_for_the_faults_left_on_purpose(county):
    codes = csv.read_csv(county["registry"]).column("统一社会信用代码").to_pylist()
    assert len(set(codes)) == len(codes) == 3_000
    wrong = sum(not uscc.is_valid(code) for code in codes)
    assert wrong <= 3_000 * 0.01
    assert all(code[2:8] == "990101" for code in codes)


def test_every_fact_keeps_within_the_limits_of_the_vocabulary(definitions):
    facts = definitions.vocabulary.facts
    (people,) = population.populations(5_000, 3)
    columns = subject_facts(people)
    for records in record_facts(people).values():
        columns |= records.facts
    for name, column in columns.items():
        fact = facts[name.split("@")[0]]
        if fact.kind in ("int", "money"):
            values = column.values.drop_null().to_numpy()
            assert len(values) == 0 or (values.min() >= fact.lo and values.max() <= fact.hi), name
        if fact.kind == "code":
            allowed = definitions.vocabulary.code_lists[fact.codes].codes
            assert set(column.values.drop_null().unique().to_pylist()) <= set(allowed), name
        if column.absent is not None:
            assert fact.optional, name


def test_a_chunk_does_not_depend_on_how_many_follow(monkeypatch):
    monkeypatch.setattr(population, "CHUNK", 500)
    alone, (first, second) = next(population.populations(500, 5)), population.populations(1_000, 5)
    assert np.array_equal(alone.trade, first.trade)
    assert alone.uscc.equals(first.uscc)
    assert not set(first.uscc.to_pylist()) & set(second.uscc.to_pylist())
