"""The pages of rule files: reading, editing a draft, backtest with its picture, promotion."""

import html
import re

import pytest
import requests
from tallystick.app import sync
from tallystick.app.rule_drafts import begin
from tallystick.resources import default_rules
from web.rule_drafts import DRAFT, LIVE, drafted, file_of, form_of, hash_of, stricter
from web.serving import NAME, Site

PAGE_BYTES_MAX = 60_000


def test_the_list_shows_each_file_with_its_state_and_how_often_its_rules_decided(
    site: Site,
) -> None:
    page = site.get("/rules").text
    assert page.count("In force") == 7
    with site.workspace() as ws:
        (fetched,) = [r for r in ws.rules.book().packs.values() if r.decision == "record.fetch"]
    assert fetched.title in page
    assert '<td class="n" data-l="Kept">15</td>' in page


def test_decisions_of_which_none_is_kept_are_not_called_unused(site: Site) -> None:
    row = site.get("/rules").text.split("integration.enable, ")[1].split("</tr>")[0]
    assert '<td class="n" data-l="Kept">none</td>' in row
    assert "never" not in row
    page = site.get("/rules/re_enable.yaml").text
    assert "No decision of integration.enable is kept" in page
    assert "A bar counts" not in page


def test_the_errors_of_the_integration_are_counted_on_the_rule_pages_too(site: Site) -> None:
    count = re.findall(r'<span class="count">(\d+)', site.get(f"/i/{NAME}").text)
    assert count
    for path in ("/rules", LIVE):
        assert re.findall(r'<span class="count">(\d+)', site.get(path).text) == count


def test_the_policies_are_listed_with_what_each_may_be(site: Site) -> None:
    row = site.get("/rules").text.split("rounding.time.mode")[1].split("</tr>")[0]
    assert ">P-12<" in row
    assert ">none, up, down, nearest<" in row


def test_policies_that_were_refused_leave_the_former_ones_on_the_page(site: Site) -> None:
    assert site.get("/rules").status_code == 200
    broken = site.home / "rules" / "policies.yaml"
    broken.write_text("tallystick: policies/1\nrounding: {time: {mod: up}}\n", encoding="utf-8")
    page = site.get("/rules")
    assert page.status_code == 200
    assert "There is no policy rounding.time.mod" in page.text
    row = page.text.split('<th scope="row">rounding.time.mode')[1].split("</tr>")[0]
    assert "none, up, down, nearest" in row


def test_the_readings_of_a_draft_are_folded_until_one_is_asked_for(site: Site) -> None:
    drafted(site)
    assert "<details><summary>15 rules as sentences</summary>" in _flat(site.get(DRAFT).text)
    shown = _flat(site.get(f"{DRAFT}?view=table").text)
    assert "<details open><summary>15 rules as a table</summary>" in shown


def _flat(page: str) -> str:
    """A page on one line; `otherwise` and `unknown` count as no rules."""
    return re.sub(r"\s*\n\s*", "", page)


def test_a_file_reads_as_sentences_table_and_text(site: Site) -> None:
    sentences = site.get(LIVE).text
    assert (
        "<b>not-billable</b>: if record.type is time_entry and record.billable is no" in sentences
    )
    table = site.get(f"{LIVE}?view=table").text
    assert '<th scope="row">not-billable</th>' in table
    text = site.get(f"{LIVE}?view=yaml").text
    assert "- id: not-billable" in text
    block = text.split('<pre class="yaml">')[1].split("</pre>")[0]
    shipped = (default_rules() / "qualification.yaml").read_text(encoding="utf-8")
    assert len(block.splitlines()) == len(shipped.splitlines())


def test_hits_stand_beside_the_rule_that_took_them(site: Site) -> None:
    table = site.get(f"{LIVE}?view=table").text
    row = table.split('<th scope="row">not-billable</th>')[1].split("</tr>")[0]
    assert '<td class="n">1</td>' in row


def test_tests_and_coverage_are_shown(site: Site) -> None:
    page = site.get(LIVE).text
    with site.workspace() as ws:
        pack = ws.rules.book().packs["record.fetch"]
    promises = [*pack.tests, *(i for i in pack.invariants if i.scope is None)]
    assert f"{len(promises)} pass" in page
    assert re.search(r"(\d+) of \1 answers are got by a test \(100 %\)", page)


def test_a_draft_is_written_beside_the_file_and_the_shipped_one_stays(site: Site) -> None:
    with site.workspace() as ws:
        shipped = [s.text for s in ws.rules.sources() if s.name == "rules/qualification.yaml"]
    text = drafted(site)
    assert file_of(site).read_text(encoding="utf-8") == text
    with site.workspace() as ws:
        after = [s.text for s in ws.rules.sources() if s.name == "rules/qualification.yaml"]
        assert after == shipped
        assert ws.rules.book().packs["record.fetch"].origin == "shipped"


def test_a_draft_that_cannot_be_loaded_is_not_saved_and_stays_in_the_form(site: Site) -> None:
    drafted(site)
    before = file_of(site).read_text(encoding="utf-8")
    broken = before.replace("strategy: first", "strategie: first")
    form = form_of(site, text=broken, over=hash_of(site), act="save")
    answer = site.post(f"{DRAFT}/draft", form)
    assert answer.status_code == 422
    assert "RUL-11" in answer.text
    assert "line 4, column 1" in answer.text
    assert "strategie: first" in html.unescape(answer.text)
    assert file_of(site).read_text(encoding="utf-8") == before


def test_a_draft_that_somebody_else_changed_is_not_overwritten(site: Site) -> None:
    text = drafted(site)
    over = hash_of(site)
    file_of(site).write_text(text.replace("default: 59", "default: 30"), encoding="utf-8")
    answer = site.post(f"{DRAFT}/draft", form_of(site, text=text, over=over, act="save"))
    assert (answer.status_code, "RUL-22" in answer.text) == (409, True)
    assert "default: 30" in file_of(site).read_text(encoding="utf-8")


def test_checking_writes_nothing_and_marks_the_line(site: Site) -> None:
    before = drafted(site)
    text = before.replace("expect: accept", "expect: skip", 1)
    answer = site.post(f"{DRAFT}/draft", form_of(site, text=text, over="", act="check"))
    assert answer.status_code == 200
    assert "billable and approved" in answer.text
    assert "expected skip" in answer.text
    assert file_of(site).read_text(encoding="utf-8") == before
    fragment = site.post(f"{DRAFT}/check", form_of(site, text="rules: ["))
    assert "RUL-07" in fragment.text
    assert "<html" not in fragment.text


def test_a_backtest_is_a_picture_with_its_matrix_and_what_it_is_worth(site: Site) -> None:
    drafted(site)
    answer = site.post(f"{DRAFT}/backtest", form_of(site))
    assert (answer.status_code, answer.headers["Location"]) == (303, f"{DRAFT}#backtest")
    page = site.get(DRAFT).text
    assert '<title id="bt1">Outcomes before and after</title>' in page
    assert '<desc id="bd1">Decisions: 15. With another outcome: 6.</desc>' in page
    assert "<caption>Decisions by outcome</caption>" in page
    assert "accept to skip, by too-long" in page
    assert '<data value="-100.00 EUR">-€100.00</data>' in page
    assert "No entry that is invoiced already would change." in page


def test_a_file_is_promoted_by_its_form_when_its_gates_are_open(site: Site) -> None:
    drafted(site)
    answer = site.post(f"{DRAFT}/promote", form_of(site, to="shadow"))
    assert answer.status_code == 303
    assert "state: shadow" in file_of(site).read_text(encoding="utf-8")
    with site.workspace() as ws:
        sync.run(ws, NAME, approve=lambda _plan: True)
    assert "Asked beside the rules in force" in site.get(DRAFT).text
    refused = site.post(f"{DRAFT}/promote", form_of(site, to="enforce"))
    assert (refused.status_code, "RUL-22" in refused.text) == (409, True)
    site.post(f"{DRAFT}/backtest", form_of(site))
    answer = site.post(f"{DRAFT}/promote", form_of(site, to="enforce"))
    assert (answer.status_code, answer.headers["Location"]) == (303, LIVE)
    with site.workspace() as ws:
        assert ws.rules.book().packs["record.fetch"].origin == "project"


def test_what_a_gate_says_is_on_the_page_and_a_waivable_one_has_its_box(site: Site) -> None:
    drafted(site)
    site.post(f"{DRAFT}/promote", form_of(site, to="shadow"))
    page = site.get(DRAFT).text
    assert 'name="waive" value="shadow"' in page
    assert "1 gate must be opened first." in page


def test_a_draft_is_discarded_by_its_form(site: Site) -> None:
    drafted(site)
    answer = site.post(f"{DRAFT}/discard", form_of(site))
    assert (answer.status_code, answer.headers["Location"]) == (303, LIVE)
    assert not file_of(site).exists()
    assert site.get(DRAFT).status_code == 404


def test_a_decision_by_hand_stands_on_the_page_with_each_condition(site: Site) -> None:
    page = site.get(f"{LIVE}?given=" + "{record: {billable: false}}").text
    assert "<strong>skip</strong> by not-billable" in page
    assert "<b>not-billable</b> decides" in page
    wrong = site.get(f"{LIVE}?given=" + "{record: {bilable: false}}").text
    assert "RUL-11" in wrong


def test_a_page_of_a_draft_stays_small(site: Site) -> None:
    drafted(site)
    site.post(f"{DRAFT}/backtest", form_of(site))
    assert len(site.get(DRAFT).content) <= PAGE_BYTES_MAX


def test_a_server_that_only_shows_offers_no_edit(watching: Site) -> None:
    page = watching.get(LIVE).text
    assert 'method="post"' not in page.lower()
    with watching.workspace() as ws:
        begin(ws, "qualification.yaml")
    page = watching.get(DRAFT).text
    assert "On its way to a shadow" in page
    for words in ('name="token"', "Save", "Run backtest", "Discard", "Ask it beside"):
        assert words not in page


@pytest.mark.parametrize("payload", ["<script>alert(1)</script>", "</textarea><svg onload=x>"])
def test_what_is_typed_is_written_as_text(site: Site, payload: str) -> None:
    """S11."""
    drafted(site)
    for act in ("check", "save"):
        answer = site.post(f"{DRAFT}/draft", form_of(site, text=payload, act=act))
        assert payload not in answer.text
    assert payload not in site.get(f"{LIVE}?given={payload}").text


def test_the_api_drafts_replays_and_promotes_in_the_envelope(site: Site) -> None:
    url, headers = f"{site.base}/api/v1{LIVE}", {"X-Tallystick-Token": site.desk.token}
    text = requests.get(f"{url}/text?view=yaml", timeout=30).json()["data"]["text"]
    made = requests.post(f"{url}/draft", json={"text": stricter(text)}, headers=headers, timeout=60)
    assert made.json()["data"]["file"] == f"rules{DRAFT.removeprefix('/rules')}"
    url = f"{site.base}/api/v1{DRAFT}"
    tested = requests.post(f"{url}/backtest", headers=headers, timeout=60).json()
    assert tested["data"][0]["changes"][0]["by"] == "too-long"
    gates = requests.get(f"{url}/promotion?to=enforce", timeout=60).json()["data"]["gates"]
    assert {g["name"] for g in gates if g["state"] == "fail"} == {"shadow"}
    refused = requests.post(f"{url}/promote", json={"to": "enforce"}, headers=headers, timeout=60)
    assert refused.json()["errors"][0]["code"] == "RUL-22"
    waived = {"to": "enforce", "waive": ["shadow"]}
    done = requests.post(f"{url}/promote", json=waived, headers=headers, timeout=60).json()
    assert (done["ok"], done["data"]["file"]) == (True, "rules/qualification.yaml")


def test_the_api_reads_no_file_by_its_path(site: Site) -> None:
    url, headers = f"{site.base}/api/v1{LIVE}", {"X-Tallystick-Token": site.desk.token}
    body = {"against": str(site.home / "tallystick.toml")}
    refused = requests.post(f"{url}/backtest", json=body, headers=headers, timeout=60).json()
    assert refused["errors"][0]["code"] == "CFG-06"
