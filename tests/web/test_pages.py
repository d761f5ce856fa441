"""What the pages say, and their forms without JavaScript."""

import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import requests
from support.fakes import log
from support.projects import set_up
from tallystick.app import errors, invoicing, project, status, sync
from tallystick.model.record import RecordKey
from tallystick.store import ErrorInput
from web.serving import NAME, PAGES, Site

PAGE_BYTES_MAX = 60_000


def _numbers(html: str, pattern: str) -> list[int]:
    return [int(n) for n in re.findall(pattern, html)]


def test_the_funnel_shows_the_numbers_of_the_store(site: Site) -> None:
    html = site.get(f"/i/{NAME}").text
    shown = _numbers(html, r"<li><span><b>(\d+)</b>")
    with site.workspace() as ws:
        count = ws.store.records.count
        source = ws.config.integrations[NAME].source
        assert shown[0] == count(source, "time_entry") == len(site.world.portal["time_entry"])
        assert shown[1] == count(source, "time_entry", where={"billable": True})
        assert shown == [step.count for step in status.status(ws, NAME).funnel]


def test_the_modules_table_shows_what_the_run_counted(site: Site) -> None:
    html = site.get(f"/i/{NAME}").text
    with site.workspace() as ws:
        run = sync.state(ws, NAME)
    assert run is not None
    assert _numbers(html, r'data-l="Read">(\d+)') == [m.read for m in run.modules]
    assert _numbers(html, r'data-l="Held">(\d+)') == [m.held for m in run.modules]


def test_the_history_is_a_chart_with_its_table(site: Site) -> None:
    html = site.get(f"/i/{NAME}").text
    assert '<title id="ct">Records changed per run</title>' in html
    assert '<desc id="cd">Runs: 1.' in html
    rows = html.split("<caption>Last runs, newest first</caption>")[1].split("</table>")[0]
    assert rows.count('<th scope="row">') == 1


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_small(site: Site, path: str) -> None:
    assert len(site.get(path).content) <= PAGE_BYTES_MAX


def test_the_queue_stays_small_with_many_causes(site: Site) -> None:
    with site.workspace() as ws:
        many = [
            ErrorInput(
                "projects",
                RecordKey("source", "project", f"many-{number}"),
                f"Project {number}",
                "DATA-02",
                "H",
                "root",
                "A value of the record is unknown. " * 5,
                "Correct it.",
            )
            for number in range(300)
        ]
        ws.store.errors.add(NAME, many, now=site.clock.now(), run_id=1)
    answer = site.get("/errors")
    assert len(answer.content) <= PAGE_BYTES_MAX
    assert "Page 1 of" in answer.text
    assert "Page 2 of" in site.get(f"/errors?i={NAME}&page=2").text


def test_a_cause_shows_what_waits_for_it_and_what_to_do(site: Site) -> None:
    """R-217."""
    html = site.get("/errors").text
    assert "1 cause holds 8 records" in html
    assert "CON-01" in html
    for words in ("Borealis fit-out", "Site survey", "Lighting plan", "Handover"):
        assert words in html
    assert "4 time entries" in html
    assert "Answer Clone, Overwrite or Skip" in html
    assert html.count('name="customer"') == 2


def test_the_summary_counts_by_module_what_is_open(site: Site) -> None:
    html = site.get("/errors").text
    with site.workspace() as ws:
        for row in errors.summary(ws, NAME):
            cells = f'<td class="n">{row.roots}</td><td class="n">{row.cascades}</td>'
            assert re.search(rf"module={row.module}\">[^<]*</a></th>{cells}", html)


def test_one_error_tells_which_rule_decided_it(site: Site) -> None:
    html = site.get("/errors/1").text
    assert "contact.match by" in html
    assert "contacts.yaml" in html


@pytest.mark.parametrize(
    ("path", "status_code", "code"),
    [
        ("/nothing", 404, "CFG-12"),
        ("/i/none", 404, "CFG-04"),
        ("/errors/99", 404, "CFG-11"),
        ("/errors/x", 422, "CFG-06"),
        ("/errors?page=x", 422, "CFG-06"),
    ],
)
def test_what_is_not_there_is_explained_with_a_code(
    site: Site, path: str, status_code: int, code: str
) -> None:
    answer = site.get(path)
    assert answer.status_code == status_code
    assert answer.headers["Content-Type"].startswith("text/html")
    assert code in answer.text
    assert "Traceback" not in answer.text


def test_an_unforeseen_failure_is_a_page_without_its_trace(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("a-secret-of-the-inside")

    monkeypatch.setattr(status, "status", broken)
    answer = site.get(f"/i/{NAME}")
    assert (answer.status_code, "CFG-99" in answer.text) == (500, True)
    assert "a-secret-of-the-inside" not in answer.text
    assert answer.headers["X-Frame-Options"] == "DENY"


PAYLOADS = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' autofocus onfocus='alert(1)",
    "</title><svg onload=alert(1)>",
    "{{ 7*7 }}{% raw %}",
    "javascript:alert(1)",
)


@pytest.mark.parametrize("payload", PAYLOADS)
def test_a_hostile_name_is_written_as_text(site: Site, payload: str) -> None:
    """S11."""
    site.world.portal["contact"]["c2"]["name"] = payload
    site.world.accounts["contact"]["CUS-88"]["name"] = payload + "!"
    with site.workspace() as ws:
        sync.run(ws, NAME, approve=lambda _plan: True)
    for path in ("/errors", "/errors/1", f"/i/{NAME}"):
        html = site.get(path).text
        for raw in ("<script>alert", "<img src", "onfocus='", "<svg onload"):
            assert raw not in html, path
        assert "49" not in re.findall(r"<b>(.*?)</b>", html)


def test_sync_now_posts_and_leads_back_to_the_page(site: Site) -> None:
    answer = site.post(f"/i/{NAME}/sync", {"token": site.desk.token})
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/i/{NAME}")
    site.desk.wait(60)
    with site.workspace() as ws:
        assert [r.kind for r in ws.store.runs.recent(NAME, limit=5)] == ["sync", "sync"]


def test_a_second_sync_is_refused_while_one_is_going_on(site: Site) -> None:
    """R-030: INT-05, whoever started the first."""
    gate = site.gate()
    site.world.portal["task"]["t1"]["name"] = "Data import, part two"
    form = {"token": site.desk.token}
    assert site.post(f"/i/{NAME}/sync", form).status_code == 303
    assert gate.reached.wait(60)
    second = site.post(f"/i/{NAME}/sync", form)
    assert (second.status_code, "INT-05" in second.text) == (409, True)
    assert site.post("/errors/retry", form).status_code == 409
    gate.open.set()
    site.desk.wait(60)
    with site.workspace() as ws:
        assert len(ws.store.runs.recent(NAME, limit=9)) == 2


def test_the_first_plan_waits_for_a_persons_approval(fresh: Site) -> None:
    """R-016: nothing is written before the plan was seen and approved."""
    with fresh.workspace() as ws:
        set_up(ws)
    form = {"token": fresh.desk.token}
    fresh.post(f"/i/{NAME}/sync", form)
    fresh.desk.wait(60)
    assert fresh.world.writes == []
    html = fresh.get(f"/i/{NAME}").text
    assert "A plan waits for your approval" in html
    (digest,) = re.findall(r'name="digest" value="([^"]+)"', html)
    fresh.post(f"/i/{NAME}/apply", {**form, "digest": digest})
    fresh.desk.wait(60)
    assert fresh.world.writes
    assert "Active" in fresh.get(f"/i/{NAME}").text


def test_a_folder_where_nothing_is_connected_says_what_is_next(fresh: Site) -> None:
    html = fresh.get(f"/i/{NAME}").text
    assert "Not connected" in html
    assert "tallystick integration connect" in html
    assert "Sync now" not in html


def test_an_integration_is_switched_off_and_on(site: Site) -> None:
    form = {"token": site.desk.token}
    site.post(f"/i/{NAME}/disable", form)
    html = site.get(f"/i/{NAME}").text
    assert "Disabled" in html
    assert "Sync now" not in html
    site.post(f"/i/{NAME}/enable", form)
    assert "Active" in site.get(f"/i/{NAME}").text


@pytest.mark.parametrize(
    ("answer", "customer", "made"), [("skip", "CUS-88", 0), ("clone", None, 1)]
)
def test_an_answer_about_a_contact_frees_what_waits(
    site: Site, answer: str, customer: str | None, made: int
) -> None:
    """R-075…R-079, R-220."""
    before = len(site.world.accounts["contact"])
    form = {"token": site.desk.token, "answer": answer, "customer": customer}
    assert site.post("/errors/1/decide", form).status_code == 303
    site.desk.wait(60)
    assert "No open errors" in site.get("/errors").text
    assert len(site.world.accounts["contact"]) == before + made
    assert len(site.world.accounts["project"]) == 2


def _look_alike(site: Site) -> int:
    """Bill the entry, log it again, sync; returns the error that asks about it."""
    with site.workspace() as ws:
        invoicing.invoice(ws, NAME, project="p1")
        log(site.world, "again")
        sync.run(ws, NAME, approve=lambda _plan: True)
        return next(e.id for e in ws.store.errors.open(NAME) if e.code == "TS-09")


def test_a_look_alike_is_answered_on_its_page_and_the_answer_can_be_taken_back(site: Site) -> None:
    """R-119."""
    number = _look_alike(site)
    page = site.get(f"/errors/{number}").text
    assert "It is new work" in page
    assert "It is the same work" in page
    assert f'href="/errors/{number}"' in site.get("/errors").text
    sent = site.post(f"/errors/{number}/decide", {"token": site.desk.token, "answer": "same"})
    assert sent.status_code == 303
    site.desk.wait(60)
    page = site.get(f"/errors/{number}").text
    assert "Answered: same (it is the same work)." in page
    assert "Take the answer back" in page


def test_a_record_that_waits_leads_to_its_cause(site: Site) -> None:
    """R-219."""
    with site.workspace() as ws:
        waiting = next(e for e in ws.store.errors.open(NAME) if e.code == "TS-01")
    page = site.get(f"/errors/{waiting.id}").text
    assert "Waits for its cause" in page
    assert f'<a href="/errors/{waiting.root_id}">Go to its cause' in page


def test_one_cause_is_tried_again(site: Site) -> None:
    """R-219: what was corrected in its own system leaves the queue."""
    site.world.portal["contact"]["c2"] |= {"name": "Borealis Nord", "email": "n@nord.example"}
    assert site.post("/errors/1/retry", {"token": site.desk.token}).status_code == 303
    site.desk.wait(60)
    assert "No open errors" in site.get("/errors").text


def test_serving_prints_its_address_and_stops_when_asked(tmp_path: Path) -> None:
    project.init(tmp_path, connectors=("fake_portal", "fake_accounts"))
    code = (
        "import pathlib, sys; from tallystick.web import serve; "
        "serve(pathlib.Path(sys.argv[1]), host='127.0.0.1', port=0, read_only=False)"
    )
    command = [sys.executable, "-c", code, str(tmp_path)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stderr is not None
            first = process.stderr.readline()
            address = re.search(r"http://127\.0\.0\.1:\d+/", first)
            assert address, first
            assert "X-Tallystick-Token" in process.stderr.readline()
            answer = requests.get(f"{address[0]}static/tallystick.css", timeout=30)
            assert answer.status_code == 200
            process.send_signal(signal.SIGINT)
            assert process.wait(30) == 0
            assert "Traceback" not in process.stderr.read()
        finally:
            process.kill()
