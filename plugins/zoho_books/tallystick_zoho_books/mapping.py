"""Zoho Books JSON to canonical rows; pure."""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from tallystick.model.money import Money
from tallystick.toolbox import exact

Raw = Mapping[str, Any]
_BILLING = {
    "fixed_cost_for_project": "fixed_cost",
    "based_on_project_hours": "project_hours",
    "based_on_staff_hours": "staff_hours",
    "based_on_task_hours": "task_hours",
}
BILLING_TYPES = {v: k for k, v in _BILLING.items()}
_DURATION = re.compile(r"^(\d+):([0-5]\d)$")


def text(value: Any) -> str | None:
    """Text, with Books' empty text as nothing."""
    return None if value in (None, "") else str(value)


def instant(value: Any) -> datetime | None:
    """A timestamp whose offset has no colon, in UTC."""
    if not value:
        return None
    return datetime.strptime(str(value), "%Y-%m-%dT%H:%M:%S%z").astimezone(UTC)


def day(value: Any) -> date | None:
    """A calendar date, never converted (R-113)."""
    return date.fromisoformat(str(value)) if value else None


def minutes(value: Any) -> int | None:
    """HH:mm as whole minutes. Raises ValueError for anything else."""
    if value in (None, ""):
        return None
    match = _DURATION.match(str(value))
    if match is None:
        msg = f"{value!r} is no duration"
        raise ValueError(msg)
    return int(match.group(1)) * 60 + int(match.group(2))


def minor(value: Any, currency: str | None) -> int | None:
    """An amount in minor units."""
    if value in (None, "") or currency is None:
        return None
    return Money.of(exact(value), currency).minor


def decimal_text(value: Any) -> str | None:
    """An exact decimal as text."""
    return None if value in (None, "") else format(exact(value).normalize(), "f")


def rate(value: Any) -> str | None:
    """A rate; Books shows 0 where none was set."""
    found = decimal_text(value)
    return None if found is None or Decimal(found) == 0 else found


def organization(raw: Raw) -> dict[str, Any]:
    """An organization."""
    return {
        "external_id": str(raw["organization_id"]),
        "name": text(raw.get("name")),
        "email": text(raw.get("email")),
        "zone": text(raw.get("time_zone")),
        "currency": text(raw.get("currency_code")),
        "plan": text(raw.get("plan_name")),
        "lock_date": None,
        "extra": {},
    }


def contact(raw: Raw) -> dict[str, Any]:
    """A customer or vendor."""
    address = raw.get("billing_address")
    return {
        "external_id": str(raw["contact_id"]),
        "name": text(raw.get("contact_name")),
        "company_name": text(raw.get("company_name")),
        "contact_type": text(raw.get("contact_type")),
        "email": text(raw.get("email")),
        "phone": text(raw.get("phone")),
        "currency": text(raw.get("currency_code")),
        "status": text(raw.get("status")),
        "website": text(raw.get("website")),
        "address": {k: v for k, v in address.items() if v} if isinstance(address, dict) else {},
        "notes": text(raw.get("notes")),
        "modified_at": instant(raw.get("last_modified_time")),
        "extra": {},
    }


def contact_person(raw: Raw, contact_id: str) -> dict[str, Any]:
    """A person under a contact."""
    names = [str(raw.get(n) or "") for n in ("first_name", "last_name")]
    return {
        "external_id": str(raw["contact_person_id"]),
        "contact_id": contact_id,
        "name": text(" ".join(n for n in names if n)),
        "first_name": text(names[0]),
        "last_name": text(names[1]),
        "email": text(raw.get("email")),
        "phone": text(raw.get("phone")),
        "primary": raw.get("is_primary_contact"),
        "extra": {},
    }


def user(raw: Raw) -> dict[str, Any]:
    """A user; a single record has the address in email_ids."""
    addresses = raw.get("email_ids") or []
    selected = next((a.get("email") for a in addresses if a.get("is_selected")), None)
    return {
        "external_id": str(raw["user_id"]),
        "name": text(raw.get("name")),
        "email": text(raw.get("email") or selected),
        "role": text(raw.get("user_role")),
        "status": text(raw.get("status")),
        "extra": {},
    }


def project(raw: Raw) -> dict[str, Any]:
    """A project; its customer is the client."""
    currency = text(raw.get("currency_code"))
    billing = text(raw.get("billing_type"))
    return {
        "external_id": str(raw["project_id"]),
        "name": text(raw.get("project_name")),
        "description": text(raw.get("description")),
        "client_id": text(raw.get("customer_id")),
        "status": text(raw.get("status")),
        "billing_method": _BILLING.get(str(billing), billing),
        "rate": rate(raw.get("rate")),
        "currency": currency,
        "extra": {},
    }


def task(raw: Raw, project_id: str) -> dict[str, Any]:
    """A task."""
    return {
        "external_id": str(raw["task_id"]),
        "project_id": str(raw.get("project_id") or project_id),
        "name": text(raw.get("task_name")),
        "description": text(raw.get("description")),
        "status": text(raw.get("status")),
        "billable": raw.get("is_billable"),
        "rate": rate(raw.get("rate")),
        "extra": {},
    }


def time_entry(raw: Raw) -> dict[str, Any]:
    """A time entry; Books knows neither kinds nor approval."""
    return {
        "external_id": str(raw["time_entry_id"]),
        "project_id": text(raw.get("project_id")),
        "kind": "task",
        "task_id": text(raw.get("task_id")),
        "user_id": text(raw.get("user_id")),
        "work_date": day(raw.get("log_date")),
        "minutes": minutes(raw.get("log_time")),
        "billable": raw.get("is_billable"),
        "notes": text(raw.get("notes")),
        "billed_status": text(raw.get("billed_status")),
        "invoice_id": text(raw.get("invoice_id")),
        "extra": {},
    }


def transaction(raw: Raw) -> dict[str, Any]:
    """An invoice's head."""
    currency = text(raw.get("currency_code"))
    return {
        "external_id": str(raw["invoice_id"]),
        "kind": "invoice",
        "number": text(raw.get("invoice_number")),
        "reference": text(raw.get("reference_number")),
        "customer_id": text(raw.get("customer_id")),
        "status": text(raw.get("status")),
        "date": day(raw.get("date")),
        "due_date": day(raw.get("due_date")),
        "currency": currency,
        "total_minor": minor(raw.get("total"), currency),
        "balance_minor": minor(raw.get("balance"), currency),
        "lines_known": "line_items" in raw,
        "modified_at": instant(raw.get("last_modified_time")),
        "extra": {},
    }


def transaction_line(raw: Raw, invoice: Raw) -> dict[str, Any]:
    """One line of an invoice."""
    currency = text(invoice.get("currency_code"))
    return {
        "external_id": str(raw["line_item_id"]),
        "transaction_id": str(invoice["invoice_id"]),
        "project_id": text(raw.get("project_id")),
        "name": text(raw.get("name")),
        "description": text(raw.get("description")),
        "quantity": decimal_text(raw.get("quantity")),
        "rate": decimal_text(raw.get("rate")),
        "amount_minor": minor(raw.get("item_total"), currency),
        "currency": currency,
        "tax_id": text(raw.get("tax_id")),
        "time_entry_ids": [str(i) for i in raw.get("time_entry_ids") or ()],
        "expense_id": text(raw.get("expense_id")),
        "extra": {},
    }


def expense(raw: Raw) -> dict[str, Any]:
    """An expense; one that another system made through us names it in its reference."""
    currency = text(raw.get("currency_code"))
    reference = text(raw.get("reference_number"))
    return {
        "external_id": str(raw["expense_id"]),
        "date": day(raw.get("date")),
        "description": text(raw.get("description")),
        "amount_minor": minor(raw.get("total"), currency),
        "currency": currency,
        "project_id": text(raw.get("project_id")),
        "customer_id": text(raw.get("customer_id")),
        "billable": raw.get("is_billable"),
        "status": text(raw.get("status")),
        "invoice_id": text(raw.get("invoice_id")),
        "origin": "projects" if (reference or "").startswith("PRJ-") else "books",
        "reference": reference,
        "modified_at": instant(raw.get("last_modified_time")),
        "extra": {},
    }


def currency(raw: Raw) -> dict[str, Any]:
    """A currency."""
    return {
        "external_id": str(raw["currency_id"]),
        "code": text(raw.get("currency_code")),
        "name": text(raw.get("currency_name")),
        "base": raw.get("is_base_currency"),
        "precision": raw.get("price_precision"),
        "extra": {},
    }


def tax(raw: Raw) -> dict[str, Any]:
    """A tax."""
    return {
        "external_id": str(raw["tax_id"]),
        "name": text(raw.get("tax_name")),
        "percentage": decimal_text(raw.get("tax_percentage")),
        "compound": raw.get("tax_type") == "compound_tax",
        "extra": {},
    }
