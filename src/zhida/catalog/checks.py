"""What must hold between measures: one truth at a time, no lower local standard, no forbidden paper."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import combinations

from zhida.catalog.measures import MeasureDef
from zhida.catalog.places import Jurisdictions, rank
from zhida.catalog.problems import CatalogProblem
from zhida.catalog.resolution import compare, standard
from zhida.rules.vocabulary import Vocabulary

Locate = Callable[..., int]
Flag = Callable[[MeasureDef, str, tuple[str, str], tuple[str, str], tuple[object, ...], bool], CatalogProblem]
END = dt.date.max

IMPACT_PROOFS = ("impact-proof", "epidemic-impact-proof", "proof-of-impact")
"""Ids of papers proving that the epidemic hit the applicant, which D-4.b spares everyone."""
IMPACT_WORDS = ("受疫情影响证明", "疫情影响证明")


def check_measures(
    measures: Sequence[MeasureDef], places: Jurisdictions, vocabulary: Vocabulary, line: Locate
) -> list[CatalogProblem]:
    """Every finding about measures among themselves; ``line(measure, *steps)`` locates a key."""

    def flag(
        m: MeasureDef,
        code: str,
        said: tuple[str, str],
        remedy: tuple[str, str],
        at: tuple[object, ...] = (),
        warning: bool = False,
    ) -> CatalogProblem:
        return CatalogProblem(m.file, line(m, *at), code, *said, *remedy, severity="warning" if warning else "error")

    found: list[CatalogProblem] = []
    for m in measures:
        found += _materials(m, measures, flag)
        if not m.golden:
            found.append(
                flag(
                    m,
                    "no-golden-case",
                    ("没有算例", "there is no golden case"),
                    ("请按条款写至少一个算例（golden）", "write at least one worked example under golden"),
                    (),
                    False,
                )
            )
    for a, b in combinations(measures, 2):
        if a.id == b.id:
            found += _versions(a, b, places, flag)
        elif a.rule_key and a.rule_key == b.rule_key:
            found += _rivals(a, b, places, vocabulary, flag)
    return found


def overlap(a_from: dt.date, a_until: dt.date | None, b_from: dt.date, b_until: dt.date | None) -> bool:
    """Whether two inclusive periods share a day."""
    return a_from <= (b_until or END) and b_from <= (a_until or END)


def _touching(a: MeasureDef, b: MeasureDef, places: Jurisdictions) -> list[str]:
    """The narrower places where both measures hold."""
    inner = {p for p in a.places if p in places and places.any_contains(b.places, p)}
    return sorted(inner | {p for p in b.places if p in places and places.any_contains(a.places, p)})


def _versions(a: MeasureDef, b: MeasureDef, places: Jurisdictions, flag: Flag) -> Iterator[CatalogProblem]:
    if overlap(a.valid_from, a.valid_until, b.valid_from, b.valid_until) and _touching(a, b, places):
        yield flag(
            b,
            "overlapping-versions",
            (
                f"措施「{b.id}」两个版本的执行期重叠，另见 {a.file}:{a.line}",
                f'two versions of "{b.id}" hold at the same time; the other is at {a.file}:{a.line}',
            ),
            (
                "请让旧版本在新版本开始前结束，或改用不同 id",
                "end the older one before the newer begins, or give them different ids",
            ),
            ("valid",),
            False,
        )


def _materials(m: MeasureDef, measures: Sequence[MeasureDef], flag: Flag) -> Iterator[CatalogProblem]:
    forbidden = {f.id: f.clause for x in measures if x.document == m.document for f in x.forbidden_materials}
    mine = {f.id: f.clause for f in m.forbidden_materials}
    for i, paper in enumerate(m.materials):
        by_words = any(w in paper.zh for w in IMPACT_WORDS) or paper.id in IMPACT_PROOFS
        if paper.id in mine or (by_words and set(forbidden) & {*IMPACT_PROOFS, paper.id}):
            clause = mine.get(paper.id) or forbidden.get(paper.id) or "D-4.b"
            yield flag(
                m,
                "forbidden-material",
                (f"不得要求提交「{paper.zh}」（{clause}）", f'"{paper.en}" must not be asked for ({clause})'),
                ("请从 materials 中删去", "remove it from materials"),
                ("materials", i),
                False,
            )


def _rivals(
    a: MeasureDef, b: MeasureDef, places: Jurisdictions, vocabulary: Vocabulary, flag: Flag
) -> Iterator[CatalogProblem]:
    shared = _touching(a, b, places)
    if not shared or not overlap(a.valid_from, a.valid_until, b.valid_from, b.valid_until):
        return
    if rank(a.level) == rank(b.level):
        if a.document != b.document:
            yield flag(
                b,
                "rival-measures",
                (
                    f"同级文件对「{b.rule_key}」有两个规定，另见 {a.file}:{a.line}",
                    f'two documents of one level rule on "{b.rule_key}"; the other is at {a.file}:{a.line}',
                ),
                (
                    "请明确由哪个执行：改期间、地域或 rule_key",
                    "decide which one holds: change dates, places or rule_key",
                ),
                ("rule_key",),
                False,
            )
        return
    higher, lower = (a, b) if rank(a.level) < rank(b.level) else (b, a)
    if higher.raise_allowed:
        yield from _raise(higher, lower, shared, places, vocabulary, flag)


def _raise(
    higher: MeasureDef,
    lower: MeasureDef,
    shared: list[str],
    places: Jurisdictions,
    vocabulary: Vocabulary,
    flag: Flag,
) -> Iterator[CatalogProblem]:
    if higher.compare is None or lower.compare is None:
        bare = higher if higher.compare is None else lower
        yield flag(
            bare,
            "no-compare",
            (
                f"「{higher.id}」允许本地提高标准，但未写明按哪个参数比较",
                f'"{higher.id}" allows a local raise, but no parameter to compare by is named',
            ),
            ("请写 compare: 参数名", "add compare: with the parameter's name"),
            ("rule_key",),
            False,
        )
        return
    verdicts = [(p, d, compare(higher, lower, places.ancestors(p), d)) for p in shared for d in _days(higher, lower)]
    low = next(((p, d) for p, d, order in verdicts if order == -1), None)
    if low is not None:
        yield _too_low(higher, lower, places, *low, flag)
        return
    if any(order is not None for _, _, order in verdicts) and not _covers(lower, higher, vocabulary):
        yield flag(
            lower,
            "narrower-than-higher",
            (
                f"覆盖对象少于上级「{higher.title.zh}」，未覆盖者会因此失去上级待遇",
                f'fewer kinds of business than "{higher.title.en}": the others would lose that relief',
            ),
            (
                "请扩大 subject，或去掉 rule_key 改用互斥叠加组（choose: best）",
                "widen subject, or use an exclusive stacking group (choose: best) instead of rule_key",
            ),
            ("subject",),
            False,
        )


def _too_low(
    higher: MeasureDef, lower: MeasureDef, places: Jurisdictions, place: str, day: dt.date, flag: Flag
) -> CatalogProblem:
    chain = places.ancestors(place)
    assert lower.compare is not None
    ours, theirs = said_standard(lower, chain, day), said_standard(higher, chain, day)
    return flag(
        lower,
        "below-higher-level",
        (
            f"低于上级标准{theirs}（「{higher.title.zh}」，{'、'.join(higher.clauses)}），本级为{ours}",
            f'below "{higher.title.en}" ({", ".join(higher.clauses)}) with {theirs}: here {ours}',
        ),
        (f"请改为不低于{theirs}", f"set at least {theirs}"),
        ("params", lower.compare.param),
        False,
    )


def said_standard(m: MeasureDef, chain: tuple[str, ...], day: dt.date) -> str:
    """The compared number with its unit, in Chinese: ``3个月``, ``500元/人``."""
    value = standard(m, chain, day)
    param = m.param(m.compare.param) if m.compare else None
    unit = (param.unit if param else "") or ""
    number = "" if value is None else f"{value:f}"
    return number + {"月": "个月", "季": "个季度", "1": ""}.get(unit, unit)


def _days(a: MeasureDef, b: MeasureDef) -> list[dt.date]:
    """One day in every stretch where neither compared standard changes, while both measures hold."""
    first = max(a.valid_from, b.valid_from)
    last = min(a.valid_until or END, b.valid_until or END)
    turns = {first}
    for m in (a, b):
        param = m.param(m.compare.param) if m.compare else None
        for value in param.values if param else ():
            turns |= {value.valid_from} if value.valid_from else set()
            turns |= (
                {value.valid_until + dt.timedelta(days=1)} if value.valid_until and value.valid_until < END else set()
            )
    return sorted(d for d in turns if first <= d <= last)


def _covers(wide: MeasureDef, narrow: MeasureDef, vocabulary: Vocabulary) -> bool:
    """Whether every kind of business ``narrow`` names is named by ``wide`` too."""
    from zhida.catalog.scope import covers

    return covers(wide.source.who, narrow.source.who, vocabulary)


def worst(problems: Iterable[CatalogProblem]) -> list[CatalogProblem]:
    """Problems in reading order: errors before warnings, then file and line."""
    return sorted(problems, key=lambda p: (p.severity != "error", p.file, p.line, p.code))
