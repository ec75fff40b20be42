"""The clause table, the recorder of proofs, and ``zhida coverage``."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from zhida.coverage.report import clause_table, read_coverage

pytest_plugins = ["pytester"]


def run_inside(pytester: pytest.Pytester, body: str, *args: str) -> pytest.RunResult:
    pytester.makepyfile(test_sample=body)
    return pytester.runpytest_subprocess("-p", "zhida.coverage.plugin", "-p", "no:django", *args)


def passed(root: Path) -> dict[str, list[str]]:
    found = json.loads((root / "build/coverage/clauses.json").read_text(encoding="utf-8"))["passed"]
    return {test.split("::")[-1]: record["clauses"] for test, record in found.items()}


def test_the_table_holds_all_437_clauses_with_unique_ids() -> None:
    rows = clause_table()
    assert len(rows) == len({r.id for r in rows}) == 437
    assert Counter(r.plan for r in rows) == {"A": 80, "B": 54, "C": 44, "D": 95, "E": 141, "F": 23}
    assert all(r.kind and r.title and r.id.startswith(r.plan) for r in rows)


def test_the_table_matches_the_inventory(shared: Path) -> None:
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    text = (shared / "mission/clauses.yaml").read_text(encoding="utf-8")
    expected = [(c["id"], c["plan"], c["kind"], c["title"]) for c in yaml.load(text, loader)]
    assert [(r.id, r.plan, r.kind, r.title) for r in clause_table()] == expected


BODY = """
    import pytest

    @pytest.mark.clause("D-10.a", "D-9.a")
    def test_good(): pass

    @pytest.mark.clause("D-2.b")
    def test_bad(): assert False

    @pytest.mark.clause("D-2.a")
    def test_skipped(): pytest.skip("not now")

    @pytest.mark.clause("D-2.c")
    @pytest.mark.xfail
    def test_expected_to_fail(): assert False

    @pytest.fixture
    def broken():
        yield
        raise RuntimeError

    @pytest.mark.clause("D-4.a")
    def test_fails_in_teardown(broken): pass

    def test_without_clause(): pass
"""


@pytest.mark.parametrize("args", [(), ("-p", "xdist", "-n", "2")])
def test_only_tests_that_ran_and_passed_count_as_proof(pytester: pytest.Pytester, args: tuple[str, ...]) -> None:
    run_inside(pytester, BODY, *args)
    assert passed(pytester.path) == {"test_good": ["D-10.a", "D-9.a"]}


def test_a_test_that_fails_later_loses_its_proof(pytester: pytest.Pytester) -> None:
    run_inside(pytester, BODY)
    run_inside(pytester, BODY.replace("def test_good(): pass", "def test_good(): assert False"), "-k", "good")
    assert passed(pytester.path) == {}


def test_a_partial_run_keeps_the_proofs_of_the_other_tests(pytester: pytest.Pytester) -> None:
    run_inside(pytester, BODY)
    run_inside(pytester, BODY, "-k", "bad")
    assert passed(pytester.path) == {"test_good": ["D-10.a", "D-9.a"]}


def test_an_unknown_clause_id_stops_collection(pytester: pytest.Pytester) -> None:
    result = run_inside(pytester, BODY.replace("D-9.a", "D-99.z"))
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*unknown clause id*", "*test_good*D-99.z*"])


def test_collecting_alone_records_nothing(pytester: pytest.Pytester) -> None:
    run_inside(pytester, BODY, "--collect-only")
    assert not (pytester.path / "build").exists()


def test_the_report_joins_every_clause_with_its_proofs(tmp_path: Path) -> None:
    results = tmp_path / "clauses.json"
    record = {"clauses": ["D-10.a"], "commit": "abc", "time": "2026-01-01T00:00:00+00:00"}
    results.write_text(json.dumps({"passed": {"tests/test_x.py::test_y": record}}), encoding="utf-8")
    found = read_coverage(results)
    listed = {row["id"]: row for row in found.as_json()}
    assert len(listed) == 437
    assert listed["D-10.a"]["proved_by"] == ["tests/test_x.py::test_y"]
    assert listed["A-0.1"]["proved_by"] == []
    assert list(listed["A-0.1"]) == ["id", "plan", "kind", "title", "proved_by"]


def test_a_damaged_results_file_is_an_error(tmp_path: Path) -> None:
    results = tmp_path / "clauses.json"
    results.write_text('{"passed": [1]}', encoding="utf-8")
    with pytest.raises(ValueError, match="not a results file"):
        read_coverage(results)
