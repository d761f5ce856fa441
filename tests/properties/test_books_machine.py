"""People, syncs, bills, voids and lost answers in any order: the books stay true.

The real host, store and outbox run against the two simulators in process; the simulated accounts
accept a double bill when told to, so it is the framework that is tested here, not the service.
"""

import os
import shutil
import tempfile
from contextlib import ExitStack, suppress
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from support.people import People
from support.simulated import Pair, pair, set_up
from tallystick.app import invoicing, ledger, sync
from tallystick.errors import Refused, RemoteError
from tallystick.simulator.faults import Fault

LONG = bool(os.environ.get("TALLYSTICK_LONG"))
CUTOFF = date(2026, 7, 1)
CHANGES = ("approve", "pend", "minutes", "billable", "date")
FAULTS = ("drop_before", "drop_after", "error_after", "slow", "truncated")
REFUSALS = {"INV-01", "INV-04", "INV-10", "TSK-03", "PRJ-03", "INV-02", "SETUP-07"}


class Books(RuleBasedStateMachine):
    """One project billed by the hour, with people on both sides."""

    def __init__(self) -> None:
        super().__init__()
        self._leave = ExitStack()
        self._folder = Path(tempfile.mkdtemp())
        self._leave.callback(shutil.rmtree, self._folder, ignore_errors=True)
        self.pair: Pair = pair(self._folder / "home")
        self.pair.books.switch(strict_time_entries=False)
        self.ws = self._leave.enter_context(self.pair.opened())
        self.people = People(self.pair)
        self.logs: list[str] = []
        self.by_hand: set[str] = set()

    @initialize()
    def connected(self) -> None:
        set_up(self.ws, self.pair.announced)
        self._sync()

    def _sync(self) -> None:
        with suppress(RemoteError):  # a fault struck where nothing can go on; the next run does
            sync.run(self.ws, approve=lambda _plan: True)

    @rule(
        offset=st.integers(-3, 3),
        minutes=st.integers(1, 600),
        billable=st.booleans(),
        status=st.sampled_from(["Approved", "Approved", "Pending", "Rejected"]),
    )
    def somebody_logs_time(self, offset: int, minutes: int, billable: bool, status: str) -> None:
        day = CUTOFF + timedelta(days=offset)
        self.logs.append(self.people.log_time(day, minutes, billable=billable, status=status))

    @precondition(lambda self: self.logs)
    @rule(
        data=st.data(), change=st.sampled_from(["approve", "pend", "minutes", "billable", "date"])
    )
    def somebody_changes_a_log(self, data: st.DataObject, change: str) -> None:
        log_id = data.draw(st.sampled_from(self.logs))
        changes: dict[str, Any] = {
            "approve": {"approval": "Approved"},
            "pend": {"approval": "Pending"},
            "minutes": {"minutes": data.draw(st.integers(1, 600))},
            "billable": {"billable": data.draw(st.booleans())},
            "date": {
                "work_date": (CUTOFF + timedelta(days=data.draw(st.integers(-3, 3)))).isoformat()
            },
        }[change]
        self.people.change_log(log_id, **changes)

    @rule()
    def a_sync_runs(self) -> None:
        self._sync()

    @rule()
    def the_project_is_billed(self) -> None:
        codes: list[str] = []
        try:
            with suppress(RemoteError):  # nothing was sent, or the sweep finds it
                invoicing.invoice(self.ws, project="Atlas rollout")
        except Refused as refusal:
            codes.append(refusal.code)
        assert set(codes) <= REFUSALS

    @rule(kind=st.sampled_from(FAULTS), skip=st.integers(0, 3))
    def an_answer_of_the_accounts_will_be_lost(self, kind: str, skip: int) -> None:
        number = self.pair.books.requests + 1 + skip
        self.pair.books.faults.add(Fault(kind, request_number=number, seconds=500))

    @rule()
    def a_person_bills_by_hand(self) -> None:
        self.pair.books.faults.clear()
        made = self.people.bill_by_hand()
        if made:
            self.by_hand.add(made)

    @rule(data=st.data(), status=st.sampled_from(["void", "delete", "draft"]))
    def a_person_voids_deletes_or_revives(self, data: st.DataObject, status: str) -> None:
        self.pair.books.faults.clear()
        wanted = "void" if status == "draft" else "draft"
        found = [i["invoice_id"] for i in self.people.invoices() if i["status"] == wanted]
        if not found:
            return
        invoice_id = data.draw(st.sampled_from(sorted(found)))
        if status == "delete":
            self.people.delete_invoice(invoice_id)
        else:
            self.people.set_status(invoice_id, status)

    @rule()
    def a_day_passes(self) -> None:
        self.pair.clock.advance(days=1, hours=1)

    @invariant()
    def no_log_has_two_entries_in_the_accounts(self) -> None:
        """A doubled time entry is a doubled bill."""
        report = self.pair.control("zoho_books", "double-billed")
        assert report["logs_with_several_entries"] == {}

    @invariant()
    def no_entry_is_on_two_invoices_of_ours(self) -> None:
        """I-01: what a person doubled by hand is found and flagged at rest (see teardown)."""
        report = self.pair.control("zoho_books", "double-billed")
        for entry, invoices in report["entries_on_several_invoices"].items():
            ours = [i for i in invoices if i not in self.by_hand]
            assert len(ours) <= 1 or self._revived(ours), (entry, invoices)

    def _revived(self, invoices: list[str]) -> bool:
        """True when a person turned a void invoice back to draft after its entries were billed."""
        outbox = self.ws.store.outbox
        known = {
            r.remote_id: r.status
            for status in ("released", "conflicts")
            for r in getattr(outbox, status)("main", "transaction")
        }
        return any(i in known for i in invoices)

    def teardown(self) -> None:
        """Once faults stop, everything comes to rest within three runs; then nothing is left."""
        try:
            self.pair.books.faults.clear()
            for _ in range(3):
                self.pair.clock.advance(days=2)
                self._sync()
            plan = sync.plan(self.ws)
            assert plan.total_lines == 0, "I-03: a run with nothing changed would write"
            seen = ledger.ledger(self.ws, verify=True)
            lost = [r for r in seen.conservation if r.difference]
            assert lost == [], "I-02: minutes went missing"
            report = self.pair.control("zoho_books", "double-billed")
            doubled = report["entries_on_several_invoices"]
            flagged = " ".join(seen.doubles)
            assert all(entry in flagged for entry in doubled), "I-01: a double was not flagged"
            billable = {e["time_entry_id"] for e in self.people.entries() if _open(e)}
            free = self.ws.store.states.totals("source").get("unbilled", (0, 0))[0]
            assert len(billable) == free, "what looks like work to bill there is unbilled here"
        finally:
            self._leave.close()


def _open(entry: dict[str, Any]) -> bool:
    return bool(entry["is_billable"]) and entry["billed_status"] == "unbilled"


TestBooks = Books.TestCase
TestBooks.settings = settings(
    max_examples=400 if LONG else 10,
    stateful_step_count=40 if LONG else 15,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    # a step is a whole sync, so shrinking is left to the long form
    phases=tuple(Phase) if LONG else (Phase.explicit, Phase.reuse, Phase.generate),
)
