# ruff: noqa: S608 — names are quoted and come from definitions of ours, values are bound
"""Reading csv text: find the encoding and the separator, then load in columns; exact on odd files too."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import duckdb
import pyarrow as pa

from zhida.exchange.files import RawTable, empty_file
from zhida.exchange.refusal import FileRefused
from zhida.exchange.workspace import Workspace, literal

_BLOCK = 1 << 20
_CHUNK_ROWS = 50_000
_SEPARATORS = (",", "\t", ";", "|")
_MAX_CELL = 1_000_000


def load(space: Workspace, path: Path) -> RawTable:
    """Load a csv file into ``raw``. Raises FileRefused when no encoding fits or it is not a table."""
    text = _as_utf8(space, path)
    header, separator, before = _header(text, path)
    columns = tuple(f"c{i}" for i in range(len(header)))
    simple = before == 0 and not any("\n" in h or "\r" in h for h in header)
    if not (simple and _plain(text) and _load_fast(space, text, columns, separator)):
        _load_exact(space, text, path, columns, separator, before)
    kept = " AND ".join(f"coalesce(trim({c}), '') = ''" for c in columns)
    space.con.execute(f"DELETE FROM raw WHERE {kept}")
    rows = space.con.execute("SELECT count(*) FROM raw").fetchone()
    return RawTable(header, columns, int(rows[0]) if rows else 0)


def _as_utf8(space: Workspace, path: Path) -> Path:
    """The file itself when it is plain UTF-8, else a UTF-8 copy in the workspace."""
    encoding = detect(path)
    if encoding == "utf-8":
        return path
    copy = space.root / "text.csv"
    with (
        path.open("r", encoding=encoding, newline="") as source,
        copy.open("w", encoding="utf-8", newline="") as to,
    ):
        while block := source.read(_BLOCK):
            to.write(block)
    return copy


def detect(path: Path) -> str:
    """The encoding that decodes the whole file: by its byte order mark, else UTF-8, else GB 18030."""
    with path.open("rb") as stream:
        head = stream.read(4)
    if head.startswith(codecs.BOM_UTF8):
        candidates = ["utf-8-sig"]
    elif head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        candidates = ["utf-16"]
    else:
        candidates = ["utf-8", "gb18030"]
    for encoding in candidates:
        if _decodes(path, encoding):
            return encoding
    raise FileRefused(
        "unknown-encoding",
        f"“{path.name}”既不是 UTF-8 也不是 GBK/GB18030 文本，请另存为“CSV UTF-8”或 xlsx。",
        f"“{path.name}” is neither UTF-8 nor GBK/GB 18030 text; save it as “CSV UTF-8” or xlsx.",
    )


def _decodes(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        with path.open("rb") as stream:
            while block := stream.read(_BLOCK):
                if "\x00" in decoder.decode(block):
                    return False
            decoder.decode(b"", final=True)
    except UnicodeError:
        return False
    return True


def _header(text: Path, path: Path) -> tuple[tuple[str, ...], str, int]:
    """The first row with content, the separator, and the number of rows before it."""
    with text.open(encoding="utf-8", newline="") as stream:
        first = stream.readline(_MAX_CELL)
        while first and not first.strip():
            first = stream.readline(_MAX_CELL)
        separator = max(_SEPARATORS, key=first.count)
        stream.seek(0)
        for before, row in enumerate(_rows(stream, separator, path)):
            if any(cell.strip() for cell in row):
                return tuple(row), separator, before
    raise empty_file(path)


def _rows(stream: io.TextIOBase, separator: str, path: Path) -> Iterator[list[str]]:
    csv.field_size_limit(_MAX_CELL)
    try:
        yield from csv.reader(stream, delimiter=separator, strict=True)
    except csv.Error as error:
        raise FileRefused(
            "broken-csv",
            f"“{path.name}”不是完整的 csv（{error}），请重新导出。",
            f"“{path.name}” is not a proper csv ({error}); export it again.",
        ) from None


def _plain(text: Path) -> bool:
    """Whether the fast reader numbers rows as a person does: it skips blank lines, so there must be none."""
    carry, returns, pairs = b"\n", 0, 0
    with text.open("rb") as stream:
        while block := stream.read(_BLOCK):
            joined = carry + block
            if b"\n\n" in joined or b"\n\r\n" in joined:
                return False
            returns += block.count(b"\r")
            pairs += joined[max(len(carry) - 1, 0) :].count(b"\r\n")
            carry = joined[-2:]
    return returns == pairs


def _load_fast(space: Workspace, text: Path, columns: tuple[str, ...], separator: str) -> bool:
    """DuckDB's parallel reader; False when the file is not perfectly regular."""
    types = ", ".join(f"'{c}': 'VARCHAR'" for c in columns)
    space.con.execute("DROP TABLE IF EXISTS raw")
    try:
        space.con.execute(
            f"CREATE TABLE raw AS SELECT CAST(row_number() OVER () + 1 AS INTEGER) AS _row, * "
            f"FROM read_csv({literal(str(text))}, columns = {{{types}}}, auto_detect = false, header = false, "
            f"skip = 1, delim = {literal(separator)}, quote = '\"', escape = '\"', strict_mode = true, "
            f"max_line_size = {_MAX_CELL})"
        )
    except duckdb.Error:
        return False
    return True


def _load_exact(
    space: Workspace, text: Path, path: Path, columns: tuple[str, ...], separator: str, before: int = 0
) -> None:
    """Row by row: short rows are filled up, longer ones refuse the file when the surplus says something."""
    space.con.execute("DROP TABLE IF EXISTS raw")
    spec = ", ".join(f"{c} VARCHAR" for c in columns)
    space.con.execute(f"CREATE TABLE raw (_row INTEGER, {spec})")
    width = len(columns)
    with text.open(encoding="utf-8", newline="") as stream:
        numbered = enumerate(_rows(stream, separator, path), start=1)
        for _ in range(before + 1):
            next(numbered)
        while chunk := list(islice(numbered, _CHUNK_ROWS)):
            _append(space, chunk, width, path)


def _append(space: Workspace, chunk: list[tuple[int, list[str]]], width: int, path: Path) -> None:
    for number, row in chunk:
        if len(row) > width and any(cell.strip() for cell in row[width:]):
            raise FileRefused(
                "ragged-row",
                f"“{path.name}”第 {number} 行有 {len(row)} 格，多于表头的 {width} 列，请检查是否有未加引号的逗号。",
                f"“{path.name}” row {number} has {len(row)} cells, the header {width}; look for an unquoted separator.",
            )
    rows = [(n, (r + [""] * width)[:width]) for n, r in chunk if r]
    arrays = [pa.array([n for n, _ in rows], pa.int32())]
    arrays += [pa.array([r[i] for _, r in rows], pa.string()) for i in range(width)]
    table = pa.Table.from_arrays(arrays, names=["_row", *(f"c{i}" for i in range(width))])
    space.con.register("chunk", table)
    space.con.execute("INSERT INTO raw SELECT * FROM chunk")
    space.con.unregister("chunk")
