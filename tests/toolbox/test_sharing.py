"""Threads and processes share tokens and lock-outs; nothing secret leaves by a read either."""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest
import requests
from tallystick.errors import CredentialRefused, Fatal, TallystickError, Throttled
from tallystick.toolbox import LegacyToken, Limit, OAuthRefresh, Reply, Session
from toolbox.fakes import LEGACY, OAUTH, START, Sent, World, world

URL = "https://service.test/v3/things"
TOKEN_URL = "https://accounts.test/token"
GOOD = (200, {"code": 0})


class RealLocks:
    """Locks that hold between threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()

    @contextmanager
    def hold(self, name: str) -> Iterator[None]:
        del name
        with self._lock:
            yield


def session(w: World, **more: Any) -> Session:
    made = Session(OAUTH, replace(w.ports, locks=RealLocks()), connection_id="c")
    return made.configured(auth=OAuthRefresh(TOKEN_URL), tries=1, **more)


def test_two_threads_that_need_a_token_refresh_it_once() -> None:
    """R-022: ten refreshes in ten minutes lock the account."""
    both = threading.Barrier(2)
    w = world(default=GOOD)
    ports = replace(w.ports, locks=RealLocks())
    first_look = threading.local()
    plain = w.tokens.get

    def get(key: str) -> Any:
        found = plain(key)
        if not hasattr(first_look, "done"):
            first_look.done = True
            both.wait(5)  # both have seen that there is no token before either refreshes
        return found

    w.tokens.get = get  # type: ignore[method-assign]

    def call() -> None:
        made = Session(OAUTH, ports, connection_id="c")
        made.configured(auth=OAuthRefresh(TOKEN_URL), tries=1).get(URL)

    threads = [threading.Thread(target=call) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert len(w.accounts.sent) == 1
    assert len(w.service.sent) == 2


def test_two_threads_whose_token_was_refused_refresh_it_once() -> None:
    tokens = iter(["first-token", "second-token", "third-token"])
    both = threading.Barrier(2)

    def answer(sent: Sent) -> Any:
        if sent.headers["Authorization"].endswith("first-token"):
            both.wait(5)
            return (401, {"code": 57})
        return GOOD

    w = world(
        default=answer,
        accounts=lambda _: (200, {"access_token": next(tokens), "expires_in": 3600}),
    )
    ports = replace(w.ports, locks=RealLocks())

    def call() -> None:
        made = Session(OAUTH, ports, connection_id="c")
        made.configured(auth=OAuthRefresh(TOKEN_URL), tries=1).get(URL)

    threads = [threading.Thread(target=call) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert len(w.accounts.sent) == 2


def test_a_lock_out_seen_by_one_session_holds_the_other_back() -> None:
    w = world((429, {"code": 45}), default=GOOD)

    def classify(reply: Reply) -> Exception | None:
        return Throttled("day", code="NET-03", after_seconds=500) if reply.status == 429 else None

    limits = [Limit("org:day", 0, 86400, code="NET-03")]
    for _ in range(2):
        with pytest.raises(Throttled):
            session(w, limits=limits, classify=classify).get(URL)
    assert len(w.service.sent) == 1


@pytest.mark.parametrize(
    ("header", "seconds"),
    [("7", 7), ("0", 1), ("-5", 1), ("86400", 3600), ("", 60), ("soon", 60)],
)
def test_a_rate_limit_without_a_known_code_waits_as_it_is_told(header: str, seconds: float) -> None:
    w = world((429, {}, {"Retry-After": header} if header else {}))
    with pytest.raises(Throttled) as throttled:
        session(w, patience_seconds=0).get(URL)
    assert throttled.value.after_seconds == seconds


@pytest.mark.parametrize("told", ["Mon, 02 Mar 2026 09:01:30 GMT", "Mon, 02 Mar 2026 09:01:30"])
def test_a_date_in_retry_after_is_understood(told: str) -> None:
    assert Reply(429, {"Retry-After": told}, b"").retry_after(START, 1.0) == 90


def test_only_the_named_hosts_are_called_the_accounts_host_among_them() -> None:
    w = world(default=GOOD)
    with pytest.raises(Fatal, match="not among the hosts"):
        session(w, origins=["https://service.test"]).get(URL)
    assert w.clock.waits == []
    assert w.accounts.sent == w.service.sent == []
    session(w, origins=["https://service.test/v3", TOKEN_URL]).get(URL)
    assert len(w.service.sent) == 1


def test_the_host_that_a_token_answer_names_is_never_called() -> None:
    """S04."""
    lured = {"access_token": "lured-token", "expires_in": 3600, "api_domain": "https://evil.test"}
    w = world(default=GOOD, accounts=(200, lured))
    session(w, origins=["https://service.test", TOKEN_URL]).get(URL)
    assert [s.path for s in w.service.sent] == ["/v3/things"]


def test_a_refusal_under_401_that_a_token_cannot_mend_asks_for_no_token() -> None:
    w = world(default=(401, {"code": 6041}))
    made = session(w, classify=lambda _: Fatal("not a member", code="AUTH-03"))
    with pytest.raises(Fatal) as fatal:
        made.get(URL)
    assert (fatal.value.code, len(w.accounts.sent), len(w.service.sent)) == ("AUTH-03", 1, 1)


@pytest.mark.parametrize(
    "body",
    [
        b"\xef\xbb\xbf{}",
        b"{'a': 1}",
        b'{"a": NaN}',
        b'{"a": Infinity}',
        b"[" * 100_000,
        b'{"a": "\xff"}',
        b'{"a": ' + b"9" * 5000 + b"}",
    ],
)
def test_what_is_no_json_is_said_to_be_none(body: bytes) -> None:
    reply = Reply(200, {}, body)
    assert not reply.is_json()
    assert reply.mapping() == {}


@pytest.mark.parametrize(
    "answer",
    [
        (500, {"message": "1000.canary-refresh.token"}),
        (400, {"message": "canary-client-secret 1000.canaryaccess.1"}),
        (401, {"message": "Zoho-oauthtoken 1000.canaryaccess.1"}),
        (403, {"message": "canary-zsc-key"}),
        (429, {"message": "canary-zsc-key"}),
        (302, b"", {"Location": "https://x.test/?authtoken=canary-zsc-key"}),
        (200, b"canary-zsc-key"),
        requests.ConnectionError("/?authtoken=canary-zsc-key"),
        requests.exceptions.InvalidURL("canary-zsc-key"),
        ValueError("canary-zsc-key"),
    ],
)
@pytest.mark.parametrize("credential", [OAUTH, LEGACY])
def test_no_secret_leaves_by_a_read(
    answer: Any, credential: Any, caplog: pytest.LogCaptureFixture
) -> None:
    """R-023: not in the error, not in what stands behind it, not in a log, not in a repr."""
    caplog.set_level(logging.DEBUG)
    w = world(default=answer)
    made = Session(credential, w.ports, connection_id="c").configured(
        auth=OAuthRefresh(TOKEN_URL) if credential is OAUTH else LegacyToken(), tries=2
    )
    with pytest.raises(TallystickError) as caught:
        made.get(URL)
    shown = [repr(made), repr(made.redactor), repr(credential), repr(list(w.tokens.kept.values()))]
    error: BaseException | None = caught.value
    while error is not None:
        shown += [str(error), repr(error), str(getattr(error, "fix", ""))]
        error = error.__cause__ or error.__context__
    told = " ".join(shown) + caplog.text
    mine = [
        v for k, v in credential.values.items() if k in {"client_secret", "refresh_token", "key"}
    ]
    for secret in [*mine, "1000.canaryaccess.1"] if credential is OAUTH else mine:
        assert secret not in told


@pytest.mark.parametrize("word", ["invalid_code", "invalid_client"])
def test_a_refused_credential_is_no_reason_to_try_again(word: str) -> None:
    w = world(default=GOOD, accounts=(200, {"error": word, "refresh_token": "canary"}))
    with pytest.raises(CredentialRefused):
        session(w).get(URL)
    assert len(w.accounts.sent) == 1
