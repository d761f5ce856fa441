"""A time log as both versions send it."""

from datetime import datetime

from tallystick.simulator.world_parts import Log

from tallystick_zoho_projects.simulator import shapes
from tallystick_zoho_projects.simulator.scene import Json, Scene
from tallystick_zoho_projects.simulator.work_shapes import parent

TYPES = {"task": "task", "bug": "issue", "general": "general"}
KINDS = {"task": "task", "issue": "bug", "bug": "bug", "general": "general"}
EMPTY = {"start_time": "", "end_time": "", "approver": "", "cost_rate_per_hour": ""}


def bill_word(log: Log) -> str:
    """Billable or Non Billable."""
    return "Billable" if log.billable else "Non Billable"


def module(scene: Scene, log: Log) -> Json:
    """The task, issue or activity of a log."""
    records = scene.records
    if log.task_key is not None:
        task = records.tasks[log.task_key]
        return {"id": records.ids["task"][task.key], "type": "task", "name": task.name}
    if log.bug_key is not None:
        bug = records.bugs[log.bug_key]
        return {"id": records.ids["bug"][bug.key], "type": "issue", "name": bug.title}
    return {"id": "", "type": "general", "name": log.label or ""}


def log_v3(scene: Scene, position: int, log: Log | None = None) -> Json:
    """A log of v3; one that was read already saves reading it again."""
    log = log or scene.logbook.log(position)
    mark = scene.logbook.mark(position, log)
    portal_key = scene.records.projects[log.project_key].portal_key
    spelled, day = shapes.hours(log.minutes), log.work_date.isoformat()
    judged = scene.switch("pending_word") if log.approval == "Pending" else log.approval
    fields = EMPTY | mark.fields
    made, worker = scene.iso(mark.created, portal_key), shapes.person(scene, log.person_key)
    same = mark.added_by == log.person_key
    sent: Json = {
        "id": scene.logbook.id_of(position),
        "date": day,
        "log_date": day,
        "log_hour": log.minutes if scene.switch("minutes_as_number") else spelled,
        "billable_hours": spelled if log.billable else "00:00",
        "non_billable_hours": "00:00" if log.billable else spelled,
        "total_hours": spelled,
        "notes": log.notes,
        "billing_status": bill_word(log),
        "project": parent(scene, log.project_key),
        "module_detail": module(scene, log),
        "owner": worker,
        "added_by": dict(worker) if same else shapes.person(scene, mark.added_by),
        "approval": {
            "status": judged,
            "approver": shapes.person(scene, fields["approver"] or None),
        },
        "start_time": fields["start_time"],
        "end_time": fields["end_time"],
        "cost_rate_per_hour": fields["cost_rate_per_hour"],
        "invoice_id": scene.records.changes.invoiced.get(position, ""),
        "created_time": made,
        "last_modified_time": made
        if mark.modified == mark.created
        else scene.iso(mark.modified, portal_key),
        "custom_fields": [],
    }
    dropped = {"date": "log_date", "log_date": "date"}.get(str(scene.switch("log_date_key")))
    if dropped:
        del sent[dropped]
    return sent


def log_v1(scene: Scene, position: int) -> Json:
    """A log of v1; `hours` is whole hours only."""
    log, mark = scene.logbook.log(position), scene.logbook.mark(position)
    records, log_id = scene.records, scene.logbook.id_of(position)
    zone = records.zone(records.projects[log.project_key].portal_key)
    day = datetime.combine(log.work_date, datetime.min.time(), zone)
    project = parent(scene, log.project_key)
    made, changed = mark.created.astimezone(zone), mark.modified.astimezone(zone)
    approver = str((EMPTY | mark.fields)["approver"]) or None
    sent: Json = {
        "id": int(log_id),
        "id_string": log_id,
        "hours": log.minutes // 60,
        "minutes": log.minutes % 60,
        "hours_display": shapes.hours(log.minutes),
        "total_minutes": log.minutes,
        "log_date": shapes.classic(day),
        "log_date_long": shapes.millis(day),
        "log_date_format": shapes.classic_time(day),
        "owner_id": records.accounts[log.person_key],
        "owner_name": records.people[log.person_key].name,
        "owner_zpuid": records.ids["person"][log.person_key],
        "bill_status": bill_word(log),
        "approval_status": log.approval,
        "approver_name": records.people[approver].name if approver else "-",
        "approver_zpuid": records.ids["person"][approver] if approver else "-",
        "notes": log.notes,
        "cost": "",
        "start_time": (EMPTY | mark.fields)["start_time"],
        "end_time": (EMPTY | mark.fields)["end_time"],
        "created_date": shapes.classic(made),
        "created_time_long": shapes.millis(made),
        "created_time_format": shapes.classic_time(made),
        "last_modified_date": shapes.classic(changed),
        "last_modified_time_long": shapes.millis(changed),
        "last_modified_time_format": shapes.classic_time(changed),
        "project": _numbered(project),
        "invoice_id": records.changes.invoiced.get(position, ""),
        "link": {"self": {"url": ""}},
        "custom_fields": [],
    }
    return sent | _about(scene, log)


def _numbered(record: Json) -> Json:
    return {"id": int(record["id"]), "id_string": record["id"], "name": record["name"]}


def _about(scene: Scene, log: Log) -> Json:
    """What a v1 log says of its task, bug or activity."""
    found = module(scene, log)
    if log.task_key is not None:
        task = scene.records.tasks[log.task_key]
        kept = scene.records.task_lists[task.task_list_key]
        group = {"id": scene.records.ids["task_list"][kept.key], "name": kept.name}
        more = {"is_sub_task": False, "is_parent": False}
        return {"task": _numbered(found) | more, "task_list": group}
    if log.bug_key is not None:
        bug = _numbered(found)
        return {"bug": {"id": bug["id"], "id_string": bug["id_string"], "title": bug["name"]}}
    return {"name": found["name"]}
