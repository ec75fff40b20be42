"""What must hold for every page: it is accessible, it fits, it is quiet, it speaks the language asked for."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

pytestmark = pytest.mark.browser

AXE = Path(__file__).resolve().parents[2] / "node_modules/axe-core/axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
PAGES = [
    "overview",
    "policies",
    "policy",
    "lists",
    "list",
    "search",
    "found",
    "subject",
    "imports",
    "import",
    "missing",
]
WIDTH = "document.documentElement.scrollWidth"
CJK = re.compile(r"[\u3400-\u9fff]")
STRAY_CHINESE = """() => {
  const seen = [];
  const walk = document.createTreeWalker(document.documentElement, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const parent = walk.currentNode.parentElement;
    if (/[\\u3400-\\u9fff]/.test(walk.currentNode.data) && !parent.closest("title, script, style, [lang|=zh]"))
      seen.push(walk.currentNode.data.trim());
  }
  for (const el of document.querySelectorAll("[aria-label], [placeholder], [title], [data-label], [alt]"))
    for (const name of ["aria-label", "placeholder", "title", "data-label", "alt"])
      if (/[\\u3400-\\u9fff]/.test(el.getAttribute(name) ?? "")) seen.push(`${name}: ${el.getAttribute(name)}`);
  return seen;
}"""


def violations(page) -> list[str]:
    # evaluate() runs in the debugger's own world, so axe comes in without loosening the page's CSP
    page.evaluate(AXE.read_text(encoding="utf-8") + "; undefined")
    found = page.evaluate("rules => axe.run(document, {runOnly: rules, resultTypes: ['violations']})", RULES)
    return [f"{v['id']}: {n['target']} {n['failureSummary']}" for v in found["violations"] for n in v["nodes"]]


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_accessible_quiet_and_fits_a_desktop(open_page, noise, name):
    page = open_page(name)
    assert violations(page) == []
    assert page.evaluate(WIDTH) <= page.viewport_size["width"]
    assert [n for n in noise if not (name == "missing" and "404" in n)] == []


@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_every_measure_fits_however_long_its_lists_are(open_page, size):
    page = open_page("policies", size=size)
    links = page.eval_on_selector_all("a[href^='/policies/']", "links => links.map(a => a.getAttribute('href'))")
    measures = sorted({link for link in links if link.count("/") == 3})
    assert len(measures) > 20
    for measure in measures:
        page.goto(measure)
        assert page.evaluate(WIDTH) <= page.viewport_size["width"], measure


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_accessible_quiet_and_fits_a_phone(open_page, noise, name):
    page = open_page(name, size="phone")
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    assert violations(page) == []
    for width, text in ((390, "100%"), (320, "100%"), (390, "200%")):
        page.set_viewport_size({"width": width, "height": 800})
        page.evaluate("size => document.documentElement.style.fontSize = size", text)
        assert page.evaluate(WIDTH) <= width, f"{width} px with text at {text}"
    assert [n for n in noise if not (name == "missing" and "404" in n)] == []


@pytest.mark.parametrize("name", PAGES)
def test_an_english_page_has_no_chinese_but_what_is_marked_as_chinese(open_page, name):
    page = open_page(name, locale="en-GB")
    assert page.locator("html").get_attribute("lang") == "en"
    assert page.evaluate(STRAY_CHINESE) == []
    assert not CJK.search(re.sub(r"^.*?·", "", page.title()))


def test_titles_tell_pages_apart_and_each_says_where_when_and_that_its_data_is_synthetic(contexts, site):
    request, titles = contexts("desktop", "zh-CN", True).request, []
    for name in PAGES:
        html = request.get(site.pages[name], headers={"Accept-Language": "zh-CN"}).text()
        titles.append(re.findall(r"<title>(.*?)</title>", html, re.DOTALL)[0])
        for text in ("示范县", "数据截至 2022年9月30日", "合成数据，不对应任何真实主体"):
            assert text in html, f"{text} is not on {name}"
    assert len(set(titles)) == len(PAGES) - 1, "only a search and its result share a title"


def test_chinese_is_shown_in_a_chinese_typeface(open_page):
    page = open_page("overview")
    client = page.context.new_cdp_session(page)
    client.send("DOM.enable")
    client.send("CSS.enable")
    root = client.send("DOM.getDocument")["root"]["nodeId"]
    heading = client.send("DOM.querySelector", {"nodeId": root, "selector": "h1"})["nodeId"]
    fonts = client.send("CSS.getPlatformFontsForNode", {"nodeId": heading})["fonts"]
    assert any("CJK" in f["familyName"] or "Noto Sans SC" in f["familyName"] for f in fonts), fonts
