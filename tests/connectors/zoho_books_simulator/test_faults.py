"""Faults that strike a caller, with and without the effect: point 21."""

import pytest
import requests
from connectors.zoho_books_simulator.caller import Caller


def _count(books: Caller) -> int:
    return len(books.get("/contacts", contact_name="Marsh")["contacts"])


def _create(books: Caller, **how: object) -> requests.Response:
    return books.ask("POST", "/contacts", json={"contact_name": "Marsh"}, **how)


def test_a_request_may_take_effect_and_lose_its_answer(books: Caller) -> None:
    books.control("faults", {"kind": "drop_after", "method": "POST", "path_pattern": "/contacts"})
    with pytest.raises(requests.exceptions.ConnectionError):
        _create(books)
    assert _count(books) == 1


def test_a_request_may_be_lost_before_its_effect(books: Caller) -> None:
    books.control("faults", {"kind": "drop_before", "method": "POST"})
    with pytest.raises(requests.exceptions.ConnectionError):
        _create(books)
    assert _count(books) == 0


def test_a_request_may_take_effect_and_be_answered_500(books: Caller) -> None:
    books.control("faults", {"kind": "error_after", "method": "POST"})
    answer = _create(books)
    assert (answer.status_code, answer.json()["code"]) == (500, 1000)
    assert _count(books) == 1


def test_a_slow_answer_comes_late_with_its_effect(books: Caller) -> None:
    slow = {"kind": "slow", "seconds": 30, "method": "POST", "times": 2}
    books.control("faults", slow)
    with pytest.raises(requests.exceptions.ReadTimeout):
        _create(books, timeout=5)
    assert _count(books) == 1
    assert _create(books, timeout=60).json()["code"] == 3062


def test_a_throttle_has_no_effect(books: Caller) -> None:
    books.control("faults", {"kind": "throttle", "method": "POST"})
    answer = _create(books)
    assert (answer.status_code, answer.json()["code"]) == (429, 44)
    assert _count(books) == 0


def test_a_fault_strikes_the_numbered_request_alone(books: Caller) -> None:
    books.control("faults", {"kind": "error_before", "request_number": 3})
    assert [books.ask("GET", "/users").status_code for _ in range(3)] == [200, 500, 200]


def test_a_token_may_expire_in_the_middle(books: Caller) -> None:
    books.control("faults", {"kind": "expire_token", "request_number": 2})
    assert books.refused("GET", "/users") == (401, 57)
    books.log_in()
    assert books.get("/users")


def test_faults_of_a_seed_strike_the_same_requests_after_a_reset(books: Caller) -> None:
    def struck() -> list[int]:
        books.control("reset", {})
        books.log_in()
        fault = {"kind": "error_before", "probability": 0.3, "times": 99, "path_pattern": "/users"}
        books.control("faults", fault)
        return [n for n in range(30) if books.ask("GET", "/users").status_code == 500]

    first = struck()
    assert first
    assert struck() == first


def test_an_unknown_fault_or_switch_is_refused_in_words(books: Caller) -> None:
    for path, body in (("faults", {"kind": "odd"}), ("switches", {"odd": 1})):
        answer = books.session.post(f"{books.host}/__sim/{path}", json=body)
        assert answer.status_code == 400
        assert "odd" in answer.json()["error"]
