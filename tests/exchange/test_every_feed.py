"""Each shipped feed, from a department's file through the command line to facts that name their source."""

from __future__ import annotations

import datetime as dt
from typing import Any

import duckdb
import pytest
from click.testing import CliRunner

from zhida.cli import main
from zhida.exchange import feeds, snapshot
from zhida.exchange.feeds import REGISTRY, ColumnDef
from zhida.exchange.provenance import of as provenance
from zhida.rules.vocabulary import NOT_APPLICABLE, SUBJECT

DAY = dt.date(2022, 9, 30)
SHIPPED = feeds.shipped()
MADE = {"date": "2022-09-01", "month": "2022-09", "quarter": "2022Q3", "text": "NO-1", "bool": "是"}
PROVES = {"employment": "E-3.5.f", "tax-quarterly": "E-3.13.c"}


def cell(column: ColumnDef, uscc: str, definitions: Any) -> str:
    """Any good value for a column."""
    if column.type == "uscc":
        return uscc
    if column.type == "code":
        return next(iter(definitions.vocabulary.code_lists[str(column.codes)].codes))
    return MADE.get(column.type, "1")


def case(name: str) -> Any:
    marks = [pytest.mark.clause(PROVES[name])] if name in PROVES else []
    return pytest.param(name, id=name, marks=marks)


@pytest.mark.parametrize("name", [case(n) for n in SHIPPED if n != REGISTRY])
def test_every_fact_of_a_delivery_is_known_and_names_its_source(desk, name):
    feed, uscc = SHIPPED[name], desk.code(1)
    desk.register(uscc)
    path = desk.csv(
        f"{name}.csv", [[c.label for c in feed.columns], [cell(c, uscc, desk.definitions) for c in feed.columns]]
    )
    result = CliRunner().invoke(main, ["import", "feed", name, str(path), "--json"])
    assert result.exit_code == 0, result.output
    made = snapshot.build(DAY, vocabulary=desk.definitions.vocabulary, feeds=desk.definitions.feeds)
    for column in feed.columns:
        if column.fact is None:
            continue
        fact = desk.definitions.vocabulary.facts[column.fact]
        key = f"{fact.key}@2022-09" if fact.series else fact.key
        record = None if fact.entity == SUBJECT else "NO-1"
        row = duckdb.sql(f"SELECT \"{key}\" FROM '{made.tables[fact.entity]}' WHERE _subject = '{uscc}'").fetchall()
        assert len(row) == 1
        value = row[0][0]
        assert value is not None, key
        source = provenance(made, uscc, record, [key])[key]
        assert (source.value, source.feed, source.row, source.file) == (value, name, 2, f"{name}.csv")
        assert source.department == feed.provider
        assert not source.stale


@pytest.mark.parametrize("name", [n for n, f in SHIPPED.items() if any(c.blank == "not_applicable" for c in f.columns)])
def test_an_empty_cell_that_does_not_apply_is_told_apart_from_an_unknown_one(desk, name):
    feed, uscc = SHIPPED[name], desk.code(1)
    desk.register(uscc)
    values = [cell(c, uscc, desk.definitions) if c.required else "" for c in feed.columns]
    desk.feed(name, desk.csv(f"{name}.csv", [[c.label for c in feed.columns], values]))
    made = snapshot.build(DAY, vocabulary=desk.definitions.vocabulary, feeds=desk.definitions.feeds)
    for column in feed.columns:
        if column.fact is None or column.required:
            continue
        fact = desk.definitions.vocabulary.facts[column.fact]
        if fact.series:
            continue
        columns = f'"{fact.key}"' + (f', "{fact.key}#na"' if fact.optional else "")
        where = f"'{made.tables[fact.entity]}' WHERE _subject = '{uscc}'"
        found = duckdb.sql(f"SELECT {columns} FROM {where}").fetchall()[0]
        absent = column.blank == "not_applicable"
        assert found == ((None, absent) if fact.optional else (None,)), fact.key
        record = None if fact.entity == SUBJECT else "NO-1"
        source = provenance(made, uscc, record, [fact.key]).get(fact.key)
        assert (source is not None and source.value is NOT_APPLICABLE) is absent


@pytest.mark.clause("E-2.3.b", "E-3.1.d")
def test_the_registry_is_built_from_a_file_and_each_subject_can_be_found(desk):
    from zhida.registry import queries

    code = desk.code(7, prefix="92")
    rows = [("主体名称", "统一社会信用代码", "登记状态", "经营场所"), ("老王面馆", code, "开业", "文成县玉壶镇")]
    result = CliRunner().invoke(main, ["import", "registry", str(desk.csv("r.csv", rows)), "--json"])
    assert result.exit_code == 0, result.output
    found = queries.search("老王")[0]
    assert (found.uscc, found.subject_type, found.registry_status, found.place) == (
        code,
        "individual",
        "active",
        "330328107",
    )
