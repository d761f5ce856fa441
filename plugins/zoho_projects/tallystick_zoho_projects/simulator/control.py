"""Edits by people, and private marks that no public call sets, under the private prefix."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from tallystick.simulator.http import Request, Response, json_response

from tallystick_zoho_projects.simulator.errors import Refusal
from tallystick_zoho_projects.simulator.log_fields import approval, work_day
from tallystick_zoho_projects.simulator.log_shape import log_v3
from tallystick_zoho_projects.simulator.log_writes import LogWrites
from tallystick_zoho_projects.simulator.scene import Json, Scene

_KINDS: Mapping[str, str] = {
    "project": "project",
    "client": "client",
    "user": "person",
    "task": "task",
    "tasklist": "task_list",
    "issue": "bug",
}
_EDITABLE: Mapping[str, type] = {"billable": bool, "minutes": int, "notes": str}


class Control:
    """Control commands of the portal; each is a POST of a JSON object."""

    def __init__(self, scene: Scene, writes: LogWrites) -> None:
        self._scene = scene
        self._writes = writes
        self._commands: Mapping[str, Callable[[Json], Json]] = {
            "logs/invoiced": self._invoiced,
            "logs/change": self._change,
            "logs/approve": self._approve,
            "logs/add": self._add,
            "logs/delete": self._delete,
            "logs/restore": self._restore,
            "rename": self._rename,
            "projects/primary": self._primary,
            "projects/clients": self._clients,
            "projects/transaction": self._transaction,
            "projects/status": self._status,
            "users/active": self._user_active,
            "portals/zone": self._zone,
        }

    def handle(self, request: Request, path: str) -> Response | None:
        """The answer to a command, or None when it is none of these."""
        if path not in self._commands or request.method != "POST":
            return None
        body = request.json()
        if not isinstance(body, dict):
            return json_response(400, {"error": "A JSON object is expected."})
        try:
            return json_response(200, self._commands[path](body))
        except Refusal as refusal:
            return json_response(refusal.status, {"error": refusal.message})

    def _position(self, body: Json) -> int:
        position = self._scene.logbook.position(str(body["log_id"]))
        if position is None:
            raise Refusal(404, 6404, "There is no such log.")
        return position

    def _project(self, body: Json) -> str:
        key = self._scene.records.keys["project"].get(str(body["project_id"]))
        if key is None:
            raise Refusal(404, 6404, "There is no such project.")
        return key

    def _client(self, client_id: object) -> str:
        key = self._scene.records.keys["client"].get(str(client_id))
        if key is None:
            raise Refusal(404, 6404, "There is no such client company.")
        return key

    def _invoiced(self, body: Json) -> Json:
        """Mark logs as invoiced, or not, on this side: no documented call does."""
        if not isinstance(body["log_ids"], list):
            raise Refusal(400, 6832, "log_ids is a list.")
        positions = [self._position({"log_id": i}) for i in body["log_ids"]]
        for position in positions:
            self._scene.logbook.invoice(
                position, str(body.get("invoice_id") or ""), self._scene.now()
            )
        return {"done": len(positions)}

    def _change(self, body: Json) -> Json:
        """Change a log: {"log_id", and any of minutes, billable, notes, approval, work_date}."""
        position = self._position(body)
        values: dict[str, Any] = {}
        for name, value in body.items():
            if name == "work_date":
                values[name] = work_day({"date": value})
            elif name == "approval":
                values[name] = approval({"status": value})
            elif name in _EDITABLE and type(value) is _EDITABLE[name]:
                values[name] = value
            elif name != "log_id":
                raise Refusal(400, 6832, f"{name} cannot be changed so.")
        if values.get("minutes", 0) < 0:
            raise Refusal(400, 6832, "minutes cannot be negative.")
        word = values.pop("approval", None)
        self._scene.logbook.change(position, self._scene.now(), values)
        if word is not None:
            self._writes.judge(position, word)
        return log_v3(self._scene, position)

    def _approve(self, body: Json) -> Json:
        """Judge a log: status Approved unless it says Rejected or Unapproved."""
        position = self._position(body)
        self._writes.judge(position, approval({"status": body.get("status", "Approved")}))
        return log_v3(self._scene, position)

    def _add(self, body: Json) -> Json:
        """Add a log: the body of the public call, and project_id."""
        key = self._project(body)
        portal_key = self._scene.records.projects[key].portal_key
        return log_v3(self._scene, self._writes.make(body, portal_key, key))

    def _delete(self, body: Json) -> Json:
        """Delete a log, invoiced or not."""
        self._scene.logbook.delete(self._position(body))
        return {"done": 1}

    def _restore(self, body: Json) -> Json:
        """Bring a deleted log back, under its old id."""
        position = self._scene.logbook.bring_back(str(body["log_id"]), self._scene.now())
        if position is None:
            raise Refusal(404, 6404, "There is no such deleted log.")
        return log_v3(self._scene, position)

    def _rename(self, body: Json) -> Json:
        """Rename what {"kind", "id"} say: project, client, user, task, tasklist or issue."""
        kind, name = _KINDS.get(str(body["kind"])), body["name"]
        if kind is None or not isinstance(name, str) or not name.strip():
            raise Refusal(400, 6832, "A rename needs a kind and a name.")
        key = self._scene.records.keys[kind].get(str(body["id"]))
        if key is None:
            raise Refusal(404, 6404, f"There is no such {body['kind']}.")
        self._scene.records.rename(kind, key, name.strip(), self._scene.now())
        return {"done": 1}

    def _primary(self, body: Json) -> Json:
        """Make a client company the primary one, or none with null; `force` breaks the rules.

        Refused once a transaction uses the project's time (R-050, R-048), and for null while no
        second company is there (R-046). A company that was not in the project comes into it.
        """
        changes, records = self._scene.records.changes, self._scene.records
        key = self._project(body)
        wanted = body.get("client_id")
        companies = records.project_clients(key)
        if not body.get("force"):
            self._refuse_locked(key)
            if wanted is None and len(companies) == 1:
                raise Refusal(400, 6832, "The only client company of a project stays primary.")
        if wanted is None:
            changes.primary[key] = None
        else:
            client = self._client(wanted)
            if client not in companies:
                changes.clients[key] = (*companies, client)
            changes.primary[key] = client
        changes.modified[key] = self._scene.now()
        return self._companies(key)

    def _refuse_locked(self, key: str) -> None:
        locked = self._scene.switch("lock_primary_client")
        if locked and self._scene.records.has_transaction(key):
            raise Refusal(409, 6832, "A transaction uses the project's time.")

    def _clients(self, body: Json) -> Json:
        """Add or remove a client company: the first one becomes primary by itself (R-046)."""
        changes, records = self._scene.records.changes, self._scene.records
        key = self._project(body)
        companies = records.project_clients(key)
        if "add" in body:
            client = self._client(body["add"])
            if client in companies:
                raise Refusal(409, 6832, "The client company is there already.")
            changes.clients[key] = (*companies, client)
            if not companies:
                changes.primary[key] = client
        else:
            client = self._client(body["remove"])
            if client not in companies:
                raise Refusal(404, 6404, "The client company is not there.")
            if client == records.primary_client(key):
                self._refuse_locked(key)
                changes.primary[key] = None
            changes.clients[key] = tuple(c for c in companies if c != client)
        changes.modified[key] = self._scene.now()
        return self._companies(key)

    def _companies(self, key: str) -> Json:
        records = self._scene.records
        primary, ids = records.primary_client(key), records.ids["client"]
        return {
            "clients": [ids[c] for c in records.project_clients(key)],
            "primary": ids[primary] if primary else None,
        }

    def _transaction(self, body: Json) -> Json:
        """Note that a transaction uses a project's time, or with exists false that none does."""
        noted = self._scene.records.changes.transactions
        (noted.add if body.get("exists", True) else noted.discard)(self._project(body))
        return {"done": 1}

    def _status(self, body: Json) -> Json:
        """Archive a project, or make it active."""
        if body["status"] not in {"active", "archived"}:
            raise Refusal(400, 6832, "A project is active or archived.")
        key = self._project(body)
        self._scene.records.changes.statuses[key] = body["status"]
        self._scene.records.changes.modified[key] = self._scene.now()
        return {"done": 1}

    def _user_active(self, body: Json) -> Json:
        """Make a user active or inactive."""
        key = self._scene.records.keys["person"].get(str(body["user_id"]))
        if key is None:
            raise Refusal(404, 6404, "There is no such user.")
        self._scene.records.changes.people[key] = bool(body["active"])
        return {"done": 1}

    def _zone(self, body: Json) -> Json:
        """Set the time zone of a portal."""
        key = self._scene.records.portal_key(str(body["portal_id"]))
        if key is None:
            raise Refusal(404, 6404, "There is no such portal.")
        name = str(body["time_zone"])
        try:
            zone = ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise Refusal(400, 6832, "There is no such time zone.") from None
        self._scene.records.changes.zones[key] = name
        now: datetime = self._scene.now().astimezone(zone)
        return {"now": now.isoformat()}
