"""Reading Excel workbooks (xlsx, xls) through calamine: values only, nothing executes."""

from __future__ import annotations

import datetime as dt
import zipfile
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa
from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetVisibleEnum

from zhida.exchange.files import RawTable, empty_file
from zhida.exchange.refusal import FileRefused
from zhida.exchange.workspace import Workspace

_CHUNK_ROWS = 50_000
_MAX_UNPACKED = 4 * 2**30


def load(space: Workspace, path: Path, choose: Callable[[list[tuple[str, ...]]], int]) -> RawTable:
    """Load the chosen visible sheet into ``raw``. Raises FileRefused for broken or locked workbooks."""
    _guard_archive(path)
    try:
        with CalamineWorkbook.from_path(str(path)) as book:
            return _load_sheet(space, path, book, choose)
    except (CalamineError, OSError, ValueError, zipfile.BadZipFile) as error:
        raise FileRefused(
            "broken-workbook",
            f"“{path.name}”无法打开（可能加密或损坏：{error}），请另存为不加密的 xlsx。",
            f"“{path.name}” cannot be opened (locked or damaged: {error}); save it as an xlsx without password.",
        ) from None


def _guard_archive(path: Path) -> None:
    if not zipfile.is_zipfile(path):
        return
    with zipfile.ZipFile(path) as archive:
        unpacked = sum(item.file_size for item in archive.infolist())
    if unpacked > _MAX_UNPACKED:
        raise FileRefused(
            "archive-too-large",
            f"“{path.name}”展开后超过 {_MAX_UNPACKED // 2**30} GB，拒绝打开。",
            f"“{path.name}” unpacks to more than {_MAX_UNPACKED // 2**30} GB; it was not opened.",
        )


def _load_sheet(
    space: Workspace, path: Path, book: CalamineWorkbook, choose: Callable[[list[tuple[str, ...]]], int]
) -> RawTable:
    visible = [m.name for m in book.sheets_metadata if m.visible == SheetVisibleEnum.Visible]
    names = [n for n in visible if book.get_sheet_by_name(n).height > 0]
    if not names:
        raise empty_file(path)
    sheets = {n: book.get_sheet_by_name(n) for n in names}
    headers = [_header(s) for s in sheets.values()]
    picked = choose(headers)
    others = tuple(n for i, n in enumerate(names) if i != picked)
    return _fill(space, sheets[names[picked]], headers[picked], others)


def _numbered(sheet: CalamineSheet) -> Iterator[tuple[int, list[str]]]:
    """Rows with content and their numbers as a person sees them (calamine yields leading blank rows too)."""
    for number, row in enumerate(sheet.iter_rows(), start=1):
        cells = [cell_text(v) for v in row]
        if any(c.strip() for c in cells):
            yield number, cells


def _header(sheet: CalamineSheet) -> tuple[str, ...]:
    return tuple(next((cells for _, cells in _numbered(sheet)), []))


def _fill(space: Workspace, sheet: CalamineSheet, header: tuple[str, ...], others: tuple[str, ...]) -> RawTable:
    columns = tuple(f"c{i}" for i in range(len(header)))
    spec = "".join(f", {c} VARCHAR" for c in columns)
    space.con.execute("DROP TABLE IF EXISTS raw")
    space.con.execute(f"CREATE TABLE raw (_row INTEGER{spec})")
    rows = _numbered(sheet)
    next(rows, None)
    total = 0
    while chunk := list(islice(rows, _CHUNK_ROWS)):
        total += len(chunk)
        arrays = [pa.array([n for n, _ in chunk], pa.int32())]
        arrays += [pa.array([r[i] for _, r in chunk], pa.string()) for i in range(len(columns))]
        space.con.register("chunk", pa.Table.from_arrays(arrays, names=["_row", *columns]))
        space.con.execute("INSERT INTO raw SELECT * FROM chunk")
        space.con.unregister("chunk")
    return RawTable(header, columns, total, others)


def cell_text(value: Any) -> str:
    """A cell's value as the text a person would type: whole numbers without point, dates as 2022-09-30.

    Numbers keep the 15 significant digits a spreadsheet holds.
    """
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, (int, float)):
        return number_text(value)
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == dt.time() else value.isoformat(sep=" ")
    return value.isoformat() if isinstance(value, (dt.date, dt.time)) else str(value)


def number_text(value: int | float) -> str:
    """A number in full digits where its 15 significant digits say it all, else in exponent form."""
    text = f"{value:.15g}"
    if "e" not in text:
        return text
    whole = int(value) if value == int(value) else None
    return str(whole) if whole is not None and abs(whole) < 10**15 else text
