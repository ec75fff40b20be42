"""A published measure as the rest of the house sees it: rule source plus everything around it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from zhida.catalog import canonical
from zhida.catalog.shapes.base import Text
from zhida.catalog.shapes.policy import (
    CompareItem,
    DocumentItem,
    ForbiddenMaterialItem,
    GoldenItem,
    MaterialItem,
    MeasureFile,
    ParameterItem,
    ParamItem,
    ParamValueItem,
    StackingItem,
)
from zhida.catalog.sources import Item
from zhida.core.hashing import sha256_hex
from zhida.rules.measure import ConditionSource, MeasureSource, OutputSource, ParamDef, ParamValue

AMOUNT = Text(zh="金额", en="Amount")
DATE = Text(zh="日期", en="Date")


@dataclass(frozen=True, slots=True)
class MeasureDef:
    """One version of a measure.

    source: the rule part; its ``version`` is ``hash``, taken over ``content``: the measure's meaning (its
    file without the golden cases, the parameter rows added to it, its level and places) as canonical JSON.
    document, level: where it was issued; file, line: where it is written.
    """

    id: str
    hash: str
    content: str
    package: str
    title: Text
    summary: Text
    document: str
    level: str
    clauses: tuple[str, ...]
    kind: str
    lane: str
    authority: str
    fund: str | None
    rule_key: str | None
    raise_allowed: bool
    compare: CompareItem | None
    extends: str | None
    stacking: StackingItem | None
    materials: tuple[MaterialItem, ...]
    forbidden_materials: tuple[ForbiddenMaterialItem, ...]
    tags: tuple[str, ...]
    golden: tuple[GoldenItem, ...]
    source: MeasureSource
    file: str
    line: int

    @property
    def entity(self) -> str:
        """``subject``, or the record kind decided one by one (lease, loan …)."""
        return self.source.entity

    @property
    def places(self) -> tuple[str, ...]:
        return self.source.places

    @property
    def valid_from(self) -> dt.date:
        return self.source.valid_from

    @property
    def valid_until(self) -> dt.date | None:
        return self.source.valid_until

    def param(self, name: str) -> ParamDef | None:
        return next((p for p in self.source.params if p.name == name), None)


def define(item: Item, document: DocumentItem, rows: Iterable[ParameterItem]) -> MeasureDef:
    """The measure of a checked file, with the parameter rows other files add to it."""
    shape = item.shape
    assert isinstance(shape, MeasureFile)
    mine = tuple(r for r in rows if r.measure == shape.id)
    places = shape.places if shape.places is not None else document.places
    content = _content(item, document, places, mine)
    version = sha256_hex(content.encode())
    return MeasureDef(
        id=shape.id,
        hash=version,
        content=content,
        package=item.file.package,
        title=shape.title,
        summary=shape.summary,
        document=shape.document,
        level=document.level,
        clauses=shape.clauses,
        kind=shape.kind,
        lane=shape.lane,
        authority=shape.authority,
        fund=shape.fund,
        rule_key=shape.rule_key,
        raise_allowed=shape.raise_allowed,
        compare=shape.compare,
        extends=shape.extends,
        stacking=shape.stacking,
        materials=shape.materials,
        forbidden_materials=shape.forbidden_materials,
        tags=shape.tags,
        golden=shape.golden,
        source=_source(shape, version, places, mine),
        file=item.file.path,
        line=item.line(),
    )


def _content(item: Item, document: DocumentItem, places: tuple[str, ...], rows: tuple[ParameterItem, ...]) -> str:
    meaning = {key: value for key, value in item.file.data.items() if key != "golden"}
    added = [row.model_dump(exclude_defaults=True) for row in rows]
    added.sort(key=canonical.text_of)
    return canonical.text_of(
        {"measure": meaning, "parameters": added, "level": document.level, "places": sorted(places)}
    )


def _source(
    shape: MeasureFile, version: str, places: tuple[str, ...], rows: tuple[ParameterItem, ...]
) -> MeasureSource:
    """Mappings are taken in the order of their keys: the hash does not know the written order."""
    return MeasureSource(
        id=shape.id,
        version=version,
        entity=shape.unit,
        who=tuple(dict(sorted(alternative.items())) for alternative in shape.subject),
        places=places,
        valid_from=shape.valid.from_,
        valid_until=shape.valid.until,
        params=tuple(_param(name, param, rows) for name, param in sorted(shape.params.items())),
        conditions=tuple(
            ConditionSource(c.id, c.if_, c.zh, c.en, c.clause or shape.clauses[0]) for c in shape.conditions
        ),
        outputs=_outputs(shape),
    )


def _outputs(shape: MeasureFile) -> tuple[OutputSource, ...]:
    main: list[OutputSource] = []
    if shape.amount is not None:
        main.append(OutputSource("amount", shape.amount, AMOUNT.zh, AMOUNT.en))
    if shape.date is not None:
        main.append(OutputSource("date", shape.date, DATE.zh, DATE.en))
    return (*main, *(OutputSource(o.id, o.expr, o.zh, o.en) for o in shape.outputs))


def _param(name: str, param: ParamItem, rows: tuple[ParameterItem, ...]) -> ParamDef:
    own = param.values if param.values is not None else (param,)
    values = [_value(v) for v in own] + [_value(r) for r in rows if r.param == name]
    return ParamDef(name, param.zh, param.en, param.unit, param.codes, tuple(values))


def _value(item: ParamItem | ParamValueItem) -> ParamValue:
    value = tuple(item.value) if isinstance(item.value, list) else item.value
    return ParamValue(
        value=value,
        place=item.place,
        valid_from=item.from_,
        valid_until=item.until,
        known_from=item.known_from,
        source=item.source,
        origin=item.origin,
        owner=item.owner,
    )
