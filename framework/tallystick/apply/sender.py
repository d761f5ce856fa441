"""One operation through the outbox: claim, check, mark, send once, classify, settle."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from tallystick.errors import (
    AlreadyThere,
    Fatal,
    OutcomeUnknown,
    Refused,
    Rejected,
    Retry,
    Throttled,
    Unreachable,
)
from tallystick.model.connector import Connector
from tallystick.model.failpoints import reach
from tallystick.model.operation import Action, Lookup, Mode, Operation, OperationStatus, Receipt
from tallystick.model.ports import Clock
from tallystick.model.record import RecordKey
from tallystick.store import LinkInput, OutboxRow, Store

LEASE_SECONDS = 300
ATTEMPTS_MAX = 5
RESEND_AFTER = timedelta(days=1)
"""How long after the last send an unguarded write may be sent again, once looked up as absent."""


@dataclass(frozen=True, slots=True)
class Desk:
    """What sending needs: the store, the connectors by connection id, clock and executor.

    `precheck` looks at fresh records just before an operation is sent and returns a refusal
    (code, sentence) or None.
    """

    store: Store
    connectors: Mapping[str, Connector]
    clock: Clock
    executor: str
    integration: str
    precheck: Callable[[Operation], tuple[str, str] | None]
    plan_digest: str | None = None
    run_id: int | None = None


class Sender:
    """Carries out operations, each at most once."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._outbox = desk.store.outbox

    def carry_out(self, operation: Operation) -> OutboxRow:
        """Bring one operation as far as it goes now, and return its row.

        Raises `Refused` when a claim is held by another operation (nothing is stored then), and
        `Throttled`, `Fatal` or `CredentialRefused` when nothing more can be sent for now.
        """
        reach("W0.before-claim")
        row = self._outbox.claim(
            operation,
            integration=self._desk.integration,
            plan_digest=self._desk.plan_digest,
            run_id=self._desk.run_id,
            mode=self._mode(operation),
            executor=self._desk.executor,
            lease_until=self._lease(),
            now=self._desk.clock.now(),
        )
        reach("W2.claimed")
        return self._advance(operation, row)

    def resume(self, operation: Operation, row: OutboxRow) -> OutboxRow:
        """Take over an operation that a dead process left (its lease has ended)."""
        taken = self._outbox.take(
            row.reference,
            seen_epoch=row.lease_epoch,
            executor=self._desk.executor,
            lease_until=self._lease(),
            now=self._desk.clock.now(),
        )
        return row if taken is None else self._advance(operation, taken)

    def look_for_twins(self, operation: Operation, row: OutboxRow) -> bool:
        """Look a finished write up while one of its sends has no answer: it may have landed twice.

        Two found is a conflict; True then.
        """
        found = self._look_up(operation)
        if found is None or len(found.matches) < 2:
            return False
        self._conflict(row, found)
        return True

    def _advance(self, operation: Operation, row: OutboxRow) -> OutboxRow:
        if row.status == OperationStatus.FAILED and row.open_attempts == 0:
            row = self._outbox.reopen(
                operation,
                executor=self._desk.executor,
                lease_until=self._lease(),
                now=self._desk.clock.now(),
            )
        if row.lease_owner != self._desk.executor:
            return row
        if row.status == OperationStatus.CLAIMED:
            return self._send_checked(operation, row)
        if row.status in {OperationStatus.SENDING, OperationStatus.PARKED}:
            return self._unknown(operation, row, "An earlier send has no answer.")
        return row

    def _send_checked(self, operation: Operation, row: OutboxRow) -> OutboxRow:
        refusal = self._desk.precheck(operation)
        if refusal is not None:
            code, message = refusal
            return self._release(row, code, message)
        return self._send(operation, row)

    def _send(self, operation: Operation, row: OutboxRow) -> OutboxRow:
        number = self._outbox.mark_sending(
            row.reference,
            epoch=row.lease_epoch,
            now=self._desk.clock.now(),
            payload=operation.payload,
        )
        reach("W3.marked-sending")
        try:
            receipt = self._connector(operation).write(operation)
        except AlreadyThere as error:
            return self._duplicate(operation, row, number, error)
        except (Rejected, Retry, Fatal) as error:
            return self._answered_no(row, number, error)
        except OutcomeUnknown as error:
            return self._unknown(operation, self._fresh(row), str(error), number)
        reach("W6.answered")
        return self._done(operation, row, receipt, number=number, closes=1, outcome="success")

    def _answered_no(self, row: OutboxRow, number: int, error: Exception) -> OutboxRow:
        """The attempt has its answer and had no effect."""
        outcome = {Unreachable: "nothing_sent", Throttled: "throttled"}.get(type(error), "refused")
        settled = self._settle(
            row,
            number,
            outcome,
            OperationStatus.CLAIMED,
            code=getattr(error, "code", None),
            message=str(error),
        )
        if isinstance(error, Rejected):
            if settled.open_attempts:
                return self._park(settled, error.code, str(error))
            return self._release(settled, error.code, str(error))
        raise error

    def _duplicate(
        self, operation: Operation, row: OutboxRow, number: int, error: AlreadyThere
    ) -> OutboxRow:
        """It exists already: confirm only after reading it back (it may be somebody else's)."""
        found = self._look_up(operation)
        if found is not None and len(found.matches) == 1:
            before = self._fresh(row).open_attempts
            return self._done(
                operation,
                row,
                found.matches[0],
                number=number,
                closes=min(2, before),
                outcome="duplicate",
            )
        settled = self._settle(
            row, number, "duplicate", OperationStatus.CLAIMED, code=error.code, message=str(error)
        )
        if found is None or settled.open_attempts:
            return self._park(settled, error.code, str(error))
        if found.matches:
            return self._conflict(settled, found)
        return self._release(settled, error.code, str(error))

    def _unknown(
        self, operation: Operation, row: OutboxRow, message: str, number: int | None = None
    ) -> OutboxRow:
        """The outcome of a send is unknown: look it up before anything else."""
        mode = Mode(row.mode)
        if mode is Mode.IDEMPOTENT:
            return self._again(operation, row, message, number)
        found = self._look_up(operation)
        if found is None:
            return self._park(row, "INV-03", f"{message} The look-up could not be completed.")
        if len(found.matches) > 1:
            return self._conflict(row, found)
        if found.matches:
            attempt = number or row.attempts
            return self._done(
                operation, row, found.matches[0], number=attempt, closes=1, outcome="found"
            )
        if found.near:
            near = ", ".join(r.external_id for r in found.near)
            return self._park(row, "INV-03", f"{message} Looks like {near}; a person decides.")
        if self._may_resend(row, mode):
            return self._again(operation, row, message, number)
        return self._park(row, "INV-03", f"{message} It is not to be found yet.")

    def _may_resend(self, row: OutboxRow, mode: Mode) -> bool:
        """Mode A at once; unguarded only a day after the last send; mode C never."""
        if mode is Mode.A:
            return True
        if mode is Mode.UNGUARDED and row.sent_at is not None:
            return self._desk.clock.now() - row.sent_at >= RESEND_AFTER
        return False

    def _again(
        self, operation: Operation, row: OutboxRow, message: str, number: int | None
    ) -> OutboxRow:
        if row.attempts >= ATTEMPTS_MAX:
            return self._park(row, "INV-03", f"{message} Sent {row.attempts} times.")
        if number is not None:
            self._outbox.note_attempt(row.reference, number, "unknown", message)
        return self._send_checked(operation, row)

    def _look_up(self, operation: Operation) -> Lookup | None:
        """A complete search, or None when it could not be completed."""
        try:
            return self._connector(operation).find(operation)
        except (Retry, Fatal, OutcomeUnknown):
            return None

    def _done(
        self,
        operation: Operation,
        row: OutboxRow,
        receipt: Receipt,
        *,
        number: int,
        closes: int,
        outcome: str,
    ) -> OutboxRow:
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

    def _settle(
        self,
        row: OutboxRow,
        number: int,
        outcome: str,
        status: OperationStatus,
        *,
        code: str | None,
        message: str,
    ) -> OutboxRow:
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

    def _park(self, row: OutboxRow, code: str, message: str) -> OutboxRow:
        return self._outbox.park(
            row.reference,
            epoch=row.lease_epoch,
            code=code,
            message=message,
            now=self._desk.clock.now(),
        )

    def _conflict(self, row: OutboxRow, found: Lookup) -> OutboxRow:
        ids = ", ".join(r.external_id for r in found.matches)
        return self._outbox.park(
            row.reference,
            epoch=row.lease_epoch,
            code="INV-03",
            message=f"The other system holds it more than once: {ids}.",
            now=self._desk.clock.now(),
            status=OperationStatus.CONFLICT,
        )

    def _release(self, row: OutboxRow, code: str, message: str) -> OutboxRow:
        fresh = self._fresh(row)
        if fresh.open_attempts:
            return self._park(fresh, code, message)
        return self._outbox.release(
            row.reference,
            reason=f"{code}: {message}",
            now=self._desk.clock.now(),
            status=OperationStatus.FAILED,
            code=code,
        )

    def _fresh(self, row: OutboxRow) -> OutboxRow:
        found = self._outbox.get(row.reference)
        if found is None:
            msg = f"operation {row.reference} has gone from the outbox"
            raise Refused(msg, code="STO-06")
        return found

    def _connector(self, operation: Operation) -> Connector:
        return self._desk.connectors[operation.connection_id]

    def _mode(self, operation: Operation) -> Mode:
        spec = self._connector(operation).writes.get(operation.type)
        if spec is None or operation.action not in spec.actions:
            msg = f"{operation.type} cannot be {operation.action}d in {operation.connection_id}"
            raise Refused(
                msg, code="PLG-06", fix="The connector only proposes this; do it by hand."
            )
        return spec.mode_of(operation.action)

    def _lease(self) -> Any:
        return self._desk.clock.now() + timedelta(seconds=LEASE_SECONDS)


def total_differs(operation: Operation, receipt: Receipt) -> tuple[str | None, str | None]:
    """INV-07 when the written total is not the planned one (R-157); the draft stays."""
    planned = operation.payload.get("total_minor")
    written = (receipt.row or {}).get("total_minor")
    if operation.action is not Action.CREATE or planned is None or written is None:
        return None, None
    if planned == written:
        return None, None
    return "INV-07", f"Written total {written} differs from the planned {planned} (minor units)."


def filled(operation: Operation, ids: Mapping[str, str]) -> Operation:
    """The operation with ids of others filled in (`ids` by reference)."""
    if not operation.fills:
        return operation
    values = {name: ids[reference] for name, reference in operation.fills.items()}
    target = values.pop("external_id", operation.target_id)
    return replace(operation, payload={**operation.payload, **values}, fills={}, target_id=target)
