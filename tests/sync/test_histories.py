"""Histories in which people change things at the worst moment: nothing stale is billed, and no
hour is left without a way back.
"""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from tallystick.app import errors, integrations, invoicing, ledger, lifecycle, sync, voiding
from tallystick.app.results_billing import InvoiceView
from tallystick.app.workspace import Workspace
from tallystick.errors import Refused, StalePlan
from tallystick.model.failpoints import arm
from tallystick.model.operation import OperationStatus
from tallystick.simulator.faults import Fault
from tallystick.testing.people import People
from tallystick.testing.simulated import Pair, pair, set_up

DAY = date(2026, 7, 3)


class Office:
    """A synced folder on the tiny world, with one more approved log of 90 minutes."""

    def __init__(self, made: Pair, ws: Workspace) -> None:
        self.pair, self.ws, self.people = made, ws, People(made)
        self.log = self.people.log_time(DAY, 90, billable=True, status="Approved")
        self.sync()

    def sync(self, times: int = 1) -> None:
        """Sync, approving every plan."""
        for _ in range(times):
            sync.run(self.ws, approve=lambda _plan: True)

    def bill(self, grouping: str = "by_task") -> InvoiceView:
        """Bill the one project."""
        return invoicing.invoice(self.ws, project="Atlas rollout", grouping=grouping)

    def refused(self) -> str:
        """The code with which billing is refused."""
        with pytest.raises(Refused) as refusal:
            self.bill()
        return refusal.value.code

    def state(self) -> str:
        """The billing state of the log."""
        return self.ws.store.states.get_many("source", [self.log])[self.log].state


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    """An office."""
    made = pair(tmp_path / "home")
    made.books.switch(strict_time_entries=False)
    with made.opened() as ws:
        set_up(ws, made.announced)
        yield Office(made, ws)


def test_an_invoice_left_by_a_crash_is_not_sent_once_its_work_changed(office: Office) -> None:
    """W2: what was claimed is looked at afresh, with the claims of the ledger."""

    def crash(point: str) -> None:
        if point == "W2.claimed":
            raise RuntimeError("crash")

    arm(crash)
    with pytest.raises(RuntimeError, match="crash"):
        office.bill()
    arm(None)
    assert [c.state for c in office.ws.store.outbox.claims()] == ["claimed"] * 2
    office.people.change_log(office.log, approval="Rejected")
    office.sync()
    assert office.people.invoices() == []
    assert office.ws.store.outbox.claims() == []


def test_work_that_was_re_dated_since_the_sync_is_not_billed(office: Office) -> None:
    """R-126: dated before the cutoff now."""
    office.people.change_log(office.log, work_date="2026-06-20")
    assert office.refused() == "TS-08"
    office.sync()
    assert office.state() == "opening_invoiced"


def test_opening_work_stays_so_on_the_way_through_pending(office: Office) -> None:
    """R-127: it may stand on an invoice of the former software."""
    office.people.change_log(office.log, work_date="2026-06-20")
    office.sync()
    office.people.change_log(office.log, approval="Pending")
    office.sync()
    office.people.change_log(office.log, work_date="2026-07-02")
    office.people.change_log(office.log, approval="Approved")
    office.sync()
    assert office.state() == "opening_invoiced"


def test_work_whose_line_was_removed_from_the_draft_is_billed_again(office: Office) -> None:
    """R-181: the invoice stays, that line's entry is free."""
    made = office.bill("all_entries")
    lines = office.people.invoice(str(made.remote_id))["line_items"]
    office.people.keep_lines(str(made.remote_id), lines[:1])
    office.sync()
    assert office.bill().status == "DONE"
    assert office.pair.doubles() == []


def test_work_taken_off_an_invoice_made_by_hand_is_billed_again(office: Office) -> None:
    """R-177, R-181."""
    by_hand = str(office.people.bill_by_hand())
    office.sync()
    line = office.people.invoice(by_hand)["line_items"][0]
    office.people.keep_lines(by_hand, [{**line, "time_entry_ids": line["time_entry_ids"][:1]}])
    office.sync()
    assert office.bill().entries == 1
    assert office.pair.doubles() == []


def test_work_that_is_no_longer_invoiced_where_it_was_logged_is_free(office: Office) -> None:
    """R-167, then the mark is taken back."""
    office.people.mark_at_source(office.log, "I-77")
    office.sync()
    assert office.state() == "invoiced"
    office.people.mark_at_source(office.log, None)
    office.sync()
    assert office.state() == "unbilled"


def test_an_entry_deleted_in_the_accounts_is_held_and_the_rest_is_billed(office: Office) -> None:
    entry = next(e for e in office.people.entries() if e["log_date"] == str(DAY))
    office.people.delete_entry(entry["time_entry_id"])
    office.sync(3)
    assert office.state() == "held"
    assert office.bill().entries == 1
    assert "TS-13" in {e.code for e in errors.listing(office.ws)}


def test_a_plan_is_stale_once_the_settings_changed(office: Office) -> None:
    office.people.log_time(DAY, 30, billable=True, status="Approved")
    plan = sync.plan(office.ws)
    integrations.modules(office.ws, None, chosen=("projects",))
    with pytest.raises(StalePlan):
        sync.apply(office.ws, plan.digest)


def test_a_plan_applied_once_is_not_applied_again_to_other_work(office: Office) -> None:
    log = office.people.log_time(DAY, 30, billable=True, status="Approved")
    plan = sync.plan(office.ws)
    sync.apply(office.ws, plan.digest)
    office.people.change_log(log, approval="Rejected")
    sync.plan(office.ws)
    with pytest.raises(StalePlan):
        sync.apply(office.ws, plan.digest)


def test_a_paid_invoice_is_not_voided(office: Office) -> None:
    """R-185, V-ONCE-19."""
    made = office.bill()
    office.people.set_status(str(made.remote_id), "sent")
    office.people.pay(str(made.remote_id))
    with pytest.raises(Refused) as refusal:
        voiding.void(office.ws, invoice=str(made.number))
    assert refusal.value.code == "INV-11"


def test_nothing_is_voided_while_the_integration_is_off(office: Office) -> None:
    """R-199, I-08."""
    made = office.bill()
    lifecycle.disable(office.ws, None)
    with pytest.raises(Refused) as refusal:
        voiding.void(office.ws, invoice=str(made.number))
    assert refusal.value.code == "INT-02"
    assert [i["status"] for i in office.people.invoices()] == ["draft"]


def test_a_bill_doubled_by_a_person_is_an_error_of_the_next_sync(office: Office) -> None:
    """I-01: where the accounts accept it, it is found and flagged."""
    office.bill()
    entries = [e["time_entry_id"] for e in office.people.entries()]
    office.people.bill_again(entries)
    office.sync()
    assert {e.code for e in errors.listing(office.ws, roots=True)} == {"INV-01"}
    assert len(ledger.ledger(office.ws, verify=True).doubles) == len(entries)


def test_a_parked_bill_is_released_only_by_a_person(office: Office) -> None:
    """INV-03: never sent again by itself; a person who looked gives the work free."""
    office.pair.books.faults.add(Fault("drop_before", method="POST", path_pattern="/invoices"))
    parked = office.bill()
    assert parked.status == "PARKED"
    office.pair.clock.advance(days=9)
    office.sync()
    assert office.people.invoices() == []
    voiding.release(office.ws, reference=parked.reference, user="ops")
    office.sync()
    assert office.bill().status == "DONE"
    assert office.pair.doubles() == []


def test_what_was_written_is_not_released_while_it_is_in_force(office: Office) -> None:
    """Two invoices carry the reference: a release would let the work be billed a third time."""
    made = office.bill()
    office.people.copy_reference(str(made.remote_id))
    row = office.ws.store.outbox.get(made.reference)
    assert row is not None
    office.ws.store.outbox.park(
        made.reference,
        epoch=row.lease_epoch,
        code="INV-03",
        message="two were found",
        now=office.pair.clock.now(),
        status=OperationStatus.CONFLICT,
    )
    before = office.ws.store.outbox.claims()
    assert {c.invoice_id for c in before} == {made.remote_id}
    with pytest.raises(Refused) as refusal:
        voiding.release(office.ws, reference=made.reference, user="ops")
    assert refusal.value.code == "INV-01"
    assert office.ws.store.outbox.claims() == before
