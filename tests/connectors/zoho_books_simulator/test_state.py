"""Journal, snapshots, determinism, state in a file: points 22 and 23."""

from pathlib import Path

import requests
from connectors.zoho_books_simulator.caller import HOST, Caller, caller
from tallystick.simulator.adapter import SimulatorAdapter
from tallystick.simulator.world import generate
from tallystick_zoho_books.simulator import BooksSimulator


def _story(books: Caller) -> list[str]:
    """The raw answers to the same requests."""
    entry = books.entry(books.task(books.project()))
    invoice = books.invoice(entry)
    books.control("clock", {"advance": 61})
    books.post(f"/invoices/{invoice['invoice_id']}/status/sent")
    paths = ("/contacts", "/projects", "/projects/timeentries", "/invoices", "/users", "/expenses")
    return [books.ask("GET", path).text for path in paths]


def test_the_same_seed_and_requests_give_the_same_answers() -> None:
    assert _story(caller(seed=5)) == _story(caller(seed=5))


def test_the_journal_names_each_request_with_its_status_time_and_effect(books: Caller) -> None:
    books.control("journal/clear", {})
    made = books.post("/contacts", {"contact_name": "Marsh"})["contact"]
    books.refused("GET", "/nowhere")
    first, second = books.control("journal")
    assert (first["method"], first["path"]) == ("POST", "/books/v3/contacts")
    assert ["organization_id", books.organization_id] in first["query"]
    assert "Marsh" in first["body"]
    assert (first["status"], first["effect_id"]) == (201, made["contact_id"])
    assert first["at"] == "2026-07-15T09:00:00+00:00"
    assert (second["status"], second["effect_id"]) == (404, None)
    assert second["number"] == first["number"] + 1


def test_the_journal_names_the_fault_and_the_effect_the_caller_did_not_see(books: Caller) -> None:
    books.control("faults", {"kind": "error_after", "method": "POST"})
    books.ask("POST", "/contacts", json={"contact_name": "Marsh"})
    last = books.control("journal")[-1]
    assert (last["fault"], last["status"]) == ("error_after", 201)
    assert last["effect_id"]


def test_the_journal_holds_no_secret(books: Caller) -> None:
    text = books.session.get(f"{HOST}/__sim/journal").text
    assert "sim-secret" not in text
    assert "sim-refresh" not in text


def test_a_snapshot_brings_everything_back(books: Caller) -> None:
    url = f"{HOST}/__sim"
    kept = books.session.get(f"{url}/snapshot").content
    before = _lists(books)
    books.switch(strict_time_entries=False)
    _story(books)
    assert books.session.post(f"{url}/restore", data=kept).status_code == 200
    assert _lists(books) == before
    assert books.control("switches")["strict_time_entries"] is True
    assert books.control("clock")["now"] == "2026-07-15T09:00:00+00:00"
    assert books.refused("POST", "/contacts", {"contact_name": "Acme Ltd"}) == (400, 3062)


def _lists(books: Caller) -> list[str]:
    return [books.ask("GET", path).text for path in ("/contacts", "/projects", "/invoices")]


def test_bytes_of_a_stranger_are_no_snapshot(books: Caller) -> None:
    answer = books.session.post(f"{HOST}/__sim/restore", data=b"cos\nsystem\n(S'true'\ntR.")
    assert answer.status_code == 400


def test_a_reset_leads_back_to_the_first_state(books: Caller) -> None:
    first = _story(books)
    books.control("reset", {})
    books.log_in()
    assert _story(books) == first


def test_state_in_a_file_survives_the_process(tmp_path: Path) -> None:
    def opened() -> Caller:
        simulator = BooksSimulator(generate(1, "tiny"), 1)
        simulator.keep_in(tmp_path / "books.state")
        session = requests.Session()
        session.mount(HOST, SimulatorAdapter(simulator))
        return Caller(session, simulator=simulator)

    first = opened()
    first.log_in()
    first.switch(task_key="task")
    contact_id = first.post("/contacts", {"contact_name": "Marsh"})["contact"]["contact_id"]
    second = opened()
    second.session.headers = first.session.headers
    assert second.get(f"/contacts/{contact_id}")["contact"]["contact_name"] == "Marsh"
    assert second.control("switches")["task_key"] == "task"
    assert [e["status"] for e in second.control("journal")][:2] == [200, 201]
