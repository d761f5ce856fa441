"""Zoho Projects JSON to canonical rows; pure."""

from collections.abc import Mapping, Sequence
from typing import Any

from tallystick.model.connection import Portal

from tallystick_zoho_projects.values import (
    BILLABLE,
    CHANGED,
    USER_IDS,
    Raw,
    Zone,
    changed_at,
    clock_minutes,
    decimal_hours,
    first,
    flag,
    folded,
    ident,
    inner,
    lower,
    minor,
    own_id,
    rate,
    text,
    word,
    zone_named,
)

_PRIMARY = ("is_primary", "is_primary_client", "is_primary_customer", "primary")
_ADDRESS = ("address", "street", "city", "state", "zip", "zip_code", "zipcode", "country", "fax")
_RATES = ("rate", "rate_per_hour", "bill_rate", "billing_rate")
_BILLING = {
    "fixed cost": "fixed_cost",
    "fixed cost for project": "fixed_cost",
    "project hours": "project_hours",
    "based on project hours": "project_hours",
    "staff hours": "staff_hours",
    "based on staff hours": "staff_hours",
    "task hours": "task_hours",
    "based on task hours": "task_hours",
}


def portal(raw: Raw, login_id: str | None = None) -> Portal:
    """A portal, owned by this login or not (R-007).

    Which field proves ownership is not documented: the role says "owner", or the owner is who
    logged in. An administrator is no owner.
    """
    settings, owner = inner(raw, "settings"), inner(raw, "owner", "portal_owner")
    role = lower(first(raw, "role", "user_role", "profile")) or ""
    login = ident(raw, "login_id") or login_id
    owners = {ident(raw, "owner_id"), *(ident(owner, n) for n in ("id", "zpuid", "zuid"))} - {None}
    owned = role == "owner" or flag(raw.get("is_owner")) is True or login in owners
    return Portal(
        id=own_id(raw),
        name=text(first(raw, "name", "portal_name")) or "",
        role=role,
        owned=owned,
        zone=zone_of(raw) or "UTC",
        owner_email=text(first(owner, "email") or raw.get("owner_email")) or "",
        currency=text(first(raw, "currency_code") or settings.get("currency_code")) or "",
        plan=(word(raw.get("plan")) or "").lower(),
        email=text(raw.get("email")) or "",
    )


def zone_of(raw: Raw) -> str | None:
    """The IANA name of a portal's zone; None where it names none that is known."""
    settings = inner(raw, "settings")
    names = (raw.get("time_zone"), raw.get("timezone"), settings.get("time_zone"))
    return next((str(n) for n in names if isinstance(n, str) and zone_named(n)), None)


def organization(raw: Raw) -> dict[str, Any]:
    """The portal as the record a connection stands for."""
    found = portal(raw)
    return {
        "external_id": found.id,
        "name": found.name or None,
        "email": found.email or None,
        "zone": zone_of(raw),
        "currency": found.currency or None,
        "plan": found.plan or None,
        "extra": {},
    }


def contact(raw: Raw, zone: Zone) -> dict[str, Any]:
    """A client company."""
    address = {**{n: raw.get(n) for n in _ADDRESS}, **inner(raw, "address", "billing_address")}
    name = text(first(raw, "name", "client_name", "company_name"))
    return {
        "external_id": own_id(raw),
        "name": name,
        "company_name": text(raw.get("company_name")) or name,
        "contact_type": "client",
        "email": text(raw.get("email")),
        "phone": text(raw.get("phone")),
        "currency": text(first(raw, "currency_code", "currency")),
        "website": text(raw.get("website")),
        "address": {k: str(v) for k, v in address.items() if v and not isinstance(v, Mapping)},
        "notes": text(raw.get("description")),
        "modified_at": changed_at(raw, zone, *CHANGED),
        "extra": {},
    }


def contact_person(raw: Raw, client_id: str) -> dict[str, Any]:
    """A person under a client company."""
    names = [str(raw.get(n) or "") for n in ("first_name", "last_name")]
    return {
        "external_id": own_id(raw),
        "contact_id": ident(raw, "client_id") or client_id,
        "name": text(first(raw, "name", "full_name")) or text(" ".join(n for n in names if n)),
        "first_name": text(names[0]),
        "last_name": text(names[1]),
        "email": text(raw.get("email")),
        "phone": text(first(raw, "phone", "mobile")),
        "extra": {},
    }


def user(raw: Raw) -> dict[str, Any]:
    """A user of the portal, under the id that v3 uses; matched to others by e-mail."""
    names = [str(raw.get(n) or "") for n in ("first_name", "last_name")]
    return {
        "external_id": own_id(raw, *USER_IDS),
        "name": text(first(raw, "full_name", "name", "display_name"))
        or text(" ".join(n for n in names if n)),
        "email": text(raw.get("email")),
        "role": word(first(raw, "role", "profile", "profile_name")),
        "status": _user_status(raw),
        "extra": {},
    }


def _user_status(raw: Raw) -> str | None:
    active = flag(first(raw, "is_active") if "is_active" in raw else raw.get("active"))
    if active is None:
        return lower(raw.get("status"))
    if active and flag(raw.get("is_confirmed")) is False:
        return "invited"
    return "active" if active else "inactive"


def user_rate(raw: Raw, project_id: str) -> dict[str, Any]:
    """What a person's hour on a project is charged at; what it costs us is not looked at."""
    user_id = own_id(raw, *USER_IDS)
    return {
        "external_id": f"{project_id}:{user_id}",
        "project_id": project_id,
        "user_id": user_id,
        "rate": rate(first(raw, *_RATES)),
        "currency": text(first(raw, "currency_code", "currency")),
        "extra": {},
    }


def project(raw: Raw, clients: Sequence[Raw] | None, zone: Zone) -> dict[str, Any]:
    """A project with its primary client; `clients` is None when they could not be read.

    The names of the fields for billing are not documented for v3, so all that are in use are
    looked for, on the project and in its objects for budget and billing.
    """
    places = {**inner(raw, "budget_info"), **inner(raw, "billing_info", "billing"), **raw}
    currency = text(first(places, "currency_code", "currency"))
    method = word(first(places, "billing_method", "billing_type", "billingtype"))
    row: dict[str, Any] = {
        "external_id": own_id(raw),
        "name": text(raw.get("name")),
        "description": text(raw.get("description")),
        "status": lower(first(raw, "status", "project_type")),
        "billing_method": _BILLING.get(folded(method), method),
        "rate": rate(first(places, *_RATES, "project_rate", "fixed_cost")),
        "currency": currency,
        "budget_minutes": _budget(first(places, "budget_hours")),
        "budget_minor": minor(first(places, "budget_value", "budget_amount"), currency),
        "owner_id": ident(inner(raw, "owner"), *USER_IDS) or ident(raw, "owner_zpuid", "owner_id"),
        "modified_at": changed_at(raw, zone, *CHANGED, "updated_date_long"),
        "extra": {},
    }
    primary = primary_client(clients)
    return row if primary is _UNKNOWN else {**row, "client_id": primary}


_UNKNOWN = object()


def primary_client(clients: Sequence[Raw] | None) -> Any:
    """The id of the client that pays: the one marked, or the only one (R-046, R-047).

    None when there is none; `_UNKNOWN` when several could be meant, which is never guessed.
    """
    if clients is None:
        return _UNKNOWN
    marked = [c for c in clients if flag(first(c, *_PRIMARY)) is True]
    if len(marked) == 1:
        return own_id(marked[0])
    said = [c for c in clients if any(n in c for n in _PRIMARY)]
    if not clients or (not marked and len(said) == len(clients)):
        return None
    return own_id(clients[0]) if len(clients) == 1 else _UNKNOWN


def _budget(value: Any) -> int | None:
    if value in (None, "", "0", 0):
        return None
    found = clock_minutes(value)
    return decimal_hours(value) if found is None else found


def task_list(raw: Raw, project_id: str) -> dict[str, Any]:
    """A task list."""
    return {
        "external_id": own_id(raw),
        "project_id": ident(raw.get("project")) or project_id,
        "name": text(raw.get("name")),
        "extra": {},
    }


def task(raw: Raw, project_id: str, zone: Zone) -> dict[str, Any]:
    """A task."""
    billing = word(first(raw, "billing_type", "billingtype"))
    return {
        "external_id": own_id(raw),
        "project_id": ident(raw.get("project")) or ident(raw, "project_id") or project_id,
        "task_list_id": ident(inner(raw, "tasklist", "task_list")) or ident(raw, "tasklist_id"),
        "name": text(raw.get("name")),
        "description": text(raw.get("description")),
        "completed": _closed(raw),
        "status": lower(raw.get("status")),
        "billable": BILLABLE.get(folded(billing)),
        "rate": rate(first(raw, *_RATES)),
        "modified_at": changed_at(raw, zone, *CHANGED),
        "extra": {},
    }


def bug(raw: Raw, project_id: str, zone: Zone) -> dict[str, Any]:
    """An issue, called bug here."""
    return {
        "external_id": own_id(raw),
        "project_id": ident(raw.get("project")) or ident(raw, "project_id") or project_id,
        "key": text(first(raw, "key", "prefix")),
        "name": text(first(raw, "name", "title")),
        "completed": _closed(raw),
        "status": lower(raw.get("status")),
        "rate": rate(first(raw, *_RATES)),
        "modified_at": changed_at(raw, zone, *CHANGED),
        "extra": {},
    }


def _closed(raw: Raw) -> bool | None:
    """Whether work has ended; the names of states are the portal's own and say nothing."""
    status = inner(raw, "status")
    said = [
        flag(first(raw, "is_completed", "completed", "closed")),
        flag(raw.get("is_closed_type")),
        flag(status.get("is_closed_type")),
    ]
    kind = folded(text(status.get("type")))
    if kind in {"open", "closed"}:
        said.append(kind == "closed")
    known = [s for s in said if s is not None]
    return any(known) if known else None
