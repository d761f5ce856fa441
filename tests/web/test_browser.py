"""The pages in a real browser, with JavaScript and without."""

import pytest
from playwright.sync_api import Page, expect
from tallystick.errors import StoreError
from web.browsing import ACCESSIBILITY, SIDEWAYS
from web.conftest import Browse
from web.serving import NAME, PAGES, Site

pytestmark = pytest.mark.browser
HERE = f"/i/{NAME}"


def _mark(page: Page) -> None:
    page.evaluate("window.sameDocument = true")


def _same(page: Page) -> bool:
    return page.evaluate("window.sameDocument === true") is True


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_every_page_can_be_read_by_everybody(site: Site, browse: Browse, dark: bool) -> None:
    tab = browse(site, dark=dark)
    for path in PAGES:
        page = tab.open(path)
        page.evaluate("document.querySelectorAll('details').forEach((d) => { d.open = true })")
        assert page.evaluate(ACCESSIBILITY) == [], path


def test_every_page_stays_within_its_origin_and_its_policy(site: Site, browse: Browse) -> None:
    tab = browse(site)
    for path in PAGES:
        tab.open(path)
        tab.page.wait_for_function("window.htmx !== undefined")
    assert tab.complaints == []


def test_the_policy_stops_inline_code_that_got_onto_a_page(site: Site, browse: Browse) -> None:
    """The watch for complaints works: a script put into the page is refused and reported."""
    tab = browse(site)
    page = tab.open(HERE)
    page.evaluate(
        "() => { const s = document.createElement('script'); s.textContent = 'window.bad = 1';"
        " document.body.append(s); const i = new Image(); i.src = 'http://foreign.invalid/x.png' }"
    )
    assert page.evaluate("window.bad === undefined")
    assert any("Content Security Policy" in c for c in tab.complaints)


@pytest.mark.parametrize("width", [360, 320], ids=["small phone", "400 percent"])
def test_no_page_scrolls_sideways(site: Site, browse: Browse, width: int) -> None:
    tab = browse(site, width=width)
    for path in PAGES:
        page = tab.open(path)
        page.evaluate("document.querySelectorAll('details').forEach((d) => { d.open = true })")
        assert page.evaluate(SIDEWAYS) <= 0, path


def test_the_skip_link_is_first_and_leads_to_the_content(site: Site, browse: Browse) -> None:
    page = browse(site).open(HERE)
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_text("Skip to content")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_refresh_swaps_the_page_in_place_and_keeps_the_focus(site: Site, browse: Browse) -> None:
    tab = browse(site)
    page = tab.open(HERE)
    _mark(page)
    site.clock.advance(hours=2)
    page.locator("#refresh").click()
    expect(page.locator("#badge")).to_contain_text("2 hours ago")
    assert _same(page)
    assert page.evaluate("document.activeElement.id") == "refresh"
    assert page.locator("#live").count() == 1
    expect(page.locator("#said")).to_have_text("The page shows the present state.")
    assert tab.complaints == []


def test_a_sync_shows_its_progress_and_its_end_by_itself(site: Site, browse: Browse) -> None:
    gate = site.gate()
    site.world.portal["task"]["t1"]["name"] = "Data import, part two"
    tab = browse(site)
    page = tab.open(HERE)
    page.get_by_role("button", name="Sync now").click()
    expect(page.locator("#badge")).to_contain_text("Sync in progress")
    assert gate.reached.wait(60)
    _mark(page)
    expect(page.locator("#progress")).to_contain_text("Tasks")
    expect(page.locator("#said")).not_to_be_empty()
    assert page.get_by_role("button", name="Sync now").count() == 0
    assert page.evaluate(ACCESSIBILITY) == []
    gate.open.set()
    expect(page.locator("#badge")).to_contain_text("Active")
    expect(page.locator("#said")).to_have_text("The run has ended.")
    assert page.locator("#progress").count() == 0
    assert page.locator("#live").count() == 1
    assert _same(page)
    assert tab.complaints == []


def test_progress_is_spoken_once_a_module(site: Site, browse: Browse) -> None:
    gate = site.gate()
    site.world.portal["task"]["t1"]["name"] = "Data import, part two"
    page = browse(site).open(HERE)
    page.get_by_role("button", name="Sync now").click()
    assert gate.reached.wait(60)
    expect(page.locator("#said")).not_to_be_empty()
    page.evaluate(
        "() => { window.spoken = 0; new MutationObserver(() => { window.spoken += 1 })"
        ".observe(document.querySelector('#said'), {childList: true, characterData: true}) }"
    )
    for _ in range(3):
        with page.expect_response(lambda r: "/progress" in r.url):
            pass
    assert page.evaluate("window.spoken") == 0


def test_two_pages_start_one_run_only(site: Site, browse: Browse) -> None:
    """R-030, INT-05."""
    gate = site.gate()
    site.world.portal["task"]["t1"]["name"] = "Data import, part two"
    tab = browse(site)
    page = tab.open(HERE)
    other = page.context.new_page()
    other.goto(site.base + HERE)
    page.get_by_role("button", name="Sync now").click()
    assert gate.reached.wait(60)
    other.get_by_role("button", name="Sync now").click()
    expect(other.locator("main")).to_contain_text("INT-05")
    gate.open.set()
    expect(page.locator("#badge")).to_contain_text("Active")
    with site.workspace() as ws:
        assert len(ws.store.runs.recent(NAME, limit=9)) == 2


def test_a_run_that_fails_says_why_on_the_page(site: Site, browse: Browse) -> None:
    def broken(*_: object) -> None:
        raise StoreError("The disk is full.", code="STO-10")

    site.world.on_read = broken
    page = browse(site).open(HERE)
    page.get_by_role("button", name="Sync now").click()
    expect(page.get_by_role("alert")).to_contain_text("The last run did not finish")
    expect(page.get_by_role("button", name="Sync now")).to_be_visible()


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_choosing_the_customer_frees_the_queue(site: Site, browse: Browse, script: bool) -> None:
    tab = browse(site, script=script)
    page = tab.open("/errors")
    page.get_by_text("Borealis AB", exact=True).click()
    page.get_by_role("button", name="Link and sync 8 records").click()
    page.wait_for_url("**/errors?i=main")
    site.desk.wait(60)
    page.goto(site.base + "/errors")
    expect(page.get_by_role("heading", level=1)).to_have_text("No open errors")
    assert len(site.world.accounts["project"]) == 2
    assert tab.complaints == []


def test_linking_asks_which_customer_before_it_posts(site: Site, browse: Browse) -> None:
    page = browse(site).open("/errors")
    page.get_by_role("button", name="Link and sync").click()
    assert page.evaluate("document.querySelector('input:invalid').name") == "customer"
    assert page.url.endswith("/errors")


def test_the_queue_tells_when_the_run_has_ended(site: Site, browse: Browse) -> None:
    gate = site.gate()
    tab = browse(site)
    page = tab.open("/errors")
    page.get_by_role("button", name="Create a new customer").click()
    expect(page.locator("#busy")).to_contain_text("Sync in progress")
    assert gate.reached.wait(60)
    gate.open.set()
    expect(page.locator("#busy")).to_contain_text("The run has ended")
    page.get_by_role("link", name="Show the queue as it is now").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("No open errors")
    assert tab.complaints == []


def test_everything_works_without_javascript(site: Site, browse: Browse) -> None:
    page = browse(site, script=False).open("/")
    page.get_by_role("link", name="Zylker Studio and Zylker Books").click()
    page.get_by_role("button", name="Sync now").click()
    page.wait_for_url(f"**{HERE}")
    site.desk.wait(60)
    page.get_by_role("button", name="Refresh").click()
    expect(page.locator("#badge")).to_contain_text("Active")
    page.get_by_text("Show as a table").click()
    expect(page.locator("figure table tbody tr")).to_have_count(2)
    page.get_by_role("button", name="Disable integration").click()
    expect(page.locator("#badge")).to_contain_text("Disabled")
    page.get_by_role("button", name="Enable integration").click()
    expect(page.locator("#badge")).to_contain_text("Active")
    page.get_by_role("link", name="Errors").click()
    page.get_by_role("button", name="Retry all").click()
    site.desk.wait(60)
    page.get_by_role("button", name="Refresh").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("1 cause holds 8 records")
    page.get_by_role("link", name="Why E-1").click()
    expect(page.locator("main")).to_contain_text("contacts.yaml")
