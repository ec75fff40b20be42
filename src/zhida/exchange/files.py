"""Opening a table file as it came: csv in any usual encoding, or an Excel workbook.

The cells land as text in the table ``raw`` (columns ``c0, c1, …`` and ``_row``), exactly as written.
``_row`` is the row number a person sees in a spreadsheet: the header is row 1.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from zhida.exchange.refusal import FileRefused
from zhida.exchange.workspace import Workspace

MAX_BYTES = 8 * 2**30
MAX_COLUMNS = 1000


@dataclass(frozen=True, slots=True)
class RawTable:
    """header: the header cells as written; columns: the table's column names in the same order.

    rows: rows with any content; other_sheets: names of further sheets with data that were not read.
    """

    header: tuple[str, ...]
    columns: tuple[str, ...]
    rows: int
    other_sheets: tuple[str, ...] = ()


def open_table(space: Workspace, path: Path, choose: Callable[[list[tuple[str, ...]]], int] | None = None) -> RawTable:
    """Load ``path`` into ``raw``. Raises FileRefused when it is no readable table.

    choose: given the header of each sheet with data, which of them to read (default the first).
    """
    from zhida.exchange import csvfile, workbook

    _guard(path)
    with path.open("rb") as stream:
        head = stream.read(4096)
    if head.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        table = workbook.load(space, path, choose or (lambda _: 0))
    else:
        _not_binary(head, path)
        table = csvfile.load(space, path)
    if len(table.columns) > MAX_COLUMNS:
        raise FileRefused(
            "too-many-columns",
            f"“{path.name}”有 {len(table.columns)} 列，超过上限 {MAX_COLUMNS}，请只保留需要的列。",
            f"“{path.name}” has {len(table.columns)} columns, more than {MAX_COLUMNS}; keep only what is needed.",
        )
    if not table.rows:
        raise empty_file(path)
    return table


def _guard(path: Path) -> None:
    if not path.is_file():
        raise FileRefused("no-such-file", f"找不到文件“{path}”。", f"There is no file “{path}”.")
    size = path.stat().st_size
    if size == 0:
        raise empty_file(path)
    if size > MAX_BYTES:
        raise FileRefused(
            "file-too-large",
            f"“{path.name}”超过 {MAX_BYTES // 2**30} GB，请拆分后导入。",
            f"“{path.name}” is larger than {MAX_BYTES // 2**30} GB; split it.",
        )


def _not_binary(head: bytes, path: Path) -> None:
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<!doctype", b"<html", b"<table", b"<?xml")):
        raise FileRefused(
            "web-page",
            f"“{path.name}”是网页文件，不是表格，请在原系统中导出为 xlsx 或 csv。",
            f"“{path.name}” is a web page, not a table; export it as xlsx or csv.",
        )
    if start.startswith((b"%pdf", b"\x1f\x8b", b"rar!", b"7z\xbc\xaf", b"\x89png", b"\xff\xd8\xff", b"par1")):
        raise FileRefused(
            "not-a-table",
            f"“{path.name}”不是表格文件，请提供 csv 或 xlsx。",
            f"“{path.name}” is not a table file; give a csv or an xlsx.",
        )


def empty_file(path: Path) -> FileRefused:
    """The refusal of a file without data rows."""
    return FileRefused(
        "empty-file",
        f"“{path.name}”没有数据行，未导入任何内容。",
        f"“{path.name}” holds no rows of data; nothing was imported.",
    )
