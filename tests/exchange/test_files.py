"""Opening files as they come: encodings, separators, spreadsheets, and things that are no table."""

from __future__ import annotations

import csv
import io
import zipfile
from pathlib import Path

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from zhida.exchange import csvfile
from zhida.exchange.files import RawTable, open_table
from zhida.exchange.refusal import FileRefused
from zhida.exchange.workbook import number_text
from zhida.exchange.workspace import open_workspace


def read(path: Path) -> tuple[RawTable, list[tuple[object, ...]]]:
    with open_workspace("test") as space:
        table = open_table(space, path)
        return table, space.con.execute("SELECT * FROM raw ORDER BY _row").fetchall()


def refused(path: Path) -> str:
    with pytest.raises(FileRefused) as error:
        read(path)
    assert error.value.zh
    assert error.value.en
    return error.value.code


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16", "utf-16-le"])
@pytest.mark.parametrize("separator", [",", "\t", ";"])
def test_text_in_any_usual_encoding_and_separator_is_read(zhida_home, tmp_path, encoding, separator):
    path = tmp_path / "x.csv"
    text = separator.join(["名称", "代码"]) + "\r\n" + separator.join(["大峃镇", "1"]) + "\r\n"
    data = text.encode(encoding)
    path.write_bytes(b"\xff\xfe" + data if encoding == "utf-16-le" else data)
    table, rows = read(path)
    assert table.header == ("名称", "代码")
    assert rows == [(2, "大峃镇", "1")]


def test_rows_are_numbered_as_in_a_spreadsheet(zhida_home, tmp_path):
    path = tmp_path / "x.csv"
    path.write_text('a,b\n1,"two\nlines"\n\n,\n3,4\n', encoding="utf-8")
    assert read(path)[1] == [(2, "1", "two\nlines"), (5, "3", "4")]


def test_a_row_with_more_cells_than_the_header_refuses_the_file_with_its_number(zhida_home, tmp_path):
    path = tmp_path / "x.csv"
    path.write_text("a,b\n1,2\n1,2,3\n", encoding="utf-8")
    with pytest.raises(FileRefused, match="row 3"):
        read(path)


def test_short_rows_are_filled_up_and_empty_surplus_cells_are_dropped(zhida_home, tmp_path):
    path = tmp_path / "x.csv"
    path.write_text("a,b,\n1\n1,2,,,\n", encoding="utf-8")
    table, rows = read(path)
    assert table.header == ("a", "b", "")
    assert [tuple(c or "" for c in r[1:]) for r in rows] == [("1", "", ""), ("1", "2", "")]


def test_a_header_with_a_line_break_or_after_blank_rows_is_found(zhida_home, tmp_path):
    path = tmp_path / "x.csv"
    path.write_text(',\n\n"a\n1",b\n1,2\n', encoding="utf-8")
    table, rows = read(path)
    assert table.header == ("a\n1", "b")
    assert rows == [(4, "1", "2")]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty-file"),
        ("代码,名称\n".encode(), "empty-file"),
        (b"a,b\n,\n\n", "empty-file"),
        (b"<html><table><tr><td>1</td></tr></table></html>", "web-page"),
        (b"\xef\xbb\xbf  <!DOCTYPE html>", "web-page"),
        (b"%PDF-1.7", "not-a-table"),
        (b"a,b\n\xff\xff\xff\xff,1\n", "unknown-encoding"),
        (b"a,b\n1\x00,2\n", "unknown-encoding"),
        (b'a,b\n1,"never closed\n2,3\n', "broken-csv"),
        (b"PK\x03\x04 not a zip", "broken-workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 locked", "broken-workbook"),
    ],
)
def test_what_is_no_table_is_refused_and_said_why(zhida_home, tmp_path, content, code):
    path = tmp_path / "x.csv"
    path.write_bytes(content)
    assert refused(path) == code


def test_a_missing_file_and_a_directory_are_refused(zhida_home, tmp_path):
    assert refused(tmp_path / "none.csv") == "no-such-file"
    assert refused(tmp_path) == "no-such-file"


def test_an_archive_that_unpacks_to_too_much_is_not_opened(zhida_home, tmp_path, monkeypatch):
    from zhida.exchange import workbook

    monkeypatch.setattr(workbook, "_MAX_UNPACKED", 1000)
    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 100_000)
    assert refused(path) == "archive-too-large"


def workbook(path: Path, sheets: dict[str, list[tuple[object, ...]]], hidden: str = "") -> Path:
    book = xlsxwriter.Workbook(str(path))
    for name, rows in sheets.items():
        sheet = book.add_worksheet(name)
        if name == hidden:
            sheet.hide()
        for i, row in enumerate(rows):
            for j, value in enumerate(row):
                if value is not None:
                    sheet.write(i, j, value)
    book.close()
    return path


def test_a_workbook_s_rows_keep_their_numbers_and_blank_rows_are_left_out(zhida_home, tmp_path):
    rows = [("名称", "数"), ("甲", 1), (None, None), ("乙", 2.5), ("丙", True)]
    table, found = read(workbook(tmp_path / "x.xlsx", {"一": rows}))
    assert table.rows == 3
    assert found == [(2, "甲", "1"), (4, "乙", "2.5"), (5, "丙", "TRUE")]


def test_a_sheet_that_does_not_start_in_the_first_cell_keeps_its_row_numbers(zhida_home, tmp_path):
    path = tmp_path / "x.xlsx"
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet()
    for j, value in enumerate(("名称", "数")):
        sheet.write(3, j + 2, value)
        sheet.write(5, j + 2, f"v{j}")
    book.close()
    table, found = read(path)
    assert [h for h in table.header if h] == ["名称", "数"]
    assert [(r[0], *[c for c in r[1:] if c]) for r in found] == [(6, "v0", "v1")]


def test_other_sheets_with_data_are_named_and_hidden_ones_are_not_read(zhida_home, tmp_path):
    sheets = {"空": [], "数据": [("a",), (1,)], "另": [("a",), (2,)], "藏": [("a",), (3,)]}
    table, found = read(workbook(tmp_path / "x.xlsx", sheets, hidden="藏"))
    assert table.other_sheets == ("另",)
    assert found == [(2, "1")]


def test_a_formula_is_never_computed_only_its_stored_value_is_read(zhida_home, tmp_path):
    path = tmp_path / "x.xlsx"
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet()
    sheet.write(0, 0, "数")
    sheet.write_formula(1, 0, "=1+1", None, 41)
    book.close()
    assert read(path)[1] == [(2, "41")]


@pytest.mark.parametrize(
    ("number", "text"),
    [(5000.0, "5000"), (1234.5, "1234.5"), (0.1 + 0.2, "0.3"), (330328000012345.0, "330328000012345"),
     (9.13303281456293e17, "9.13303281456293e+17"), (-0.01, "-0.01"), (1e-7, "1e-07")],
)  # fmt: skip
def test_numbers_are_read_with_the_fifteen_digits_a_spreadsheet_holds(number, text):
    assert number_text(number) == text


CELL = st.text(st.characters(codec="utf-8", exclude_characters="\x00", exclude_categories=("Cs",)), max_size=6)


@given(st.lists(st.lists(CELL, min_size=2, max_size=4), min_size=1, max_size=6), st.sampled_from(["\n", "\r\n"]))
@settings(max_examples=60, deadline=None)
def test_the_fast_and_the_exact_reader_agree(tmp_path_factory, zhida_home_session, rows, ending):
    path = tmp_path_factory.mktemp("agree") / "x.csv"
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator=ending).writerows([["h1", "h2", "h3", "h4"], *rows])
    path.write_bytes(out.getvalue().encode())
    columns = ("c0", "c1", "c2", "c3")
    with open_workspace("test") as space:
        fast = csvfile._plain(path) and csvfile._load_fast(space, path, columns, ",")
        quick = space.con.execute("SELECT * FROM raw ORDER BY _row").fetchall() if fast else None
        try:
            csvfile._load_exact(space, path, path, columns, ",")
        except FileRefused:
            return
        exact = space.con.execute("SELECT * FROM raw ORDER BY _row").fetchall()
    plain = [tuple(v or "" if i else v for i, v in enumerate(r)) for r in exact]
    if quick is not None:
        assert [tuple(v or "" if i else v for i, v in enumerate(r)) for r in quick] == plain


@pytest.fixture(scope="module")
def zhida_home_session(tmp_path_factory):
    import os

    before = os.environ.get("ZHIDA_HOME")
    os.environ["ZHIDA_HOME"] = str(tmp_path_factory.mktemp("home"))
    yield
    if before is None:
        del os.environ["ZHIDA_HOME"]
    else:
        os.environ["ZHIDA_HOME"] = before


@given(st.binary(max_size=300))
@settings(max_examples=100, deadline=None)
def test_any_bytes_are_read_or_refused_never_a_crash(tmp_path_factory, zhida_home_session, data):
    path = tmp_path_factory.mktemp("bytes") / "x.csv"
    path.write_bytes(data)
    with open_workspace("test") as space:
        try:
            table = open_table(space, path)
        except FileRefused:
            return
        assert table.rows > 0
