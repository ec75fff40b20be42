"""Snapshots: what is known as of a date, from the batches in force."""

from __future__ import annotations

import datetime as dt
from typing import Any

import duckdb
import pytest

from zhida.exchange import snapshot
from zhida.exchange.provenance import of as provenance
from zhida.exchange.snapshot import NoSubjects, Snapshot
from zhida.rules.vocabulary import NOT_APPLICABLE

DAY = dt.date(2022, 9, 30)


def build(desk, day: dt.date = DAY) -> Snapshot:
    return snapshot.build(day, vocabulary=desk.definitions.vocabulary, feeds=desk.definitions.feeds)


def row(made: Snapshot, subject: str, entity: str = "subject", record: str | None = None) -> dict[str, Any]:
    where = f"_subject = '{subject}'" + (f" AND _record = '{record}'" if record else "")
    found = duckdb.sql(f"SELECT * FROM '{made.tables[entity]}' WHERE {where}")
    rows = [dict(zip(found.columns, r, strict=True)) for r in found.fetchall()]
    assert len(rows) == 1
    return rows[0]


def test_without_a_registry_there_is_no_snapshot(desk):
    with pytest.raises(NoSubjects):
        build(desk)


def test_the_registry_facts_of_a_subject(desk):
    a = desk.code(1)
    desk.register(a)
    made = build(desk)
    found = row(made, a)
    assert found["_name"] == "文成县第0商行"
    assert (found["_place"], found["place"]) == ("330328100", "330328100")
    assert found["subject_type"] == "enterprise"
    assert found["established_on"] == dt.date(2015, 3, 1)
    assert found["insured_staff"] is None


def test_every_fact_of_the_vocabulary_has_its_columns_with_their_types(desk):
    desk.register(desk.code(1))
    made = build(desk)
    types = {"bool": "BOOLEAN", "int": "BIGINT", "money": "BIGINT", "code": "VARCHAR", "date": "DATE"}
    for fact in desk.definitions.vocabulary.facts.values():
        if fact.derive:
            continue
        described = {r[0]: r[1] for r in duckdb.sql(f"DESCRIBE SELECT * FROM '{made.tables[fact.entity]}'").fetchall()}
        names = [c for c in described if c == fact.key or c.startswith(f"{fact.key}@")]
        assert len(names) == (36 if fact.series else 1), fact.key
        assert {described[n] for n in names} == {types[fact.kind]}
        assert (f"{fact.key}#na" in described) is (fact.optional and not fact.series)


def test_the_latest_month_by_the_date_counts_and_later_months_are_not_known_yet(desk, social):
    a = desk.code(1)
    desk.register(a)
    rows = social((a, "2022-07", 7, 70), (a, "2022-08", 8, 80), (a, "2022-10", 10, 100))
    desk.feed("social-insurance", desk.csv("si.csv", rows))
    assert row(build(desk), a)["insured_staff"] == 8
    assert row(build(desk, dt.date(2022, 7, 31)), a)["insured_staff"] == 7
    assert row(build(desk, dt.date(2022, 6, 30)), a)["insured_staff"] is None


def test_a_value_older_than_the_fact_may_be_is_unknown(desk, social):
    a = desk.code(1)
    desk.register(a)
    desk.feed("social-insurance", desk.csv("si.csv", social((a, "2022-05", 5, 50))))
    assert row(build(desk, dt.date(2022, 7, 31)), a)["insured_staff"] == 5
    made = build(desk)
    assert row(made, a)["insured_staff"] is None
    source = provenance(made, a, None, ["insured_staff"])["insured_staff"]
    assert (source.stale, source.value, source.period) == (True, 5, "2022-05")


def test_a_corrected_file_decides_and_the_replaced_rows_are_gone(desk, social):
    a, b = desk.code(1), desk.code(2)
    desk.register(a, b)
    desk.feed("social-insurance", desk.csv("1.csv", social((a, "2022-08", 1, 1), (b, "2022-08", 1, 1))))
    before = build(desk)
    desk.feed("social-insurance", desk.csv("2.csv", social((a, "2022-08", 2, 1))))
    after = build(desk)
    assert (row(before, a)["insured_staff"], row(before, b)["insured_staff"]) == (1, 1)
    assert (row(after, a)["insured_staff"], row(after, b)["insured_staff"]) == (2, None)
    assert before.id != after.id


def test_a_partial_file_changes_only_the_rows_it_repeats(desk, social):
    a, b = desk.code(1), desk.code(2)
    desk.register(a, b)
    desk.feed("social-insurance", desk.csv("1.csv", social((a, "2022-08", 1, 1), (b, "2022-08", 1, 1))))
    desk.feed("social-insurance", desk.csv("2.csv", social((a, "2022-08", 2, 1))), delivers="partial")
    made = build(desk)
    assert (row(made, a)["insured_staff"], row(made, b)["insured_staff"]) == (2, 1)


def test_a_series_has_one_column_per_month_and_a_missing_month_is_unknown(desk):
    a = desk.code(1)
    desk.register(a)
    rows = [
        ("纳税人识别号", "所属月份", "当月销售额"),
        (a, "2022-06", "6.01"),
        (a, "2022-08", "8"),
        (a, "2019-09", "1"),
    ]
    desk.feed("vat-filing", desk.csv("vat.csv", rows))
    found = row(build(desk), a)
    assert (found["monthly_sales@2022-06"], found["monthly_sales@2022-07"], found["monthly_sales@2022-08"]) == (
        601,
        None,
        800,
    )
    assert "monthly_sales@2019-10" in found
    assert "monthly_sales@2019-09" not in found
    assert "monthly_sales@2022-10" not in found


LEASE = ("统一社会信用代码", "合同编号", "月份", "月租金", "租金调整日", "经营困难")


def test_records_have_a_row_each_and_their_subject_facts_are_combined(desk):
    a, b, c = (desk.code(i) for i in range(3))
    desk.register(a, b)
    rows = [LEASE, (a, "L1", "2022-08", 1000, "", "否"), (a, "L2", "2022-08", 2000, "2022-05-01", "是"),
            (b, "L1", "2022-08", 3000, "", "否"), (b, "L3", "2022-08", 1, "", ""),
            (c, "L9", "2022-08", 9, "", "是")]  # fmt: skip
    result = desk.feed("rent-leases", desk.csv("l.csv", rows))
    assert result.unlinked == 1
    made = build(desk)
    assert made.manifest["tables"]["lease"]["rows"] == 4
    first, second = row(made, a, "lease", "L1"), row(made, a, "lease", "L2")
    assert (first["lease.monthly_rent"], first["lease.rent_changed_on"], first["lease.rent_changed_on#na"]) == (
        100_000,
        None,
        True,
    )
    assert (second["lease.rent_changed_on"], second["lease.rent_changed_on#na"]) == (dt.date(2022, 5, 1), False)
    assert row(made, a)["in_difficulty"] is True
    assert row(made, b)["in_difficulty"] is None


def test_an_unlinked_row_joins_once_its_subject_is_registered(desk, social):
    a, b = desk.code(1), desk.code(2)
    desk.register(a)
    desk.feed("social-insurance", desk.csv("si.csv", social((b, "2022-08", 4, 9))))
    desk.register(b)
    assert row(build(desk), b)["insured_staff"] == 4


def test_a_subject_founded_later_is_not_in_the_snapshot(desk):
    a, b = desk.code(1), desk.code(2)
    desk.register(a)
    desk.register(b, day="2022-10-01")
    made = build(desk)
    assert made.manifest["tables"]["subject"]["rows"] == 1
    assert made.manifest["not_founded_yet"] == 1


def test_a_later_registry_file_updates_and_its_silence_erases_nothing(desk):
    a = desk.code(1)
    desk.register(a)
    rows = [("统一社会信用代码", "企业名称", "登记状态"), (a, "新名商行", "歇业")]
    from zhida.exchange.import_registry import import_registry

    result = import_registry(desk.csv("2.csv", rows), desk.definitions)
    assert result.subjects == {"new": 0, "changed": 1, "unchanged": 0}
    found = row(build(desk), a)
    assert (found["_name"], found["registry_status"]) == ("新名商行", "dormant")
    assert (found["established_on"], found["place"]) == (dt.date(2015, 3, 1), "330328100")


def test_equal_inputs_give_the_same_id_and_the_same_bytes(desk, social):
    codes = [desk.code(i) for i in range(300)]
    desk.register(*codes)
    desk.feed("social-insurance", desk.csv("si.csv", social(*((c, "2022-08", 1, 1) for c in codes))))
    one = build(desk)
    first = {e: p.read_bytes() for e, p in one.tables.items()}
    manifest = (one.root / snapshot.MANIFEST).read_bytes()
    for path in one.root.iterdir():
        path.unlink()
    one.root.rmdir()
    two = build(desk)
    assert two.id == one.id
    assert {e: p.read_bytes() for e, p in two.tables.items()} == first
    assert (two.root / snapshot.MANIFEST).read_bytes() == manifest


def test_an_existing_snapshot_is_reused(desk):
    desk.register(desk.code(1))
    one = build(desk)
    before = one.tables["subject"].stat().st_mtime_ns
    assert build(desk).tables["subject"].stat().st_mtime_ns == before
    assert snapshot.load(one.id) == one


def test_every_known_fact_names_its_feed_batch_row_and_period(desk, social):
    a = desk.code(1)
    desk.register(a)
    si = desk.feed(
        "social-insurance", desk.csv("si.csv", social((desk.code(2), "2022-08", 1, 1), (a, "2022-08", 8, "80.25")))
    )
    vat = [("纳税人识别号", "所属月份", "当月销售额"), (a, "2022-06", "6.01")]
    desk.feed("vat-filing", desk.csv("vat.csv", vat))
    desk.feed("rent-leases", desk.csv("l.csv", [LEASE, (a, "L1", "2022-08", 1000, "", "否")]))
    desk.feed(
        "credit", desk.csv("c.csv", [("统一社会信用代码", "月份", "信用等级", "处罚日期"), (a, "2022-08", "A", "")])
    )
    made = build(desk)
    found = row(made, a)
    known = [k for k, v in found.items() if v is not None and not k.startswith("_") and not k.endswith("#na")]
    sources = provenance(made, a, None, [*known, "last_penalty_on", "credit_grade", "vat_sales"])
    assert {k: s.value for k, s in sources.items() if k in known} == {k: found[k] for k in known}
    assert "vat_sales" not in sources
    staff = sources["insured_staff"]
    assert (staff.feed, staff.department, staff.batch, staff.row, staff.period) == (
        "social-insurance",
        "dept-tax",
        si.batch,
        3,
        "2022-08",
    )
    assert sources["monthly_sales@2022-06"].period == "2022-06"
    assert sources["last_penalty_on"].value is NOT_APPLICABLE
    assert sources["established_on"].feed == "registry"
    assert sources["established_on"].row == 2
    rent = provenance(made, a, "L1", ["lease.monthly_rent", "lease.rent_changed_on"])
    assert rent["lease.monthly_rent"].value == 100_000
    assert rent["lease.rent_changed_on"].value is NOT_APPLICABLE


def test_a_dated_full_list_counts_only_in_its_newest_issue(desk):
    a, b = desk.code(1), desk.code(2)
    desk.register(a, b)
    head = ("统一社会信用代码", "名单日期", "企业规模", "直补对象")
    desk.feed("size-list", desk.csv("1.csv", [head, (a, "2022-06-30", "小", "是"), (b, "2022-06-30", "微", "是")]))
    desk.feed("size-list", desk.csv("2.csv", [head, (a, "2022-09-01", "中", "否")]))
    made = build(desk)
    assert (row(made, a)["size"], row(made, a)["on_direct_list"]) == ("medium", False)
    assert (row(made, b)["size"], row(made, b)["on_direct_list"]) == (None, None)
    assert provenance(made, b, None, ["size"]) == {}
    assert row(build(desk, dt.date(2022, 8, 1)), b)["size"] == "micro"
