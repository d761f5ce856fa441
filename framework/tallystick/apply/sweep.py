"""Looking again: parked writes are looked up, finished ones put right and read back (step 9)."""

from collections.abc import Mapping
from dataclasses import dataclass

from tallystick.apply.desk import Desk
from tallystick.apply.readback import ReadBack
from tallystick.apply.repairing import Repair
from tallystick.apply.sender import Sender
from tallystick.model.operation import Action, Because, Operation, OperationStatus
from tallystick.model.record import RecordKey
from tallystick.store import OutboxRow


@dataclass(frozen=True, slots=True)
class Swept:
    """What a sweep found out."""

    confirmed: int = 0
    parked: int = 0
    readings: Mapping[str, int] | None = None

    def count(self, what: str) -> int:
        """How many finished invoices came to `what`: released, vanished, conflict, revived."""
        return (self.readings or {}).get(what, 0)

    @property
    def need_a_person(self) -> int:
        """Invoices that only a person can decide about."""
        return self.count("vanished") + self.count("conflict") + self.count("revived")


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

    def run(self, *, suspects_only: bool = False) -> Swept:
        """Look up what is parked or was left in the middle, void drafts whose work another invoice
        bills too, then read back finished invoices.
        """
        now = self._desk.clock.now()
        outbox = self._desk.store.outbox
        confirmed = parked = 0
        for row in [
            *outbox.due(self._desk.integration, now),
            *outbox.parked(self._desk.integration),
        ]:
            after = self._sender.resume(operation_of(row), row)
            confirmed += after.status == OperationStatus.DONE
            parked += after.status == OperationStatus.PARKED
        for row in outbox.unanswered(self._desk.integration):
            self._sender.look_for_twins(operation_of(row), row)
        repaired = Repair(self._desk, self._sender).run()
        readings = ReadBack(self._desk).run(suspects_only=suspects_only, changed=repaired)
        outbox.release_leases(self._desk.executor, now=self._desk.clock.now())
        return Swept(confirmed, parked, readings)
