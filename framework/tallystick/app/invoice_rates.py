"""The rates that an invoice rests on, frozen with it (R-141, R-142)."""

from typing import Any

from tallystick.app.billables import Billables
from tallystick.app.workspace import Workspace


def frozen_rates(ws: Workspace, found: Billables) -> list[dict[str, Any]]:
    """The records whose rates priced the lines, with these rates; the project says by which method.

    Just before the invoice is sent they are read again: another rate is another price.
    """
    source = found.setting.source.connection_id
    ids = [i for line in found.lines for i in line.source_ids]
    entries = ws.store.records.many(source, "time_entry", ids).values()
    of_project, rates = found.billing_method == "project_hours", []
    if found.billing_method == "task_hours":
        wanted = sorted({str(e["task_id"]) for e in entries if e.get("task_id")})
        tasks = ws.store.records.many(source, "task", wanted)
        rates = [{"type": "task", "id": i, "rate": tasks.get(i, {}).get("rate")} for i in wanted]
        # the project's rate stands in where a task has none, and for work on no task
        bare = any(not e.get("task_id") for e in entries)
        of_project = bare or any(r["rate"] is None for r in rates)
    elif found.billing_method == "staff_hours":
        users = {str(e.get("user_id")) for e in entries}
        rates = [
            {"type": "user_rate", "id": r["external_id"], "rate": r.get("rate")}
            for r in ws.store.records.scan(
                source, "user_rate", where={"project_id": found.project_id}
            )
            if str(r["user_id"]) in users
        ]
    project = ws.store.records.many(source, "project", [found.project_id])
    head: dict[str, Any] = {
        "type": "project",
        "id": found.project_id,
        "method": found.billing_method,
    }
    if of_project:
        head["rate"] = project.get(found.project_id, {}).get("rate")
    return [head, *rates] if found.lines else []
