"""``zhida import`` as a person or a script uses it."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from zhida.cli import main
from zhida.exchange.models import Batch


def run(*words: object, lang: str = "zh") -> tuple[int, str, str]:
    result = CliRunner().invoke(main, [str(w) for w in words], env={"ZHIDA_LANG": lang})
    return result.exit_code, result.stdout, result.stderr


@pytest.fixture
def registered(desk) -> str:
    desk.register(desk.code(1))
    return desk.code(1)


def test_a_clean_file_ends_with_0_and_says_what_it_did(desk, social, registered):
    path = desk.csv("si.csv", social((registered, "2022-08", 3, 9)))
    code, out, _ = run("import", "feed", "social-insurance", path)
    assert code == 0
    assert "共 1 行：接收 1" in out
    assert "已导入" in out
    code, out, _ = run("import", "feed", "social-insurance", path, lang="en")
    assert code == 0
    assert "nothing changed" in out


def test_refused_rows_end_with_1_and_are_listed_with_reason(desk, social, registered):
    path = desk.csv("si.csv", social((registered, "2022-08", "x", 9)))
    code, out, _ = run("import", "feed", "social-insurance", path)
    assert code == 1
    assert "第 2 行 [拒收] “参保人数”应为整数，现为“x”" in out


def test_json_has_every_count_and_the_findings_in_both_languages(desk, social, registered):
    path = desk.csv("si.csv", social((registered, "2022-08", "x", 9), (desk.code(2), "2022-08", 1, 1)))
    code, out, _ = run("import", "feed", "social-insurance", path, "--json")
    data = json.loads(out)
    assert code == 1
    assert (data["total"], data["accepted"], data["with_findings"], data["refused"], data["unlinked"]) == (
        2,
        0,
        1,
        1,
        1,
    )
    assert {f["code"]: f["rows"] for f in data["findings"]} == {"not-a-whole-number": 1, "not-in-registry": 1}
    assert data["sample"][0]["row"] == 2
    assert data["sample"][0]["zh"] != data["sample"][0]["en"]
    assert data["periods"] == ["2022-08-01"]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("import", "feed", "nonsense", "FILE"), "social-insurance"),
        (("import", "feed", "loans", "FILE"), "social-insurance"),
        (("import", "feed", "social-insurance", "none.csv"), "none.csv"),
        (("import", "registry", "none.csv"), "none.csv"),
        (("import", "registry", "FILE"), "企业名称"),
        (("import", "feed", "social-insurance", "FILE", "--partial", "--replace"), "--partial"),
    ],
)
def test_what_cannot_be_used_ends_with_2_and_changes_nothing(desk, social, registered, words, says):
    path = desk.csv("si.csv", social((registered, "2022-08", 3, 9)))
    before = Batch.objects.count()
    code, out, err = run(*(path if w == "FILE" else w for w in words))
    assert code == 2
    assert says in out + err
    assert "Traceback" not in out + err
    assert Batch.objects.count() == before


def test_an_error_under_json_is_json_too(desk, registered):
    code, _, err = run("import", "feed", "nonsense", desk.csv("x.csv", [("a",), (1,)]), "--json")
    assert code == 2
    assert json.loads(err)


def test_the_feeds_are_listed(desk):
    code, out, _ = run("import", "feeds", "--json")
    assert code == 0
    assert {"social-insurance", "rent-leases"} <= {f["id"] for f in json.loads(out)}
    assert run("import", "feeds")[0] == 0


def test_a_dry_run_writes_nothing(desk, social, registered):
    path = desk.csv("si.csv", social((registered, "2022-08", 3, 9)))
    code, out, _ = run("import", "feed", "social-insurance", path, "--dry-run")
    assert code == 0
    assert "预览" in out
    assert Batch.objects.filter(kind="feed").count() == 0
