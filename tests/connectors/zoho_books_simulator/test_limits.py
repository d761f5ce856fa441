"""Call limits, off by default: point 11."""

from connectors.zoho_books_simulator.caller import Caller


def test_no_limit_is_on_by_default(books: Caller) -> None:
    for _ in range(150):
        assert books.ask("GET", "/users").status_code == 200


def test_every_answer_tells_the_quota_of_the_day(books: Caller) -> None:
    headers = books.ask("GET", "/users").headers
    assert headers["x-rate-limit-limit"] == "5000"
    assert headers["X-Rate-Limit-Remaining"] == "4999"
    assert headers["X-Rate-Limit-Reset"] == str(13 * 3600)
    assert "Retry-After" not in headers


def test_a_minute_limit_is_429_with_code_44_until_the_minute_is_over(books: Caller) -> None:
    books.switch(limit_per_minute=3)
    for _ in range(3):
        assert books.get("/users")
    answer = books.ask("GET", "/users")
    assert (answer.status_code, answer.json()["code"]) == (429, 44)
    assert answer.json()["message"].startswith("For security reasons your organization")
    assert "Retry-After" not in answer.headers
    books.control("clock", {"advance": 60})
    assert books.get("/users")


def test_a_day_limit_is_429_with_code_45_until_midnight_of_the_organization(
    books: Caller,
) -> None:
    books.switch(limit_per_day=2)
    books.get("/users")
    assert books.ask("GET", "/users").headers["X-Rate-Limit-Remaining"] == "0"
    answer = books.ask("GET", "/users")
    assert (answer.status_code, answer.json()["code"]) == (429, 45)
    assert "maximum call rate limit of 2." in answer.json()["message"]
    books.control("clock", {"advance": int(answer.headers["X-Rate-Limit-Reset"])})
    books.log_in()
    assert books.get("/users")


def test_limits_are_counted_per_organization(books: Caller) -> None:
    books.switch(limit_per_minute=1)
    other = books.get("/organizations")["organizations"][1]["organization_id"]
    assert books.ask("GET", "/users").status_code == 429
    assert books.get("/users", organization_id=other)


def test_too_many_calls_in_process_are_429_with_code_1070(books: Caller) -> None:
    assert books.simulator is not None
    books.switch(limit_concurrent=1)
    assert books.get("/users")
    with books.simulator.admitted():
        assert books.refused("GET", "/users") == (429, 1070)
    assert books.get("/users")


def test_the_clock_can_run_by_requests(books: Caller) -> None:
    books.switch(limit_per_minute=2)
    books.control("clock", {"tick": 31})
    for _ in range(6):
        assert books.get("/users")
