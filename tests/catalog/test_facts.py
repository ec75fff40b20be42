"""FACTS.yaml: everything written is read exactly or refused with its line; nothing is ignored silently."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest

from zhida.catalog import CatalogError, Library
from zhida.catalog.facts import CaseFacts, read_facts
from zhida.rules.vocabulary import NOT_APPLICABLE

Make = Callable[..., Library]


@pytest.fixture
def read(load: Make, tmp_path: Path) -> Callable[[str], CaseFacts]:
    library = load(rules=False)

    def run(text: str) -> CaseFacts:
        path = tmp_path / "FACTS.yaml"
        path.write_text(text, encoding="utf-8")
        return read_facts(path, library)

    return run


@pytest.fixture
def refused(read: Callable[[str], CaseFacts]) -> Callable[[str], list[tuple[int, str]]]:
    def run(text: str) -> list[tuple[int, str]]:
        with pytest.raises(CatalogError) as caught:
            read(text)
        return [(p.line, f"{p.en} → {p.remedy_en}") for p in caught.value.problems]

    return run


def test_a_case_reads_as_written(read: Callable[[str], CaseFacts]) -> None:
    case = read(
        """
        name: 小店
        place: 甲市/甲县
        as_of: 2022-09-15
        facts:
          subject_type: 企业
          size: small
          industry: 5212
          insured_staff: 12
          in_difficulty: 是
          outbreak_on: not_applicable
          monthly_sales: {2022-01: 100000.05, 2022-2: "1.5万元", 202203: 0}
          lease: {monthly_rent: 5000.50, months_granted: 2}
        """
    )
    assert (case.name, case.place, case.as_of) == ("小店", "990101", dt.date(2022, 9, 15))
    assert case.subject == {
        "place": "990101",
        "subject_type": "enterprise",
        "size": "small",
        "industry": "5212",
        "insured_staff": 12,
        "in_difficulty": True,
        "outbreak_on": NOT_APPLICABLE,
        "monthly_sales@2022-01": 10_000_005,
        "monthly_sales@2022-02": 1_500_000,
        "monthly_sales@2022-03": 0,
    }
    assert case.records == {"lease": ({"lease.monthly_rent": 500_050, "lease.months_granted": 2},)}


def test_the_facts_may_stand_at_the_top_and_under_their_chinese_names(read: Callable[[str], CaseFacts]) -> None:
    case = read("地点: 甲县\n日期: 2022年9月15日\n参保职工人数: 3人\n租赁合同:\n  月租金: 1,200元\n")
    assert case.as_of == dt.date(2022, 9, 15)
    assert case.subject == {"place": "990101", "insured_staff": 3}
    assert case.records == {"lease": ({"lease.monthly_rent": 120_000},)}


def test_records_may_be_a_list_dotted_or_none_at_all(read: Callable[[str], CaseFacts]) -> None:
    two = read("lease:\n  - {monthly_rent: 1}\n  - {monthly_rent: 2}\n")
    assert [row["lease.monthly_rent"] for row in two.rows("lease")] == [100, 200]
    assert read("lease.monthly_rent: 1\nlease.months_granted: 0").rows("lease") == (
        {"lease.monthly_rent": 100, "lease.months_granted": 0},
    )
    assert read("lease: []").rows("lease") == ()
    assert read("lease: not_applicable").rows("lease") == ()
    assert read("insured_staff: 1").rows("lease") == ({"insured_staff": 1},)
    assert read("lease: unknown\ninsured_staff: 1").rows("lease") == ({"insured_staff": 1},)


def test_the_fact_place_may_differ_from_the_place_asked_about(read: Callable[[str], CaseFacts]) -> None:
    case = read("place: 甲县\nfacts: {place: 乙县}")
    assert (case.place, case.subject["place"]) == ("990101", "990102")


def test_what_is_absent_or_said_to_be_unknown_is_unknown(read: Callable[[str], CaseFacts]) -> None:
    assert read("insured_staff: unknown\nsize:\nin_difficulty: 未知\nsuspended_days: 1").subject == {
        "suspended_days": 1
    }


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("size: small\ninsured_staf: 1", 2, 'no fact "insured_staf" → did you mean "insured_staff"?'),
        ("参保职工数: 1", 1, '"参保职工人数"'),
        ("lease:\n  monthly_rents: 5", 2, 'no fact "monthly_rents" in "lease" → did you mean "monthly_rent"?'),
        ("leese: {monthly_rent: 1}", 1, 'did you mean "lease"?'),
        ("insured_staff: many", 1, "must be a whole number (人), found “many”"),
        ("insured_staff: 1.5", 1, "must be a whole number"),
        ('insured_staff: "1,2"', 1, "must be a whole number"),
        ('insured_staff: "1,2345"', 1, "must be a whole number"),
        ('place: "990101"\n地点: 乙县', 2, '"place" and "地点" are given different values'),
        ("as_of: 2022-09-15\n日期: 2023-01-01", 2, "are given different values"),
        ("as_of: unknown", 1, "the date asked about cannot be unknown"),
        ("insured_staff: true", 1, "must be a whole number"),
        ("insured_staff: -1", 1, "is -1, outside 0 … 10000"),
        ("insured_staff: 10001", 1, "outside"),
        ("insured_staff: [1, 2]", 1, "must be a single value"),
        ("lease.monthly_rent: 5.001", 1, "finer than one fen"),
        ("lease.monthly_rent: 五千", 1, "is not an amount"),
        ("lease.monthly_rent: 1000000.01", 1, "is 1,000,000.01, outside 0.00 … 1,000,000.00"),
        ("in_difficulty: maybe", 1, "must be yes or no"),
        ("in_difficulty: 1", 1, "must be yes or no"),
        ("outbreak_on: last week", 1, "must be a date such as 2022-09-01"),
        ("outbreak_on: 1500-01-01", 1, "a date from 1600-01-01"),
        ("subject_type: shop", 1, "has no code “shop” → one of: individual, enterprise"),
        ("industry: 超市零售", 1, "has no code “超市零售”"),
        ("insured_staff: not_applicable", 1, "always applies"),
        ("monthly_sales: 5000", 1, "has a value per month → for example {2022-01: 100000.00}"),
        ("monthly_sales: {2022: 5}", 1, "“2022” under"),
        ("monthly_sales: {2022-13: 5}", 1, "is not a month"),
        ("monthly_sales: {2022-01: 5, 2022-1: 6}", 1, "is given twice"),
        ("insured_staff: 1\n参保职工人数: 2", 2, "is given twice"),
        ("lease: [{monthly_rent: 1}, {monthly_rent: 2}]\nlease.months_granted: 1", 2, "which record"),
        ("lease: {monthly_rent: 1}\n租赁合同: {monthly_rent: 2}", 2, "is described twice"),
        ("rent_share: 3", 1, "is computed from other facts"),
        ("place: 丙县", 1, "There is no place “丙县”"),
        ("place: 城关镇", 1, "More than one place"),
        ("facts:\n  place: 城关镇", 2, "More than one place"),
        ("as_of: someday", 1, "must be a date"),
        ("[1, 2]", 1, "expected fact: value pairs"),
        ("facts: 5", 1, "facts must hold fact: value pairs"),
    ],
)
def test_what_does_not_fit_is_refused_with_its_line(
    refused: Callable[[str], list[tuple[int, str]]], text: str, line: int, said: str
) -> None:
    found = refused(text)
    assert len(found) == 1, found
    assert found[0][0] == line
    assert said in found[0][1]


def test_commas_between_groups_of_three_are_read(read: Callable[[str], CaseFacts]) -> None:
    assert read('insured_staff: "1,234 人"').subject == {"insured_staff": 1234}


def test_all_faults_of_a_file_are_said_at_once(refused: Callable[[str], list[tuple[int, str]]]) -> None:
    assert [line for line, _ in refused("insured_staf: 1\nsize: huge\nplace: 丙县\n")] == [3, 1, 2]


def test_place_and_date_given_to_the_command_go_first(load: Make) -> None:
    case = read_facts(
        {"place": "乙县", "as_of": "2020-01-01"}, load(rules=False), place="甲县", as_of=dt.date(2022, 9, 15)
    )
    assert (case.place, case.as_of) == ("990101", dt.date(2022, 9, 15))
