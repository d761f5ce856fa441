"""Every decision is kept with pack hash, evidence and record versions, and told (R-223)."""

from datetime import date

import pytest
from app.synced import Place, migrated_file, place, run, source, target
from sqlalchemy import select, update
from support.fakes import log, small_world
from support.projects import set_up
from tallystick.app import billing, invoicing, lifecycle, records
from tallystick.app.results_records import DecisionView
from tallystick.app.workspace import Workspace
from tallystick.errors import Refused
from tallystick.model.record import RecordKey
from tallystick.store.database import table

__all__ = ["migrated_file", "place"]

ENTRY = ["time_entry.status", "record.fetch", "record.push"]


def decided(ws: Workspace, ref: str = "time_entry:e1") -> list[tuple[str, str, str]]:
    """Point, outcome and rule of all that was decided of a record, newest first."""
    return [(d.decision, d.outcome, d.by) for d in records.why(ws, ref).decisions]


def kept(ws: Workspace) -> int:
    """Rows of decisions."""
    with ws.store.database.read() as connection:
        return len(list(connection.execute(select(table("decision").c.id))))


def assert_told(ws: Workspace, decision: DecisionView) -> None:
    """It has its words, its evidence, the hash of its rules and the version of its record."""
    assert decision.pack_hash == ws.rules.book().packs[decision.decision].hash
    assert decision.because
    assert decision.place.startswith("rules/")
    assert decision.evidence
    assert all(decision.versions.values())


def test_an_entry_tells_that_its_parents_are_there(place: Place) -> None:
    with place.synced(small_world()) as ws:
        found = records.why(ws, "time_entry:e1").decisions
        assert [d.decision for d in found] == ENTRY
        assert (found[2].outcome, found[2].by) == ("push", "parents-ready")
        assert found[2].because == "Everything it hangs on is there."
        for decision in found:
            assert_told(ws, decision)


def test_quiet_decisions_of_an_entry_share_a_row_and_say_of_parents_what_was_asked(
    place: Place,
) -> None:
    with place.synced(small_world()) as ws:
        rows = ws.store.decisions.for_record(RecordKey(source(ws), "time_entry", "e1"))
        assert len({r.id for r in rows}) == 1
        assert rows[0].subject["parents"] == [{"state": "ok"}] * 3


def test_an_entry_that_is_left_out_tells_of_its_parents_too(place: Place) -> None:
    world = small_world()
    log(world, "e1", approval="pending")
    with place.synced(world) as ws:
        fetch, push = records.why(ws, "time_entry:e1").decisions
        assert (fetch.outcome, fetch.code) == ("skip", "TS-04")
        assert (push.decision, push.outcome, push.code) == ("record.push", "push", None)
        assert push.because == "Everything it hangs on is there."
        assert_told(ws, fetch)
        assert_told(ws, push)


def test_a_repeated_run_keeps_no_decision_twice(place: Place) -> None:
    with place.synced(small_world()) as ws:
        before = kept(ws)
        run(ws)
        assert kept(ws) == before


def test_an_entry_that_waited_is_told_to_have_waited_and_to_go_on(place: Place) -> None:
    world = small_world()
    world.put("portal", "project", "p1", client_id=None)
    with place.opened(world) as ws:
        set_up(ws)
        run(ws)
        assert ("record.push", "hold", "parent-in-error") in decided(ws)
        world.put("portal", "project", "p1", client_id="c1")
        run(ws)
        assert decided(ws)[:3] == [
            ("time_entry.status", "unbilled", "from-cutoff"),
            ("record.fetch", "accept", "work-to-bill"),
            ("record.push", "push", "parents-ready"),
        ]


def test_entries_of_a_store_that_says_nothing_of_parents_are_not_all_kept_anew(
    place: Place,
) -> None:
    """A release that kept no push left rows without it; they are complete with the next change."""
    world = small_world()
    with place.synced(world) as ws:
        fetch = [["record.fetch", "accept", "work-to-bill", None, "h"]]
        of = table("decision")
        with ws.store.database.write() as connection:
            connection.execute(
                update(of).where(of.c.decision == "time_entry.status").values(led_by=fetch)
            )
        before = kept(ws)
        run(ws)
        assert kept(ws) == before
        log(world, "e1", approval="pending")
        run(ws)
        assert decided(ws)[:2] == [
            ("record.fetch", "skip", "not-approved"),
            ("record.push", "push", "parents-ready"),
        ]


def test_what_goes_on_an_invoice_is_kept_with_the_rule_that_allowed_it(place: Place) -> None:
    with place.synced(small_world()) as ws:
        invoicing.bill(ws, project="p1")
        first = records.why(ws, "time_entry:e1").decisions[0]
        assert (first.decision, first.outcome) == ("invoice_line.add", "allow")
        assert first.by == "not-yet-billed"
        assert_told(ws, first)


def test_what_is_kept_off_an_invoice_is_kept_with_the_invoice_that_holds_it(place: Place) -> None:
    with place.synced(small_world()) as ws:
        (made,) = invoicing.bill(ws, project="p1")
        with pytest.raises(Refused):
            invoicing.bill(ws, project="p1")
        first = records.why(ws, "time_entry:e1").decisions[0]
        assert (first.outcome, first.code) == ("refuse", "INV-01")
        assert str(made.number) in first.because
        assert_told(ws, first)


def test_a_look_at_what_could_be_billed_keeps_nothing(place: Place) -> None:
    with place.synced(small_world()) as ws:
        before = kept(ws)
        billing.preview(ws, project="p1")
        invoicing.invoice(ws, project="p1", plan_only=True)
        assert kept(ws) == before


def test_an_expense_that_is_left_out_tells_why(place: Place) -> None:
    world = small_world()
    with place.synced(world) as ws:
        books = next(iter(world.accounts["project"].values()))
        row = {"date": date(2026, 7, 3), "description": "Train", "amount_minor": 4200}
        row |= {"currency": "USD", "billable": True, "status": "unbilled", "origin": "projects"}
        row |= {"project_id": books["external_id"], "customer_id": books["client_id"]}
        world.put("accounts", "expense", "x1", **row)
        run(ws)
        invoicing.bill(ws, project="p1", with_expenses=True)
        (told,) = records.why(ws, f"{target(ws)}/expense:x1").decisions
        assert (told.outcome, told.code) == ("refuse", "EXP-04")
        assert_told(ws, told)


def test_an_integration_tells_each_time_it_was_switched_on_or_was_not(place: Place) -> None:
    with place.synced(small_world()) as ws:
        for _ in range(2):
            lifecycle.disable(ws, None)
            with pytest.raises(Refused):
                lifecycle.re_enable(ws, None, portal="another")
            lifecycle.enable(ws, None)
        found = records.why(ws, "integration:main").decisions
        assert [(d.outcome, d.code) for d in found] == [("allow", None), ("refuse", "INT-01")] * 2
        assert found[0].because == "Same portal, owner and administrator."
        assert found[1].place.startswith("rules/re_enable.yaml:")
        assert found[0].pack_hash == ws.rules.book().packs["integration.enable"].hash
