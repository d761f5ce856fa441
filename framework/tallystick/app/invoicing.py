"""Making and voiding draft invoices, at most once (R-151…R-186)."""

from datetime import date
from typing import Any

from tallystick.app import flows
from tallystick.app.billables import Billables, Chosen, gather
from tallystick.app.billing import preview_view
from tallystick.app.drafting import PlanDraft
from tallystick.app.freshen import freshen
from tallystick.app.integrations import record
from tallystick.app.progress import Listener, silent
from tallystick.app.results import InvoiceView
from tallystick.app.runs import begin, conclude, guard
from tallystick.app.settling import settle_states
from tallystick.app.workspace import Workspace
from tallystick.bill import BillLine
from tallystick.errors import Refused
from tallystick.model.connection import Status
from tallystick.model.money import Money
from tallystick.model.operation import (
    Action,
    Because,
    ClaimKey,
    Operation,
    OperationStatus,
    invoice_reference,
)
from tallystick.model.record import RecordKey
from tallystick.store import IntegrationData, OutboxRow, RunData


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
        raise Refused(
            f"The integration is {row.state}; nothing can be billed.",
            code="INT-02" if row.state == Status.DISABLED else "SETUP-07",
            fix="Sync first: tallystick sync run.",
        )
    chosen = Chosen(project, until, customer, grouping, with_expenses)
    if plan_only:
        found = gather(ws, row, chosen)
        _refuse(found)
        return _planned(found, _operation(ws, found))
    run = begin(ws, row, "invoice", full=False)
    try:
        found, operation = _prepare(ws, run, row, chosen)
        digest = _plan(ws, run, operation)
        flows.apply_invoice(ws, run, digest, progress or silent)
    except Refused as refusal:
        conclude(ws, run, "ok", f"refused, {refusal.code}: {refusal.message}")
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
    """Bill one project, or every project that has unbilled work when `project` is None.

    Takes the choices of `invoice`. When all are billed, a project that is refused is listed with
    its code and the others go on; a single one raises `Refused`.
    """
    if project is not None:
        return (invoice(ws, name, project=project, **choices),)
    row = record(ws, name)
    made = []
    for project_id in ws.store.states.projects_with(row.source_id, "unbilled"):
        try:
            made.append(invoice(ws, row.name, project=project_id, **choices))
        except Refused as refusal:
            made.append(_refused(ws, row, project_id, refusal))
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
    _refuse(found)
    return found, _operation(ws, found)


def _plan(ws: Workspace, run: RunData, operation: Operation) -> str:
    """A stored plan of one operation."""
    draft = PlanDraft(ws, run, "invoice")
    draft.add(operation)
    return draft.seal()


def _refuse(found: Billables) -> None:
    """Refuse what cannot become an invoice, with the first reason that stands in the way."""
    if found.customer_id is None:
        raise Refused(
            f"{found.project_name} has no customer yet.",
            code="INV-04",
            fix="Choose one: --customer ID.",
        )
    if found.customer_currency and found.customer_currency != found.currency:
        raise Refused(
            f"The customer is billed in {found.customer_currency}, the project in "
            f"{found.currency}.",
            code="INV-05",
            fix="Choose a customer with the project's currency.",
        )
    if found.blocked is not None:
        code, reason = found.blocked
        raise Refused(reason, code=code)
    if found.lines or found.expense_lines:
        return
    billed = [o for code in ("INV-01", "TSK-03") for o in found.left_out if o.code == code]
    if billed:
        others = len(found.left_out) - len(billed)
        rest = f" {others} more do not qualify." if others else ""
        raise Refused(
            f"All work that qualifies is invoiced already: {billed[0].reason}{rest}",
            code=billed[0].code,
            fix="`tallystick billing ledger` shows which invoice holds what.",
        )
    raise Refused(
        f"Nothing to bill on {found.project_name}.",
        code="INV-10",
        fix="`tallystick billing preview` lists why not, entry by entry.",
    )


def _operation(ws: Workspace, found: Billables) -> Operation:
    setting = found.setting
    claims = [
        ClaimKey(setting.source.system, setting.source.container_id, "time_entry", i, m)
        for line in found.lines
        for i, m in line.parts
    ]
    claims += [
        ClaimKey(setting.target.system, setting.target.container_id, "expense", i)
        for line in found.expense_lines
        for i in line.source_ids
    ]
    generation = ws.store.outbox.generation(claims)
    reference = invoice_reference(
        setting.target.container_id,
        setting.source.container_id,
        str(found.customer_id),
        [(c.kind, c.source_id) for c in claims],
        generation,
    )
    lines = [_payload_line(found, line, expense=False) for line in found.lines]
    lines += [_payload_line(found, line, expense=True) for line in found.expense_lines]
    total = sum(line["amount_minor"] for line in lines)
    return Operation(
        reference=reference,
        action=Action.CREATE,
        type="transaction",
        connection_id=setting.target.connection_id,
        title=f"Invoice of {found.project_name}",
        payload={
            "kind": "invoice",
            "customer_id": found.customer_id,
            "currency": found.currency,
            "date": found.invoice_date,
            "lines": lines,
            "total_minor": total,
        },
        because=Because("invoice_line.add", found.rule, found.rule_place, "Not billed before."),
        source=RecordKey(setting.source.connection_id, "project", found.project_id),
        claims=tuple(claims),
        generation=generation,
        module="timesheets",
    )


def _payload_line(found: Billables, line: BillLine, *, expense: bool) -> dict[str, Any]:
    ids = list(line.source_ids)
    return {
        "name": line.name,
        "description": line.description,
        "quantity": str(line.quantity),
        "rate": str(line.rate),
        "amount_minor": line.amount.minor,
        "project_id": found.target_project_id,
        "time_entry_ids": [] if expense else [found.targets[i] for i in ids],
        "expense_id": ids[0] if expense else None,
    }


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


def void(ws: Workspace, name: str | None = None, *, invoice: str) -> InvoiceView:
    """Void a draft or sent invoice of ours; its entries are free once they read unbilled."""
    row = record(ws, name)
    stored = next(
        (
            o
            for o in ws.store.outbox.done(row.name, "transaction")
            if invoice in {o.remote_number, o.remote_id, o.reference}
        ),
        None,
    )
    if stored is None:
        raise Refused(
            f"{invoice} is not an invoice made here.",
            code="INV-02",
            fix="`tallystick billing ledger` names those that are.",
        )
    return _void(ws, row, stored)


def _void(ws: Workspace, row: IntegrationData, stored: OutboxRow) -> InvoiceView:
    """Void by an operation of its own; the sweep gives the entries free once they read so."""
    payload = stored.payload
    operation = Operation(
        reference=f"TSY-VOID{stored.reference[4:20]}",
        action=Action.VOID,
        type="transaction",
        connection_id=stored.connection_id,
        title=f"Void {stored.remote_number or stored.remote_id}",
        payload={"status": "void"},
        because=Because("billing.void", "person", "", "A person asked for it."),
        target_id=stored.remote_id,
        module="timesheets",
    )
    run = begin(ws, row, "invoice", full=False)
    try:
        digest = _plan(ws, run, operation)
        flows.apply_invoice(ws, run, digest, silent)
        swept = flows.sweep_now(ws, run)
    except BaseException as error:
        guard(ws, run, error)
        raise
    after = ws.store.outbox.get(stored.reference) or stored
    conclude(ws, run, "ok", f"voided, {swept.count('released')} released")
    return InvoiceView(
        stored.reference,
        after.status,
        stored.remote_number,
        stored.remote_id,
        "",
        stored.title,
        Money(int(payload.get("total_minor", 0)), str(payload.get("currency", ""))),
        0,
        0,
        after.code,
        after.message,
    )
