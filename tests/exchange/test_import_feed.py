"""A delivery of a feed: what is taken, what is refused and why, what replaces what."""

from __future__ import annotations

import datetime as dt
from typing import Any

import duckdb
import pytest

from zhida.core.paths import lake
from zhida.exchange import queries
from zhida.exchange.models import Batch, Finding
from zhida.exchange.refusal import FileRefused


def stored(batch: str) -> list[tuple[Any, ...]]:
    path = lake() / Batch.objects.get(pk=batch).lake_path
    return duckdb.sql(f"SELECT uscc, month, insured_staff, pension_due, _row FROM '{path}' ORDER BY ALL").fetchall()


def codes_of(batch: str) -> set[tuple[int, str]]:
    return {(f.row, f.code) for f in Finding.objects.filter(batch=batch)}


def test_good_rows_are_kept_typed_and_sorted(desk, social):
    a, b = desk.code(1), desk.code(2)
    desk.register(a, b)
    result = desk.feed(
        "social-insurance", desk.csv("si.csv", social((b, "2022-08", "1,200", "3,400.50"), (a, "2022年8月", 7, "")))
    )
    assert (result.total, result.accepted, result.refused) == (2, 2, 0)
    day = dt.date(2022, 8, 1)
    assert stored(result.batch) == sorted([(a, day, 7, None, 3), (b, day, 1200, 340050, 2)])
    batch = queries.batch(result.batch)
    assert (batch.period_from, batch.period_until) == (day, dt.date(2022, 8, 31))


def test_columns_may_come_in_any_order_and_under_any_known_name(desk, social):
    a = desk.code(1)
    desk.register(a)
    rows = [("参保职工人数", "备注", "月份", "社会信用代码 "), (5, "x", "202208", a)]
    result = desk.feed("social-insurance", desk.csv("si.csv", rows))
    assert stored(result.batch) == [(a, dt.date(2022, 8, 1), 5, None, 2)]
    assert codes_of(result.batch) == {(0, "unknown-column")}
    assert Finding.objects.get().found == "备注"


def test_a_unit_in_the_header_wins_over_the_usual_one(desk):
    a = desk.code(1)
    desk.register(a)
    rows = [("统一社会信用代码", "月份", "参保人数", "养老保险单位应缴（万元）"), (a, "2022-08", 5, "1.2345")]
    result = desk.feed("social-insurance", desk.csv("si.csv", rows))
    assert stored(result.batch)[0][3] == 1_234_500


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (("", "2022-08", 1, 1), "code-missing"),
        (("9.13303E+17", "2022-08", 1, 1), "code-ruined"),
        (("91330328145629301", "2022-08", 1, 1), "code-length"),
        (("91330328I45629301W", "2022-08", 1, 1), "code-characters"),
        (("11010519491231002X", "2022-08", 1, 1), "code-is-person-id"),
        ((None, "2022-13", 1, 1), "not-a-period"),
        ((None, "八月", 1, 1), "not-a-period"),
        ((None, "", 1, 1), "missing-value"),
        ((None, "2022-08", "", 1), "missing-value"),
        ((None, "2022-08", "7.5", 1), "not-a-whole-number"),
        ((None, "2022-08", "七", 1), "not-a-whole-number"),
        ((None, "2022-08", -1, 1), "too-small"),
        ((None, "2022-08", 1_000_001, 1), "too-large"),
        ((None, "2022-08", 1, "1.005"), "not-an-amount"),
        ((None, "2022-08", 1, "12,34"), "not-an-amount"),
        ((None, "2022-08", 1, "-5"), "too-small"),
    ],
)
def test_a_bad_row_is_refused_with_its_reason_and_the_good_ones_stay(desk, social, row, code):
    good, other = desk.code(1), desk.code(2)
    desk.register(good, other)
    row = (other if row[0] is None else row[0], *row[1:])
    result = desk.feed("social-insurance", desk.csv("si.csv", social((good, "2022-08", 3, 9), row)))
    assert (result.accepted, result.refused, result.stored) == (1, 1, 1)
    assert codes_of(result.batch) == {(3, code)}
    finding = Finding.objects.get()
    assert finding.severity == "refused"
    assert finding.zh
    assert finding.en
    assert "{" not in finding.zh + finding.en


def test_an_identity_number_is_never_copied_into_the_report(desk, social):
    desk.register(desk.code(1))
    desk.feed("social-insurance", desk.csv("si.csv", social(("11010519491231002X", "2022-08", 3, 9))))
    finding = Finding.objects.get(code="code-is-person-id")
    assert "1949" not in finding.found + finding.detail + finding.zh


def test_a_subject_not_in_the_registry_is_kept_aside(desk, social):
    a, b = desk.code(1), desk.code(2)
    desk.register(a)
    result = desk.feed("social-insurance", desk.csv("si.csv", social((a, "2022-08", 3, 9), (b, "2022-08", 4, 9))))
    assert (result.accepted, result.with_findings, result.unlinked, result.stored) == (1, 1, 1, 2)
    assert codes_of(result.batch) == {(3, "not-in-registry")}


def test_identical_rows_count_once_and_conflicting_rows_are_refused(desk, social):
    a, b = desk.code(1), desk.code(2)
    desk.register(a, b)
    rows = social((a, "2022-08", 3, 9), (b, "2022-08", 1, 1), (a, "2022-08", 3, "9.00"), (b, "2022-08", 2, 1))
    result = desk.feed("social-insurance", desk.csv("si.csv", rows))
    assert codes_of(result.batch) == {(4, "duplicate-row"), (3, "conflicting-rows"), (5, "conflicting-rows")}
    assert (result.accepted, result.with_findings, result.refused, result.stored) == (1, 1, 2, 1)


def test_a_missing_required_column_refuses_the_whole_file(desk):
    desk.register(desk.code(1))
    path = desk.csv("si.csv", [("统一社会信用代码", "月份"), (desk.code(1), "2022-08")])
    with pytest.raises(FileRefused, match="参保人数") as refused:
        desk.feed("social-insurance", path)
    assert refused.value.code == "missing-column"
    assert Batch.objects.filter(kind="feed").count() == 0


def test_the_file_of_another_feed_is_refused_and_the_feed_named(desk):
    desk.register(desk.code(1))
    rows = [("统一社会信用代码", "贷款合同号", "统计月份", "贷款本金"), (desk.code(1), "L1", "2022-08", 5)]
    with pytest.raises(FileRefused) as refused:
        desk.feed("social-insurance", desk.csv("x.csv", rows))
    assert "loans" in refused.value.zh


def test_two_columns_of_one_meaning_are_refused(desk):
    rows = [("统一社会信用代码", "月份", "所属月份", "参保人数"), (desk.code(1), "2022-08", "2022-09", 5)]
    with pytest.raises(FileRefused) as refused:
        desk.feed("social-insurance", desk.csv("x.csv", rows))
    assert refused.value.code == "doubled-column"


def test_an_unknown_feed_is_refused_with_the_known_ones(desk, social):
    with pytest.raises(FileRefused, match="social-insurance"):
        desk.feed("social", desk.csv("x.csv", social()))


def test_the_same_file_twice_changes_nothing(desk, social):
    a = desk.code(1)
    desk.register(a)
    path = desk.csv("si.csv", social((a, "2022-08", 3, 9)))
    first = desk.feed("social-insurance", path)
    again = desk.feed("social-insurance", desk.csv("copy.csv", social((a, "2022-08", 3, 9))))
    assert (again.state, again.batch) == ("unchanged", first.batch)
    assert queries.batches("social-insurance").count() == 1


def test_a_corrected_file_of_the_period_replaces_and_says_so(desk, social):
    codes = [desk.code(i) for i in range(4)]
    desk.register(*codes)
    first = desk.feed("social-insurance", desk.csv("1.csv", social(*((c, "2022-08", 1, 1) for c in codes))))
    second = desk.feed("social-insurance", desk.csv("2.csv", social(*((c, "2022-08", 2, 1) for c in codes[:3]))))
    assert [(r.batch, r.periods, r.repeated, r.dropped) for r in second.replaces] == [
        (first.batch, ("2022-08-01",), 3, 1)
    ]
    assert [b.id for b in queries.replaced_by(queries.batch(first.batch))] == [second.batch]
    assert desk.feed("social-insurance", desk.folder / "1.csv").replaced_by == (second.batch,)


def test_another_period_replaces_nothing(desk, social):
    a = desk.code(1)
    desk.register(a)
    desk.feed("social-insurance", desk.csv("1.csv", social((a, "2022-08", 1, 1))))
    assert desk.feed("social-insurance", desk.csv("2.csv", social((a, "2022-09", 1, 1)))).replaces == ()


def test_dropping_many_rows_asks_first(desk, social):
    codes = [desk.code(i) for i in range(60)]
    desk.register(*codes)
    desk.feed("social-insurance", desk.csv("1.csv", social(*((c, "2022-08", 1, 1) for c in codes))))
    few = desk.csv("2.csv", social(*((c, "2022-08", 2, 1) for c in codes[:5])))
    with pytest.raises(FileRefused, match="--partial") as refused:
        desk.feed("social-insurance", few)
    assert refused.value.code == "drops-many-rows"
    assert queries.batches("social-insurance").count() == 1
    partial = desk.feed("social-insurance", few, delivers="partial")
    assert [(r.repeated, r.dropped) for r in partial.replaces] == [(5, 0)]
    whole = desk.feed("social-insurance", few, replace=True)
    assert sum(r.dropped for r in whole.replaces) == 55


def test_a_dry_run_reports_and_writes_nothing(desk, social):
    a = desk.code(1)
    desk.register(a)
    result = desk.feed("social-insurance", desk.csv("1.csv", social((a, "2022-08", 1, 1))), dry_run=True)
    assert (result.state, result.accepted) == ("preview", 1)
    assert not Batch.objects.filter(kind="feed").exists()
    assert not (lake() / "feeds").exists()


def test_codes_are_accepted_by_code_name_and_listed_spelling(desk):
    codes = [desk.code(i) for i in range(5)]
    desk.register(*codes)
    words = ["small", "小型", "小", "小型企业", "超小"]
    rows = [
        ("统一社会信用代码", "名单日期", "企业规模"),
        *((c, "2022-06-30", w) for c, w in zip(codes, words, strict=True)),
    ]
    result = desk.feed("size-list", desk.csv("size.csv", rows))
    path = lake() / queries.batch(result.batch).lake_path
    assert duckdb.sql(f"SELECT DISTINCT size FROM '{path}'").fetchall() == [("small",)]
    assert codes_of(result.batch) == {(6, "not-in-code-list")}


def test_an_empty_cell_of_an_optional_fact_means_what_the_feed_says(desk):
    codes = [desk.code(i) for i in range(3)]
    desk.register(*codes)
    rows = [("统一社会信用代码", "月份", "信用等级", "处罚日期"),
            (codes[0], "2022-08", "A", ""), (codes[1], "2022-08", "B", "不适用"),
            (codes[2], "2022-08", "", "2022/8/3")]  # fmt: skip
    result = desk.feed("credit", desk.csv("c.csv", rows))
    path = lake() / queries.batch(result.batch).lake_path
    found = duckdb.sql(
        f"SELECT last_penalty_on, \"last_penalty_on#na\", credit_grade FROM '{path}' ORDER BY uscc"
    ).fetchall()
    assert found == [(None, True, "A"), (None, True, "B"), (dt.date(2022, 8, 3), False, None)]


def test_a_column_with_data_but_no_header_is_reported(desk, social):
    a = desk.code(1)
    desk.register(a)
    rows = [("统一社会信用代码", "", "月份", "参保人数", ""), (a, "注", "2022-08", 1, "")]
    result = desk.feed("social-insurance", desk.csv("x.csv", rows))
    assert codes_of(result.batch) == {(0, "unnamed-column")}
    assert Finding.objects.get().found == "2"
