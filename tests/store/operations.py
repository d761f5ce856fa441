"""Operations and short forms of the outbox's acts, for tests."""

from datetime import timedelta
from typing import Any

from tallystick.model.operation import (
    Action,
    Because,
    ClaimKey,
    Mode,
    Operation,
    OperationStatus,
    invoice_reference,
)
from tallystick.model.record import RecordKey
from tallystick.store import OutboxRow, Store
from tallystick.testing.clock import START

LATER = START + timedelta(minutes=5)
BECAUSE = Because("invoice.lines", "unbilled", "rules/invoices.yaml:12", "It is unbilled.")


def key(entry: str, *, container: str = "P1", kind: str = "time_entry") -> ClaimKey:
    """What an invoice reserves."""
    return ClaimKey("projects", container, kind, entry, minutes=60)


def invoice(*entries: str, generation: int = 0, reference: str | None = None) -> Operation:
    """An invoice over time entries."""
    claims = tuple(key(e) for e in entries)
    lines = [(c.kind, c.source_id) for c in claims]
    made = reference or invoice_reference("O1", "P1", "c1", lines, generation)
    return Operation(
        made,
        Action.CREATE,
        "transaction",
        "books",
        "Invoice Acme",
        {"lines": [{"time_entry_ids": list(entries)}]},
        BECAUSE,
        claims=claims,
        generation=generation,
        module="invoices",
    )


def change(reference: str = "TSY-CHANGE", entry: str = "e1") -> Operation:
    """A change of a record, which reserves nothing."""
    return Operation(
        reference,
        Action.UPDATE,
        "time_entry",
        "books",
        "Time entry",
        {"minutes": 90},
        BECAUSE,
        source=RecordKey("portal", "time_entry", entry),
        target_id="t1",
    )


def claim(store: Store, operation: Operation, executor: str = "one", **other: Any) -> OutboxRow:
    """Claim as an executor does."""
    values: dict[str, Any] = {
        "integration": "main",
        "plan_digest": "d",
        "run_id": 7,
        "mode": Mode.A,
        "lease_until": LATER,
        "now": START,
        **other,
    }
    return store.outbox.claim(operation, executor=executor, **values)


def send(store: Store, row: OutboxRow) -> int:
    """Mark one more send."""
    return store.outbox.mark_sending(
        row.reference, epoch=row.lease_epoch, now=START, payload=row.payload
    )


def settle(
    store: Store,
    row: OutboxRow,
    n: int,
    outcome: str = "success",
    status: OperationStatus = OperationStatus.DONE,
    **other: Any,
) -> OutboxRow:
    """Record an answer."""
    if status is OperationStatus.DONE:
        other = {"remote_id": "i1", "remote_number": "INV-1", **other}
    return store.outbox.settle(
        row.reference,
        epoch=row.lease_epoch,
        now=START,
        n=n,
        outcome=outcome,
        status=status,
        **other,
    )


def refuse(store: Store, row: OutboxRow, n: int, outcome: str = "refused") -> OutboxRow:
    """Record that the answer was no."""
    return settle(store, row, n, outcome, OperationStatus.CLAIMED, code="INV-06", message="Locked.")


def done(store: Store, *entries: str, generation: int = 0) -> OutboxRow:
    """An invoice that was made."""
    row = claim(store, invoice(*entries, generation=generation))
    return settle(store, row, send(store, row))


def release(store: Store, row: OutboxRow, **other: Any) -> OutboxRow:
    """Give the claims free, as after a void."""
    values: dict[str, Any] = {
        "reason": "voided",
        "now": START,
        "status": OperationStatus.RELEASED,
        **other,
    }
    return store.outbox.release(row.reference, **values)


def park(
    store: Store, row: OutboxRow, status: OperationStatus = OperationStatus.PARKED
) -> OutboxRow:
    """Set aside."""
    return store.outbox.park(
        row.reference,
        epoch=row.lease_epoch,
        code="INV-03",
        message="Unknown.",
        now=START,
        status=status,
    )


def held(store: Store) -> list[str]:
    """Ids of everything claimed."""
    return [c.source_id for c in store.outbox.claims()]
