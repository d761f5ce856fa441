"""What the service refuses, how it is addressed, and how it is not called too often."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import pytest
from connectors.zoho_projects.answers import (
    BASE,
    EMPTY,
    LOCKED,
    NOT_FOUND,
    PORTALS,
    Answer,
    connect,
    ids,
)
from tallystick.errors import CredentialRefused, Fatal, Rejected, RemoteError, Throttled
from tallystick.model.connector import Connector
from tallystick.model.operation import Action, Operation
from tallystick.model.record import Cursor
from toolbox.fakes import LEGACY, OAUTH


def test_it_keeps_the_connector_contract() -> None:
    connector: Connector = connect({})[0]
    assert (connector.container_setting, dict(connector.writes)) == ("portal_id", {})


@pytest.mark.parametrize("body", [{"page_info": {}}, {"error": "busy"}, {"clients": None}, {}])
def test_an_answer_without_its_list_is_no_empty_list(body: dict[str, Any]) -> None:
    connector, _ = connect({"/clients": (200, body)})
    with pytest.raises(RemoteError):
        connector.read("contact", Cursor())


@pytest.mark.parametrize("status", [200, 400])
def test_a_lock_of_the_service_is_a_throttle_with_its_minutes(status: int) -> None:
    """R-042, NET-04."""
    connector, w = connect({"/clients": (status, LOCKED)})
    with pytest.raises(Throttled) as raised:
        connector.read("contact", Cursor())
    assert (raised.value.code, raised.value.after_seconds) == ("NET-04", 22 * 60)
    assert raised.value.until is not None
    assert len(w.service.sent) == 1


def test_nothing_is_sent_to_a_path_that_is_locked() -> None:
    """R-042: calls during the lock do not end it."""
    connector, w = connect({"/clients": (400, LOCKED)})
    for _ in range(2):
        with pytest.raises(Throttled):
            connector.read("contact", Cursor())
    assert len(w.service.sent) == 1


def test_a_lock_of_one_path_leaves_the_others_open() -> None:
    connector, _ = connect(
        {"/clients": (400, LOCKED), "/users": (200, {"users": [{"zpuid": "0"}]})}
    )
    with pytest.raises(Throttled):
        connector.read("contact", Cursor())
    assert ids([connector.read("user", Cursor())]) == ["0"]


def test_a_throttle_without_minutes_lasts_as_long_as_a_lock_can() -> None:
    connector, _ = connect({"/clients": (429, {"error": {"title": "TOO_MANY"}})})
    with pytest.raises(Throttled) as raised:
        connector.read("contact", Cursor())
    assert (raised.value.code, raised.value.after_seconds) == ("NET-04", 1800)


def test_no_path_is_called_more_than_a_hundred_times_in_two_minutes() -> None:
    """R-042."""
    times: list[datetime] = []

    def one(query: Mapping[str, str]) -> Answer:
        del query
        times.append(w.clock.now())
        return 200, {"tasklists": []}

    connector, w = connect({f"/projects/{n}/tasklists": one for n in range(260)})
    for n in range(260):
        connector.read("task_list", Cursor("", str(n)))
    spans = [(b - a).total_seconds() for a, b in zip(times, times[100:], strict=False)]
    assert min(spans) >= 120


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ((401, {"error": {"code": 6401, "message": "Unauthorized"}}), CredentialRefused),
        ((400, {"error": {"code": 6401, "message": "Unauthorized"}}), CredentialRefused),
        ((200, {"error": {"code": 6401, "message": "Unauthorized"}}), CredentialRefused),
        ((403, {"error": {"title": "FORBIDDEN"}}), Fatal),
        ((400, {"error": {"code": 6832, "message": "Wrong value"}}), Rejected),
        (NOT_FOUND, Rejected),
    ],
)
def test_an_error_says_what_it_is(answer: Answer, error: type[Exception]) -> None:
    connector, _ = connect({"/clients": answer})
    with pytest.raises(error) as raised:
        connector.read("contact", Cursor())
    assert type(raised.value) is error


def test_a_credential_that_does_not_see_the_portal_is_not_well() -> None:
    """R-020."""
    connector, _ = connect({"/api/v3/portals": (200, PORTALS)}, portal_id="1")
    assert (connector.check().ok, connector.check().code) == (False, "AUTH-03")


@pytest.mark.parametrize(
    ("settings", "host"),
    [
        ({}, "https://projectsapi.zoho.com/api/v3"),
        ({"dc": "ca"}, "https://projectsapi.zohocloud.ca/api/v3"),
        ({"base_url": "http://127.0.0.1:9"}, "http://127.0.0.1:9/api/v3"),
        ({"base_url": "http://127.0.0.1:9/api/v3/"}, "http://127.0.0.1:9/api/v3"),
    ],
)
def test_every_host_is_a_setting(settings: dict[str, str], host: str) -> None:
    connector, _ = connect({}, OAUTH, **settings)
    assert connector._client.base == host


def test_an_access_token_goes_into_the_header() -> None:
    connector, w = connect({"/clients": EMPTY})
    connector.read("contact", Cursor())
    sent = w.service.sent[0]
    assert sent.headers["Authorization"] == "Zoho-oauthtoken 1000.canaryaccess.1"
    assert sent.path == f"{BASE}/clients"


def test_the_older_key_goes_into_the_query() -> None:
    """R-017."""
    connector, w = connect({"/clients": EMPTY}, LEGACY)
    connector.read("contact", Cursor())
    assert w.service.sent[0].query["authtoken"] == "canary-zsc-key"


@pytest.mark.parametrize("credential", [OAUTH, LEGACY])
def test_no_secret_is_in_what_can_be_printed(credential: Any) -> None:
    """R-023."""
    echo = " ".join(credential.values.values())
    connector, _ = connect(
        {"/clients": (400, {"error": {"code": 1, "message": f"bad: {echo}"}})}, credential
    )
    with pytest.raises(Rejected) as raised:
        connector.read("contact", Cursor())
    shown = f"{connector!r} {connector._client!r} {raised.value} {raised.value!r}"
    assert "canary" not in shown


def test_nothing_is_ever_written() -> None:
    connector, w = connect({})
    operation = Operation(
        reference="TSY-1",
        action=Action.CREATE,
        type="contact",
        connection_id="projects",
        title="",
        payload={},
        because=None,  # type: ignore[arg-type]
    )
    for call in (connector.write, connector.find):
        with pytest.raises(Rejected):
            call(operation)
    assert w.service.sent == []


def test_an_address_the_service_does_not_know_is_no_missing_record() -> None:
    unknown = (404, {"error": {"message": "Invalid URL", "code": 404}})
    connector, _ = connect({"/projects/4/tasks/5": unknown})
    with pytest.raises(Fatal) as raised:
        connector.fetch("task", ["5"], parent="4")
    assert raised.value.code == "AUTH-04"
