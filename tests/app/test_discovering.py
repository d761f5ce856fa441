"""Invoices made by hand or by others, and the proofs over all claims (R-166...R-183)."""

from collections.abc import Callable
from datetime import date

import pytest
from app.synced import Place, booked, hand_made, run, source, state, target
from support.fakes import World, log, small_world
from support.projects import opened, set_up
from tallystick.app import invoicing, ledger, status, sync, voiding
from tallystick.errors import ConfigError, Refused
from tallystick.plan.context import EntryState


def test_an_entry_on_an_invoice_made_by_hand_is_claimed_before_planning(place: Place) -> None:
    """R-177, R-166, I-01."""
    world = small_world()
    with place.synced(world) as ws:
        hand_made(world, "i9", *booked(world))
        run(ws)
        claim = ws.store.outbox.claims()[0]
        assert (claim.source_id, claim.origin, claim.invoice_number) == ("e1", "found", "I9")
        with pytest.raises(Refused) as error:
            invoicing.invoice(ws, project="p1")
        assert error.value.code == "INV-01"
        assert "I9" in str(error.value)


def test_an_invoice_made_by_hand_since_the_last_sync_is_found_just_before_billing(
    place: Place,
) -> None:
    """R-177: nothing is sent, the entry is claimed for the invoice that holds it."""
    world = small_world()
    with place.synced(world) as ws:
        hand_made(world, "i9", *booked(world))
        with pytest.raises(Refused) as error:
            invoicing.invoice(ws, project="p1")
        assert error.value.code == "INV-01"
        assert state(ws)[0] == "invoiced"
        assert world.double_billed() == []


def test_an_entry_invoiced_where_it_was_logged_is_not_billed_in_the_accounts(place: Place) -> None:
    """R-167, V-ONCE-08."""
    world = small_world()
    with place.synced(world) as ws:
        log(world, "e1", billed_status="invoiced", invoice_id="pi1")
        run(ws)
        with pytest.raises(Refused) as error:
            invoicing.invoice(ws, project="p1")
        assert error.value.code == "INV-01"


def test_a_void_or_draft_less_invoice_made_by_hand_claims_nothing(place: Place) -> None:
    """R-177: only invoices in force count."""
    world = small_world()
    with place.synced(world) as ws:
        hand_made(world, "i9", *booked(world), status="void")
        world.accounts["time_entry"][booked(world)[0]] |= {
            "billed_status": "unbilled",
            "invoice_id": None,
        }
        run(ws)
        assert ws.store.outbox.claims() == []
        assert invoicing.invoice(ws, project="p1").status == "DONE"


def test_a_hand_made_invoice_that_is_voided_gives_its_entries_free_once_they_read_unbilled(
    place: Place,
) -> None:
    """R-179."""
    world = small_world()
    with place.synced(world) as ws:
        entry = booked(world)[0]
        hand_made(world, "i9", entry)
        run(ws)
        world.accounts["transaction"]["i9"]["status"] = "void"
        run(ws)
        assert state(ws)[0] == "invoiced", "the entry still reads invoiced"
        world.accounts["time_entry"][entry] |= {"billed_status": "unbilled", "invoice_id": None}
        run(ws)
        assert state(ws)[0] == "unbilled"
        assert ws.store.outbox.claims() == []


def test_a_void_of_ours_gives_the_work_free_and_the_next_bill_is_another_one(place: Place) -> None:
    """R-179, I-01: a generation on, and the void one stays void."""
    world = small_world()
    with place.synced(world) as ws:
        first = invoicing.invoice(ws, project="p1")
        voiding.void(ws, invoice=str(first.number))
        assert state(ws)[0] == "unbilled"
        second = invoicing.invoice(ws, project="p1")
        assert second.status == "DONE"
        assert second.reference != first.reference
        assert len(world.live_invoices()) == 1


def test_only_an_invoice_of_ours_can_be_voided_here(place: Place) -> None:
    """INV-02."""
    world = small_world()
    with place.synced(world) as ws:
        hand_made(world, "i9", *booked(world))
        run(ws)
        with pytest.raises(Refused) as error:
            voiding.void(ws, invoice="i9")
        assert error.value.code == "INV-02"


def test_a_void_invoice_that_comes_back_to_life_is_an_alarm_and_never_a_double(
    place: Place,
) -> None:
    """R-180, V-ONCE-18: its work is not offered while it is in force."""
    world = small_world()
    with place.synced(world) as ws:
        made = invoicing.invoice(ws, project="p1")
        voiding.void(ws, invoice=str(made.number))
        world.accounts["transaction"][str(made.remote_id)]["status"] = "draft"
        run(ws)
        row = ws.store.outbox.get(made.reference)
        assert row is not None
        assert row.status == "CONFLICT"
        with pytest.raises(Refused) as error:
            invoicing.invoice(ws, project="p1")
        assert error.value.code == "INV-01"
        assert len(world.live_invoices()) == 1


def test_the_proof_finds_a_planted_double(place: Place) -> None:
    """I-01, V-ONCE-07: by the accounts' own invoice lines."""
    world = small_world()
    with place.synced(world) as ws:
        made = invoicing.invoice(ws, project="p1")
        world.accounts["transaction"][str(made.remote_id)]["status"] = "sent"
        hand_made(world, "i9", *booked(world))
        run(ws)
        proof = ledger.ledger(ws, verify=True)
        assert not proof.ok
        assert len(proof.doubles) == 1
        assert "i9" in proof.doubles[0]
        assert status.status(ws).doubles == 1


def test_the_proof_finds_work_billed_in_both_systems(place: Place) -> None:
    """R-166, R-167, I-01: made by hand in the other system meanwhile, it is found and flagged."""
    world = small_world()
    with place.synced(world) as ws:
        invoicing.invoice(ws, project="p1")
        log(world, "e1", billed_status="invoiced", invoice_id="pi1")
        run(ws)
        proof = ledger.ledger(ws, verify=True)
        assert not proof.ok
        assert "pi1" in proof.doubles[0]


def test_the_proof_finds_one_entry_that_is_in_the_accounts_twice(place: Place) -> None:
    """A doubled entry is money too: both carry our marker."""
    world = small_world()
    with place.synced(world) as ws:
        row = dict(world.accounts["time_entry"][booked(world)[0]])
        world.accounts["time_entry"]["copy"] = {**row, "external_id": "copy"}
        run(ws)
        proof = ledger.ledger(ws, verify=True)
        assert not proof.ok
        assert len(proof.doubles) == 1
        assert "copy" in proof.doubles[0]


@pytest.mark.parametrize(
    ("spoil", "difference"),
    [
        (lambda s: EntryState(**{**s, "minutes": 59}), 1),
        (lambda s: EntryState(**{**s, "minutes": 90}), -30),
    ],
)
def test_the_proof_finds_a_lost_minute(
    place: Place, spoil: Callable[[dict[str, object]], EntryState], difference: int
) -> None:
    """R-224, I-02, V-SUM-02: logged minutes against the sum over the billing states."""
    with place.synced(small_world()) as ws:
        stands = ws.store.states.get_many(source(ws), ["e1"])["e1"]
        values = stands._asdict()
        ws.store.states.put_many(source(ws), [spoil(values)], run_id=1, now=ws.clock.now())
        proof = ledger.ledger(ws, verify=True)
        assert not proof.ok
        assert [r.difference for r in proof.conservation] == [difference]


def test_minutes_balance_whatever_became_of_the_entries(place: Place) -> None:
    """R-224, I-02, V-SUM-01: held, non-billable, opening, unbilled, invoiced, tombstone."""
    world = small_world()
    log(world, "e2", approval="pending", minutes=7)
    log(world, "e3", billable=False, minutes=11)
    log(world, "e4", work_date=date(2026, 6, 1), minutes=13)
    log(world, "e5", minutes=17)
    for number in range(20):  # so that one deletion is fewer than 5 per cent
        log(world, f"n{number:02d}", billable=False, minutes=1)
    with place.synced(world) as ws:
        invoicing.invoice(ws, project="p1")
        log(world, "e6", minutes=19)
        del world.portal["time_entry"]["e2"]
        run(ws)
        run(ws)
        proof = ledger.ledger(ws, verify=True)
        assert proof.ok
        assert dict(proof.conservation[0].by_state) == {
            "tombstone": 7,
            "non_billable": 31,
            "opening_invoiced": 13,
            "invoiced": 77,
            "unbilled": 19,
        }


def test_the_ledger_of_a_project_names_its_claims_alone(place: Place) -> None:
    """R-219 for money: by project id or name."""
    with place.synced(small_world()) as ws:
        invoicing.invoice(ws, project="p1")
        seen = ledger.ledger(ws, project="Atlas rollout", verify=True)
        assert [c.record for c in seen.claims] == ["time_entry:e1"]
        assert [r.project_name for r in seen.conservation] == ["Atlas rollout"]
        with pytest.raises(ConfigError):
            ledger.ledger(ws, project="Nowhere")


def test_a_claim_moved_out_of_the_ledger_changes_its_fingerprint(place: Place) -> None:
    """Two readings of one ledger are equal, and no other is."""
    with place.synced(small_world()) as ws:
        empty = ledger.ledger(ws).hash
        invoicing.invoice(ws, project="p1")
        full = ledger.ledger(ws).hash
        assert full == ledger.ledger(ws).hash != empty


def test_a_lost_database_makes_nothing_twice(place: Place, world_after: World) -> None:
    """Marker adoption: records that carry our marker are linked, never created again."""
    before = {t: set(rows) for t, rows in world_after.accounts.items()}
    with place.synced(world_after, general_timesheets=True) as ws:
        for type_ in ("project", "task", "time_entry", "contact", "user"):
            assert set(world_after.accounts[type_]) == before[type_], type_
        assert len(ws.store.links.by_source(source(ws), "time_entry")) == 3
        assert state(ws, "e2")[0] == "unbilled"
        assert state(ws, "e1")[0] == "unbilled"
        assert sync.plan(ws).empty
        assert ws.store.records.count(target(ws), "time_entry") == 3


@pytest.fixture
def world_after(tmp_path_factory: pytest.TempPathFactory) -> World:
    """A world that another database synced: task, bug and general time."""
    world = small_world()
    world.put("portal", "bug", "g1", project_id="p1", key="AT1-I3", name="Rounding")
    log(world, "e2", kind="bug", task_id=None, bug_id="g1")
    log(world, "e3", kind="general", task_id=None, label="Travel")
    with opened(tmp_path_factory.mktemp("lost"), world) as ws:
        set_up(ws, general_timesheets=True)
        run(ws)
    assert len(world.accounts["time_entry"]) == 3
    return world
