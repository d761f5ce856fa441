"""Claims given free and taken back."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from tallystick.errors import StoreError
from tallystick.model.operation import OperationStatus
from tallystick.store import OutboxRow, Store
from tallystick.store.database import plain_rows, table
from tallystick.testing.clock import START

from store.operations import (
    change,
    claim,
    done,
    held,
    invoice,
    key,
    park,
    refuse,
    release,
    send,
    settle,
)

S = OperationStatus


def _history(store: Store) -> list[tuple[str, str, str]]:
    of = table("claim_history")
    with store.database.read() as connection:
        rows = plain_rows(connection.execute(select(of).order_by(of.c.id)).mappings())
    return [(r["source_id"], r["operation"], r["reason"]) for r in rows]


def _revive(store: Store, row: OutboxRow) -> int:
    return store.outbox.take_back(
        row.reference, code="INV-02", message="In force again.", now=START
    )


def _released_kinds(store: Store) -> list[str]:
    return [e["kind"] for e in store.events.recent() if e["kind"].startswith("claim.")]


def test_claims_stay_while_an_attempt_has_no_answer(store: Store) -> None:
    """Step 8."""
    row = claim(store, invoice("e1"))
    send(store, row)
    refuse(store, row, send(store, row))
    with pytest.raises(StoreError) as refused:
        release(store, row, status=S.FAILED)
    assert refused.value.code == "STO-05"
    assert "1 sends unanswered" in refused.value.message
    assert held(store) == ["e1"]


def test_a_refused_operation_gives_its_claims_to_the_history(store: Store) -> None:
    """Step 8."""
    row = claim(store, invoice("e1", "e2"))
    refuse(store, row, send(store, row))
    after = release(store, row, reason="INV-06: locked", status=S.FAILED, code="INV-06")
    assert (after.status, after.code) == ("FAILED", "INV-06")
    assert held(store) == []
    assert _history(store) == [
        ("e1", row.reference, "INV-06: locked"),
        ("e2", row.reference, "INV-06: locked"),
    ]


def test_a_void_invoice_gives_its_entries_free_with_an_event(store: Store) -> None:
    """R-178, R-179, step 9."""
    row = done(store, "e1")
    assert release(store, row).status == "RELEASED"
    assert held(store) == []
    (event,) = [e for e in store.events.recent() if e["kind"] == "claim.released"]
    assert event["integration"] == "main"
    assert event["detail"]["claims"] == 1
    assert event["detail"]["invoice"] == "INV-1"


def test_a_finished_invoice_with_an_open_send_is_not_released(store: Store) -> None:
    """Step 9: the open send may still make a second one."""
    row = claim(store, invoice("e1"))
    send(store, row)
    settle(store, row, send(store, row))
    with pytest.raises(StoreError, match="unanswered"):
        release(store, row)
    assert held(store) == ["e1"]


def test_what_is_released_is_not_released_again(store: Store) -> None:
    row = done(store, "e1")
    release(store, row)
    with pytest.raises(StoreError, match="is RELEASED"):
        release(store, row)
    assert len(_history(store)) == 1


def test_a_parked_operation_all_of_whose_sends_were_answered_can_be_released(store: Store) -> None:
    row = claim(store, invoice("e1"))
    refuse(store, row, send(store, row))
    park(store, row)
    assert release(store, row, status=S.FAILED).status == "FAILED"


@pytest.mark.parametrize("status", [S.CONFLICT, S.VANISHED])
def test_only_a_person_releases_what_is_in_conflict_or_vanished(
    store: Store, status: OperationStatus
) -> None:
    """Step 9."""
    row = done(store, "e1")
    park(store, row, status)
    with pytest.raises(StoreError, match=f"is {status}"):
        release(store, row)
    assert held(store) == ["e1"]
    release(store, row, person="ada")
    assert held(store) == []
    (event,) = [e for e in store.events.recent() if e["kind"] == "claim.released"]
    assert event["detail"]["by"] == "ada"


def test_a_line_removed_from_a_draft_frees_only_its_own_entries(store: Store) -> None:
    """R-181."""
    row = done(store, "e1", "e2")
    number = store.outbox.release_some(
        row.reference, [key("e1"), key("e7")], reason="line removed", now=START
    )
    assert number == 1
    assert held(store) == ["e2"]
    assert [r.status for r in store.outbox.done("main", "transaction")] == ["DONE"]
    assert _released_kinds(store) == ["claim.released"]


def test_a_credit_note_frees_nothing_but_what_a_person_names(store: Store) -> None:
    """R-182, R-183."""
    row = done(store, "e1", "e2")
    assert store.outbox.release_some(row.reference, [], reason="credited", now=START) == 0
    assert held(store) == ["e1", "e2"]
    assert _released_kinds(store) == []


def test_entries_of_another_invoice_are_not_freed_with_it(store: Store) -> None:
    """R-181."""
    row = done(store, "e1")
    done(store, "e2")
    assert store.outbox.release_some(row.reference, [key("e2")], reason="x", now=START) == 0
    assert held(store) == ["e1", "e2"]


def test_an_unfinished_invoice_frees_no_single_entries(store: Store) -> None:
    row = claim(store, invoice("e1"))
    with pytest.raises(StoreError, match="is CLAIMED"):
        store.outbox.release_some(row.reference, [key("e1")], reason="x", now=START)


def test_a_void_invoice_in_force_again_takes_its_free_entries_back(store: Store) -> None:
    """R-180, step 9."""
    row = done(store, "e1", "e2")
    release(store, row)
    assert [r.reference for r in store.outbox.released("main", "transaction")] == [row.reference]
    assert _revive(store, row) == 2
    assert held(store) == ["e1", "e2"]
    assert [c.state for c in store.outbox.claims()] == ["invoiced", "invoiced"]
    assert [r.reference for r in store.outbox.conflicts("main", "transaction")] == [row.reference]
    assert _released_kinds(store) == ["claim.taken_back", "claim.released"]


def test_what_was_billed_anew_stays_with_the_newer_invoice(store: Store) -> None:
    """R-180, V-ONCE-18."""
    old = done(store, "e1", "e2")
    release(store, old)
    new = done(store, "e1", generation=1)
    assert _revive(store, old) == 1
    holders = {c.source_id: c.operation for c in store.outbox.claims()}
    assert holders == {"e1": new.reference, "e2": old.reference}


def test_every_sweep_takes_back_what_has_become_free(store: Store) -> None:
    """Step 9: conflict takes free claims back, not once but each time."""
    old = done(store, "e1")
    release(store, old)
    new = done(store, "e1", generation=1)
    assert _revive(store, old) == 0
    release(store, new)
    assert _revive(store, old) == 1
    assert [c.operation for c in store.outbox.claims()] == [old.reference]


def test_a_line_removed_before_the_void_is_not_taken_back(store: Store) -> None:
    """R-180, R-181: the invoice in force again does not hold it."""
    row = done(store, "e1", "e2")
    store.outbox.release_some(row.reference, [key("e1")], reason="line removed", now=START)
    release(store, row, now=START + timedelta(hours=1))
    assert _revive(store, row) == 1
    assert held(store) == ["e2"]


def test_an_invoice_in_force_takes_nothing_back(store: Store) -> None:
    row = done(store, "e1")
    with pytest.raises(StoreError, match="is DONE"):
        _revive(store, row)


def test_switching_off_cancels_what_was_not_sent_and_frees_it(store: Store) -> None:
    """R-198."""
    waiting = claim(store, invoice("e1"))
    plain = claim(store, change())
    sending = claim(store, invoice("e2"))
    send(store, sending)
    finished = done(store, "e3")
    assert store.outbox.cancel_unsent("main", now=START) == 2
    rows = {r: store.outbox.get(r) for r in (waiting.reference, plain.reference)}
    assert {row.code for row in rows.values() if row} == {"INT-02"}
    assert held(store) == ["e2", "e3"]
    after = store.outbox.get(sending.reference)
    assert after is not None
    assert after.status == "SENDING"
    assert store.outbox.get(finished.reference) == finished


def test_switching_off_leaves_other_integrations_alone(store: Store) -> None:
    claim(store, invoice("e1"), integration="second")
    assert store.outbox.cancel_unsent("main", now=START) == 0
    assert held(store) == ["e1"]
