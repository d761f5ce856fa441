"""Zoho Books JSON to canonical rows; pure. A field that was not sent gives no column."""

from collections.abc import Mapping
from typing import Any

from tallystick_zoho_books.values import (
    Fields,
    Raw,
    custom,
    day,
    decimal_text,
    flag,
    ident,
    instant,
    minor,
    minutes,
    rate,
    taken,
    text,
)

_BILLING = {
    "fixed_cost_for_project": "fixed_cost",
    "based_on_project_hours": "project_hours",
    "based_on_staff_hours": "staff_hours",
    "based_on_task_hours": "task_hours",
}
BILLING_TYPES = {v: k for k, v in _BILLING.items()}
_ZONES = {"PST": "America/Los_Angeles"}
"""Names that the service gives to zones and that are no names of the zone database."""
FROM_PROJECTS = "PRJ-"
"""How the reference of an expense starts that came from Projects."""


def _address(value: Any) -> dict[str, str]:
    given = value if isinstance(value, Mapping) else {}
    return {str(k): str(v) for k, v in given.items() if v not in (None, "")}


def _ids(value: Any) -> list[str]:
    """Ids as text. Raises TypeError when it is no list."""
    if value in (None, ""):
        return []
    if not isinstance(value, list):
        msg = "no list of ids"
        raise TypeError(msg)
    return [str(i) for i in value]


_ORGANIZATION: Fields = {
    "name": ("name", text),
    "email": ("email", text),
    "zone": ("time_zone", lambda v: _ZONES.get(str(v), text(v))),
    "currency": ("currency_code", text),
    "plan": ("plan_name", text),
}
_CONTACT: Fields = {
    "name": ("contact_name", text),
    "company_name": ("company_name", text),
    "contact_type": ("contact_type", text),
    "email": ("email", text),
    "phone": ("phone", text),
    "currency": ("currency_code", text),
    "status": ("status", text),
    "website": ("website", text),
    "address": ("billing_address", _address),
    "notes": ("notes", text),
    "modified_at": ("last_modified_time", instant),
}
_PERSON: Fields = {
    "first_name": ("first_name", text),
    "last_name": ("last_name", text),
    "email": ("email", text),
    "phone": ("phone", text),
    "primary": ("is_primary_contact", flag),
}
_USER: Fields = {
    "name": ("name", text),
    "email": ("email", text),
    "role": ("user_role", text),
    "status": ("status", text),
}
_PROJECT: Fields = {
    "name": ("project_name", text),
    "description": ("description", text),
    "client_id": ("customer_id", text),
    "status": ("status", text),
    "billing_method": ("billing_type", lambda v: _BILLING.get(str(v), text(v))),
    "rate": ("rate", rate),
    "currency": ("currency_code", text),
}
_TASK: Fields = {
    "name": ("task_name", text),
    "description": ("description", text),
    "status": ("status", text),
    "billable": ("is_billable", flag),
    "rate": ("rate", rate),
}
_ENTRY: Fields = {
    "project_id": ("project_id", text),
    "task_id": ("task_id", text),
    "user_id": ("user_id", text),
    "work_date": ("log_date", day),
    "minutes": ("log_time", minutes),
    "billable": ("is_billable", flag),
    "notes": ("notes", text),
    "billed_status": ("billed_status", text),
    "invoice_id": ("invoice_id", text),
}
_CURRENCY: Fields = {
    "code": ("currency_code", text),
    "name": ("currency_name", text),
    "base": ("is_base_currency", flag),
    "precision": ("price_precision", lambda v: None if v in (None, "") else int(v)),
}
_TAX: Fields = {
    "name": ("tax_name", text),
    "percentage": ("tax_percentage", decimal_text),
    "compound": ("tax_type", lambda v: v == "compound_tax"),
}


def organization(raw: Raw) -> dict[str, Any]:
    """An organization."""
    return {"external_id": ident(raw, "organization_id"), **taken(raw, _ORGANIZATION), "extra": {}}


def contact(raw: Raw) -> dict[str, Any]:
    """A customer or vendor; a single record names the address of its primary person only there."""
    row = {"external_id": ident(raw, "contact_id"), **taken(raw, _CONTACT)}
    people = raw.get("contact_persons")
    for person in people if isinstance(people, list) else ():
        if isinstance(person, Mapping) and person.get("is_primary_contact"):
            for name in ("email", "phone"):
                row[name] = row.get(name) or text(person.get(name))
    return {**row, "extra": custom(raw)}


def contact_person(raw: Raw, contact_id: str) -> dict[str, Any]:
    """A person under a contact."""
    row = taken(raw, _PERSON)
    names = [row[n] for n in ("first_name", "last_name") if row.get(n)]
    return {
        "external_id": ident(raw, "contact_person_id"),
        "contact_id": contact_id,
        "name": text(" ".join(names)),
        **row,
        "extra": {},
    }


def user(raw: Raw) -> dict[str, Any]:
    """A user; a single record has the address in email_ids."""
    row = {"external_id": ident(raw, "user_id"), **taken(raw, _USER)}
    addresses = raw.get("email_ids")
    for one in addresses if isinstance(addresses, list) else ():
        if isinstance(one, Mapping) and one.get("is_selected") and not row.get("email"):
            row["email"] = text(one.get("email"))
    return {**row, "extra": {}}


def project(raw: Raw) -> dict[str, Any]:
    """A project; its customer is the client."""
    return {"external_id": ident(raw, "project_id"), **taken(raw, _PROJECT), "extra": custom(raw)}


def task(raw: Raw, project_id: str) -> dict[str, Any]:
    """A task; the rows of a list have fewer columns than a single record."""
    return {
        "external_id": ident(raw, "task_id"),
        "project_id": text(raw.get("project_id")) or project_id,
        **taken(raw, _TASK),
        "extra": {},
    }


def time_entry(raw: Raw) -> dict[str, Any]:
    """A time entry; Books knows neither kinds nor approval."""
    return {
        "external_id": ident(raw, "time_entry_id"),
        "kind": "task",
        **taken(raw, _ENTRY),
        "extra": {},
    }


def _transaction_fields(currency: str | None) -> Fields:
    return {
        "number": ("invoice_number", text),
        "reference": ("reference_number", text),
        "customer_id": ("customer_id", text),
        "status": ("status", text),
        "date": ("date", day),
        "due_date": ("due_date", day),
        "currency": ("currency_code", text),
        "total_minor": ("total", minor(currency)),
        "balance_minor": ("balance", minor(currency)),
        "modified_at": ("last_modified_time", instant),
    }


def transaction(raw: Raw) -> dict[str, Any]:
    """An invoice's head."""
    return {
        "external_id": ident(raw, "invoice_id"),
        "kind": "invoice",
        "lines_known": "line_items" in raw,
        **taken(raw, _transaction_fields(text(raw.get("currency_code")))),
        "extra": custom(raw),
    }


def transaction_line(raw: Raw, invoice: Raw) -> dict[str, Any]:
    """One line of an invoice."""
    currency = text(invoice.get("currency_code"))
    fields: Fields = {
        "project_id": ("project_id", text),
        "name": ("name", text),
        "description": ("description", text),
        "quantity": ("quantity", decimal_text),
        "rate": ("rate", decimal_text),
        "amount_minor": ("item_total", minor(currency)),
        "tax_id": ("tax_id", text),
        "time_entry_ids": ("time_entry_ids", _ids),
        "expense_id": ("expense_id", text),
    }
    return {
        "external_id": ident(raw, "line_item_id"),
        "transaction_id": ident(invoice, "invoice_id"),
        "currency": currency,
        **taken(raw, fields),
        "extra": {},
    }


def expense(raw: Raw) -> dict[str, Any]:
    """An expense; one that another system made through us names it in its reference."""
    fields: Fields = {
        "date": ("date", day),
        "description": ("description", text),
        "amount_minor": ("total", minor(text(raw.get("currency_code")))),
        "currency": ("currency_code", text),
        "project_id": ("project_id", text),
        "customer_id": ("customer_id", text),
        "billable": ("is_billable", flag),
        "status": ("status", text),
        "invoice_id": ("invoice_id", text),
        "reference": ("reference_number", text),
        "modified_at": ("last_modified_time", instant),
    }
    row = taken(raw, fields)
    ours = (row.get("reference") or "").startswith(FROM_PROJECTS)
    return {
        "external_id": ident(raw, "expense_id"),
        "origin": "projects" if ours else "books",
        **row,
        "extra": custom(raw),
    }


def currency(raw: Raw) -> dict[str, Any]:
    """A currency."""
    return {"external_id": ident(raw, "currency_id"), **taken(raw, _CURRENCY), "extra": {}}


def tax(raw: Raw) -> dict[str, Any]:
    """A tax."""
    return {"external_id": ident(raw, "tax_id"), **taken(raw, _TAX), "extra": {}}
