"""Projects, task lists, tasks and issues of v3 as they are sent, complete even where empty."""

from tallystick.simulator.world_parts import Bug, Project, Task, TaskList

from tallystick_zoho_projects.simulator import shapes
from tallystick_zoho_projects.simulator.scene import Json, Scene

_OPEN: Json = {
    "id": "400000000000001001",
    "name": "Open",
    "type": "open",
    "color": "blue",
    "color_hexcode": "#74cb80",
    "is_closed_type": False,
}
_CLOSED: Json = {
    "id": "400000000000001003",
    "name": "Closed",
    "type": "closed",
    "color": "red",
    "color_hexcode": "#f56b62",
    "is_closed_type": True,
}


def _status(*, closed: bool) -> Json:
    return dict(_CLOSED if closed else _OPEN)


def _prefix(record: Project) -> str:
    return record.name[:2].upper() + "1"


def counts(scene: Scene, project_key: str, kind: str) -> tuple[int, int]:
    """How many tasks or bugs of a project are open and closed."""
    world = scene.records.world
    done = (
        [t.completed for t in world.tasks if t.project_key == project_key]
        if kind == "task"
        else [b.closed for b in world.bugs if b.project_key == project_key]
    )
    return done.count(False), done.count(True)


def _counted(scene: Scene, project_key: str, kind: str) -> Json:
    still, done = counts(scene, project_key, kind)
    return {"open_count": still, "closed_count": done}


def parent(scene: Scene, project_key: str) -> Json:
    """A project inside another record."""
    records = scene.records
    return {"id": records.ids["project"][project_key], "name": records.projects[project_key].name}


def project(scene: Scene, record: Project) -> Json:
    """A project; names inside budget_info other than tracking_method are this simulator's own."""
    records = scene.records
    archived = records.status(record) == "archived"
    modified = scene.iso(records.modified(record.key), record.portal_key)
    return {
        "id": records.ids["project"][record.key],
        "name": record.name,
        "description": record.description,
        "status": _status(closed=archived),
        "project_type": records.status(record),
        "owner": shapes.person(scene, records.login.key),
        "start_date": record.start_date.isoformat(),
        "end_date": "",
        "created_time": scene.iso(records.created(record.key), record.portal_key),
        "created_by": shapes.person(scene, records.login.key),
        "modified_time": modified,
        "updated_by": shapes.person(scene, records.login.key),
        "tasks": _counted(scene, record.key, "task"),
        "issues": _counted(scene, record.key, "bug"),
        "milestones": {"open_count": 0, "closed_count": 0},
        "percent_complete": "0",
        "is_strict_project": False,
        "is_public_project": False,
        "key": _prefix(record),
        "project_group": {"id": "", "name": ""},
        "is_completed": archived,
        "completed_time": modified if archived else "",
        "budget_info": {
            "tracking_method": "hours" if record.budget_hours else "",
            "billing_method": record.billing_method,
            "rate": "" if record.rate is None else str(record.rate),
            "currency_code": record.currency,
            "budget_hours": record.budget_hours or "",
        },
        "custom_fields": [],
    }


def task_list(scene: Scene, record: TaskList) -> Json:
    """A task list."""
    records = scene.records
    portal_key = records.projects[record.project_key].portal_key
    stamp = scene.iso(records.created(record.project_key), portal_key)
    return {
        "id": records.ids["task_list"][record.key],
        "name": record.name,
        "flag": "internal",
        "status": "active",
        "created_time": stamp,
        "last_modified_time": stamp,
        "project": parent(scene, record.project_key),
    }


def _logged(scene: Scene, record: Task) -> Json:
    billable, other = scene.logbook.minutes_of(record.key)
    return {"billable_hours": shapes.hours(billable), "non_billable_hours": shapes.hours(other)}


def task(scene: Scene, record: Task) -> Json:
    """A task."""
    records = scene.records
    owner = records.projects[record.project_key]
    stamp = scene.iso(records.created(record.project_key), owner.portal_key)
    task_id = records.ids["task"][record.key]
    lists = records.ids["task_list"]
    kept = records.task_lists.get(record.task_list_key)
    return {
        "id": task_id,
        "prefix": f"{_prefix(owner)}-T{int(task_id) // 2 % 10000}",
        "key": f"{_prefix(owner)}-T{int(task_id) // 2 % 10000}",
        "name": record.name,
        "description": "",
        "is_completed": record.completed,
        "status": _status(closed=record.completed),
        "is_closed_type": record.completed,
        "completion_percentage": 100 if record.completed else 0,
        "priority": "none",
        "start_date": "",
        "end_date": "",
        "duration": {"value": "0", "type": "days"},
        "work": "00:00",
        "created_time": stamp,
        "modified_time": stamp,
        "last_modified_time": stamp,
        "completed_time": stamp if record.completed else "",
        "created_by": shapes.person(scene, records.login.key),
        "owners_and_work": {"owners": [shapes.person(scene, k) for k in record.owner_keys]},
        "tasklist": {
            "id": lists.get(record.task_list_key, ""),
            "name": kept.name if kept else "",
        },
        "project": parent(scene, record.project_key),
        "log_hours": _logged(scene, record),
        "billing_type": "billable",
        "rate_per_hour": "" if record.rate is None else str(record.rate),
        "is_parent": False,
        "depth": 0,
        "subtasks": False,
        "link": {"self": {"url": ""}, "timesheet": {"url": ""}},
        "custom_fields": [],
    }


def issue(scene: Scene, record: Bug) -> Json:
    """A bug, in v3 called issue."""
    records = scene.records
    owner = records.projects[record.project_key]
    stamp = scene.iso(records.created(record.project_key), owner.portal_key)
    bug_id = records.ids["bug"][record.key]
    number = int(bug_id) // 2 % 10000
    return {
        "id": bug_id,
        "prefix": f"{_prefix(owner)}-I{number}",
        "key": f"{_prefix(owner)}-I{number}",
        "name": record.title,
        "description": "",
        "flag": "internal",
        "status": _status(closed=record.closed),
        "is_closed": record.closed,
        "closed": record.closed,
        "severity": {"id": "", "value": "None"},
        "classification": {"id": "", "value": "None"},
        "module": {"id": "", "value": "None"},
        "is_it_reproducible": {"id": "", "value": "None"},
        "reporter": shapes.person(scene, record.reporter_key),
        "created_by": shapes.person(scene, record.reporter_key),
        "assignee": shapes.person(scene, None),
        "due_date": "",
        "created_time": stamp,
        "updated_time": stamp,
        "last_modified_time": stamp,
        "project": parent(scene, record.project_key),
        "rate_per_hour": "" if record.rate is None else str(record.rate),
        "cost_rate_per_hour": "",
        "custom_fields": [],
    }
