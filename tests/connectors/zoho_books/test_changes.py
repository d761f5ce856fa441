"""A change is sent whole, keeps what it does not touch, and touches nothing it must not."""

from typing import Any

import pytest
from connectors.zoho_books.answers import (
    BASE,
    ENTRIES,
    MARK,
    REFERENCE,
    TASKS,
    connect,
    ok,
    operation,
    writes,
)
from tallystick.errors import Rejected
from tallystick.model.operation import Action

ENTRY: dict[str, Any] = {
    "time_entry_id": "44",
    "project_id": "70",
    "task_id": "80",
    "user_id": "60",
    "log_date": "2026-07-02",
    "log_time": "01:00",
    "is_billable": True,
    "billed_status": "unbilled",
    "notes": "Old words [ts:ZYXWVUTSRQ]",
}


def test_a_changed_time_entry_keeps_its_own_marker_and_what_the_change_leaves_out() -> None:
    """The marker of the first send is what later look-ups ask for."""
    echo = {**ENTRY, "notes": "New [ts:ZYXWVUTSRQ]"}
    connector, w = connect(
        {f"GET {ENTRIES}/44": ok(time_entry=ENTRY), f"PUT {ENTRIES}/44": ok(time_entry=echo)}
    )
    change = operation("time_entry", Action.UPDATE, payload={"notes": "New"}, target_id="44")
    connector.write(change)
    assert writes(w)[0].body == {
        "project_id": "70",
        "task_id": "80",
        "user_id": "60",
        "log_date": "2026-07-02",
        "log_time": "01:00",
        "is_billable": True,
        "notes": "New [ts:ZYXWVUTSRQ]",
    }


def test_a_time_entry_on_an_invoice_is_never_changed() -> None:
    """R-117."""
    billed = {**ENTRY, "billed_status": "invoiced", "invoice_id": "90"}
    connector, w = connect({f"GET {ENTRIES}/44": ok(time_entry=billed)})
    with pytest.raises(Rejected) as refusal:
        connector.write(
            operation("time_entry", Action.UPDATE, payload={"minutes": 5}, target_id="44")
        )
    assert refusal.value.code == "INV-01"
    assert writes(w) == []


def test_a_changed_task_is_sent_with_its_name() -> None:
    now = {"task_id": "80", "task_name": "Data import", "description": f"x {MARK}"}
    connector, w = connect(
        {f"GET {TASKS}/80": ok(task=now), f"PUT {TASKS}/80": ok(task={"task_id": "80"})}
    )
    connector.write(
        operation("task", Action.UPDATE, payload={"project_id": "70", "rate": "5"}, target_id="80")
    )
    assert writes(w)[0].body == {"task_name": "Data import", "rate": 5}


CONTACT: dict[str, Any] = {
    "contact_id": "50",
    "contact_name": "Acme Ltd",
    "contact_persons": [
        {"contact_person_id": "1", "email": "old@acme.example", "is_primary_contact": True},
        {"contact_person_id": "2", "email": "two@acme.example", "is_primary_contact": False},
    ],
    "billing_address": {"city": "Berlin", "zip": "10115"},
}


def test_a_changed_contact_keeps_its_other_persons_and_the_rest_of_its_address() -> None:
    """A list in a change replaces the whole list there."""
    connector, w = connect(
        {"GET /contacts/50": ok(contact=CONTACT), "PUT /contacts/50": ok(contact=CONTACT)}
    )
    payload = {"email": "new@acme.example", "address": {"city": "Bonn"}}
    connector.write(operation("contact", Action.UPDATE, payload=payload, target_id="50"))
    body = writes(w)[0].body
    assert [p["email"] for p in body["contact_persons"]] == ["new@acme.example", "two@acme.example"]
    assert body["contact_persons"][0]["contact_person_id"] == "1"
    assert body["billing_address"] == {"city": "Bonn", "zip": "10115"}
    assert body["contact_name"] == "Acme Ltd"


def test_a_name_that_is_taken_is_left_out_of_a_change_and_never_makes_a_new_contact() -> None:
    taken = (400, {"code": 3062, "message": 'The customer "B" already exists.'})
    answers = iter([taken, ok(contact=CONTACT)])
    connector, w = connect(
        {"GET /contacts/50": ok(contact=CONTACT), "PUT /contacts/50": lambda _: next(answers)}
    )
    payload = {"name": "B", "phone": "1"}
    connector.write(operation("contact", Action.UPDATE, payload=payload, target_id="50"))
    assert [(s.method, s.body["contact_name"]) for s in writes(w)] == [
        ("PUT", "B"),
        ("PUT", "Acme Ltd"),
    ]


def test_an_invoice_is_voided_never_deleted() -> None:
    invoice = {"invoice_id": "90", "status": "draft", "reference_number": REFERENCE}
    connector, w = connect(
        {"GET /invoices/90": ok(invoice=invoice), "POST /invoices/90/status/void": ok()}
    )
    connector.write(operation("transaction", Action.VOID, target_id="90", payload={}))
    assert [(s.method, s.path) for s in writes(w)] == [("POST", f"{BASE}/invoices/90/status/void")]


def test_an_invoice_that_is_void_already_needs_no_second_request() -> None:
    """W13."""
    invoice = {"invoice_id": "90", "status": "void", "reference_number": REFERENCE}
    connector, w = connect({"GET /invoices/90": ok(invoice=invoice)})
    assert (
        connector.write(operation("transaction", Action.VOID, target_id="90")).external_id == "90"
    )
    assert writes(w) == []


def test_an_invoice_that_was_not_made_here_is_never_voided() -> None:
    invoice = {"invoice_id": "91", "status": "draft", "reference_number": "PO 7"}
    connector, w = connect({"GET /invoices/91": ok(invoice=invoice)})
    with pytest.raises(Rejected):
        connector.write(operation("transaction", Action.VOID, target_id="91"))
    assert writes(w) == []


@pytest.mark.parametrize(("status", "sent"), [("invited", 1), ("active", 1), ("inactive", 0)])
def test_a_user_is_made_inactive_once(status: str, sent: int) -> None:
    """R-062."""
    user = {"user_id": "60", "status": status}
    connector, w = connect({"GET /users/60": ok(user=user), "POST /users/60/inactive": ok()})
    connector.write(operation("user", Action.DEACTIVATE, target_id="60", payload={}))
    assert len(writes(w)) == sent
