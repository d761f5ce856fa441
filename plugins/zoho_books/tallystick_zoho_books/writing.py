"""Canonical payloads to Zoho Books JSON; pure."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from tallystick.model.operation import Operation

from tallystick_zoho_books.mapping import BILLING_TYPES

NOTES_MAX = 500
NAME_MAX = 100


def marked(words: Any, operation: Operation, limit: int = NOTES_MAX) -> str:
    """Text with our marker at its end, within the limit."""
    marker = f"[ts:{operation.marker}]"
    kept = str(words or "")[: limit - len(marker) - 1].rstrip()
    return f"{kept} {marker}".strip()


def _decimal(value: Any) -> Decimal:
    return Decimal(str(value))


def contact(operation: Operation) -> dict[str, Any]:
    """A customer; its address becomes that of its primary person."""
    payload = operation.payload
    body: dict[str, Any] = {}
    if "name" in payload:
        body["contact_name"] = payload["name"]
        body["company_name"] = payload.get("company_name") or payload["name"]
    for source, target in (
        ("phone", "phone"),
        ("website", "website"),
        ("email", "email"),
        ("contact_type", "contact_type"),
        ("currency", "currency_code"),
    ):
        if payload.get(source):
            body[target] = payload[source]
    if payload.get("email"):
        person = {"email": payload["email"], "is_primary_contact": True}
        body["contact_persons"] = [person]
    if payload.get("address"):
        body["billing_address"] = dict(payload["address"])
    if operation.action == "create":
        body["notes"] = marked(payload.get("notes"), operation)
    return body


def project(operation: Operation) -> dict[str, Any]:
    """A project."""
    payload = operation.payload
    body: dict[str, Any] = {}
    if "name" in payload:
        body["project_name"] = str(payload["name"])[:NAME_MAX]
    if payload.get("client_id"):
        body["customer_id"] = payload["client_id"]
    if operation.action == "create" or "billing_method" in payload:
        method = str(payload.get("billing_method") or "project_hours")
        body["billing_type"] = BILLING_TYPES.get(method, "based_on_project_hours")
    if payload.get("rate") is not None:
        body["rate"] = _decimal(payload["rate"])
    if operation.action == "create":
        body["description"] = marked(payload.get("description"), operation)
    return body


def task(operation: Operation) -> dict[str, Any]:
    """A task."""
    payload = operation.payload
    body: dict[str, Any] = {}
    if "name" in payload:
        body["task_name"] = str(payload["name"])[:NAME_MAX]
    if payload.get("rate") is not None:
        body["rate"] = _decimal(payload["rate"])
    if operation.action == "create":
        body["description"] = marked(payload.get("description"), operation)
    return body


def user(operation: Operation) -> dict[str, Any]:
    """A user."""
    payload = operation.payload
    return {
        "name": payload["name"],
        "email": payload["email"],
        "user_role": payload.get("role") or "timesheetstaff",
    }


def time_entry(operation: Operation) -> dict[str, Any]:
    """A time entry; all that an update leaves out is sent by the caller as it stands."""
    payload = operation.payload
    body: dict[str, Any] = {
        name: payload[name] for name in ("project_id", "task_id", "user_id") if name in payload
    }
    if "work_date" in payload:
        body["log_date"] = str(payload["work_date"])
    if "minutes" in payload:
        body["log_time"] = f"{payload['minutes'] // 60:02d}:{payload['minutes'] % 60:02d}"
    if "billable" in payload:
        body["is_billable"] = payload["billable"]
    if "notes" in payload or operation.action == "create":
        body["notes"] = marked(payload.get("notes"), operation)
    return body


def invoice(operation: Operation, unique_field: str) -> dict[str, Any]:
    """A draft invoice with our reference."""
    payload = operation.payload
    body: dict[str, Any] = {
        "customer_id": payload["customer_id"],
        "reference_number": operation.reference,
        "date": str(payload["date"]),
        "line_items": [_line(line) for line in payload["lines"]],
    }
    if unique_field:
        body["custom_fields"] = [{"api_name": unique_field, "value": operation.reference}]
    return body


def _line(line: Mapping[str, Any]) -> dict[str, Any]:
    body: dict[str, Any] = {
        "name": line["name"],
        "description": line["description"],
        "quantity": _decimal(line["quantity"]),
        "rate": _decimal(line["rate"]),
    }
    if line.get("project_id"):
        body["project_id"] = line["project_id"]
    if line.get("time_entry_ids"):
        body["time_entry_ids"] = list(line["time_entry_ids"])
    if line.get("expense_id"):
        body["expense_id"] = line["expense_id"]
    if line.get("tax_id"):
        body["tax_id"] = line["tax_id"]
    return body
