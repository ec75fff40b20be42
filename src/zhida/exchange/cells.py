"""SQL that reads the cells of one column: cleaned text, typed value, "does not apply", what is wrong.

Four stages, each a projection over the one before, so that nothing is computed twice:
``clean`` (t_, o_) → ``prepared`` (q_ silent, n_ number or date text, m_ places, i_ s_ for codes) →
``valued`` (the value and ``#na``) → judged (p_ problem, d_ detail).
"""

from __future__ import annotations

from dataclasses import dataclass

from zhida.core.money import format_fen
from zhida.exchange.feeds import ColumnDef
from zhida.exchange.headers import MONEY_UNITS
from zhida.exchange.workspace import literal, quoted
from zhida.rules.vocabulary import Fact

_PERIOD_EXAMPLES = {"month": "2022-09", "quarter": "2022Q3", "year": "2022"}
_DATED = frozenset({"date", "month"})
_SUFFIX = "[元万亿]$"


@dataclass(frozen=True, slots=True)
class Cell:
    """A column of the feed found in the file: ``source`` is its column in ``raw``, ``unit`` that of its numbers."""

    column: ColumnDef
    source: str
    unit: str | None
    fact: Fact | None

    def _name(self, prefix: str) -> str:
        return quoted(f"{prefix}_{self.column.name}")

    def clean(self) -> list[str]:
        text = self._name("t")
        if self.column.type == "uscc":
            return [f"nullif(z_code({self.source}), '') AS {text}", f"{self.source} AS {self._name('o')}"]
        if self.column.type == "text":
            return [f"z_text({self.source}) AS {text}"]
        return [f"z_value({self.source}) AS {text}"]

    def prepared(self) -> list[str]:
        text, kind = self._name("t"), self.column.type
        made = [f"{self._silent()} AS {self._name('q')}"]
        if kind == "uscc":
            made += [f"z_person_id({text}) AS {self._name('i')}", f"z_uscc_shape({text}) AS {self._name('s')}"]
        elif kind in _DATED:
            made.append(f"z_date_text({text}) AS {self._name('n')}")
        elif kind == "quarter":
            made.append(f"z_quarter_no({text}) AS {self._name('n')}")
        elif kind == "money":
            made += [f"z_number({self._amount()}) AS {self._name('n')}", f"{self._places()} AS {self._name('m')}"]
        elif kind == "int":
            made += [f"z_number({self._whole()}) AS {self._name('n')}", f"{self._percent()} AS {self._name('m')}"]
        return made

    def join(self) -> str:
        if self.column.type != "code":
            return ""
        words, alias = quoted(f"words_{self.column.codes}"), self._name("w")
        return f"LEFT JOIN {words} AS {alias} ON {alias}.word = lower({self._name('t')})"

    def valued(self) -> list[str]:
        made = [f"CASE WHEN NOT {self._name('q')} THEN {self._value()} END AS {quoted(self.column.name)}"]
        if self.column.may_not_apply:
            said = f"coalesce(z_not_applicable({self._name('t')}), false)"
            blank = self._name("q") if self.column.blank == "not_applicable" else said
            made.append(f"{blank} AS {quoted(self.column.name + '#na')}")
        return made

    def judged(self) -> list[str]:
        problem, detail = self._code_problem() if self.column.type == "uscc" else self._problem()
        return [f"{problem} AS {self._name('p')}", f"{detail} AS {self._name('d')}"]

    def _silent(self) -> str:
        """The cell says nothing. 无 is an answer to a yes-or-no question and silence elsewhere."""
        text = self._name("t")
        missing = f"z_missing({text})" + (f" AND {text} <> '无'" if self.column.type == "bool" else "")
        return f"({text} IS NULL OR ({missing}) OR z_not_applicable({text}))"

    def _amount(self) -> str:
        """The number without currency sign and unit."""
        text = self._name("t")
        bare = f"ltrim({text}, '¥ ')"
        return (
            f"CASE WHEN regexp_full_match({text}, '[0-9.,+-]+') THEN {text} "
            f"WHEN regexp_matches({bare}, '{_SUFFIX}') THEN rtrim({bare}, '元万亿百千人民币 ') ELSE {bare} END"
        )

    def _places(self) -> str:
        """How far the point moves to give fen: by the unit written in the cell, else by the column's."""
        text = self._name("t")
        words = sorted(MONEY_UNITS.items(), key=lambda item: -len(item[0]))
        cases = " ".join(f"WHEN {text} LIKE '%{word}' THEN {2 + power}" for word, power in words)
        usual = 2 + MONEY_UNITS.get(self.unit or "元", 0)
        return f"CASE WHEN NOT regexp_matches({text}, '{_SUFFIX}') THEN {usual} {cases} END"

    def _whole(self) -> str:
        """The number without its unit (without the percent sign for rates in one ten-thousandths)."""
        text = self._name("t")
        word = "%" if self.unit == "bp" else self.unit
        if not word:
            return text
        return f"CASE WHEN suffix({text}, {literal(word)}) THEN trim(left({text}, -{len(word)})) ELSE {text} END"

    def _percent(self) -> str:
        return f"CASE WHEN suffix({self._name('t')}, '%') THEN 2 ELSE 0 END" if self.unit == "bp" else "0"

    def _value(self) -> str:
        text, ready, kind = self._name("t"), self._name("n"), self.column.type
        if kind in ("money", "int"):
            return f"z_shift({ready}, {self._name('m')})"
        if kind == "code":
            return f"{self._name('w')}.code"
        if kind in _DATED:
            return f"z_{kind}_of({ready})"
        if kind == "quarter":
            return f"z_quarter_of({text}, {ready})"
        return f"z_{kind}({text})" if kind in ("year", "bool") else text

    def _problem(self) -> tuple[str, str]:
        """SQL of the problem code (NULL when fine) and of its detail."""
        name, column = quoted(self.column.name), self.column
        missing = "'missing-value'" if column.required else "NULL"
        code, detail = self._unreadable()
        cases = [f"WHEN {self._name('q')} THEN {missing}", f"WHEN {name} IS NULL THEN '{code}'"]
        details = [f"WHEN {name} IS NULL THEN {literal(detail)}"]
        if self.fact is not None and column.type in ("int", "money"):
            for bound, op, word in ((self.fact.lo, "<", "too-small"), (self.fact.hi, ">", "too-large")):
                if bound is not None:
                    limit = f"{format_fen(bound)} 元" if column.type == "money" else str(bound)
                    cases.append(f"WHEN {name} {op} {bound} THEN '{word}'")
                    details.append(f"WHEN {name} {op} {bound} THEN {literal(limit)}")
        return f"CASE {' '.join(cases)} END", f"CASE {' '.join(details)} END"

    def _unreadable(self) -> tuple[str, str]:
        column = self.column
        if column.bad == "warn":
            return "unreadable-value", ""
        if column.type in _PERIOD_EXAMPLES:
            return "not-a-period", _PERIOD_EXAMPLES[column.type]
        return {
            "int": ("not-a-whole-number", ""),
            "money": ("not-an-amount", self.unit or "元"),
            "date": ("not-a-date", ""),
            "bool": ("not-yes-or-no", ""),
            "code": ("not-in-code-list", column.codes or ""),
        }.get(column.type, ("unreadable-value", ""))

    def _code_problem(self) -> tuple[str, str]:
        code, original, silent = self._name("t"), self._name("o"), self._name("q")
        person, shaped = self._name("i"), self._name("s")
        old = f"length({code}) = 15"
        bad = f"regexp_replace({code}, '[0-9A-HJ-NPQRTUWXY]', '', 'g')"
        problem = (
            f"CASE WHEN {silent} THEN {'NULL' if not self.column.required else repr('code-missing')} "
            rf"WHEN regexp_full_match({code}, '\d(\.\d+)?E\+?\d+') THEN 'code-ruined' "
            f"WHEN {person} THEN 'code-is-person-id' "
            f"WHEN length({code}) NOT IN (15, 18) THEN 'code-length' "
            rf"WHEN {old} AND NOT regexp_full_match({code}, '\d*') THEN 'code-characters' "
            f"WHEN NOT {old} AND NOT {shaped} THEN 'code-characters' "
            f"WHEN {code} <> {original} THEN 'code-written-oddly' END"
        )
        detail = (
            f"CASE WHEN {silent} OR {person} THEN NULL "
            f"WHEN length({code}) NOT IN (15, 18) THEN CAST(length({code}) AS VARCHAR) "
            rf"WHEN {old} AND NOT regexp_full_match({code}, '\d*') THEN regexp_replace({code}, '\d', '', 'g') "
            f"WHEN NOT {old} AND NOT {shaped} THEN coalesce(nullif({bad}, ''), substr({code}, 3, 6)) "
            f"ELSE {code} END"
        )
        return problem, detail
