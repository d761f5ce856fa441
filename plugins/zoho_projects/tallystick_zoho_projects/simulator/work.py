"""Projects, task lists, tasks and issues of v3."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from tallystick.simulator.http import Request, Response
from tallystick.simulator.world_parts import Project

from tallystick_zoho_projects.simulator import work_shapes
from tallystick_zoho_projects.simulator.errors import absent, wrong
from tallystick_zoho_projects.simulator.paging import listed
from tallystick_zoho_projects.simulator.scene import Scene

_WORDS = {"task": "Task", "bug": "Issue", "task_list": "Tasklist"}
STATUSES = {"all", "active", "archived", "template"}


def listed_projects(scene: Scene, request: Request, portal_key: str) -> list[Project]:
    """Projects that a list shows: archived ones only when they are asked for."""
    wanted = request.param("status") or ("all" if scene.switch("list_archived") else "active")
    if wanted not in STATUSES:
        raise wrong("status")
    rows = scene.records.projects_of(portal_key)
    return [p for p in rows if wanted in {"all", scene.records.status(p)}]


class Work:
    """Handlers of everything that time can be logged on."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene

    def projects(self, request: Request, portal_key: str) -> Response:
        """GET /projects: a bare array unless wrapped."""
        rows = listed_projects(self._scene, request, portal_key)
        return listed(
            self._scene,
            request,
            "projects",
            rows,
            lambda p: work_shapes.project(self._scene, p),
            bare=True,
        )

    def project(self, request: Request, portal_key: str, project_key: str) -> Response:
        """GET /projects/{id}."""
        del request, portal_key
        record = self._scene.records.projects[project_key]
        return self._scene.item("projects", work_shapes.project(self._scene, record))

    def task_lists(self, request: Request, portal_key: str, project_key: str) -> Response:
        """GET /projects/{id}/tasklists; flag external has none."""
        del portal_key
        flag = request.param("flag") or "internal"
        if flag not in {"internal", "external", "allflag"}:
            raise wrong("flag")
        lists = self._scene.records.task_lists.values()
        rows = [t for t in lists if t.project_key == project_key and flag != "external"]
        return listed(
            self._scene,
            request,
            "tasklists",
            rows,
            lambda t: work_shapes.task_list(self._scene, t),
        )

    def task_list(
        self, request: Request, portal_key: str, project_key: str, list_id: str
    ) -> Response:
        """GET /projects/{id}/tasklists/{id}."""
        del request, portal_key
        record = self._one(self._scene.records.task_lists, "task_list", list_id, project_key)
        return self._scene.item("tasklists", work_shapes.task_list(self._scene, record))

    def milestones(self, request: Request, portal_key: str, project_key: str) -> Response:
        """GET /projects/{id}/milestones: the firm has none."""
        del portal_key, project_key
        return listed(self._scene, request, "milestones", [], dict)

    def tasks(self, request: Request, portal_key: str, project_key: str | None = None) -> Response:
        """GET tasks of a project or of all."""
        rows = self._within(self._scene.records.tasks.values(), portal_key, project_key)
        return listed(
            self._scene, request, "tasks", rows, lambda t: work_shapes.task(self._scene, t)
        )

    def task(self, request: Request, portal_key: str, project_key: str, task_id: str) -> Response:
        """GET /projects/{id}/tasks/{id}."""
        del request, portal_key
        record = self._one(self._scene.records.tasks, "task", task_id, project_key)
        return self._scene.item("tasks", work_shapes.task(self._scene, record))

    def issues(self, request: Request, portal_key: str, project_key: str | None = None) -> Response:
        """GET issues of a project or of all."""
        rows = self._within(self._scene.records.bugs.values(), portal_key, project_key)
        return listed(
            self._scene, request, "issues", rows, lambda b: work_shapes.issue(self._scene, b)
        )

    def issue(self, request: Request, portal_key: str, project_key: str, issue_id: str) -> Response:
        """GET /projects/{id}/issues/{id}."""
        del request, portal_key
        record = self._one(self._scene.records.bugs, "bug", issue_id, project_key)
        return self._scene.item("issues", work_shapes.issue(self._scene, record))

    def _one(self, rows: Mapping[str, Any], kind: str, wanted: str, project_key: str) -> Any:
        key = self._scene.records.keys[kind].get(wanted)
        if key is None or rows[key].project_key != project_key:
            raise absent(_WORDS[kind])
        return rows[key]

    def _within(
        self, rows: Iterable[Any], portal_key: str, project_key: str | None
    ) -> Sequence[Any]:
        if project_key is not None:
            return [r for r in rows if r.project_key == project_key]
        keys = {p.key for p in self._scene.records.projects_of(portal_key)}
        return [r for r in rows if r.project_key in keys]
