"""The list as a workbook: real numbers, harmless text, the same bytes every time."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from dataclasses import replace

import openpyxl
import pytest

from zhida.screening.listing import Listing, ListRow, public_code
from zhida.screening.make_list import list_words
from zhida.screening.workbook import write_workbook

NASTY = ('=HYPERLINK("http://x","y")', "+1+1", "-2", "@SUM(A1)", "http://example.com", "00123", "1e5")


def listing(*names: str) -> Listing:
    rows = tuple(
        ListRow(i, name, "913303280000000000", "", "大峃镇", 123_456_789 + i, None, "参保职工人数 12 人", "", "ab")
        for i, name in enumerate(names, 1)
    )
    return Listing(
        measure="m",
        title="留工补助",
        document="助企纾困三十条（示范〔2022〕1号）",
        clauses=("D-10.a",),
        authority="人力资源和社会保障局",
        as_of=dt.date(2022, 9, 30),
        run="c6b3",
        manifest_sha256="00ff",
        catalog_hash="aa",
        why=("有参保职工（D-10.a）",),
        standards=("每名参保职工补助 = 500.00 元/人",),
        synthetic=False,
        rows=rows,
        total=sum(row.amount or 0 for row in rows),
    )


def cells(content: bytes) -> list[tuple[object, ...]]:
    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    assert sheet is not None
    return [tuple(cell.value for cell in row) for row in sheet.iter_rows()]


def test_names_that_look_like_formulas_stay_text() -> None:
    content = write_workbook(listing(*NASTY), list_words("zh"))
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        sheet = parts.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet
    assert "hyperlink" not in sheet
    names = [row[1] for row in cells(content)[-len(NASTY) - 1 : -1]]
    assert names == list(NASTY)


def test_amounts_are_numbers_and_add_up() -> None:
    rows = cells(write_workbook(listing("甲", "乙"), list_words("zh")))
    head = next(i for i, row in enumerate(rows) if row[0] == "序号")
    column = rows[head].index("金额（元）")
    assert [row[column] for row in rows[head + 1 :]] == [1234567.90, 1234567.91, 2469135.81]


def test_the_heading_names_document_clauses_date_and_run() -> None:
    rows = cells(write_workbook(listing("甲"), list_words("zh")))
    text = " ".join(str(value) for row in rows for value in row if value is not None)
    for part in ("留工补助", "示范〔2022〕1号", "D-10.a", "2022-09-30", "c6b3", "00ff", "有参保职工"):
        assert part in text


def test_the_same_list_gives_the_same_bytes() -> None:
    assert write_workbook(listing("甲"), list_words("zh")) == write_workbook(listing("甲"), list_words("zh"))


def test_a_list_of_made_up_subjects_says_so() -> None:
    rows = cells(write_workbook(replace(listing("甲"), synthetic=True), list_words("zh")))
    assert rows[1][1] == "本名单由合成数据生成，不对应任何真实主体"


@pytest.mark.parametrize(
    ("code", "shown"),
    [
        ("91330328MA0000001A", None),
        ("330328199001011234", "330***********1234"),
        ("33032861234567", "330*******4567"),
        ("1234567", "*******"),
    ],
)
def test_only_registration_codes_are_shown_whole(code: str, shown: str | None) -> None:
    if shown is None:
        from stdnum.cn import uscc

        code = code[:-1] + uscc.calc_check_digit(code[:-1] + "0")
        shown = code
    assert public_code(code) == shown
