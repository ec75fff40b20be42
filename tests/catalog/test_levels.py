"""Higher and lower levels on one matter: who prevails, when a local raise holds, what is refused."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest

from zhida.catalog import Library, UnknownPlace

Make = Callable[..., Library]
DAY = dt.date(2022, 9, 15)

DOCUMENT = """
documents:
  - id: {id}
    title: {{zh: {id}, en: {id}}}
    issuer: dept-hrss
    level: {level}
    places: ["{place}"]
    valid: {{from: 2022-09-01, until: 2022-12-31}}
"""
RENT = """
id: {id}
title: {{zh: {zh}, en: {id}}}
summary: {{zh: 减免租金, en: rent relief}}
document: {id}
clauses: [{id_upper}-1]
kind: waiver
valid: {{from: 2022-09-01, until: 2022-12-31}}
unit: lease
lane: automatic
authority: dept-hrss
subject: {subject}
params:
  months: {{zh: 减免月数, en: months, unit: 月, {value}, source: X-1}}
amount: 'lease.monthly_rent * param.months'
rule_key: rent.state-owned
compare: months
{extra}
golden:
  - {{name: asks, place: "990101", as_of: 2022-09-15, expect: {{outcome: needs_supplement}}}}
"""


def plan(
    name: str,
    level: str,
    place: str,
    value: str,
    extra: str = "",
    zh: str = "",
    subject: str = "{size: [small, micro]}",
) -> dict[str, str]:
    text = RENT.format(id=name, id_upper=name.upper(), zh=zh or name, value=value, extra=extra, subject=subject)
    return {
        f"{name}/package.yaml": f"id: {name}\ntitle: {{zh: {name}, en: {name}}}\n",
        f"{name}/clauses.yaml": f"clauses:\n  - {{id: {name.upper()}-1, title: Rent}}\n",
        f"{name}/documents.yaml": DOCUMENT.format(id=name, level=level, place=place),
        f"{name}/measures/rent.yaml": text,
    }


def states(library: Library, place: str, at: dt.date = DAY) -> dict[str, str]:
    return {r.measure.id: r.state for r in library.resolution(place, at) if r.measure.rule_key}


@pytest.mark.clause("D-31.c")
def test_the_higher_level_prevails_and_both_are_shown(load: Make) -> None:
    library = load(
        plan("region", "province", "99", "value: 2", zh="自治区减租") | plan("city", "city", "9901", "value: 1")
    )
    assert library.problems == ()
    assert states(library, "990101001") == {"region": "in_force", "city": "superseded"}
    beaten = next(r for r in library.resolution("990101", DAY) if r.state == "superseded")
    assert beaten.by is not None
    assert beaten.by.id == "region"
    assert beaten.zh == "上级有规定的从其规定，执行「自治区减租」"
    programs = library.programs("990101", DAY, measure_ids=["region", "city"])
    assert [p.measure for p in programs] == ["region"]


@pytest.mark.clause("B-15.e")
def test_a_district_may_give_more_where_the_city_allows_it(load: Make) -> None:
    city = plan("city", "city", "9901", "value: 3", "raise_allowed: true")
    library = load(city | plan("county", "county", "990101", "value: 4"))
    assert library.problems == ()
    assert states(library, "990101") == {"city": "superseded", "county": "in_force"}
    assert states(library, "990102") == {"city": "in_force", "county": "not_here"}


@pytest.mark.clause("B-15.e")
def test_a_district_may_not_give_less(load: Make) -> None:
    city = plan("city", "city", "9901", "value: 3", "raise_allowed: true", zh="全市减租")
    problems = load(city | plan("county", "county", "990101", "value: 2")).errors
    assert [p.code for p in problems] == ["below-higher-level"]
    assert problems[0].zh == "低于上级标准3个月（「全市减租」，CITY-1），本级为2个月"
    assert problems[0].file == "county/measures/rent.yaml"
    assert problems[0].line == 14


@pytest.mark.clause("B-15.e")
def test_giving_the_same_counts_as_not_less(load: Make) -> None:
    city = plan("city", "city", "9901", "value: 3", "raise_allowed: true")
    library = load(city | plan("county", "county", "990101", "value: 3"))
    assert library.problems == ()
    assert states(library, "990101")["county"] == "in_force"


def test_a_standard_that_falls_below_later_is_refused_too(load: Make) -> None:
    city = plan("city", "city", "9901", "value: 3", "raise_allowed: true")
    falling = "values: [{value: 4, until: 2022-10-31, source: X}, {value: 2, from: 2022-11-01, source: X}]"
    assert [p.code for p in load(city | plan("county", "county", "990101", falling)).errors] == ["below-higher-level"]


def test_lower_can_be_the_better_way(load: Make) -> None:
    def both(value: str) -> Library:
        lower = "raise_allowed: true"
        files = plan("city", "city", "9901", "value: 3", lower) | plan("county", "county", "990101", value)
        swapped = {k: v.replace("compare: months", "compare: {param: months, better: lower}") for k, v in files.items()}
        return load(swapped)

    assert both("value: 2").problems == ()
    assert [p.code for p in both("value: 4").errors] == ["below-higher-level"]


def test_a_blank_local_standard_cannot_be_shown_to_reach_the_higher_one(load: Make) -> None:
    city = plan("city", "city", "9901", "value: 3", "raise_allowed: true")
    library = load(city | plan("county", "county", "990101", "value: null, origin: unknown, owner: dept-hrss"))
    assert library.errors == ()
    assert states(library, "990101") == {"city": "in_force", "county": "superseded"}


def test_a_raise_that_leaves_some_out_is_refused(load: Make) -> None:
    city = plan("city", "city", "9901", "value: 3", "raise_allowed: true")
    county = plan("county", "county", "990101", "value: 4", subject="{size: [micro]}")
    assert [p.code for p in load(city | county).errors] == ["narrower-than-higher"]


def test_two_documents_of_one_level_may_not_rule_on_one_matter(load: Make) -> None:
    files = plan("one", "county", "990101", "value: 3") | plan("two", "county", "990101", "value: 4")
    assert [p.code for p in load(files).errors] == ["rival-measures"]
    elsewhere = plan("one", "county", "990101", "value: 3") | plan("two", "county", "990102", "value: 4")
    assert load(elsewhere).problems == ()


@pytest.mark.clause("D-31.b")
def test_a_measure_with_its_own_period_outlives_its_document(load: Make) -> None:
    files = plan("city", "city", "9901", "value: 3")
    name = "city/measures/rent.yaml"
    files[name] = files[name].replace(
        "valid: {from: 2022-09-01, until: 2022-12-31}", "valid: {from: 2022-09-01, until: 2023-06-30}"
    )
    library = load(files)
    assert library.problems == ()
    assert states(library, "990101", dt.date(2023, 6, 30)) == {"city": "in_force"}
    assert states(library, "990101", dt.date(2023, 7, 1)) == {"city": "expired"}
    assert states(library, "990101", dt.date(2022, 8, 31)) == {"city": "not_yet"}


def test_an_extension_says_whether_its_base_is_known(load: Make) -> None:
    base = plan("base", "city", "9901", "value: 3", zh="基础减租")
    more = plan("more", "city", "9901", "value: 1", "extends: base")
    name = "more/measures/rent.yaml"
    more[name] = more[name].replace("rule_key: rent.state-owned\n", "")
    library = load(base | more)
    assert library.problems == ()
    told = {r.measure.id: r.zh for r in library.resolution("990101", DAY)}
    assert told["more"] == "在执行期内；在「基础减租」基础上增加"
    late = {k: v.replace("2022-09-01", "2022-10-01").replace("as_of: 2022-10-01", "") for k, v in base.items()}
    late["base/measures/rent.yaml"] = late["base/measures/rent.yaml"].replace("as_of: 2022-09-15", "as_of: 2022-10-15")
    told = {r.measure.id: r.zh for r in load(late | more).resolution("990101", DAY)}
    assert "只确定本项增加部分" in told["more"]


def test_a_value_of_the_nearer_place_holds(load: Make) -> None:
    values = 'values: [{value: 3, source: X}, {value: 5, place: "990101", source: X}]'
    library = load(plan("city", "city", "9901", values))
    used = {
        place: library.programs(place, DAY, measure_ids=["city"])[0].params[0].value
        for place in ("990101", "990101001", "990102")
    }
    assert used == {"990101": 5, "990101001": 5, "990102": 3}


def test_an_unknown_place_is_refused(load: Make) -> None:
    with pytest.raises(UnknownPlace):
        load().programs("123456", DAY)


def test_places_are_found_by_code_name_and_path(load: Make) -> None:
    places = load().jurisdictions
    assert places.find("990101").zh == "甲县"
    assert places.find(990101).zh == "甲县"
    assert (
        places.find("甲市/甲县").code == places.find("甲省/甲市/甲县").code == places.find("County A").code == "990101"
    )
    assert places.find("乙县/城关镇").code == "990102001"
    assert places.path("990102001") == "甲省/甲市/乙县/城关镇"
    assert places.path("990102001", "en") == "Province A/City A/County B/Chengguan"
    with pytest.raises(UnknownPlace) as twice:
        places.find("城关镇")
    assert "990101001" in twice.value.zh
    assert "990102001" in twice.value.zh
    with pytest.raises(UnknownPlace) as near:
        places.find("甲县/城关")
    assert "是否应为" in near.value.zh
