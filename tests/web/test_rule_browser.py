"""Rule files in a real browser, with JavaScript and without."""

import pytest
from playwright.sync_api import expect
from web.browsing import ACCESSIBILITY, SIDEWAYS
from web.conftest import Browse
from web.rule_drafts import DRAFT, LIVE, drafted, file_of, form_of, stricter
from web.serving import NAME, Site

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_a_draft_is_begun_edited_replayed_and_promoted_in_a_browser(
    site: Site, browse: Browse, script: bool
) -> None:
    tab = browse(site, script=script)
    page = tab.open("/rules")
    page.get_by_role("link", name="What is brought over").click()
    page.get_by_role("button", name="Make a draft").click()
    editor = page.locator("#text")
    editor.fill(stricter(editor.input_value()))
    page.get_by_role("button", name="Save").click()
    page.get_by_role("button", name="Run backtest").click()
    expect(page.locator("#backtest")).to_contain_text("accept to skip, by too-long")
    page.get_by_role("button", name="Ask it beside the rules in force").click()
    expect(page.locator(".head .badge")).to_have_text("Shadow")
    page.get_by_text("Let it pass all the same").click()
    assert tab.complaints == []


def test_what_is_typed_is_checked_while_it_is_typed(site: Site, browse: Browse) -> None:
    drafted(site)
    tab = browse(site)
    page = tab.open(DRAFT)
    editor = page.locator("#text")
    editor.fill(editor.input_value().replace("strategy: first", "strategie: first"))
    expect(page.locator("#check")).to_contain_text("There is no key strategie")
    expect(page.locator("#check")).to_contain_text("line 4, column 1")
    assert "strategie" not in file_of(site).read_text(encoding="utf-8")
    assert tab.complaints == []


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [1280, 360])
def test_a_draft_with_its_backtest_can_be_read_by_everybody(
    site: Site, browse: Browse, dark: bool, width: int
) -> None:
    drafted(site)
    site.post(f"{DRAFT}/backtest", form_of(site))
    tab = browse(site, dark=dark, width=width)
    for path in (DRAFT, f"{DRAFT}?view=table", f"{DRAFT}?view=yaml", f"{LIVE}?given={{}}"):
        page = tab.open(path)
        page.evaluate("document.querySelectorAll('details').forEach((d) => { d.open = true })")
        assert page.evaluate(ACCESSIBILITY) == [], path
        assert page.evaluate(SIDEWAYS) <= 0, path
    assert tab.complaints == []


BROKEN_CODES = """[...document.querySelectorAll('.code, .nw')]
  .filter((e) => e.getClientRects().length > 1).map((e) => e.textContent)"""
CUT_LABELS = """[...document.querySelectorAll('svg.chart text')].filter((t) => {
  const box = t.getBBox();
  return box.x < 0 || box.x + box.width > t.ownerSVGElement.viewBox.baseVal.width;
}).map((t) => t.textContent)"""
CUT_EXCERPTS = """[...document.querySelectorAll('#check pre')]
  .filter((e) => e.scrollWidth > e.clientWidth).map((e) => e.textContent)"""


def test_on_a_small_screen_no_code_breaks_and_no_label_or_excerpt_is_cut(
    site: Site, browse: Browse
) -> None:
    drafted(site)
    site.post(f"{DRAFT}/backtest", form_of(site))
    tab = browse(site, width=360)
    for path in (DRAFT, LIVE, "/rules", f"/i/{NAME}"):
        page = tab.open(path)
        page.evaluate("document.querySelectorAll('details').forEach((d) => { d.open = true })")
        assert page.evaluate(BROKEN_CODES) == [], path
        assert page.evaluate(CUT_LABELS) == [], path
        assert page.evaluate(CUT_EXCERPTS) == [], path


def test_a_draft_on_a_small_screen_is_a_few_screens_long(site: Site, browse: Browse) -> None:
    drafted(site)
    site.post(f"{DRAFT}/backtest", form_of(site))
    page = browse(site, width=360).open(DRAFT)
    assert page.evaluate("document.documentElement.scrollHeight / innerHeight") < 5
