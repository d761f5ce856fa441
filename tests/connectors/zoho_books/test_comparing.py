"""What carries our mark is ours by it; whether it says the same as was sent is told apart."""

from typing import Any

import pytest
from connectors.zoho_books.answers import (
    ENTRIES,
    MARK,
    REFERENCE,
    TASKS,
    connect,
    listing,
    ok,
    operation,
)
from tallystick.errors import Retry

CONTACT: dict[str, Any] = {
    "contact_id": "50",
    "contact_name": "ACME  Ltd",
    "contact_type": "customer",
    "currency_code": "EUR",
    "billing_address": {"city": "berlin", "country": "Germany", "zip": ""},
    "contact_persons": [
        {"is_primary_contact": True, "email": "Pay@Acme.example", "phone": "+49 (30) 1"}
    ],
    "notes": MARK,
}
PROJECT: dict[str, Any] = {
    "project_id": "70",
    "project_name": "Atlas rollout",
    "customer_id": "50",
    "billing_type": "based_on_project_hours",
    "rate": 85.5,
    "description": f"All  of it {MARK}",
}
TASK: dict[str, Any] = {
    "task_id": "80",
    "project_id": "70",
    "task_name": "data import",
    "rate": 90,
    "description": MARK,
}
ENTRY: dict[str, Any] = {
    "time_entry_id": "44",
    "project_id": "70",
    "task_id": "80",
    "user_id": "60",
    "log_date": "2026-07-02",
    "log_time": "01:35",
    "is_billable": True,
    "notes": f"Import {MARK}",
}
LINE: dict[str, Any] = {
    "line_item_id": "1",
    "time_entry_ids": ["460000000000000045", "460000000000000044"],
}
INVOICE: dict[str, Any] = {
    "invoice_id": "90",
    "reference_number": REFERENCE,
    "customer_id": "50",
    "date": "2026-07-31",
    "currency_code": "EUR",
    "total": 135.38,
    "line_items": [LINE],
}
USER: dict[str, Any] = {"user_id": "60", "name": "M. L.", "email": "mara@studio.example"}
RECORDS = {
    "contact": CONTACT,
    "project": PROJECT,
    "task": TASK,
    "time_entry": ENTRY,
    "transaction": INVOICE,
    "user": USER,
}
LISTS = {
    "contact": ("/contacts", "contacts"),
    "project": ("/projects", "projects"),
    "task": (TASKS, "task"),
    "time_entry": (ENTRIES, "time_entries"),
    "transaction": ("/invoices", "invoices"),
    "user": ("/users", "users"),
}


def differs(type: str, **changes: Any) -> str:
    """What the one record that was found says otherwise."""
    path, key = LISTS[type]
    raw = {**RECORDS[type], **changes}
    connector, _ = connect(
        {f"GET {path}": listing(key, [raw]), "GET /invoices/90": ok(invoice=raw)}
    )
    (found,) = connector.find(operation(type)).matches
    return found.differs


@pytest.mark.parametrize("type", list(RECORDS))
def test_a_record_that_says_what_was_sent_is_the_same_however_it_is_spelled(type: str) -> None:
    assert differs(type) == ""


@pytest.mark.parametrize(
    ("type", "name", "there"),
    [
        ("contact", "currency", {"currency_code": "USD"}),
        ("contact", "contact_type", {"contact_type": "vendor"}),
        ("contact", "address", {"billing_address": {"city": "Bern", "country": "Germany"}}),
        ("contact", "email", {"email": "else@acme.example"}),
        ("contact", "phone", {"phone": "+49 30 2"}),
        ("project", "name", {"project_name": "Atlas two"}),
        ("project", "client_id", {"customer_id": "51"}),
        ("project", "rate", {"rate": 85}),
        ("project", "billing_method", {"billing_type": "fixed_cost_for_project"}),
        ("project", "description", {"description": f"Part of it {MARK}"}),
        ("task", "name", {"task_name": "Data export"}),
        ("task", "rate", {"rate": 0}),
        ("time_entry", "minutes", {"log_time": "09:00"}),
        ("time_entry", "task_id", {"task_id": "81"}),
        ("time_entry", "billable", {"is_billable": False}),
        ("time_entry", "notes", {"notes": f"Export {MARK}"}),
        ("transaction", "customer_id", {"customer_id": "51"}),
        ("transaction", "date", {"date": "2026-08-01"}),
        ("transaction", "total_minor", {"total": 135.39}),
        ("transaction", "currency", {"currency_code": "USD"}),
        ("transaction", "lines", {"line_items": [{**LINE, "time_entry_ids": ["44"]}]}),
        ("transaction", "lines", {"line_items": [LINE, {"expense_id": "7"}]}),
    ],
)
def test_a_record_of_our_mark_that_says_something_else_names_it(
    type: str, name: str, there: dict[str, Any]
) -> None:
    assert differs(type, **there) == name


def test_a_record_with_a_field_that_cannot_be_read_is_not_called_the_same() -> None:
    assert differs("project", rate="much") == "a field that cannot be read"


def test_what_the_service_does_not_tell_of_a_record_is_not_compared() -> None:
    bare = {"task_id": "80", "project_id": "70", "description": MARK}
    connector, _ = connect({f"GET {TASKS}": listing("task", [bare])})
    assert connector.find(operation("task")).matches[0].differs == ""


def test_an_invoice_whose_lines_cannot_be_read_breaks_the_look_up_off() -> None:
    connector, _ = connect(
        {"GET /invoices": listing("invoices", [INVOICE]), "GET /invoices/90": (500, b"")}
    )
    with pytest.raises(Retry):
        connector.find(operation("transaction"))
