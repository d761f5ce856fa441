"""`SyncMachine`: people, syncs, bills, faults and crashes in any order, on the real thing."""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any, ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule

from tallystick.decide.model import Invariant
from tallystick.testing.faulty import FAULTS
from tallystick.testing.observing import Judge, Violation
from tallystick.testing.office import PAIRED, Office
from tallystick.testing.openings import BILL_FAULTS, RULE_CHANGES, SYNC_FAULTS
from tallystick.testing.simulated import CUTOFF
from tallystick.testing.steps import Step

_DAYS = st.sampled_from([0, -1, 1, -3, 3, 20]).map(lambda n: (CUTOFF + timedelta(n)).isoformat())
_MINUTES = st.sampled_from([60, 1, 30, 90, 600])
_APPROVALS = st.sampled_from(["approved", "approved", "pending", "rejected"])
_BILLABLE = st.sampled_from([True, True, True, False])
_WHICH = st.integers(0, 2)


def _one_of(names: tuple[str, ...], calm: int) -> st.SearchStrategy[str | None]:
    """A fault that the machine may use, or none, as often as `calm` faults."""

    def allowed(machine: "SyncMachine") -> st.SearchStrategy[str | None]:
        return st.sampled_from([*(n for n in names if n in machine.faults), *[None] * calm])

    return st.runner().flatmap(allowed)


_BILL_FAULTS = _one_of(BILL_FAULTS, 3)
_SYNC_FAULTS = _one_of(SYNC_FAULTS, 2)


class Broken(AssertionError):
    """An invariant does not hold; `steps` lead to it."""

    def __init__(self, violation: Violation, steps: Sequence[Step]) -> None:
        super().__init__(str(violation))
        self.violation = violation
        self.steps = tuple(steps)


class SyncMachine(RuleBasedStateMachine):
    """A Hypothesis machine. Give a subclass what is `wanted`: invariants of scope store or history;
    a `folder` of rule files if not the shipped ones are meant; `faults` if not all may strike.
    """

    wanted: ClassVar[tuple[Invariant, ...]] = ()
    folder: ClassVar[Path | None] = None
    faults: ClassVar[tuple[str, ...]] = FAULTS
    steps_max: ClassVar[int | None] = None
    """Steps that a history may have; a rule is one step or more."""

    def __init__(self) -> None:
        super().__init__()
        self.office = Office(self.folder)
        self.steps: list[Step] = []
        self.judge = Judge(self.wanted)
        self.broken: Broken | None = None
        self._failed = False

    def take(self, name: str, fault: str | None = None, **words: Any) -> None:
        """Carry out a step and check what must hold always. Raises `Broken`."""
        if self.steps_max is not None and len(self.steps) >= self.steps_max:
            return
        step = Step(name, words, fault)
        self.steps.append(step)
        try:
            self._check(self.judge.take(self.office, step))
        except BaseException:
            self._failed = True
            raise

    def _check(self, found: Violation | None) -> None:
        if found is not None:
            self.broken = Broken(found, self.steps)
            raise self.broken

    def teardown(self) -> None:
        """Check what must hold at the end of a history. Raises `Broken`."""
        try:
            if not self._failed:
                self._check(self.judge.at_end(self.office))
        finally:
            self.office.close()

    @rule(day=_DAYS, minutes=_MINUTES, at_sync=_SYNC_FAULTS, at_bill=_BILL_FAULTS)
    def work_goes_its_way(
        self, day: str, minutes: int, at_sync: str | None, at_bill: str | None
    ) -> None:
        """Work is logged, brought over and billed, as most work is, with a fault at each."""
        self.take("log", day=day, minutes=minutes, billable=True, approval="approved")
        self.take("sync", at_sync)
        self.take("bill", at_bill)

    @rule(day=_DAYS, minutes=_MINUTES, billable=_BILLABLE, approval=_APPROVALS)
    def somebody_logs_time(self, day: str, minutes: int, billable: bool, approval: str) -> None:  # noqa: FBT001 - drawn
        """Work is logged around the cutoff."""
        self.take("log", day=day, minutes=minutes, billable=billable, approval=approval)

    @rule(
        day=_DAYS,
        minutes=_MINUTES,
        billable=_BILLABLE,
        approval=_APPROVALS,
        fault=_SYNC_FAULTS,
    )
    def new_work_is_synced(
        self,
        day: str,
        minutes: int,
        billable: bool,  # noqa: FBT001 - drawn
        approval: str,
        fault: str | None,
    ) -> None:
        """Work is logged, and the sync that brings it over has a fault."""
        self.take("log", day=day, minutes=minutes, billable=billable, approval=approval)
        self.take("sync", fault)

    @rule(log=_WHICH, approval=_APPROVALS)
    def somebody_judges_a_log(self, log: int, approval: str) -> None:
        """Work is approved, or no longer."""
        self.take("change log", log=log, approval=approval)

    @rule(log=_WHICH, day=_DAYS)
    def somebody_dates_a_log(self, log: int, day: str) -> None:
        """Work turns out to have been on another day."""
        self.take("change log", log=log, day=day)

    @rule(log=_WHICH, minutes=_MINUTES, billable=_BILLABLE)
    def somebody_corrects_a_log(self, log: int, minutes: int, billable: bool) -> None:  # noqa: FBT001 - drawn
        """Work turns out to be of another length or kind."""
        self.take("change log", log=log, minutes=minutes, billable=billable)

    @rule(log=_WHICH)
    def somebody_deletes_a_log(self, log: int) -> None:
        """Work was not done after all."""
        self.take("delete log", log=log)

    @rule(
        side=st.sampled_from(["portal", "accounts"]),
        kind=st.sampled_from(PAIRED),
        to=st.sampled_from(["Renamed", "Acme Ltd", " atlas ROLLOUT"]),
    )
    def somebody_renames(self, side: str, kind: str, to: str) -> None:
        """A project, task, contact or user gets another name, maybe one that is in use."""
        self.take("rename", side=side, kind=kind, to=to)

    @rule(fault=_SYNC_FAULTS, back=st.booleans())
    def the_client_is_away(self, fault: str | None, back: bool) -> None:  # noqa: FBT001 - drawn
        """A project that nobody can be billed for, and maybe somebody can again."""
        self.take("remove client")
        self.take("sync", fault)
        if back:
            self.take("restore client")
            self.take("sync")

    @rule(fault=_SYNC_FAULTS)
    def a_sync_runs(self, fault: str | None) -> None:
        """A sync, in which a fault may strike."""
        self.take("sync", fault)

    @rule()
    def two_quiet_syncs_run(self) -> None:
        """Two syncs with nothing in between."""
        self.take("sync")
        self.take("sync")

    @rule(fault=_BILL_FAULTS)
    def the_project_is_billed(self, fault: str | None) -> None:
        """A bill, in which a fault may strike."""
        self.take("bill", fault)

    @rule(fault=_BILL_FAULTS)
    def the_project_is_billed_twice(self, fault: str | None) -> None:
        """Somebody who saw no answer asks again."""
        self.take("bill", fault)
        self.take("bill")

    @rule()
    def a_bill_is_voided(self) -> None:
        """A draft is voided by the framework."""
        self.take("void", invoice=0)

    @rule(how=st.sampled_from(["void by hand", "delete by hand", "revive by hand"]), invoice=_WHICH)
    def a_person_changes_a_bill(self, how: str, invoice: int) -> None:
        """A person voids, deletes or revives an invoice in the accounts."""
        self.take(how, invoice=invoice)

    @rule()
    def a_person_bills_by_hand(self) -> None:
        """A person bills all that looks unbilled in the accounts."""
        self.take("bill by hand")

    @precondition(lambda self: self.office.link() == "active")
    @rule()
    def the_integration_is_off_for_a_while(self) -> None:
        """Switched off, asked to bring new work over, and switched on again."""
        self.take("disable")
        self.take("log", day=CUTOFF.isoformat(), minutes=60)
        self.take("bill")
        self.take("sync")
        self.take("enable")

    @rule(change=st.sampled_from(RULE_CHANGES))
    def somebody_changes_the_rules(self, change: dict[str, Any]) -> None:
        """A param gets another default in the project's own copy of the file."""
        self.take("change rules", **change)

    @rule(days=st.sampled_from([1, 40]))
    def time_passes(self, days: int) -> None:
        """The clock jumps."""
        self.take("clock", days=days)
