"""The token endpoint and credentials: points 1 to 3 of a faithful simulator."""

from typing import Any

import pytest
from connectors.zoho_projects_simulator.asking import HOST, Caller, caller

_DEAD = (401, 6401)


def _token(asked: Caller, **changes: Any) -> Any:
    return asked.refresh(**changes)


def test_a_refresh_answers_with_a_token_of_the_documented_form(asked: Caller) -> None:
    body = _token(asked).json()
    assert set(body) == {"access_token", "expires_in", "api_domain", "token_type"}
    prefix, first, second = body["access_token"].split(".")
    assert (prefix, len(first), len(second)) == ("1000", 32, 32)
    assert (body["expires_in"], body["token_type"]) == (3600, "Bearer")


def test_token_parameters_may_come_as_a_form_with_a_misspelt_redirect(asked: Caller) -> None:
    form = {n: asked.told[n] for n in ("client_id", "client_secret", "refresh_token")}
    form |= {"grant_type": "refresh_token", "redirect_url": "http://localhost"}
    answer = asked.session.post(f"{HOST}/oauth/v2/token", data=form)
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
    asked: Caller, field: str, error: str
) -> None:
    answer = _token(asked, **{field: "wrong"})
    assert (answer.status_code, answer.json()) == (200, {"error": error})


@pytest.mark.parametrize("status", [400, 200])
def test_ten_refreshes_in_ten_minutes_block_the_eleventh(asked: Caller, status: int) -> None:
    asked.later(600)
    asked.switch(refresh_limit=True, denied_status=status)
    for _ in range(10):
        assert "access_token" in _token(asked).json()
    denied = _token(asked)
    assert denied.status_code == status
    assert (denied.json()["error"], denied.json()["status"]) == ("Access Denied", "failure")
    asked.later(600)
    assert "access_token" in _token(asked).json()


def test_an_access_token_ends_after_an_hour_of_the_virtual_clock(asked: Caller) -> None:
    asked.later(3599)
    assert asked.get("users")
    asked.later(1)
    assert asked.refused("GET", "users") == _DEAD


@pytest.mark.parametrize("header", ["", "Basic abc", "Zoho-oauthtoken", "Zoho-oauthtoken nonsense"])
def test_a_wrong_credential_is_401_with_code_6401(asked: Caller, header: str) -> None:
    asked.session.headers["Authorization"] = header
    assert asked.refused("GET", "users") == _DEAD
    assert asked.refused_classic("projects/") == _DEAD


def test_bearer_is_accepted_unless_switched_off(asked: Caller) -> None:
    token = str(asked.session.headers["Authorization"]).split()[1]
    asked.session.headers["Authorization"] = f"Bearer {token}"
    assert asked.get("users")
    asked.switch(accept_bearer=False)
    assert asked.refused("GET", "users") == _DEAD


def test_the_legacy_key_is_accepted_unless_switched_off() -> None:
    asked = caller()
    del asked.session.headers["Authorization"]
    assert asked.get("users", authtoken="sim-authtoken")
    assert asked.refused("GET", "users", authtoken="other") == _DEAD
    asked.switch(accept_authtoken=False)
    assert asked.refused("GET", "users", authtoken="sim-authtoken") == _DEAD


def test_the_oldest_of_more_than_thirty_live_tokens_dies_silently(asked: Caller) -> None:
    for _ in range(29):
        _token(asked)
    assert asked.get("users")
    _token(asked)
    assert asked.refused("GET", "users") == _DEAD


def test_a_revoked_refresh_token_gives_no_more_tokens(asked: Caller) -> None:
    answer = asked.session.post(f"{HOST}/oauth/v2/token/revoke", params={"token": "sim-refresh"})
    assert answer.json() == {"status": "success"}
    assert _token(asked).json() == {"error": "invalid_code"}
    assert asked.refused("GET", "users") == _DEAD


@pytest.mark.parametrize("status", [401, 403])
def test_a_scope_that_the_token_lacks_is_code_6401(asked: Caller, status: int) -> None:
    asked.switch(scopes="ZohoProjects.timesheets.READ, ZohoProjects.tasks.ALL", scope_status=status)
    assert asked.get("timelogs")
    assert asked.get("tasks")
    assert asked.refused("GET", "clients") == (status, 6401)
    assert asked.refused("POST", f"projects/{asked.project()}/log", {}) == (status, 6401)
