"""The simulated Zoho Projects: routes of v3 and some of v1, credentials, limits, control."""

from collections.abc import Callable, Mapping
from typing import Any

from tallystick.simulator.app import Simulator
from tallystick.simulator.http import Request, Response, json_response
from tallystick.simulator.router import Router
from tallystick.simulator.world import World

from tallystick_zoho_projects.simulator.accounts import Accounts
from tallystick_zoho_projects.simulator.classic_logs import ClassicLogs
from tallystick_zoho_projects.simulator.control import Control
from tallystick_zoho_projects.simulator.errors import V1, V3, Refusal, absent
from tallystick_zoho_projects.simulator.first_version import FirstVersion
from tallystick_zoho_projects.simulator.limits import Limits
from tallystick_zoho_projects.simulator.log_writes import LogWrites
from tallystick_zoho_projects.simulator.people import People
from tallystick_zoho_projects.simulator.project_writes import ProjectWrites
from tallystick_zoho_projects.simulator.records import Records
from tallystick_zoho_projects.simulator.scene import Scene
from tallystick_zoho_projects.simulator.scopes import granted
from tallystick_zoho_projects.simulator.switches import SWITCHES
from tallystick_zoho_projects.simulator.timelogs import Timelogs
from tallystick_zoho_projects.simulator.work import Work

_TOKEN = ("/oauth/v2/token", "/oauth/v2/token/revoke")


class ProjectsSimulator(Simulator):
    """Zoho Projects with its accounts server, on one world."""

    name = "zoho_projects"
    SWITCHES = SWITCHES

    def __init__(self, world: World, seed: int = 1) -> None:
        super().__init__(seed=seed, start=world.now)
        self.records = Records(world)
        self.accounts = Accounts(seed)
        self.limits = Limits()
        self._scene = Scene(self.records, self.clock.now, self.switches.__getitem__, self._effect)
        self._writes = LogWrites(self._scene)
        self._control = Control(self._scene, self._writes)
        self._router = Router()
        self._people()
        self._work()
        self._changes()
        self._classic()

    def _effect(self, effect_id: str) -> None:
        self.effect_id = effect_id

    def _people(self) -> None:
        people, add = People(self._scene), self._router.add
        portal = f"{V3}/portal/{{portal}}"
        add("GET", f"{V3}/portals", people.portals)
        add("GET", portal, people.portal)
        add("GET", f"{portal}/users", people.users)
        add("GET", f"{portal}/users/{{user_id}}", people.user)
        add("GET", f"{portal}/clients", people.clients)
        add("GET", f"{portal}/clients/{{client_id}}", people.client)
        add("GET", f"{portal}/clients/{{client_id}}/projects", people.client_projects)
        add("GET", f"{portal}/client/{{client_id}}/contacts", people.contacts)
        add("GET", f"{portal}/projects/{{project_id}}/users", people.project_users)
        add("GET", f"{portal}/projects/{{project_id}}/clients", people.project_clients)

    def _work(self) -> None:
        work, logs, add = Work(self._scene), Timelogs(self._scene), self._router.add
        portal = f"{V3}/portal/{{portal}}"
        project = f"{portal}/projects/{{project_id}}"
        add("GET", f"{portal}/projects", work.projects)
        add("GET", project, work.project)
        add("GET", f"{project}/tasklists", work.task_lists)
        add("GET", f"{project}/tasklists/{{list_id}}", work.task_list)
        add("GET", f"{project}/milestones", work.milestones)
        for where in (portal, project):
            add("GET", f"{where}/tasks", work.tasks)
            add("GET", f"{where}/issues", work.issues)
            add("GET", f"{where}/timelogs", logs.listing)
        add("GET", f"{project}/tasks/{{task_id}}", work.task)
        add("GET", f"{project}/issues/{{issue_id}}", work.issue)
        add("GET", f"{project}/logs/{{log_id}}", logs.one)
        add("POST", f"{project}/log", self._writes.create)
        add("PATCH", f"{project}/logs/{{log_id}}", self._writes.update)
        add("PUT", f"{project}/logs/{{log_id}}", self._writes.update)
        add("DELETE", f"{project}/logs/{{log_id}}", self._writes.delete)
        add("POST", f"{project}/logs/{{log_id}}/approval", self._writes.approve)

    def _changes(self) -> None:
        writes, add = ProjectWrites(self._scene), self._router.add
        projects = f"{V3}/portal/{{portal}}/projects"
        add("POST", projects, writes.create)
        for method in ("PATCH", "PUT"):
            add(method, f"{projects}/{{project_id}}", writes.update)
        add("DELETE", f"{projects}/{{project_id}}", writes.trash)
        add("POST", f"{projects}/{{project_id}}/trash", writes.trash)
        add("POST", f"{projects}/{{trashed_id}}/restore", writes.restore)

    def _classic(self) -> None:
        first, add = FirstVersion(self._scene), self._router.add
        portal = f"{V1}/portal/{{portal}}"
        project = f"{portal}/projects/{{project_id}}"
        add("GET", f"{V1}/portals", first.portals)
        add("GET", f"{portal}/projects", first.projects)
        add("GET", project, first.project)
        add("GET", f"{portal}/users", first.users)
        add("GET", f"{project}/users", first.project_users)
        add("GET", f"{project}/logs", ClassicLogs(self._scene).listing)

    def dispatch(self, request: Request) -> Response:
        """The service's own answer."""
        now = self.clock.now()
        if request.path.rstrip("/").endswith(_TOKEN):
            return self.accounts.answer(request, now, self.switches)
        try:
            self._refuse_stranger(request)
            if self.limits.passed(request, now, self.switches):
                return self.throttle_response(request)
            return self._routed(request)
        except Refusal as refusal:
            return refusal.response(request, self.switches)

    def _refuse_stranger(self, request: Request) -> None:
        if not self.accounts.alive(request, self.clock.now(), self.switches):
            raise Refusal(401, 6401, "Unauthorized request")
        if not granted(request, self.switches):
            status = int(self.switches["scope_status"])
            raise Refusal(status, 6401, "The token lacks a scope for this")

    def _routed(self, request: Request) -> Response:
        found = self._router.find(request.method, request.path)
        if found is None:
            if self._router.knows(request.path):
                raise Refusal(405, 6500, "The method is not served here")
            raise Refusal(404, 6404, "Given URL is wrong")
        handler, parts = found
        return self._scoped(handler, request, parts)

    def _scoped(
        self, handler: Callable[..., Response], request: Request, parts: Mapping[str, str]
    ) -> Response:
        """Call a handler with the portal, by id or name, and the project of the path."""
        wanted = dict(parts)
        if "portal" in wanted:
            portal_key = self.records.portal_key(wanted.pop("portal"))
            if portal_key is None:
                raise absent("Portal")
            wanted["portal_key"] = portal_key
        if "project_id" in wanted:
            key = self.records.keys["project"].get(wanted.pop("project_id"))
            if key is None or key in self.records.changes.trashed:
                raise absent("Project")
            if self.records.projects[key].portal_key != wanted.get("portal_key"):
                raise absent("Project")
            wanted["project_key"] = key
        return handler(request, **wanted)

    def throttle_response(self, request: Request) -> Response:
        """The rolling limit's refusal, with the minutes that are left."""
        return self.limits.refusal(request, self.clock.now(), self.switches)

    def error_response(self, request: Request) -> Response:
        """HTTP 500 in the envelope of the version that was asked."""
        return Refusal(500, 6500, "Internal Server Error").response(request, self.switches)

    def expire_tokens(self) -> None:
        """Let every access token end now."""
        self.accounts.expire()

    def state(self) -> Any:
        """Everything that a snapshot keeps; the world itself is made again from its seed."""
        return self.records.changes, self.accounts, self.limits

    def set_state(self, state: Any) -> None:
        """Take a kept state back."""
        changes, self.accounts, self.limits = state
        self.records.take(changes)

    def world_facts(self) -> Mapping[str, Any]:
        """Ids by name, and how many of each there are."""
        records, world, ids = self.records, self.records.world, self.records.ids
        return {
            "portals": {p.name: ids["portal"][p.key] for p in world.portals},
            "projects": {p.name: ids["project"][p.key] for p in records.projects.values()},
            "clients": {c.name: ids["client"][c.key] for c in records.clients.values()},
            "users": {p.name: ids["person"][p.key] for p in records.people.values()},
            "counts": {
                "tasks": len(world.tasks),
                "issues": len(world.bugs),
                "time_logs": world.log_count,
            },
        }

    def control(self, request: Request, path: str) -> Response | None:
        """Edits that people make, and the invoiced mark that no public call sets; GET logs/{id}."""
        kind, _, log_id = path.partition("/")
        if request.method == "GET" and kind == "logs" and log_id:
            position = self._scene.logbook.position(log_id)
            known = position is not None
            invoice = self.records.changes.invoiced.get(position) if position is not None else None
            return json_response(200 if known else 404, {"exists": known, "invoice_id": invoice})
        return self._control.handle(request, path)
