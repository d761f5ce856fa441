"""What logs a request of v3 asks for, from its parameters."""

from collections.abc import Mapping
from typing import Any

from tallystick.simulator.http import Request

from tallystick_zoho_projects.simulator.errors import json_param, missing, wrong
from tallystick_zoho_projects.simulator.log_shape import KINDS
from tallystick_zoho_projects.simulator.logbook import Wanted
from tallystick_zoho_projects.simulator.periods import period_of
from tallystick_zoho_projects.simulator.scene import Json, Scene

_FILTERS = {
    "project",
    "assignee",
    "billtype",
    "approvaltype",
    "tsheetperiod",
    "clientcompany",
    "content",
    "invoicestatus",
    "usergroups",
    "criteria",
    "pattern",
}
_NOT_SET: tuple[Any, ...] = (None, "", "-", [], {}, "all", "All", ["-"], ["all"])
_BILL = {"billable": True, "non billable": False, "nonbillable": False}
_INVOICED = {"invoiced": True, "not invoiced": False, "notinvoiced": False, "uninvoiced": False}
_APPROVAL = {
    "approved": "Approved",
    "unapproved": "Pending",
    "pending": "Pending",
    "rejected": "Rejected",
}


def wanted_logs(scene: Scene, request: Request, portal_key: str, project_key: str | None) -> Wanted:
    """The logs of a portal or project that view_type, module and filter leave."""
    kind, parent = _module(scene, request)
    first, last = period_of(scene, request, portal_key)
    changed = request.param("fetch_by_modified_time") or "false"
    if changed not in {"true", "false"}:
        raise wrong("fetch_by_modified_time")
    asked = json_param(request, "filter")
    if asked.keys() - _FILTERS:
        raise wrong("filter")
    asked = {k: v for k, v in asked.items() if v not in _NOT_SET}
    for name in ("tsheetperiod", "usergroups", "criteria", "pattern"):
        if name in asked:
            raise wrong(name)
    words = {_one(_APPROVAL, v, "approvaltype") for v in _values(asked, "approvaltype")}
    return Wanted(
        projects=_projects(scene, asked, portal_key, project_key),
        kind=kind,
        parent=parent,
        first=first,
        last=last,
        by_change=changed == "true",
        owners=_owners(scene, asked),
        billable=_flag(asked, "billtype", _BILL),
        approvals=frozenset(words) or None,
        text=str(asked.get("content", "")).casefold(),
        invoiced=_flag(asked, "invoicestatus", _INVOICED),
    )


def _module(scene: Scene, request: Request) -> tuple[str | None, str | None]:
    """Kind and key of what the parameter module names."""
    if not request.param("module"):
        if scene.switch("module_required"):
            raise missing("module")
        return None, None
    asked = json_param(request, "module")
    kind = KINDS.get(str(asked.get("type")))
    if kind is None:
        raise wrong("module")
    wanted = asked.get("id")
    if wanted in _NOT_SET:
        return kind, None
    key = scene.records.keys.get(kind, {}).get(str(wanted))
    if key is None:
        raise wrong("module")
    return kind, key


def _values(asked: Json, name: str) -> list[str]:
    value = asked.get(name, [])
    found = value if isinstance(value, list) else str(value).split(",")
    return [str(v).strip() for v in found]


def _one(known: Mapping[str, Any], value: str, name: str) -> Any:
    if value.casefold() not in known:
        raise wrong(name)
    return known[value.casefold()]


def _flag(asked: Json, name: str, known: Mapping[str, bool]) -> bool | None:
    """True or false when all values say so; None when there are none, or both."""
    said = {bool(_one(known, v, name)) for v in _values(asked, name)}
    return said.pop() if len(said) == 1 else None


def _owners(scene: Scene, asked: Json) -> frozenset[str] | None:
    ids = _values(asked, "assignee")
    keys = scene.records.keys["person"]
    if any(i not in keys for i in ids):
        raise wrong("assignee")
    return frozenset(keys[i] for i in ids) or None


def _projects(
    scene: Scene, asked: Json, portal_key: str, project_key: str | None
) -> frozenset[str]:
    records = scene.records
    found = {project_key} if project_key else {p.key for p in records.projects_of(portal_key)}
    for name, kind in (("project", "project"), ("clientcompany", "client")):
        ids = _values(asked, name)
        if any(i not in records.keys[kind] for i in ids):
            raise wrong(name)
        keys = {records.keys[kind][i] for i in ids}
        if ids and kind == "project":
            found &= keys
        elif ids:
            found = {p for p in found if keys & set(records.project_clients(p))}
    return frozenset(found)
