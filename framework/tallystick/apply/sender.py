"""One operation through the outbox: claim, check, mark, send once, classify, settle."""

from datetime import timedelta
from typing import Any

from tallystick.apply.desk import Desk
from tallystick.apply.settling import Settling
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
from tallystick.model.operation import Lookup, Mode, Operation, OperationStatus
from tallystick.store import OutboxRow

LEASE_SECONDS = 300
ATTEMPTS_MAX = 5
RESEND_AFTER = timedelta(days=1)
"""How long after the last send an unguarded write may be sent again, once looked up as absent."""

_NO_LOOK = " The look-up could not be completed."
_NOT_FOUND = " It is not to be found yet."


def _why_unknown(row: OutboxRow) -> str:
    """Why the outcome of an earlier send is not known: as it was said then, if it was."""
    if row.status != OperationStatus.PARKED or not row.message:
        return "An earlier send has no answer."
    return row.message.removesuffix(_NO_LOOK).removesuffix(_NOT_FOUND)


class Sender:
    """Carries out operations, each at most once."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._outbox = desk.store.outbox
        self._book = Settling(desk)

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
        self._book.conflict(row, found)
        return True

    def _advance(self, operation: Operation, row: OutboxRow) -> OutboxRow:
        if row.status == OperationStatus.FAILED and row.open_attempts == 0:
            row = self._reopened(operation)
        if row.status == OperationStatus.RELEASED and operation.type != "transaction":
            return self._after_release(operation, self._reopened(operation))
        if row.lease_owner != self._desk.executor:
            return row
        if row.status == OperationStatus.CLAIMED:
            return self._send_checked(operation, row)
        if row.status in {OperationStatus.SENDING, OperationStatus.PARKED}:
            return self._unknown(operation, row, _why_unknown(row))
        return row

    def _reopened(self, operation: Operation) -> OutboxRow:
        return self._outbox.reopen(
            operation,
            executor=self._desk.executor,
            lease_until=self._lease(),
            now=self._desk.clock.now(),
        )

    def _after_release(self, operation: Operation, row: OutboxRow) -> OutboxRow:
        """A person said that it made nothing; look once more, as it may have landed meanwhile."""
        found = self._look_up(operation)
        if found is None:
            return self._book.park(row, "INV-03", "The look-up could not be completed.")
        if len(found.matches) > 1:
            return self._book.conflict(row, found)
        if not found.matches:
            return self._send_checked(operation, row)
        return self._book.done(
            operation, row, found.matches[0], number=row.attempts, closes=1, outcome="found"
        )

    def _send_checked(self, operation: Operation, row: OutboxRow) -> OutboxRow:
        refusal = self._desk.precheck(operation)
        if refusal is not None:
            code, message = refusal
            return self._book.release(row, code, message)
        return self._send(operation, row)

    def _send(self, operation: Operation, row: OutboxRow) -> OutboxRow:
        self._desk.insist()
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
            return self._unknown(operation, self._book.fresh(row), str(error), number)
        except Exception as error:  # noqa: BLE001 - a plugin's bug after the send is no refusal
            what = f"The connector failed while it sent ({type(error).__name__})."
            return self._unknown(operation, self._book.fresh(row), what, number)
        reach("W6.answered")
        return self._book.done(operation, row, receipt, number=number, closes=1, outcome="success")

    def _answered_no(self, row: OutboxRow, number: int, error: Exception) -> OutboxRow:
        """The attempt has its answer and had no effect."""
        outcome = {Unreachable: "nothing_sent", Throttled: "throttled"}.get(type(error), "refused")
        settled = self._book.settle(
            row,
            number,
            outcome,
            OperationStatus.CLAIMED,
            code=getattr(error, "code", None),
            message=str(error),
        )
        if isinstance(error, Rejected):
            if settled.open_attempts:
                return self._book.park(settled, error.code, str(error))
            return self._book.release(settled, error.code, str(error))
        raise error

    def _duplicate(
        self, operation: Operation, row: OutboxRow, number: int, error: AlreadyThere
    ) -> OutboxRow:
        """It exists already: confirm only after reading it back (it may be somebody else's).

        One that carries our reference or marker and says something else is for a person.
        """
        found = self._look_up(operation)
        if found is not None and len(found.matches) == 1 and found.matches[0].differs:
            return self._book.differs(row, number, found.matches[0])
        if found is not None and len(found.matches) == 1:
            before = self._book.fresh(row).open_attempts
            return self._book.done(
                operation,
                row,
                found.matches[0],
                number=number,
                closes=min(2, before),
                outcome="duplicate",
            )
        settled = self._book.settle(
            row, number, "duplicate", OperationStatus.CLAIMED, code=error.code, message=str(error)
        )
        if found is None or settled.open_attempts:
            return self._book.park(settled, error.code, str(error))
        if found.matches:
            return self._book.conflict(settled, found)
        return self._book.release(settled, error.code, str(error))

    def _unknown(
        self, operation: Operation, row: OutboxRow, message: str, number: int | None = None
    ) -> OutboxRow:
        """The outcome of a send is unknown: look it up before anything else."""
        mode = self._mode_now(operation, row)
        if mode is Mode.IDEMPOTENT:
            return self._again(operation, row, message, number)
        found = self._look_up(operation)
        if found is None:
            return self._book.park(row, "INV-03", f"{message}{_NO_LOOK}")
        if len(found.matches) > 1:
            return self._book.conflict(row, found)
        if found.matches:
            attempt = number or row.attempts
            return self._book.done(
                operation, row, found.matches[0], number=attempt, closes=1, outcome="found"
            )
        if found.near:
            near = ", ".join(r.external_id for r in found.near)
            return self._book.park(row, "INV-03", f"{message} Looks like {near}; a person decides.")
        if self._may_resend(row, mode):
            return self._again(operation, row, message, number)
        return self._book.park(row, "INV-03", f"{message}{_NOT_FOUND}")

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
            return self._book.park(row, "INV-03", f"{message} Sent {row.attempts} times.")
        if number is not None:
            self._outbox.note_attempt(row.reference, number, "unknown", message)
        return self._send_checked(operation, row)

    def _look_up(self, operation: Operation) -> Lookup | None:
        """A complete search, or None when it could not be completed."""
        try:
            return self._connector(operation).find(operation)
        except Exception:  # noqa: BLE001 - whatever stops a look-up, it is not complete
            return None

    def _connector(self, operation: Operation) -> Connector:
        return self._desk.connectors[operation.connection_id]

    def _mode(self, operation: Operation) -> Mode:
        spec = self._connector(operation).writes.get(operation.type)
        if spec is None or operation.action not in spec.actions or spec.mode is Mode.NONE:
            msg = f"{operation.type} cannot be {operation.action}d in {operation.connection_id}"
            raise Refused(
                msg, code="PLG-06", fix="The connector only proposes this; do it by hand."
            )
        return spec.mode_of(operation.action)

    def _mode_now(self, operation: Operation, row: OutboxRow) -> Mode:
        """The mode of its first send; once its guard does not hold any more, never again."""
        mode = Mode(row.mode)
        lost = mode is Mode.A and self._mode(operation) is not Mode.A
        return Mode.C if lost else mode

    def _lease(self) -> Any:
        return self._desk.clock.now() + timedelta(seconds=LEASE_SECONDS)
