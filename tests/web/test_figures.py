"""The small formats every page stands on: money, dates, marks of language, bars, pages of a list."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import translation

from zhida.catalog.places import Jurisdictions
from zhida.catalog.shapes.common import JurisdictionItem
from zhida.web.read.page import Page, number
from zhida.web.read.standing import smallest
from zhida.web.read.tally import Tally, share
from zhida.web.text import Both, day, head, large, say, yuan


@pytest.mark.parametrize(
    ("fen", "text"), [(0, "0.00"), (5, "0.05"), (600_000, "6,000.00"), (-12_345_678, "-123,456.78"), (None, "—")]
)
def test_fen_are_shown_as_yuan_to_the_cent(fen, text):
    assert yuan(fen) == text


@pytest.mark.parametrize(
    ("fen", "zh", "en"),
    [
        (99_999, ("999.99", "元"), ("999.99", "yuan")),
        (1_000_000, ("1.00", "万元"), ("10,000.00", "yuan")),
        (123_456_789_012, ("123,456.79", "万元"), ("1,234.57", "million yuan")),
        (10**12, ("100.00", "亿元"), ("10,000.00", "million yuan")),
    ],
)
def test_large_sums_are_rounded_half_up_in_the_unit_people_use(fen, zh, en):
    with translation.override("zh-hans"):
        assert large(fen) == zh
    with translation.override("en"):
        assert large(fen) == en


def test_dates_and_texts_follow_the_language_of_the_page():
    text = Both("名单", "List")
    with translation.override("zh-hans"):
        assert (day(dt.date(2022, 9, 30)), str(text)) == ("2022年9月30日", "名单")
    with translation.override("en"):
        assert (day(dt.date(2022, 9, 30)), str(text)) == ("30 September 2022", "List")
        assert str(Both("只有中文")) == "只有中文"


def test_chinese_words_in_an_english_page_are_marked_and_nothing_slips_through_unescaped():
    with translation.override("en"):
        assert say("示范县6538号店 & Co") == '<span lang="zh-Hans">示范县6538号店</span> &amp; Co'
        assert head("insured <staff>") == "Insured &lt;staff&gt;"
    with translation.override("zh-hans"):
        assert say("店 & <b>") == "店 &amp; &lt;b&gt;"


def test_a_bar_is_filled_and_even_a_single_decision_can_be_seen():
    parts = Tally(eligible=1, needs_supplement=0, ineligible=99_999).parts
    assert [part.code for part in parts] == ["eligible", "ineligible"]
    assert float(parts[0].width) > 0.5
    assert sum(float(part.width) for part in parts) == pytest.approx(100, abs=0.02)
    assert Tally().parts == []
    assert share(1, 0) == "0"


def test_what_stacking_dropped_is_told_apart_from_what_stands():
    outcomes = {"eligible": 10, "needs_supplement": 1, "eligible_amount_pending": 2, "ineligible": 3}
    tally = Tally.of({"outcomes": outcomes, "stands": 7})
    assert dict(tally) | {"total": tally.total} == {
        "eligible": 7, "dropped": 3, "needs_supplement": 1, "eligible_amount_pending": 2, "ineligible": 3, "total": 16,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("asked", "found"), [("3", 3), (None, 1), ("", 1), ("0", 1), ("-2", 1), ("²", 1), ("9" * 9, 1)]
)
def test_the_page_asked_for_is_a_number_or_the_first(asked, found):
    assert number(asked) == found


def test_the_pager_links_both_ends_and_the_neighbourhood():
    page = Page([], 9, 1_000)
    assert page.near == [1, None, 7, 8, 9, 10, 11, None, 20]
    assert (page.first, page.last, page.pages) == (401, 450, 20)
    assert Page([], 1, 0).near == [1]


def test_a_run_is_about_the_smallest_division_that_holds_nearly_all_of_it():
    rows = [("", "national", None), ("99", "province", ""), ("9901", "city", "99"), ("990101", "county", "9901")]
    rows += [("990102", "county", "9901"), ("990101001", "town", "990101"), ("990102001", "town", "990102")]
    places = Jurisdictions(
        {
            code: JurisdictionItem(
                code=code, name={"zh": code or "全国", "en": code or "nation"}, level=level, parent=up
            )
            for code, level, up in rows
        }
    )
    assert smallest(places, (("990101001", 95), ("990102001", 5))) == "990101"
    assert smallest(places, (("990101001", 60), ("990102001", 40))) == "9901"
    assert smallest(places, ()) in places
