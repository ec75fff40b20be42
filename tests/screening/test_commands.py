"""screen, list, explain, simulate and replay as an operator types them, on fourteen firms from CSV files."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from click.testing import Result

MEASURE = "stay-job-training-subsidy"
Zhida = Callable[..., Result]
pytestmark = pytest.mark.django_db


def data(result: Result, code: int = 0) -> Any:
    assert result.exit_code == code, result.output
    return json.loads(result.stdout)


def test_before_any_screening_every_command_says_what_to_run_first(firms: Any, zhida: Zhida) -> None:
    for words in (("list", MEASURE), ("explain", "示范县第1商行"), ("replay", "--run", "latest")):
        result = zhida(*words)
        assert result.exit_code == 3
        assert "zhida screen" in result.stderr
    assert zhida("screen", "--as-of", "2022-9-31").exit_code == 2
    near = zhida("screen", "--as-of", "2022-09-30", "--measure", "stay-job-subsidy")
    assert near.exit_code == 2
    assert MEASURE in near.stderr


def test_counts_say_who_fails_by_a_hair_and_who_lacks_what(screened: Any) -> None:
    counts = screened["counts"]
    found = counts["measures"][MEASURE]
    assert found["outcomes"] == {
        "eligible": 10,
        "needs_supplement": 2,
        "ineligible": 2,
        "eligible_amount_pending": 0,
    }
    assert {k: n for k, n in found["near"].items() if n} == {"suspended": 1, "who": 1}
    assert found["missing"]["suspended_days"] == 2
    assert found["missing"]["insured_staff"] == 1
    assert found["amount_fen"] == 10 * 100 * 500_00
    assert counts["owners"]["dept-health"]["facts"]["suspended_days"] == 2
    assert counts["funds"]["unemployment-insurance"] == {"decisions": 10, "amount_fen": 50_000_000}
    assert {t: c["subjects"] for t, c in counts["towns"].items()}.keys() == {"990101001", "990101002"}
    assert counts["industries"].keys() == {"F"}


def test_screening_again_answers_the_same(screened: Any, zhida: Zhida) -> None:
    assert data(zhida("screen", "--as-of", "2022-09-30", "--json")) == screened
    shown = zhida("screen", "--as-of", "2022-09-30")
    assert MEASURE in shown.output
    assert "500,000.00" in shown.output


def test_the_list_is_ready_to_be_published(screened: Any, zhida: Zhida, tmp_path: Path) -> None:
    found = data(zhida("list", MEASURE, "--json", "--xlsx", tmp_path / "list.xlsx"))
    assert (found["count"], found["total"], found["clauses"]) == (10, "500000.00", ["D-10.a"])
    assert found["run"] == screened["run"]
    assert found["synthetic"] is True
    assert any("7 日" in reason for reason in found["why"])
    assert found["standards"] == ["每名参保职工补助 = 500.00 元/人"]
    assert {row["amount"] for row in found["rows"]} == {"50000.00"}
    assert {row["basis"] for row in found["rows"]} == {"参保职工人数 100 人"}
    assert [row["number"] for row in found["rows"]] == list(range(1, 11))
    sheet = openpyxl.load_workbook(tmp_path / "list.xlsx").active
    assert sheet is not None
    names = {cell.value for row in sheet.iter_rows() for cell in row if cell.data_type == "s"}
    assert '=HYPERLINK("http://x";"领钱")' in names
    assert not [cell for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]
    assert data(zhida("list", "一次性留工培训补助", "--json", "--run", screened["run"][:10]))["count"] == 10


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("list", "stay-job"), 2, MEASURE),
        (("list", "vat-reduced-rate"), 2, "2022-09-30"),
        (("list", MEASURE, "--run", "ffff"), 3, "ffff"),
        (("list", MEASURE, "--xlsx", "/no/such/folder/x.xlsx"), 2, "/no/such/folder"),
        (("explain", "没有这家店"), 2, "没有这家店"),
        (("explain", "商行"), 2, "示范县第1商行"),
        (("explain", "示范县第1商行", "--as-of", "2022-01-01"), 3, "zhida screen --as-of 2022-01-01"),
        (("replay",), 2, "--run"),
        (("replay", "123456789"), 2, "123456789"),
        (("simulate", "/no/such.yaml"), 2, "/no/such.yaml"),
    ],
)
def test_wrong_input_is_refused_in_one_line(
    screened: Any, zhida: Zhida, words: tuple[str, ...], code: int, said: str
) -> None:
    result = zhida(*words)
    assert result.exit_code == code, result.output
    assert said in result.stderr
    assert "Traceback" not in result.output


def test_an_explanation_shows_values_with_their_sources(screened: Any, zhida: Zhida) -> None:
    found = data(zhida("explain", "示范县第11商行", MEASURE, "--json"))
    assert found["same_as_stored"] is True
    (one,) = found["measures"]
    assert (one["outcome"], one["failed"]) == ("ineligible", ["suspended"])
    suspended = next(c for c in one["conditions"] if c["id"] == "suspended")
    (fact,) = suspended["facts"]
    assert (fact["value"], fact["source"]["department"], fact["source"]["row"]) == (6, "dept-health", 12)
    assert (fact["source"]["feed"], fact["source"]["period"]) == ("epidemic", "2022-09")
    shown = zhida("explain", "示范县第11商行", MEASURE).output
    assert "无法正常生产经营天数 = 6 日" in shown
    assert "第 12 行" in shown
    english = zhida("explain", found["subject"], MEASURE, lang="en").output
    assert "row 12" in english


def test_a_tampered_run_is_reported_loudly(screened: Any, zhida: Zhida, firms: Any) -> None:
    """Bits changed on disk are not believed: the interpreter disagrees, and the exit code says so."""
    import duckdb

    (path,) = firms.home.glob(f"lake/decisions/{screened['run']}/subject-g0.parquet")
    kept = path.read_bytes()
    try:
        with duckdb.connect() as con:
            con.execute(f"CREATE TABLE wide AS SELECT * REPLACE (0::BIGINT AS t0) FROM read_parquet('{path}')")
            con.execute(f"COPY wide TO '{path}' (FORMAT parquet)")
        result = zhida("explain", "示范县第1商行", MEASURE)
        assert result.exit_code == 1
        assert "与存档不一致" in result.output
        assert zhida("replay", "--run", "latest").exit_code == 1
    finally:
        path.write_bytes(kept)


def test_decisions_and_runs_replay_to_the_same_bytes(screened: Any, zhida: Zhida) -> None:
    row = data(zhida("list", MEASURE, "--json"))["rows"][0]
    one = data(zhida("replay", row["seal"][:16], "--json"))
    assert one["same"] is True
    assert one["decisions"][0]["recomputed"] == row["seal"]
    assert data(zhida("replay", "--run", screened["run"], "--json"))["files"] == {}
    sampled = data(zhida("replay", "--run", "latest", "--sample", "9", "--json"))
    assert (sampled["same"], sampled["checked"]) == (True, 9)


@pytest.mark.clause("E-4.2.d")
def test_raising_500_to_600_for_1000_persons_costs_100000_more(screened: Any, zhida: Zhida, tmp_path: Path) -> None:
    change = tmp_path / "raised.yaml"
    change.write_text(f"changes:\n  - {{measure: {MEASURE}, param: unit_amount, value: 600}}\n")
    found = data(zhida("simulate", change, "--as-of", "2022-09-30", "--json"))
    assert [c["kind"] for c in found["changes"]] == ["提标"]
    total = found["total"]
    assert (total["amount_before"], total["amount_after"], total["delta"]) == ("500000.00", "600000.00", "100000.00")
    assert (found["gaining"], found["losing"]) == (10, 0)
    (one,) = found["measures"]
    assert (one["into"], one["out"], one["more"], one["less"]) == (0, 0, 10, 0)
    assert [(t["id"], t["delta"]) for t in found["towns"]] == [("990101001", "50000.00"), ("990101002", "50000.00")]
    assert [(f["id"], f["delta"]) for f in found["funds"]] == [("unemployment-insurance", "100000.00")]
    assert [(i["id"], i["delta"]) for i in found["industries"]] == [("F", "100000.00")]


@pytest.mark.clause("E-4.2.d")
def test_extending_by_three_months_shows_the_new_end_and_who_comes_in(
    screened: Any, zhida: Zhida, tmp_path: Path
) -> None:
    change = tmp_path / "longer.yaml"
    change.write_text(f"changes:\n  - {{measure: {MEASURE}, valid_until: 2023-03-31}}\n")
    found = data(zhida("simulate", change, "--as-of", "2023-01-31", "--json"))
    assert [c["kind"] for c in found["changes"]] == ["展期"]
    assert "2023-03-31" in found["changes"][0]["says"]
    assert found["total"]["amount_before"] == "0.00"


def test_a_changed_measure_file_widens_and_tightens(screened: Any, zhida: Zhida, tmp_path: Path) -> None:
    from zhida.core.paths import packages_dir

    text = (packages_dir() / "plan-d" / "measures" / f"{MEASURE}.yaml").read_text(encoding="utf-8")
    text = text[: text.index("golden:")]
    change = tmp_path / "changed.yaml"
    change.write_text(text.replace("[medium, small, micro]", "[large, medium, small, micro]"), encoding="utf-8")
    wider = data(zhida("simulate", change, "--json"))
    assert (wider["measures"][0]["into"], wider["total"]["delta"]) == (1, "50000.00")
    change.write_text(text.replace("unit: 日, value: 7", "unit: 日, value: 8"), encoding="utf-8")
    tighter = data(zhida("simulate", change, "--json"))
    assert (tighter["measures"][0]["out"], tighter["losing"]) == (10, 10)
    assert tighter["total"]["delta"] == "-500000.00"
    assert "示范县第1商行" in zhida("simulate", change).output


def test_a_simulation_publishes_and_stores_nothing(screened: Any, zhida: Zhida, tmp_path: Path, firms: Any) -> None:
    from zhida.catalog.models import Publication
    from zhida.screening.models import Decision, ScreeningRun

    def state() -> tuple[int, ...]:
        runs = len(list(firms.home.glob("lake/decisions/*"))) + len(list(firms.home.glob("lake/tmp/*")))
        return Publication.objects.count(), ScreeningRun.objects.count(), Decision.objects.count(), runs

    before = state()
    change = tmp_path / "raised.yaml"
    change.write_text(f"changes: [{{measure: {MEASURE}, param: unit_amount, value: 600}}]\n")
    assert zhida("simulate", change).exit_code == 0
    assert state() == before


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("changes: [{measure: stay-job-traning, param: unit_amount, value: 600}]", MEASURE),
        (f"changes: [{{measure: {MEASURE}, param: unit_amont, value: 600}}]", "unit_amount"),
        (f"changes: [{{measure: {MEASURE}, param: unit_amount, valu: 600}}]", "value"),
        (f"changes: [{{measure: {MEASURE}, param: unit_amount, value: much}}]", "unit_amount"),
        (f"changes: [{{measure: {MEASURE}}}]", "param"),
        (f"changes: [{{measure: {MEASURE}, param: unit_amount, value: 500}}]", "没有改动"),
        ("id: x\nconditions: 3\n", "conditions"),
        ("changes: [", "yaml"),
    ],
)
def test_a_wrong_change_is_refused_with_what_would_be_right(
    screened: Any, zhida: Zhida, tmp_path: Path, text: str, said: str
) -> None:
    change = tmp_path / "change.yaml"
    change.write_text(text)
    result = zhida("simulate", change, "--as-of", "2022-09-30")
    assert result.exit_code == 2, result.output
    assert said in result.stderr
