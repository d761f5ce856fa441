"""A sweep: what is parked or left over is looked up, what is finished is read back (step 9)."""

from store.operations import claim, done, invoice, park, release, send, settle
from support.scripted import ABSENT, MADE, OTHER, Bench, found
from tallystick.apply.sweep import Sweep, Swept, operation_of
from tallystick.model.operation import Mode, OperationStatus

BILL = invoice("e1", "e2")


def sweep(place: Bench, *, suspects_only: bool = False) -> Swept:
    """One sweep by a new process."""
    place.clock.advance(hours=1)
    return Sweep(place.desk("sweeper")).run(suspects_only=suspects_only)


def test_a_parked_invoice_that_landed_late_is_confirmed(place: Bench) -> None:
    """R-173, W4: found by its reference, never sent again."""
    row = claim(place.store, BILL, mode=Mode.C)
    send(place.store, row)
    park(place.store, row)
    place.books.lookups = [found(MADE)]
    place.books.rows["transaction"] = {"i1": {"external_id": "i1", "status": "draft"}}
    swept = sweep(place)
    assert (swept.confirmed, swept.parked) == (1, 0)
    assert place.row(BILL).status == OperationStatus.DONE
    assert place.books.sent == []


def test_a_parked_invoice_that_is_still_nowhere_stays_in_view(place: Bench) -> None:
    """I2: parked with its reason, claims held."""
    row = claim(place.store, BILL, mode=Mode.C)
    send(place.store, row)
    park(place.store, row)
    place.books.lookups = [ABSENT]
    swept = sweep(place)
    assert (swept.confirmed, swept.parked, swept.need_a_person) == (0, 1, 0)
    assert place.held() == ["e1", "e2"]


def test_what_a_dead_process_claimed_is_sent_by_the_sweep(place: Bench) -> None:
    """W2, V-ONCE-02."""
    claim(place.store, BILL, mode=Mode.C)
    place.books.answers = [MADE]
    place.books.rows["transaction"] = {"i1": {"external_id": "i1", "status": "draft"}}
    assert sweep(place).confirmed == 1
    assert place.books.sent[0].payload == BILL.payload
    assert place.books.sent[0].reference == BILL.reference


def test_what_a_living_process_works_on_is_left_to_it(place: Bench) -> None:
    """W11: its lease is in force."""
    claim(place.store, BILL, lease_until=place.clock.now().replace(hour=23))
    assert sweep(place) == Swept(0, 0, {})
    assert place.books.sent == []


def test_a_finished_write_with_an_open_send_is_looked_up_for_a_twin(place: Bench) -> None:
    """Both landed: CONFLICT."""
    row = claim(place.store, BILL, mode=Mode.A)
    send(place.store, row)
    settle(place.store, row, send(place.store, row))
    place.books.rows["transaction"] = {"i1": {"external_id": "i1", "status": "draft"}}
    place.books.lookups = [found(MADE, OTHER)]
    sweep(place)
    assert place.row(BILL).status == OperationStatus.CONFLICT


def test_a_sweep_counts_what_only_a_person_can_decide(place: Bench) -> None:
    """R-179, R-180."""
    done(place.store, "e1")
    place.books.rows["time_entry"] = {"e1": {"external_id": "e1", "billed_status": "invoiced"}}
    swept = sweep(place)
    assert (swept.count("vanished"), swept.need_a_person) == (1, 1)
    assert Swept().count("released") == 0


def test_an_operation_of_the_outbox_is_the_one_that_was_planned(place: Bench) -> None:
    """What is sent again is what was sent; an operation without a source has none."""
    row = claim(place.store, BILL)
    again = operation_of(row)
    assert (again.reference, again.payload, again.because) == (
        BILL.reference,
        BILL.payload,
        BILL.because,
    )
    assert again.source is None


def test_a_sweep_lets_go_of_what_it_took(place: Bench) -> None:
    """The next process need not wait for a lease."""
    row = claim(place.store, BILL, mode=Mode.C)
    send(place.store, row)
    place.books.lookups = [ABSENT]
    sweep(place)
    after = place.row(BILL)
    assert after.lease_owner == "sweeper"
    assert after.lease_until is not None
    assert after.lease_until <= place.clock.now()


def test_a_released_one_is_read_back_too(place: Bench) -> None:
    """R-180: at every sweep."""
    release(place.store, done(place.store, "e1"))
    place.books.rows["transaction"] = {"i1": {"external_id": "i1", "status": "sent"}}
    assert sweep(place).count("revived") == 1
