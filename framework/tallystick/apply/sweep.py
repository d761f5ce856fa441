"""Looking again: parked writes are looked up, finished ones read back (step 9)."""

from collections.abc import Sequence
from dataclasses import dataclass

from tallystick.apply.sender import Desk, Sender
from tallystick.errors import RemoteError
from tallystick.model.operation import Action, Because, Operation, OperationStatus
from tallystick.model.record import RecordKey, Row
from tallystick.store import OutboxRow


@dataclass(frozen=True, slots=True)
class Swept:
    """What a sweep found out."""

    confirmed: int = 0
    parked: int = 0
    released: int = 0
    vanished: int = 0
    conflicts: int = 0


def operation_of(row: OutboxRow) -> Operation:
    """The operation that an outbox row was made from, with all ids filled in."""
    source = (
        RecordKey(row.source_connection, row.source_type or row.type, row.source_id)
        if row.source_connection and row.source_id
        else None
    )
    because = Because(**row.because) if row.because else Because("", "", "")
    return Operation(
        reference=row.reference,
        action=Action(row.action),
        type=row.type,
        connection_id=row.connection_id,
        title=row.title,
        payload=row.payload,
        because=because,
        source=source,
        target_id=row.target_id,
        generation=row.generation,
        module=row.module,
    )


class Sweep:
    """One sweep over an integration's outbox."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._sender = Sender(desk)

    def run(self) -> Swept:
        """Look up what is parked or was left in the middle, read back finished invoices."""
        now = self._desk.clock.now()
        outbox = self._desk.store.outbox
        confirmed = parked = 0
        left = [*outbox.due(self._desk.integration, now), *outbox.parked(self._desk.integration)]
        for row in left:
            after = self._sender.resume(operation_of(row), row)
            confirmed += after.status == OperationStatus.DONE
            parked += after.status == OperationStatus.PARKED
        gone = self._read_back(outbox.done(self._desk.integration, "transaction"))
        outbox.release_leases(self._desk.executor, now=self._desk.clock.now())
        return Swept(confirmed, parked, *gone)

    def _read_back(self, rows: Sequence[OutboxRow]) -> tuple[int, int, int]:
        """Invoices of ours that are void or gone give their entries free, when all agrees."""
        released = vanished = conflicts = 0
        for row in rows:
            if row.action != Action.CREATE or row.remote_id is None:
                continue
            try:
                outcome = self._judge(row)
            except RemoteError:
                continue
            released += outcome == OperationStatus.RELEASED
            vanished += outcome == OperationStatus.VANISHED
            conflicts += outcome == OperationStatus.CONFLICT
        return released, vanished, conflicts

    def _judge(self, row: OutboxRow) -> OperationStatus | None:
        connector = self._desk.connectors[row.connection_id]
        fresh = connector.fetch("transaction", [str(row.remote_id)]).get(str(row.remote_id))
        if fresh is not None and fresh.get("status") != "void":
            return None
        if row.open_attempts == 0 and self._entries_free(row):
            reason = "voided" if fresh is not None else "deleted"
            self._desk.store.outbox.release(
                row.reference,
                reason=f"The invoice was {reason}; every entry reads unbilled.",
                now=self._desk.clock.now(),
                status=OperationStatus.RELEASED,
            )
            return OperationStatus.RELEASED
        status = OperationStatus.VANISHED if fresh is None else OperationStatus.CONFLICT
        self._desk.store.outbox.park(
            row.reference,
            epoch=row.lease_epoch,
            code="INV-03",
            message="The invoice is void or gone, but its entries do not read unbilled.",
            now=self._desk.clock.now(),
            status=status,
        )
        return status

    def _entries_free(self, row: OutboxRow) -> bool:
        connector = self._desk.connectors[row.connection_id]
        for line in row.payload.get("lines", ()):
            ids = [str(i) for i in line.get("time_entry_ids", ())]
            if not ids:
                continue
            fresh = connector.fetch("time_entry", ids, parent=str(line.get("project_id")))
            if any(_billed(fresh.get(i)) for i in ids):
                return False
        return True


def _billed(row: Row | None) -> bool:
    """True unless the entry is there and says that it is unbilled (R-179)."""
    return row is None or row.get("billed_status") != "unbilled" or bool(row.get("invoice_id"))
