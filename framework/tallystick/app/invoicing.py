"""Making and voiding draft invoices, at most once (R-151…R-186)."""

from datetime import date
from typing import Any

from tallystick.app import flows
from tallystick.app.billable_policies import refuse_other_customer
from tallystick.app.billables import Billables, Chosen, gather
from tallystick.app.billing import preview_view
from tallystick.app.decision_log import DecisionLog
from tallystick.app.doubts import doubts, parked_views
from tallystick.app.drafting import plan_one
from tallystick.app.freshen import freshen
from tallystick.app.integrations import record
from tallystick.app.invoice_operation import invoice_operation, refuse_unbillable
from tallystick.app.progress import Listener, silent
from tallystick.app.results_billing import InvoiceView
from tallystick.app.runs import begin, conclude, guard
from tallystick.app.settling import settle_states
from tallystick.app.views import BADGES, way_on
from tallystick.app.workspace import Workspace
from tallystick.errors import ConfigError, Refused
from tallystick.model.connection import Status
from tallystick.model.money import Money
from tallystick.model.operation import (
    Operation,
    OperationStatus,
)
from tallystick.model.record import RecordKey
from tallystick.store import IntegrationData, RunData


def invoice(  # noqa: PLR0913 - one argument for each field of the form
    ws: Workspace,
    name: str | None = None,
    *,
    project: str,
    until: date | None = None,
    customer: str | None = None,
    grouping: str = "by_task",
    with_expenses: bool = False,
    plan_only: bool = False,
    progress: Listener | None = None,
) -> InvoiceView:
    """Make a draft invoice of a project's unbilled work, at most once."""
    row = record(ws, name)
    if row.state not in {Status.ACTIVE, Status.SYNCING}:
        code, fix = way_on(Status(row.state))
        raise Refused(
            f"The integration is {BADGES[Status(row.state)]}; nothing can be billed.",
            code=code,
            fix=fix,
        )
    chosen = Chosen(project, until, customer, grouping, with_expenses)
    if plan_only:
        found = gather(ws, row, chosen)
        refuse_other_customer(ws, found)
        refuse_unbillable(found, doubts(ws, row.name, project=found.project_id))
        return _planned(found, invoice_operation(ws, found))
    run = begin(ws, row, "invoice")
    try:
        found, operation = _prepare(ws, run, row, chosen)
        digest = plan_one(ws, run, operation)
        flows.apply_invoice(ws, run, digest, progress or silent)
    except Refused as refusal:
        conclude(ws, run, "refused", f"{refusal.code}: {refusal.message}")
        raise
    except BaseException as error:
        guard(ws, run, error)
        raise
    return _result(ws, run, found, operation)


def bill(
    ws: Workspace,
    name: str | None = None,
    *,
    project: str | None,
    **choices: Any,
) -> tuple[InvoiceView, ...]:
    """Bill one project, or every project that has unbilled work when `project` is None; then
    bills of unknown outcome are listed after those made, for they hold work too.

    Takes the choices of `invoice`. When all are billed, a project that is refused is listed with
    its code and the others go on; a single one raises `Refused`.
    """
    if project is not None:
        return (invoice(ws, name, project=project, **choices),)
    if choices.get("customer"):
        raise ConfigError(
            "One customer cannot be chosen for every project.",
            code="CFG-06",
            fix="Bill one project at a time with --project and --customer.",
        )
    row = record(ws, name)
    made = []
    for project_id in ws.store.states.projects_with(row.source_id, "unbilled"):
        try:
            made.append(invoice(ws, row.name, project=project_id, **choices))
        except Refused as refusal:
            made.append(_refused(ws, row, project_id, refusal))
    made += parked_views(ws, row.name, but=[m.reference for m in made])
    return tuple(made)


def _refused(ws: Workspace, row: IntegrationData, project_id: str, refusal: Refused) -> InvoiceView:
    known = ws.store.records.get(RecordKey(row.source_id, "project", project_id)) or {}
    return InvoiceView(
        reference="",
        status="REFUSED",
        number=None,
        remote_id=None,
        customer_name="",
        project_name=str(known.get("name") or project_id),
        total=Money(0, str(known.get("currency") or "")),
        minutes=0,
        entries=0,
        code=refusal.code,
        message=refusal.message,
    )


def _prepare(
    ws: Workspace, run: RunData, row: IntegrationData, chosen: Chosen
) -> tuple[Billables, Operation]:
    """Settle what an earlier process left, look for bills made by hand since, then plan."""
    if ws.store.outbox.due(row.name, ws.clock.now()) or ws.store.outbox.parked(row.name):
        flows.sweep_now(ws, run, suspects_only=True)
    found = gather(ws, row, chosen)
    if found.customer_id is not None and freshen(ws, found, run.id):
        settle_states(ws, row, run.id)
        found = gather(ws, row, chosen)
    DecisionLog(ws, row.name, run.id).store(found.taken)
    refuse_other_customer(ws, found)
    refuse_unbillable(found, doubts(ws, row.name, project=found.project_id))
    return found, invoice_operation(ws, found)


def _planned(found: Billables, operation: Operation) -> InvoiceView:
    view = preview_view(found)
    return InvoiceView(
        operation.reference,
        "PLANNED",
        None,
        None,
        found.customer_name or "",
        found.project_name,
        view.total,
        view.minutes,
        sum(len(x.entries) for x in view.lines),
    )


def _result(ws: Workspace, run: RunData, found: Billables, operation: Operation) -> InvoiceView:
    stored = ws.store.outbox.get(operation.reference)
    view = preview_view(found)
    status = stored.status if stored else "FAILED"
    done = status == OperationStatus.DONE
    entries = sum(len(x.entries) for x in view.lines)
    conclude(ws, run, "ok" if done else "degraded", f"invoice {status.lower()}")
    if stored is not None and status == OperationStatus.FAILED:
        raise Refused(stored.message or "The invoice was refused.", code=stored.code or "INV-01")
    return InvoiceView(
        operation.reference,
        status,
        stored.remote_number if stored else None,
        stored.remote_id if stored else None,
        found.customer_name or "",
        found.project_name,
        view.total,
        view.minutes,
        entries,
        stored.code if stored else None,
        stored.message if stored else None,
    )
