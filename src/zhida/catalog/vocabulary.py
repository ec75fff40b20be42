"""The fact vocabulary for the rules, made from the checked files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from zhida.catalog.shapes.common import (
    CodeItem,
    CodeListItem,
    CodeRow,
    EntityItem,
    JurisdictionItem,
    UnitItem,
)
from zhida.catalog.shapes.vocabulary import FactItem
from zhida.catalog.sources import Item
from zhida.rules.vocabulary import SUBJECT, Code, CodeList, Entity, Fact, Vocabulary

PLACES = "jurisdiction"
"""Id of the code list made from the division tree: the codes of the fact ``place``."""


def make_vocabulary(by_kind: Mapping[str, Sequence[Item]]) -> Vocabulary:
    """Facts, entities, code lists and units; the first of two items with one name wins."""
    entities = [i.shape for i in by_kind.get("entity", ()) if isinstance(i.shape, EntityItem)]
    facts = [i.shape for i in by_kind.get("fact", ()) if isinstance(i.shape, FactItem)]
    units = frozenset(i.shape.id for i in by_kind.get("unit", ()) if isinstance(i.shape, UnitItem))
    named: dict[str, Entity] = {}
    for entity in entities:
        named.setdefault(entity.id, Entity(entity.id, entity.zh, entity.en))
    named.setdefault(SUBJECT, Entity(SUBJECT, "市场主体", "Business"))
    known: dict[str, Fact] = {}
    for fact in facts:
        known.setdefault(fact.key, _fact(fact))
    return Vocabulary(
        facts=known,
        entities=named,
        code_lists={c.id: c for c in (_places(by_kind), *_code_lists(by_kind))},
        units=units,
    )


def entity_of(key: str) -> str:
    """The entity a fact key belongs to by its spelling: ``lease.monthly_rent`` → ``lease``."""
    return key.split(".", 1)[0] if "." in key else SUBJECT


def _fact(item: FactItem) -> Fact:
    ask = item.ask
    return Fact(
        key=item.key,
        zh=item.zh,
        en=item.en,
        kind=item.kind,
        unit=item.unit,
        entity=entity_of(item.key),
        series=item.series,
        codes=item.codes,
        lo=_bound(item, item.lo),
        hi=_bound(item, item.hi),
        optional=item.optional,
        feed=item.feed,
        owner=item.owner,
        ask_zh=ask.zh if ask else "",
        ask_en=ask.en if ask else "",
        fresh_days=item.fresh_days,
        derive=item.derive,
        sensitive=item.sensitive,
        source=item.source,
    )


def _bound(item: FactItem, value: Decimal | None) -> int | None:
    """Whole units; yuan become fen. Finer parts were refused by the checks and are cut here."""
    if value is None:
        return None
    return int(value * 100) if item.kind == "money" else int(value)


def _code_lists(by_kind: Mapping[str, Sequence[Item]]) -> Iterable[CodeList]:
    rows: dict[str, list[CodeRow]] = {}
    for row in by_kind.get("code_row", ()):
        if isinstance(row.shape, CodeRow):
            rows.setdefault(row.file.path, []).append(row.shape)
    for item in by_kind.get("code_list", ()):
        shape = item.shape
        if isinstance(shape, CodeListItem):
            beside = rows.get(f"{item.file.package}/codes/{shape.file}", []) if shape.file else []
            both: tuple[CodeItem | CodeRow, ...] = (*shape.codes, *beside)
            codes = [Code(c.code, c.zh, c.en or c.zh, c.parent) for c in both]
            yield CodeList(shape.id, shape.zh, shape.en, {c.code: c for c in codes})


def _places(by_kind: Mapping[str, Sequence[Item]]) -> CodeList:
    shapes = [i.shape for i in by_kind.get("jurisdiction", ()) if isinstance(i.shape, JurisdictionItem)]
    codes = {j.code: Code(j.code, j.zh, j.en, j.parent or None) for j in shapes if j.code}
    return CodeList(PLACES, "行政区划", "Administrative divisions", codes)
