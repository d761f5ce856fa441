"""What became of an operation, written into the outbox under its lease."""

from tallystick.apply.desk import Desk, total_differs
from tallystick.errors import StoreError
from tallystick.model.failpoints import reach
from tallystick.model.operation import Action, Lookup, Operation, OperationStatus, Receipt
from tallystick.model.record import RecordKey
from tallystick.store import LinkInput, OutboxRow


class Settling:
    """The endings of a send; each is one fenced, durable transaction."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._outbox = desk.store.outbox

    def done(
        self,
        operation: Operation,
        row: OutboxRow,
        receipt: Receipt,
        *,
        number: int,
        closes: int,
        outcome: str,
    ) -> OutboxRow:
        """It is there: the answer, the pair and the echo are stored in one transaction (step 6)."""
        code, message = total_differs(operation, receipt)
        rows = ((operation.type, receipt.row),) if receipt.row else ()
        settled = self._outbox.settle(
            row.reference,
            epoch=row.lease_epoch,
            n=number,
            outcome=outcome,
            status=OperationStatus.DONE,
            now=self._desk.clock.now(),
            closes=closes,
            remote_id=receipt.external_id,
            remote_number=receipt.number or None,
            code=code,
            message=message,
            link=self._link(operation, receipt),
            rows=rows,
        )
        reach("W8.settled")
        return settled

    def _link(self, operation: Operation, receipt: Receipt) -> LinkInput | None:
        if operation.action is not Action.CREATE or operation.source is None:
            return None
        target = RecordKey(operation.connection_id, operation.type, receipt.external_id)
        return LinkInput(operation.source, target, f"made by {operation.because.rule}")

    def settle(
        self,
        row: OutboxRow,
        number: int,
        outcome: str,
        status: OperationStatus,
        *,
        code: str | None,
        message: str,
    ) -> OutboxRow:
        """An attempt has its answer."""
        return self._outbox.settle(
            row.reference,
            epoch=row.lease_epoch,
            n=number,
            outcome=outcome,
            status=status,
            now=self._desk.clock.now(),
            closes=1,
            code=code,
            message=message,
        )

    def park(self, row: OutboxRow, code: str, message: str) -> OutboxRow:
        """Set aside until a look-up or a person decides; claims stay held."""
        return self._outbox.park(
            row.reference,
            epoch=row.lease_epoch,
            code=code,
            message=message,
            now=self._desk.clock.now(),
        )

    def conflict(self, row: OutboxRow, found: Lookup) -> OutboxRow:
        """More than one is there; a person decides."""
        ids = ", ".join(r.external_id for r in found.matches)
        return self._outbox.park(
            row.reference,
            epoch=row.lease_epoch,
            code="INV-03",
            message=f"The other system holds it more than once: {ids}.",
            now=self._desk.clock.now(),
            status=OperationStatus.CONFLICT,
        )

    def differs(self, row: OutboxRow, number: int, found: Receipt) -> OutboxRow:
        """It exists and says something else than was sent; claims stay held, a person decides."""
        return self.settle(
            row,
            number,
            "duplicate",
            OperationStatus.CONFLICT,
            code="INV-12",
            message=f"{found.number or found.external_id} carries our mark and has other values: "
            f"{found.differs}.",
        )

    def release(self, row: OutboxRow, code: str, message: str) -> OutboxRow:
        """Give the claims free (step 8); parked instead while an attempt has no answer."""
        fresh = self.fresh(row)
        if fresh.open_attempts:
            return self.park(fresh, code, message)
        return self._outbox.release(
            row.reference,
            reason=f"{code}: {message}",
            now=self._desk.clock.now(),
            status=OperationStatus.FAILED,
            code=code,
        )

    def fresh(self, row: OutboxRow) -> OutboxRow:
        """The operation as it is stored now."""
        found = self._outbox.get(row.reference)
        if found is None:
            msg = f"operation {row.reference} has gone from the outbox"
            raise StoreError(msg, code="STO-06")
        return found
