"""A registry file: every row accounted for, nothing guessed, nothing dropped in silence."""

from __future__ import annotations

import csv
import datetime as dt
import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from django.db import IntegrityError, transaction
from django.db.utils import InternalError

from zhida.cli import main
from zhida.core.paths import lake
from zhida.exchange import queries
from zhida.exchange.import_registry import import_registry
from zhida.exchange.models import Batch, Finding
from zhida.exchange.refusal import FileRefused
from zhida.registry import queries as register
from zhida.registry.models import Subject

HEAD = ("企业名称", "统一社会信用代码", "注册日期", "企业类型", "注册资金", "经营范围", "所在省份", "地区", "注册地址")
ADDRESS = "浙江省温州市文成县巨屿镇镇中东路86号"


def row(number: str, **changes: str) -> tuple[str, ...]:
    values = {
        "name": "浙江某阀门有限公司", "code": number, "day": "2010-07-09", "type": "N/A", "capital": "N/A",
        "scope": "阀门", "province": "浙江", "city": "温州", "address": ADDRESS,
    }  # fmt: skip
    return tuple((values | changes).values())


def take(desk, *rows: tuple[str, ...], encoding: str = "utf-8"):
    return import_registry(desk.csv("r.csv", [HEAD, *rows], encoding), desk.definitions)


def found(result) -> set[tuple[int, str]]:
    return set(Finding.objects.filter(batch=result.batch).values_list("row", "code"))


def test_a_plain_row_becomes_a_subject(desk):
    result = take(desk, row("91330328145629301W", capital="6,080(万元人民币)"))
    assert (result.total, result.accepted) == (1, 1)
    subject = register.subject(" 91330328145629301w ")
    assert (subject.name, subject.subject_type) == ("浙江某阀门有限公司", "enterprise")
    assert (subject.code_area, subject.place, subject.place_by_code) == ("330328", "330328106", False)
    assert subject.established_on == dt.date(2010, 7, 9)
    assert (subject.capital_fen, subject.capital_currency, subject.capital_text) == (
        6_080_000_000,
        "CNY",
        "6,080(万元人民币)",
    )
    assert (subject.batch_id, subject.row) == (result.batch, 2)
    assert subject.registry_status is None


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"code": "91330328145629301X"}, "code-check-digit"),
        ({"code": "91330328145629301w"}, "code-written-oddly"),
        ({"code": "9133 0328 1456 2930 1W"}, "code-written-oddly"),
        ({"code": "９１330328145629301W"}, "code-written-oddly"),
        ({"code": "330328000012345"}, "code-old-number"),
        ({"code": "52330328MA2CQ5X57"}, "code-kind-unusual"),
        ({"code": "91999999MA2CQ5X57"}, "code-area-unknown"),
        ({"address": "乐清市柳市镇"}, "code-area-differs"),
        ({"code": "91330322MA2CQ5X57", "address": "洞头县北岙镇"}, "place-by-address"),
        ({"code": "91999999MA2CQ5X57", "address": ""}, "place-unknown"),
        ({"day": "2010-02-30"}, "unreadable-value"),
        ({"day": "1949-09-30"}, "date-too-early"),
        ({"day": "2199-01-01"}, "date-in-future"),
        ({"capital": "面议"}, "capital-unreadable"),
        ({"capital": "80(万)"}, "capital-no-currency"),
        ({"capital": "80(万美元)"}, "capital-foreign"),
        ({"type": "个体工商户"}, "type-differs"),
    ],
)
def test_an_odd_row_is_accepted_with_a_finding(desk, changes, code):
    from stdnum.cn import uscc

    given = changes.get("code", "91330328145629301W")
    if len(given) == 17:
        changes = changes | {"code": given + uscc.calc_check_digit(given + "0")}
    result = take(desk, row("91330328145629301W", **changes))
    assert (result.refused, result.with_findings, result.stored) == (0, 1, 1)
    assert (2, code) in found(result)
    assert Subject.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"code": ""}, "code-missing"),
        ({"code": "N/A"}, "code-missing"),
        ({"code": "9133032814562930"}, "code-length"),
        ({"code": "9133032814562930IW"}, "code-characters"),
        ({"code": "91330328-45629301W"}, "code-characters"),
        ({"code": "33032800001234A"}, "code-characters"),
        ({"code": "9.1330328145629E+17"}, "code-ruined"),
        ({"code": "11010519491231002X"}, "code-is-person-id"),
        ({"name": ""}, "missing-value"),
        ({"name": "店" * 201}, "name-too-long"),
    ],
)
def test_a_hopeless_row_is_refused_with_its_reason(desk, changes, code):
    result = take(desk, row("91330328145629301W", **changes), row("913303281458214758", name="另一户"))
    assert (result.refused, result.stored) == (1, 1)
    assert (2, code) in found(result)
    assert [s.name for s in Subject.objects.all()] == ["另一户"]


def test_an_old_number_is_kept_as_the_key_in_its_own_column(desk):
    take(desk, row("330328000012345"))
    subject = Subject.objects.get()
    assert (subject.uscc, subject.old_number) == ("330328000012345", "330328000012345")


def test_an_identical_row_counts_once_and_a_conflicting_code_is_refused(desk):
    a, b = "91330328145629301W", "91330328145820034C"
    result = take(desk, row(a), row(b, name="甲"), row(a), row(b, name="乙"))
    assert found(result) >= {(4, "duplicate-row"), (3, "conflicting-rows"), (5, "conflicting-rows")}
    assert (result.accepted, result.with_findings, result.refused, result.stored) == (1, 1, 2, 1)


@pytest.mark.parametrize(
    ("address", "code", "place"),
    [
        ("文成县玉壶镇玉泉街9号", "330328", "330328107"),
        ("浙江省文成县大峃镇", "330328", "330328100"),
        ("巨屿镇镇中东路", "330328", "330328106"),
        ("文成县", "330328", "330328"),
        ("", "330328", "330328"),
        ("瑞安市塘下镇", "330300", "330381"),
        ("温州市鹿城区", "330301", "330302"),
        ("洞头县北岙镇", "330322", "330305"),
        ("鹿城某路", "330301", "330300"),
        ("成都市武侯区", "510107", "510107"),
    ],
)
def test_the_place_comes_from_the_address_then_from_the_code(desk, address, code, place):
    take(desk, row(desk.code(1, area=code), address=address))
    subject = Subject.objects.get()
    assert (subject.code_area, subject.place) == (code, place)


@pytest.mark.parametrize(
    ("said", "place", "codes"),
    [
        ("330328107", "330328107", set()),
        ("瑞安市", "330381", set()),
        ("玉壶镇", "330328107", set()),
        ("无此地", "330328100", {"place-not-known"}),
        ("", "330328100", set()),
    ],
)
def test_a_place_given_in_the_file_comes_first_when_it_is_one(desk, said, place, codes):
    rows = [("主体名称", "统一社会信用代码", "住所", "行政区划代码"), ("甲", desk.code(1), "文成县大峃镇", said)]
    result = import_registry(desk.csv("r.csv", rows), desk.definitions)
    assert Subject.objects.get().place == place
    assert {c for _, c in found(result)} == codes


@pytest.mark.parametrize(
    ("code", "name", "kind"),
    [
        ("91", "温州某公司", "enterprise"),
        ("91", "温州某公司文成分公司", "branch"),
        ("92", "文成县某小吃店", "individual"),
        ("93", "文成县某专业合作社", "cooperative"),
    ],
)
def test_the_subject_type_comes_from_code_and_name(desk, code, name, kind):
    take(desk, row(desk.code(1, prefix=code), name=name))
    assert Subject.objects.get().subject_type == kind


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"])
def test_the_encoding_does_not_matter(desk, encoding):
    result = take(desk, row("91330328145629301W"), row("91330328145820034C", address="文成县大峃镇"), encoding=encoding)
    assert result.accepted == 2
    assert register.subject("91330328145820034C").place == "330328100"


def test_a_workbook_gives_the_same_as_the_csv(desk):
    rows = [HEAD, row("91330328145629301W"), row("91330328145820034C", address="文成县大峃镇")]
    by_csv = import_registry(desk.csv("a.csv", rows), desk.definitions)
    by_xlsx = import_registry(desk.xlsx("a.xlsx", rows), desk.definitions)
    hashes = {queries.batch(b).content_sha256 for b in (by_csv.batch, by_xlsx.batch)}
    assert len(hashes) == 1
    assert by_xlsx.subjects == {"new": 0, "changed": 0, "unchanged": 2}


def test_dates_and_long_numbers_of_a_workbook_are_read_as_shown(desk):
    rows = [HEAD[:3], ("甲", 330328000012345, dt.date(2010, 7, 9))]
    path = desk.folder / "d.xlsx"
    import xlsxwriter

    book = xlsxwriter.Workbook(str(path))
    sheet, day = book.add_worksheet(), book.add_format({"num_format": "yyyy-mm-dd"})
    for i, values in enumerate(rows):
        for j, value in enumerate(values):
            if isinstance(value, dt.date):
                sheet.write_datetime(i, j, dt.datetime(value.year, value.month, value.day), day)
            else:
                sheet.write(i, j, value)
    book.close()
    import_registry(path, desk.definitions)
    subject = Subject.objects.get()
    assert (subject.uscc, subject.established_on) == ("330328000012345", dt.date(2010, 7, 9))


def test_the_database_itself_demands_that_every_row_is_accounted_for(desk):
    take(desk, row("91330328145629301W"))
    with pytest.raises(IntegrityError, match="every_row_accounted_for"), transaction.atomic():
        Batch.objects.create(id="x", kind="feed", feed="x", delivers="whole", rows_total=2, accepted=1)


def test_committed_batches_and_findings_cannot_be_changed(desk):
    result = take(desk, row("91330328145629301X"))
    for change in (
        lambda: Batch.objects.filter(pk=result.batch).update(accepted=0),
        lambda: Batch.objects.filter(pk=result.batch).delete(),
        lambda: Finding.objects.update(row=9),
        lambda: Finding.objects.all()[0].delete(),
    ):
        with pytest.raises((IntegrityError, InternalError), match="committed|appended|protected"), transaction.atomic():
            change()


def test_a_file_without_names_is_refused_whole(desk):
    with pytest.raises(FileRefused, match="企业名称"):
        import_registry(desk.csv("x.csv", [("统一社会信用代码",), ("91330328145629301W",)]), desk.definitions)
    assert not Batch.objects.exists()


def command(*words: str) -> tuple[int, str]:
    result = CliRunner().invoke(main, list(words), env={"ZHIDA_LANG": "zh"})
    return result.exit_code, result.output


@pytest.mark.parametrize(("name", "rows", "refused"), [("wencheng_330328", 227, 0), ("wenzhou_3303", 20996, 0),
                                                     ("uscc18_nonconforming", 465, 2)])  # fmt: skip
def test_a_real_registry_file_goes_in_with_every_row_accounted_for(desk, shared, name, rows, refused):
    path = shared / "data" / "registry" / f"{name}.csv"
    code, output = command("import", "registry", str(path), "--json")
    result = json.loads(output)
    assert code == (1 if refused else 0)
    assert (result["total"], result["refused"]) == (rows, refused)
    assert result["accepted"] + result["with_findings"] + result["refused"] == rows
    with path.open(encoding="utf-8", newline="") as stream:
        wanted = {r["uscc" if "uscc" in r else "统一社会信用代码"].upper() for r in csv.DictReader(stream)}
    kept = set(Subject.objects.values_list("uscc", flat=True))
    assert kept <= wanted
    assert len(wanted - kept) == refused
    again = json.loads(command("import", "registry", str(path), "--json")[1])
    assert again["state"] == "unchanged"
    assert queries.batches().count() == 1


def test_search_finds_by_code_and_by_part_of_the_name(desk):
    take(desk, row("91330328145629301W", name="文成县老王面馆"), row("91330328145820034C", name="文成县小李理发店"))
    assert [s.name for s in register.search("面馆")] == ["文成县老王面馆"]
    assert [s.name for s in register.search("913303281458")] == ["文成县小李理发店"]
    assert list(register.search("  ")) == []
    assert register.total() == 2


def test_the_lake_holds_what_the_register_holds(desk):
    import duckdb

    result = take(desk, row("91330328145629301W"), row("91330328145820034C"))
    path: Path = lake() / queries.batch(result.batch).lake_path
    rows = duckdb.sql(f"SELECT uscc, name, place, scope, _row FROM '{path}' ORDER BY uscc").fetchall()
    assert [r[0] for r in rows] == sorted(Subject.objects.values_list("uscc", flat=True))
    assert rows[0][3:] == ("阀门", 2)
