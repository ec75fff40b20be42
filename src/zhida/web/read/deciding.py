"""One measure's answer put into words: each condition with its values and sources, what stacking did."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from zhida.catalog import Library
from zhida.exchange.provenance import FactSource
from zhida.rules.evaluate import ConditionResult
from zhida.rules.ir import Has, Var
from zhida.rules.program import Condition
from zhida.rules.walk import walk
from zhida.screening.case import Answer
from zhida.screening.queries import SubjectDecisions, output_facts
from zhida.screening.stacking import Adjustment
from zhida.web.read.measures import both_ways
from zhida.web.read.subjects import ConditionLine, DecisionLine, FactLine
from zhida.web.read.values import Speaker, plain
from zhida.web.text import Both, yuan
from zhida.web.words import UNIT_NOUN

IMPLIED = ("place", "who")
"""Conditions every measure has by where and for whom it is; their words are already the rule read back."""
MONTHS_SHOWN = 3
STATES = {True: "yes", False: "no", None: "ask"}
HIDDEN = Both("已遮盖（个人信息）", "Hidden (personal)")


@dataclass(frozen=True, slots=True)
class Teller:
    """Tells the answers of one subject."""

    found: SubjectDecisions
    say: Speaker
    place: str

    @property
    def library(self) -> Library:
        return self.found.library

    def tell(self, answer: Answer) -> DecisionLine:
        """One answer as the page shows it."""
        program, assessed = answer.program, answer.assessment
        measure = self.library.measure(program.measure, program.at)
        conditions = tuple(
            self._condition(answer, c, r) for c, r in zip(program.conditions, assessed.conditions, strict=True)
        )
        noun = UNIT_NOUN.get(program.entity, Both(program.entity))
        return DecisionLine(
            measure=program.measure,
            title=Both(measure.title.zh, measure.title.en),
            document=self.say.document(measure.document),
            record_id=answer.record,
            record=Both(f"{noun.zh} {answer.record}", f"{noun.en} {answer.record}") if answer.record else Both(""),
            outcome=outcome_of(answer),
            amount=answer.amount if answer.stands else None,
            results=tuple(self._results(answer)),
            formula=self._formula(answer),
            inputs=self._inputs(answer),
            lane=measure.lane,
            stacking=tuple(self._stacking(row) for row in answer.adjustments),
            version=program.version,
            conditions=conditions,
            because=self._because(answer, conditions),
        )

    def _condition(self, answer: Answer, condition: Condition, result: ConditionResult) -> ConditionLine:
        keys = dict.fromkeys(n.key for n in walk(condition.node) if isinstance(n, Var | Has))
        blanks = tuple(self.blank(answer, name) for name in result.blank_params)
        implied = condition.id in IMPLIED
        return ConditionLine(
            id=condition.id,
            state=STATES[result.value],
            says=Both(condition.zh, condition.en),
            rule=Both("") if implied else both_ways(condition.node, self.library),
            clause="" if implied else condition.clause,
            facts=tuple(self._facts(answer, keys)),
            missing=blanks,
        )

    def blank(self, answer: Answer, name: str) -> Both:
        """A parameter the text leaves open, and who has to set it."""
        use = next((p for p in answer.program.params if p.name == name), None)
        if use is None:
            return Both(name, name)
        owner = (
            self.say.department(use.owner, self.place) if use.owner else Both("主管部门", "the department in charge")
        )
        return Both(
            f"「{use.zh}」文件未定，待{owner.zh}确定", f"“{use.en}” is left open by the text, to be set by: {owner.en}"
        )

    def _inputs(self, answer: Answer) -> tuple[FactLine, ...]:
        outputs = answer.assessment.outputs
        if not outputs or answer.assessment.outcome == "ineligible":
            return ()
        return tuple(self._facts(answer, sorted(output_facts(outputs[0].trace))))

    def _formula(self, answer: Answer) -> Both:
        outputs = answer.program.outputs
        if not outputs or answer.assessment.outcome == "ineligible":
            return Both("")
        return both_ways(outputs[0].node, self.library)

    def _facts(self, answer: Answer, keys: Iterable[str]) -> list[FactLine]:
        """One line per fact; more than three months of one series share a line."""
        series: dict[str, list[str]] = {}
        for key in keys:
            series.setdefault(key.partition("@")[0] if "@" in key else key, []).append(key)
        lines: list[FactLine] = []
        for base, members in series.items():
            if len(members) > MONTHS_SHOWN:
                lines.append(self._months(answer, base, sorted(members)))
            else:
                lines += [self._fact(answer, key) for key in members]
        return lines

    def _fact(self, answer: Answer, key: str) -> FactLine:
        value = answer.facts.get(key)
        fact = self.library.vocabulary.facts.get(key.partition("@")[0])
        shown = HIDDEN if fact and fact.sensitive and value is not None else self.say.value(key, value)
        return self._line(self.say.fact(key), shown, value is None, key, self._source(answer, key))

    def _months(self, answer: Answer, base: str, keys: list[str]) -> FactLine:
        values = {key: answer.facts.get(key) for key in keys}
        known = [v for v in values.values() if isinstance(v, int)]
        gaps = sum(value is None for value in values.values())
        first, last = (self.say.month(key) for key in (keys[0], keys[-1]))
        label = self.say.fact(base)
        span = Both(f"{first.zh}至{last.zh}{label.zh}", f"{label.en}, {first.en} to {last.en}")
        total = self.say.value(base, sum(known)) if known else Both("")
        shown = Both(f"合计 {total.zh}", f"{total.en} in all")
        if gaps:
            shown = Both(f"{len(keys)} 个月中缺 {gaps} 个月", f"{gaps} of {len(keys)} months missing")
        source = next((s for key in reversed(keys) if (s := self._source(answer, key))), None)
        return self._line(span, shown, False, base, source)

    def _source(self, answer: Answer, key: str) -> FactSource | None:
        sources: Mapping[tuple[str, str], FactSource] = self.found.sources
        owned = key.startswith(f"{answer.program.entity}.")
        return sources.get((answer.record if owned else "", key))

    def _line(self, label: Both, value: Both, missing: bool, key: str, source: FactSource | None) -> FactLine:
        fact = self.library.vocabulary.facts.get(key.partition("@")[0])
        if source is None:
            owner = self.say.department(fact.owner, self.place) if fact and fact.owner else Both("")
            feed = self.say.feed(fact.feed) if missing and fact and fact.feed else Both("")
            return FactLine(
                label, value, missing, owner if missing else Both(""), feed, None, "", None, bool(fact and fact.derive)
            )
        return FactLine(
            label=label,
            value=value,
            missing=missing,
            department=self.say.department(source.department, self.place),
            feed=Both(source.feed_title, source.feed_title_en),
            day=source.received_at.date(),
            batch=source.batch,
            row=source.row or None,
            period=source.period,
        )

    def _results(self, answer: Answer) -> list[tuple[Both, Both]]:
        """Computed figures besides the amount itself."""
        told = []
        for output, result in zip(answer.program.outputs, answer.assessment.outputs, strict=True):
            if result.value is not None and output.id != "amount":
                told.append((Both(output.zh, output.en), self._figure(output.kind, output.unit, result.value)))
        return told

    def _figure(self, kind: str, unit: str | None, value: Any) -> Both:
        if kind == "money":
            return self.say.quantity(yuan(value), "元")
        if kind == "int":
            return self.say.quantity(f"{value:,}", unit)
        return plain(value)

    def _stacking(self, row: Adjustment) -> Both:
        """What one stacking rule did to this decision."""
        rule = self.library.stacking.get(row.rule)
        zh, en = (rule.zh, rule.en) if rule else ("只享受一次", "Once only")
        if row.effect == "dropped":
            by = self._by(row.by)
            zh, en = f"{zh}。本项让位于{by.zh}，不计入", f"{en}. This one gives way to {by.en}"
        elif row.effect == "reduced":
            zh = f"{zh}。由 {yuan(row.before)} 元减为 {yuan(row.after)} 元"
            en = f"{en}. Reduced from {yuan(row.before)} to {yuan(row.after)} yuan"
        else:
            zh, en = f"{zh}。本项保留", f"{en}. This one stands"
        if row.provisional:
            zh += "；同组另有措施待补充信息，结果可能变化"
            en += "; another measure of the group still lacks information, so this may change"
        return Both(f"{zh}。", f"{en}.")

    def _by(self, by: str) -> Both:
        if by == "received":
            return Both("已享受过的一次", "what was received before")
        if by == "cap":
            return Both("已达到的上限", "the cap already reached")
        title = self.library.measure(by).title
        return Both(f"「{title.zh}」", f"“{title.en}”")

    def _because(self, answer: Answer, conditions: tuple[ConditionLine, ...]) -> Both:
        """The answer's reason in one line; met conditions need none."""
        assessed = answer.assessment
        if assessed.outcome == "ineligible":
            failed = [c.says for c in conditions if c.state == "no"]
            return _listed(failed, "不符合：", "Not met: ")
        if not answer.stands:
            by = _listed([self._by(row.by) for row in answer.adjustments if row.effect == "dropped"], "", "")
            return Both(f"已由{by.zh}覆盖", f"Covered by {by.en}")
        asked = [self.say.fact(key) for key in assessed.missing]
        if asked:
            return _listed(asked, f"缺 {len(asked)} 项信息：", f"{len(asked)} missing: ")
        if assessed.blank_params:
            return _listed([self.blank(answer, name) for name in assessed.blank_params], "", "")
        return Both("")


def _listed(items: list[Both], zh: str, en: str, most: int = 4) -> Both:
    shown = items[:most]
    more, more_en = (f" 等 {len(items)} 项", f" and {len(items) - most} more") if len(items) > most else ("", "")
    return Both(zh + "、".join(i.zh for i in shown) + more, en + ", ".join(i.en for i in shown) + more_en)


def outcome_of(answer: Answer) -> str:
    """The outcome the page files the answer under: dropped by stacking is told apart from eligible."""
    outcome = str(answer.assessment.outcome)
    return "dropped" if outcome == "eligible" and not answer.stands else outcome
