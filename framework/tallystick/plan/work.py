"""Planning of projects (R-044…R-059), tasks and bugs (R-093…R-098, R-105)."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from tallystick.model.decision import Decision
from tallystick.model.operation import Because
from tallystick.model.record import RecordKey, Row
from tallystick.plan.context import Context, Issue, Standing
from tallystick.plan.upsert import Fills, Wanted, linked_to, place

PROJECT_FIELDS = ("name", "billing_method", "rate", "currency", "budget_minutes")
_FOLLOW_PROJECT = ("name", "client_id")
_FOLLOW_TASK = ("name",)
CODE_OF_CHILD = {"project": "PRJ-03", "task": "TSK-01", "bug": "BUG-01", "time_entry": "TS-01"}


def judge(
    context: Context,
    key: RecordKey,
    row: Row,
    record: Mapping[str, Any],
    parents: Sequence[Standing],
    *,
    module: str,
    title: str,
    minutes: int = 0,
) -> Because | Standing:
    """Ask record.push then record.fetch; what may go on gets its rule, the rest an issue.

    The root error of a parent comes first, the record's own reason second (R-100).
    """
    push_subject = {"record": record, "parents": [p.fact for p in parents]}
    push = context.decide("record.push", key, push_subject, row)
    subject = {"record": record}
    fetch = context.decide("record.fetch", key, subject, row)
    standing: Standing | None = None
    if push.outcome != "push":
        code = _waits(context, key, push, push_subject, module, title, minutes)
        standing = Standing(key.type, key.external_id, title, "error", code)
    if fetch.outcome != "accept":
        words = context.explain(fetch, subject)
        code = fetch.code or "DATA-02"
        quiet = fetch.code is None
        if not quiet:
            context.sink.issue(
                Issue(module, key, title, code, "root", words.because, words.fix, minutes=minutes)
            )
            context.sink.count(module, "failed")
        else:
            context.sink.count(module, "skipped")
        state = "skipped" if quiet else "error"
        standing = standing or Standing(key.type, key.external_id, title, state, code)
    return standing or context.because(fetch, subject)


def _waits(
    context: Context,
    key: RecordKey,
    decision: Decision,
    subject: Mapping[str, Any],
    module: str,
    title: str,
    minutes: int,
) -> str:
    words = context.explain(decision, subject)
    code = decision.code or CODE_OF_CHILD.get(key.type, "DATA-02")
    root = decision.bound or {}
    cause = (str(root["type"]), str(root["id"])) if root else None
    context.sink.issue(
        Issue(module, key, title, code, "cascade", words.because, words.fix, cause, minutes)
    )
    context.sink.count(module, "held")
    return code


def plan_project(
    context: Context, row: Row, contact: Standing | None, customer: Row | None
) -> Standing:
    """Carry one project over, with the customer of its primary client."""
    key = RecordKey(context.setting.source.connection_id, "project", row["external_id"])
    name = str(row.get("name") or key.external_id)
    record = {
        **row,
        "type": "project",
        "module": "projects",
        "project": name,
        "customer_currency": (customer or {}).get("currency") if contact else None,
    }
    if "client_id" in row:
        record["primary_client"] = row["client_id"]
    parents = [contact] if contact else []
    because = judge(context, key, row, record, parents, module="projects", title=name)
    if isinstance(because, Standing):
        return because
    payload = {n: row[n] for n in PROJECT_FIELDS if row.get(n) is not None}
    payload["description"] = str(row.get("description") or "")[:400]
    wanted = Wanted(
        key,
        name,
        "project",
        "projects",
        name,
        payload,
        _FOLLOW_PROJECT,
        fills=Fills.of({"client_id": contact} if contact else {}),
        version=row.get("content_hash", ""),
    )
    if _client_blocked(context, wanted, contact):
        wanted = replace(wanted, follow=("name",))
    return place(context, wanted, because)


def _client_blocked(context: Context, wanted: Wanted, contact: Standing | None) -> bool:
    """True when the primary client changed though transactions use the project's time (R-050)."""
    pair = linked_to(context, wanted)
    current = context.targets["project"].get(pair[1]) if pair else None
    if current is None or contact is None or current.get("client_id") == contact.target_id:
        return False
    if wanted.source.external_id not in context.billed_projects:
        return False
    context.sink.issue(
        Issue(
            "projects",
            wanted.source,
            wanted.name,
            "PRJ-07",
            "held",
            f"{wanted.name} has another primary client now, {contact.name}, but its time is on "
            "invoices of the former one.",
        )
    )
    context.sink.count("projects", "held")
    return True


def plan_task(context: Context, row: Row) -> Standing:
    """Carry one task over, under its project."""
    key = RecordKey(context.setting.source.connection_id, "task", row["external_id"])
    name = str(row.get("name") or key.external_id)
    project = parent_of(context, "project", row.get("project_id"))
    record = {**row, "type": "task", "module": "projects"}
    because = judge(context, key, row, record, [project], module="tasks", title=name)
    if isinstance(because, Standing):
        return because
    payload: dict[str, Any] = {"name": name[:100]}
    if row.get("rate") is not None:
        payload["rate"] = row["rate"]
    if row.get("description"):
        payload["description"] = str(row["description"])[:400]
    wanted = Wanted(
        key,
        name,
        "task",
        "tasks",
        f"{project.name} / {name}",
        payload,
        _FOLLOW_TASK,
        fills=Fills.of({"project_id": project}),
        version=row.get("content_hash", ""),
    )
    return place(context, wanted, because)


def plan_bug(context: Context, row: Row) -> Standing:
    """Judge one bug; its task in the accounts is made when time on it needs it (R-105)."""
    key = RecordKey(context.setting.source.connection_id, "bug", row["external_id"])
    name = str(row.get("name") or key.external_id)
    project = parent_of(context, "project", row.get("project_id"))
    record = {**row, "type": "bug", "module": "projects"}
    because = judge(context, key, row, record, [project], module="bugs", title=name)
    if isinstance(because, Standing):
        return because
    pair = context.links.get(("bug", key.external_id))
    return Standing("bug", key.external_id, name, "ok", target_id=pair[1] if pair else None)


def parent_of(context: Context, type: str, external_id: str | None) -> Standing:
    """The standing of a parent; one that was never read counts as in error."""
    known = context.standing.get((type, str(external_id)))
    return known or Standing(type, str(external_id), f"{type} {external_id}", "error", "DATA-02")


def bug_task(context: Context, bug: Row, project: Standing, because: Because) -> Standing:
    """The task `Bug <key> <title>` that carries a bug's time (R-105)."""
    key = RecordKey(context.setting.source.connection_id, "bug", bug["external_id"])
    name = f"Bug {bug.get('key') or ''} {bug.get('name') or ''}".replace("  ", " ").strip()[:100]
    wanted = Wanted(
        key,
        name,
        "task",
        "bugs",
        f"{project.name} / {name}",
        {"name": name},
        (),
        fills=Fills.of({"project_id": project}),
        version=bug.get("content_hash", ""),
    )
    return place(context, wanted, because)


def general_task(context: Context, project: Standing, because: Because) -> Standing:
    """The task `General` that a project's general entries share (R-105)."""
    key = RecordKey(context.setting.source.connection_id, "general", project.external_id)
    wanted = Wanted(
        key,
        "General",
        "task",
        "timesheets",
        f"{project.name} / General",
        {"name": "General"},
        (),
        fills=Fills.of({"project_id": project}),
    )
    return place(context, wanted, because)
