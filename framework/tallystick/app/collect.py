"""Where planning's results go: operations into the draft, decisions and states into the store."""

from collections.abc import Sequence

from tallystick.app.decision_log import DecisionLog
from tallystick.app.drafting import PlanDraft
from tallystick.app.workspace import Workspace
from tallystick.model.operation import Operation
from tallystick.plan.context import EntryState, Issue, Setting, Taken
from tallystick.plan.order import ordered
from tallystick.store import RunData

BATCH = 3000


class Gathering:
    """The sink of one planning: what is few is kept, what is many is stored in batches.

    Operations of projects, users, tasks and bugs are kept until `settle_order`, because parents
    go before children; operations of time entries follow in the order they are planned. Operations
    of modules that are not `chosen` are left out of the plan.
    """

    def __init__(
        self, ws: Workspace, setting: Setting, run: RunData, chosen: Sequence[str]
    ) -> None:
        self._ws = ws
        self._setting = setting
        self._run = run
        self._chosen = frozenset(chosen)
        self._log = DecisionLog(ws, setting.integration, run.id)
        self.draft = PlanDraft(ws, run, "sync")
        self.issues: list[Issue] = []
        self.counts: dict[str, dict[str, int]] = {}
        self._early: list[Operation] | None = []
        self._decisions: list[Taken] = []
        self._states: list[EntryState] = []

    def operation(self, operation: Operation) -> None:
        """Take the next operation."""
        self.count(operation.module, "planned")
        if operation.module not in self._chosen:
            return
        if self._early is not None:
            self._early.append(operation)
        else:
            self.draft.add(operation)

    def written(self, sample: Operation, reference: str, body: str) -> None:
        """Take the next operation as it is stored; these are of time entries, behind all others."""
        self.count(sample.module, "planned")
        if sample.module in self._chosen:
            self.draft.written(sample, reference, body)

    def settle_order(self) -> None:
        """Put what was kept into the draft, parents first; what comes now goes in as it comes."""
        kept, self._early = self._early or (), None
        for operation in ordered(kept):
            self.draft.add(operation)

    def issue(self, issue: Issue) -> None:
        """Take a record with a reason."""
        self.issues.append(issue)

    def taken(self, taken: Taken) -> None:
        """Take a decision."""
        batch = self._decisions
        if len(batch) >= BATCH and batch[-1].key is not taken.key:
            # what led to a decision is stored with it, so a batch ends with a record
            self._flush_decisions()
            batch = self._decisions
        batch.append(taken)

    def entry(self, state: EntryState) -> None:
        """Take the billing state of an entry."""
        self._states.append(state)
        if len(self._states) >= BATCH:
            self._flush_states()

    def count(self, module: str, what: str, number: int = 1) -> None:
        """Count something in a module."""
        counts = self.counts.setdefault(module, {})
        counts[what] = counts.get(what, 0) + number

    def finish(self) -> None:
        """Store what is left in the batches."""
        self._flush_decisions()
        self._flush_states()

    def _flush_decisions(self) -> None:
        self._log.store(self._decisions)
        self._decisions = []

    def _flush_states(self) -> None:
        self._ws.store.states.put_many(
            self._setting.source.connection_id,
            self._states,
            run_id=self._run.id,
            now=self._ws.clock.now(),
        )
        self._states = []
