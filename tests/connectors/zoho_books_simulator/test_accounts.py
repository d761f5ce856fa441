"""The token endpoint and credentials: points 1 to 3 of a faithful simulator."""

from typing import Any

import pytest
from connectors.zoho_books_simulator.caller import CREDENTIAL, HOST, Caller, caller


def _token(books: Caller, **changes: Any) -> Any:
    return books.session.post(f"{HOST}/oauth/v2/token", params={**CREDENTIAL, **changes})


def test_a_refresh_answers_with_a_token_of_the_documented_form(books: Caller) -> None:
    body = _token(books).json()
    assert set(body) == {"access_token", "expires_in", "api_domain", "token_type"}
    prefix, first, second = body["access_token"].split(".")
    assert (prefix, len(first), len(second)) == ("1000", 32, 32)
    assert (body["expires_in"], body["token_type"]) == (3600, "Bearer")


def test_token_parameters_may_come_as_a_form_with_a_misspelt_redirect(books: Caller) -> None:
    form = {**CREDENTIAL, "redirect_url": "http://localhost"}
    answer = books.session.post(f"{HOST}/oauth/v2/token", data=form)
    assert "access_token" in answer.json()


@pytest.mark.parametrize(
    ("field", "error"),
    [
        ("refresh_token", "invalid_code"),
        ("client_id", "invalid_client"),
        ("client_secret", "invalid_client_secret"),
    ],
)
def test_a_refused_refresh_is_an_error_under_http_200(
    books: Caller, field: str, error: str
) -> None:
    answer = _token(books, **{field: "wrong"})
    assert (answer.status_code, answer.json()) == (200, {"error": error})


def test_a_code_is_good_for_one_exchange(books: Caller) -> None:
    exchange = {"grant_type": "authorization_code", "code": "sim-code"}
    assert _token(books, **exchange).json()["refresh_token"] == "sim-refresh"
    assert _token(books, **exchange).json() == {"error": "invalid_code"}


def test_an_access_token_ends_after_an_hour_of_the_virtual_clock(books: Caller) -> None:
    books.control("clock", {"advance": 3599})
    assert books.get("/users")
    books.control("clock", {"advance": 1})
    assert books.refused("GET", "/users") == (401, 57)


def test_a_token_that_was_never_given_is_dead(books: Caller) -> None:
    books.session.headers["Authorization"] = f"Zoho-oauthtoken 1000.{'a' * 32}.{'b' * 32}"
    assert books.refused("GET", "/users") == (401, 57)


@pytest.mark.parametrize("header", ["", "Basic abc", "Zoho-oauthtoken", "Zoho-oauthtoken nonsense"])
def test_a_malformed_credential_has_code_14(books: Caller, header: str) -> None:
    books.session.headers["Authorization"] = header
    assert books.refused("GET", "/users") == (401, 14)


def test_bearer_is_accepted_unless_switched_off(books: Caller) -> None:
    token = str(books.session.headers["Authorization"]).split()[1]
    books.session.headers["Authorization"] = f"Bearer {token}"
    assert books.get("/users")
    books.switch(accept_bearer=False)
    assert books.refused("GET", "/users") == (401, 14)


def test_the_legacy_key_is_accepted_unless_switched_off() -> None:
    books = caller(token=False)
    assert books.get("/users", authtoken="sim-authtoken")
    assert books.refused("GET", "/users", authtoken="other") == (401, 57)
    books.switch(accept_authtoken=False)
    assert books.refused("GET", "/users", authtoken="sim-authtoken") == (401, 14)


@pytest.mark.parametrize("status", [400, 200])
def test_ten_refreshes_in_ten_minutes_block_the_eleventh(books: Caller, status: int) -> None:
    books.control("clock", {"advance": 600})
    books.switch(refresh_limit=True, denied_status=status)
    for _ in range(10):
        assert "access_token" in _token(books).json()
    denied = _token(books)
    assert denied.status_code == status
    assert denied.json()["error"] == "Access Denied"
    books.control("clock", {"advance": 600})
    assert "access_token" in _token(books).json()


def test_the_oldest_of_more_than_thirty_live_tokens_dies_silently(books: Caller) -> None:
    first = books.session.headers["Authorization"]
    for _ in range(29):
        _token(books)
    assert books.get("/users")
    latest = _token(books).json()["access_token"]
    assert books.refused("GET", "/users") == (401, 57)
    books.session.headers["Authorization"] = f"Zoho-oauthtoken {latest}"
    assert books.get("/users")
    assert first is not None


def test_a_revoked_refresh_token_gives_no_more_tokens(books: Caller) -> None:
    answer = books.session.post(f"{HOST}/oauth/v2/token/revoke", params={"token": "sim-refresh"})
    assert answer.json() == {"status": "success"}
    assert _token(books).json() == {"error": "invalid_code"}
    assert books.refused("GET", "/users") == (401, 57)


def test_a_scope_that_the_token_lacks_is_code_57(books: Caller) -> None:
    books.switch(scopes="ZohoBooks.invoices.READ")
    assert books.get("/invoices")
    assert books.refused("GET", "/contacts") == (401, 57)
    assert books.refused("POST", "/invoices", {}) == (401, 57)


def test_both_base_paths_answer_alike(books: Caller) -> None:
    params = {"organization_id": books.organization_id}
    old = books.session.get(f"{HOST}/api/v3/users", params=params)
    assert old.json() == books.ask("GET", "/users").json()
