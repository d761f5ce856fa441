"""Pages of time logs in the shape that v3 documents, taken without a dictionary a log; pure.

What departs from it anywhere on a page leaves the whole page to `time_entries`, which knows every
spelling in use and gives the same rows: this is its short cut, and nothing else.
"""

from datetime import date
from typing import Annotated, Any

from msgspec import UNSET, Meta, Struct, UnsetType
from tallystick.toolbox import Known

from tallystick_zoho_projects.durations import edge
from tallystick_zoho_projects.time_entries import APPROVAL, KINDS
from tallystick_zoho_projects.values import BILLABLE, Zone, clock_minutes, folded, instant, text

_Word = Annotated[str, Meta(min_length=1)]
_Never = UnsetType
"""A name that would change what a log means: a log that has it is not in this shape."""
_DASH = "-"


class Unusual(Exception):
    """A value of this page is in the documented shape, but not a documented value."""


class _Project(Struct, gc=False):
    id: _Word
    id_string: _Never = UNSET


class _Module(Struct, gc=False):
    type: _Word
    id: str | None = None
    name: str | None = None
    id_string: _Never = UNSET


class _Owner(Struct, gc=False):
    zpuid: _Word


class _Approval(Struct, gc=False):
    status: _Word


class Log(Struct, gc=False):
    """A time log; the names of v3."""

    id: _Word
    date: date
    log_hour: str
    project: _Project
    module_detail: _Module
    owner: _Owner
    billing_status: _Word
    approval: _Approval
    last_modified_time: _Word
    notes: str | None = None
    start_time: str | None = None
    invoice_id: str | UnsetType = UNSET
    log_name: str | None = None
    name: str | None = None
    id_string: _Never = UNSET
    task: _Never = UNSET
    bug: _Never = UNSET
    issue: _Never = UNSET
    started_at: _Never = UNSET
    invoice: _Never = UNSET
    invoice_status: _Never = UNSET
    billed_status: _Never = UNSET


class _Day(Struct, gc=False):
    log_details: list[Log]


class LogPage(Struct, gc=False):
    """A page of logs by day; an answer with an error, whatever its status, is none."""

    time_logs: list[_Day]
    page_info: dict[str, Any]
    error: _Never = UNSET
    title: _Never = UNSET


LOG_PAGE = Known(LogPage)


def entries(page: LogPage, asked_kind: str, zone: Zone) -> list[dict[str, Any]]:
    """The rows of a page, as `time_entries.time_entry` makes them. Raises Unusual."""
    return [_entry(log, asked_kind, zone) for day in page.time_logs for log in day.log_details]


def _entry(log: Log, asked_kind: str, zone: Zone) -> dict[str, Any]:
    del asked_kind  # every log of this shape says its kind itself
    module, day, notes, invoice = log.module_detail, log.date, log.notes, log.invoice_id
    external_id, project_id, user_id = log.id, log.project.id, log.owner.zpuid
    on, minutes = module.id, clock_minutes(log.log_hour)
    if minutes is None or _DASH in (external_id, project_id, user_id, on, invoice):
        raise Unusual
    kind = KINDS.get(folded(module.type))
    billable = BILLABLE.get(folded(log.billing_status))
    approved = folded(log.approval.status)
    row: dict[str, Any] = {
        "external_id": external_id,
        "project_id": project_id,
        "kind": kind,
        "task_id": (on or None) if kind == "task" else None,
        "bug_id": (on or None) if kind == "bug" else None,
        "label": text(log.log_name or log.name or module.name) if kind == "general" else None,
        "user_id": user_id,
        "work_date": day,
        "minutes": minutes,
        "billable": billable,
        "approval": APPROVAL.get(approved, log.approval.status) if approved else None,
        "notes": notes or None,
        "started_at": edge(log.start_time, day, zone) if log.start_time else None,
        "modified_at": instant(log.last_modified_time, zone),
        "extra": {} if billable is not None else {"billing_status": log.billing_status},
    }
    if invoice is not UNSET:
        row["invoice_id"] = None if invoice == "0" else invoice or None
        row["billed_status"] = "invoiced" if row["invoice_id"] else None
    return row
