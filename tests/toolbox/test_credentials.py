"""Credentials become grants; tokens are shared, refreshed once, never shown."""

import logging
from datetime import timedelta

import pytest
from tallystick.errors import CredentialRefused, Throttled, Unreachable
from tallystick.model.connection import Credential
from tallystick.toolbox import LegacyToken, OAuthRefresh, Session
from toolbox.fakes import LEGACY, OAUTH, TOKEN_OK, World, world

URL = "https://service.test/v3/things"
GOOD = (200, {"code": 0})


def session(w: World, credential: Credential = OAUTH) -> Session:
    auth = (
        OAuthRefresh("https://accounts.test/token") if credential.kind == "oauth" else LegacyToken()
    )
    return Session(credential, w.ports, connection_id="c").configured(auth=auth, tries=1)


def test_one_token_serves_many_calls_and_processes() -> None:
    w = world(default=GOOD)
    for _ in range(3):
        session(w).get(URL)
    assert len(w.accounts.sent) == 1
    assert w.accounts.sent[0].query == {}


def test_a_token_is_replaced_a_minute_before_it_ends() -> None:
    w = world(default=GOOD)
    session(w).get(URL)
    w.clock.at += timedelta(seconds=3539)
    session(w).get(URL)
    assert len(w.accounts.sent) == 1
    w.clock.at += timedelta(seconds=2)
    session(w).get(URL)
    assert len(w.accounts.sent) == 2


def test_a_new_credential_never_meets_the_token_of_the_old_one() -> None:
    w = world(default=GOOD)
    session(w).get(URL)
    other = Credential("oauth", {**OAUTH.values, "refresh_token": "1000.other.token"})
    session(w, other).get(URL)
    assert len(w.accounts.sent) == 2


@pytest.mark.parametrize("word", ["invalid_code", "invalid_client", "invalid_client_secret"])
def test_a_refusal_under_http_200_is_a_refused_credential(word: str) -> None:
    w = world(GOOD, accounts=(200, {"error": word}))
    with pytest.raises(CredentialRefused, match=word) as caught:
        session(w).get(URL)
    assert caught.value.code == "AUTH-01"
    assert w.service.sent == []


@pytest.mark.parametrize("status", [200, 400])
def test_too_many_refreshes_wait_ten_minutes_without_asking_again(status: int) -> None:
    w = world(GOOD, accounts=(status, {"error": "Access Denied", "status": "failure"}))
    for _ in range(2):
        with pytest.raises(Throttled) as caught:
            session(w).get(URL)
        assert caught.value.until == w.clock.at + timedelta(minutes=10)
    assert len(w.accounts.sent) == 1


def test_at_most_ten_tokens_are_asked_for_in_ten_minutes() -> None:
    w = world(default=GOOD, accounts=(200, {"access_token": "short-lived", "expires_in": 30}))
    for _ in range(10):
        session(w).get(URL)
    with pytest.raises(Throttled):
        session(w).get(URL)
    assert len(w.accounts.sent) == 10


def test_a_broken_accounts_server_is_no_refused_credential() -> None:
    w = world(GOOD, accounts=(500, b"<html>"))
    with pytest.raises(Unreachable):
        session(w).get(URL)


def test_a_credential_with_parts_missing_is_refused_before_anything_is_sent() -> None:
    w = world(GOOD, accounts=TOKEN_OK)
    with pytest.raises(CredentialRefused, match="refresh_token"):
        session(w, Credential("oauth", {"client_id": "a", "client_secret": "b"})).get(URL)
    assert w.accounts.sent == []


def test_the_older_key_goes_into_the_query() -> None:
    w = world(GOOD)
    session(w, LEGACY).get(URL)
    assert w.service.sent[0].query == {"authtoken": "canary-zsc-key"}


@pytest.mark.parametrize("values", [{"email": "a@b.c"}, {"key": "canary-zsc-key"}])
def test_the_older_credential_needs_both_e_mail_and_key(values: dict[str, str]) -> None:
    """R-017."""
    with pytest.raises(CredentialRefused) as caught:
        session(world(GOOD), Credential("authtoken", values)).get(URL)
    assert caught.value.code == "AUTH-01"


def test_a_key_generated_anew_asks_for_the_new_one() -> None:
    """R-021."""
    with pytest.raises(CredentialRefused) as caught:
        session(world(default=(401, {"code": 14})), LEGACY).get(URL)
    assert caught.value.code == "AUTH-02"


def test_query_credentials_do_not_reach_the_http_log(caplog: pytest.LogCaptureFixture) -> None:
    """R-023."""
    session(world(GOOD), LEGACY)
    log = logging.getLogger("urllib3.connectionpool")
    with caplog.at_level(logging.DEBUG, logger="urllib3.connectionpool"):
        log.debug('%s "%s %s"', "host", "GET", "/x?authtoken=canary-zsc-key&page=1")
    assert "canary" not in caplog.text
    assert "page=1" in caplog.text
