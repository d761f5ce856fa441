"""Edits by people and private marks of the simulated portal."""

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from tallystick.simulator.http import Request, Response, json_response
from tallystick.simulator.world_parts import Log

if TYPE_CHECKING:
    from tallystick_zoho_projects.simulator.service import ProjectsSimulator

_EDITABLE = {"approval", "billable", "minutes", "notes", "work_date"}


class Control:
    """Control endpoints under the private prefix."""

    def __init__(self, simulator: "ProjectsSimulator") -> None:
        self._simulator = simulator

    def handle(self, request: Request, path: str) -> Response | None:
        """POST logs/invoiced, logs/change, projects/primary, projects/transaction."""
        if request.method != "POST":
            return None
        commands = {
            "logs/invoiced": self._invoiced,
            "logs/change": self._change,
            "projects/primary": self._primary,
            "projects/transaction": self._transaction,
        }
        if path not in commands:
            return None
        return commands[path](request.json() or {})

    def _invoiced(self, body: dict[str, Any]) -> Response:
        """Mark logs as invoiced on this side: no documented call does."""
        for log_id in body["log_ids"]:
            if body.get("invoice_id"):
                self._simulator.records.invoiced[str(log_id)] = str(body["invoice_id"])
            else:
                self._simulator.records.invoiced.pop(str(log_id), None)
        return json_response(200, {"done": len(body["log_ids"])})

    def _change(self, body: dict[str, Any]) -> Response:
        """Change a log as a person would: {"log_id": ..., "minutes": ...}."""
        position = self._simulator.records.position(str(body.pop("log_id")))
        if position is None:
            return json_response(404, {"error": "no such log"})
        changes = {k: v for k, v in body.items() if k in _EDITABLE}
        if "work_date" in changes:
            changes["work_date"] = date.fromisoformat(changes["work_date"])
        self._simulator.records.change(position, **changes)
        return json_response(200, {"done": 1})

    def _primary(self, body: dict[str, Any]) -> Response:
        """Set a project's primary client; refused while transactions exist (R-050)."""
        records = self._simulator.records
        key = records.keys["project"][str(body["project_id"])]
        if key in records.transactions:
            return json_response(400, {"error": "the project has transactions"})
        client_id = body.get("client_id")
        records.primary[key] = records.keys["client"][str(client_id)] if client_id else None
        return json_response(200, {"done": 1})

    def _transaction(self, body: dict[str, Any]) -> Response:
        """Note that a project has transactions."""
        records = self._simulator.records
        records.transactions.add(records.keys["project"][str(body["project_id"])])
        return json_response(200, {"done": 1})

    def add_log(self, request: Request, project_key: str) -> Response:
        """POST …/log of v3: a task, issue or general log."""
        body = request.json() or request.form()
        records = self._simulator.records
        module = body.get("module") or {}
        kind = {"issue": "bug"}.get(module.get("type"), module.get("type", "general"))
        hours = str(body.get("hours") or "0:00").replace(".", ":").split(":")
        keys = records.keys
        log = Log(
            key=f"added-{len(records.extra_logs)}",
            kind=kind,
            project_key=project_key,
            task_key=keys["task"].get(str(module.get("id"))) if kind == "task" else None,
            bug_key=keys["bug"].get(str(module.get("id"))) if kind == "bug" else None,
            person_key=keys["person"].get(str(body.get("owner_zpuid")), "")
            or records.world.people[0].key,
            work_date=date.fromisoformat(str(body["date"])),
            minutes=int(Decimal(hours[0])) * 60 + int(hours[1] if len(hours) > 1 else 0),
            billable=body.get("bill_status", "Billable") == "Billable",
            approval=body.get("status", "Pending"),
            notes=str(body.get("notes") or ""),
            label=str(body.get("log_name") or "General") if kind == "general" else None,
        )
        records.extra_logs.append(log)
        position = records.world.log_count + len(records.extra_logs) - 1
        self._simulator.effect_id = records.log_id(position)
        return json_response(201, records.log_shape(position, as_number=False))
