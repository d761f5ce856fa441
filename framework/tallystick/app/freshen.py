"""What is read again just before billing, so that a bill made by hand since is found (R-177)."""

from tallystick.app.billables import Billables
from tallystick.app.workspace import Workspace
from tallystick.model.operation import ClaimKey


def freshen(ws: Workspace, found: Billables, run_id: int) -> int:
    """Read the entries that would be billed afresh and claim those that an invoice holds already.

    Returns how many were found; a second gathering then leaves them out with INV-01.
    """
    target = found.setting.target
    connector = ws.connector(target.connection_id)
    ids = {found.targets[i]: i for line in found.lines for i in line.source_ids}
    if not ids:
        return 0
    fresh = connector.fetch("time_entry", sorted(ids), parent=found.target_project_id)
    ws.store.records.upsert(target.connection_id, "time_entry", list(fresh.values()), run_id=run_id)
    by_invoice: dict[str, list[ClaimKey]] = {}
    for target_id, row in fresh.items():
        if row.get("billed_status") != "invoiced" and not row.get("invoice_id"):
            continue
        source = found.setting.source
        key = ClaimKey(
            source.system,
            source.container_id,
            "time_entry",
            ids[target_id],
            int(row.get("minutes") or 0),
        )
        by_invoice.setdefault(str(row.get("invoice_id") or "?"), []).append(key)
    invoices = connector.fetch("transaction", sorted(by_invoice)) if by_invoice else {}
    return sum(
        ws.store.outbox.record_found(
            claims,
            invoice_system=target.system,
            invoice_id=invoice_id,
            number=invoices.get(invoice_id, {}).get("number"),
            now=ws.clock.now(),
        )
        for invoice_id, claims in by_invoice.items()
    )
