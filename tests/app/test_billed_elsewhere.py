"""A draft of ours whose work a person billed too is voided, never deleted (step 9)."""

from pathlib import Path

import pytest
from app.synced import Place, booked, codes, hand_made, run, state
from support.fakes import World, log, lose_answer, small_world
from tallystick.app import errors, invoicing, ledger, sync
from tallystick.app.results_billing import InvoiceView
from tallystick.app.workspace import Workspace
from tallystick.model.operation import Action
from tallystick.testing.people import People
from tallystick.testing.simulated import Pair, pair, set_up


@pytest.fixture
def world() -> World:
    """Three entries of one project."""
    found = small_world()
    log(found, "e2", minutes=30)
    log(found, "e3", minutes=45)
    return found


def bill(ws: Workspace, world: World, status: str = "draft") -> InvoiceView:
    """Bill all of it; then a person bills the first entry by hand, which the accounts accept."""
    made = invoicing.invoice(ws, project="p1")
    world.accounts["transaction"][str(made.remote_id)]["status"] = status
    hand_made(world, "i9", booked(world)[0])
    return made


def voids(world: World) -> int:
    """How often an invoice was voided by us."""
    return sum(w.action is Action.VOID for w in world.writes)


def test_a_draft_of_ours_is_voided_and_its_other_work_is_free_again(
    place: Place, world: World
) -> None:
    """I4: of two bills the person's stands."""
    with place.synced(world) as ws:
        made = bill(ws, world)
        run(ws)
        assert [i["external_id"] for i in world.live_invoices()] == ["i9"]
        row = ws.store.outbox.get(made.reference)
        assert row is not None
        assert (row.status, row.code) == ("CONFLICT", "INV-01")
        assert "i9" in str(row.message)
        assert [state(ws, e)[0] for e in ("e1", "e2", "e3")] == ["invoiced", "unbilled", "unbilled"]
        assert world.double_billed() == []


def test_the_void_goes_through_the_outbox_and_is_told(place: Place, world: World) -> None:
    with place.synced(world) as ws:
        made = bill(ws, world)
        run(ws)
        done = ws.store.outbox.get(f"TSY-VOID{made.reference[4:20]}")
        assert done is not None
        assert (done.action, done.status, done.because["rule"]) == (
            "void",
            "DONE",
            "billed-elsewhere",
        )
        told = ws.store.events.last("main", ("invoice.repaired",))
        assert told is not None
        assert told["detail"]["other"] == "i9"
        run(ws)
        assert codes(ws) == {"INV-01": 1}
        found = errors.listing(ws, roots=True)[0]
        assert f"tallystick billing release {made.reference}" in str(found.fix)


def test_only_the_work_that_nobody_billed_is_on_the_next_bill(place: Place, world: World) -> None:
    """I-01."""
    with place.synced(world) as ws:
        bill(ws, world)
        run(ws)
        again = invoicing.invoice(ws, project="p1")
        assert again.status == "DONE"
        assert again.entries == 2
        assert world.double_billed() == []
        assert ledger.ledger(ws, verify=True).doubles == ()
        run(ws)
        assert voids(world) == 1


@pytest.mark.parametrize("status", ["sent", "paid", "partially_paid"])
def test_what_a_customer_may_have_seen_is_flagged_and_not_voided(
    place: Place, world: World, status: str
) -> None:
    """R-185 for one with a payment; a sent one is for a person."""
    with place.synced(world) as ws:
        made = bill(ws, world, status)
        run(ws)
        assert voids(world) == 0
        row = ws.store.outbox.get(made.reference)
        assert row is not None
        assert row.status == "DONE"
        assert codes(ws) == {"INV-01": 1}


def test_an_invoice_that_is_void_by_now_is_no_reason_to_void_ours(
    place: Place, world: World
) -> None:
    """The store says otherwise; both are looked at afresh."""
    with place.synced(world) as ws:
        bill(ws, world)
        sync.plan(ws)
        world.accounts["transaction"]["i9"]["status"] = "void"
        sync.sweep(ws)
        assert voids(world) == 0


def test_a_plan_alone_voids_nothing(place: Place, world: World) -> None:
    with place.synced(world) as ws:
        bill(ws, world)
        sync.plan(ws)
        assert voids(world) == 0
        sync.sweep(ws)
        assert voids(world) == 1


def test_a_void_whose_answer_was_lost_is_sent_until_it_is_void(place: Place, world: World) -> None:
    """W13: voiding twice makes one void invoice."""
    with place.synced(world) as ws:
        bill(ws, world)
        world.on_write = lose_answer(type="transaction")
        run(ws)
        run(ws)
        assert [i["external_id"] for i in world.live_invoices()] == ["i9"]
        assert state(ws, "e2")[0] == "unbilled"


def test_a_line_that_left_our_draft_before_it_was_billed_by_hand_is_no_double(
    place: Place, world: World
) -> None:
    """R-181: a person took it off our draft and billed it."""
    with place.synced(world) as ws:
        made = invoicing.invoice(ws, project="p1")
        lines = world.accounts["transaction_line"]
        first = booked(world)[0]
        for row in lines.values():
            row["time_entry_ids"] = [i for i in row["time_entry_ids"] if i != first]
        hand_made(world, "i9", first)
        run(ws)
        assert voids(world) == 0
        row = ws.store.outbox.get(made.reference)
        assert row is not None
        assert row.status == "DONE"


def test_books_is_asked_for_both_invoices_before_a_draft_is_voided_there(tmp_path: Path) -> None:
    """On the simulators, where Books accepts entries that are billed."""
    made: Pair = pair(tmp_path / "home", size="tiny")
    made.books.switch(strict_time_entries=False)
    with made.opened() as ws:
        set_up(ws, made.announced)
        sync.run(ws, approve=lambda _plan: True)
        ours = invoicing.invoice(ws, project="Atlas rollout")
        people = People(made)
        mine = people.invoice(str(ours.remote_id))
        entries = [str(i) for line in mine["line_items"] for i in line["time_entry_ids"]]
        theirs = people.bill_again(entries[:1])
        sync.run(ws, approve=lambda _plan: True)
        statuses = {i["invoice_id"]: i["status"] for i in people.invoices()}
        assert statuses == {ours.remote_id: "void", theirs: "draft"}
        row = ws.store.outbox.get(ours.reference)
        assert row is not None
        assert (row.status, row.code) == ("CONFLICT", "INV-01")
        assert made.doubles() == []
