"""Look-ups are complete, compare exactly, and tell ours from what only looks alike."""

from dataclasses import replace
from typing import Any

import pytest
from connectors.zoho_books.answers import (
    ABSENT,
    ECHOES,
    ENTRIES,
    MARK,
    PATHS,
    REFERENCE,
    TASKS,
    Route,
    connect,
    listing,
    ok,
    operation,
    writes,
)
from tallystick.errors import Rejected, Retry, Unreachable
from tallystick.model.operation import Action, Lookup

OTHER = "[ts:ZZZZZZZZZZ]"
ENTRY: dict[str, Any] = {
    "project_id": "70",
    "user_id": "60",
    "log_date": "2026-07-02",
    "log_time": "01:35",
}


def entry(id: str, notes: str, **changes: Any) -> dict[str, Any]:
    return {"time_entry_id": id, "notes": notes, **ENTRY, **changes}


def ids(found: Lookup) -> tuple[list[str], list[str]]:
    return [r.external_id for r in found.matches], [r.external_id for r in found.near]


def test_an_invoice_is_found_on_a_late_page_though_it_is_void() -> None:
    void = {**ECHOES["transaction"], "status": "void"}
    others = [{"invoice_id": str(n), "reference_number": f"PO {n}"} for n in range(200)]
    connector, w = connect(
        {
            "GET /invoices": listing("invoices", others, [void]),
            "GET /invoices/90": ok(invoice=void),
        }
    )
    found = connector.find(operation("transaction"))
    assert ids(found) == (["90"], [])
    assert found.matches[0].number == "INV-000011"
    asked = [s.query for s in w.service.sent if s.path.endswith("/invoices")]
    assert [q["page"] for q in asked] == ["1", "2"]
    assert {q["filter_by"] for q in asked} == {"Status.All"}
    assert {q["reference_number"] for q in asked} == {REFERENCE}


@pytest.mark.parametrize("reference", ["", None, REFERENCE.lower(), REFERENCE + " ", "TSY-"])
def test_a_reference_is_compared_exactly_whatever_the_service_lets_through(reference: Any) -> None:
    raw = {**ECHOES["transaction"], "reference_number": reference}
    connector, _ = connect({"GET /invoices": listing("invoices", [raw])})
    assert connector.find(operation("transaction")) == Lookup()


def test_two_invoices_of_one_reference_are_both_found() -> None:
    twice = [ECHOES["transaction"], {**ECHOES["transaction"], "invoice_id": "91"}]
    connector, _ = connect(
        {
            "GET /invoices": listing("invoices", twice),
            "GET /invoices/90": ok(invoice=twice[0]),
            "GET /invoices/91": ABSENT,
        }
    )
    assert ids(connector.find(operation("transaction")))[0] == ["90", "91"]


def test_a_time_entry_is_ours_by_its_marker_and_near_by_project_user_date_and_minutes() -> None:
    rows = [
        entry("1", f"Import {MARK}"),
        entry("2", "Import"),
        entry("3", f"Import {OTHER}"),
        entry("4", "", log_time="01:36"),
        entry("5", "", user_id="61"),
        entry("6", "", project_id="71"),
        entry("7", "", log_date="2026-07-03"),
        entry("8", f"Import {MARK}", log_time="09:00"),
    ]
    connector, w = connect({f"GET {ENTRIES}": listing("time_entries", rows)})
    assert ids(connector.find(operation("time_entry"))) == (["1", "8"], ["2"])
    query = w.service.sent[-1].query
    assert (query["from_date"], query["to_date"], query["filter_by"]) == (
        "2026-07-02",
        "2026-07-02",
        "Date.CustomDate",
    )
    assert (query["project_id"], query["user_id"]) == ("70", "60")


def test_a_task_is_found_though_its_list_has_no_descriptions() -> None:
    """A list without the marked field must not read as a complete search that found nothing."""
    rows = [
        {"task_id": "80", "task_name": "Data import"},
        {"task_id": "81", "task_name": "data  IMPORT"},
        {"task_id": "82", "task_name": "Data import"},
        {"task_id": "83", "task_name": "Another"},
    ]
    items = {"80": f"x {MARK}", "81": "by hand", "82": OTHER}
    routes: dict[str, Route] = {
        f"GET {TASKS}/{i}": ok(task={"task_id": i, "task_name": "Data import", "description": d})
        for i, d in items.items()
    }
    connector, _ = connect({f"GET {TASKS}": listing("task", rows), **routes})
    assert ids(connector.find(operation("task"))) == (["80"], ["81"])


def test_a_project_is_ours_by_marker_and_near_by_name_under_the_same_customer() -> None:
    rows = [
        {"project_id": "1", "project_name": "Renamed", "description": MARK, "customer_id": "50"},
        {
            "project_id": "2",
            "project_name": "Atlas Rollout",
            "description": "",
            "customer_id": "50",
        },
        {
            "project_id": "3",
            "project_name": "Atlas rollout",
            "description": "",
            "customer_id": "51",
        },
        {"project_id": "4", "project_name": "Atlas rollout", "description": OTHER},
    ]
    connector, w = connect({"GET /projects": listing("projects", rows)})
    assert ids(connector.find(operation("project"))) == (["1"], ["2"])
    assert w.service.sent[-1].query["filter_by"] == "Status.All"


def test_a_contact_of_the_name_is_ours_only_with_our_marker() -> None:
    rows = [
        {"contact_id": "50", "contact_name": "ACME  Ltd"},
        {"contact_id": "51", "contact_name": "Acme Ltd", "status": "inactive"},
        {"contact_id": "52", "contact_name": "Acme Ltd (2)"},
    ]
    connector, w = connect(
        {
            "GET /contacts": listing("contacts", rows),
            "GET /contacts/50": ok(contact={**rows[0], "notes": "an old customer"}),
            "GET /contacts/51": ok(contact={**rows[1], "notes": MARK}),
        }
    )
    assert ids(connector.find(operation("contact"))) == (["51"], ["50"])
    assert w.service.sent[0].query["filter_by"] == "Status.All"


def test_a_user_is_found_by_address_without_regard_to_case() -> None:
    """R-064."""
    rows = [
        {"user_id": "60", "email": " Mara@Studio.example"},
        {"user_id": "61", "email": ""},
        {"user_id": "62"},
    ]
    connector, _ = connect({"GET /users": listing("users", rows)})
    assert ids(connector.find(operation("user"))) == (["60"], [])


def test_a_user_without_an_address_is_like_no_other() -> None:
    """R-073: two empty addresses are never equal."""
    rows = [{"user_id": "61", "email": ""}, {"user_id": "62", "email": "None"}]
    connector, _ = connect({"GET /users": listing("users", rows)})
    assert connector.find(operation("user", payload={"name": "X", "email": None})) == Lookup()


@pytest.mark.parametrize(
    "answer",
    [
        (500, b""),
        (400, {"code": 4, "message": "bad filter"}),
        (200, {"code": 0, "message": "no list"}),
        (200, {"code": 77}),
        (418, {"code": 1}),
        ok(invoices=[1]),
        ok(invoices=[ECHOES["transaction"] | {"invoice_id": ""}]),
    ],
)
def test_a_look_up_that_could_not_read_everything_never_says_that_nothing_is_there(
    answer: Any,
) -> None:
    connector, _ = connect({"GET /invoices": answer})
    with pytest.raises(Retry):
        connector.find(operation("transaction"))


def test_a_list_that_stands_still_is_no_complete_look_up() -> None:
    page = [{"invoice_id": "1", "reference_number": ""}]
    still = ok(invoices=page, page_context={"has_more_page": True})
    connector, w = connect({"GET /invoices": still})
    with pytest.raises(Unreachable):
        connector.find(operation("transaction"))
    assert len(w.service.sent) == 2


def test_an_entry_of_unreadable_length_breaks_the_look_up_off() -> None:
    rows = [entry("1", "", log_time="an hour")]
    connector, _ = connect({f"GET {ENTRIES}": listing("time_entries", rows)})
    with pytest.raises(Unreachable):
        connector.find(operation("time_entry"))


@pytest.mark.parametrize("type", list(PATHS))
def test_a_look_up_writes_nothing(type: str) -> None:
    keys = {"transaction": "invoices", "time_entry": "time_entries"}
    connector, w = connect({f"GET {PATHS[type]}": listing(keys.get(type, f"{type}s"), [])})
    assert connector.find(operation(type)) == Lookup()
    assert writes(w) == []


@pytest.mark.parametrize(
    ("type", "action", "raw", "stands"),
    [
        ("transaction", Action.VOID, {"invoice_id": "9", "status": "void"}, True),
        ("transaction", Action.VOID, {"invoice_id": "9", "status": "sent"}, False),
        ("user", Action.DEACTIVATE, {"user_id": "9", "status": "inactive"}, True),
        ("user", Action.DEACTIVATE, {"user_id": "9", "status": "invited"}, False),
        ("time_entry", Action.UPDATE, entry("9", f"New {MARK}"), True),
        ("time_entry", Action.UPDATE, entry("9", f"Old {MARK}"), False),
        ("time_entry", Action.UPDATE, entry("9", "New", log_time="02:00"), False),
    ],
)
def test_a_change_is_looked_up_in_its_own_record(
    type: str, action: Action, raw: dict[str, Any], stands: bool
) -> None:
    paths = {"transaction": ("/invoices/9", "invoice"), "user": ("/users/9", "user")}
    path, key = paths.get(type, (f"{ENTRIES}/9", "time_entry"))
    payload = {"minutes": 95, "notes": "New"} if type == "time_entry" else {"status": "x"}
    connector, _ = connect({f"GET {path}": ok(**{key: raw})})
    found = connector.find(operation(type, action, payload=payload, target_id="9"))
    assert ids(found) == (["9"] if stands else [], [])


def test_a_change_of_a_record_that_is_gone_is_not_found() -> None:
    connector, _ = connect({"GET /invoices/9": ABSENT})
    assert connector.find(operation("transaction", Action.VOID, target_id="9")) == Lookup()


def test_a_type_that_is_never_written_cannot_be_looked_up() -> None:
    connector, _ = connect({})
    with pytest.raises(Rejected):
        connector.find(replace(operation("user"), type="tax"))
