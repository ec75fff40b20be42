"""Small files as departments send them, and a registry to link them to."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
import xlsxwriter
from stdnum.cn import uscc

from zhida.catalog import shipped
from zhida.exchange.definitions import Definitions, of_library
from zhida.exchange.import_feed import Options, import_feed
from zhida.exchange.import_registry import import_registry
from zhida.exchange.result import ImportResult


@pytest.fixture(scope="session")
def definitions() -> Definitions:
    return of_library(shipped())


def code(number: int, prefix: str = "91", area: str = "330328") -> str:
    """A right unified code; different numbers give different codes."""
    body = f"{prefix}{area}MA{number:07d}"
    return body + uscc.calc_check_digit(body + "0")


@dataclass
class Desk:
    """Writes files into a directory and imports them."""

    folder: Path
    definitions: Definitions

    code = staticmethod(code)

    def csv(self, name: str, rows: Iterable[Sequence[object]], encoding: str = "utf-8") -> Path:
        path = self.folder / name
        with path.open("w", encoding=encoding, newline="") as stream:
            csv.writer(stream).writerows(rows)
        return path

    def xlsx(self, name: str, rows: Iterable[Sequence[object]]) -> Path:
        path = self.folder / name
        book = xlsxwriter.Workbook(str(path))
        sheet = book.add_worksheet()
        for i, row in enumerate(rows):
            for j, value in enumerate(row):
                if value is not None:
                    sheet.write(i, j, value)
        book.close()
        return path

    def register(self, *codes: str, day: str = "2015-03-01") -> ImportResult:
        rows = [("统一社会信用代码", "企业名称", "成立日期", "住所")]
        rows += [(c, f"文成县第{i}商行", day, "浙江省温州市文成县大峃镇人民路1号") for i, c in enumerate(codes)]
        return import_registry(self.csv("registry.csv", rows), self.definitions)

    def feed(self, name: str, path: Path, **options: object) -> ImportResult:
        return import_feed(name, path, self.definitions, Options(**options))  # type: ignore[arg-type]


@pytest.fixture
def desk(tmp_path: Path, zhida_home: Path, db: None, definitions: Definitions) -> Desk:
    folder = tmp_path / "inbox"
    folder.mkdir()
    return Desk(folder, definitions)


SOCIAL = ("统一社会信用代码", "费款所属月份", "参保人数", "养老保险单位应缴")


@pytest.fixture
def social() -> Callable[..., list[tuple[object, ...]]]:
    """Rows of the social-insurance feed: a header and (code, month, staff, pension) each."""

    def make(*rows: tuple[object, ...]) -> list[tuple[object, ...]]:
        return [SOCIAL, *rows]

    return make
