"""Records of Projects v3 and v1 as they are sent, complete even where empty."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from tallystick.simulator.world_parts import Bug, Client, Log, Person, Portal, Project, Task

Json = dict[str, Any]
_OPEN = {
    "id": "1001",
    "name": "Open",
    "color": "blue",
    "color_hexcode": "#74cb80",
    "is_closed_type": False,
}
_CLOSED = {
    "id": "1002",
    "name": "Closed",
    "color": "red",
    "color_hexcode": "#f56b62",
    "is_closed_type": True,
}


def iso(now: datetime) -> str:
    """An instant of v3."""
    return now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def status(*, closed: bool) -> Json:
    """A status of v3."""
    return dict(_CLOSED if closed else _OPEN)


def portal(record: Portal, portal_id: str, projects: int) -> Json:
    """A portal; both versions share its fields."""
    offset = datetime(2026, 1, 1, tzinfo=ZoneInfo(record.time_zone)).strftime("%z")
    sign = "-" if offset.startswith("-") else ""
    return {
        "id": portal_id,
        "id_string": portal_id,
        "name": record.name,
        "portal_name": record.name,
        "default": record.role == "owner",
        "role": record.role,
        "is_default": record.role == "owner",
        "gmt_time_zone": f"(GMT {sign}{int(offset[1:3])}:{offset[3:]}) {record.time_zone}",
        "plan": "Enterprise",
        "bug_plan": "Enterprise",
        "trial_enabled": False,
        "avail_user_count": 24,
        "project_count": {"active": projects, "archived": 0, "template": 0},
        "settings": {
            "company_name": record.company_name,
            "website_url": "",
            "time_zone": record.time_zone,
            "date_format": "MM-dd-yyyy",
        },
        "locale": {"country": "", "code": "en_US", "language": "English"},
        "link": {"project": {"url": ""}},
    }


def owner(person: Person | None, ids: Mapping[str, str]) -> Json:
    """A person inside another record."""
    if person is None:
        return {"zpuid": "", "zuid": "", "name": "", "email": "", "full_name": ""}
    return {
        "zpuid": ids[person.key],
        "zuid": f"6{ids[person.key][-8:]}",
        "name": person.name,
        "email": person.email or "",
        "full_name": person.name,
        "id": ids[person.key],
    }


def project(record: Project, project_id: str, stamp: str, counts: Json) -> Json:
    """A project of v3; billing fields bear names of this simulator's own."""
    return {
        "id": project_id,
        "name": record.name,
        "description": record.description,
        "status": status(closed=record.status == "archived"),
        "project_type": record.status,
        "owner": owner(None, {}),
        "start_date": record.start_date.isoformat(),
        "end_date": "",
        "created_time": stamp,
        "modified_time": stamp,
        "updated_by": owner(None, {}),
        "tasks": counts["tasks"],
        "issues": counts["issues"],
        "milestones": {"open_count": 0, "closed_count": 0},
        "percent_complete": "0",
        "is_strict_project": False,
        "is_public_project": False,
        "key": record.name[:2].upper() + "1",
        "project_group": {"id": "", "name": ""},
        "is_completed": record.status == "archived",
        "completed_time": "",
        "budget_info": {
            "tracking_method": "hours" if record.budget_hours else "",
            "billing_method": record.billing_method,
            "rate": "" if record.rate is None else str(record.rate),
            "currency_code": record.currency,
            "budget_hours": record.budget_hours or "",
        },
        "custom_fields": [],
    }


def client(record: Client, client_id: str, stamp: str, *, primary: bool | None = None) -> Json:
    """A client company; `is_primary` inside a project's clients is this simulator's own name."""
    sent: Json = {
        "id": client_id,
        "name": record.name,
        "email": record.email,
        "phone": record.phone,
        "website": record.website,
        "description": "",
        "currency_code": record.currency,
        "street": record.street,
        "city": record.city,
        "state": "",
        "country": record.country,
        "zip_code": "",
        "projects_count": 0,
        "contacts_count": 0,
        "created_time": stamp,
        "last_modified_time": stamp,
    }
    if primary is not None:
        sent["is_primary"] = primary
    return sent


def user(record: Person, ids: Mapping[str, str], stamp: str) -> Json:
    """A user of v3."""
    first, _, last = record.name.partition(" ")
    return {
        **owner(record, ids),
        "first_name": first,
        "last_name": last,
        "display_name": record.name,
        "role": {"id": "", "name": record.role},
        "profile": {"id": "", "name": record.role},
        "user_type": "user",
        "status": "active" if record.active else "inactive",
        "is_active": record.active,
        "is_confirmed": True,
        "cost_per_hour": "",
        "invoice": "",
        "created_time": stamp,
    }


def task(record: Task, task_id: str, parent: Json, stamp: str) -> Json:
    """A task of v3."""
    return {
        "id": task_id,
        "prefix": f"T{task_id[-4:]}",
        "key": f"T{task_id[-4:]}",
        "name": record.name,
        "description": "",
        "is_completed": record.completed,
        "status": status(closed=record.completed),
        "completion_percentage": 100 if record.completed else 0,
        "priority": "none",
        "start_date": "",
        "end_date": "",
        "duration": {"value": "0", "type": "days"},
        "created_time": stamp,
        "last_modified_time": stamp,
        "created_by": owner(None, {}),
        "owners_and_work": {"owners": []},
        "tasklist": {"id": "", "name": ""},
        "project": parent,
        "log_hours": {"billable_hours": "0:00", "non_billable_hours": "0:00"},
        "billing_type": "billable",
        "rate_per_hour": "" if record.rate is None else str(record.rate),
        "is_parent": False,
        "depth": 0,
        "custom_fields": [],
    }


def issue(record: Bug, bug_id: str, parent: Json, stamp: str, number: int) -> Json:
    """A bug of v3, there called issue."""
    return {
        "id": bug_id,
        "prefix": f"I{number}",
        "key": f"{str(parent['name'])[:2].upper()}1-I{number}",
        "name": record.title,
        "description": "",
        "flag": "internal",
        "status": status(closed=record.closed),
        "is_closed": record.closed,
        "severity": {"id": "", "value": "None"},
        "classification": {},
        "module": {},
        "is_it_reproducible": {},
        "created_by": owner(None, {}),
        "assignee": owner(None, {}),
        "due_date": "",
        "created_time": stamp,
        "last_modified_time": stamp,
        "project": parent,
        "rate_per_hour": "" if record.rate is None else str(record.rate),
        "cost_rate_per_hour": "",
    }


def log(record: Log, log_id: str, names: Mapping[str, Json], *, as_number: bool) -> Json:
    """A time log of v3; `names` has project, module and owner."""
    spelled = f"{record.minutes // 60:02d}:{record.minutes % 60:02d}"
    billable = record.billable
    return {
        "id": log_id,
        "log_date": record.work_date.isoformat(),
        "date": record.work_date.isoformat(),
        "log_hour": record.minutes if as_number else spelled,
        "billable_hours": spelled if billable else "00:00",
        "non_billable_hours": "00:00" if billable else spelled,
        "total_hours": spelled,
        "notes": record.notes,
        "billing_status": "Billable" if billable else "Non Billable",
        "project": names["project"],
        "module_detail": names["module"],
        "owner": names["owner"],
        "added_by": names["owner"],
        "approval": {"status": record.approval, "approver": owner(None, {})},
        "start_time": "",
        "end_time": "",
        "invoice_id": "",
        "created_time": "",
        "last_modified_time": "",
        "custom_fields": [],
    }
