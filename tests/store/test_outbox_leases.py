"""Leases: of several processes one works on an operation, and the others are fenced off."""

from datetime import timedelta

import pytest
from tallystick.errors import StoreError
from tallystick.model.operation import OperationStatus
from tallystick.store import OutboxRow, Store
from tallystick.testing.clock import START

from store.operations import LATER, claim, done, invoice, park, release, send, settle

S = OperationStatus


def _take(store: Store, row: OutboxRow, executor: str = "two") -> OutboxRow | None:
    return store.outbox.take(
        row.reference,
        seen_epoch=row.lease_epoch,
        executor=executor,
        lease_until=LATER + timedelta(minutes=5),
        now=LATER,
    )


def _now(store: Store, row: OutboxRow) -> OutboxRow:
    found = store.outbox.get(row.reference)
    assert found is not None
    return found


def test_a_lost_lease_cannot_mark_a_send(store: Store) -> None:
    """W11, F36."""
    row = claim(store, invoice("e1"))
    assert _take(store, row) is not None
    with pytest.raises(StoreError) as lost:
        send(store, row)
    assert lost.value.code == "STO-05"
    assert "taken over" in lost.value.message
    assert store.outbox.attempts(row.reference) == []


def test_a_lost_lease_cannot_settle(store: Store) -> None:
    """W11, F36."""
    row = claim(store, invoice("e1"))
    number = send(store, row)
    assert _take(store, row) is not None
    with pytest.raises(StoreError, match="taken over"):
        settle(store, row, number)
    assert _now(store, row).status == "SENDING"
    assert _now(store, row).open_attempts == 1


def test_a_lost_lease_cannot_park_or_release(store: Store) -> None:
    row = claim(store, invoice("e1"))
    assert _take(store, row) is not None
    with pytest.raises(StoreError, match="taken over"):
        park(store, row)
    with pytest.raises(StoreError, match="taken over"):
        release(store, row, epoch=row.lease_epoch, status=S.FAILED)


def test_a_lease_that_runs_is_not_taken_over(store: Store) -> None:
    row = claim(store, invoice("e1"), lease_until=LATER + timedelta(seconds=1))
    assert _take(store, row) is None


def test_of_two_that_take_over_one_wins(store: Store) -> None:
    """F35."""
    row = claim(store, invoice("e1"))
    taken = _take(store, row, "two")
    assert taken is not None
    assert (taken.lease_owner, taken.lease_epoch) == ("two", 2)
    assert _take(store, row, "three") is None


def test_an_executor_takes_its_own_operation_before_the_lease_ends(store: Store) -> None:
    row = claim(store, invoice("e1"), lease_until=LATER + timedelta(hours=1))
    assert _take(store, row, "one") is not None


def test_leases_of_a_dead_executor_end_at_once(store: Store) -> None:
    row = claim(store, invoice("e1"))
    other = claim(store, invoice("e2"), executor="two")
    store.outbox.release_leases("one", now=START)
    assert _now(store, row).lease_until == START
    assert _now(store, other).lease_until == LATER


def test_what_a_process_left_in_the_middle_is_due_when_its_lease_ends(store: Store) -> None:
    row = claim(store, invoice("e1"))
    done(store, "e2")
    assert store.outbox.due("main", START) == []
    assert [r.reference for r in store.outbox.due("main", LATER)] == [row.reference]
    assert store.outbox.due("other", LATER) == []


def test_a_finished_operation_with_an_open_send_is_still_looked_up(store: Store) -> None:
    """Step 9: the open send may have made a second record."""
    row = claim(store, invoice("e1"))
    send(store, row)
    settle(store, row, send(store, row))
    done(store, "e2")
    assert [r.reference for r in store.outbox.unanswered("main")] == [row.reference]


def test_what_vanished_is_found_for_a_person(store: Store) -> None:
    row = done(store, "e1")
    park(store, row, S.VANISHED)
    assert [r.reference for r in store.outbox.vanished("main", "transaction")] == [row.reference]
