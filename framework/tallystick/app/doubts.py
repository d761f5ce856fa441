"""Bills whose outcome is not known, and what they hold (INV-03)."""

from collections.abc import Sequence
from dataclasses import replace

from tallystick.app.results_billing import DoubtView, InvoiceView
from tallystick.app.workspace import Workspace
from tallystick.model.money import Money
from tallystick.model.operation import Action
from tallystick.model.record import RecordKey
from tallystick.store import ClaimData, OutboxRow


def parked_bills(ws: Workspace, integration: str) -> list[OutboxRow]:
    """Bills that were sent and of which nobody knows whether they were made."""
    found = ws.store.outbox.parked(integration)
    return [r for r in found if r.type == "transaction" and r.action == Action.CREATE]


def doubts(ws: Workspace, integration: str, *, project: str | None = None) -> tuple[DoubtView, ...]:
    """Bills of unknown outcome with their way out; only those of one project, if it is named."""
    return tuple(
        _doubt(invoice_view(ws, row, held_entries(ws, row)), row)
        for row in parked_bills(ws, integration)
        if project is None or row.source_id == project
    )


def _doubt(view: InvoiceView, row: OutboxRow) -> DoubtView:
    return DoubtView(
        row.reference,
        str(row.source_id),
        view.project_name,
        view.entries,
        view.total,
        way_out(row.reference),
    )


def way_out(reference: str) -> str:
    """What a person can do about a bill of unknown outcome."""
    return (
        "The next sync looks again. If you know that nothing was made: "
        f"tallystick billing release {reference}"
    )


def parked_views(ws: Workspace, integration: str, *, but: Sequence[str]) -> list[InvoiceView]:
    """Bills of unknown outcome as bills, without some references, each with its way out."""
    found = []
    for row in parked_bills(ws, integration):
        if row.reference not in but:
            view = invoice_view(ws, row, held_entries(ws, row))
            message = f"{row.message or 'The outcome is not known.'} {way_out(row.reference)}"
            found.append(replace(view, code=row.code or "INV-03", message=message))
    return found


def held_entries(ws: Workspace, stored: OutboxRow) -> list[ClaimData]:
    """The time entries that an invoice holds now; once released they are free for another."""
    claims = ws.store.outbox.claims()
    return [c for c in claims if c.operation == stored.reference and c.kind == "time_entry"]


def invoice_view(ws: Workspace, after: OutboxRow, held: Sequence[ClaimData]) -> InvoiceView:
    """A stored bill for people, with the entries that it holds or held."""
    payload = after.payload
    known = ws.store.records.get
    contact = known(RecordKey(after.connection_id, "contact", str(payload.get("customer_id"))))
    work = known(RecordKey(str(after.source_connection), "project", str(after.source_id)))
    return InvoiceView(
        after.reference,
        after.status,
        after.remote_number,
        after.remote_id,
        str((contact or {}).get("name") or payload.get("customer_id") or ""),
        str((work or {}).get("name") or after.title),
        Money(int(payload.get("total_minor", 0)), str(payload.get("currency", ""))),
        sum(c.minutes for c in held),
        len(held),
        after.code,
        after.message,
    )
