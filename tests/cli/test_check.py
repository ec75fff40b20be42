"""``zhida check`` as a stranger uses it: right answers, and messages that help when the input is wrong."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from zhida.cli import main

FACTS = """\
name: 示例小店
place: "990101"
as_of: 2022-09-15
subject_type: enterprise
size: small
insured_staff: 23
suspended_days: 8
place_epidemic_days: 9
outbreak_on: 2022-09-01
stay_job_received: false
"""
MEASURE = "stay-job-training-subsidy"
Check = Callable[..., Result]


@pytest.fixture
def check(tmp_path: Path) -> Check:
    """Run ``zhida check`` on a FACTS.yaml with this text, in a place where nothing is published."""

    def run(*words: str, text: str = FACTS, lang: str = "zh") -> Result:
        file = tmp_path / "facts.yaml"
        file.write_text(text, encoding="utf-8")
        env = {"ZHIDA_HOME": str(tmp_path / "none"), "ZHIDA_LANG": lang, "DATABASE_URL": None, "COLUMNS": "200"}
        return CliRunner(env=env).invoke(main, ["check", str(file), *words])

    return run


def data(result: Result) -> Any:
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


@pytest.mark.clause("D-10.a")
def test_an_eligible_shop_gets_its_amount_with_reasons(check: Check) -> None:
    found = data(check("--measure", MEASURE, "--json"))
    assert (found["place"], found["as_of"], found["catalog"]["source"]) == ("990101", "2022-09-15", "shipped")
    (one,) = found["measures"]
    assert (one["outcome"], one["amount"], one["record"]) == ("eligible", "11500.00", None)
    assert all(c["result"] is True for c in one["conditions"])
    suspended = next(c for c in one["conditions"] if c["id"] == "suspended")
    assert suspended["facts"] == [
        {"fact": "suspended_days", "label": "无法正常生产经营天数", "value": 8, "shown": "8 日"}
    ]
    assert suspended["thresholds"][0]["value"] == "7 日"


def test_nothing_is_created_when_nothing_is_published(check: Check, tmp_path: Path) -> None:
    assert check().exit_code == 0
    assert not (tmp_path / "none").exists()


def test_a_missing_fact_is_asked_of_its_owner(check: Check) -> None:
    text = FACTS.replace("insured_staff: 23\n", "")
    (one,) = data(check("--measure", MEASURE, "--json", text=text))["measures"]
    assert one["outcome"] == "needs_supplement"
    (missing,) = one["missing"]
    assert (missing["fact"], missing["owner"]) == ("insured_staff", "dept-tax")
    assert missing["ask"] == "目前有多少名参保职工？"


def test_a_blank_parameter_names_who_must_set_it(check: Check) -> None:
    text = FACTS + "guarantee: {principal: 1000000, fee: 10000, term_days: 365, other_charges: 0}\n"
    (one,) = data(check("--measure", "guarantee-fee-subsidy", "--json", text=text))["measures"]
    assert one["outcome"] == "eligible_amount_pending"
    assert [(b["param"], b["owner"]) for b in one["blank_params"]] == [("subsidy_rate", "dept-finance")]


def test_measures_that_do_not_apply_are_named_with_the_reason(check: Check) -> None:
    found = {one["measure"]: one for one in data(check("--json"))["not_applicable"]}
    assert found["national-vat-exemption"]["state"] == "superseded"
    assert found["national-vat-exemption"]["by"] == "vat-exempt-150k"
    assert found["vat-reduced-rate"]["state"] == "not_yet"
    assert "2023-01-01" in found["vat-reduced-rate"]["why"]


def test_a_subject_without_a_record_is_told_so(check: Check) -> None:
    found = data(check("--json", "--measure", "rent-relief-extra-month", text=FACTS + "lease: not_applicable\n"))
    assert found["measures"] == []
    assert [(n["measure"], n["state"]) for n in found["not_applicable"]] == [("rent-relief-extra-month", "no_record")]


def test_each_record_gets_an_answer_of_its_own(check: Check) -> None:
    text = FACTS + "lease:\n- {owner_class: private}\n- {owner_class: municipal-soe}\n"
    found = data(check("--json", "--measure", "rent-relief-extra-month", text=text))["measures"]
    assert [(one["record"], one["outcome"]) for one in found] == [("1", "ineligible"), ("2", "needs_supplement")]


def test_vat_exemptions_for_the_same_sales_do_not_add_up(check: Check) -> None:
    text = FACTS + "taxpayer_kind: small-scale\nvat_period: monthly\nvat_sales: 90000\nvat_sales_at_3: 90000\n"
    found = {one["measure"]: one for one in data(check("--json", text=text))["measures"]}
    first, second = found["vat-phase-exemption"], found["vat-exempt-150k"]
    assert (first["outcome"], first["stands"]) == ("eligible", True)
    assert (second["outcome"], second["stands"], second["amount"]) == ("eligible", False, "0.00")
    (row,) = second["stacking"]
    assert (row["stage"], row["effect"], row["by"]) == (2, "dropped", "vat-phase-exemption")


def test_the_answer_reads_in_chinese_and_english(check: Check) -> None:
    zh, en = check("--measure", MEASURE), check("--measure", MEASURE, lang="en")
    assert "可享受" in zh.output
    assert "11,500.00 元" in zh.output
    assert "无法正常生产经营天数 = 8 日" in zh.output
    assert "eligible" in en.output
    assert "11,500.00 yuan" in en.output


def test_a_place_or_a_date_on_the_command_line_goes_before_the_file(check: Check) -> None:
    found = data(check("--place", "文成县", "--as-of", "2022-12-31", "--json"))
    assert (found["place"], found["as_of"]) == ("330328", "2022-12-31")


WRONG: list[tuple[tuple[str, ...], str, str]] = [
    (("--place", "文城县"), FACTS, "文成县"),
    (("--measure", "stay-job-traning"), FACTS, MEASURE),
    (("--measure", "留工补助"), FACTS, "一次性留工培训补助"),
    (("--as-of", "2022-02-30"), FACTS, "2022-09-30"),
    (("--packages", "/no/such/folder"), FACTS, "/no/such/folder"),
    ((), FACTS + "insured_staf: 3\n", "insured_staff"),
    ((), FACTS + "employees: many\n", "employees"),
    ((), FACTS.replace("size: small", "size: tiny"), "micro"),
    ((), FACTS.replace("2022-09-15", "soon"), "as_of"),
    ((), FACTS + "insured_staff: 3\n", "insured_staff"),
    ((), "- a\n- b\n", "insured_staff"),
    ((), "place: [", "facts.yaml"),
    ((), FACTS.replace('place: "990101"\n', ""), "--place"),
    ((), FACTS + "lease: {monthly_rent: 5000.001}\n", "lease.monthly_rent"),
]


@pytest.mark.parametrize(("words", "text", "said"), WRONG, ids=[f"{w} {said}" for w, _, said in WRONG])
def test_wrong_input_is_refused_with_what_would_be_right(
    check: Check, words: tuple[str, ...], text: str, said: str
) -> None:
    for lang in ("zh", "en"):
        result = check(*words, text=text, lang=lang)
        assert result.exit_code == 2, result.output
        assert "Traceback" not in result.output
        assert said in result.stderr or lang == "en"
    told = check(*words, "--json", text=text)
    assert told.exit_code == 2
    assert said in json.loads(told.stderr)["error"]["zh"]


def test_a_file_that_is_not_there_is_named_with_the_nearest_one(check: Check, tmp_path: Path) -> None:
    check()
    result = CliRunner(env={"ZHIDA_LANG": "zh"}).invoke(main, ["check", str(tmp_path / "fact.yaml")])
    assert result.exit_code == 2
    assert "facts.yaml" in result.stderr


def test_a_folder_or_a_file_of_bytes_is_named_for_what_it_is(check: Check, tmp_path: Path) -> None:
    env = {"ZHIDA_HOME": str(tmp_path / "none"), "ZHIDA_LANG": "en", "DATABASE_URL": None}
    folder = CliRunner(env=env).invoke(main, ["check", str(tmp_path)])
    assert (folder.exit_code, "is a folder" in folder.stderr) == (2, True)
    (tmp_path / "bytes.yaml").write_bytes(b"\xff\xfe\x00\x01")
    found = CliRunner(env=env).invoke(main, ["check", str(tmp_path / "bytes.yaml")])
    assert found.exit_code == 2
    assert "bytes.yaml: " in found.stderr
    assert ":0:" not in found.stderr


def test_packages_of_a_folder_are_used_and_named(check: Check, tmp_path: Path) -> None:
    from zhida.core.paths import packages_dir

    found = data(check("--packages", str(packages_dir()), "--measure", MEASURE, "--json"))
    assert found["catalog"]["source"] == str(packages_dir())
    assert found["measures"][0]["amount"] == "11500.00"


def test_packages_with_errors_are_refused_with_file_and_line(check: Check, tmp_path: Path) -> None:
    import shutil

    from zhida.core.paths import packages_dir

    folder = tmp_path / "packages" / "plan-d"
    shutil.copytree(packages_dir() / "plan-d", folder)
    file = folder / "measures" / f"{MEASURE}.yaml"
    file.write_text(file.read_text().replace("lane: automatic", "lane: magic"))
    result = check("--packages", str(tmp_path / "packages"))
    assert result.exit_code == 2
    assert f"{MEASURE}.yaml:" in result.stderr
