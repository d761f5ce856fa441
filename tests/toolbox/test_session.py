"""Reads are paced, repeated and honest; writes are sent once."""

from dataclasses import replace

import pytest
import requests
from tallystick.errors import (
    CredentialRefused,
    Fatal,
    OutcomeUnknown,
    Rejected,
    RemoteError,
    Throttled,
    Unreachable,
)
from tallystick.model.connection import Credential
from tallystick.toolbox import LegacyToken, Limit, OAuthRefresh, Reply, Session
from toolbox.fakes import LEGACY, OAUTH, World, world
from urllib3.exceptions import MaxRetryError, NewConnectionError

URL = "https://service.test/v3/things"
GOOD = (200, {"code": 0})


def classify(reply: Reply) -> Exception | None:
    if reply.status == 401:
        return CredentialRefused("refused")
    if reply.mapping().get("code") == 7:
        return Rejected("known refusal", remote_code="7")
    if reply.mapping().get("code") == 44:
        return Throttled("minute", after_seconds=60)
    if reply.mapping().get("code") == 45:
        return Throttled("day", code="NET-03", after_seconds=9000)
    return None


def session(w: World, credential: Credential = OAUTH, **more: object) -> Session:
    auth = (
        OAuthRefresh("https://accounts.test/token") if credential.kind == "oauth" else LegacyToken()
    )
    made = Session(credential, w.ports, connection_id="books")
    return made.configured(auth=auth, classify=classify, **more)  # type: ignore[arg-type]


def told_session(w: World, **more: object) -> tuple[Session, list[str]]:
    """A session, and what it tells whoever waits."""
    heard: list[str] = []
    made = Session(OAUTH, replace(w.ports, told=heard.append), connection_id="books")
    auth = OAuthRefresh("https://accounts.test/token")
    return made.configured(auth=auth, classify=classify, **more), heard  # type: ignore[arg-type]


def refused_connection() -> requests.ConnectionError:
    inner = NewConnectionError(None, "refused")  # type: ignore[arg-type]
    return requests.ConnectionError(MaxRetryError(None, "/?authtoken=canary-zsc-key", inner))  # type: ignore[arg-type]


def test_a_read_is_authorised_and_parsed() -> None:
    w = world(GOOD)
    assert session(w).get(URL, {"page": 1}).json() == {"code": 0}
    sent = w.service.sent[0]
    assert sent.query == {"page": "1"}
    assert sent.headers["Authorization"] == "Zoho-oauthtoken 1000.canaryaccess.1"


def test_an_empty_answer_with_204_is_an_empty_reply() -> None:
    reply = session(world((204, b""))).get(URL)
    assert (reply.status, reply.json()) == (204, None)


@pytest.mark.parametrize(
    "answer",
    [
        (500, {"code": 1000}),
        (200, b"<html>busy</html>"),
        (200, b'{"code": 0, "thin'),
        (200, b""),
        (200, b"\xef\xbb\xbf{}"),
        (200, b"not gzip", {"Content-Encoding": "gzip"}),
        (200, b"{}", {"Content-Length": "400"}),
        requests.ReadTimeout("x"),
    ],
)
def test_a_read_that_failed_on_the_way_is_repeated_after_a_pause(answer: object) -> None:
    """R-225."""
    w = world(answer, GOOD)
    assert session(w).get(URL).json() == {"code": 0}
    assert w.clock.waits == [2.0]


def test_reads_are_tried_six_times_with_pauses_of_at_most_five_minutes() -> None:
    """P-34."""
    w = world(default=(502, b"bad gateway"))
    with pytest.raises(Unreachable) as caught:
        session(w).get(URL)
    assert len(w.service.sent) == 6
    assert w.clock.waits == [2.0, 8.0, 32.0, 128.0, 300.0]
    assert caught.value.code == "NET-02"


def test_each_pause_before_another_try_is_told_without_a_secret() -> None:
    s, heard = told_session(world(default=(502, b"bad gateway")), tries=3)
    with pytest.raises(Unreachable):
        s.get(URL)
    assert [words.rsplit("; ")[-1] for words in heard] == ["try 2 of 3 in 2 s", "try 3 of 3 in 8 s"]
    assert all(words.startswith("service.test answered HTTP 502") for words in heard)
    assert "canary" not in "".join(heard)


def test_a_long_wait_for_a_limit_is_told_and_a_short_one_is_not() -> None:
    for seconds, told in ((60, ["waits 60 s for the limit minute"]), (4, [])):
        w = world(default=GOOD)
        s, heard = told_session(w, limits=[Limit("minute", 1, seconds)])
        s.get(URL)
        s.get(URL)
        assert heard == told
        assert w.clock.waits == [float(seconds)]


def test_a_short_rate_limit_is_waited_for_by_reads() -> None:
    """R-041."""
    w = world((429, {"code": 44}), GOOD)
    assert session(w, limits=[Limit("minute", 0, 60)]).get(URL).status == 200
    assert sum(w.clock.waits) >= 60


def test_a_long_lock_out_says_when_it_ends_and_is_shared_by_all_workers() -> None:
    w = world((429, {"code": 45}))
    limits = [Limit("minute", 0, 60), Limit("day", 0, 86400, code="NET-03")]
    with pytest.raises(Throttled) as caught:
        session(w, limits=limits).get(URL)
    assert w.clock.waits == []
    assert caught.value.until is not None
    with pytest.raises(Throttled) as second:
        session(w, limits=limits).get(URL)
    assert second.value.until == caught.value.until
    assert len(w.service.sent) == 1


def test_calls_above_the_limit_wait_beforehand() -> None:
    """R-041, R-042."""
    w = world(default=GOOD)
    s = session(w, limits=[Limit("minute", 3, 60)])
    for _ in range(4):
        s.get(URL)
    assert w.clock.waits == [60.0]


def test_a_refused_token_is_renewed_once_and_the_read_replayed() -> None:
    """R-022."""
    tokens = iter(["first-token", "second-token"])
    w = world(
        (401, {"code": 14}),
        GOOD,
        accounts=lambda _: (200, {"access_token": next(tokens), "expires_in": 3600}),
    )
    assert session(w).get(URL).status == 200
    assert [s.headers["Authorization"].split()[1] for s in w.service.sent] == [
        "first-token",
        "second-token",
    ]


def test_a_credential_refused_twice_stops_the_read() -> None:
    """R-022."""
    w = world(default=(401, {"code": 14}))
    with pytest.raises(CredentialRefused) as caught:
        session(w).get(URL)
    assert caught.value.code == "AUTH-01"
    assert len(w.service.sent) == 2


def test_an_allowed_status_comes_back_unclassified() -> None:
    assert session(world((404, {"code": 7}))).get(URL, allow={404}).status == 404


def test_a_redirect_is_not_followed() -> None:
    w = world((302, b"", {"Location": "https://elsewhere.test/"}))
    with pytest.raises(Fatal):
        session(w).get(URL)
    assert len(w.service.sent) == 1


def test_an_unknown_refusal_of_a_read_is_not_repeated() -> None:
    w = world((418, {"message": "teapot"}))
    with pytest.raises(RemoteError, match="teapot"):
        session(w).get(URL)
    assert len(w.service.sent) == 1


def test_an_answer_above_twenty_megabytes_is_dropped() -> None:
    w = world((200, b'{"a":"' + b"x" * (20 * 1024 * 1024) + b'"}'), GOOD)
    assert session(w).get(URL).json() == {"code": 0}
    assert len(w.service.sent) == 2


def test_an_answer_that_trickles_past_the_deadline_is_dropped() -> None:
    w = world(GOOD, GOOD)
    ticks = iter([0.0, 500.0, *([0.0] * 10)])
    # the older credential asks for no token, so that the clock is read for the answer alone
    assert session(w, LEGACY, monotonic=lambda: next(ticks)).get(URL).status == 200
    assert len(w.service.sent) == 2


def test_a_write_that_could_not_connect_was_not_sent() -> None:
    w = world(refused_connection())
    with pytest.raises(Unreachable):
        session(w).send("POST", URL, json={"a": 1})


@pytest.mark.parametrize(
    "answer",
    [
        requests.ReadTimeout("x"),
        requests.ConnectionError(ConnectionResetError("reset")),
        (500, {"code": 1000}),
        (503, b"<html>"),
        (408, {}),
        (409, {}),
        (201, b'{"code": 0, "inv'),
        (201, b"<html>ok</html>"),
        (200, b""),
        (302, b""),
        (429, {"message": "no code"}),
        (400, {"code": 987654}),
        (200, b"{}", {"Content-Length": "400"}),
    ],
)
def test_a_write_without_a_clear_answer_is_of_unknown_outcome_and_sent_once(
    answer: object,
) -> None:
    w = world(answer, GOOD)
    with pytest.raises(OutcomeUnknown):
        session(w).send("POST", URL, json={"a": 1})
    assert len(w.service.sent) == 1
    assert w.clock.waits == []


def test_a_known_refusal_of_a_write_is_a_refusal() -> None:
    with pytest.raises(Rejected):
        session(world((400, {"code": 7}))).send("POST", URL, json={})


def test_a_write_refused_for_its_token_is_not_repeated_but_the_token_is_renewed() -> None:
    tokens = iter(["first-token", "second-token"])
    w = world(
        (401, {"code": 14}),
        (201, {"code": 0}),
        accounts=lambda _: (200, {"access_token": next(tokens), "expires_in": 3600}),
    )
    s = session(w)
    with pytest.raises(Unreachable):
        s.send("POST", URL, json={})
    assert len(w.service.sent) == 1
    assert s.send("POST", URL, json={}).status == 201
    assert w.service.sent[1].headers["Authorization"].endswith("second-token")


def test_a_write_refused_with_the_new_token_too_is_a_refused_credential() -> None:
    tokens = iter(["first-token", "second-token", "third-token"])
    w = world(
        default=(401, {"code": 14}),
        accounts=lambda _: (200, {"access_token": next(tokens), "expires_in": 3600}),
    )
    s = session(w)
    with pytest.raises(Unreachable):
        s.send("POST", URL, json={})
    with pytest.raises(CredentialRefused):
        s.send("POST", URL, json={})


def test_a_write_waits_for_no_long_lock_out() -> None:
    w = world((429, {"code": 45}))
    limits = [Limit("day", 0, 86400, code="NET-03")]
    with pytest.raises(Throttled):
        session(w, limits=limits).send("POST", URL, json={})
    with pytest.raises(Throttled):
        session(w, limits=limits).send("POST", URL, json={})
    assert len(w.service.sent) == 1


def test_no_secret_is_in_an_error_or_a_repr() -> None:
    """R-023."""
    told = {"message": "bad token canary-zsc-key for /x?authtoken=canary-zsc-key"}
    for answer in [(500, told), (400, told), (302, told), refused_connection()]:
        s = session(world(answer), LEGACY, tries=1)
        with pytest.raises(RemoteError) as caught:
            s.send("POST", URL, json={})
        shown = [str(caught.value), repr(caught.value), caught.value.fix, repr(s)]
        assert caught.value.__context__ is None
        assert caught.value.__cause__ is None
        assert "canary" not in " ".join(shown)
