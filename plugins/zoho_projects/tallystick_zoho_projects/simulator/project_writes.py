"""Making, changing and deleting projects in v3: no more of it than tests of a reader need."""

from dataclasses import replace
from datetime import date
from typing import Any, Literal, cast

import orjson
from tallystick.simulator.http import Request, Response, json_response
from tallystick.simulator.world_parts import Project

from tallystick_zoho_projects.simulator.errors import Refusal, absent, missing, wrong
from tallystick_zoho_projects.simulator.scene import Json, Scene, day_of
from tallystick_zoho_projects.simulator.work_shapes import project

NAME_MAX = 100
_STATUSES = {"active", "archived"}


class ProjectWrites:
    """Handlers that change projects."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene

    def create(self, request: Request, portal_key: str) -> Response:
        """POST …/projects: only a name is needed; a client company that is named is primary."""
        scene, records = self._scene, self._scene.records
        body = self._scene.body(request)
        if body.get("name") in (None, ""):
            raise missing("name")
        clients = self._clients(body, portal_key)
        record = Project(
            key=f"new-{len(records.projects)}",
            name=self._name(body, portal_key),
            description=_text(body, "description"),
            client_keys=clients,
            primary_client_key=clients[0] if clients else None,
            billing_method="project_hours",
            rate=None,
            currency=records.clients[clients[0]].currency if clients else "",
            status=self._status(body) or "active",
            start_date=self._start(body) or scene.today(portal_key),
            portal_key=portal_key,
        )
        records.keep_project(record, scene.now())
        scene.effect(records.ids["project"][record.key])
        return scene.item("projects", project(scene, record), 201)

    def update(self, request: Request, portal_key: str, project_key: str) -> Response:
        """PATCH …/projects/{id}: name, description, start_date and status."""
        scene, records = self._scene, self._scene.records
        body, record = scene.body(request), records.projects[project_key]
        values: dict[str, Any] = {}
        if "name" in body:
            values["name"] = self._name(body, portal_key, project_key)
        if "description" in body:
            values["description"] = _text(body, "description")
        if "start_date" in body:
            values["start_date"] = day_of(body["start_date"], "start_date")
        status = self._status(body)
        if not values and status is None:
            raise missing("name, description, start_date or status")
        if status is not None:
            records.changes.statuses[project_key] = status
        records.keep_project(replace(record, **values), scene.now())
        scene.effect(records.ids["project"][project_key])
        return scene.item("projects", project(scene, records.projects[project_key]))

    def trash(self, request: Request, portal_key: str, project_key: str) -> Response:
        """DELETE …/projects/{id} and POST …/trash: it leaves every list, its logs with it."""
        del request, portal_key
        self._scene.records.trash(project_key, trashed=True)
        self._scene.effect(self._scene.records.ids["project"][project_key])
        if int(self._scene.switch("delete_status")) == 204:
            return Response(204)
        return json_response(200, {"response": "Project Trashed Successfully"})

    def restore(self, request: Request, portal_key: str, trashed_id: str) -> Response:
        """POST …/projects/{id}/restore: out of the trash again."""
        del request
        records = self._scene.records
        key = records.keys["project"].get(trashed_id)
        if key not in records.changes.trashed or records.projects[key].portal_key != portal_key:
            raise absent("Project")
        records.trash(key, trashed=False)
        records.changes.modified[key] = self._scene.now()
        self._scene.effect(trashed_id)
        return self._scene.item("projects", project(self._scene, records.projects[key]))

    def _name(self, body: Json, portal_key: str, own_key: str = "") -> str:
        """A name that no other project of the portal has, unless equal ones may be."""
        name = _text(body, "name").strip()
        if not name or len(name) > NAME_MAX:
            raise wrong("name")
        others = (p for p in self._scene.records.projects_of(portal_key) if p.key != own_key)
        taken = any(p.name.casefold() == name.casefold() for p in others)
        if taken and not self._scene.switch("equal_project_names"):
            raise Refusal(400, 6832, "A project of that name is there already")
        return name

    def _clients(self, body: Json, portal_key: str) -> tuple[str, ...]:
        """The client company that client_id names, if one is named."""
        wanted = _text(body, "client_id")
        if not wanted:
            return ()
        key = self._scene.records.keys["client"].get(wanted)
        if key is None or not self._scene.records.clients_of(portal_key):
            raise wrong("client_id")
        return (key,)

    def _start(self, body: Json) -> date | None:
        return day_of(body["start_date"], "start_date") if body.get("start_date") else None

    def _status(self, body: Json) -> Literal["active", "archived"] | None:
        """Active or archived, given as text or as an object with a name."""
        given = body.get("status")
        if isinstance(given, str) and given.startswith("{"):
            try:
                given = orjson.loads(given)
            except ValueError:
                raise wrong("status") from None
        if isinstance(given, dict):
            given = given.get("name")
        if given in (None, ""):
            return None
        if not isinstance(given, str) or given.casefold() not in _STATUSES:
            raise wrong("status")
        return cast("Literal['active', 'archived']", given.casefold())


def _text(body: Json, name: str) -> str:
    value = body.get(name)
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise wrong(name)
    return str(value)
