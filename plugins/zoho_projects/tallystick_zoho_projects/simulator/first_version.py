"""The part of v1 that is served: portals, projects, users; logs stand apart."""

from datetime import datetime

from tallystick.simulator.http import Request, Response, json_response
from tallystick.simulator.world_parts import Person, Project

from tallystick_zoho_projects.simulator import shapes
from tallystick_zoho_projects.simulator.errors import wrong
from tallystick_zoho_projects.simulator.paging import ranged
from tallystick_zoho_projects.simulator.people import listed_users
from tallystick_zoho_projects.simulator.scene import Json, Scene
from tallystick_zoho_projects.simulator.work import listed_projects
from tallystick_zoho_projects.simulator.work_shapes import counts


class FirstVersion:
    """Handlers of /restapi: keyed lists, index and range, 204 when there is nothing."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene

    def portals(self, request: Request) -> Response:
        """GET /portals/."""
        del request
        records = self._scene.records
        rows = [shapes.portal(self._scene, p) for p in records.world.portals]
        rows = [{**row, "id": int(row["id"]), "owner_id": row["owner"]["zuid"]} for row in rows]
        login = records.accounts[records.login.key]
        return json_response(200, {"login_id": login, "portals": rows})

    def projects(self, request: Request, portal_key: str) -> Response:
        """GET …/projects/, those changed since last_modified_time when it is sent."""
        rows = listed_projects(self._scene, request, portal_key)
        since = request.param("last_modified_time")
        if since:
            if not (since.isascii() and since.isdigit()):
                raise wrong("last_modified_time")
            modified = self._scene.records.modified
            rows = [p for p in rows if shapes.millis(modified(p.key)) >= int(since)]
        shown = [self._project(p) for p in rows]
        column, order = request.param("sort_column"), request.param("sort_order") or "ascending"
        if order not in {"ascending", "descending"}:
            raise wrong("sort_order")
        if column:
            if column not in {"created_time", "last_modified_time", "name"}:
                raise wrong("sort_column")
            field = {"created_time": "created_date_long", "name": "name"}.get(
                column, "last_updated_time_long"
            )
            shown.sort(key=lambda row: row[field], reverse=order == "descending")
        return ranged(self._scene, request, "projects", shown)

    def project(self, request: Request, portal_key: str, project_key: str) -> Response:
        """GET …/projects/{id}/: a list of one."""
        del request, portal_key
        record = self._scene.records.projects[project_key]
        return json_response(200, {"projects": [self._project(record)]})

    def _project(self, record: Project) -> Json:
        records = self._scene.records
        project_id = records.ids["project"][record.key]
        zone = records.zone(record.portal_key)
        made = records.created(record.key).astimezone(zone)
        changed = shapes.millis(records.modified(record.key))
        start = datetime.combine(record.start_date, datetime.min.time(), zone)
        tasks, bugs = (counts(self._scene, record.key, kind) for kind in ("task", "bug"))
        here = f"/restapi/portal/{records.ids['portal'][record.portal_key]}/projects/{project_id}/"
        return {
            "id": int(project_id),
            "id_string": project_id,
            "name": record.name,
            "description": record.description,
            "status": records.status(record),
            "custom_status_name": "",
            "owner_id": records.accounts[records.login.key],
            "owner_name": records.login.name,
            "role": records.portals[record.portal_key].role,
            "start_date": shapes.classic(start),
            "start_date_long": shapes.millis(start),
            "end_date": "",
            "created_date": shapes.classic(made),
            "created_date_long": shapes.millis(made),
            "created_date_format": shapes.classic_time(made),
            "updated_date_long": changed,
            "last_updated_time_long": changed,
            "task_count": {"open": tasks[0], "closed": tasks[1]},
            "bug_count": {"open": bugs[0], "closed": bugs[1]},
            "milestone_count": {"open": 0, "closed": 0},
            "project_percent": "0",
            "is_strict": "no",
            "is_public": "no",
            "taskbug_prefix": record.name[:2].upper() + "1",
            "IS_BUG_ENABLED": True,
            "budget_value": "0",
            "group_id": "",
            "group_name": "",
            "link": {
                "self": {"url": here},
                **{n: {"url": f"{here}{n}s/"} for n in ("task", "bug", "user")},
                "timesheet": {"url": f"{here}logs/"},
            },
        }

    def users(self, request: Request, portal_key: str) -> Response:
        """GET …/users/: only for an administrator of the portal."""
        rows = listed_users(self._scene, request, portal_key)
        return ranged(self._scene, request, "users", rows, self._user)

    def project_users(self, request: Request, portal_key: str, project_key: str) -> Response:
        """GET …/projects/{id}/users/."""
        del portal_key
        rows = self._scene.records.members(project_key)
        return ranged(self._scene, request, "users", rows, self._user)

    def _user(self, person: Person) -> Json:
        records = self._scene.records
        account = records.accounts[person.key]
        return {
            "id": account,
            "id_string": account,
            "zpuid": records.ids["person"][person.key],
            "name": person.name,
            "email": person.email or "",
            "role": person.role,
            "role_id": "",
            "profile_id": "",
            "profile_name": person.role,
            "active": records.active(person),
            "rate": "" if person.rate is None else str(person.rate),
            "invoice": "",
            "currency_code": "",
            "client_company_id": "",
            "client_company_name": "",
        }
