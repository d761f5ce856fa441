"""Voiding an invoice of ours; its entries are free once they read unbilled (R-179, R-185)."""

from tallystick.app import flows
from tallystick.app.doubts import held_entries, invoice_view
from tallystick.app.drafting import plan_one
from tallystick.app.integrations import record
from tallystick.app.progress import silent
from tallystick.app.results_billing import InvoiceView
from tallystick.app.runs import begin, conclude, guard
from tallystick.app.settling import settle_states
from tallystick.app.workspace import Workspace
from tallystick.apply.repairing import void_of
from tallystick.apply.sweep import operation_of
from tallystick.errors import Refused
from tallystick.model.connection import WRITABLE, Status
from tallystick.model.operation import Action, Because, OperationStatus
from tallystick.store import IntegrationData, OutboxRow

_STUCK = frozenset({OperationStatus.PARKED, OperationStatus.CONFLICT, OperationStatus.VANISHED})


def void(ws: Workspace, name: str | None = None, *, invoice: str) -> InvoiceView:
    """Void a draft or sent invoice of ours; its entries are free once they read unbilled.

    Refused while the integration is off (INT-02) and for a paid invoice (INV-11).
    """
    row = record(ws, name)
    if Status(row.state) not in WRITABLE:
        raise Refused(
            f"The integration is {row.state}; nothing can be voided.",
            code="INT-02",
            fix="Switch it on first: tallystick integration enable.",
        )
    stored = _find(ws, row, invoice)
    fresh = ws.connector(stored.connection_id).fetch("transaction", [str(stored.remote_id)])
    status = fresh.get(str(stored.remote_id), {}).get("status")
    if status in {"paid", "partially_paid"}:
        raise Refused(
            f"{invoice} is {str(status).replace('_', ' ')}; it cannot be voided.",
            code="INV-11",
            fix="Make a credit note in the accounts.",
        )
    return _void(ws, row, stored)


def _find(ws: Workspace, row: IntegrationData, invoice: str) -> OutboxRow:
    outbox = ws.store.outbox
    made = [*outbox.done(row.name, "transaction"), *outbox.conflicts(row.name, "transaction")]
    for stored in made:
        names = {stored.remote_number, stored.remote_id, stored.reference}
        if stored.action == Action.CREATE and invoice in names:
            return stored
    raise Refused(
        f"{invoice} is not an invoice made here.",
        code="INV-02",
        fix="`tallystick billing ledger` names those that are.",
    )


def release(ws: Workspace, name: str | None = None, *, reference: str, user: str) -> InvoiceView:
    """Give free what a write of unknown outcome holds, because a person knows that it made nothing.

    The last way out of INV-03: the next bill may hold the same work, so the accounts are searched
    once more first, and a write that is found is not released.
    """
    row = record(ws, name)
    stored = ws.store.outbox.get(reference)
    if stored is None or stored.integration != row.name or stored.status not in _STUCK:
        raise Refused(
            f"{reference} is no write that waits for a person.",
            code="CFG-11",
            fix="`tallystick errors list --code INV-03` names those that do.",
        )
    held = held_entries(ws, stored)
    run = begin(ws, row, "sweep")
    try:
        flows.sweep_now(ws, run)
        _still_stuck(ws, stored)
        ws.store.outbox.release(
            reference,
            reason=f"{user} says that it made nothing.",
            now=ws.clock.now(),
            status=OperationStatus.RELEASED,
            person=user,
        )
        settle_states(ws, row, run.id)
    except Refused as refusal:
        conclude(ws, run, "refused", f"{refusal.code}: {refusal.message}")
        raise
    except BaseException as error:
        guard(ws, run, error)
        raise
    conclude(ws, run, "ok", f"{reference} released by {user}")
    return invoice_view(ws, ws.store.outbox.get(reference) or stored, held)


def _still_stuck(ws: Workspace, stored: OutboxRow) -> None:
    """Refuse while what was written is there: a release would let the same work be billed twice."""
    after = ws.store.outbox.get(stored.reference) or stored
    if after.status not in _STUCK:
        raise Refused(f"{stored.reference} was found: it is {after.status}.", code="INV-01")
    found = ws.connector(after.connection_id).find(operation_of(after)).matches
    live = [r.number or r.external_id for r in found if (r.row or {}).get("status") != "void"]
    if live:
        raise Refused(
            f"{', '.join(live)} carries {stored.reference} and is in force.",
            code="INV-01",
            fix="Void or delete it in the accounts first, then release.",
        )


def _void(ws: Workspace, row: IntegrationData, stored: OutboxRow) -> InvoiceView:
    """Void by an operation of its own; the sweep gives the entries free once they read so."""
    operation = void_of(stored, Because("billing.void", "person", "", "A person asked for it."))
    held = held_entries(ws, stored)
    run = begin(ws, row, "invoice")
    try:
        digest = plan_one(ws, run, operation)
        tally = flows.apply_invoice(ws, run, digest, silent)
        swept = flows.sweep_now(ws, run)
    except BaseException as error:
        guard(ws, run, error)
        raise
    after = ws.store.outbox.get(stored.reference) or stored
    if tally.problems:
        problem = tally.problems[0]
        conclude(ws, run, "degraded", f"not voided, {problem.code}: {problem.message}")
        raise Refused(problem.message, code=problem.code)
    conclude(ws, run, "ok", f"voided, {swept.count('released')} released")
    return invoice_view(ws, after, held)
