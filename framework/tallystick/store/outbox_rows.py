"""Values of the outbox: operations, claims, answers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, NotRequired, TypedDict

from tallystick.model.operation import Mode, Operation, OperationStatus
from tallystick.store.links import LinkInput

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


class Answer(TypedDict):
    """What one attempt came to.

    `outcome` success, refused, nothing_sent and throttled answer attempt `n` alone. An invoice
    found by a look-up ("found") accounts for one open attempt, `n` first; "duplicate" answers
    `n`, and when the invoice was found too (`closes` 2) accounts for one more. `link` and `rows`
    are the new pair and what the other system echoed.
    """

    n: int
    outcome: str
    status: OperationStatus
    closes: NotRequired[int]
    remote_id: NotRequired[str | None]
    remote_number: NotRequired[str | None]
    code: NotRequired[str | None]
    message: NotRequired[str | None]
    link: NotRequired[LinkInput | None]
    rows: NotRequired[Sequence[tuple[str, Mapping[str, Any]]]]
    system: NotRequired[str]


def new_operation(operation: Operation, mode: Mode, now: datetime) -> dict[str, Any]:
    """The columns of an operation that is claimed now."""
    source = operation.source
    because = operation.because
    return {
        "reference": operation.reference,
        "module": operation.module,
        "connection_id": operation.connection_id,
        "type": operation.type,
        "action": str(operation.action),
        "title": operation.title,
        "source_connection": source.connection_id if source else None,
        "source_type": source.type if source else None,
        "source_id": source.external_id if source else None,
        "target_id": operation.target_id,
        "payload": dict(operation.payload),
        "payload_hash": operation.payload_hash,
        "mode": str(mode),
        "generation": operation.generation,
        "status": str(OperationStatus.CLAIMED),
        "lease_epoch": 1,
        "attempts": 0,
        "open_attempts": 0,
        "because": {
            "decision": because.decision,
            "rule": because.rule,
            "place": because.place,
            "sentence": because.sentence,
        },
        "created_at": now,
        "updated_at": now,
    }


OUTBOX_FIELDS = tuple(f.name for f in fields(OutboxRow))
CLAIM_FIELDS = tuple(f.name for f in fields(ClaimData) if f.name != "state")
