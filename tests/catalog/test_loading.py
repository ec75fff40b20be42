"""What a folder of packages may hold, and what is said about everything else: file, line, finding, remedy."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest

from zhida import catalog
from zhida.catalog import CatalogProblem, Library

Make = Callable[..., Library]
MEASURE = "plan-x/measures/stay-job.yaml"


def only(library: Library) -> CatalogProblem:
    assert len(library.problems) == 1, [p.text("en") for p in library.problems]
    return library.problems[0]


def test_a_right_folder_loads_without_problems(load: Make) -> None:
    library = load()
    assert library.problems == ()
    measure = library.measure("stay-job")
    assert measure.source.version == measure.hash
    assert measure.places == ("990101",)
    assert measure.file == MEASURE
    assert library.vocabulary.facts["lease.monthly_rent"].hi == 100_000_000
    assert library.vocabulary.code_lists["industry"].codes["5212"].parent == "52"
    assert library.vocabulary.code_lists["industry"].codes["52"].en == "零售业"


def test_the_shipped_packages_have_no_errors(shipped: Library) -> None:
    assert [p.text("en") for p in shipped.problems] == []


def test_comments_and_layout_do_not_change_the_hash(load: Make, files: dict[str, str]) -> None:
    spaced = "# a comment\n" + files[MEASURE].replace("fund: relief", "fund:    relief")
    again = load({MEASURE: spaced})
    assert again.hash == load().hash
    assert again.measure("stay-job").hash == load().measure("stay-job").hash


def test_a_golden_case_changes_the_library_but_not_the_version_of_the_measure(load: Make, edited: Make) -> None:
    other = edited(("twelve insured", "a dozen insured"))
    assert other.hash != load().hash
    assert other.measure("stay-job").hash == load().measure("stay-job").hash


def test_a_parameter_row_of_another_file_changes_the_version_of_the_measure(load: Make) -> None:
    rows = 'parameters:\n  - {measure: stay-job, param: unit_amount, place: "990101", value: 600, source: X-2}\n'
    library = load({"plan-x/parameters.yaml": rows})
    assert library.problems == ()
    assert library.measure("stay-job").hash != load().measure("stay-job").hash
    amount = library.measure("stay-job").param("unit_amount")
    assert amount is not None
    assert [v.value for v in amount.values] == [500, 600]


@pytest.mark.parametrize(
    ("old", "new", "said", "remedy"),
    [
        ("fund: relief", "found: relief", 'unknown key "found"', 'did you mean "fund"?'),
        ("fund: relief", "fund: releif", 'fund "releif" is not defined', 'did you mean "relief"?'),
        ("kind: subsidy", "kind: subsidie", "not allowed", 'did you mean "subsidy"?'),
        ("clauses: [X-1]", "clauses: [X-11]", 'clause "X-11" is not defined', 'did you mean "X-1"?'),
        ("document: plan-x", "document: plan-y", 'document "plan-y" is not defined', 'did you mean "plan-x"?'),
        ("authority: dept-hrss", "authority: dept-hrs", '"dept-hrs" is not defined', "dept-hrss"),
        ("size: [small, micro]", "size: [smal, micro]", "has no “smal”", 'did you mean "small"?'),
        ("size: [small, micro]", "size: [小型, micro]", "has no “小型”", 'write the code "small"'),
        ("subject: {subject_type", "subject: {subjekt_type", '"subjekt_type" is not defined', "subject_type"),
        ("unit: subject", "unit: leese", 'entity "leese" is not defined', 'did you mean "lease"?'),
        ("until: 2022-12-31}", "until: 2022-08-31}", "reversed", "end must not be before"),
        ("from: 2022-09-01", "from: soon", "must be a date", "2022-09-01"),
        ("lane: automatic\n", "", '"lane" is missing', 'add "lane"'),
        ('six days, place: "990101"', "six days, place: 990101", "not in quotes", 'write "990101"'),
        ("value: 500, ", "", "exactly one of", "value: null"),
        ("compare: unit_amount", "compare: unit_amont", '"unit_amont"', 'did you mean "unit_amount"?'),
        ("insured_staff * param", "insured_staf * param", "insured_staf", "did you mean insured_staff"),
        ("param.min_days'", "param.min_day'", "min_day", "min_days"),
        ("suspended_days >=", "suspended_days + ", "", ""),
        ("amount: 'insured_staff", "amount: 'in_difficulty", "", ""),
        ("unit: 元/人", "unit: 元/只", "", ""),
    ],
)
def test_a_slip_in_a_measure_is_said_with_line_and_remedy(
    edited: Make, files: dict[str, str], old: str, new: str, said: str, remedy: str
) -> None:
    text = files[MEASURE].replace(old, new)
    line = text.count("\n", 0, text.index(new)) + 1 if new else None
    problems = edited((old, new)).problems
    hit = [p for p in problems if said in p.en and remedy in p.en + p.remedy_en and line in (p.line, None)]
    assert hit, [p.text("en") for p in problems]
    assert hit[0].file == MEASURE
    assert hit[0].zh


def test_all_problems_are_found_at_once(edited: Make) -> None:
    codes = {p.code for p in edited(("fund: relief", "fund: x"), ("kind: subsidy", "kind: y")).problems}
    assert "literal-error" in codes
    assert {p.code for p in edited(("fund: relief", "fund: x"), ("[X-1]", "[X-9]")).problems} >= {
        "unknown-fund", "unknown-clause",
    }  # fmt: skip


def test_two_things_of_one_name_are_refused(load: Make, files: dict[str, str]) -> None:
    twice = files["common/funds.yaml"] + "  - {id: relief, zh: 另一资金, en: Another fund}\n"
    problem = only(load({"common/funds.yaml": twice}))
    assert (problem.code, problem.line) == ("duplicate-id", 3)
    assert "common/funds.yaml:2" in problem.en


def test_two_versions_of_a_measure_may_follow_but_not_overlap(load: Make, files: dict[str, str]) -> None:
    second = files[MEASURE].replace("2022-09-01, until: 2022-12-31", "2023-01-01, until: 2023-12-31")
    second = second.replace("2022-09-15", "2023-09-15").replace("value: 500", "value: 600")
    second = second.replace("6000.00", "7200.00")
    library = load({"plan-x/measures/stay-job-2023.yaml": second})
    assert library.problems == ()
    of_2022, of_2023 = (library.measure("stay-job", dt.date(year, 10, 1)) for year in (2022, 2023))
    assert (of_2022.valid_from.year, of_2023.valid_from.year) == (2022, 2023)
    assert library.measure("stay-job") is of_2023
    overlapping = second.replace("from: 2023-01-01", "from: 2022-12-31")
    assert only(load({"plan-x/measures/stay-job-2023.yaml": overlapping})).code == "overlapping-versions"


def test_two_values_of_a_parameter_may_follow_but_not_overlap_and_leave_no_gap(edited: Make) -> None:
    values = "values: [{{value: 500, until: 2022-10-31, source: X-1}}, {{value: 600, from: {day}, source: X-1}}]}}"
    old = "value: 500, source: X-1}"
    assert edited((old, values.format(day="2022-11-01"))).problems == ()
    assert "param-overlap" in {p.code for p in edited((old, values.format(day="2022-10-31"))).problems}
    assert "param-gap" in {p.code for p in edited((old, values.format(day="2022-11-03"))).problems}


def test_a_measure_without_golden_case_is_refused(load: Make, files: dict[str, str]) -> None:
    bare = files[MEASURE].split("golden:")[0]
    assert only(load({MEASURE: bare})).code == "no-golden-case"


@pytest.mark.clause("D-4.b")
def test_a_paper_the_text_forbids_is_never_asked_for(edited: Make) -> None:
    asked = "materials: [{id: impact-proof, zh: 受疫情影响证明材料, en: Proof of impact}]\nfund: relief"
    banned = "forbidden_materials: [{id: impact-proof, zh: 受疫情影响证明, en: Proof of impact, clause: X-1}]\n"
    assert edited(("fund: relief", asked)).problems == ()
    problem = only(edited(("fund: relief", banned + asked)))
    assert problem.code == "forbidden-material"
    assert "受疫情影响证明材料" in problem.zh
    assert "X-1" in problem.zh


def test_a_file_of_no_known_kind_is_not_ignored(load: Make) -> None:
    problem = only(load({"plan-x/measure/other.yaml": "id: other\n"}))
    assert problem.code == "unknown-file"
    assert "measures/*.yaml" in problem.remedy_en


def test_a_broken_file_is_said_with_its_line(load: Make) -> None:
    problem = only(load({"common/funds.yaml": "funds:\n  - {id: relief, id: again}\n", MEASURE: None}))
    assert (problem.code, problem.line) == ("unreadable", 2)


def test_a_reference_to_a_broken_item_is_not_reported_twice(edited: Make) -> None:
    problem = only(edited(("zh: 纾困资金, ", ""), file="common/funds.yaml"))
    assert problem.file == "common/funds.yaml"


def test_divisions_lie_below_their_parents_level(edited: Make) -> None:
    swap = ('level: province, parent: ""', 'level: county, parent: ""')
    codes = {p.code for p in edited(swap, file="common/jurisdictions.yaml").errors}
    assert codes == {"wrong-level"}


def test_a_stacking_group_counts_by_an_entity_or_a_period(edited: Make) -> None:
    assert edited(("per: lease", "per: year"), file="common/stacking.yaml").problems == ()
    wrong = only(edited(("per: lease", "per: leese"), file="common/stacking.yaml"))
    assert (wrong.code, wrong.remedy_en) == ("unknown-entity", 'did you mean "lease"?')


def test_an_empty_folder_says_what_a_package_is(tmp_path: Path) -> None:
    assert [p.code for p in catalog.load(tmp_path).errors] == ["no-package"]


def test_a_folder_without_common_borrows_the_shipped_one(write: Callable[..., Path]) -> None:
    text = "id: mine\ntitle: {zh: 我的, en: Mine}\n"
    root = write({"mine/package.yaml": text})
    assert catalog.borrowed(root)
    library = catalog.load(root)
    assert library.problems == ()
    assert "insured_staff" in library.vocabulary.facts
    assert set(library.packages) == {"common", "mine"}


def test_one_package_folder_can_be_loaded_by_itself(write: Callable[..., Path]) -> None:
    root = write({"mine/package.yaml": "id: mine\ntitle: {zh: 我的, en: Mine}\n"})
    assert set(catalog.load(root / "mine").packages) == {"common", "mine"}


def test_a_changed_measure_can_be_laid_over_a_library(load: Make, files: dict[str, str], tmp_path: Path) -> None:
    changed = tmp_path / "CHANGED.yaml"
    changed.write_text(files[MEASURE].replace("value: 500", "value: 600").replace("6000.00", "7200.00"))
    library = catalog.overlay(load(), changed)
    assert library.problems == ()
    assert len(library.measures) == 1
    assert [p.values[0].value for p in library.measure("stay-job").source.params] == [7, 600]
    changed.write_text("id: stay-job\n")
    assert {p.file for p in catalog.overlay(load(), changed).errors} == {"changed/measures/CHANGED.yaml"}


def test_a_library_can_be_rebuilt_from_canonical_data_alone(load: Make) -> None:
    from zhida.catalog import canonical
    from zhida.catalog.loader import assemble
    from zhida.catalog.sources import make_source

    library = load()
    again = assemble(
        make_source(f.package, f.inside, f.kind, canonical.data_of(canonical.text_of(f.data))) for f in library.files
    )
    assert again.hash == library.hash
    assert again.vocabulary == library.vocabulary
    assert [dataclasses.replace(m, line=0) for m in library.measures] == [
        dataclasses.replace(m, line=0) for m in again.measures
    ]
