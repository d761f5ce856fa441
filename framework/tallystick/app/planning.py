"""From stored records to a stored plan: discover, decide module by module, order, fingerprint."""

from collections.abc import Mapping, Sequence
from typing import Any

from tallystick.app.assembly import (
    Customers,
    context_of,
    known_entries,
    setting_of,
)
from tallystick.app.collect import Gathering
from tallystick.app.progress import Listener, Progress
from tallystick.app.workspace import Workspace
from tallystick.model.connection import CutoffMode
from tallystick.model.record import RecordKey, Row
from tallystick.plan.context import Context, Decider, Issue, Standing
from tallystick.plan.entries import EntryPlanner
from tallystick.plan.entry_writes import EntryWriter
from tallystick.plan.parties import plan_contact, plan_users
from tallystick.plan.work import plan_bug, plan_project, plan_task
from tallystick.store import IntegrationData

_DAY_MINUTES = 24 * 60


def plan_sync(
    ws: Workspace,
    row: IntegrationData,
    sink: Gathering,
    modules: Sequence[str],
    progress: Listener,
) -> None:
    """Plan everything that a sync of these modules would change, into the sink."""
    setting = setting_of(ws, row)
    ws.store.records.index("time_entry")
    context = context_of(ws, setting, sink, row.answers)
    steps = (
        ("projects", _projects),
        ("users", _users),
        ("tasks", _tasks),
        ("bugs", _bugs),
        ("timesheets", _entries),
        ("user_rates", _rates),
    )
    for module, step in steps:
        if module not in modules:
            continue
        progress(Progress(module, "planning", 0))
        if module == "timesheets":
            sink.settle_order()
        step(ws, context)
    sink.settle_order()
    sink.finish()


def _projects(ws: Workspace, context: Context) -> None:
    source = context.setting.source.connection_id
    contacts = {r["external_id"]: r for r in ws.store.records.scan(source, "contact")}
    customers = Customers(context.targets["contact"].values())
    for row in ws.store.records.scan(source, "project"):
        context.sink.count("projects", "read")
        contact = _contact(context, contacts.get(str(row.get("client_id"))), customers, row)
        customer = _customer(context, contact, contacts, row)
        standing = plan_project(context, row, contact, customer)
        context.standing["project", row["external_id"]] = standing


def _contact(
    context: Context, contact: Row | None, customers: Customers, project: Row
) -> Standing | None:
    """The standing of a project's primary client, decided once."""
    client_id = project.get("client_id")
    if not client_id:
        return None
    known = context.standing.get(("contact", str(client_id)))
    if known is not None:
        return known
    if contact is None:
        standing = Standing("contact", str(client_id), str(client_id), "error", "DATA-02")
    else:
        standing = plan_contact(
            context, contact, customers.alike(contact), currency=project.get("currency")
        )
    context.standing["contact", str(client_id)] = standing
    return standing


def _customer(
    context: Context, contact: Standing | None, contacts: Mapping[str, Row], project: Row
) -> Mapping[str, Any] | None:
    """The customer a project will be billed to: the target's record, or the one to be made."""
    if contact is None:
        return None
    if contact.target_id is not None:
        return context.targets["contact"].get(contact.target_id)
    client = contacts.get(contact.external_id, {})
    return {"currency": client.get("currency") or project.get("currency")}


def _users(ws: Workspace, context: Context) -> None:
    source = context.setting.source.connection_id
    fetched = {
        key[1] for key, s in context.standing.items() if key[0] == "project" and s.state == "ok"
    }
    wanted = {
        str(r["user_id"])
        for type_ in ("user_rate", "time_entry")
        for r in ws.store.records.distinct(source, type_, ("project_id", "user_id"))
        if r["project_id"] in fetched
    }
    users = [r for r in ws.store.records.scan(source, "user") if r["external_id"] in wanted]
    context.sink.count("users", "read", len(users))
    targets = {r["email_key"]: r for r in context.targets["user"].values() if r.get("email_key")}
    plan_users(context, users, targets)


def _tasks(ws: Workspace, context: Context) -> None:
    for row in ws.store.records.scan(context.setting.source.connection_id, "task"):
        context.sink.count("tasks", "read")
        context.standing["task", row["external_id"]] = plan_task(context, row)


def _bugs(ws: Workspace, context: Context) -> None:
    for row in ws.store.records.scan(context.setting.source.connection_id, "bug"):
        context.sink.count("bugs", "read")
        context.standing["bug", row["external_id"]] = plan_bug(context, row)


def _entries(ws: Workspace, context: Context) -> None:
    source = context.setting.source.connection_id
    bugs = {r["external_id"]: r for r in ws.store.records.scan(source, "bug")}
    planner = EntryPlanner(context, StatusDeciders(ws), EntryWriter(context, bugs))
    for row, known in known_entries(ws, context):
        context.sink.count("timesheets", "read")
        planner.plan(row, known)
    _long_days(ws, context)


def _long_days(ws: Workspace, context: Context) -> None:
    """Warn of days longer than a day has hours; nothing is held for it (R-111)."""
    source = context.setting.source.connection_id
    for day in ws.store.workdays.longer(source, _DAY_MINUTES):
        user = context.standing.get(("user", day.user_id))
        name = user.name if user else day.user_id
        hours = f"{day.minutes // 60}:{day.minutes % 60:02d}"
        reason = f"{name} logged {hours} on one day, {day.work_date}, in {day.entries} entries."
        key = RecordKey(source, "time_entry", day.last)
        context.sink.issue(
            Issue("timesheets", key, f"{day.work_date} {name}", "TS-16", "warn", reason)
        )


def _rates(ws: Workspace, context: Context) -> None:
    """Rates are not written; invoices are priced with them (R-133)."""
    source = context.setting.source.connection_id
    context.sink.count("user_rates", "read", ws.store.records.count(source, "user_rate"))


class StatusDeciders(Mapping[tuple[str, Any], Decider]):
    """Deciders of time_entry.status, one for each cutoff that entries were judged under."""

    def __init__(self, ws: Workspace) -> None:
        self._ws = ws
        self._made: dict[tuple[str, Any], Decider] = {}

    def __getitem__(self, key: tuple[str, Any]) -> Decider:
        if key not in self._made:
            mode, cutoff = key
            self._made[key] = self._ws.rules.decider(
                "time_entry.status", params={"mode": str(CutoffMode(mode)), "cutoff": cutoff}
            )
        return self._made[key]

    def __iter__(self) -> Any:
        return iter(self._made)

    def __len__(self) -> int:
        return len(self._made)
