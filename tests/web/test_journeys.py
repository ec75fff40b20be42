"""What people do on the pages, done in the browser."""

from __future__ import annotations

import io
import re
from decimal import Decimal

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser

MONEY = re.compile(r"[\d,]+\.\d\d")


def money(text: str) -> Decimal:
    found = MONEY.search(text)
    assert found, text
    return Decimal(found.group().replace(",", ""))


def rows(page: Page):
    return page.locator("#rows tbody tr")


@pytest.mark.parametrize("size", ["phone", "desktop"])
def test_from_a_name_to_the_value_source_and_date_behind_a_condition(open_page, noise, size):
    page = open_page("list", size=size)
    name = rows(page).first.get_by_role("link").inner_text()
    code = rows(page).first.locator(".font-mono").inner_text()
    page.goto("/subjects/")
    page.get_by_label("名称或统一社会信用代码").fill(name)
    page.get_by_role("button", name="查询").click()
    page.locator("#found").get_by_role("link", name=name).first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(name)
    page.goto(f"/subjects/{code}/#stay-job-training-subsidy")
    measure = page.locator("details", has_text="一次性留工培训补助").first
    expect(measure).to_have_attribute("open", "")
    staff = measure.locator("li", has_text="参保职工人数").last
    expect(staff).to_contain_text(re.compile(r"\d+ 人"))
    expect(staff).to_contain_text(re.compile(r"税务局.*\d{4}年\d{1,2}月\d{1,2}日"))
    staff.get_by_role("link", name=re.compile("原文件第 .* 行")).click()
    expect(page.get_by_text("文件指纹")).to_be_visible()
    assert noise == []


def test_a_full_credit_code_leads_straight_to_its_subject(open_page, site):
    page = open_page("search", js=False)
    code = site.pages["subject"].strip("/").split("/")[1]
    page.get_by_label("名称或统一社会信用代码").fill(code)
    page.get_by_role("button", name="查询").click()
    expect(page).to_have_url(re.compile(f"/subjects/{code}/$"))


@pytest.mark.clause("D-10.a")
def test_list_rows_pay_500_yuan_for_each_insured_employee_and_add_up_to_the_workbook(open_page):
    page = open_page("list")
    total = money(page.locator("[data-amount]").inner_text())
    count = int(page.locator("[data-count=eligible]").inner_text().replace(",", ""))
    summed, seen = Decimal(0), 0
    while True:
        for row in rows(page).all():
            amount = money(row.locator("td.num").inner_text())
            staff = re.search(r"参保职工人数 ([\d,]+) 人", row.inner_text())
            assert staff
            assert amount == 500 * int(staff[1].replace(",", ""))
            summed, seen = summed + amount, seen + 1
        if not page.locator("a[rel=next]").count():
            break
        page.locator("a[rel=next]").click()
        page.wait_for_load_state()
    assert (seen, summed) == (count, total)
    with page.expect_download() as download:
        page.get_by_role("link", name=re.compile("下载名单")).click()
    sheet = load_workbook(io.BytesIO(download.value.path().read_bytes())).active
    head = next(cell for row in sheet.iter_rows() for cell in row if cell.value == "金额（元）")
    amounts = [row[0].value for row in sheet.iter_rows(min_row=head.row + 1, min_col=head.column, max_col=head.column)]
    assert len(amounts) == count + 1
    assert Decimal(str(amounts[-1])) == sum(Decimal(str(amount)) for amount in amounts[:-1]) == total


def test_import_counts_add_up_and_findings_say_what_to_do(open_page, site):
    page = open_page("imports")
    for href in [a.get_attribute("href") for a in page.locator("main tbody a").all()][:4]:
        page.goto(href)
        figures = {
            key: int(page.locator(f"[data-{key}]").inner_text().replace(",", ""))
            for key in ("rows", "clean", "findings", "refused")
        }
        assert figures["rows"] == figures["clean"] + figures["findings"] + figures["refused"]


def test_filters_work_without_a_script(open_page):
    page = open_page("list", js=False)
    page.get_by_label("结果", exact=True).select_option("needs_supplement")
    page.get_by_role("button", name="筛选").click()
    expect(page).to_have_url(re.compile("outcome=needs_supplement"))
    assert rows(page).count() > 0
    assert all("缺：" in text for text in rows(page).all_inner_texts())


def test_the_back_button_keeps_the_filters(open_page, noise):
    page = open_page("list")
    page.get_by_label("结果", exact=True).select_option("needs_supplement")
    expect(page).to_have_url(re.compile("outcome=needs_supplement"))
    expect(rows(page).first).to_contain_text("缺：")
    rows(page).first.get_by_role("link").click()
    expect(page).to_have_url(re.compile("/subjects/"))
    page.go_back()
    expect(page.get_by_label("结果", exact=True)).to_have_value("needs_supplement")
    expect(rows(page).first).to_contain_text("缺：")
    assert noise == []


def test_policies_are_searched_while_typing_and_filtered_by_date(open_page, noise):
    page = open_page("policies")
    every = page.locator("#found > ul > li").count()
    page.get_by_label("搜索").fill("留工")
    expect(page.locator("#found > ul > li")).to_have_count(1)
    page.get_by_label("搜索").fill("")
    expect(page.locator("#found > ul > li")).to_have_count(every)
    page.goto("/policies/?at=1999-01-01")
    expect(page.get_by_text("没有符合条件的措施")).to_be_visible()
    assert noise == []


def test_a_policy_shows_conditions_thresholds_formula_and_examples(open_page):
    page = open_page("policy")
    main = page.get_by_role("main")
    for text in ("无法正常生产经营", "7", "500", "参保职工人数", "举例", "失业保险基金", "D-10.a"):
        expect(main).to_contain_text(text)


def test_the_language_switch_keeps_the_page_and_its_filters(open_page):
    page = open_page("/policies/?q=D-10.a")
    page.get_by_role("button", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.get_by_role("heading", level=1)).to_have_text("Policy library")
    assert "q=D-10.a" in page.url


def test_every_stop_of_the_keyboard_can_be_seen(open_page):
    page = open_page("overview")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('href')") == "#main"
    for _ in range(12):
        page.keyboard.press("Tab")
        shown = page.evaluate(
            "() => { const s = getComputedStyle(document.activeElement);"
            " const box = document.activeElement.closest('label') ?? document.activeElement;"
            " const b = getComputedStyle(box);"
            " return [s, b].some(x => x.outlineStyle !== 'none' && parseFloat(x.outlineWidth) >= 2); }"
        )
        assert shown, page.evaluate("document.activeElement.outerHTML")


def test_targets_on_a_phone_are_large_enough_to_hit(open_page):
    page = open_page("overview", size="phone")
    for link in page.locator("nav.dock a").all():
        box = link.bounding_box()
        assert box
        assert min(box["width"], box["height"]) >= 44
