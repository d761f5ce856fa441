"""Every answer to a write means one thing: nothing sent, refused, there already, or unknown."""

from typing import Any

import pytest
import requests
from connectors.zoho_books.answers import (
    ECHOES,
    ENTRIES,
    PATHS,
    TASKS,
    connect,
    made,
    ok,
    operation,
    writes,
)
from tallystick.errors import (
    AlreadyThere,
    CredentialRefused,
    Fatal,
    OutcomeUnknown,
    Rejected,
    Throttled,
    Unreachable,
)
from tallystick.model.operation import Action
from toolbox.fakes import LEGACY
from urllib3.exceptions import MaxRetryError, NameResolutionError, NewConnectionError

POST = "POST /invoices"


def wrapped(inner: Exception) -> requests.ConnectionError:
    return requests.ConnectionError(MaxRetryError(None, "/x", inner))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "failure",
    [
        wrapped(NameResolutionError("books", None, OSError("no name"))),  # type: ignore[arg-type]
        wrapped(NewConnectionError(None, "refused")),  # type: ignore[arg-type]
        requests.ConnectTimeout("connect"),
    ],
)
def test_what_failed_before_a_connection_was_not_sent(failure: Exception) -> None:
    connector, w = connect({POST: failure})
    with pytest.raises(Unreachable):
        connector.write(operation("transaction"))
    assert len(writes(w)) == 1


@pytest.mark.parametrize(
    "answer",
    [
        requests.ReadTimeout("late"),
        requests.ConnectionError(ConnectionResetError(104, "reset")),
        requests.exceptions.ChunkedEncodingError("cut"),
        RuntimeError("a broken library"),
        (201, b'{"code": 0, "invoice": {"invoice_id": "90", "ref'),
        (201, b"<html>It worked</html>"),
        (200, b""),
        (204, b""),
        (201, {"invoice": ECHOES["transaction"]}),
        (201, {"code": "0?", "invoice": ECHOES["transaction"]}),
        (201, {"code": [], "invoice": ECHOES["transaction"]}),
        (201, {"code": False, "invoice": ECHOES["transaction"]}),
        (201, {"code": 0}),
        (201, {"code": 0, "invoice": []}),
        (201, {"code": 0, "invoice": "90"}),
        made("transaction", reference_number=""),
        made("transaction", reference_number="TSY-OTHER"),
        made("transaction", invoice_id=""),
        made("transaction", invoice_id=None),
        (200, {"code": 99999, "message": "?"}),
        (302, b""),
        (400, {"code": 99999, "message": "never heard of"}),
        (400, {"code": 1000, "message": "internal"}),
        (400, {"message": "no code"}),
        (400, b"bad gateway"),
        (405, {"code": 37}),
        (408, {"code": 4}),
        (409, {"code": 3062}),
        (429, {"message": "no rate code"}),
        (429, b"slow down"),
        (429, {"code": 4}),
        (500, {"code": 44}),
        (502, b"<html>"),
        (503, {"code": 1002}),
    ],
)
def test_an_answer_that_is_not_clear_leaves_the_outcome_unknown_after_one_send(
    answer: Any,
) -> None:
    connector, w = connect({POST: answer})
    with pytest.raises(OutcomeUnknown):
        connector.write(operation("transaction"))
    assert len(writes(w)) == 1


@pytest.mark.parametrize("type", [t for t in PATHS if t != "user"])
def test_a_create_whose_answer_lacks_our_sign_is_unknown(type: str) -> None:
    field = {"contact": "notes", "time_entry": "notes", "transaction": "reference_number"}
    echo = made(type, **{field.get(type, "description"): "something else"})
    connector, _ = connect({f"POST {PATHS[type]}": echo})
    with pytest.raises(OutcomeUnknown):
        connector.write(operation(type))


def test_a_user_is_answered_without_a_record_and_so_looked_up() -> None:
    connector, _ = connect({"POST /users": ok()})
    with pytest.raises(OutcomeUnknown):
        connector.write(operation("user"))


def test_a_task_answered_without_its_description_is_read_back() -> None:
    short = {"task_id": "80", "project_id": "70", "task_name": "Data import"}
    connector, w = connect(
        {f"POST {TASKS}": (201, {"code": 0, "task": short}), f"GET {TASKS}/80": made("task")}
    )
    assert connector.write(operation("task")).external_id == "80"
    assert len(writes(w)) == 1


@pytest.mark.parametrize(
    "there", [(404, {"code": 1002}), (500, {"code": 1000}), made("task", description="x")]
)
def test_a_task_that_cannot_be_read_back_as_ours_is_unknown(there: Any) -> None:
    short = {"task_id": "80", "project_id": "70", "task_name": "Data import"}
    connector, w = connect(
        {f"POST {TASKS}": (201, {"code": 0, "task": short}), f"GET {TASKS}/80": there}
    )
    with pytest.raises(OutcomeUnknown):
        connector.write(operation("task"))
    assert len(writes(w)) == 1


def test_a_field_that_cannot_be_read_does_not_unmake_a_success() -> None:
    connector, _ = connect({POST: made("transaction", due_date="the ides of March")})
    receipt = connector.write(operation("transaction"))
    assert (receipt.external_id, receipt.row) == ("90", None)


@pytest.mark.parametrize(
    ("status", "code"), [(400, 4), (400, 1002), (404, 1002), (400, 20054), (200, 4), (400, "4")]
)
def test_a_known_code_is_a_refusal(status: int, code: Any) -> None:
    connector, _ = connect({POST: (status, {"code": code, "message": "no"})})
    with pytest.raises(Rejected) as refusal:
        connector.write(operation("transaction"))
    assert refusal.value.remote_code == str(code)


def test_codes_named_in_the_settings_refuse_and_say_duplicate_too() -> None:
    more: dict[str, Any] = {"refusal_codes": "20061, 20062", "duplicate_codes": [120001]}
    refusing, _ = connect({POST: (400, {"code": 20062})}, **more)
    with pytest.raises(Rejected):
        refusing.write(operation("transaction"))
    doubling, _ = connect({POST: (400, {"code": 120001})}, **more)
    with pytest.raises(AlreadyThere):
        doubling.write(operation("transaction"))


def test_a_contact_name_that_is_taken_says_that_it_exists() -> None:
    """R-083."""
    taken = (400, {"code": 3062, "message": 'The customer "Acme Ltd" already exists.'})
    connector, w = connect({"POST /contacts": taken})
    with pytest.raises(AlreadyThere):
        connector.write(operation("contact"))
    assert len(writes(w)) == 1


@pytest.mark.parametrize(
    ("code", "headers", "error", "seconds"),
    [
        (44, {}, "NET-01", 60),
        (44, {"Retry-After": "7"}, "NET-01", 7),
        (44, {"Retry-After": "-3"}, "NET-01", 1),
        (44, {"Retry-After": "999999999"}, "NET-01", 3600),
        (44, {"Retry-After": "Mon, 02 Mar 2026 09:00:30 GMT"}, "NET-01", 30),
        (44, {"Retry-After": "soon"}, "NET-01", 60),
        (1070, {}, "NET-01", 2),
        (43, {}, "NET-01", 2),
        (45, {"x-rate-limit-reset": "27445"}, "NET-03", 27445),
        (45, {"X-Rate-Limit-Reset": "x"}, "NET-03", 3600),
        (45, {"X-Rate-Limit-Reset": "9" * 30}, "NET-03", 86_400),
    ],
)
def test_a_throttle_with_its_code_refuses_the_attempt_and_says_how_long(
    code: int, headers: dict[str, str], error: str, seconds: float
) -> None:
    connector, w = connect({POST: (429, {"code": code, "message": "blocked"}, headers)})
    with pytest.raises(Throttled) as throttled:
        connector.write(operation("transaction"))
    assert (throttled.value.code, throttled.value.after_seconds) == (error, seconds)
    assert len(writes(w)) == 1


def test_a_day_that_is_used_up_stops_the_next_write_before_it_is_sent() -> None:
    connector, w = connect({POST: (429, {"code": 45}, {"X-Rate-Limit-Reset": "9000"})})
    for _ in range(2):
        with pytest.raises(Throttled):
            connector.write(operation("transaction"))
    assert len(writes(w)) == 1


@pytest.mark.parametrize("code", [14, 57])
def test_a_refused_token_is_renewed_once_for_a_new_attempt_then_the_credential_is_refused(
    code: int,
) -> None:
    """R-022."""
    tokens = iter(["first-token", "second-token", "third-token"])
    connector, w = connect({POST: (401, {"code": code, "message": "not authorized"})})
    w.accounts.default = lambda _: (200, {"access_token": next(tokens), "expires_in": 3600})
    with pytest.raises(Unreachable):
        connector.write(operation("transaction"))
    with pytest.raises(CredentialRefused):
        connector.write(operation("transaction"))
    assert len(writes(w)) == 2
    assert len(w.accounts.sent) == 2


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ((403, {"code": 3, "message": "no scope"}), "AUTH-04"),
        ((404, b"<html>"), "AUTH-04"),
        ((404, {"code": 5, "message": "Invalid URL Passed"}), "AUTH-04"),
        ((400, {"code": 6041, "message": "not associated"}), "AUTH-03"),
        ((401, {"code": 6041, "message": "not associated"}), "AUTH-03"),
    ],
)
def test_what_only_a_person_can_mend_pauses_the_connection(answer: Any, code: str) -> None:
    connector, w = connect({POST: answer})
    with pytest.raises(Fatal) as fatal:
        connector.write(operation("transaction"))
    assert (fatal.value.code, len(w.accounts.sent)) == (code, 1)


@pytest.mark.parametrize("answer", [(500, b""), (200, {"code": 31}), (418, {"code": 77})])
def test_a_change_whose_record_cannot_be_read_first_is_not_sent(answer: Any) -> None:
    connector, w = connect({f"GET {ENTRIES}/44": answer})
    with pytest.raises(Unreachable):
        connector.write(operation("time_entry", Action.UPDATE, target_id="44"))
    assert writes(w) == []


def test_a_change_of_a_record_that_is_gone_is_refused() -> None:
    connector, w = connect({f"GET {ENTRIES}/44": (404, {"code": 1002})})
    with pytest.raises(Rejected):
        connector.write(operation("time_entry", Action.UPDATE, target_id="44"))
    assert writes(w) == []


@pytest.mark.parametrize(
    "answer",
    [
        (500, {"code": 1000, "message": "key canary-zsc-key"}),
        (400, {"code": 4, "message": "authtoken=canary-zsc-key"}),
        (401, {"code": 14, "message": "canary-zsc-key"}),
        (403, {"message": "canary-zsc-key"}),
        (302, b"", {"Location": "https://x.test/?authtoken=canary-zsc-key"}),
        (429, {"code": 44, "message": "canary-zsc-key"}),
        (200, {"code": 99999, "message": "canary-zsc-key"}),
        (201, {"code": 0, "invoice": {"invoice_id": "1", "notes": "canary-zsc-key"}}),
        requests.ReadTimeout("/?authtoken=canary-zsc-key"),
        wrapped(NewConnectionError(None, "/?authtoken=canary-zsc-key")),  # type: ignore[arg-type]
    ],
)
def test_no_secret_is_in_an_error_a_log_or_a_repr(
    answer: Any, caplog: pytest.LogCaptureFixture
) -> None:
    """R-023."""
    caplog.set_level(0)
    connector, _ = connect({POST: answer, "GET /users": answer}, LEGACY)
    shown = [repr(connector), repr(vars(connector))]
    for call in (
        lambda: connector.write(operation("transaction")),
        lambda: connector.find(operation("user")),
    ):
        with pytest.raises(Exception) as caught:  # noqa: PT011 - each answer has its own class
            call()
        error: BaseException | None = caught.value
        while error is not None:
            shown += [str(error), repr(error), str(getattr(error, "fix", ""))]
            error = error.__cause__ or error.__context__
    assert "canary" not in " ".join(shown)
    assert "canary" not in caplog.text
