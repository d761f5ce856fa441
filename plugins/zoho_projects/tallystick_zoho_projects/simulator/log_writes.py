"""Adding, changing and deleting time logs in v3."""

from typing import Any, cast

from tallystick.simulator.http import Request, Response, json_response
from tallystick.simulator.world_parts import Approval, Log, LogKind

from tallystick_zoho_projects.simulator import log_fields
from tallystick_zoho_projects.simulator.errors import Refusal, missing, wrong
from tallystick_zoho_projects.simulator.log_shape import log_v3
from tallystick_zoho_projects.simulator.records import Mark
from tallystick_zoho_projects.simulator.scene import Json, Scene
from tallystick_zoho_projects.simulator.timelogs import found_log

_REQUIRED = ("date", "bill_status")


class LogWrites:
    """Handlers that change logs."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene

    def create(self, request: Request, portal_key: str, project_key: str) -> Response:
        """POST …/log; it is the token's user's own unless owner_zpuid says otherwise."""
        position = self.make(self._scene.body(request), portal_key, project_key)
        self._scene.effect(self._scene.logbook.id_of(position))
        key = str(self._scene.switch("log_key"))
        return self._scene.item(key, log_v3(self._scene, position), 201)

    def make(self, body: Json, portal_key: str, project_key: str) -> int:
        """Add the log that a body describes; its position."""
        scene = self._scene
        for name in _REQUIRED:
            if body.get(name) in (None, ""):
                raise missing(name)
        module = log_fields.module(scene, body, project_key)
        spent = log_fields.duration(scene, body)
        if spent is None:
            raise missing("hours")
        label = log_fields.text(body, "log_name").strip()
        if module.kind == "general" and not label:
            raise missing("log_name")
        login = scene.records.login.key
        log = Log(
            key="",
            kind=cast("LogKind", module.kind),
            project_key=project_key,
            task_key=module.task_key,
            bug_key=module.bug_key,
            person_key=log_fields.person(scene, body, "owner_zpuid", portal_key) or login,
            work_date=log_fields.work_day(body),
            minutes=spent,
            billable=log_fields.billable(body),
            approval=cast(
                "Approval", log_fields.approval(body) if body.get("status") else "Pending"
            ),
            notes=log_fields.notes(body),
            label=label if module.kind == "general" else None,
        )
        now = scene.now()
        mark = Mark(now, now, login, self._fields(body, portal_key))
        return scene.logbook.add(log, mark)

    def _fields(self, body: Json, portal_key: str) -> dict[str, str]:
        """Fields that are kept beside the log."""
        found = {name: log_fields.time_of(body, name)[0] for name in ("start_time", "end_time")}
        found["cost_rate_per_hour"] = log_fields.rate(body)
        found["approver"] = log_fields.person(self._scene, body, "approver", portal_key) or ""
        return {name: value for name, value in found.items() if name in body}

    def update(self, request: Request, portal_key: str, project_key: str, log_id: str) -> Response:
        """PATCH …/logs/{id}: only what is sent changes; task, issue and kind stay."""
        scene = self._scene
        body = scene.body(request)
        kind = self._kind(body) or request.param("type")
        position = found_log(scene, project_key, log_id, kind, "module")
        self._refuse_invoiced(position)
        values = self._values(body, portal_key)
        if values.get("label") and scene.logbook.log(position).kind != "general":
            raise wrong("log_name")
        fields = self._fields(body, portal_key)
        if not values and not fields:
            raise missing("date, hours, notes or bill_status")
        if scene.switch("edit_resets_approval") and "approval" not in values:
            values["approval"] = "Pending"
        if "approval" in values and "approver" not in fields:
            fields["approver"] = self._judge(values["approval"])
        scene.logbook.change(position, scene.now(), values)
        scene.logbook.mark(position).fields.update(fields)
        scene.effect(log_id)
        return scene.item(str(scene.switch("log_key")), log_v3(scene, position))

    def _values(self, body: Json, portal_key: str) -> dict[str, Any]:
        """Facts of a log that a body changes."""
        values: dict[str, Any] = {}
        spent = log_fields.duration(self._scene, body)
        if spent is not None:
            values["minutes"] = spent
        for name, field, read in (
            ("date", "work_date", log_fields.work_day),
            ("bill_status", "billable", log_fields.billable),
            ("status", "approval", log_fields.approval),
            ("notes", "notes", log_fields.notes),
        ):
            if name in body:
                values[field] = read(body)
        owner = log_fields.person(self._scene, body, "owner_zpuid", portal_key)
        if owner is not None:
            values["person_key"] = owner
        if body.get("log_name"):
            values["label"] = log_fields.text(body, "log_name").strip()
        return values

    def approve(self, request: Request, portal_key: str, project_key: str, log_id: str) -> Response:
        """POST …/logs/{id}/approval, as v1 has it: a status, and who judged when not the caller."""
        scene = self._scene
        body = scene.body(request)
        position = found_log(scene, project_key, log_id, self._kind(body), "module")
        if body.get("status") in (None, ""):
            raise missing("status")
        fields = self._fields({k: v for k, v in body.items() if k == "approver"}, portal_key)
        self.judge(position, log_fields.approval(body), fields.get("approver"))
        scene.effect(log_id)
        return scene.item(str(scene.switch("log_key")), log_v3(scene, position))

    def judge(self, position: int, word: str, approver: str | None = None) -> None:
        """Approve or reject a log, invoiced or not; Pending takes the judgement back."""
        logbook = self._scene.logbook
        logbook.change(position, self._scene.now(), {"approval": word})
        logbook.mark(position).fields["approver"] = approver or self._judge(word)

    def _judge(self, word: str) -> str:
        return "" if word == "Pending" else self._scene.records.login.key

    def delete(self, request: Request, portal_key: str, project_key: str, log_id: str) -> Response:
        """DELETE …/logs/{id}, with the kind in the body or as type."""
        del portal_key
        scene = self._scene
        kind = self._kind(scene.body(request) if request.body else {}) or request.param("type")
        position = found_log(scene, project_key, log_id, kind, "module")
        self._refuse_invoiced(position)
        scene.logbook.delete(position)
        scene.effect(log_id)
        if int(scene.switch("delete_status")) == 204:
            return Response(204)
        return json_response(200, {"response": "Time Log Deleted Successfully"})

    def _kind(self, body: Json) -> str:
        """The kind that a body names: {"module": "task"} or {"module": {"type": "task"}}."""
        given = body.get("module")
        if isinstance(given, dict):
            given = given.get("type")
        if given is not None and not isinstance(given, str):
            raise wrong("module")
        return given or ""

    def _refuse_invoiced(self, position: int) -> None:
        if (
            self._scene.switch("refuse_invoiced_log_edit")
            and position in self._scene.records.changes.invoiced
        ):
            raise Refusal(409, 6832, "The time log is invoiced and cannot be changed")
