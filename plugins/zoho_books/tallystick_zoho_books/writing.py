"""Canonical payloads to Zoho Books JSON; pure.

A change is sent with all that the service requires: what the payload leaves out goes along as it
stands there (`now`), and lists are sent whole, because a list in a change replaces the other.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from tallystick.errors import Rejected
from tallystick.model.fold import fold_marker
from tallystick.model.operation import Action, Operation

from tallystick_zoho_books.mapping import BILLING_TYPES
from tallystick_zoho_books.values import Raw, duration

NOTES_MAX = 500
NAME_MAX = 100
ADDRESS = ("attention", "address", "street2", "city", "state", "zip", "country", "phone", "fax")
"""Parts of an address that are sent."""
_RATED = frozenset({"fixed_cost_for_project", "based_on_project_hours"})
"""Billing types whose rate stands at the project; others have it at tasks or people."""


def marked(words: Any, marker: str, limit: int = NOTES_MAX) -> str:
    """Text with a marker at its end, within the limit; "" as marker adds none."""
    if not marker:
        return str(words or "")[:limit]
    sign = f"[ts:{marker}]"
    kept = str(words or "")[: limit - len(sign) - 1].rstrip()
    return f"{kept} {sign}".strip()


def _words(operation: Operation, name: str, now: Raw) -> str:
    """Text of a marked field. A change keeps the marker that stands there, or its absence."""
    payload = operation.payload
    if operation.action is Action.CREATE:
        return marked(payload.get(name), operation.marker)
    standing = str(now.get(name) or "")
    if name not in payload:
        return standing
    return marked(payload[name], fold_marker(standing))


def _decimal(value: Any) -> Decimal:
    return Decimal(str(value))


def contact(operation: Operation, now: Raw, currency_id: str | None) -> dict[str, Any]:
    """A customer; its address becomes that of its primary person."""
    payload = operation.payload
    body: dict[str, Any] = {"contact_name": payload.get("name") or now.get("contact_name")}
    if payload.get("name"):
        body["company_name"] = payload.get("company_name") or payload["name"]
    if payload.get("contact_type"):
        body["contact_type"] = payload["contact_type"]
    if "website" in payload:
        body["website"] = payload["website"] or ""
    if currency_id:
        body["currency_id"] = currency_id
    if "email" in payload or "phone" in payload:
        body["contact_persons"] = _persons(payload, now)
    if payload.get("address"):
        known = {k: payload["address"][k] for k in ADDRESS if payload["address"].get(k)}
        body["billing_address"] = {**_standing_address(now), **known}
    if operation.action is Action.CREATE:
        body["notes"] = _words(operation, "notes", now)
    return body


def _persons(payload: Mapping[str, Any], now: Raw) -> list[dict[str, Any]]:
    """All persons of the contact, the primary one with the new address."""
    given = {n: payload[n] or "" for n in ("email", "phone") if n in payload}
    sent = now.get("contact_persons")
    people = [dict(p) for p in (sent if isinstance(sent, list) else ()) if isinstance(p, Mapping)]
    primary = next((p for p in people if p.get("is_primary_contact")), None)
    if primary is None:
        return [*people, {**given, "is_primary_contact": True}]
    primary.update(given)
    return people


def _standing_address(now: Raw) -> dict[str, Any]:
    standing = now.get("billing_address")
    found = standing if isinstance(standing, Mapping) else {}
    return {k: found[k] for k in ADDRESS if found.get(k)}


def is_rated(payload: Mapping[str, Any]) -> bool:
    """Return True when a new project's rate is sent."""
    method = payload.get("billing_method") or "project_hours"
    return BILLING_TYPES.get(str(method)) in _RATED


def project(operation: Operation, now: Raw, staff_id: str) -> dict[str, Any]:
    """A project. Raises Rejected for a billing method the service does not have."""
    payload = operation.payload
    method = payload.get("billing_method")
    if method is not None and method not in BILLING_TYPES:
        raise Rejected(f"Zoho Books knows no billing method {method}.", code="PRJ-05")
    standing = now.get("billing_type") or BILLING_TYPES["project_hours"]
    billing = BILLING_TYPES[str(method)] if method else standing
    body: dict[str, Any] = {
        "project_name": str(payload.get("name") or now.get("project_name") or "")[:NAME_MAX],
        "customer_id": payload.get("client_id") or now.get("customer_id"),
        "billing_type": billing,
        "user_id": staff_id,
    }
    if payload.get("rate") is not None and billing in _RATED:
        body["rate"] = _decimal(payload["rate"])
    if operation.action is Action.CREATE or "description" in payload:
        body["description"] = _words(operation, "description", now)
    return body


def task(operation: Operation, now: Raw) -> dict[str, Any]:
    """A task."""
    payload = operation.payload
    body: dict[str, Any] = {
        "task_name": str(payload.get("name") or now.get("task_name") or "")[:NAME_MAX]
    }
    if payload.get("rate") is not None:
        body["rate"] = _decimal(payload["rate"])
    if operation.action is Action.CREATE or "description" in payload:
        body["description"] = _words(operation, "description", now)
    return body


def user(operation: Operation, role_id: str) -> dict[str, Any]:
    """A user. Raises Rejected for one without an address: it is what users are known by."""
    payload = operation.payload
    if not payload.get("email") or not payload.get("name"):
        raise Rejected("A user needs a name and an e-mail address.", code="USR-01")
    body = {"name": payload["name"], "email": payload["email"]}
    return {**body, "role_id": role_id} if role_id else body


def time_entry(operation: Operation, now: Raw) -> dict[str, Any]:
    """A time entry."""
    payload = operation.payload
    body: dict[str, Any] = {
        name: payload.get(name) or now.get(name) for name in ("project_id", "task_id", "user_id")
    }
    body["log_date"] = str(payload.get("work_date") or now.get("log_date") or "")
    if payload.get("minutes") is not None:
        body["log_time"] = duration(int(payload["minutes"]))
    elif now.get("log_time"):
        body["log_time"] = now["log_time"]
    billable = payload.get("billable", now.get("is_billable"))
    if billable is not None:
        body["is_billable"] = billable
    body["notes"] = _words(operation, "notes", now)
    return body


def invoice(operation: Operation, unique_field: str) -> dict[str, Any]:
    """A draft invoice with our reference, also in the field that refuses a second use."""
    payload = operation.payload
    body: dict[str, Any] = {
        "customer_id": payload["customer_id"],
        "reference_number": operation.reference,
        "date": str(payload["date"]),
        "line_items": [_line(line) for line in payload["lines"]],
    }
    if unique_field:
        named = "customfield_id" if unique_field.isdigit() else "api_name"
        body["custom_fields"] = [{named: unique_field, "value": operation.reference}]
    return body


def _line(line: Mapping[str, Any]) -> dict[str, Any]:
    body: dict[str, Any] = {
        "name": str(line["name"])[:NAME_MAX],
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
