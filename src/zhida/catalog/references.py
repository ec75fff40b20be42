"""Names that files use for each other: twice defined, or not defined at all."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from zhida.catalog.kinds import KINDS
from zhida.catalog.places import rank
from zhida.catalog.problems import CatalogProblem, suggestion
from zhida.catalog.shape_problems import Path as DataPath
from zhida.catalog.shapes.common import (
    CodeListItem,
    DepartmentItem,
    FundItem,
    JurisdictionItem,
    PackageFile,
    StackingGroupItem,
)
from zhida.catalog.shapes.policy import (
    DocumentItem,
    MeasureFile,
    ParameterItem,
    ParamItem,
    ParamValueItem,
)
from zhida.catalog.shapes.vocabulary import FactItem, FeedFile
from zhida.catalog.sources import Item
from zhida.catalog.vocabulary import entity_of
from zhida.rules.vocabulary import Vocabulary

REGISTRY_FEED = "registry"
"""The import of the business registry fills facts too, without a feed file of its own."""

PERIODS = ("year", "quarter", "month")
"""What a stacking rule may count by besides an entity."""

LABELS: dict[str, tuple[str, str]] = {
    "department": ("部门", "department"),
    "feed": ("数据源", "feed"),
    "fund": ("资金", "fund"),
    "stacking": ("叠加组", "stacking group"),
    "document": ("文件", "document"),
    "clause": ("条款", "clause"),
    "jurisdiction": ("区划代码", "place code"),
    "code_list": ("代码表", "code list"),
    "entity": ("对象", "entity"),
    "measure": ("措施", "measure"),
    "fact": ("事实", "fact"),
    "package": ("政策包", "package"),
}


@dataclass(slots=True)
class Names:
    """Every defined name per kind (broken items included, so that they are reported once only)."""

    defined: dict[str, set[str]] = field(default_factory=dict)
    with_clauses: set[str] = field(default_factory=set)
    found: list[CatalogProblem] = field(default_factory=list)

    def need(self, item: Item, kind: str, name: str | None, *at: Any, warning: bool = False) -> None:
        """Note a problem at ``at`` unless ``name`` (when given) is a defined name of the kind."""
        known = self.defined.get(kind, set())
        if name is None or name in known:
            return
        zh_kind, en_kind = LABELS.get(kind, (kind, kind))
        said = (f"没有定义{zh_kind}「{name}」", f'{en_kind} "{name}" is not defined')
        self.found.append(
            item.problem(f"unknown-{kind.replace('_', '-')}", said, suggestion(name, known), at, warning=warning)
        )

    def need_clause(self, item: Item, clause: str | None, *at: Any) -> None:
        """A clause must be listed; in a package that lists none at all that is only worth a warning."""
        self.need(item, "clause", clause, *at, warning=item.file.package not in self.with_clauses)

    def need_code(self, item: Item, vocabulary: Vocabulary, code_list: str | None, code: str, *at: Any) -> None:
        codes = vocabulary.code_lists.get(code_list or "")
        if codes is None or code in codes.codes:
            return
        said = (f"代码表「{codes.zh}」没有「{code}」", f'code list "{codes.en}" has no “{code}”')
        known: Collection[str] = codes.codes
        by_label = {c.zh: c.code for c in codes.codes.values()} | {c.en: c.code for c in codes.codes.values()}
        remedy = (
            (f"请写代码「{by_label[code]}」", f'write the code "{by_label[code]}"')
            if code in by_label
            else suggestion(code, known)
        )
        self.found.append(item.problem("unknown-code", said, remedy, at))


def check_references(
    by_kind: Mapping[str, Sequence[Item]], broken: Mapping[str, Iterable[str]], vocabulary: Vocabulary
) -> list[CatalogProblem]:
    """Duplicates first, then every reference of every item."""
    names = Names()
    for kind in KINDS:
        ident = kind.ident or "id"
        names.defined[kind.name] = {str(getattr(i.shape, ident, "")) for i in by_kind.get(kind.name, ())}
        names.defined[kind.name] |= set(broken.get(kind.name, ()))
        if kind.ident:
            names.found += _duplicates(by_kind.get(kind.name, ()), kind.ident)
    names.with_clauses = {i.file.package for i in by_kind.get("clause", ())}
    names.defined["feed"].add(REGISTRY_FEED)
    names.defined["code_list"].add("jurisdiction")
    names.defined["entity"].add("subject")
    for items in by_kind.values():
        for item in items:
            _references(item, names, vocabulary)
    names.found += _levels(by_kind.get("jurisdiction", ()))
    return names.found


def _levels(items: Sequence[Item]) -> Iterator[CatalogProblem]:
    """A division lies below its parent's level; that also rules out circles."""
    known = {i.shape.code: i.shape for i in items if isinstance(i.shape, JurisdictionItem)}
    for item in items:
        shape = item.shape
        above = known.get(shape.parent or "") if isinstance(shape, JurisdictionItem) and shape.code else None
        if above is not None and isinstance(shape, JurisdictionItem) and rank(above.level) >= rank(shape.level):
            said = (
                f"「{shape.zh}」（{shape.level}）的上级「{above.zh}」层级是 {above.level}",
                f'"{shape.en}" ({shape.level}) has the parent "{above.en}", whose level is {above.level}',
            )
            yield item.problem("wrong-level", said, ("请改正 parent 或 level", "correct parent or level"), ("level",))


def _duplicates(items: Sequence[Item], ident: str) -> Iterator[CatalogProblem]:
    first: dict[str, Item] = {}
    for item in items:
        name = getattr(item.shape, ident)
        earlier = first.setdefault(name, item)
        if earlier is not item:
            where = f"{earlier.file.path}:{earlier.line(ident)}"
            yield item.problem(
                "duplicate-id",
                (f"「{name}」重复定义，先见于 {where}", f'"{name}" is already defined at {where}'),
                ("请改名或删去一处", "rename one of them or remove it"),
                (ident,),
            )


def _references(item: Item, names: Names, vocabulary: Vocabulary) -> None:
    match item.shape:
        case PackageFile() as s:
            for i, place in enumerate(s.places):
                names.need(item, "jurisdiction", place, "places", i)
            for i, package in enumerate(s.requires):
                names.need(item, "package", package, "requires", i)
        case JurisdictionItem() as s:
            names.need(item, "jurisdiction", s.parent, "parent")
        case DepartmentItem() as s:
            for place in s.names:
                names.need(item, "jurisdiction", place, "names", place)
        case FundItem() as s:
            names.need(item, "department", s.owner, "owner")
        case StackingGroupItem() as s:
            _per(item, s.per, names, "per")
            for i, measure in enumerate(s.order):
                names.need(item, "measure", measure, "order", i, warning=True)
        case CodeListItem() as s:
            _code_parents(item, s, names)
        case FactItem() as s:
            _fact(item, s, names)
        case FeedFile() as s:
            _feed(item, s, names, vocabulary)
        case DocumentItem() as s:
            _document(item, s, names)
        case ParameterItem() as s:
            names.need(item, "measure", s.measure, "measure")
            names.need(item, "jurisdiction", s.place, "place")
            names.need(item, "department", s.owner or None, "owner")
        case MeasureFile() as s:
            _measure(item, s, names, vocabulary)
        case _:
            pass


def _per(item: Item, per: str | None, names: Names, *at: Any) -> None:
    if per not in PERIODS:
        names.need(item, "entity", per, *at)


def _code_parents(item: Item, shape: CodeListItem, names: Names) -> None:
    known = {c.code for c in shape.codes}
    for i, code in enumerate(shape.codes):
        if code.parent is not None and code.parent not in known:
            said = (f"上级代码「{code.parent}」不在本表", f'parent "{code.parent}" is not in this list')
            names.found.append(
                item.problem("unknown-code", said, suggestion(code.parent, known), ("codes", i, "parent"))
            )


def _fact(item: Item, s: FactItem, names: Names) -> None:
    names.need(item, "entity", entity_of(s.key), "key")
    names.need(item, "feed", s.feed, "feed")
    names.need(item, "code_list", s.codes, "codes")
    names.need(item, "department", s.owner or None, "owner")
    if s.entity is not None and s.entity != entity_of(s.key):
        said = (f"「{s.key}」不属于「{s.entity}」", f'"{s.key}" does not belong to "{s.entity}"')
        right = f"{s.entity}.{s.key.split('.')[-1]}" if s.entity != "subject" else s.key.split(".")[-1]
        names.found.append(item.problem("wrong-entity", said, (f"请写成「{right}」", f'write "{right}"'), ("key",)))
    if (s.kind == "code") != (s.codes is not None):
        said = (
            "代码类事实须写 codes，其他不得写",
            "a fact of kind code names its list under codes, others do not",
        )
        names.found.append(item.problem("codes-of-fact", said, ("请补上或删去 codes", "add or remove codes"), ("key",)))


def _feed(item: Item, s: FeedFile, names: Names, vocabulary: Vocabulary) -> None:
    names.need(item, "department", s.provider, "provider")
    names.need(item, "entity", s.entity, "entity")
    columns = [c.name for c in s.columns]
    for key in ("key", "record_key", "period"):
        value = getattr(s, key)
        if value is not None and value not in columns:
            said = (f"没有名为「{value}」的列", f'no column is named "{value}"')
            names.found.append(item.problem("unknown-column", said, suggestion(value, columns), (key,)))
    for i, column in enumerate(s.columns):
        names.need(item, "fact", column.fact, "columns", i, "fact")
        names.need(item, "code_list", column.codes, "columns", i, "codes")
        fact = vocabulary.facts.get(column.fact or "")
        if fact is not None and fact.entity not in (s.entity, "subject"):
            said = (
                f"「{column.fact}」不是「{s.entity}」的事实",
                f'"{column.fact}" is not a fact of "{s.entity}"',
            )
            names.found.append(
                item.problem(
                    "wrong-entity",
                    said,
                    ("请改正 fact 或 entity", "correct fact or entity"),
                    ("columns", i, "fact"),
                )
            )


def _document(item: Item, s: DocumentItem, names: Names) -> None:
    names.need(item, "department", s.issuer, "issuer")
    for i, place in enumerate(s.places):
        names.need(item, "jurisdiction", place, "places", i)
    for i, relation in enumerate(s.relations):
        names.need(item, "document", relation.document, "relations", i, "document")


def _measure(item: Item, s: MeasureFile, names: Names, vocabulary: Vocabulary) -> None:
    names.need(item, "document", s.document, "document")
    names.need(item, "department", s.authority, "authority")
    names.need(item, "fund", s.fund, "fund")
    names.need(item, "entity", s.unit, "unit")
    names.need(item, "measure", s.extends, "extends")
    for i, clause in enumerate(s.clauses):
        names.need_clause(item, clause, "clauses", i)
    for i, place in enumerate(s.places or ()):
        names.need(item, "jurisdiction", place, "places", i)
    if s.stacking:
        names.need(item, "stacking", s.stacking.group, "stacking", "group")
        _per(item, s.stacking.once_per, names, "stacking", "once_per")
    for i, condition in enumerate(s.conditions):
        names.need_clause(item, condition.clause, "conditions", i, "clause")
    for i, alternative in enumerate(s.subject):
        for key, codes in alternative.items():
            single = isinstance(item.file.data.get("subject"), dict)
            at: DataPath = ("subject", key) if single else ("subject", i, key)
            names.need(item, "fact", key, *at)
            fact = vocabulary.facts.get(key)
            for j, code in enumerate(codes):
                names.need_code(item, vocabulary, fact.codes if fact else None, code, *at, j)
    for name, param in s.params.items():
        names.need(item, "code_list", param.codes, "params", name, "codes")
        values: tuple[ParamItem | ParamValueItem, ...] = param.values or (param,)
        for i, value in enumerate(values):
            at = ("params", name, "values", i) if param.values else ("params", name)
            names.need(item, "jurisdiction", value.place, *at, "place")
            names.need(item, "department", value.owner or None, *at, "owner")
    if s.compare and s.compare.param not in s.params:
        said = (
            f"compare 所指参数「{s.compare.param}」未定义",
            f'compare names the parameter "{s.compare.param}", which is not defined',
        )
        names.found.append(item.problem("unknown-parameter", said, suggestion(s.compare.param, s.params), ("compare",)))
    for i, case in enumerate(s.golden):
        names.need(item, "jurisdiction", case.place, "golden", i, "place")
