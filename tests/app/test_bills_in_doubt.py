"""What is said of work whose bill has no known outcome, and of what is in a bill's way."""

from datetime import date

import pytest
from app.synced import Place, run
from app.test_billing import bill
from support.fakes import World, log, lose_answer, small_world
from support.projects import set_up
from tallystick.app import billing, invoicing, status, sync, voiding
from tallystick.app.results_billing import InvoiceView
from tallystick.app.workspace import Workspace
from tallystick.errors import Refused


def park(ws: Workspace, world: World) -> InvoiceView:
    """Make a bill whose answer is lost and which cannot be found."""
    world.hidden = True
    world.on_write = lose_answer(type="transaction")
    made = bill(ws)
    assert made.status == "PARKED"
    return made


def test_work_in_doubt_is_told_apart_from_invoiced_work(place: Place) -> None:
    """R-217, INV-03: with the amount and the reference."""
    world = small_world()
    with place.synced(world) as ws:
        made = park(ws, world)
        seen = status.status(ws)
        [doubt] = seen.in_doubt
        assert (doubt.reference, doubt.entries, doubt.total) == (made.reference, 1, made.total)
        assert doubt.fix.endswith(f"tallystick billing release {made.reference}")
        drops = {s.reason: s.dropped for s in seen.funnel}
        assert (drops["on an invoice"], drops["in doubt"]) == (0, 1)


def test_a_bill_of_nothing_names_the_one_in_doubt_and_its_way_out(place: Place) -> None:
    """INV-10 and `--all`."""
    world = small_world()
    with place.synced(world) as ws:
        made = park(ws, world)
        with pytest.raises(Refused) as error:
            bill(ws)
        assert made.reference in error.value.message
        assert f"tallystick billing release {made.reference}" in error.value.fix
        [listed] = invoicing.bill(ws, project=None)
        assert (listed.reference, listed.status, listed.entries) == (made.reference, "PARKED", 1)
        assert f"tallystick billing release {made.reference}" in str(listed.message)


def test_a_released_bill_is_shown_with_all_that_it_held(place: Place) -> None:
    world = small_world()
    with place.synced(world) as ws:
        made = park(ws, world)
        world.accounts["transaction"].clear()
        world.hidden = False
        freed = voiding.release(ws, reference=made.reference, user="mara")
        assert (freed.customer_name, freed.project_name) == (made.customer_name, made.project_name)
        assert (freed.entries, freed.minutes, freed.total) == (1, 60, made.total)
        assert status.status(ws).in_doubt == ()


def test_a_customer_who_is_not_the_projects_is_warned_of(place: Place) -> None:
    """R-153, P-37."""
    world = small_world()
    with place.synced(world) as ws:
        own = billing.preview(ws, project="p1")
        world.put(
            "accounts",
            "contact",
            "k9",
            name="Other Ltd",
            email="o@other.example",
            contact_type="customer",
            currency="EUR",
            phone="",
            status="active",
        )
        run(ws)
        seen = billing.preview(ws, project="p1", customer="k9")
        assert (own.other_customer, own.warnings) == (None, ())
        assert seen.other_customer == own.customer_name
        assert "INV-03" in seen.warnings[0]


def test_work_of_a_project_that_waits_for_its_turn_is_not_synced_yet(place: Place) -> None:
    """TS-13: no customer has to be settled after the first plan."""
    with place.opened(small_world()) as ws:
        set_up(ws)
        sync.plan(ws)
        assert [w.code for w in status.status(ws).to_bill_waiting] == ["TS-13"]


def test_a_project_without_a_primary_client_says_so_in_the_preview(place: Place) -> None:
    """PRJ-01."""
    world = small_world()
    world.put("portal", "project", "p1", client_id=None)
    with place.opened(world) as ws:
        set_up(ws)
        run(ws)
        seen = billing.preview(ws, project="p1")
        assert seen.blocked is not None
        assert seen.blocked[0] == "PRJ-01"
        assert seen.fix == "Mark a client company as primary in the project."


def test_a_held_entry_says_why_in_words(place: Place) -> None:
    """TS-04."""
    world = small_world()
    log(world, "e2", approval="pending")
    with place.synced(world) as ws:
        [out] = billing.preview(ws, project="p1").left_out
        assert (out.code, out.reason) == ("TS-04", "It is held: not approved.")


def test_entries_that_are_held_before_the_cutoff_do_not_count_as_after_it(place: Place) -> None:
    """R-217: an entry that a rule holds has no opening balance, and is old all the same."""
    world = small_world()
    log(world, "old", work_date=date(2026, 6, 30), minutes=0)
    log(world, "new", minutes=0)
    with place.synced(world) as ws:
        steps = {s.label: s.count for s in status.status(ws).funnel}
        assert (steps["approved"], steps["after the cutoff"]) == (3, 2)
