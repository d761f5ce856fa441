"""The part of Projects v1 that is served: portals, projects, users."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from tallystick.simulator.http import Request, Response, json_response
from tallystick.simulator.router import Router

from tallystick_zoho_projects.simulator import shapes
from tallystick_zoho_projects.simulator.shapes import Json

if TYPE_CHECKING:
    from tallystick_zoho_projects.simulator.service import ProjectsSimulator

_PREFIX = "/restapi"


class FirstVersion:
    """Handlers of /restapi: keyed lists, index and range, 204 when there is nothing."""

    def __init__(self, simulator: "ProjectsSimulator") -> None:
        self._simulator = simulator

    def add(self, router: Router) -> None:
        """Serve portals, projects and users."""
        portal = _PREFIX + "/portal/{portal}"
        router.add("GET", _PREFIX + "/portals", self._portals)
        router.add("GET", portal + "/projects", self._projects)
        router.add("GET", portal + "/projects/{project_id}", self._project)
        router.add("GET", portal + "/users", self._users)

    def _portals(self, request: Request) -> Response:
        del request
        records = self._simulator.records
        rows = []
        for portal in records.world.portals:
            row = shapes.portal(portal, records.ids["portal"][portal.key], 0)
            rows.append({**row, "id": int(row["id"])})
        return json_response(200, {"login_id": "639283127", "portals": rows})

    def _page(self, request: Request, key: str, rows: Sequence[Any]) -> Response:
        index = int(request.param("index") or 1)
        size = min(int(request.param("range") or 100), 200)
        part = rows[index - 1 : index - 1 + size]
        return json_response(200, {key: list(part)}) if part else Response(204)

    def _rows(self, portal_key: str) -> list[Json]:
        world = self._simulator.records.world
        return [self._shape(p) for p in world.projects if p.portal_key == portal_key]

    def _shape(self, project: Any) -> Json:
        records = self._simulator.records
        project_id = records.ids["project"][project.key]
        tasks = [t.completed for t in records.world.tasks if t.project_key == project.key]
        bugs = [b.closed for b in records.world.bugs if b.project_key == project.key]
        millis = int(records.world.now.timestamp() * 1000)
        return {
            "id": int(project_id),
            "id_string": project_id,
            "name": project.name,
            "description": project.description,
            "status": project.status,
            "owner_id": "",
            "owner_name": "",
            "role": "admin",
            "start_date": project.start_date.strftime("%m-%d-%Y"),
            "end_date": "",
            "created_date": records.world.now.strftime("%m-%d-%Y"),
            "created_date_long": millis,
            "created_date_format": "",
            "updated_date_long": millis,
            "last_updated_time_long": millis,
            "task_count": {"open": tasks.count(False), "closed": tasks.count(True)},
            "bug_count": {"open": bugs.count(False), "closed": bugs.count(True)},
            "milestone_count": {"open": 0, "closed": 0},
            "project_percent": "0",
            "is_strict": "no",
            "is_public": "no",
            "taskbug_prefix": project.name[:2].upper() + "1",
            "IS_BUG_ENABLED": True,
            "budget_value": "0",
            "group_id": "",
            "group_name": "",
            "link": {name: {"url": ""} for name in ("self", "task", "bug", "timesheet", "user")},
        }

    def _projects(self, request: Request, portal_key: str) -> Response:
        return self._page(request, "projects", self._rows(portal_key))

    def _project(self, request: Request, portal_key: str, project_key: str) -> Response:
        del request, portal_key
        world = self._simulator.records.world
        found = next(p for p in world.projects if p.key == project_key)
        return json_response(200, {"projects": [self._shape(found)]})

    def _users(self, request: Request, portal_key: str) -> Response:
        del portal_key
        if not self._simulator.switches["admin_token"]:
            return json_response(401, {"error": {"code": 6401, "message": "Unauthorized"}})
        records = self._simulator.records
        rows = []
        for person in records.world.people:
            user_id = records.ids["person"][person.key]
            rows.append(
                {
                    "id": user_id[-10:],
                    "zpuid": user_id,
                    "name": person.name,
                    "email": person.email or "",
                    "role": person.role,
                    "role_id": "",
                    "profile_id": "",
                    "profile_name": person.role,
                    "active": person.active,
                    "rate": "" if person.rate is None else str(person.rate),
                    "invoice": "",
                    "currency_code": "",
                    "client_company_id": "",
                    "client_company_name": "",
                }
            )
        return self._page(request, "users", rows)
