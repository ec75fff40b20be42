"""Hypothesis strategies for authored rules: random well-typed texts, measures and fact sets.

What it offers:

* ``VOCABULARY``: fifteen facts of every kind (counts, days, money, a series, dates, codes, truths;
  optional ones; two of the record ``lease``), their code lists; ``ENTITY`` is ``"lease"`` so that
  record and subject facts may both be used; ``AS_OF`` is the date everything is built for.
* ``PARAMS``: parameters of every kind (``MEASURE_PARAMS`` by name), one of them blank.
* ``truths()``, ``counts()``, ``money()``, ``dates()``: texts of that type over the whole language;
  pass ``params=False`` to leave parameters out (then ``zhida.rules.expression`` accepts the text).
* ``native_truths()``, ``native_counts()``: only what plain CEL has too (no functions of ours).
* ``measures()``: a ``MeasureSource`` with one to four conditions and an amount that is never negative.
* ``fact_sets()``: values for the keys of ``KEYS``; a key left out is unknown, optional facts may be
  ``NOT_APPLICABLE``. ``NATIVE_KEYS`` are the facts the native texts use.

All texts are accepted by the checker: a refusal is a bug of this file or of the checker.
"""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from zhida.rules.measure import ConditionSource, MeasureSource, OutputSource, ParamDef, ParamValue
from zhida.rules.vocabulary import NOT_APPLICABLE, Code, CodeList, Entity, Fact, Vocabulary, month_key

AS_OF = dt.date(2022, 9, 30)
ENTITY = "lease"
Text = st.SearchStrategy[str]

_TREE = {
    "A": ("农业", None), "C": ("制造业", None), "C13": ("农副食品加工业", "C"), "C14": ("食品制造业", "C"),
    "F": ("批发和零售业", None), "H": ("住宿和餐饮业", None), "H61": ("住宿业", "H"), "H62": ("餐饮业", "H"),
}  # fmt: skip
INDUSTRY = CodeList("industry", "行业", "industry", {c: Code(c, zh, c, up) for c, (zh, up) in _TREE.items()})
SIZE = CodeList(
    "size",
    "企业规模",
    "size",
    {c: Code(c, zh, c) for c, zh in [("large", "大型"), ("medium", "中型"), ("small", "小型"), ("micro", "微型")]},
)
PLACES = CodeList(
    "places",
    "行政区划",
    "divisions",
    {
        "990100": Code("990100", "示范市", "Demo city"),
        "990101": Code("990101", "示范县", "Demo county", "990100"),
        "990102": Code("990102", "示范二县", "Second demo county", "990100"),
    },
)
_FACTS = (
    Fact("place", "登记地", "place of registration", "code", codes="places"),
    Fact("insured_staff", "参保职工人数", "insured staff", "int", "人", lo=0, hi=100_000),
    Fact("employees", "从业人数", "people employed", "int", "人", lo=0, hi=100_000),
    Fact("suspended_days", "停业天数", "days suspended", "int", "日", lo=0, hi=1_100),
    Fact("score", "信用分", "credit score", "int", "1", lo=-1_000, hi=1_000),
    Fact("tax_paid", "实缴税额", "tax paid", "money", "元", lo=0, hi=10**10),
    Fact("balance", "账户余额", "account balance", "money", "元", lo=-(10**10), hi=10**10),
    Fact("monthly_sales", "各月销售额", "monthly sales", "money", "元", series=True, lo=0, hi=10**10),
    Fact("established_on", "成立日期", "day of establishment", "date"),
    Fact("industry", "主营行业", "main industry", "code", codes="industry"),
    Fact("size", "企业规模", "size of enterprise", "code", codes="size"),
    Fact("on_list", "列入名单", "on the list", "bool"),
    Fact("loan_debt", "贷款欠款", "loan debt", "money", "元", lo=0, hi=10**10, optional=True),
    Fact("graduated_on", "毕业日期", "day of graduation", "date", optional=True),
    Fact("lease.monthly_rent", "月租金", "monthly rent", "money", "元/月", entity="lease", lo=0, hi=10**8),
    Fact("lease.sublet", "转租", "sublet", "bool", entity="lease", optional=True),
)
VOCABULARY = Vocabulary(
    facts={fact.key: fact for fact in _FACTS},
    entities={"subject": Entity("subject", "主体", "subject"), "lease": Entity("lease", "租约", "lease")},
    code_lists={codes.id: codes for codes in (INDUSTRY, SIZE, PLACES)},
)
PARAMS = (
    ParamDef("limit", "限额", "limit", "元", None, (ParamValue(500_000),)),
    ParamDef("per_head", "每人补助", "grant per person", "元/人", None, (ParamValue(Decimal("500.50")),)),
    ParamDef("min_days", "最少天数", "least days", "日", None, (ParamValue(7),)),
    ParamDef("min_staff", "最少人数", "least staff", "人", None, (ParamValue(3),)),
    ParamDef("months", "月数", "months", "月", None, (ParamValue(3),)),
    ParamDef("share", "比例", "share", "%", None, (ParamValue(Decimal("4.25")),)),
    ParamDef("blank_share", "未定比例", "open share", "%", None, (ParamValue(None, owner="dept-finance"),)),
    ParamDef("blank_amount", "未定金额", "open amount", "元", None, (ParamValue(None, owner="dept-finance"),)),
    ParamDef("trades", "优先行业", "favoured trades", None, "industry", (ParamValue(("C", "H62")),)),
    ParamDef("since", "起算日", "start", None, None, (ParamValue(dt.date(2022, 8, 1)),)),
    ParamDef("widened", "扩围", "widened", None, None, (ParamValue(True),)),
    ParamDef(
        "bands", "分档补助", "grant by band", "人→元", None,
        (ParamValue(({"up_to": 5, "value": 1000}, {"below": 50, "value": Decimal("2000.50")}, {"value": 0})),),
    ),
)  # fmt: skip
MEASURE_PARAMS = {param.name: param for param in PARAMS}
MONTHS = [month_key("monthly_sales", 2022, month) for month in range(4, 10)]

_OPS = st.sampled_from(["==", "!=", "<", "<=", ">", ">="])
_EQUAL = st.sampled_from(["==", "!="])
_SMALL = st.integers(0, 50).map(str)
_MODES = st.sampled_from(['"half_up"', '"down"', '"up"'])
_LEAF_CODES = [code for code in INDUSTRY.codes if len(INDUSTRY.under(code)) == 1]


def _join(*parts: str | Text) -> Text:
    """Concatenate fixed and drawn pieces."""
    drawn = [part if isinstance(part, st.SearchStrategy) else st.just(part) for part in parts]
    return st.tuples(*drawn).map("".join)


def _pick(*texts: str) -> Text:
    return st.sampled_from(texts)


def _layers(base: Text, grow: Callable[[Text], Text]) -> Text:
    """A recursive strategy of modest size."""
    return st.recursive(base, grow, max_leaves=6)


def _numeric(base: Text, shift: Text, times: bool = True) -> Text:
    """Sums, products with a small literal, choices, min and max over ``base``."""

    def grow(inner: Text) -> Text:
        grown = [
            _join("(", inner, " + ", inner, ")"),
            _join("(", inner, " - ", shift, ")"),
            _join("(", shift, " + ", inner, ")"),
            _join("min(", inner, ", ", inner, ")"),
            _join("max(", inner, ", ", shift, ", ", inner, ")"),
            _join("-(", inner, ")"),
            _join("(on_list ? ", inner, " : ", inner, ")"),
        ]
        if times:
            grown.append(_join("(", inner, " * ", _SMALL, ")"))
        return st.one_of(grown)

    return _layers(base, grow)


@functools.cache
def counts(*, params: bool = True) -> Text:
    """Numbers of people."""
    base = [_pick("insured_staff", "employees"), _join("rate(employees, ", _SMALL, ", 7, ", _MODES, ")")]
    if params:
        base.append(_pick("param.min_staff"))
    return _numeric(st.one_of(base), _SMALL)


@functools.cache
def _days(params: bool) -> Text:
    base = [_pick("suspended_days", "days_between(established_on, as_of)", "day(as_of)")]
    if params:
        base.append(_pick("param.min_days"))
    return _numeric(st.one_of(base), _SMALL, times=False)


@functools.cache
def _months(params: bool) -> Text:
    base = [
        _pick(
            "months_between(established_on, as_of)", "months_between(as_of, established_on)", "month(established_on)"
        ),
        _join('count_months(monthly_sales, -3, -1, "', _OPS, '", ', _pick("yuan(100)", "tax_paid", "yuan(0)"), ")"),
    ]
    if params:
        base.append(_pick("param.months"))
    return _numeric(st.one_of(base), _SMALL, times=False)


def _yuan() -> Text:
    return st.one_of(
        st.integers(0, 10_000).map(lambda n: f"yuan({n})"),
        st.integers(0, 999_999).map(lambda fen: f'yuan("{fen // 100}.{fen % 100:02d}")'),
    )


@functools.cache
def money(*, params: bool = True) -> Text:
    """Amounts in 元, possibly negative."""
    base = [
        _pick("tax_paid", "balance", "(has(loan_debt) ? loan_debt : yuan(0))"),
        _yuan(),
        _join("sum_months(monthly_sales, ", _pick("-5, -1", "-2, 0", '"2022-04", "2022-06"', "-1, -1"), ")"),
        _join("rate(tax_paid, ", _SMALL, ", ", st.integers(1, 400).map(str), ", ", _MODES, ")"),
        _pick("lease.monthly_rent * max(0, months_between(established_on, as_of))"),
    ]
    if params:
        base += [
            _pick("insured_staff * param.per_head", "param.limit", "lease.monthly_rent * param.months"),
            _join("rate(tax_paid, ", _pick("param.share", "param.blank_share"), ", ", _MODES, ")"),
            _pick("tier(insured_staff, param.bands)", "param.blank_amount"),
        ]
    return _numeric(st.one_of(base), _yuan())


@functools.cache
def dates(*, params: bool = True) -> Text:
    base = ["as_of", "established_on", 'date("2022-02-28")', "(has(graduated_on) ? graduated_on : as_of)"]
    leaf = st.sampled_from(base + (["param.since"] if params else []))

    def grow(inner: Text) -> Text:
        return st.one_of(
            _join("add_months(", inner, ", ", st.integers(-30, 30).map(str), ")"),
            _join("add_days(", inner, ", ", st.integers(-400, 400).map(str), ")"),
            _join("min(", inner, ", ", inner, ")"),
            _join("max(", inner, ", ", inner, ")"),
            _join("(on_list ? ", inner, " : ", inner, ")"),
        )

    return st.recursive(leaf, grow, max_leaves=3)


def _code_tests(params: bool) -> Text:
    some = st.lists(st.sampled_from(_LEAF_CODES), min_size=1, max_size=3).map(
        lambda codes: ", ".join(f'"{code}"' for code in codes)
    )
    tests = [
        _join("size ", _EQUAL, " ", st.sampled_from(sorted(SIZE.codes)).map(lambda c: f'"{c}"')),
        _join("industry in [", some, "]"),
    ]
    if params:
        tests.append(_pick("industry in param.trades", "!(industry in param.trades)"))
    return st.one_of(tests)


@functools.cache
def truths(*, params: bool = True) -> Text:
    """Conditions over the whole language, three-valued."""
    base = [
        _pick("on_list", "true", "false", "has(loan_debt)", "has(lease.sublet) && lease.sublet"),
        _pick("!has(graduated_on) || graduated_on < as_of", "has(loan_debt) && loan_debt > yuan(1000)"),
        _join(counts(params=params), " ", _OPS, " ", counts(params=params)),
        _join(_days(params), " ", _OPS, " ", _SMALL),
        _join(_months(params), " ", _OPS, " ", _SMALL),
        _join(money(params=params), " ", _OPS, " ", money(params=params)),
        _join(dates(params=params), " ", _OPS, " ", dates(params=params)),
        _join("year(", dates(params=params), ") == 2022"),
        _join("score ", _OPS, " ", st.integers(-1_000, 1_000).map(str)),
        _join(
            _pick("at_most", "at_least"), "(tax_paid, ", money(params=params), ", 3, ", st.integers(1, 9).map(str), ")"
        ),
        _code_tests(params),
    ]
    if params:
        base.append(
            _pick(
                "param.widened",
                "at_most(tax_paid, balance, param.share)",
                "at_least(tax_paid, balance, param.blank_share)",
            )
        )
    return _logic(st.one_of(base))


def _logic(base: Text) -> Text:
    def grow(inner: Text) -> Text:
        return st.one_of(
            _join("(", inner, ") && (", inner, ")"),
            _join("(", inner, ") || (", inner, ")"),
            _join("!(", inner, ")"),
            _join("(", inner, ") ? (", inner, ") : (", inner, ")"),
            _join("(", inner, ") == (", inner, ")"),
        )

    return _layers(base, grow)


# -- plain CEL ----------------------------------------------------------------------------------

NATIVE_KEYS = ("insured_staff", "employees", "score", "tax_paid", "balance", "industry", "size", "on_list")


@functools.cache
def native_counts(names: tuple[str, ...] = ("insured_staff", "employees")) -> Text:
    def grow(inner: Text) -> Text:
        return st.one_of(
            _join("(", inner, " + ", inner, " - ", st.sampled_from(names), ")"),
            _join("-(", inner, ")"),
            _join("(", inner, " * ", _SMALL, ")"),
            _join("(on_list ? ", inner, " : ", inner, ")"),
        )

    return _layers(st.sampled_from(names), grow)


@functools.cache
def native_truths() -> Text:
    """Conditions that mean the same in plain CEL when missing facts are left out."""
    people, pure, sums = (
        native_counts(names) for names in (("insured_staff", "employees"), ("score",), ("tax_paid", "balance"))
    )
    base = st.one_of(
        _join(people, " ", _OPS, " ", people),
        _join(pure, " ", _OPS, " ", st.integers(-2_000, 2_000).map(str)),
        _join(pure, " in [", _SMALL, ", -", _SMALL, "]"),
        _join(sums, " ", _OPS, " ", st.one_of(sums, st.just("0"))),
        _pick("on_list", "true", "false"),
        _code_tests(params=False),
    )
    return _logic(base)


# -- measures and facts -------------------------------------------------------------------------


@st.composite
def measures(draw: st.DrawFn) -> MeasureSource:
    """A measure of the record ``lease`` in force in 2022 at 990100."""
    texts = draw(st.lists(truths(), min_size=1, max_size=4))
    amount = draw(money())
    outputs = [OutputSource("amount", f"max(0, {amount})", "金额", "amount")]
    if draw(st.booleans()):
        outputs.append(OutputSource("until", draw(dates()), "到期", "until"))
    return MeasureSource(
        id="random",
        version="1",
        entity=ENTITY,
        who=({"size": ("small", "micro")}, {"industry": ("H",)}),
        places=draw(st.sampled_from([("",), ("990100",), ("990101", "990102")])),
        valid_from=dt.date(2022, 1, 1),
        valid_until=dt.date(2022, 12, 31),
        params=PARAMS,
        conditions=tuple(ConditionSource(f"c{i}", text, f"条件{i}", f"condition {i}") for i, text in enumerate(texts)),
        outputs=tuple(outputs),
    )


def _values(fact: Fact) -> st.SearchStrategy[Any]:
    if fact.kind == "bool":
        return st.booleans()
    if fact.kind == "date":
        return st.dates(dt.date(2019, 1, 1), dt.date(2024, 12, 31))
    if fact.kind == "code":
        return st.sampled_from(sorted(VOCABULARY.code_lists[fact.codes or ""].codes))
    assert fact.lo is not None
    assert fact.hi is not None
    near = [v for v in (fact.lo, 0, 3, 7, 49, 50, 51, fact.hi) if fact.lo <= v <= fact.hi]
    return st.one_of(st.sampled_from(near), st.integers(fact.lo, fact.hi))


def _all_values() -> dict[str, st.SearchStrategy[Any]]:
    found: dict[str, st.SearchStrategy[Any]] = {}
    for fact in _FACTS:
        values = _values(fact)
        if fact.optional:
            values = st.one_of(values, st.just(NOT_APPLICABLE))
        for key in MONTHS if fact.series else [fact.key]:
            found[key] = values
    return found


KEYS = tuple(_all_values())


def fact_sets(keys: tuple[str, ...] = KEYS) -> st.SearchStrategy[dict[str, Any]]:
    """Facts by key; what is left out is unknown."""
    return st.fixed_dictionaries({}, optional={key: value for key, value in _all_values().items() if key in keys})
