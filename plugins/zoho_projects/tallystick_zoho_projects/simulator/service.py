"""The simulated Zoho Projects: routes of v3 and some of v1, credentials, limits, control."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from tallystick.simulator.app import Simulator
from tallystick.simulator.http import Request, Response, json_response
from tallystick.simulator.router import Router
from tallystick.simulator.world import World
from tallystick.simulator.world_parts import Log

from tallystick_zoho_projects.simulator import shapes
from tallystick_zoho_projects.simulator.accounts import Accounts
from tallystick_zoho_projects.simulator.control import Control
from tallystick_zoho_projects.simulator.first_version import FirstVersion
from tallystick_zoho_projects.simulator.records import PortalRecords
from tallystick_zoho_projects.simulator.shapes import Json
from tallystick_zoho_projects.simulator.switches import SWITCHES

V3, V1 = "/api/v3", "/restapi"
PER_PAGE_MAX = 200
_DIGITS = re.compile(r"\d{6,}")


class ProjectsSimulator(Simulator):
    """Zoho Projects with its accounts server, on one world."""

    name = "zoho_projects"
    SWITCHES = SWITCHES

    def __init__(self, world: World, seed: int = 1) -> None:
        super().__init__(seed=seed, start=world.now)
        self.records = PortalRecords(world)
        self.accounts = Accounts()
        self._windows: dict[str, list[datetime]] = {}
        self._locks: dict[str, datetime] = {}
        self._stamp = shapes.iso(world.now)
        self._router = Router()
        self._control = Control(self)
        self._routes()
        FirstVersion(self).add(self._router)

    def _routes(self) -> None:
        add, portal = self._router.add, V3 + "/portal/{portal}"
        project = portal + "/projects/{project_id}"
        add("GET", V3 + "/portals", self._portals)
        add("GET", portal + "/projects", self._projects)
        add("GET", project, self._project)
        add("GET", portal + "/clients", self._clients)
        add("GET", project + "/clients", self._project_clients)
        add("GET", portal + "/client/{client_id}/contacts", self._contacts)
        add("GET", portal + "/users", self._users)
        add("GET", project + "/users", self._project_users)
        add("GET", project + "/tasklists", self._task_lists)
        add("GET", portal + "/tasks", self._tasks)
        add("GET", project + "/tasks", self._tasks)
        add("GET", portal + "/issues", self._issues)
        add("GET", project + "/issues", self._issues)
        add("GET", project + "/milestones", lambda r, **_: self.paged(r, "milestones", []))
        add("GET", portal + "/timelogs", self._logs)
        add("GET", project + "/timelogs", self._logs)
        add("GET", project + "/logs/{log_id}", self._log)
        add("POST", project + "/log", self._add_log)
        add("DELETE", project + "/logs/{log_id}", self._delete_log)

    def dispatch(self, request: Request) -> Response:
        """The service's own answer."""
        now = self.clock.now()
        if request.path.rstrip("/").endswith("/oauth/v2/token"):
            return self.accounts.answer(
                request,
                now,
                limited=bool(self.switches["refresh_limit"]),
                blocked=int(self.switches["denied_status"]),
            )
        if not self.accounts.alive(request, now, legacy=bool(self.switches["accept_authtoken"])):
            return json_response(
                401,
                {
                    "error": {
                        "code": 6401,
                        "message": "Unauthorized request",
                        "status_code": "401",
                        "title": "UNAUTHORIZED",
                    }
                },
            )
        if self._throttled(request):
            return self.throttle_response(request)
        found = self._router.find(request.method, request.path)
        if found is None:
            return failed(404, 6404, "URL not found")
        handler, parts = found
        return self._scoped(handler, request, parts)

    def _scoped(
        self, handler: Callable[..., Response], request: Request, parts: Mapping[str, str]
    ) -> Response:
        """Resolve the portal by id or name, and a project's key by its id."""
        wanted = dict(parts)
        if "portal" in wanted:
            name = wanted.pop("portal")
            keys = self.records.keys["portal"]
            by_name = {p.name: p.key for p in self.records.world.portals}
            key = keys.get(name) or by_name.get(name)
            if key is None:
                return failed(404, 6404, "Portal not found")
            wanted["portal_key"] = key
        if "project_id" in wanted:
            key = self.records.keys["project"].get(wanted.pop("project_id"))
            if key is None or self._portal_of(key) != wanted.get("portal_key"):
                return failed(404, 6404, "Project not found")
            wanted["project_key"] = key
        return handler(request, **wanted)

    def _portal_of(self, project_key: str) -> str:
        return next(p.portal_key for p in self.records.world.projects if p.key == project_key)

    def _throttled(self, request: Request) -> bool:
        limit = int(self.switches["limit_per_window"])
        if not limit:
            return False
        pattern = request.method + _DIGITS.sub("#", request.path)
        now = self.clock.now()
        if self._locks.get(pattern, now) > now:
            return True
        calls = [t for t in self._windows.get(pattern, []) if now - t < timedelta(minutes=2)]
        if len(calls) >= limit:
            self._locks[pattern] = now + timedelta(minutes=int(self.switches["lock_minutes"]))
            return True
        self._windows[pattern] = [*calls, now]
        return False

    def throttle_response(self, request: Request) -> Response:
        """The rolling limit's refusal, with the minutes that are left."""
        pattern = request.method + _DIGITS.sub("#", request.path)
        now = self.clock.now()
        left = self._locks.get(pattern, now + timedelta(minutes=30)) - now
        minutes = max(int(left.total_seconds() // 60), 1)
        return json_response(
            int(self.switches["throttle_status"]),
            {
                "error": {
                    "status_code": 400,
                    "title": "URL_ROLLING_THROTTLES_LIMIT_EXCEEDED",
                    "error_type": "OPERATIONAL_VALIDATION_ERROR",
                    "details": {
                        "message": "Cannot execute more than 100 requests per API in 2 minutes. "
                        f"Try again after {minutes} minutes."
                    },
                }
            },
        )

    def paged(
        self,
        request: Request,
        key: str | None,
        rows: Sequence[Any],
        shape: Callable[[Any], Json] | None = None,
    ) -> Response:
        """A page of a v3 list: keyed, or a bare array where `key` is None."""
        page, size = (
            _number(request, "page", 1),
            min(_number(request, "per_page", 100), PER_PAGE_MAX),
        )
        part = rows[(page - 1) * size : page * size]
        if not part and self.switches["empty_list_status"] == 204:
            return Response(204)
        shown = [shape(r) if shape else r for r in part]
        if key is None:
            return json_response(200, shown)
        return json_response(200, {key: shown, **self._page_info(page, size, len(rows), len(part))})

    def _page_info(self, page: int, size: int, total: int, count: int) -> Json:
        flag = str(self.switches["more_flag"])
        info: Json = {"page": page, "per_page": size, "count": count}
        if flag != "none":
            info[flag] = page * size < total
        return {"page_info": info}

    def _portals(self, request: Request) -> Response:
        del request
        rows = [
            shapes.portal(p, self.records.ids["portal"][p.key], len(self._projects_of(p.key)))
            for p in self.records.world.portals
        ]
        return json_response(200, {"portals": rows} if self.switches["wrap_lists"] else rows)

    def _projects_of(self, portal_key: str) -> list[Any]:
        return [p for p in self.records.world.projects if p.portal_key == portal_key]

    def project_shape(self, project: Any) -> Json:
        """A project of v3."""
        world = self.records.world
        counts: Json = {}
        for name, rows, done in (
            ("tasks", [t.completed for t in world.tasks if t.project_key == project.key], True),
            ("issues", [b.closed for b in world.bugs if b.project_key == project.key], True),
        ):
            closed = sum(r is done for r in rows)
            counts[name] = {"open_count": len(rows) - closed, "closed_count": closed}
        return shapes.project(
            project, self.records.ids["project"][project.key], self._stamp, counts
        )

    def _projects(self, request: Request, portal_key: str) -> Response:
        key = "projects" if self.switches["wrap_lists"] else None
        return self.paged(request, key, self._projects_of(portal_key), self.project_shape)

    def _project(self, request: Request, portal_key: str, project_key: str) -> Response:
        del request
        rows = self._projects_of(portal_key)
        return json_response(200, self.project_shape(next(p for p in rows if p.key == project_key)))

    def _clients(self, request: Request, portal_key: str) -> Response:
        keys = {k for p in self._projects_of(portal_key) for k in p.client_keys}
        rows = [c for c in self.records.world.clients if c.key in keys]
        ids = self.records.ids["client"]
        return self.paged(
            request, "clients", rows, lambda c: shapes.client(c, ids[c.key], self._stamp)
        )

    def _project_clients(self, request: Request, portal_key: str, project_key: str) -> Response:
        project = next(p for p in self._projects_of(portal_key) if p.key == project_key)
        primary = self.records.primary_client(project_key)
        keys = {*project.client_keys, *({primary} if primary else ())}
        rows = [c for c in self.records.world.clients if c.key in keys]
        ids = self.records.ids["client"]
        return self.paged(
            request,
            "clients",
            rows,
            lambda c: shapes.client(c, ids[c.key], self._stamp, primary=c.key == primary),
        )

    def _contacts(self, request: Request, portal_key: str, client_id: str) -> Response:
        del portal_key
        key = self.records.keys["client"].get(client_id)
        rows = [c for c in self.records.world.contacts if c.client_key == key]
        ids = self.records.ids["contact"]
        return self.paged(
            request,
            "contacts",
            rows,
            lambda c: {
                "id": ids[c.key],
                "first_name": c.first_name,
                "last_name": c.last_name,
                "name": f"{c.first_name} {c.last_name}".strip(),
                "email": c.email,
                "phone": c.phone,
                "mobile": "",
                "designation": "",
                "department": "",
                "client_id": client_id,
                "client_name": "",
            },
        )

    def _users(self, request: Request, portal_key: str) -> Response:
        del portal_key
        return self.paged(request, "users", self.records.world.people, self._user)

    def _user(self, person: Any) -> Json:
        return shapes.user(person, self.records.ids["person"], self._stamp)

    def _project_users(self, request: Request, portal_key: str, project_key: str) -> Response:
        del portal_key
        rates = {r.person_key: r for r in self.records.world.rates if r.project_key == project_key}
        keys = set(rates)
        if self.records.world.log_count <= 20_000:
            logs = map(self.records.log_at, self.records.positions())
            keys |= {entry.person_key for entry in logs if entry.project_key == project_key}
        rows = [p for p in self.records.world.people if p.key in keys]

        def shape(person: Any) -> Json:
            rate = rates.get(person.key)
            return {
                **self._user(person),
                "rate": str(rate.rate) if rate else "",
                "currency_code": rate.currency if rate else "",
            }

        return self.paged(request, "users", rows, shape)

    def _task_lists(self, request: Request, portal_key: str, project_key: str) -> Response:
        del portal_key
        rows = [t for t in self.records.world.task_lists if t.project_key == project_key]
        ids = self.records.ids["task_list"]
        return self.paged(
            request,
            "tasklists",
            rows,
            lambda t: {
                "id": ids[t.key],
                "name": t.name,
                "flag": "internal",
                "status": "active",
                "created_time": self._stamp,
                "project": self.records.parent(project_key),
            },
        )

    def _within(self, rows: Sequence[Any], portal_key: str, project_key: str | None) -> list[Any]:
        if project_key is not None:
            return [r for r in rows if r.project_key == project_key]
        keys = {p.key for p in self._projects_of(portal_key)}
        return [r for r in rows if r.project_key in keys]

    def _tasks(self, request: Request, portal_key: str, project_key: str | None = None) -> Response:
        rows = self._within(self.records.world.tasks, portal_key, project_key)
        ids = self.records.ids["task"]
        return self.paged(
            request,
            "tasks",
            rows,
            lambda t: shapes.task(t, ids[t.key], self.records.parent(t.project_key), self._stamp),
        )

    def _issues(
        self, request: Request, portal_key: str, project_key: str | None = None
    ) -> Response:
        rows = self._within(self.records.world.bugs, portal_key, project_key)
        ids = self.records.ids["bug"]
        order = {b.key: n for n, b in enumerate(self.records.world.bugs, 1)}
        return self.paged(
            request,
            "issues",
            rows,
            lambda b: shapes.issue(
                b, ids[b.key], self.records.parent(b.project_key), self._stamp, order[b.key]
            ),
        )

    def _logs(self, request: Request, portal_key: str, project_key: str | None = None) -> Response:
        """Time logs in buckets by date; all three kinds unless the module says one."""
        positions = self._positions(request, portal_key, project_key)
        page, size = (
            _number(request, "page", 1),
            min(_number(request, "per_page", 100), PER_PAGE_MAX),
        )
        part = positions[(page - 1) * size : page * size]
        if not part and self.switches["empty_list_status"] == 204:
            return Response(204)
        as_number = bool(self.switches["minutes_as_number"])
        buckets: dict[str, list[Json]] = {}
        for position in part:
            shown = self.records.log_shape(position, as_number=as_number)
            buckets.setdefault(shown["date"], []).append(shown)
        rows = [{"date": day, "log_details": logs} for day, logs in buckets.items()]
        info = self._page_info(page, size, len(positions), len(part))
        return json_response(200, {str(self.switches["log_key"]): rows, **info})

    def _positions(
        self, request: Request, portal_key: str, project_key: str | None
    ) -> Sequence[int]:
        module = json.loads(request.param("module") or "{}").get("type")
        kind = {"issue": "bug"}.get(module, module)
        start, end = request.param("start_date"), request.param("end_date")
        plain = not (kind or start or end or project_key)
        if plain and self.records.world.read_only:
            return range(self.records.log_count())
        keys = {project_key} if project_key else {p.key for p in self._projects_of(portal_key)}

        def fits(log: Log) -> bool:
            return (
                log.project_key in keys
                and (kind is None or log.kind == kind)
                and (not start or log.work_date >= date.fromisoformat(start))
                and (not end or log.work_date <= date.fromisoformat(end))
            )

        return [n for n in self.records.positions() if fits(self.records.log_at(n))]

    def _log(self, request: Request, portal_key: str, project_key: str, log_id: str) -> Response:
        del request, portal_key
        position = self.records.position(log_id)
        if position is None or self.records.log_at(position).project_key != project_key:
            return failed(404, 6404, "Time log not found")
        as_number = bool(self.switches["minutes_as_number"])
        return json_response(200, self.records.log_shape(position, as_number=as_number))

    def _delete_log(
        self, request: Request, portal_key: str, project_key: str, log_id: str
    ) -> Response:
        del request, portal_key, project_key
        position = self.records.position(log_id)
        if position is None:
            return failed(404, 6404, "Time log not found")
        self.records.deleted_logs.add(position)
        return Response(204)

    def _add_log(self, request: Request, portal_key: str, project_key: str) -> Response:
        del portal_key
        return self._control.add_log(request, project_key)

    def expire_tokens(self) -> None:
        """Let every access token end now."""
        self.accounts.ends = dict.fromkeys(self.accounts.ends, self.clock.now())

    def state(self) -> Any:
        """Everything that a snapshot keeps."""
        return self.records, self.accounts, self._windows, self._locks

    def set_state(self, state: Any) -> None:
        """Take a kept state back."""
        self.records, self.accounts, self._windows, self._locks = state

    def world_facts(self) -> Mapping[str, Any]:
        """Ids by name."""
        world, ids = self.records.world, self.records.ids
        return {
            "portals": {p.name: ids["portal"][p.key] for p in world.portals},
            "projects": {p.name: ids["project"][p.key] for p in world.projects},
        }

    def control(self, request: Request, path: str) -> Response | None:
        """Edits that people make, and the invoiced mark that no public call sets."""
        return self._control.handle(request, path)


def failed(status: int, code: int, message: str) -> Response:
    """An error answer that both versions understand."""
    return json_response(
        status,
        {"error": {"code": code, "message": message, "status_code": str(status), "title": "ERROR"}},
    )


def _number(request: Request, name: str, default: int) -> int:
    text = request.param(name) or ""
    return max(int(text), 1) if text.isdigit() else default
