"""Voiding an invoice of ours; its entries are free once they read unbilled (R-179, R-185)."""

from tallystick.app import flows
from tallystick.app.drafting import plan_one
from tallystick.app.integrations import record
from tallystick.app.progress import silent
from tallystick.app.results_billing import InvoiceView
from tallystick.app.runs import begin, conclude, guard
from tallystick.app.workspace import Workspace
from tallystick.errors import Refused
from tallystick.model.money import Money
from tallystick.model.operation import Action, Because, Operation
from tallystick.store import IntegrationData, OutboxRow


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
    run = begin(ws, row, "invoice")
    try:
        digest = plan_one(ws, run, operation)
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
