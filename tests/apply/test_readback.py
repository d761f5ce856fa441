"""Finished invoices read back: void, deleted, shortened, in force again."""

from typing import Any

import pytest
from store.operations import claim, done, invoice, key, release, send, settle
from support.scripted import Bench
from tallystick.apply.holders import in_force
from tallystick.apply.readback import ReadBack
from tallystick.errors import Throttled
from tallystick.model.operation import Mode, OperationStatus
from tallystick.model.record import RecordKey
from tallystick.store import LinkInput, OutboxRow

LIVE = {"external_id": "i1", "status": "draft"}
VOID = {"external_id": "i1", "status": "void"}


def remote(place: Bench, invoice_row: dict[str, Any] | None, **billed: str) -> None:
    """What the accounts say: the invoice, and billed_status of each entry."""
    place.books.rows["transaction"] = {"i1": invoice_row} if invoice_row else {}
    place.books.rows["time_entry"] = {
        i: {"external_id": i, "billed_status": state, "invoice_id": None}
        for i, state in billed.items()
    }


def stored(place: Bench, row: dict[str, Any], *held: list[str]) -> None:
    """What the last read stored of the invoice and its lines."""
    place.store.records.upsert("books", "transaction", [row], run_id=1)
    lines = [
        {"external_id": f"l{n}", "transaction_id": "i1", "time_entry_ids": ids}
        for n, ids in enumerate(held)
    ]
    place.store.records.upsert("books", "transaction_line", lines, run_id=1)


def linked(place: Bench, *entries: str) -> None:
    """The id map pairs each entry with the accounts' entry of the same id."""
    pairs = [
        LinkInput(RecordKey("portal", "time_entry", e), RecordKey("books", "time_entry", e), "made")
        for e in entries
    ]
    place.store.links.add(pairs, integration="main", run_id=1, now=place.clock.now())


def read_back(place: Bench, *, suspects_only: bool = False) -> dict[str, int]:
    """One reading."""
    return dict(ReadBack(place.desk()).run(suspects_only=suspects_only))


def status(place: Bench, row: OutboxRow) -> str:
    """The operation's status now."""
    found = place.store.outbox.get(row.reference)
    assert found is not None
    return found.status


@pytest.mark.parametrize(("row", "reason"), [(VOID, "voided"), (None, "deleted")])
def test_entries_are_free_again_when_the_invoice_is_gone_and_they_read_unbilled(
    place: Bench, row: dict[str, Any] | None, reason: str
) -> None:
    """R-178, R-179, V-ONCE-10: released in one transaction, the next bill is a generation on."""
    made = done(place.store, "e1", "e2")
    remote(place, row, e1="unbilled", e2="unbilled")
    assert read_back(place) == {"released": 1}
    assert status(place, made) == OperationStatus.RELEASED
    assert place.held() == []
    assert place.store.outbox.generation([key("e1")]) == 1
    after = place.store.outbox.get(made.reference)
    assert after is not None
    assert reason in str(after.message)


@pytest.mark.parametrize(
    ("row", "expected", "becomes"),
    [(VOID, "conflict", "CONFLICT"), (None, "vanished", "VANISHED")],
)
@pytest.mark.parametrize("other", ["invoiced", "non_billable"])
def test_entries_stay_held_while_one_of_them_does_not_read_unbilled(
    place: Bench, row: dict[str, Any] | None, expected: str, becomes: str, other: str
) -> None:
    """R-179, V-ONCE-11: a person decides."""
    made = done(place.store, "e1", "e2")
    remote(place, row, e1="unbilled", e2=other)
    assert read_back(place) == {expected: 1}
    assert status(place, made) == becomes
    assert place.held() == ["e1", "e2"]


def test_an_entry_that_is_not_there_any_more_does_not_read_unbilled(place: Bench) -> None:
    """R-178: gone is not free."""
    done(place.store, "e1")
    remote(place, VOID)
    assert read_back(place) == {"conflict": 1}
    assert place.held() == ["e1"]


def test_an_invoice_with_an_unanswered_send_is_never_released(place: Bench) -> None:
    """Step 9: the other send may be the one that is in force."""
    row = claim(place.store, invoice("e1"), mode=Mode.A)
    send(place.store, row)
    settle(place.store, row, send(place.store, row))
    remote(place, VOID, e1="unbilled")
    assert read_back(place) == {"conflict": 1}
    assert place.held() == ["e1"]


def test_an_invoice_in_force_stays_as_it_is(place: Bench) -> None:
    """Nothing to tell."""
    made = done(place.store, "e1")
    remote(place, LIVE, e1="invoiced")
    assert read_back(place) == {}
    assert status(place, made) == OperationStatus.DONE


def test_a_service_that_does_not_answer_leaves_every_invoice_as_it_is(place: Bench) -> None:
    """R-172: the next sweep asks again; a released one too."""
    one = done(place.store, "e1")
    two = release(place.store, done(place.store, "e2"))
    place.books.unreadable = Throttled("wait")
    assert read_back(place) == {}
    assert (status(place, one), status(place, two)) == ("DONE", "RELEASED")


def test_a_removed_line_frees_its_own_entries_only(place: Bench) -> None:
    """R-181."""
    made = done(place.store, "e1", "e2")
    linked(place, "e1", "e2")
    stored(place, LIVE, ["e1"])
    remote(place, LIVE, e1="invoiced", e2="unbilled")
    assert read_back(place) == {"shortened": 1}
    assert place.held() == ["e1"]
    assert status(place, made) == OperationStatus.DONE


def test_a_removed_line_frees_nothing_before_the_entry_reads_unbilled(place: Bench) -> None:
    """R-181."""
    done(place.store, "e1", "e2")
    linked(place, "e1", "e2")
    stored(place, LIVE, ["e1"])
    remote(place, LIVE, e1="invoiced", e2="invoiced")
    assert read_back(place) == {}
    assert place.held() == ["e1", "e2"]


def test_a_line_removed_twice_is_freed_once(place: Bench) -> None:
    """The second reading finds no claim of it any more; whoever claimed it meanwhile keeps it."""
    done(place.store, "e1", "e2")
    linked(place, "e1", "e2")
    stored(place, LIVE, ["e1"])
    remote(place, LIVE, e1="invoiced", e2="unbilled")
    read_back(place)
    claim(place.store, invoice("e2", generation=1))
    assert read_back(place) == {}
    assert place.held() == ["e1", "e2"]


def test_a_removed_entry_without_a_pair_frees_nothing(place: Bench) -> None:
    """Its claim stands under a record that the id map does not name."""
    done(place.store, "e1", "e2")
    stored(place, LIVE, ["e1"])
    remote(place, LIVE, e2="unbilled")
    assert read_back(place) == {}


def test_nothing_is_shortened_while_a_send_is_unanswered(place: Bench) -> None:
    """Step 9."""
    row = claim(place.store, invoice("e1", "e2"), mode=Mode.A)
    send(place.store, row)
    settle(place.store, row, send(place.store, row))
    linked(place, "e1", "e2")
    stored(place, LIVE, ["e1"])
    remote(place, LIVE, e1="invoiced", e2="unbilled")
    assert read_back(place) == {}
    assert place.held() == ["e1", "e2"]


def test_an_invoice_whose_lines_were_not_read_is_not_shortened(place: Bench) -> None:
    """Not read is not empty."""
    done(place.store, "e1")
    stored(place, LIVE)
    remote(place, LIVE, e1="unbilled")
    assert read_back(place) == {}


def test_a_void_invoice_that_is_in_force_again_takes_its_free_claims_back(place: Bench) -> None:
    """R-180, V-ONCE-18: what another invoice holds meanwhile stays with that one."""
    old = release(place.store, done(place.store, "e1", "e2"))
    newer = claim(place.store, invoice("e2", generation=1))
    remote(place, LIVE)
    assert read_back(place) == {"revived": 1}
    assert status(place, old) == OperationStatus.CONFLICT
    owners = {c.source_id: c.operation for c in place.store.outbox.claims()}
    assert owners == {"e1": old.reference, "e2": newer.reference}


def test_at_every_sweep_a_revived_invoice_takes_back_what_became_free(place: Bench) -> None:
    """Step 9: never once only."""
    old = release(place.store, done(place.store, "e1", "e2"))
    newer = claim(place.store, invoice("e2", generation=1))
    remote(place, LIVE)
    read_back(place)
    assert read_back(place) == {}, "nothing new to tell"
    release(place.store, newer, status=OperationStatus.FAILED)
    assert read_back(place) == {"revived": 1}
    assert {c.operation for c in place.store.outbox.claims()} == {old.reference}


@pytest.mark.parametrize("row", [VOID, None])
def test_a_released_invoice_that_stays_void_keeps_nothing(
    place: Bench, row: dict[str, Any] | None
) -> None:
    """R-178."""
    made = release(place.store, done(place.store, "e1"))
    remote(place, row)
    assert read_back(place) == {}
    assert status(place, made) == OperationStatus.RELEASED


def test_a_released_operation_that_never_made_an_invoice_has_nothing_to_revive(
    place: Bench,
) -> None:
    """It was cancelled before it was sent."""
    release(place.store, claim(place.store, invoice("e1")))
    assert read_back(place) == {}
    assert place.books.fetched == []


def test_only_creates_are_read_back(place: Bench) -> None:
    """A void is an operation of its own and holds nothing."""
    operation = invoice()
    voided = claim(place.store, operation)
    settle(place.store, voided, send(place.store, voided), remote_id=None)
    assert read_back(place) == {}
    assert place.books.fetched == []


def test_a_sync_asks_for_those_invoices_only_that_its_reading_shows_changed(place: Bench) -> None:
    """Calls are scarce: one known to be in force is not asked for again."""
    done(place.store, "e1", "e2")
    linked(place, "e1", "e2")
    stored(place, LIVE, ["e1", "e2"])
    remote(place, LIVE, e1="invoiced", e2="unbilled")
    assert read_back(place, suspects_only=True) == {}
    assert place.books.fetched == []
    stored(place, LIVE, ["e1"])
    assert read_back(place, suspects_only=True) == {"shortened": 1}


def test_a_sync_asks_for_an_invoice_whose_stored_state_is_void(place: Bench) -> None:
    """R-179."""
    done(place.store, "e1")
    stored(place, VOID)
    remote(place, VOID, e1="unbilled")
    assert read_back(place, suspects_only=True) == {"released": 1}


def test_a_sync_asks_for_a_dead_invoice_only_when_it_shows_alive(place: Bench) -> None:
    """R-180."""
    release(place.store, done(place.store, "e1"))
    stored(place, VOID)
    remote(place, LIVE)
    assert read_back(place, suspects_only=True) == {}
    stored(place, LIVE)
    assert read_back(place, suspects_only=True) == {"revived": 1}


@pytest.mark.parametrize(
    ("row", "alive"),
    [
        (None, False),
        ({"status": "void"}, False),
        ({"status": "draft"}, True),
        ({"status": "draft", "absent_since_run": 3}, False),
        ({"status": "draft", "deleted_at": "2026-07-01"}, False),
    ],
)
def test_an_invoice_is_in_force_when_it_is_listed_and_not_void(
    row: dict[str, Any] | None, alive: bool
) -> None:
    """R-177, R-178."""
    assert in_force(row) is alive
