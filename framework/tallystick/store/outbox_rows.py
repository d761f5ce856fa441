"""Values of the outbox: operations, claims."""

from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from tallystick.model.operation import OperationStatus

STATE_OF = {
    OperationStatus.CLAIMED: "claimed",
    OperationStatus.SENDING: "in_doubt",
    OperationStatus.PARKED: "in_doubt",
    OperationStatus.DONE: "invoiced",
    OperationStatus.CONFLICT: "invoiced",
    OperationStatus.VANISHED: "invoiced",
}
"""The billing state of a claimed entry, by the status of its operation."""


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """One operation of the outbox; see `records.ledger.OperationRow`."""

    id: int
    reference: str
    integration: str
    plan_digest: str | None
    run_id: int | None
    module: str
    connection_id: str
    type: str
    action: str
    title: str
    source_connection: str | None
    source_type: str | None
    source_id: str | None
    target_id: str | None
    payload: dict[str, Any]
    payload_hash: str
    mode: str
    generation: int
    status: str
    lease_owner: str | None
    lease_epoch: int
    lease_until: datetime | None
    attempts: int
    open_attempts: int
    remote_id: str | None
    remote_number: str | None
    code: str | None
    message: str | None
    because: dict[str, Any]
    created_at: datetime
    sent_at: datetime | None
    updated_at: datetime | None


@dataclass(frozen=True, slots=True)
class ClaimData:
    """One claim with the state its operation gives it: claimed, in_doubt or invoiced."""

    system: str
    container_id: str
    kind: str
    source_id: str
    operation: str | None
    invoice_system: str
    invoice_id: str | None
    invoice_number: str | None
    generation: int
    minutes: int
    origin: str
    claimed_at: datetime
    state: str


OUTBOX_FIELDS = tuple(f.name for f in fields(OutboxRow))
CLAIM_FIELDS = tuple(f.name for f in fields(ClaimData) if f.name != "state")
