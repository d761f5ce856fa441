"""Invoices made by others: claims are recorded for what they hold before anything is planned
(R-166, R-167, R-177, R-203).
"""

from collections.abc import Iterable, Mapping

from tallystick.app.workspace import Workspace
from tallystick.apply.holders import in_force
from tallystick.model.operation import ClaimKey
from tallystick.model.record import Row
from tallystick.plan.context import Setting
from tallystick.store import LINE_REMOVED, ClaimData


def discover(ws: Workspace, setting: Setting) -> int:
    """Record a claim for every entry and expense on a live invoice of either system.

    Returns how many were new. A found claim whose invoice is void or gone, and whose record
    reads unbilled again, is released.
    """
    found = _in_accounts(ws, setting) + _at_source(ws, setting) + _expenses(ws, setting)
    _release(ws, setting)
    return found


def _source_of(ws: Workspace, setting: Setting) -> Mapping[str, tuple[str, str]]:
    return ws.store.links.by_target(setting.target.connection_id, "time_entry")


def _in_accounts(ws: Workspace, setting: Setting) -> int:
    """Entries that the accounts hold on an invoice, by entry and by invoice line."""
    pairs = _source_of(ws, setting)
    target = setting.target
    invoices = {
        r["external_id"]: r for r in ws.store.records.scan(target.connection_id, "transaction")
    }
    holders: dict[str, str] = {}
    for line in ws.store.records.scan(target.connection_id, "transaction_line"):
        invoice = invoices.get(str(line.get("transaction_id")))
        if invoice is None or not in_force(invoice):
            continue
        for entry_id in line.get("time_entry_ids") or ():
            holders[str(entry_id)] = invoice["external_id"]
    for row in ws.store.records.scan(
        target.connection_id, "time_entry", where={"billed_status": "invoiced"}
    ):
        holders.setdefault(row["external_id"], str(row.get("invoice_id") or "?"))
    by_invoice: dict[str, list[ClaimKey]] = {}
    rows = ws.store.records.many(target.connection_id, "time_entry", list(holders))
    for entry_id, invoice_id in holders.items():
        minutes = int(rows.get(entry_id, {}).get("minutes") or 0)
        key = _claim(setting, pairs, entry_id, minutes)
        by_invoice.setdefault(invoice_id, []).append(key)
    return _record(ws, target.system, by_invoice, invoices)


def _claim(
    setting: Setting, pairs: Mapping[str, tuple[str, str]], entry_id: str, minutes: int
) -> ClaimKey:
    """A claim under the record the entry was made from, else under the entry itself."""
    pair = pairs.get(entry_id)
    side = setting.source if pair else setting.target
    return ClaimKey(
        side.system, side.container_id, "time_entry", pair[1] if pair else entry_id, minutes
    )


def _at_source(ws: Workspace, setting: Setting) -> int:
    """Entries that are invoiced where they were logged."""
    source = setting.source
    by_invoice: dict[str, list[ClaimKey]] = {}
    for row in ws.store.records.scan(
        source.connection_id, "time_entry", where={"billed_status": "invoiced"}
    ):
        key = ClaimKey(
            source.system,
            source.container_id,
            "time_entry",
            row["external_id"],
            int(row.get("minutes") or 0),
        )
        by_invoice.setdefault(str(row.get("invoice_id") or "?"), []).append(key)
    return _record(ws, source.system, by_invoice, {})


def _expenses(ws: Workspace, setting: Setting) -> int:
    target = setting.target
    by_invoice: dict[str, list[ClaimKey]] = {}
    for row in ws.store.records.scan(target.connection_id, "expense", where={"status": "invoiced"}):
        key = ClaimKey(target.system, target.container_id, "expense", row["external_id"])
        by_invoice.setdefault(str(row.get("invoice_id") or "?"), []).append(key)
    return _record(ws, target.system, by_invoice, {})


def _record(
    ws: Workspace,
    system: str,
    by_invoice: Mapping[str, list[ClaimKey]],
    invoices: Mapping[str, Row],
) -> int:
    new = 0
    for invoice_id, claims in by_invoice.items():
        number = invoices.get(invoice_id, {}).get("number")
        new += ws.store.outbox.record_found(
            claims,
            invoice_system=system,
            invoice_id=invoice_id,
            number=number,
            now=ws.clock.now(),
        )
    return new


def _release(ws: Workspace, setting: Setting) -> None:
    """Release found claims that no live invoice holds any more (R-178, R-179, R-181)."""
    found = [c for c in ws.store.outbox.claims() if c.origin == "found"]
    if not found:
        return
    target = setting.target
    alive = set(_live(ws.store.records.scan(target.connection_id, "transaction")))
    held = _held_by_lines(ws, setting)
    for claim in found:
        if claim.invoice_system == setting.source.system:
            reason = _free_at_source(ws, setting, claim)
        elif claim.invoice_system == target.system:
            reason = _free_in_accounts(ws, setting, claim, alive, held)
        else:
            continue
        if reason is not None:
            ws.store.outbox.release_found(claim, reason=reason, now=ws.clock.now())


def _held_by_lines(ws: Workspace, setting: Setting) -> dict[str, set[str]]:
    """What the lines of each invoice of the accounts hold, as ids of the accounts."""
    held: dict[str, set[str]] = {}
    for line in ws.store.records.scan(setting.target.connection_id, "transaction_line"):
        ids = {str(i) for i in line.get("time_entry_ids") or ()}
        if line.get("expense_id"):
            ids.add(str(line["expense_id"]))
        held.setdefault(str(line.get("transaction_id")), set()).update(ids)
    return held


def _free_at_source(ws: Workspace, setting: Setting, claim: ClaimData) -> str | None:
    """Why a record that was invoiced where it was logged is free, or None while it is not."""
    rows = ws.store.records.many(setting.source.connection_id, claim.kind, [claim.source_id])
    row = rows.get(claim.source_id)
    if row is None or row.get("billed_status") == "invoiced" or row.get("invoice_id"):
        return None
    return "It reads as not invoiced where it was logged."


def _free_in_accounts(
    ws: Workspace,
    setting: Setting,
    claim: ClaimData,
    alive: set[str],
    held: Mapping[str, set[str]],
) -> str | None:
    """Why a record is on no invoice of the accounts any more, or None while it is."""
    type_ = "expense" if claim.kind == "expense" else "time_entry"
    target_id = claim.source_id
    if type_ == "time_entry":
        links = ws.store.links.targets(setting.source.connection_id, type_, [claim.source_id])
        target_id = links.get(claim.source_id, claim.source_id)
    row = ws.store.records.many(setting.target.connection_id, type_, [target_id]).get(target_id)
    if row is None or "unbilled" not in {row.get("billed_status"), row.get("status")}:
        return None
    if claim.invoice_id not in alive:
        return "The invoice is gone; the record reads unbilled."
    lines = held.get(str(claim.invoice_id))
    if lines and target_id not in lines:
        return f"{LINE_REMOVED} from the invoice; the record reads unbilled."
    return None


def _live(rows: Iterable[Row]) -> Iterable[str]:
    return (r["external_id"] for r in rows if in_force(r))
