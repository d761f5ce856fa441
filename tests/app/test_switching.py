"""Switching off and on again (R-195...R-206, R-199, I-08)."""

from datetime import timedelta
from typing import Any

import pytest
from app.synced import Place, booked, hand_made, run, source, state, target
from support.fakes import log, lose_answer, small_world
from tallystick.app import integrations, invoicing, ledger, lifecycle, sync
from tallystick.app.workspace import Workspace
from tallystick.errors import Refused
from tallystick.model.connection import Portal
from tallystick.model.operation import Action, ClaimKey, Mode, Operation
from tallystick.plan.context import Because
from tallystick.store import OutboxRow


def unsent(ws: Workspace, entry: str) -> OutboxRow:
    """A process claimed this entry for an invoice and died before it sent anything."""
    key = ClaimKey("fake_portal", "P1", "time_entry", entry, 60)
    operation = Operation(
        f"TSY-UNSENT-{entry}",
        Action.CREATE,
        "transaction",
        target(ws),
        "Invoice",
        {"lines": []},
        Because("invoice_line.add", "r", "p"),
        claims=(key,),
    )
    return ws.store.outbox.claim(
        operation,
        integration=ws.integration(None).name,
        plan_digest=None,
        run_id=None,
        mode=Mode.C,
        executor="x-dead",
        lease_until=ws.clock.now() - timedelta(seconds=1),
        now=ws.clock.now(),
    )


def refused(error: pytest.ExceptionInfo[Refused]) -> str:
    """The code."""
    return error.value.code


def test_switching_off_cancels_what_was_not_sent_and_keeps_what_was(place: Place) -> None:
    """R-198, V-LIFE-02: unsent is released, in doubt stays in doubt."""
    world = small_world()
    for name in ("e2", "e3"):
        log(world, name)
    with place.synced(world) as ws:
        world.on_write = lose_answer(type="transaction")
        world.hidden = True
        made = invoicing.invoice(ws, project="p1", until=None)
        assert made.status == "PARKED"
        log(world, "e4")
        log(world, "e5")
        two = [unsent(ws, "e4"), unsent(ws, "e5")]
        lifecycle.disable(ws, None)
        statuses = [ws.store.outbox.get(r.reference) for r in two]
        assert {s.status for s in statuses if s} == {"FAILED"}
        claims = {c.source_id: c.state for c in ws.store.outbox.claims()}
        assert claims == {"e1": "in_doubt", "e2": "in_doubt", "e3": "in_doubt"}


@pytest.mark.parametrize(
    "act",
    [
        sync.plan,
        run,
        sync.sweep,
        lambda ws: invoicing.invoice(ws, project="p1"),
    ],
    ids=["plan", "run", "sweep", "invoice"],
)
def test_while_it_is_off_nothing_is_written(place: Place, act: Any) -> None:
    """R-199, I-08, INT-02."""
    world = small_world()
    with place.synced(world) as ws:
        lifecycle.disable(ws, None)
        writes = len(world.writes)
        with pytest.raises(Refused) as error:
            act(ws)
        assert refused(error) == "INT-02"
        assert len(world.writes) == writes


def test_a_plan_made_before_it_was_switched_off_is_not_applied(place: Place) -> None:
    """R-199."""
    world = small_world()
    with place.synced(world) as ws:
        log(world, "e2")
        plan = sync.plan(ws)
        lifecycle.disable(ws, None)
        with pytest.raises(Refused) as error:
            sync.apply(ws, plan.digest)
        assert refused(error) == "INT-02"
        assert len(world.accounts["time_entry"]) == 1


def test_a_write_that_is_under_way_when_it_is_switched_off_is_the_last_one(place: Place) -> None:
    """R-199: every operation asks again just before it is sent."""
    world = small_world()
    with place.synced(world) as ws:
        for number in range(2, 6):
            log(world, f"e{number}")

        def off(operation: Operation, when: str) -> None:
            if when == "after":
                name = ws.integration(None).name
                ws.store.settings.move(name, ("syncing",), "active")
                ws.store.settings.move(name, ("active",), "disabled")

        before = len(world.writes)
        world.on_write = off
        done = run(ws)
        assert len(world.writes) == before + 1
        assert (done.done, done.failed) == (1, 3)


def test_only_an_active_or_stalled_one_can_be_switched_off(place: Place) -> None:
    """Link: not one that was never synced."""
    with place.opened(small_world()) as ws:
        with pytest.raises(Refused):
            lifecycle.disable(ws, None)
        assert integrations.show(ws).state == "none"


@pytest.mark.parametrize(
    ("portal", "seen", "code"),
    [
        ("P2", Portal("P2", "Other", "owner", owned=True), "INT-01"),
        ("P9", Portal("P1", "Zylker", "owner", owned=True), "INT-01"),
        ("P1", Portal("P1", "Zylker", "admin", owned=False), "SETUP-02"),
    ],
)
def test_it_is_switched_on_again_with_the_portal_it_had_by_its_owner_only(
    place: Place, portal: str, seen: Portal, code: str
) -> None:
    """R-201, R-202, V-LIFE-01."""
    world = small_world()
    with place.synced(world) as ws:
        lifecycle.disable(ws, None)
        world.portals = [seen]
        with pytest.raises(Refused) as error:
            lifecycle.re_enable(ws, None, portal=portal)
        assert refused(error) == code
        assert integrations.show(ws).state == "disabled"


def test_a_refused_portal_is_refused_by_a_rule_that_is_named(place: Place) -> None:
    """INT-01."""
    world = small_world()
    with place.synced(world) as ws:
        lifecycle.disable(ws, None)
        world.portals = [Portal("P2", "Other", "owner", owned=True)]
        with pytest.raises(Refused) as error:
            lifecycle.re_enable(ws, None, portal="P2")
    rule = error.value.rule
    assert rule is not None
    assert (rule.id, rule.where.file) == ("other-portal", "rules/re_enable.yaml")
    assert rule.where.line


def test_the_same_portal_under_a_new_name_is_the_same_portal(place: Place) -> None:
    """R-200, R-202, V-LIFE-01: its name is updated."""
    world = small_world()
    with place.synced(world) as ws:
        lifecycle.disable(ws, None)
        world.portals = [Portal("P1", "Zylker AB", "owner", owned=True)]
        shown = lifecycle.re_enable(ws, None, portal="P1")
        assert (shown.state, shown.portal_name) == ("active", "Zylker AB")


def test_off_and_on_again_with_nothing_changed_equals_doing_nothing(place: Place) -> None:
    """I-16, R-206: the id map holds, no second copy arises."""
    world = small_world()
    with place.synced(world) as ws:
        links = ws.store.links.by_source(source(ws), "project")
        writes = len(world.writes)
        lifecycle.disable(ws, None)
        lifecycle.enable(ws, None)
        run(ws)
        assert len(world.writes) == writes
        assert ws.store.links.by_source(source(ws), "project") == links


def test_what_is_on_cannot_be_switched_on(place: Place) -> None:
    with place.synced(small_world()) as ws:
        with pytest.raises(Refused) as error:
            lifecycle.enable(ws, None)
        assert refused(error) == "INT-02"


def test_an_invoice_made_while_it_was_off_is_claimed_before_anything_is_planned(
    place: Place,
) -> None:
    """R-203, R-177, V-ONCE-17: none of its entries is billable again."""
    world = small_world()
    with place.synced(world) as ws:
        lifecycle.disable(ws, None)
        hand_made(world, "i9", *booked(world))
        log(world, "e2", minutes=30)
        lifecycle.enable(ws, None)
        run(ws)
        assert state(ws) == ("invoiced", ())
        made = invoicing.invoice(ws, project="p1")
        assert made.entries == 1
        assert world.double_billed() == []
        assert ledger.ledger(ws, verify=True).ok


def test_work_logged_while_it_was_off_is_judged_by_the_cutoff_it_had(place: Place) -> None:
    """R-204."""
    world = small_world()
    with place.synced(world) as ws:
        lifecycle.disable(ws, None)
        log(world, "e2")
        lifecycle.enable(ws, None)
        run(ws)
        assert state(ws, "e2") == ("unbilled", ())


def test_switching_off_while_an_outcome_is_unknown_keeps_the_doubt(place: Place) -> None:
    """R-198: a lost answer is settled by reading back after it is on again."""
    world = small_world()
    with place.synced(world) as ws:
        world.hidden = True
        world.on_write = lose_answer(type="transaction")
        assert invoicing.invoice(ws, project="p1").status == "PARKED"
        lifecycle.disable(ws, None)
        assert state(ws)[0] == "in_doubt"
        world.hidden = False
        lifecycle.enable(ws, None)
        run(ws)
        assert state(ws)[0] == "invoiced"
        assert len(world.live_invoices()) == 1
