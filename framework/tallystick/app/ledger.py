"""The claim ledger and its proofs: nothing double, no minute lost (I-01, I-02, R-224)."""

import hashlib
from collections.abc import Sequence

from tallystick.app.assembly import setting_of
from tallystick.app.billables import find_project
from tallystick.app.integrations import record
from tallystick.app.results_billing import ClaimView, ConservationRow, LedgerView
from tallystick.app.workspace import Workspace
from tallystick.apply.holders import in_force
from tallystick.bill import difference
from tallystick.model.operation import canonical_json
from tallystick.model.record import RecordKey
from tallystick.plan.context import Setting
from tallystick.store import ClaimData

Double = tuple[RecordKey, str]
"""A record that is billed, or stands, twice, and how."""


def ledger(
    ws: Workspace, name: str | None = None, *, project: str | None = None, verify: bool = False
) -> LedgerView:
    """Claims, newest last; with `verify` the proofs over all of them."""
    row = record(ws, name)
    setting = setting_of(ws, row)
    everything = ws.store.outbox.claims()
    wanted = everything
    project_id: str | None = None
    if project is not None:
        project_id = find_project(ws, setting, project)["external_id"]
        ids = set(
            ws.store.records.ids(
                setting.source.connection_id, "time_entry", where={"project_id": project_id}
            )
        )
        wanted = [c for c in everything if c.source_id in ids]
    return LedgerView(
        claims=tuple(claim_view(c) for c in wanted),
        total_claims=len(everything),
        doubles=tuple(doubles(ws, setting, everything)) if verify else (),
        conservation=tuple(conservation(ws, setting, project_id)) if verify else (),
        hash=ledger_hash(everything),
        verified=verify,
    )


def claim_view(claim: ClaimData) -> ClaimView:
    """One claim for people."""
    return ClaimView(
        record=f"{claim.kind}:{claim.source_id}",
        kind=claim.kind,
        state=claim.state,
        operation=claim.operation,
        invoice=claim.invoice_number or claim.invoice_id,
        invoice_system=claim.invoice_system,
        minutes=claim.minutes,
        origin=claim.origin,
        claimed_at=claim.claimed_at,
    )


def ledger_hash(claims: Sequence[ClaimData]) -> str:
    """A fingerprint of all claims, to compare two readings of the ledger."""
    rows = sorted(
        (c.system, c.container_id, c.kind, c.source_id, c.operation or "", c.invoice_id or "")
        for c in claims
    )
    return hashlib.sha256(canonical_json(rows).encode()).hexdigest()[:16]


def doubles(ws: Workspace, setting: Setting, claims: Sequence[ClaimData]) -> list[str]:
    """What `find_doubles` finds, in words."""
    return [words for _, words in find_doubles(ws, setting, claims)]


def find_doubles(ws: Workspace, setting: Setting, claims: Sequence[ClaimData]) -> list[Double]:
    """Entries that stand on two live lines, by what was read back and by what we claimed.

    Looks at the invoice lines of the accounts, not only at our own claims, so that an invoice
    made by hand counts too.
    """
    target = setting.target.connection_id
    dead = {
        r["external_id"]
        for r in ws.store.records.scan(target, "transaction", include_deleted=True)
        if not in_force(r)
    }
    holders: dict[str, set[str]] = {}
    for line in ws.store.records.scan(target, "transaction_line"):
        if str(line.get("transaction_id")) in dead:
            continue
        for entry_id in line.get("time_entry_ids") or ():
            holders.setdefault(str(entry_id), set()).add(str(line.get("transaction_id")))
    found = [
        (
            RecordKey(target, "time_entry", entry_id),
            f"time_entry {entry_id} of the accounts is on invoices {', '.join(sorted(ids))}",
        )
        for entry_id, ids in sorted(holders.items())
        if len(ids) > 1
    ]
    return found + _between_systems(ws, setting, claims) + _copies(ws, setting)


def _between_systems(ws: Workspace, setting: Setting, claims: Sequence[ClaimData]) -> list[Double]:
    """Entries that our claim holds in one system and that the other system invoiced too."""
    source = setting.source
    invoiced = {
        r["external_id"]: r.get("invoice_id")
        for r in ws.store.records.scan(
            source.connection_id, "time_entry", where={"billed_status": "invoiced"}
        )
    }
    return [
        (
            RecordKey(source.connection_id, "time_entry", c.source_id),
            _between(c, invoiced[c.source_id]),
        )
        for c in claims
        if c.kind == "time_entry"
        and c.system == source.system
        and c.invoice_system == setting.target.system
        and c.state == "invoiced"
        and c.source_id in invoiced
    ]


def _between(claim: ClaimData, invoice: str | None) -> str:
    here = claim.invoice_number or claim.invoice_id
    return f"time_entry {claim.source_id} is on {here} and on {invoice} where it was logged"


def _copies(ws: Workspace, setting: Setting) -> list[Double]:
    """Source entries that the accounts hold more than once, by our marker."""
    target = setting.target.connection_id
    repeated = ws.store.records.repeated(target, "time_entry", "marker")
    return [
        (
            RecordKey(target, "time_entry", ids[0]),
            f"time entries {', '.join(ids)} are one entry",
        )
        for ids in repeated.values()
    ]


def conservation(
    ws: Workspace, setting: Setting, project_id: str | None = None
) -> list[ConservationRow]:
    """Logged minutes of each project against the sum over the billing states (R-224).

    Logged minutes come from the time entries as read, the states from our own ledger, so an
    entry that has no state shows as a difference.
    """
    source = setting.source.connection_id
    projects = {r["external_id"]: r for r in ws.store.records.scan(source, "project")}
    states = ws.store.states.minutes_by_project(source)
    logged = ws.store.records.minutes_by_project(source)
    rows = []
    for key in sorted(set(logged) | set(states), key=str):
        if project_id is not None and key != project_id:
            continue
        by_state = states.get(key, {})
        rows.append(
            ConservationRow(
                project=str(key),
                project_name=str(projects.get(str(key), {}).get("name") or key),
                logged=logged.get(key, 0),
                by_state=by_state,
                difference=difference(logged.get(key, 0), by_state),
            )
        )
    return rows
