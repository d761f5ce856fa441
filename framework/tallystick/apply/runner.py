"""A whole plan through the outbox: order, filled-in ids, children of what failed."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from tallystick.apply.desk import Desk, filled
from tallystick.apply.interrupts import uninterrupted
from tallystick.apply.sender import Sender
from tallystick.errors import Refused, StoreError
from tallystick.model.operation import Action, Operation, OperationStatus
from tallystick.model.record import RecordKey
from tallystick.store import LinkInput, OutboxRow

_OPEN = (OperationStatus.CLAIMED, OperationStatus.SENDING)


@dataclass(frozen=True, slots=True)
class Problem:
    """An operation that was not done: `what` is failed, parked or held.

    `cause` is the source record of the operation that a held one waits for.
    """

    operation: Operation
    what: str
    code: str
    message: str
    cause: RecordKey | None = None


@dataclass(slots=True)
class Tally:
    """What became of a plan's operations, by module and in all."""

    done: int = 0
    linked: int = 0
    failed: int = 0
    parked: int = 0
    held: int = 0
    already: int = 0
    by_module: dict[str, dict[str, int]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def note(self, operation: Operation, what: str) -> None:
        """Count one outcome: done, linked, failed, parked, held or already."""
        setattr(self, what, getattr(self, what) + 1)
        module = self.by_module.setdefault(operation.module, {})
        module[what] = module.get(what, 0) + 1


class Runner:
    """Carries out operations in plan order."""

    def __init__(
        self, desk: Desk, *, progress: Callable[[Operation, Tally], None] | None = None
    ) -> None:
        self._desk = desk
        self._sender = Sender(desk)
        self._ids: dict[str, str] = {}
        self._broken: dict[str, Problem] = {}
        self._progress = progress
        self.tally = Tally()

    def run(self, operations: Iterable[Operation]) -> Tally:
        """Carry out what can be; what hangs on something that failed is held (I-10).

        Raises `Throttled`, `Fatal` and `CredentialRefused`: nothing more can be sent for now.
        """
        try:
            for operation in operations:
                with uninterrupted():
                    self._one(operation)
                if self._progress is not None:
                    self._progress(operation, self.tally)
        finally:
            self._desk.store.outbox.release_leases(self._desk.executor, now=self._desk.clock.now())
        return self.tally

    def _one(self, operation: Operation) -> None:
        cause = self._cause(operation)
        if cause is not None:
            root = cause.cause or cause.operation.source
            self._stopped(Problem(operation, "held", cause.code, cause.message, root))
            return
        if operation.action is Action.LINK:
            self._link(operation)
            return
        try:
            row = self._carry_out(filled(operation, self._ids))
        except Refused as refusal:
            self._stopped(Problem(operation, "failed", refusal.code, refusal.message))
            return
        except StoreError as error:
            if error.code != "STO-05":
                raise
            # another process has taken this operation over; it goes on there
            self._stopped(Problem(operation, "held", error.code, error.message))
            return
        self._sort(operation, row)

    def _carry_out(self, operation: Operation) -> OutboxRow:
        before = self._desk.store.outbox.get(operation.reference)
        if before is not None and before.status == OperationStatus.DONE:
            self.tally.note(operation, "already")
            return before
        row = self._sender.carry_out(operation)
        if row.status in _OPEN and row.lease_owner != self._desk.executor:
            row = self._sender.resume(operation, row)
        if row.status == OperationStatus.DONE:
            self.tally.note(operation, "done")
        return row

    def _sort(self, operation: Operation, row: OutboxRow) -> None:
        if row.status == OperationStatus.DONE:
            if row.remote_id is not None and operation.type != "time_entry":
                # nothing hangs on a time entry, and there may be a million of them
                self._ids[operation.reference] = row.remote_id
            return
        what = "failed" if row.status == OperationStatus.FAILED else "parked"
        self._stopped(Problem(operation, what, row.code or "INV-03", row.message or "Not done."))

    def _stopped(self, problem: Problem) -> None:
        self._broken[problem.operation.reference] = problem
        self.tally.note(problem.operation, problem.what)
        self.tally.problems.append(problem)

    def _cause(self, operation: Operation) -> Problem | None:
        for need in operation.needs:
            if need in self._broken:
                return self._broken[need]
            if need not in self._ids and not self._made_before(need):
                return Problem(
                    operation, "held", "CFG-08", f"What it needs ({need}) is not in the plan."
                )
        return None

    def _made_before(self, reference: str) -> bool:
        row = self._desk.store.outbox.get(reference)
        if row is None or row.status != OperationStatus.DONE or row.remote_id is None:
            return False
        self._ids[reference] = row.remote_id
        return True

    def _link(self, operation: Operation) -> None:
        if operation.source is None or operation.target_id is None:
            return
        target = RecordKey(operation.connection_id, operation.type, operation.target_id)
        self._desk.store.links.add(
            [LinkInput(operation.source, target, operation.because.rule)],
            integration=self._desk.integration,
            run_id=self._desk.run_id,
            now=self._desk.clock.now(),
        )
        self.tally.note(operation, "linked")
