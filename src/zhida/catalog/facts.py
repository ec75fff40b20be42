"""A described case (FACTS.yaml or a golden case) as facts the rules can read. Nothing is ignored silently."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from zhida.catalog.library import Library
from zhida.catalog.places import UnknownPlace
from zhida.catalog.problems import CatalogError, CatalogProblem, suggestion
from zhida.catalog.values import NA_WORDS, UNKNOWN_WORDS, ValueProblem, read_month, read_value
from zhida.rules.vocabulary import NOT_APPLICABLE, SUBJECT, Fact, NotApplicable, Value, month_key

Row = Mapping[str, Value | NotApplicable]
HEAD = ("name", "place", "as_of", "facts", "note")
_PLACE_KEYS = ("place", "地点")
_DATE_KEYS = ("as_of", "日期")


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """One hypothetical subject.

    place: division code whose rules are asked; as_of: the date asked about; None when the file says neither.
    subject: its own facts; records: per entity the records described (an empty tuple: it has none).
    Keys are those of the rules; a missing key is unknown.
    """

    place: str | None
    as_of: dt.date | None
    subject: Row
    records: Mapping[str, tuple[Row, ...]] = field(default_factory=dict)
    name: str = ""

    def rows(self, entity: str) -> tuple[Row, ...]:
        """What to assess for an entity, subject facts included.

        For records: one row each; none when the case has no such record; and one with every record fact
        unknown when the case does not mention the entity at all.
        """
        if entity == SUBJECT:
            return (self.subject,)
        return tuple({**self.subject, **record} for record in self.records.get(entity, ({},)))


def read_facts(
    source: Path | str | Mapping[str, Any],
    library: Library,
    *,
    place: str | None = None,
    as_of: dt.date | None = None,
) -> CaseFacts:
    """Read a FACTS.yaml file (or data of that form). place and as_of given here go before the file's own.

    Raises CatalogError with every problem, YamlError or OSError when the file cannot be read.
    """
    if isinstance(source, Mapping):
        return read_case(source, library, file="", line=lambda _: 0, place=place, as_of=as_of)
    from zhida.core.yamlmarks import load_yaml

    path = Path(source)
    tree = load_yaml(path)
    return read_case(tree.data, library, file=str(path), line=tree.line, place=place, as_of=as_of)


def read_case(
    data: Any,
    library: Library,
    *,
    file: str,
    line: Callable[[tuple[Any, ...]], int],
    place: str | None = None,
    as_of: dt.date | None = None,
) -> CaseFacts:
    """The same for parsed data whose lines are known. Raises CatalogError."""
    reader = _Reader(library, file, line)
    case = reader.case(data, place, as_of)
    if reader.problems:
        raise CatalogError(reader.problems)
    return case


class _Reader:
    def __init__(self, library: Library, file: str, line: Callable[[tuple[Any, ...]], int]) -> None:
        self.library, self.file, self.line = library, file, line
        self.problems: list[CatalogProblem] = []
        self.subject: dict[str, Value | NotApplicable] = {}
        self.records: dict[str, list[dict[str, Value | NotApplicable]]] = {}

    def case(self, data: Any, place: str | None, as_of: dt.date | None) -> CaseFacts:
        if not isinstance(data, Mapping):
            self._flag(
                (),
                "not-a-mapping",
                "应为「事实: 值」的列表",
                "expected fact: value pairs",
                ("例如 insured_staff: 12", "for example insured_staff: 12"),
            )
            data = {}
        self._once(data, _PLACE_KEYS)
        self._once(data, _DATE_KEYS)
        found_place = self._place(place if place is not None else _first(data, _PLACE_KEYS))
        found_date = as_of or self._date(data)
        inner = data.get("facts")
        if inner is not None and not isinstance(inner, Mapping):
            self._flag(("facts",), "not-a-mapping", "facts 下应为「事实: 值」", "facts must hold fact: value pairs")
            inner = {}
        for key, value in (inner or {}).items():
            self._fact(("facts", key), key, value)
        for key, value in data.items():
            if key not in HEAD and key not in _PLACE_KEYS and key not in _DATE_KEYS:
                self._fact((key,), key, value)
        if found_place is not None:
            self.subject.setdefault("place", found_place)
        records = {entity: tuple(rows) for entity, rows in self.records.items()}
        return CaseFacts(found_place, found_date, self.subject, records, str(data.get("name") or ""))

    def _once(self, data: Mapping[str, Any], names: tuple[str, ...]) -> None:
        """Two names of the same thing with different values: neither may win silently."""
        given = [name for name in names if data.get(name) is not None]
        if len({str(data[name]) for name in given}) > 1:
            here, there = given[0], given[1]
            self._flag(
                (there,),
                "fact-twice",
                f"「{here}」与「{there}」写了不同的值",
                f'"{here}" and "{there}" are given different values',
                ("请只留一个", "keep one"),
            )

    def _place(self, said: Any) -> str | None:
        if said is None:
            return None
        try:
            return self.library.jurisdictions.find(said).code
        except UnknownPlace as error:
            self._flag(("place",), "unknown-place", error.zh.rstrip("。"), error.en.rstrip("."))
            return None

    def _date(self, data: Mapping[str, Any]) -> dt.date | None:
        said = _first(data, _DATE_KEYS)
        if said is None:
            return None
        asked = Fact("as_of", "日期", "date asked about", "date")
        try:
            value = read_value(asked, said, self.library.vocabulary, self.library.jurisdictions)
        except ValueProblem as problem:
            self._flag(("as_of",), "wrong-value", problem.zh, problem.en, problem.remedy)
            return None
        if not isinstance(value, dt.date):
            words = ("请写成 2022-09-01，或删去此行（即今天）", "write 2022-09-01, or leave the line out for today")
            self._flag(("as_of",), "wrong-value", "日期不能写未知", "the date asked about cannot be unknown", words)
            return None
        return value

    def _fact(self, at: tuple[Any, ...], key: str, written: Any) -> None:
        vocabulary = self.library.vocabulary
        entity = next((e for e in vocabulary.entities.values() if key in (e.id, e.zh)), None)
        if entity is not None and entity.id != SUBJECT:
            self._records(at, entity.id, written)
            return
        fact = self._named(key, None)
        if fact is None:
            self._unknown(at, key, None)
        elif fact.entity == SUBJECT:
            self._put(at, fact, written, self.subject)
        else:
            rows = self.records.setdefault(fact.entity, [{}])
            if len(rows) == 1:
                self._put(at, fact, written, rows[0])
            else:
                self._flag(
                    at,
                    "which-record",
                    f"「{key}」不知属于哪一条记录",
                    f'"{key}" does not say which record',
                    ("请写到各条记录里面", "write it inside each record"),
                )

    def _records(self, at: tuple[Any, ...], entity: str, written: Any) -> None:
        if isinstance(written, str) and written.strip().lower() in NA_WORDS:
            written = []
        if written is None or (isinstance(written, str) and written.strip().lower() in UNKNOWN_WORDS):
            return
        entries = written if isinstance(written, list) else [written]
        if self.records.get(entity):
            self._flag(
                at,
                "records-twice",
                f"「{entity}」写了两处",
                f'"{entity}" is described twice',
                ("请合并到一处", "put it in one place"),
            )
            return
        rows: list[dict[str, Value | NotApplicable]] = []
        for index, entry in enumerate(entries):
            here = (*at, index) if isinstance(written, list) else at
            rows.append(self._record(here, entity, entry))
        self.records[entity] = rows

    def _record(self, at: tuple[Any, ...], entity: str, entry: Any) -> dict[str, Value | NotApplicable]:
        row: dict[str, Value | NotApplicable] = {}
        if not isinstance(entry, Mapping):
            self._flag(
                at,
                "not-a-mapping",
                f"「{entity}」下应为「事实: 值」",
                f'"{entity}" must hold fact: value pairs',
            )
            return row
        for key, value in entry.items():
            fact = self._named(key, entity)
            if fact is None:
                self._unknown((*at, key), key, entity)
            else:
                self._put((*at, key), fact, value, row)
        return row

    def _named(self, key: str, entity: str | None) -> Fact | None:
        """The fact of this key, or of this Chinese or English label when only one has it."""
        facts = self.library.vocabulary.facts
        for name in (key, f"{entity}.{key}" if entity else key):
            if name in facts and (entity is None or facts[name].entity == entity):
                return facts[name]
        hits = [f for f in facts.values() if key in (f.zh, f.en) and f.entity == (entity or f.entity)]
        return hits[0] if len(hits) == 1 else None

    def _unknown(self, at: tuple[Any, ...], key: str, entity: str | None) -> None:
        facts = self.library.vocabulary.facts.values()
        if entity is None:
            known = [f.key for f in facts] + [f.zh for f in facts]
            known += [e for e in self.library.vocabulary.entities if e != SUBJECT]
        else:
            inside = [f for f in facts if f.entity == entity]
            known = [f.key.removeprefix(f"{entity}.") for f in inside] + [f.zh for f in inside]
        zh, en = suggestion(key, known)
        where, where_en = (f"「{entity}」里", f' in "{entity}"') if entity else ("", "")
        self._flag(
            at,
            "unknown-fact",
            f"{where}没有事实「{key}」",
            f'there is no fact "{key}"{where_en}',
            (f"{zh}（zhida facts 列出全部）", f"{en} (zhida facts lists them all)"),
        )

    def _put(self, at: tuple[Any, ...], fact: Fact, written: Any, row: dict[str, Value | NotApplicable]) -> None:
        if fact.derive:
            self._flag(
                at,
                "derived-fact",
                f"「{fact.key}」由其他事实算出，不能填写",
                f'"{fact.key}" is computed from other facts and cannot be given',
                (f"计算：{fact.derive}", f"computed as {fact.derive}"),
            )
            return
        if fact.series and isinstance(written, Mapping):
            for month, value in self._months(at, fact, written):
                self._set((*at, month), fact, value, row, month)
        elif fact.series and written is not None and str(written).strip().lower() not in NA_WORDS:
            self._flag(
                at,
                "not-a-series",
                f"「{fact.key}」（{fact.zh}）按月填写",
                f'"{fact.key}" ({fact.en}) has a value per month',
                ("例如 {2022-01: 100000.00}", "for example {2022-01: 100000.00}"),
            )
        else:
            self._set(at, fact, written, row, None)

    def _months(self, at: tuple[Any, ...], fact: Fact, written: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
        for month, value in written.items():
            if read_month(month) is None:
                self._flag(
                    (*at, month),
                    "not-a-month",
                    f"「{fact.key}」的「{month}」不是月份",
                    f'“{month}” under "{fact.key}" is not a month',
                    ("请写成 2022-01", "write 2022-01"),
                )
            else:
                yield month, value

    def _set(
        self,
        at: tuple[Any, ...],
        fact: Fact,
        written: Any,
        row: dict[str, Value | NotApplicable],
        month: str | None,
    ) -> None:
        try:
            value = read_value(fact, written, self.library.vocabulary, self.library.jurisdictions)
        except ValueProblem as problem:
            self._flag(at, "wrong-value", problem.zh, problem.en, problem.remedy)
            return
        found = read_month(month) if month else None
        key = month_key(fact.key, *found) if found else fact.key
        if key in row:
            self._flag(at, "fact-twice", f"「{key}」写了两次", f'"{key}" is given twice', ("请只留一个", "keep one"))
        elif value is NOT_APPLICABLE or value is not None:
            row[key] = value

    def _flag(self, at: tuple[Any, ...], code: str, zh: str, en: str, remedy: tuple[str, str] = ("", "")) -> None:
        self.problems.append(CatalogProblem(self.file, self.line(at), code, zh, en, *remedy))


def _first(data: Mapping[str, Any], keys: tuple[str, ...]) -> Any:
    return next((data[k] for k in keys if data.get(k) is not None), None)
