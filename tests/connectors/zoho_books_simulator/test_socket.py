"""The same service on a socket of the loopback: points 1, 21 and 24."""

import http.client
import json
import threading
from collections.abc import Iterator

import pytest
import requests
from connectors.zoho_books_simulator.caller import Caller
from tallystick.errors import ConfigError
from tallystick.simulator.server import SimulatorServer
from tallystick.simulator.world import generate
from tallystick_zoho_books.simulator import BooksSimulator, describe


@pytest.fixture
def served() -> Iterator[Caller]:
    simulator = BooksSimulator(generate(1, "demo"), 1)
    with SimulatorServer(simulator) as server, requests.Session() as session:
        books = Caller(session, host=server.base_url, simulator=simulator)
        books.log_in()
        yield books


def test_a_socket_serves_the_same_answers(served: Caller) -> None:
    entry = served.entry(served.task(served.project()))
    invoice = served.invoice(entry)
    assert served.fresh(entry)["invoice_id"] == invoice["invoice_id"]
    assert served.control("double-billed")["entries_on_several_invoices"] == {}


def test_a_dropped_connection_is_dropped_after_the_effect(served: Caller) -> None:
    served.control("faults", {"kind": "drop_after", "method": "POST"})
    with pytest.raises(requests.exceptions.ConnectionError):
        served.ask("POST", "/contacts", json={"contact_name": "Marsh"})
    assert len(served.get("/contacts", contact_name="Marsh")["contacts"]) == 1


def test_a_truncated_answer_ends_early(served: Caller) -> None:
    served.control("faults", {"kind": "truncated", "request_number": 2})
    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        _ = served.ask("GET", "/users").content


def test_a_body_in_chunks_is_read_whole(served: Caller) -> None:
    parts = iter([b'{"contact_', b'name": "Marsh"}'])
    answer = served.ask(
        "POST", "/contacts", data=parts, headers={"Content-Type": "application/json"}
    )
    assert answer.json()["contact"]["contact_name"] == "Marsh"


def _raw(served: Caller, length: str) -> tuple[int, int]:
    port = int(served.host.rsplit(":", 1)[1])
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    connection.putrequest("POST", "/books/v3/contacts")
    connection.putheader("Content-Length", length)
    connection.endheaders()
    answer = connection.getresponse()
    body = json.loads(answer.read())
    connection.close()
    return answer.status, body["code"]


def test_a_body_beyond_all_measure_is_refused_unread(served: Caller) -> None:
    assert _raw(served, "99999999999") == (413, 4)


@pytest.mark.parametrize("length", ["-1", "many", "1e3"])
def test_a_length_that_is_no_number_is_refused(served: Caller, length: str) -> None:
    assert _raw(served, length) == (400, 4)


def test_simultaneous_upserts_on_a_socket_make_one_record(served: Caller) -> None:
    body = served.invoice_body()
    headers = {
        **{str(k): str(v) for k, v in served.session.headers.items()},
        "X-Unique-Identifier-Key": "cf_key",
        "X-Unique-Identifier-Value": "K-1",
        "X-Upsert": "true",
    }
    url = f"{served.host}/books/v3/invoices?organization_id={served.organization_id}"
    statuses: list[int] = []

    def call() -> None:
        answer = requests.put(url, json=body, headers=headers, timeout=10)
        statuses.append(answer.status_code)

    threads = [threading.Thread(target=call) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert sorted(statuses) == [200] * 5 + [201]
    assert len(served.get("/invoices")["invoices"]) == 1


def test_the_date_of_an_answer_is_that_of_the_virtual_clock(served: Caller) -> None:
    assert served.ask("GET", "/users").headers["Date"] == "Wed, 15 Jul 2026 09:00:00 GMT"


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1", "example.com"])  # noqa: S104 - refused
def test_it_refuses_to_serve_beyond_the_loopback(host: str) -> None:
    simulator = BooksSimulator(generate(1, "tiny"), 1)
    with pytest.raises(ConfigError):
        SimulatorServer(simulator, host=host)


def test_what_it_announces_reaches_it(served: Caller) -> None:
    assert served.simulator is not None
    told = describe(served.simulator, served.host)
    assert told["base_url"] == f"{served.host}/books/v3"
    assert told["organization_id"] == served.organization_id
    assert told["switches"] == served.control("switches")
