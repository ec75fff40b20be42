"""Feed definitions (数据交换目录): what a department delivers, declared as data.

A feed file says what one row is about, which headers its columns may carry, how to read each cell
and which fact the column yields. Everything else in this room follows from it; see
``docs/how-to/add-a-feed.md`` for every key with an example.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final, Literal, cast

from zhida.core.hashing import canonical_json, sha256_hex
from zhida.core.paths import packages_dir

ColumnType = Literal["int", "money", "date", "month", "quarter", "year", "code", "bool", "text", "uscc", "place"]
Take = Literal["last", "sum", "series", "min", "max"]
Absent = Literal["unknown", "not_applicable"]
Delivers = Literal["whole", "partial"]
Bad = Literal["refuse", "warn"]

REGISTRY: Final = "registry"
PERIOD_TYPES: Final = frozenset({"date", "month", "quarter", "year"})


@dataclass(frozen=True, slots=True)
class ColumnDef:
    """One column of a feed.

    header: names it may carry in the file, the first one is shown to people.
    unit: unit of the numbers in the file (元 or 万元 for money); a unit in the header's brackets wins.
    codes: id of the code list, for type ``code``; values: further words accepted, word → code.
    required: the file must have the column and every row a value.
    bad: what an unreadable cell does: ``refuse`` the row, or ``warn`` and leave the cell empty.
    fact, take: the fact it yields, and how: the latest value, one per month, or the sum, smallest or
    largest value of the latest period.
    blank: what an empty cell means: the value is not known, or the fact does not apply to the subject.
    absent: what it means that the feed was delivered and has no row for a subject: the same choice.
    """

    name: str
    header: tuple[str, ...]
    type: ColumnType
    unit: str | None = None
    codes: str | None = None
    values: tuple[tuple[str, str], ...] = ()
    required: bool = False
    bad: Bad = "refuse"
    fact: str | None = None
    take: Take = "last"
    blank: Absent = "unknown"
    absent: Absent = "unknown"
    sensitive: bool = False

    @property
    def label(self) -> str:
        return self.header[0] if self.header else self.name

    @property
    def may_not_apply(self) -> bool:
        """Whether "does not apply" is kept apart from an unknown value (a column ``name#na``)."""
        return "not_applicable" in (self.blank, self.absent)


@dataclass(frozen=True, slots=True)
class FeedDef:
    """One feed.

    key: the column naming the subject, or the place when its type is ``place``.
    record_key: the column telling one record of a subject from another (contract number …).
    period: the column saying which month, quarter, year or day a row is about; None for standing lists.
    delivers: ``whole`` — a file holds every row of the periods in it, so a later file replaces them
    all; ``partial`` — several senders, a later file replaces only the rows it repeats.
    unique: the columns that together may occur once in a file.
    """

    id: str
    title_zh: str
    title_en: str
    provider: str
    clause: str
    frequency: str
    due_day: int | None
    entity: str
    key: str
    record_key: str | None
    period: str | None
    delivers: Delivers
    unique: tuple[str, ...]
    columns: tuple[ColumnDef, ...]

    def column(self, name: str) -> ColumnDef:
        return next(c for c in self.columns if c.name == name)

    @property
    def digest(self) -> str:
        """Content hash of everything that decides how a file of this feed is read."""
        return sha256_hex(canonical_json(as_plain(self)))


class FeedError(Exception):
    """A feed definition that cannot be used; ``zh`` and ``en`` say where and why."""

    def __init__(self, zh: str, en: str) -> None:
        self.zh, self.en = zh, en
        super().__init__(en)


def read(directory: Path) -> dict[str, FeedDef]:
    """All feed files (``*.yaml``) of a directory by feed id. Raises FeedError for a wrong one."""
    from zhida.core.yamlmarks import load_yaml

    feeds: dict[str, FeedDef] = {}
    for path in sorted(directory.glob("*.yaml")):
        feed = from_mapping(load_yaml(path).data, path.name)
        if feed.id in feeds:
            raise FeedError(
                f"{path.name}：数据源“{feed.id}”重复定义。",
                f"{path.name}: feed “{feed.id}” is defined twice.",
            )
        feeds[feed.id] = feed
    return feeds


def from_mapping(data: Mapping[str, Any], where: str = "") -> FeedDef:
    """A feed definition from the plain data of its file. Raises FeedError naming ``where``."""
    try:
        columns = tuple(_column(c) for c in data["columns"])
        feed = FeedDef(
            id=data["id"],
            title_zh=data["title"]["zh"],
            title_en=data["title"]["en"],
            provider=data["provider"],
            clause=data.get("clause") or "",
            frequency=data["frequency"],
            due_day=data.get("due_day"),
            entity=data["entity"],
            key=data["key"],
            record_key=data.get("record_key"),
            period=data.get("period"),
            delivers=data.get("delivers") or "whole",
            unique=tuple(data.get("unique") or ()),
            columns=columns,
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise FeedError(
            f"{where}：数据源定义缺少或写错 {error}。", f"{where}: feed definition lacks or misuses {error}."
        ) from None
    return _checked(feed, where)


def _column(data: Mapping[str, Any]) -> ColumnDef:
    return ColumnDef(
        name=data["name"],
        header=tuple(data["header"]),
        type=data["type"],
        unit=data.get("unit"),
        codes=data.get("codes"),
        values=tuple(sorted((str(k), str(v)) for k, v in (data.get("values") or {}).items())),
        required=bool(data.get("required")),
        bad=cast(Bad, data.get("bad") or "refuse"),
        fact=data.get("fact"),
        take=cast(Take, data.get("take") or "last"),
        blank=cast(Absent, data.get("blank") or "unknown"),
        absent=cast(Absent, data.get("absent") or "unknown"),
        sensitive=bool(data.get("sensitive")),
    )


def _checked(feed: FeedDef, where: str) -> FeedDef:
    names = {c.name for c in feed.columns}
    natural = tuple(n for n in (feed.key, feed.record_key, feed.period) if n)
    for name in (*natural, *feed.unique):
        if name not in names:
            raise FeedError(f"{where}：没有名为“{name}”的列。", f"{where}: there is no column “{name}”.")
    if feed.period and feed.column(feed.period).type not in PERIOD_TYPES:
        raise FeedError(
            f"{where}：期间列“{feed.period}”须为 date、month、quarter 或 year。",
            f"{where}: the period column “{feed.period}” must be a date, month, quarter or year.",
        )
    unique = feed.unique or natural
    for column in feed.columns:
        of_record = "." in (column.fact or ".")
        several = set(unique) - set(natural) or (feed.record_key and not of_record)
        if column.fact and column.take in ("last", "series") and several:
            raise FeedError(
                f"{where}：列“{column.name}”每期可有多行，须用 sum、min 或 max。",
                f"{where}: column “{column.name}” can have several rows a period; take sum, min or max.",
            )
        if column.take == "series" and (not feed.period or feed.column(feed.period).type != "month"):
            raise FeedError(
                f"{where}：列“{column.name}”要成为月度序列，期间列须为 month。",
                f"{where}: column “{column.name}” can be a series only when the period is a month.",
            )
    return feed if feed.unique else _with_unique(feed, natural)


def _with_unique(feed: FeedDef, unique: tuple[str, ...]) -> FeedDef:
    return replace(feed, unique=unique)


def shipped() -> dict[str, FeedDef]:
    """The feeds we ship."""
    return read(packages_dir() / "common" / "feeds")


def as_plain(feed: FeedDef) -> dict[str, Any]:
    """The definition as JSON data; ``from_plain`` reads it back."""
    return cast(dict[str, Any], _plain(feed))


def from_plain(data: Mapping[str, Any]) -> FeedDef:
    """A definition kept by ``as_plain`` (in a snapshot's manifest)."""
    columns = tuple(
        ColumnDef(**{**c, "header": tuple(c["header"]), "values": tuple((str(w), str(v)) for w, v in c["values"])})
        for c in data["columns"]
    )
    return FeedDef(**{**data, "unique": tuple(data["unique"]), "columns": columns})


def _plain(value: object) -> object:
    if isinstance(value, (FeedDef, ColumnDef)):
        return {name: _plain(getattr(value, name)) for name in value.__slots__}
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return value
