"""What changed between two libraries: 提标, 扩面, 展期, 收紧 or 修正 (E-4.2.d), one sentence each."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from zhida.catalog.checks import END
from zhida.catalog.library import Library
from zhida.catalog.measures import MeasureDef
from zhida.catalog.scope import Who, covers

Kind = Literal["提标", "扩面", "展期", "收紧", "修正"]
KIND_EN: dict[Kind, str] = {
    "提标": "raised",
    "扩面": "widened",
    "展期": "extended",
    "收紧": "tightened",
    "修正": "corrected",
}


@dataclass(frozen=True, slots=True)
class Change:
    """One change. measure: its id, or "" for a file that belongs to no measure; at: what changed."""

    kind: Kind
    measure: str
    at: str
    zh: str
    en: str

    def as_json(self) -> dict[str, str]:
        return {
            "kind": self.kind,
            "kind_en": KIND_EN[self.kind],
            "measure": self.measure,
            "at": self.at,
            "zh": self.zh,
            "en": self.en,
        }


def diff(old: Library, new: Library) -> tuple[Change, ...]:
    """Every change from one library to the other, measures first, in the order of the new library."""
    from zhida.catalog.differ_rules import rule_changes

    found: list[Change] = []
    for before, after in _pairs(old, new):
        if before is None or after is None:
            found.append(_whole(before, after))
            continue
        found += _period(before, after)
        found += _places(before, after, new)
        found += _subject(before, after, new)
        found += rule_changes(old, new, before, after)
        found += _papers(before, after)
        found += _plain(before, after)
    return (*found, *_other_files(old, new))


def _pairs(old: Library, new: Library) -> Iterator[tuple[MeasureDef | None, MeasureDef | None]]:
    """Changed versions of one measure matched in order of their dates; None stands for "was not there"."""
    ids = list(dict.fromkeys([m.id for m in new.measures] + [m.id for m in old.measures]))
    for name in ids:
        before = sorted((m for m in old.measures if m.id == name), key=lambda m: m.valid_from)
        after = sorted((m for m in new.measures if m.id == name), key=lambda m: m.valid_from)
        same = {m.hash for m in before} & {m.hash for m in after}
        before = [m for m in before if m.hash not in same]
        after = [m for m in after if m.hash not in same]
        for i in range(max(len(before), len(after))):
            yield before[i] if i < len(before) else None, after[i] if i < len(after) else None


def _whole(before: MeasureDef | None, after: MeasureDef | None) -> Change:
    if after is not None:
        return Change("扩面", after.id, "measure", f"新增措施「{after.title.zh}」", f"new measure “{after.title.en}”")
    assert before is not None
    return Change("收紧", before.id, "measure", f"停止措施「{before.title.zh}」", f"measure “{before.title.en}” ends")


def _period(a: MeasureDef, b: MeasureDef) -> Iterator[Change]:
    name, name_en = f"「{b.title.zh}」", f"“{b.title.en}”"
    if a.valid_until != b.valid_until:
        later = (b.valid_until or END) > (a.valid_until or END)
        length, length_en = _length(a.valid_until, b.valid_until)
        was, now = (str(d) if d else "长期" for d in (a.valid_until, b.valid_until))
        was_en, now_en = (str(d) if d else "open-ended" for d in (a.valid_until, b.valid_until))
        if later:
            yield Change(
                "展期",
                b.id,
                "valid.until",
                f"{name}执行期由 {was} 延长到 {now}{length}",
                f"{name_en}: extended from {was_en} to {now_en}{length_en}",
            )
        else:
            yield Change(
                "收紧",
                b.id,
                "valid.until",
                f"{name}执行期由 {was} 缩短到 {now}{length}",
                f"{name_en}: shortened from {was_en} to {now_en}{length_en}",
            )
    if a.valid_from != b.valid_from:
        kind: Kind = "展期" if b.valid_from < a.valid_from else "收紧"
        word, word_en = ("提前", "earlier") if kind == "展期" else ("推迟", "later")
        yield Change(
            kind,
            b.id,
            "valid.from",
            f"{name}开始日由 {a.valid_from} {word}到 {b.valid_from}",
            f"{name_en}: begins {word_en}, from {a.valid_from} to {b.valid_from}",
        )


def _length(a: dt.date | None, b: dt.date | None) -> tuple[str, str]:
    """The span between two ends: whole months when both are month ends or the same day of month."""
    if a is None or b is None:
        return "", ""
    first, last = sorted((a, b))
    months = (last.year - first.year) * 12 + last.month - first.month
    ends = all((d + dt.timedelta(days=1)).day == 1 for d in (first, last))
    if months and (first.day == last.day or ends):
        return f"（{months} 个月）", f" ({months} month{'s' if months > 1 else ''})"
    days = (last - first).days
    return f"（{days} 日）", f" ({days} day{'s' if days > 1 else ''})"


def _places(a: MeasureDef, b: MeasureDef, library: Library) -> Iterator[Change]:
    known = library.jurisdictions

    def outside(these: tuple[str, ...], those: tuple[str, ...]) -> list[str]:
        return [p for p in these if p not in known or not known.any_contains(those, p)]

    more, fewer = outside(b.places, a.places), outside(a.places, b.places)
    sides: tuple[tuple[Kind, list[str], str, str], ...] = (
        ("扩面", more, "增加", "added"),
        ("收紧", fewer, "减少", "removed"),
    )
    for kind, places, zh, en in sides:
        if places:
            names = "、".join(known.path(p) if p in known else p for p in places)
            names_en = ", ".join(known.path(p, "en") if p in known else p for p in places)
            said = f"「{b.title.zh}」适用地域{zh}：{names}", f"“{b.title.en}”: places {en}: {names_en}"
            yield Change(kind, b.id, "places", *said)


def _subject(a: MeasureDef, b: MeasureDef, library: Library) -> Iterator[Change]:
    before, after = a.source.who, b.source.who
    wider = not covers(before, after, library.vocabulary)
    narrower = not covers(after, before, library.vocabulary)
    said, said_en = (_said_who(after, library, lang) for lang in ("zh", "en"))
    if wider:
        yield Change(
            "扩面",
            b.id,
            "subject",
            f"「{b.title.zh}」对象扩大，现为：{said}",
            f"“{b.title.en}”: more kinds of business, now: {said_en}",
        )
    if narrower:
        yield Change(
            "收紧",
            b.id,
            "subject",
            f"「{b.title.zh}」对象缩小，现为：{said}",
            f"“{b.title.en}”: fewer kinds of business, now: {said_en}",
        )


def _said_who(who: Who, library: Library, lang: str) -> str:
    """The alternatives in words: ``个体工商户；企业（小型、微型）``."""
    said: list[str] = []
    order = list(library.vocabulary.facts)
    for alternative in who:
        parts = []
        for key, codes in sorted(alternative.items(), key=lambda kv: order.index(kv[0]) if kv[0] in order else 0):
            fact = library.vocabulary.facts.get(key)
            known = library.vocabulary.code_lists.get(fact.codes or "") if fact else None
            labels = [getattr(known.codes[c], lang) if known and c in known.codes else c for c in codes]
            parts.append(("、" if lang == "zh" else ", ").join(labels))
        said.append(" · ".join(parts))
    return ("；" if lang == "zh" else "; ").join(said) or ("全部" if lang == "zh" else "all")


def _papers(a: MeasureDef, b: MeasureDef) -> Iterator[Change]:
    before, after = ({p.id: p for p in m.materials} for m in (a, b))
    for name, paper in after.items():
        was = before.get(name)
        if paper.required and (was is None or not was.required):
            yield Change(
                "收紧",
                b.id,
                f"materials.{name}",
                f"「{b.title.zh}」须提交「{paper.zh}」",
                f"“{b.title.en}”: “{paper.en}” is now required",
            )
    for name, paper in before.items():
        now = after.get(name)
        if paper.required and (now is None or not now.required):
            yield Change(
                "修正",
                b.id,
                f"materials.{name}",
                f"「{b.title.zh}」不再要求「{paper.zh}」",
                f"“{b.title.en}”: “{paper.en}” is no longer required",
            )


_FIELDS = {
    "title": ("名称", "title"),
    "summary": ("摘要", "summary"),
    "document": ("文件", "document"),
    "clauses": ("条款", "clauses"),
    "kind": ("类别", "kind"),
    "lane": ("办理方式", "lane"),
    "authority": ("主管部门", "authority"),
    "fund": ("资金", "fund"),
    "rule_key": ("规则键", "rule key"),
    "raise_allowed": ("允许提标", "local raise"),
    "stacking": ("叠加方式", "stacking"),
    "extends": ("基础政策", "base"),
    "level": ("层级", "level"),
    "tags": ("标签", "tags"),
}


def _plain(a: MeasureDef, b: MeasureDef) -> Iterator[Change]:
    for name, (zh, en) in _FIELDS.items():
        if getattr(a, name) != getattr(b, name):
            yield Change("修正", b.id, name, f"「{b.title.zh}」{zh}有改动", f"“{b.title.en}”: {en} changed")
    if a.entity != b.entity:
        yield Change(
            "修正",
            b.id,
            "unit",
            f"「{b.title.zh}」认定单位由 {a.entity} 改为 {b.entity}",
            f"“{b.title.en}”: decided per {b.entity} instead of {a.entity}",
        )


def _other_files(old: Library, new: Library) -> Iterator[Change]:
    """Files that are no measures: named when added, removed or changed."""
    skip = ("measure", "parameter")
    before = {f.path: f.hash for f in old.files if f.kind.name not in skip}
    after = {f.path: f.hash for f in new.files if f.kind.name not in skip}
    for path in sorted(before.keys() | after.keys()):
        if before.get(path) != after.get(path):
            zh, en = (
                ("新增", "added")
                if path not in before
                else ("删除", "removed")
                if path not in after
                else ("改动", "changed")
            )
            yield Change("修正", "", path, f"{zh}文件 {path}", f"file {path} {en}")
