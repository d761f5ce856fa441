"""Time logs of Zoho Projects to canonical time entries; pure."""

from typing import Any

from tallystick_zoho_projects.durations import minutes, started_at, work_date
from tallystick_zoho_projects.values import (
    BILLABLE,
    CHANGED,
    USER_IDS,
    Raw,
    Zone,
    changed_at,
    first,
    folded,
    ident,
    inner,
    own_id,
    text,
    told,
)

APPROVAL = {
    "approved": "approved",
    "pending": "pending",
    "unapproved": "pending",
    "rejected": "rejected",
}
KINDS = {"task": "task", "bug": "bug", "issue": "bug", "general": "general"}


def time_entry(raw: Raw, asked_kind: str, zone: Zone) -> dict[str, Any]:
    """A time log of the kind it says itself, else of the kind that was asked for."""
    module = inner(raw, "module_detail", "module")
    kind = _kind(raw, module, asked_kind)
    day = work_date(raw, zone)
    billing = told(raw, "billing_status", "bill_status")
    approval = told(raw, "approval", "approval_status")
    approved = folded(approval)
    row: dict[str, Any] = {
        "external_id": own_id(raw),
        "project_id": ident(raw.get("project")) or ident(raw, "project_id"),
        "kind": kind,
        "task_id": _on(raw, module, "task") if kind == "task" else None,
        "bug_id": _on(raw, module, "bug", "issue") if kind == "bug" else None,
        "label": _label(raw, module) if kind == "general" else None,
        "user_id": ident(raw.get("owner"), *USER_IDS) or ident(raw, "owner_zpuid", "owner_id"),
        "work_date": day,
        "minutes": minutes(raw, day, zone),
        "billable": BILLABLE.get(folded(billing)),
        "approval": APPROVAL.get(approved, approval) if approved else None,
        "notes": text(raw.get("notes")),
        "started_at": started_at(raw, day, zone),
        "modified_at": changed_at(raw, zone, *CHANGED),
        "extra": {},
    }
    if billing is not None and row["billable"] is None:
        row["extra"] = {"billing_status": billing}
    _billed(raw, row)
    return row


def _kind(raw: Raw, module: Raw, asked: str) -> str | None:
    """Task, bug or general; None for a word that is not known, which is never billed (R-120)."""
    said = told(module, "type")
    if said is not None:
        return KINDS.get(folded(said))
    for name in ("task", "bug", "issue"):
        if ident(raw.get(name)):
            return KINDS[name]
    return KINDS.get(asked)


def _on(raw: Raw, module: Raw, *names: str) -> str | None:
    return ident(module) or next((i for n in names if (i := ident(raw.get(n)))), None)


def _label(raw: Raw, module: Raw) -> str | None:
    return text(first(raw, "log_name", "name") or module.get("name"))


def _billed(raw: Raw, row: dict[str, Any]) -> None:
    """Add what the log says of invoices, if it says anything."""
    if "invoice_id" in raw or "invoice" in raw:
        invoice = ident(raw, "invoice_id") or ident(raw.get("invoice"))
        row["invoice_id"] = None if invoice == "0" else invoice
        row["billed_status"] = None  # it says so of invoices, and of nothing else
    said = folded(told(raw, "invoice_status", "billed_status"))
    if row.get("invoice_id") or said == "invoiced":
        row["billed_status"] = "invoiced"
    elif said:
        row["billed_status"] = said.replace(" ", "_")
