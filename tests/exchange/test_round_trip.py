"""What is written into a file comes out of the lake unchanged, whatever the spelling."""

from __future__ import annotations

import csv
import datetime as dt
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from zhida.exchange import headers, reading, rows
from zhida.exchange.effective import stored_columns
from zhida.exchange.feeds import ColumnDef, shipped
from zhida.exchange.files import open_table
from zhida.exchange.messages import MESSAGES
from zhida.exchange.workspace import open_workspace

FEEDS = shipped()
FEED = FEEDS["rent-leases"]


@pytest.fixture(scope="module")
def quiet_home(tmp_path_factory):
    import os

    before = os.environ.get("ZHIDA_HOME")
    os.environ["ZHIDA_HOME"] = str(tmp_path_factory.mktemp("home"))
    yield
    if before is None:
        del os.environ["ZHIDA_HOME"]
    else:
        os.environ["ZHIDA_HOME"] = before


def spell_date(day: dt.date) -> list[str]:
    y, m, d = day.year, day.month, day.day
    return [
        day.isoformat(),
        f"{y}/{m}/{d}",
        f"{y}年{m}月{d}日",
        f"{day:%Y%m%d}",
        f"{y}.{m}.{d}",
        f" {day.isoformat()} 00:00:00",
    ]


def spell_money(fen: int) -> list[str]:
    yuan = Decimal(fen) / 100
    return [
        f"{yuan:.2f}",
        f"{yuan:,.2f}",
        f"￥{yuan:.2f}",
        f"{yuan:.2f}元",
        f"{yuan / 10000:.6f}万元",
        f"{yuan.normalize():f}",
    ]


def spell(column: ColumnDef, value: Any) -> list[str]:
    if value is None:
        return ["", "-", "N/A", "　"]
    if column.type == "date":
        return spell_date(value)
    if column.type == "month":
        return [f"{value:%Y-%m}", f"{value.year}年{value.month}月", f"{value:%Y%m}", f"{value.year}/{value.month}"]
    if column.type == "money":
        return spell_money(value)
    if column.type == "int":
        return [str(value), f"{value:,}", f"{value}.0", f"{value}{column.unit}"]
    if column.type == "bool":
        return ["是", "Y", "1", "true"] if value else ["否", "N", "0", "没有"]
    return [value]


def value_of(column: ColumnDef) -> st.SearchStrategy[Any]:
    if column.name == "uscc":
        return st.sampled_from(["91330328145629301W", "91330328145820034C", "330328000012345"])
    kinds: dict[str, st.SearchStrategy[Any]] = {
        "text": st.sampled_from(["L-1", "L-2", "合同〔2022〕3号"]),
        "date": st.dates(dt.date(1950, 1, 1), dt.date(2099, 12, 31)),
        "month": st.sampled_from([dt.date(2022, 8, 1), dt.date(2022, 9, 1)]),
        "money": st.integers(0, 10_000_000_000),
        "int": st.integers(0, 36),
        "bool": st.booleans(),
        "code": st.sampled_from(["district-soe", "private"]),
    }
    return kinds[column.type] if column.required else st.none() | kinds[column.type]


@st.composite
def a_file(draw: st.DrawFn) -> tuple[list[str], list[list[str]], list[dict[str, Any]]]:
    """Header, cells and the values meant; columns shuffled, some left out, each cell in one of its spellings."""
    optional = [c for c in FEED.columns if not c.required]
    columns = [c for c in FEED.columns if c.required] + draw(st.lists(st.sampled_from(optional), unique=True))
    columns = draw(st.permutations(columns))
    header = [draw(st.sampled_from(c.header)) for c in columns]
    meant = draw(
        st.lists(
            st.fixed_dictionaries({c.name: value_of(c) for c in columns}),
            min_size=1,
            max_size=6,
            unique_by=lambda r: (r["uscc"], r["lease_no"], r["month"]),
        )
    )
    cells = [[draw(st.sampled_from(spell(c, row[c.name]))) for c in columns] for row in meant]
    return header, cells, meant


def write(folder: Path, kind: str, header: list[str], cells: list[list[str]]) -> Path:
    path = folder / f"x.{kind}"
    if kind == "xlsx":
        book = xlsxwriter.Workbook(str(path))
        sheet = book.add_worksheet()
        for i, row in enumerate([header, *cells]):
            for j, value in enumerate(row):
                sheet.write_string(i, j, value)
        book.close()
    else:
        with path.open("w", encoding=kind, newline="") as stream:
            csv.writer(stream).writerows([header, *cells])
    return path


@given(a_file(), st.sampled_from(["utf-8", "gb18030", "utf-8-sig", "xlsx"]))
@settings(max_examples=40, deadline=None)
def test_values_come_out_as_they_were_meant(definitions, tmp_path_factory, quiet_home, made, kind):
    header, cells, meant = made
    path = write(tmp_path_factory.mktemp("trip"), kind, header, cells)
    with open_workspace("test") as space:
        table = open_table(space, path)
        reading.read(space.con, FEED, headers.match(FEED, table.header, FEEDS), definitions.vocabulary)
        names = [c for c, _ in stored_columns(FEED)]
        rows.mark_duplicates(space.con, "typed", FEED.unique, tuple(names), "")
        count = rows.settle(space.con, "typed")
        out = space.root / "out.parquet"
        listed = ", ".join(f'"{n}"' for n in names)
        space.con.execute(
            f"COPY (SELECT {listed}, _row FROM typed SEMI JOIN kept USING (_row)) TO '{out}' (FORMAT parquet)"
        )
        found = duckdb.sql(f"SELECT * FROM '{out}' ORDER BY _row")
        got = [dict(zip(found.columns, r, strict=True)) for r in found.fetchall()]
        problems = space.con.execute("SELECT * FROM findings").fetchall()
    assert problems == []
    assert (count.accepted, count.stored) == (len(meant), len(meant))
    for i, (row, want) in enumerate(zip(got, meant, strict=True)):
        assert row["_row"] == i + 2
        for column in FEED.columns:
            assert row[column.name] == want.get(column.name), column.name
            if column.may_not_apply:
                present = column.name in want
                assert row[f"{column.name}#na"] == ((want[column.name] is None) if present else None)


ODD = st.text(st.characters(codec="utf-8", exclude_characters="\x00\r", exclude_categories=("Cs",)), max_size=12)
CELL = ODD | st.sampled_from(
    ["91330328145629301W", "2022-08", "1", "是", "-5", "1e9", "∞", "９９", "1,2,3", "2022-02-30", "不适用"]
)


@given(st.lists(st.lists(CELL, min_size=16, max_size=16), min_size=1, max_size=8))
@settings(max_examples=60, deadline=None)
def test_every_row_of_any_file_is_counted_exactly_once(definitions, tmp_path_factory, quiet_home, cells):
    header = [c.header[0] for c in FEED.columns]
    path = write(tmp_path_factory.mktemp("odd"), "utf-8", header, cells)
    with open_workspace("test") as space:
        table = open_table(space, path) if any(c.strip() for r in cells for c in r) else None
        if table is None:
            return
        reading.read(space.con, FEED, headers.match(FEED, table.header, FEEDS), definitions.vocabulary)
        rows.mark_duplicates(space.con, "typed", FEED.unique, tuple(c for c, _ in stored_columns(FEED)), "")
        rows.link(space.con, "uscc", "", "SELECT '91330328145629301W' AS uscc")
        count = rows.settle(space.con, "typed")
        bad = {r[0] for r in space.con.execute("SELECT _row FROM findings").fetchall()}
        codes = {r[0] for r in space.con.execute("SELECT code FROM findings").fetchall()}
    assert count.total == table.rows == count.accepted + count.with_findings + count.refused
    assert count.total - count.accepted == len(bad)
    assert codes <= set(MESSAGES)
    assert count.stored <= count.accepted + count.with_findings
