"""The write protocol's steps in the store: mark, settle, park, under a fence."""

import pytest
from tallystick.errors import StoreError
from tallystick.model import failpoints
from tallystick.model.operation import Mode, OperationStatus
from tallystick.model.record import RecordKey
from tallystick.store import ConnectionData, LinkInput, OutboxRow, Store
from tallystick.testing.clock import START

from store.operations import (
    LATER,
    change,
    claim,
    done,
    invoice,
    park,
    refuse,
    release,
    send,
    settle,
)

S = OperationStatus


def _now(store: Store, row: OutboxRow) -> OutboxRow:
    found = store.outbox.get(row.reference)
    assert found is not None
    return found


def test_what_is_claimed_is_kept_as_planned(store: Store) -> None:
    operation = change()
    row = claim(store, operation, mode=Mode.IDEMPOTENT)
    assert (row.status, row.attempts, row.open_attempts, row.lease_epoch) == ("CLAIMED", 0, 0, 1)
    assert (row.source_connection, row.source_type, row.source_id) == ("portal", "time_entry", "e1")
    assert (row.payload, row.payload_hash) == ({"minutes": 90}, operation.payload_hash)
    assert (row.mode, row.created_at) == ("idempotent", START)
    assert row.because["rule"] == "unbilled"


def test_an_operation_that_is_there_is_returned_and_not_stored_again(store: Store) -> None:
    first = claim(store, invoice("e1"))
    again = claim(store, invoice("e1"), executor="two")
    assert again == first


def test_a_send_is_marked_and_numbered_before_a_byte_leaves(store: Store) -> None:
    """Step 3."""
    row = claim(store, invoice("e1"))
    assert send(store, row) == 1
    assert send(store, row) == 2
    after = _now(store, row)
    assert (after.status, after.attempts, after.open_attempts) == ("SENDING", 2, 2)
    assert after.sent_at == START
    assert [a["n"] for a in store.outbox.attempts(row.reference)] == [1, 2]


def test_what_is_finished_cannot_be_sent_again(store: Store) -> None:
    """I1."""
    row = done(store, "e1")
    with pytest.raises(StoreError, match="is DONE"):
        send(store, row)


def test_what_was_cancelled_meanwhile_cannot_be_sent(store: Store) -> None:
    """R-198: switched off between the pre-check and the mark; its claims are free already."""
    row = claim(store, invoice("e1"))
    store.outbox.cancel_unsent("main", now=START)
    with pytest.raises(StoreError, match="is FAILED"):
        send(store, row)


def test_an_operation_that_is_not_there_cannot_be_sent(store: Store) -> None:
    row = claim(store, invoice("e1"))
    with pytest.raises(StoreError) as lost:
        store.outbox.mark_sending("TSY-NONE", epoch=row.lease_epoch, now=START, payload={})
    assert lost.value.code == "STO-06"


def test_success_closes_its_own_attempt_only(store: Store) -> None:
    """Step 6: the first send, without an answer, stays open."""
    row = claim(store, invoice("e1"))
    send(store, row)
    after = settle(store, row, send(store, row))
    assert (after.status, after.open_attempts, after.attempts) == ("DONE", 1, 2)
    outcomes = [a["outcome"] for a in store.outbox.attempts(row.reference)]
    assert outcomes == [None, "success"]


def test_an_invoice_found_accounts_for_one_open_attempt(store: Store) -> None:
    row = claim(store, invoice("e1"))
    send(store, row)
    number = send(store, row)
    after = settle(store, row, number, "found")
    assert (after.status, after.open_attempts) == ("DONE", 1)


def test_an_invoice_found_closes_the_open_attempt_and_not_the_refused_one(store: Store) -> None:
    """W10: the second send was refused, the first one had made the invoice."""
    row = claim(store, invoice("e1"))
    send(store, row)
    refuse(store, row, send(store, row))
    after = settle(store, row, 2, "found")
    assert (after.status, after.open_attempts) == ("DONE", 0)
    outcomes = [a["outcome"] for a in store.outbox.attempts(row.reference)]
    assert outcomes == ["found", "refused"]


def test_a_duplicate_closes_its_own_attempt_and_the_one_that_made_it(store: Store) -> None:
    row = claim(store, invoice("e1"))
    send(store, row)
    after = settle(store, row, send(store, row), "duplicate", closes=2)
    assert (after.status, after.open_attempts) == ("DONE", 0)
    outcomes = [a["outcome"] for a in store.outbox.attempts(row.reference)]
    assert outcomes == ["found", "duplicate"]


def test_an_invoice_found_when_every_send_has_an_answer_leaves_the_count_at_none(
    store: Store,
) -> None:
    """The duplicate was answered, its look-up failed then and finds the invoice now."""
    row = claim(store, invoice("e1"))
    refuse(store, row, send(store, row), "duplicate")
    park(store, row)
    after = settle(store, row, 1, "found")
    assert (after.status, after.open_attempts) == ("DONE", 0)


def test_an_answer_is_not_counted_twice(store: Store) -> None:
    """A repeated answer must not close the attempt of another send."""
    row = claim(store, invoice("e1"))
    send(store, row)
    number = send(store, row)
    refuse(store, row, number)
    with pytest.raises(StoreError) as again:
        refuse(store, row, number)
    assert again.value.code == "STO-05"
    assert _now(store, row).open_attempts == 1


def test_a_refusal_with_nothing_else_open_leaves_the_operation_claimed(store: Store) -> None:
    row = claim(store, invoice("e1"))
    after = refuse(store, row, send(store, row))
    assert (after.status, after.open_attempts, after.code) == ("CLAIMED", 0, "INV-06")


def test_a_refusal_while_another_send_is_open_parks_in_the_same_transaction(store: Store) -> None:
    """W10: a crash right after leaves nothing that would be sent again unseen."""
    row = claim(store, invoice("e1"))
    send(store, row)
    after = refuse(store, row, send(store, row))
    assert (after.status, after.open_attempts) == ("PARKED", 1)


@pytest.mark.parametrize("status", [S.FAILED, S.RELEASED, S.PARKED])
def test_an_answer_makes_an_operation_done_or_claimed_only(
    store: Store, status: OperationStatus
) -> None:
    row = claim(store, invoice("e1"))
    number = send(store, row)
    with pytest.raises(ValueError, match="does not make"):
        settle(store, row, number, status=status)


def test_a_finished_operation_stores_the_pair_and_the_echo_with_the_answer(store: Store) -> None:
    row = claim(store, change())
    pair = LinkInput(
        RecordKey("portal", "time_entry", "e1"), RecordKey("books", "time_entry", "t1"), "made"
    )
    settle(
        store,
        row,
        send(store, row),
        remote_id="t1",
        link=pair,
        rows=[("time_entry", {"external_id": "t1", "minutes": 90})],
    )
    assert store.links.by_source("portal", "time_entry") == {"e1": ("time_entry", "t1")}
    echoed = store.records.get(RecordKey("books", "time_entry", "t1"))
    assert echoed is not None
    assert echoed["minutes"] == 90


def test_claims_name_the_system_of_the_invoice(store: Store) -> None:
    store.settings.put_connection(ConnectionData("books", "zoho_books"), now=START)
    done(store, "e1")
    assert [c.invoice_system for c in store.outbox.claims()] == ["zoho_books"]


def test_a_crash_inside_an_answer_stores_nothing_of_it(store: Store) -> None:
    """W7: attempt, status, pair and echo are one transaction."""

    def die(name: str) -> None:
        if name == "W7.inside-settle":
            raise KeyboardInterrupt

    row = claim(store, invoice("e1"))
    number = send(store, row)
    failpoints.arm(die)
    try:
        with pytest.raises(KeyboardInterrupt):
            settle(store, row, number)
    finally:
        failpoints.arm(None)
    assert (_now(store, row).status, _now(store, row).open_attempts) == ("SENDING", 1)
    assert [c.invoice_id for c in store.outbox.claims()] == [None]
    assert [a["answered_at"] for a in store.outbox.attempts(row.reference)] == [None]


def test_a_note_describes_an_open_attempt_and_closes_nothing(store: Store) -> None:
    row = claim(store, invoice("e1"))
    number = send(store, row)
    store.outbox.note_attempt(row.reference, number, "unknown", "timed out")
    (attempt,) = store.outbox.attempts(row.reference)
    assert (attempt["outcome"], attempt["answered_at"]) == ("unknown", None)
    assert _now(store, row).open_attempts == 1


def test_a_note_does_not_overwrite_an_answer(store: Store) -> None:
    row = claim(store, invoice("e1"))
    number = send(store, row)
    settle(store, row, number)
    store.outbox.note_attempt(row.reference, number, "unknown", "timed out")
    assert [a["outcome"] for a in store.outbox.attempts(row.reference)] == ["success"]


def test_what_is_parked_keeps_its_claims(store: Store) -> None:
    row = claim(store, invoice("e1"))
    send(store, row)
    after = park(store, row)
    assert (after.status, after.code, after.message) == ("PARKED", "INV-03", "Unknown.")
    assert len(store.outbox.claims()) == 1
    assert store.outbox.parked("main") == [after]


def test_a_finished_operation_is_never_parked(store: Store) -> None:
    row = done(store, "e1")
    with pytest.raises(StoreError, match="is DONE"):
        park(store, row)
    assert park(store, row, S.VANISHED).status == "VANISHED"


def test_finished_operations_are_found_by_type(store: Store) -> None:
    row = done(store, "e1")
    assert [r.reference for r in store.outbox.done("main", "transaction")] == [row.reference]
    assert store.outbox.done("main", "contact") == []
    assert store.outbox.get("TSY-NONE") is None


def test_finished_changes_of_a_record_are_counted(store: Store) -> None:
    for number in (1, 2):
        row = claim(store, change(f"TSY-{number}"))
        settle(store, row, send(store, row))
    claim(store, change("TSY-3"))
    done(store, "e9")
    assert store.outbox.changes("portal") == {("time_entry", "e1"): 2}


def test_a_refused_change_is_claimed_again_under_a_new_epoch(store: Store) -> None:
    row = claim(store, invoice("e1"))
    refuse(store, row, send(store, row))
    release(store, row, status=S.FAILED)
    again = store.outbox.reopen(invoice("e1"), executor="two", lease_until=LATER, now=START)
    assert (again.status, again.lease_owner, again.lease_epoch) == ("CLAIMED", "two", 2)
    assert again.code is None
    assert [c.operation for c in store.outbox.claims()] == [row.reference]


def test_only_what_was_refused_is_claimed_again(store: Store) -> None:
    row = done(store, "e1")
    again = store.outbox.reopen(invoice("e1"), executor="two", lease_until=LATER, now=START)
    assert again == row
