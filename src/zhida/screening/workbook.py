"""Write a listing as an .xlsx file that opens the same everywhere and runs nothing.

Text cells are written as strings, never interpreted (a name like ``=HYPERLINK(...)`` stays text);
amounts are real numbers with two decimals. The same listing gives the same bytes.
"""

from __future__ import annotations

import datetime as dt
import io
from typing import Any

import xlsxwriter
from xlsxwriter.exceptions import XlsxWriterException

from zhida.screening.listing import Listing

_EXACT = 2**53
"""Spreadsheet numbers are doubles; fen beyond this could change a digit, so they are written as text."""


class TooLong(ValueError):
    """More rows than a worksheet holds."""


MAX_ROWS = 1_048_576 - 20


def write_workbook(listing: Listing, words: dict[str, str]) -> bytes:
    """The workbook's bytes. ``words`` are the column heads and labels in the reader's language."""
    if len(listing.rows) > MAX_ROWS:
        raise TooLong(f"{len(listing.rows)} rows; a worksheet holds {MAX_ROWS}")
    buffer = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_numbers": False,
        "strings_to_urls": False,
    }
    book = xlsxwriter.Workbook(buffer, options)
    book.set_properties(
        {
            "title": listing.title,
            "comments": f"run {listing.run}",
            "created": dt.datetime.combine(listing.as_of, dt.time()),  # fixed: same list, same bytes
        }
    )
    _fill(book, listing, words)
    try:
        book.close()
    except XlsxWriterException as error:  # pragma: no cover - the writer found its own file unsound
        raise RuntimeError(str(error)) from error
    return buffer.getvalue()


def _fill(book: Any, listing: Listing, words: dict[str, str]) -> None:
    sheet = book.add_worksheet(words["sheet"])
    bold = book.add_format({"bold": True, "font_size": 14})
    label = book.add_format({"font_color": "#555555"})
    head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
    wrap = book.add_format({"text_wrap": True, "valign": "top"})
    money = book.add_format({"num_format": "#,##0.00", "valign": "top"})
    date = book.add_format({"num_format": "yyyy-mm-dd", "valign": "top", "align": "left"})
    total = book.add_format({"num_format": "#,##0.00", "bold": True, "top": 1})
    sheet.write_string(0, 0, listing.title, bold)
    row = 1
    for key, value in _about(listing, words):
        sheet.write_string(row, 0, words[key], label)
        sheet.write_string(row, 1, value)
        row += 1
    row += 1
    columns = _columns(listing)
    for column, (key, width) in enumerate(columns):
        sheet.set_column(column, column, width)
        sheet.write_string(row, column, words[key], head)
    sheet.freeze_panes(row + 1, 0)
    for item in listing.rows:
        row += 1
        for column, (key, _) in enumerate(columns):
            _cell(sheet, row, column, getattr(item, key), key, {"wrap": wrap, "money": money, "date": date})
    if listing.total is not None:
        sheet.write_string(row + 1, 0, words["total"], total)
        for column, (key, _) in enumerate(columns):
            if key == "amount":
                _money(sheet, row + 1, column, listing.total, total)
    sheet.repeat_rows(row - len(listing.rows))
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)


def _about(listing: Listing, words: dict[str, str]) -> list[tuple[str, str]]:
    about = [("synthetic", words["synthetic_note"])] if listing.synthetic else []
    return [
        *about,
        ("document", listing.document),
        ("clauses", "、".join(listing.clauses)),
        ("authority", listing.authority),
        ("as_of", listing.as_of.isoformat()),
        ("why", "；".join(listing.why)),
        ("standards", "；".join(listing.standards)),
        ("count", str(len(listing.rows))),
        ("run", f"{listing.run} · SHA-256 {listing.manifest_sha256}"),
    ]


def _columns(listing: Listing) -> list[tuple[str, int]]:
    wide = [("number", 6), ("name", 32), ("code", 21), ("town", 14)]
    if any(row.record for row in listing.rows):
        wide.append(("record", 18))
    if listing.total is not None:
        wide.append(("amount", 14))
    if any(row.date for row in listing.rows):
        wide.append(("date", 12))
    if any(row.basis for row in listing.rows):
        wide.append(("basis", 50))
    return [*wide, ("note", 30)]


def _cell(sheet: Any, row: int, column: int, value: Any, key: str, formats: dict[str, Any]) -> None:
    if value is None:
        sheet.write_blank(row, column, None)
    elif key == "amount":
        _money(sheet, row, column, value, formats["money"])
    elif key == "number":
        sheet.write_number(row, column, value)
    elif isinstance(value, dt.date):
        sheet.write_datetime(row, column, dt.datetime.combine(value, dt.time()), formats["date"])
    else:
        sheet.write_string(row, column, value, formats["wrap"])


def _money(sheet: Any, row: int, column: int, fen: int, style: Any) -> None:
    if abs(fen) >= _EXACT:
        from zhida.core.money import format_fen

        sheet.write_string(row, column, format_fen(fen), style)
    else:
        sheet.write_number(row, column, fen / 100, style)
