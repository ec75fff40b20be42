"""Names of a rule text: facts, parameters and codes, each unknown one with its nearest right name."""

from __future__ import annotations

from zhida.rules import syntax as s
from zhida.rules.errors import Problem, Span
from zhida.rules.guards import Guards
from zhida.rules.suggest import code_names, fact_names, hint, nearest
from zhida.rules.types import BAD, DATE, NAMES, Scope, Ty, fact_type
from zhida.rules.units import UnitError
from zhida.rules.vocabulary import SUBJECT, CodeList


class Names:
    """What a text may refer to; ``problems`` grows, ``types`` maps id(node) to its type."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.problems: list[Problem] = []
        self.types: dict[int, Ty] = {}
        self._kept: list[s.Expr] = []  # ids stay unique while the nodes live

    def problem(self, code: str, zh: str, en: str, span: Span) -> Ty:
        """Record a problem and return the type that silences follow-up problems."""
        found = Problem(code, zh, en, span)
        if found not in self.problems:
            self.problems.append(found)
        return BAD

    def note(self, expr: s.Expr, ty: Ty) -> Ty:
        self.types[id(expr)] = ty
        self._kept.append(expr)
        return ty

    def type_of(self, expr: s.Expr) -> Ty:
        return self.types[id(expr)]

    # -- names ----------------------------------------------------------------------------------

    def name_type(self, expr: s.Name, guards: Guards) -> Ty:
        ty = self.lookup(expr)
        if ty.kind == "series":
            return self.problem(
                "series-use",
                f"{expr.name} 是逐月数据，只能用 sum_months 或 count_months 取用",
                f"{expr.name} is a monthly series; use it through sum_months or count_months",
                expr.span,
            )
        if ty.kind in ("set", "tiers", "ratio", "month"):
            return self._misplaced(expr, ty)
        self.guarded(expr, guards)
        return ty

    def _misplaced(self, expr: s.Name, ty: Ty) -> Ty:
        use = {
            "set": "in " + expr.name,
            "tiers": f"tier(…, {expr.name})",
            "ratio": f"rate(…, {expr.name}) / at_most / at_least",
            "month": "sum_months / count_months",
        }[ty.kind]
        zh, en = NAMES[ty.kind]
        return self.problem(
            f"{ty.kind}-use",
            f"{expr.name} 是{zh}，只能这样用：{use}",
            f"{expr.name} is {en}; use it as {use}",
            expr.span,
        )

    def lookup(self, expr: s.Name) -> Ty:
        """The type of a name whatever it is (series, set, ratio included); unknown names are noted."""
        name = expr.name
        if name == "as_of":
            return DATE
        if name.startswith("param."):
            return self._param(expr, name.removeprefix("param."))
        fact = self.scope.vocabulary.facts.get(name)
        if fact is None:
            return self._unknown(expr)
        if fact.entity not in (SUBJECT, self.scope.entity):
            return self.problem(
                "wrong-entity",
                f"{name}（{fact.zh}）属于 {fact.entity}，而本规则按 {self.scope.entity} 逐一判定，不能使用",
                f"{name} belongs to {fact.entity}, but this rule decides one {self.scope.entity} at a time",
                expr.span,
            )
        try:
            return fact_type(fact, self.scope.vocabulary)
        except UnitError as error:
            return self.problem(
                "vocabulary-unit",
                f"词汇表中 {name} 的单位“{error.text}”无法识别",
                f"the vocabulary gives {name} the unit {error.text!r}, which cannot be read",
                expr.span,
            )

    def _param(self, expr: s.Name, name: str) -> Ty:
        if name in self.scope.params:
            return self.scope.params[name]
        labels = self.scope.labels
        near = nearest(name, {key: (labels.get(key, ""),) for key in self.scope.params})
        zh, en = hint(tuple(f"param.{n}" for n in near), {f"param.{n}": labels.get(n, "") for n in near})
        return self.problem(
            "unknown-param",
            f"没有参数 {name}，请在 params 中声明{zh}",
            f"there is no parameter {name}; declare it under params{en}",
            expr.span,
        )

    def _unknown(self, expr: s.Name) -> Ty:
        facts = self.scope.vocabulary.facts
        if expr.name in self.scope.params:
            zh, en = hint((f"param.{expr.name}",))
        else:
            near = nearest(expr.name, fact_names(self.scope.vocabulary, self.scope.entity))
            zh, en = hint(near, {key: facts[key].zh for key in near if key in facts})
        return self.problem(
            "unknown-name",
            f"事实词汇表中没有“{expr.name}”{zh}",
            f"there is no fact named {expr.name!r}{en}",
            expr.span,
        )

    def guarded(self, expr: s.Name, guards: Guards) -> None:
        """Require has() around an optional fact."""
        fact = self.scope.vocabulary.facts.get(expr.name)
        if fact is not None and fact.optional and expr.name not in guards:
            self.problem(
                "unguarded",
                f"{expr.name}（{fact.zh}）可能不适用，请先判断：has({expr.name}) && … 或 has({expr.name}) ? … : …",
                f"{expr.name} may not apply; guard it: has({expr.name}) && … or has({expr.name}) ? … : …",
                expr.span,
            )

    def code(self, code: str, list_id: str, span: Span) -> None:
        """Require ``code`` to be of the list, exactly as its author must write it."""
        codes = self.scope.vocabulary.code_lists.get(list_id)
        if codes is None:
            self.problem("code-list", f"代码表 {list_id} 不存在", f"there is no code list {list_id}", span)
        elif code not in codes.codes:
            self._unknown_code(code, codes, span)
        elif len(codes.under(code)) > 1:
            zh = codes.codes[code].zh
            self.problem(
                "code-has-children",
                f"代码 {code}（{zh}）下还有更细的代码，这样写不会包含下级；请放入参数集合并写 in param.名称",
                f"code {code} has finer codes below it, which this would not include; put it into a "
                "parameter set and write in param.name",
                span,
            )

    def _unknown_code(self, code: str, codes: CodeList, span: Span) -> None:
        near = nearest(code, code_names(codes))
        zh, en = hint(near, {key: codes.codes[key].zh for key in near})
        self.problem(
            "unknown-code",
            f"代码表“{codes.zh}”（{codes.id}）中没有 {code}{zh}",
            f"{code!r} is not in the code list {codes.id}{en}",
            span,
        )
