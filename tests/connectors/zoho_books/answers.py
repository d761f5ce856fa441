"""Answers of Zoho Books v3 written by hand, a connector that gets them, and operations."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from tallystick.model.connection import Credential
from tallystick.model.operation import Action, Because, Operation
from tallystick.toolbox import Session
from tallystick_zoho_books.connector import ZohoBooks
from toolbox.fakes import OAUTH, Sent, World, world

BASE = "/books/v3"
ORG = "10229182"
REFERENCE = "TSY-ABCDEFGHIJKLMNOPQRST"
MARK = "[ts:ABCDEFGHIJ]"
ABSENT = (404, {"code": 1002, "message": "Record does not exist."})
TASKS = "/projects/70/tasks"
ENTRIES = "/projects/timeentries"
ME = {"code": 0, "user": {"user_id": "900", "name": "Boss"}}
CURRENCIES = {
    "code": 0,
    "currencies": [
        {"currency_id": "11", "currency_code": "EUR"},
        {"currency_id": "12", "currency_code": "USD"},
    ],
}
PAYLOADS: dict[str, dict[str, Any]] = {
    "contact": {
        "name": "Acme Ltd",
        "email": "pay@acme.example",
        "phone": "+49 30 1",
        "currency": "EUR",
        "contact_type": "customer",
        "address": {"city": "Berlin", "country": "Germany", "galaxy": "Milky Way"},
    },
    "project": {
        "name": "Atlas rollout",
        "client_id": "50",
        "billing_method": "project_hours",
        "rate": "85.50",
        "description": "All of it",
    },
    "task": {"name": "Data import", "project_id": "70", "rate": "90"},
    "user": {"name": "Mara Lind", "email": "mara@studio.example"},
    "time_entry": {
        "project_id": "70",
        "task_id": "80",
        "user_id": "60",
        "work_date": "2026-07-02",
        "minutes": 95,
        "billable": True,
        "notes": "Import",
    },
    "transaction": {
        "kind": "invoice",
        "customer_id": "50",
        "currency": "EUR",
        "date": "2026-07-31",
        "total_minor": 13538,
        "lines": [
            {
                "name": "Atlas rollout",
                "description": "1:35 h at 85.50",
                "quantity": "1",
                "rate": "135.38",
                "project_id": "70",
                "time_entry_ids": ["460000000000000044", "460000000000000045"],
                "expense_id": None,
            }
        ],
    },
}
ECHOES: dict[str, dict[str, Any]] = {
    "contact": {"contact_id": "50", "contact_name": "Acme Ltd", "notes": MARK},
    "project": {"project_id": "70", "project_name": "Atlas rollout", "description": MARK},
    "task": {"task_id": "80", "project_id": "70", "task_name": "Data import", "description": MARK},
    "user": {
        "user_id": "60",
        "name": "Mara Lind",
        "email_ids": [{"email": "mara@studio.example", "is_selected": True}],
    },
    "time_entry": {"time_entry_id": "44", "project_id": "70", "notes": f"Import {MARK}"},
    "transaction": {
        "invoice_id": "90",
        "invoice_number": "INV-000011",
        "reference_number": REFERENCE,
        "status": "draft",
        "currency_code": "EUR",
        "total": 135.38,
    },
}
PATHS = {
    "contact": "/contacts",
    "project": "/projects",
    "task": TASKS,
    "user": "/users",
    "time_entry": ENTRIES,
    "transaction": "/invoices",
}
KEYS = {**{t: t for t in PATHS}, "transaction": "invoice"}
Route = tuple[Any, ...] | Exception | Callable[[Sent], Any]


def ok(**body: Any) -> tuple[int, dict[str, Any]]:
    """A success."""
    return 200, {"code": 0, "message": "success", **body}


def made(type: str, **changes: Any) -> tuple[int, dict[str, Any]]:
    """The answer to a create."""
    return 201, {"code": 0, KEYS[type]: {**ECHOES[type], **changes}}


def listing(key: str, *pages: Sequence[Any]) -> Callable[[Sent], Any]:
    """A list of these pages."""

    def answer(sent: Sent) -> Any:
        number = int(sent.query["page"])
        context = {"page": number, "per_page": 200, "has_more_page": number < len(pages)}
        return ok(**{key: list(pages[number - 1]), "page_context": context})

    return answer


def connect(
    routes: Mapping[str, Route], credential: Credential = OAUTH, **settings: Any
) -> tuple[ZohoBooks, World]:
    """A connector whose service answers by `METHOD path`; any other request fails the test."""
    known: dict[str, Route] = {
        "GET /users/me": (200, ME),
        "GET /settings/currencies": (200, CURRENCIES),
        **routes,
    }

    def answer(sent: Sent) -> Any:
        route = known[f"{sent.method} {sent.path.removeprefix(BASE)}"]
        return route(sent) if callable(route) else route

    w = world(default=answer)
    session = Session(credential, w.ports, connection_id="books")
    return ZohoBooks(session, {"organization_id": ORG, **settings}), w


def operation(type: str, action: Action = Action.CREATE, **more: Any) -> Operation:
    """An operation on a record of this type."""
    given: dict[str, Any] = {"payload": PAYLOADS[type], **more}
    return Operation(
        reference=REFERENCE,
        action=action,
        type=type,
        connection_id="books",
        title="a write",
        because=Because("d", "r", ""),
        **given,
    )


def writes(w: World) -> list[Sent]:
    """Requests to the service that were no reads."""
    return [s for s in w.service.sent if s.method != "GET"]
