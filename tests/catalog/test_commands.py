"""``zhida catalog``, ``places``, ``facts`` and ``coverage`` as a user types them."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from zhida.catalog.models import Publication
from zhida.cli import main

pytestmark = pytest.mark.django_db
MEASURE = "plan-x/measures/stay-job.yaml"
Write = Callable[[dict[str, str]], Path]


@dataclass(frozen=True)
class Ran:
    code: int
    out: str
    err: str

    @property
    def data(self) -> Any:
        return json.loads(self.out)


@pytest.fixture
def zhida(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Callable[..., Ran]:
    monkeypatch.setenv("COLUMNS", "200")

    def run(*words: object, lang: str = "zh") -> Ran:
        monkeypatch.setenv("ZHIDA_LANG", lang)
        with pytest.raises(SystemExit) as ended:
            main.main([str(w) for w in words])
        captured = capsys.readouterr()
        code = ended.value.code
        return Ran(code if isinstance(code, int) else 0, captured.out, captured.err)

    return run


def test_check_of_a_right_folder_ends_with_0(zhida: Callable[..., Ran], write: Write, files: dict[str, str]) -> None:
    root = write(files)
    ran = zhida("catalog", "check", root)
    assert ran.code == 0
    assert "1 项措施，2 个算例；0 个错误，0 个提醒。" in ran.out
    told = zhida("catalog", "check", root, "--json")
    assert told.code == 0
    assert told.data["ok"] is True
    assert told.data["golden_cases"] == 2
    assert zhida("catalog", "check", root, lang="en").out.startswith("1 measures, 2 golden cases")


def test_check_of_a_wrong_folder_says_where_and_what_to_do(
    zhida: Callable[..., Ran], write: Write, files: dict[str, str]
) -> None:
    root = write(files | {MEASURE: files[MEASURE].replace("fund: relief", "fund: releif")})
    ran = zhida("catalog", "check", root)
    assert ran.code == 1
    assert f"错误  {MEASURE}:18: 没有定义资金「releif」 → 是否应为「relief」？" in ran.out
    told = zhida("catalog", "check", root, "--json")
    assert (told.code, told.data["ok"]) == (1, False)
    assert told.data["problems"][0]["line"] == 18
    assert "did you mean" in zhida("catalog", "check", root, lang="en").out


def test_check_runs_the_golden_cases(zhida: Callable[..., Ran], write: Write, files: dict[str, str]) -> None:
    ran = zhida("catalog", "check", write(files | {MEASURE: files[MEASURE].replace("6000.00", "6000.01")}))
    assert ran.code == 1
    assert "算例「twelve insured」不符：「amount」应为 6,000.01，实为 6,000.00" in ran.out


def test_a_folder_of_ones_own_borrows_the_shipped_common_and_says_so(zhida: Callable[..., Ran], write: Write) -> None:
    root = write({"mine/package.yaml": "id: mine\ntitle: {zh: 我的, en: Mine}\n"})
    assert "已使用随程序提供的 common" in zhida("catalog", "check", root).out
    assert zhida("catalog", "check", root, "--json").data["borrowed_common"] is True


@pytest.mark.parametrize("command", ["check", "publish", "diff"])
def test_a_folder_that_is_not_there_is_refused(zhida: Callable[..., Ran], tmp_path: Path, command: str) -> None:
    ran = zhida("catalog", command, tmp_path / "nowhere")
    assert ran.code == 2
    assert "没有文件夹" in ran.err


def test_publish_then_nothing_to_publish(zhida: Callable[..., Ran], write: Write, files: dict[str, str]) -> None:
    root = write(files)
    first = zhida("catalog", "publish", root, "--yes", "--json")
    assert first.code == 0
    assert first.data["created"] is True
    assert first.data["hash"] == Publication.objects.get().library_hash
    assert [c["kind"] for c in first.data["changes"] if c["measure"]] == ["扩面"]
    again = zhida("catalog", "publish", root, "--yes")
    assert again.code == 0
    assert "无需发布" in again.out
    assert Publication.objects.count() == 1


def test_a_faulty_folder_is_not_published(zhida: Callable[..., Ran], write: Write, files: dict[str, str]) -> None:
    root = write(files | {MEASURE: files[MEASURE].replace("6000.00", "1.00")})
    ran = zhida("catalog", "publish", root, "--yes")
    assert ran.code == 2
    assert "什么都没有改动" in ran.err
    assert not Publication.objects.exists()
    assert zhida("catalog", "publish", root, "--yes", "--json").data["problems"]


def test_diff_tells_what_would_change(zhida: Callable[..., Ran], write: Write, files: dict[str, str]) -> None:
    zhida("catalog", "publish", write(files), "--yes")
    changed = write(files | {MEASURE: files[MEASURE].replace("value: 500", "value: 600").replace("6000.", "7200.")})
    told = zhida("catalog", "diff", changed, "--json")
    assert [(c["kind"], c["measure"]) for c in told.data] == [("提标", "stay-job")]
    ran = zhida("catalog", "diff", changed)
    assert ran.code == 0
    assert "提标" in ran.out
    assert "500 元/人 提高到 600 元/人" in ran.out
    assert zhida("catalog", "diff", changed, "--against", changed).out.strip() == "没有改动。"


def test_show_lists_measures_and_their_state_at_a_place(
    zhida: Callable[..., Ran], write: Write, files: dict[str, str]
) -> None:
    zhida("catalog", "publish", write(files), "--yes")
    told = zhida("catalog", "show", "--place", "乙县", "--as-of", "2022-09-15", "--json").data
    assert [(m["id"], m["state"], m["why_zh"]) for m in told] == [("stay-job", "not_here", "只在甲省/甲市/甲县执行")]
    full = zhida("catalog", "show", "stay-job")
    assert full.code == 0
    assert "suspended_days >= param.min_days" in full.out
    assert "500 元/人" in full.out
    missing = zhida("catalog", "show", "stay-jobs")
    assert (missing.code, "是否应为「stay-job」" in missing.err) == (2, True)


def test_places_are_listed_by_code_name_or_path(zhida: Callable[..., Ran], write: Write, files: dict[str, str]) -> None:
    zhida("catalog", "publish", write(files), "--yes")
    told = zhida("places", "甲市/甲县", "--json").data
    assert [(p["code"], p["path"]) for p in told] == [
        ("990101", "甲省/甲市/甲县"),
        ("990101001", "甲省/甲市/甲县/城关镇"),
    ]
    assert "甲省/甲市/乙县" in zhida("places").out
    wrong = zhida("places", "丙县")
    assert (wrong.code, "没有「丙县」这个地方" in wrong.err) == (2, True)


def test_facts_list_key_labels_type_unit_owner_feed_and_codes(
    zhida: Callable[..., Ran], write: Write, files: dict[str, str]
) -> None:
    zhida("catalog", "publish", write(files), "--yes")
    told = {f["key"]: f for f in zhida("facts", "--json").data}
    staff = told["insured_staff"]
    assert (staff["zh"], staff["en"], staff["type"], staff["unit"]) == ("参保职工人数", "insured staff", "int", "人")
    assert (staff["owner"], staff["owner_zh"], staff["feed"], staff["feed_zh"]) == (
        "dept-tax",
        "税务局",
        "insurance",
        "社保",
    )
    assert [c["code"] for c in told["size"]["codes"]] == ["medium", "small", "micro"]
    assert told["lease.monthly_rent"]["hi"] == "1000000.00"
    assert [f["key"] for f in zhida("facts", "--entity", "租赁合同", "--json").data] == [
        "lease.monthly_rent",
        "lease.months_granted",
    ]
    assert [f["key"] for f in zhida("facts", "--search", "参保", "--json").data] == ["insured_staff"]
    human = zhida("facts", "--search", "规模")
    assert "small=小型" in human.out
    wrong = zhida("facts", "--entity", "leese")
    assert (wrong.code, "lease" in wrong.err) == (2, True)


def test_without_a_publication_the_shipped_vocabulary_is_listed(zhida: Callable[..., Ran]) -> None:
    assert {"insured_staff", "lease.monthly_rent"} <= {f["key"] for f in zhida("facts", "--json").data}


def test_coverage_lists_every_clause(
    zhida: Callable[..., Ran], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    results = tmp_path / "clauses.json"
    monkeypatch.setenv("ZHIDA_COVERAGE", str(results))
    none = zhida("coverage")
    assert (none.code, "make test" in none.err) == (3, True)
    empty = zhida("coverage", "--json")
    assert len(empty.data) == 437
    assert all(row["proved_by"] == [] for row in empty.data)
    record = {"clauses": ["D-10.a"], "commit": "abc", "time": "2026-01-01T00:00:00+00:00"}
    results.write_text(json.dumps({"passed": {"t.py::test": record}}), encoding="utf-8")
    told = {row["id"]: row["proved_by"] for row in zhida("coverage", "--json").data}
    assert len(told) == 437
    assert told["D-10.a"] == ["t.py::test"]
    ran = zhida("coverage", "--plan", "D")
    assert ran.code == 0
    assert "t.py::test" in ran.out
    assert "A-0.1" not in ran.out
    results.write_text("[]", encoding="utf-8")
    assert zhida("coverage").code == 2


def test_publishing_a_folder_without_a_measure_says_that_it_ends(
    zhida: Callable[..., Ran], write: Write, files: dict[str, str]
) -> None:
    zhida("catalog", "publish", write(files), "--yes")
    fewer = write({k: v for k, v in files.items() if k != MEASURE})
    assert "因此停止：stay-job" in zhida("catalog", "publish", fewer, "--yes").out


def test_format_lists_the_keys_of_every_kind_of_file(zhida: Callable[..., Ran]) -> None:
    kinds = {entry["kind"]: entry for entry in zhida("catalog", "format", "--json").data}
    assert {"measure", "fact", "feed", "document", "parameter", "stacking"} <= set(kinds)
    keys = {key["key"]: key["required"] for key in kinds["measure"]["keys"]}
    assert keys["golden[].expect.outcome"] is True
    assert keys["params.*.values[].origin"] is False
    assert "kinds" not in zhida("catalog", "format", "fund").out
    assert zhida("catalog", "format", "mesure").code == 2
