"""Answers of Zoho Projects v3 written by hand, and a connector that gets them."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from tallystick.model.connection import Credential
from tallystick.model.record import Cursor, Page
from tallystick.toolbox import Session
from tallystick_zoho_projects.connector import ZohoProjects
from toolbox.fakes import OAUTH, Sent, World, world

PORTAL = "58572595"
BASE = f"/api/v3/portal/{PORTAL}"
LOCKED = {
    "error": {
        "status_code": "400",
        "title": "URL_ROLLING_THROTTLES_LIMIT_EXCEEDED",
        "error_type": "OPERATIONAL_VALIDATION_ERROR",
        "details": {
            "message": "Cannot execute more than 100 requests per API in 2 minutes. "
            "Try again after 22 minutes."
        },
    }
}
NOT_FOUND = (404, {"error": {"code": 6404, "message": "No such record"}})
EMPTY = (204, b"")
PORTALS = [
    {
        "id": PORTAL,
        "name": "zylker",
        "role": "owner",
        "plan": "Enterprise",
        "settings": {"time_zone": "Asia/Kolkata", "company_name": "Zylker"},
    },
    {"id": "58572596", "name": "other", "role": "admin", "owner": {"email": "boss@other.example"}},
]
PROJECT: dict[str, Any] = {
    "id": "4000000004947",
    "name": "Atlas rollout",
    "description": "",
    "status": {"id": "1", "name": "Active", "is_closed_type": False},
    "project_type": "active",
    "owner": {"zpuid": "9001", "zuid": "639283127", "email": "mara@studio.example"},
    "billing_method": "Based on Project Hours",
    "rate": 85.5,
    "currency_code": "EUR",
    "modified_time": "2026-07-01T10:00:00+0530",
}
CLIENT: dict[str, Any] = {
    "id": "7100000000001",
    "name": "Acme Ltd",
    "email": "pay@acme.example",
    "phone": "+49 30 1",
    "website": "acme.example",
    "currency_code": "EUR",
    "city": "Berlin",
    "country": "Germany",
    "last_modified_time": "2026-07-01T04:30:00.000Z",
}
LOG: dict[str, Any] = {
    "id": "1900000000000000123",
    "date": "2026-07-02",
    "log_hour": "01:30",
    "notes": "Import",
    "billing_status": "Billable",
    "project": {"id": "4000000004947", "name": "Atlas rollout"},
    "module_detail": {"type": "task", "id": "5100", "name": "Data import"},
    "owner": {"zpuid": "9001", "zuid": "639283127", "email": "mara@studio.example"},
    "approval": {"status": "Approved"},
    "created_time": "2026-07-02T09:00:00Z",
    "last_modified_time": "2026-07-02T09:30:00Z",
}

Answer = tuple[int, Any]
Route = Answer | Callable[[Mapping[str, str]], Answer]


def days(*logs: Mapping[str, Any], key: str = "time_logs", **more: Any) -> Answer:
    """A list of time logs as it comes: by day."""
    return 200, {key: [{"date": log.get("date"), "log_details": [log]} for log in logs], **more}


def kind_of(query: Mapping[str, str]) -> str:
    """The kind of log a list was asked for."""
    return str(json.loads(query["module"])["type"])


def connect(
    routes: Mapping[str, Route], credential: Credential = OAUTH, **settings: Any
) -> tuple[ZohoProjects, World]:
    """A connector whose service answers by path; a path without an answer fails the test."""

    def answer(sent: Sent) -> Answer:
        route = routes[sent.path.removeprefix(BASE)]
        return route(sent.query) if callable(route) else route

    w = world(default=answer)
    session = Session(credential, w.ports, connection_id="projects")
    return ZohoProjects(session, {"portal_id": PORTAL, **settings}), w


def pages(connector: ZohoProjects, type: str, parent: str | None = None) -> list[Page]:
    """Every page of a list."""
    found: list[Page] = []
    cursor: Cursor | None = Cursor("", parent)
    while cursor is not None and len(found) < 50:
        found.append(connector.read(type, cursor))
        cursor = found[-1].next
    assert cursor is None
    return found


def ids(found: list[Page]) -> list[str]:
    """Ids of the rows of these pages."""
    return [row["external_id"] for page in found for row in page.rows]
