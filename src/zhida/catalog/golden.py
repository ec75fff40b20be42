"""Golden cases: the worked examples every measure carries, run against its own rules."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from zhida.catalog.facts import CaseFacts, read_case
from zhida.catalog.library import Library
from zhida.catalog.measures import MeasureDef
from zhida.catalog.problems import CatalogError, CatalogProblem
from zhida.catalog.shapes.policy import GoldenItem
from zhida.core.money import MoneyError, format_fen, parse_yuan
from zhida.rules import Assessment, RuleError, assess
from zhida.rules.measure import MeasureSource, ParamValue
from zhida.rules.program import Program

Difference = tuple[str, str]
"""One way in which the answer is not the expected one, in Chinese and English."""


@dataclass(frozen=True, slots=True)
class GoldenResult:
    """One case: what differed (nothing when it passed), and where the case is written."""

    measure: MeasureDef
    case: GoldenItem
    file: str
    line: int
    differences: tuple[Difference, ...]
    assessment: Assessment | None = None

    @property
    def passed(self) -> bool:
        return not self.differences

    def problem(self) -> CatalogProblem:
        """The failure as a finding about the file."""
        zh = "；".join(d[0] for d in self.differences)
        en = "; ".join(d[1] for d in self.differences)
        return CatalogProblem(
            self.file,
            self.line,
            "golden-case-failed",
            f"算例「{self.case.name}」不符：{zh}",
            f'golden case "{self.case.name}" fails: {en}',
            "请改正规则或算例",
            "correct the rule or the case",
        )


def run(library: Library, measures: Iterable[MeasureDef] | None = None) -> tuple[GoldenResult, ...]:
    """Every golden case of the given measures (of all by default), in order."""
    chosen = library.measures if measures is None else measures
    return tuple(run_case(library, m, i) for m in chosen for i in range(len(m.golden)))


def run_case(library: Library, measure: MeasureDef, index: int, *, program: Program | None = None) -> GoldenResult:
    """One case. ``program`` replaces the measure's own (mutation tests); then case params are not applied."""
    case = measure.golden[index]
    line = library.line(measure, "golden", index)

    def result(differences: Iterable[Difference], found: Assessment | None = None) -> GoldenResult:
        return GoldenResult(measure, case, measure.file, line, tuple(differences), found)

    try:
        facts = case_facts(library, measure, index)
        ready = program or case_program(library, measure, case)
    except CatalogError as error:
        return result((p.zh, p.en) for p in error.problems)
    except RuleError as error:
        return result((p.zh, p.en) for p in error.problems)
    rows = facts.rows(measure.entity)
    if len(rows) != 1:
        return result([(f"应描述一条记录，实有 {len(rows)} 条", f"one record must be described, found {len(rows)}")])
    found = assess(ready, rows[0])
    return result(_differences(case, found), found)


def case_facts(library: Library, measure: MeasureDef, index: int) -> CaseFacts:
    """The facts of a case. Raises CatalogError."""
    case = measure.golden[index]

    def line(at: tuple[Any, ...]) -> int:
        return library.line(measure, "golden", index, *at)

    data = {"place": case.place, "facts": dict(case.facts)}
    return read_case(data, library, file=measure.file, line=line, as_of=case.as_of)


def case_program(library: Library, measure: MeasureDef, case: GoldenItem) -> Program:
    """The measure at the case's place and date, with the parameters the case sets. Raises RuleError."""
    if not case.params:
        return library.program(measure, case.place, case.as_of)
    return library.build(case_source(measure, case), case.place, case.as_of)


def case_source(measure: MeasureDef, case: GoldenItem) -> MeasureSource:
    """The rule source with the case's own parameter values in place of the written ones."""
    unknown = set(case.params) - {p.name for p in measure.source.params}
    if unknown:
        names = "、".join(sorted(unknown))
        raise CatalogError(
            [
                CatalogProblem(
                    measure.file,
                    0,
                    "unknown-parameter",
                    f"没有参数：{names}",
                    f"there is no parameter: {names}",
                )
            ]
        )
    return replace(
        measure.source,
        params=tuple(
            replace(p, values=(_given(case.params[p.name]),)) if p.name in case.params else p
            for p in measure.source.params
        ),
    )


def _given(value: Any) -> ParamValue:
    return ParamValue(tuple(value) if isinstance(value, list) else value, source="golden", origin="jurisdiction")


def _differences(case: GoldenItem, found: Assessment) -> Iterator[Difference]:
    want = case.expect
    if str(found.outcome) != want.outcome:
        yield _unlike("结果", "outcome", want.outcome, str(found.outcome))
    named = {o.id: o for o in found.outputs}
    asked = {k: getattr(want, k) for k in ("amount", "date") if k in want.model_fields_set} | want.outputs
    for name, wanted in asked.items():
        output = named.get(name)
        if output is None:
            yield f"没有结果项「{name}」", f'there is no output "{name}"'
            continue
        try:
            value = parse_yuan(wanted) if output.kind == "money" and wanted is not None else _plain(wanted)
        except MoneyError as error:
            yield error.zh, error.en
            continue
        if value != output.value or isinstance(value, bool) != isinstance(output.value, bool):
            pair = (_shown(output.kind, v) for v in (value, output.value))
            yield _unlike(f"「{name}」", f'"{name}"', *pair)
    yield from _sets(want, found)


def _shown(kind: str, value: Any) -> str:
    if value is None:
        return "（空）"
    return format_fen(value) if kind == "money" else str(value)


def _sets(want: Any, found: Assessment) -> Iterator[Difference]:
    got = {
        "failed": {c.id for c in found.conditions if c.value is False},
        "missing": set(found.missing),
        "blank_params": set(found.blank_params),
    }
    labels = {"failed": "不满足的条件", "missing": "缺的事实", "blank_params": "空白参数"}
    for key, names in got.items():
        wanted = getattr(want, key)
        if wanted is not None and set(wanted) != names:
            yield _unlike(labels[key], key, ", ".join(sorted(wanted)) or "-", ", ".join(sorted(names)) or "-")


def _plain(wanted: Any) -> Any:
    if isinstance(wanted, Decimal) and wanted == wanted.to_integral_value():
        return int(wanted)
    return wanted if not isinstance(wanted, dt.datetime) else wanted.date()


def _unlike(zh: str, en: str, wanted: str, got: str) -> Difference:
    return f"{zh}应为 {wanted}，实为 {got}", f"{en} should be {wanted}, is {got}"
