"""Golden cases that carry a clause id, asked through ``zhida check`` as a stranger would ask them."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from zhida.catalog.library import Library
from zhida.cli import check as command
from zhida.cli.library import library_in_use

PACKAGES = Path(__file__).parents[2] / "packages"


class _Exact(yaml.SafeLoader):
    """Numbers with decimals stay exact."""


class _Plain(yaml.SafeDumper):
    """Writes exact numbers as they are."""


_Exact.add_constructor("tag:yaml.org,2002:float", lambda loader, node: Decimal(loader.construct_scalar(node)))
_Plain.add_representer(Decimal, lambda dumper, value: dumper.represent_scalar("tag:yaml.org,2002:float", str(value)))


def _cases() -> Iterator[Any]:
    for path in sorted(PACKAGES.glob("*/measures/*.yaml")):
        measure = yaml.load(path.read_text(encoding="utf-8"), Loader=_Exact)
        for case in measure["golden"]:
            if "clauses" in case:
                yield pytest.param(
                    path, case, id=f"{path.stem}: {case['name']}", marks=pytest.mark.clause(*case["clauses"])
                )


@pytest.fixture(scope="module", autouse=True)
def _load_once() -> Iterator[None]:
    """The same folder is read once for all cases."""
    read: dict[Path | None, Library] = {}

    def cached(folder: Path | None = None) -> Library:
        if folder not in read:
            read[folder] = library_in_use(folder)
        return read[folder]

    patch = pytest.MonkeyPatch()
    patch.setattr(command, "library_in_use", cached)
    yield
    patch.undo()


@pytest.mark.parametrize(("file", "case"), list(_cases()))
def test_check_answers_as_the_clause_says(file: Path, case: dict[str, Any], tmp_path: Path) -> None:
    facts = tmp_path / "facts.yaml"
    facts.write_text(yaml.dump(case["facts"], Dumper=_Plain, allow_unicode=True), encoding="utf-8")
    packages = _with_parameters(file, case, tmp_path) if "params" in case else PACKAGES
    expected = case["expect"]
    arguments = [str(facts), "--as-of", str(case["as_of"]), "--measure", file.stem]
    result = CliRunner().invoke(command.check, [*arguments, "--packages", str(packages), "--json"])
    assert result.exception is None, result.output
    found = json.loads(result.stdout)
    if "place" in expected.get("failed", ()):
        assert [m["state"] for m in found["not_applicable"] if m["measure"] == file.stem] == ["not_here"]
        return
    (answer,) = found["measures"]
    assert answer["outcome"] == expected["outcome"]
    assert answer["amount"] == _shown(expected.get("amount", answer["amount"]))
    assert answer["date"] == _shown(expected.get("date", answer["date"]))
    for name, value in expected.get("outputs", {}).items():
        assert answer["outputs"][name] == _shown(value), name
    if "failed" in expected:
        assert {c["id"] for c in answer["conditions"] if c["result"] is False} == set(expected["failed"])
    if "missing" in expected:
        assert {m["fact"] for m in answer["missing"]} == set(expected["missing"])
    if "blank_params" in expected:
        assert {p["param"] for p in answer["blank_params"]} == set(expected["blank_params"])


def _with_parameters(file: Path, case: dict[str, Any], tmp_path: Path) -> Path:
    """The packages with what the case sets written into ``parameters.yaml``, as a county would."""
    packages = tmp_path / "packages"
    shutil.copytree(PACKAGES, packages)
    target = packages / file.parent.parent.name / "parameters.yaml"
    rows = yaml.load(target.read_text(encoding="utf-8"), Loader=_Exact)["parameters"] if target.exists() else []
    for name, value in case["params"].items():
        rows = [r for r in rows if (r["measure"], r["param"], r["place"]) != (file.stem, name, case["place"])]
        rows.append({"measure": file.stem, "param": name, "place": case["place"], "value": value,
                     "source": "test", "origin": "jurisdiction"})  # fmt: skip
    target.write_text(yaml.dump({"parameters": rows}, Dumper=_Plain, allow_unicode=True), encoding="utf-8")
    return packages


def _shown(value: Any) -> Any:
    """A golden value as the answer shows it."""
    if isinstance(value, Decimal):
        return f"{value:.2f}"
    return value.isoformat() if isinstance(value, dt.date) else value


def _states(tmp_path: Path, place: str, as_of: str, *measures: str) -> dict[str, str]:
    """Why each of the measures does not apply at a place and date (none when it does)."""
    facts = tmp_path / "facts.yaml"
    facts.write_text("taxpayer_kind: small-scale\nvat_sales_at_3: 400000\n", encoding="utf-8")
    arguments = [str(facts), "--place", place, "--as-of", as_of, "--packages", str(PACKAGES), "--json"]
    chosen = [word for name in measures for word in ("--measure", name)]
    result = CliRunner().invoke(command.check, [*arguments, *chosen])
    assert result.exception is None, result.output
    return {m["measure"]: m["state"] for m in json.loads(result.stdout)["not_applicable"]}


@pytest.mark.clause("A-2.2.1b")
def test_the_phase_exemption_ends_with_its_phase(tmp_path: Path) -> None:
    assert _states(tmp_path, "990101", "2022-12-31", "vat-phase-exemption") == {}
    assert _states(tmp_path, "990101", "2023-01-01", "vat-phase-exemption") == {"vat-phase-exemption": "expired"}


@pytest.mark.clause("D-31.a")
def test_no_measure_of_plan_d_applies_after_its_period(tmp_path: Path) -> None:
    ours = sorted(p.stem for p in (PACKAGES / "plan-d" / "measures").glob("*.yaml"))
    assert _states(tmp_path, "990100", "2022-12-31", *ours) == {}
    assert _states(tmp_path, "990100", "2023-01-01", *ours) == dict.fromkeys(ours, "expired")


def test_vat_rules_of_the_county_and_the_city_never_hold_together(tmp_path: Path) -> None:
    county, city = "vat-exempt-150k", "vat-exempt-100k"
    assert _states(tmp_path, "990101", "2022-12-31", county, city) == {city: "not_yet"}
    assert _states(tmp_path, "990101", "2023-01-01", county, city) == {county: "expired"}
