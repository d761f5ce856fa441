"""Answering on the pages: what is missing is asked for, what was answered is not asked again."""

import re

import pytest
from tallystick.app import answers, errors
from web.browsing import ACCESSIBILITY, SIDEWAYS
from web.conftest import Browse
from web.serving import NAME, Site


def _send(site: Site, **form: str) -> tuple[int, str]:
    sent = site.post("/errors/1/decide", {"token": site.desk.token, **form})
    return sent.status_code, sent.text


@pytest.mark.parametrize("form", [{"answer": "skip"}, {"answer": "skip", "over": "yes"}])
def test_an_answer_without_its_customer_is_asked_for_on_the_page(
    site: Site, form: dict[str, str]
) -> None:
    """Also without JavaScript, and where the browser checks nothing."""
    status, html = _send(site, **form)
    assert status == 422
    assert '<p class="wrong" id="wrong1" role="alert">Choose the customer first' in html
    assert 'aria-describedby="wrong1"' in html
    assert html.count('name="customer"') == html.count("required") == 2
    assert "<title>Not answered: CON-01" in html
    with site.workspace() as ws:
        assert ws.store.settings.integration(NAME).answers == {}  # type: ignore[union-attr]


def test_an_answered_question_is_not_asked_again(site: Site) -> None:
    with site.workspace() as ws:
        answers.decide(ws, NAME, error_id=1, answer="clone")
    for path in ("/errors", "/errors/1"):
        html = site.get(path).text
        card = html[html.index('aria-labelledby="e1"') : html.index("</article>")]
        words = "Answered: clone (make a new customer); the next sync carries it out."
        assert f"<b>{words}</b>" in card
        assert "<summary>Change the answer</summary>" in card
        assert 'class="main"' not in card
        assert "Create a new customer" not in card
        assert "Needs you" not in card
    assert re.search(r"Needs you 0", site.get("/errors").text)


def test_the_page_of_an_error_shows_who_answered(site: Site) -> None:
    assert "<p>Answered: " not in site.get("/errors/1").text
    with site.workspace() as ws:
        answers.decide(ws, NAME, error_id=1, answer="clone", user="mara")
    assert "<p>Answered: clone, by mara, 20" in site.get("/errors/1").text


def test_the_page_of_an_error_lists_every_customer_it_may_be(site: Site) -> None:
    """CON-01."""
    with site.workspace() as ws:
        found = errors.show(ws, 1).candidates
    html = site.get("/errors/1").text
    assert len(found) == 2
    for one in found:
        assert f'value="{one.id}"' in html
        assert f"<b>{one.name}</b>" in html


@pytest.mark.parametrize("path", ["/errors/9999", "/api/v1/errors/9999"])
def test_an_error_that_is_not_there_says_where_the_others_are(site: Site, path: str) -> None:
    answer = site.get(path)
    assert answer.status_code == 404
    assert "There is no error E-9999." in answer.text
    assert "`tallystick errors list` names the open ones" in answer.text


def test_what_waits_for_a_rate_stands_beside_what_is_to_bill(site: Site) -> None:
    site.world.put("portal", "project", "p1", rate=None)
    assert site.post(f"/i/{NAME}/sync", {"token": site.desk.token}).status_code == 303
    site.desk.wait(60)
    for path in ("/", f"/i/{NAME}"):
        html = site.get(path).text
        assert "1 entry waits: RATE-01 No rate" in html
        assert "0 entries" in html or "Ready to bill</dt><dd>nothing" in html


def test_a_code_that_is_not_known_is_answered_with_those_alike(site: Site) -> None:
    body = site.get("/api/v1/explain/TS-99").json()
    (error,) = body["errors"]
    assert (error["code"], error["docs"]) == ("CFG-14", "tallystick explain CFG-14")
    assert "Did you mean TS-" in error["fix"]


@pytest.mark.browser
def test_an_answer_is_changed_where_it_stands(site: Site, browse: Browse) -> None:
    """On a phone: the question opens below the answer, and the last answer is carried out."""
    with site.workspace() as ws:
        answers.decide(ws, NAME, error_id=1, answer="clone")
    page = browse(site, width=360).open("/errors/1")
    page.get_by_text("Change the answer").click()
    assert page.evaluate(ACCESSIBILITY) == []
    assert page.evaluate(SIDEWAYS) <= 0
    page.get_by_label("Borealis AB").check()
    page.get_by_role("button", name="Link and sync").click()
    page.wait_for_url("**/errors?i=main")
    site.desk.wait(60)
    with site.workspace() as ws:
        links = ws.store.links.by_source(ws.integration(None).source, "contact")
        assert links["c2"] == ("contact", "CUS-88")


@pytest.mark.browser
def test_what_an_answer_lacks_is_told_to_everybody(site: Site, browse: Browse) -> None:
    """The page that asks again, for a browser that let the form pass."""
    page = browse(site, script=False).open("/errors/1")
    form = page.locator("form#fix1")
    form.evaluate("(f) => f.submit()")
    page.get_by_role("alert").wait_for()
    assert page.get_by_role("alert").text_content() == (
        "Choose the customer first, then press Link and sync."
    )
    assert page.evaluate(ACCESSIBILITY) == []
