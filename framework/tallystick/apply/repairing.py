"""Drafts of ours whose work another invoice bills too: voided, never deleted (step 9)."""

from collections.abc import Mapping

from tallystick.apply.desk import Desk
from tallystick.apply.holders import Holders, held_by, in_force, lines_of
from tallystick.apply.sender import Sender
from tallystick.errors import Refused, RemoteError
from tallystick.model.connector import Connector
from tallystick.model.event import Event
from tallystick.model.operation import Action, Because, Operation, OperationStatus
from tallystick.model.record import Cursor
from tallystick.store import OutboxRow

REPAIRED = "invoice.repaired"
_PAGES_MAX = 100
_ELSEWHERE = Because(
    "billing.void", "billed-elsewhere", "", "Another invoice in force bills the same work."
)


def void_of(row: OutboxRow, because: Because) -> Operation:
    """The operation that voids an invoice of ours; the same one whoever asks for it."""
    return Operation(
        reference=f"TSY-VOID{row.reference[4:20]}",
        action=Action.VOID,
        type="transaction",
        connection_id=row.connection_id,
        title=f"Void {row.remote_number or row.remote_id}",
        payload={"status": "void"},
        because=because,
        target_id=row.remote_id,
        module="timesheets",
    )


class Repair:
    """Only drafts are voided: what a customer may have seen is for a person, and is flagged."""

    def __init__(self, desk: Desk, sender: Sender) -> None:
        self._desk = desk
        self._sender = sender

    def run(self) -> frozenset[str]:
        """Void what must be; returns the references of invoices that are to be read back."""
        outbox = self._desk.store.outbox
        done = [
            row
            for row in outbox.done(self._desk.integration, "transaction")
            if row.action == Action.CREATE and row.remote_id is not None
        ]
        ours = {(row.connection_id, str(row.remote_id)) for row in done}
        holders = {c: Holders(self._desk.store, c) for c in {row.connection_id for row in done}}
        found = set()
        for row in done:
            doubled = holders[row.connection_id].doubled(row)
            others = {i for ids in doubled.values() for i in ids}
            strangers = sorted(i for i in others if (row.connection_id, i) not in ours)
            if strangers and self._voided(row, strangers[0]):
                found.add(row.reference)
        return frozenset(found)

    def _voided(self, row: OutboxRow, other: str) -> bool:
        """True when the draft is void now, after a fresh look at both."""
        try:
            if not self._doubled(row, other):
                return False
            after = self._sender.carry_out(void_of(row, _ELSEWHERE))
        except (RemoteError, Refused):
            return False  # it stays flagged, and the next sweep tries again
        if after.status != OperationStatus.DONE:
            return False
        self._tell(row, other)
        return True

    def _doubled(self, row: OutboxRow, other: str) -> bool:
        """True when ours is a draft, the other is in force, and both hold one and the same."""
        mine = str(row.remote_id)
        connector = self._desk.connectors[row.connection_id]
        fresh = connector.fetch("transaction", [mine, other])
        if fresh.get(mine, {}).get("status") != "draft" or not in_force(fresh.get(other)):
            return False
        if connector.reads["transaction_line"].per != "transaction":
            return True  # its lines cannot be asked for by invoice: those read last must do
        wanted = {line for lines in lines_of(row).values() for line in lines}
        return bool(wanted & self._lines(connector, mine) & self._lines(connector, other))

    def _lines(self, connector: Connector, invoice: str) -> set[tuple[str, str]]:
        cursor: Cursor | None = Cursor(parent=invoice)
        rows: list[Mapping[str, object]] = []
        for _ in range(_PAGES_MAX):
            if cursor is None:
                break
            page = connector.read("transaction_line", cursor)
            rows += page.rows
            cursor = page.next
        return held_by(rows)

    def _tell(self, row: OutboxRow, other: str) -> None:
        self._desk.store.events.add(
            Event(
                self._desk.clock.now(),
                REPAIRED,
                self._desk.integration,
                self._desk.run_id,
                {
                    "reference": row.reference,
                    "invoice": row.remote_number or row.remote_id,
                    "other": other,
                },
            )
        )
