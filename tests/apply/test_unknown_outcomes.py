"""A send without an answer: looked up, sent again where that is safe, else parked in view."""

from datetime import timedelta

import pytest
from store.operations import change, invoice
from support.scripted import ABSENT, MADE, OTHER, Bench, found
from tallystick.apply.sender import ATTEMPTS_MAX, RESEND_AFTER, Sender
from tallystick.errors import Fatal, OutcomeUnknown, RemoteError, Throttled, Unreachable
from tallystick.model.operation import Lookup, Mode, Operation, OperationStatus

BILL = invoice("e1", "e2")
LOST = OutcomeUnknown("the answer was lost")


def send(place: Bench, operation: Operation = BILL) -> str:
    """Carry out; what became of it."""
    return Sender(place.desk()).carry_out(operation).status


def again(place: Bench, operation: Operation = BILL) -> str:
    """What a new process makes of what a dead one left."""
    place.a_process_dies()
    return Sender(place.desk("two")).resume(operation, place.row(operation)).status


@pytest.mark.parametrize("mode", [Mode.A, Mode.C, Mode.UNGUARDED])
def test_an_invoice_that_is_found_is_confirmed_and_not_sent_again(place: Bench, mode: Mode) -> None:
    """W5, R-171, V-ONCE-03: it accounts for the open send."""
    place.mode(mode)
    place.books.answers = [LOST]
    place.books.lookups = [found(MADE)]
    assert send(place) == OperationStatus.DONE
    assert len(place.books.sent) == 1
    assert place.row(BILL).open_attempts == 0


def test_in_mode_a_an_absent_write_is_sent_again_with_the_same_reference(place: Bench) -> None:
    """R-173, V-ONCE-04: the other system refuses a second use of the reference."""
    place.mode(Mode.A)
    place.books.answers = [LOST, MADE]
    place.books.lookups = [ABSENT]
    assert send(place) == OperationStatus.DONE
    assert [o.reference for o in place.books.sent] == [BILL.reference] * 2
    assert place.row(BILL).open_attempts == 1, "only an answer closes an attempt"


def test_a_write_of_mode_a_is_not_sent_again_once_the_guard_does_not_hold(place: Bench) -> None:
    """A proof that was undone counts for what was sent before, too."""
    place.mode(Mode.A)
    place.books.answers = [LOST]
    place.books.lookups = [Unreachable("no way"), ABSENT]
    assert send(place) == OperationStatus.PARKED
    place.mode(Mode.C)
    assert again(place) == OperationStatus.PARKED
    assert len(place.books.sent) == 1


def test_in_mode_c_a_write_is_sent_once_ever(place: Bench) -> None:
    """R-173, V-ONCE-04: parked until a look-up finds it, however long that takes."""
    place.books.answers = [LOST]
    place.books.lookups = [ABSENT, ABSENT, ABSENT, found(MADE)]
    assert send(place) == OperationStatus.PARKED
    for _ in range(2):
        place.clock.advance(days=30)
        assert again(place) == OperationStatus.PARKED
    assert place.row(BILL).code == "INV-03"
    assert again(place) == OperationStatus.DONE
    assert len(place.books.sent) == 1


def test_an_unguarded_write_is_sent_again_a_day_after_the_last_send_and_not_before(
    place: Bench,
) -> None:
    """A complete look-up must find nothing a day or more after the last mark."""
    place.mode(Mode.UNGUARDED)
    place.books.answers = [LOST, MADE]
    place.books.lookups = [ABSENT, ABSENT, ABSENT]
    assert send(place) == OperationStatus.PARKED
    place.clock.advance(seconds=(RESEND_AFTER - timedelta(seconds=5)).total_seconds())
    assert again(place) == OperationStatus.PARKED
    assert len(place.books.sent) == 1
    place.clock.advance(seconds=5)
    assert again(place) == OperationStatus.DONE
    assert len(place.books.sent) == 2


def test_the_day_counts_from_the_last_send(place: Bench) -> None:
    """The second send of an unguarded write has its own day."""
    place.mode(Mode.UNGUARDED)
    place.books.answers = [LOST, LOST]
    place.books.lookups = [ABSENT] * 4
    send(place)
    place.clock.advance(days=1)
    assert again(place) == OperationStatus.PARKED
    place.clock.advance(hours=23)
    assert again(place) == OperationStatus.PARKED
    assert len(place.books.sent) == 2


def test_a_change_is_sent_again_without_looking(place: Bench) -> None:
    """Updates and status changes are idempotent."""
    place.books.answers = [LOST, MADE]
    assert send(place, change()) == OperationStatus.DONE
    assert len(place.books.sent) == 2
    assert place.books.searched == []


@pytest.mark.parametrize(("mode", "operation"), [(Mode.A, BILL), (Mode.C, change())])
def test_an_operation_is_sent_five_times_at_most(
    place: Bench, mode: Mode, operation: Operation
) -> None:
    """Step 7: then it is parked."""
    place.mode(mode)
    place.books.answers = [LOST] * 99
    place.books.lookups = [ABSENT] * 99
    assert send(place, operation) == OperationStatus.PARKED
    assert len(place.books.sent) == ATTEMPTS_MAX == 5
    assert again(place, operation) == OperationStatus.PARKED
    assert len(place.books.sent) == ATTEMPTS_MAX
    assert place.row(operation).open_attempts == ATTEMPTS_MAX


@pytest.mark.parametrize("mode", [Mode.A, Mode.C, Mode.UNGUARDED])
def test_two_matches_are_for_a_person(place: Bench, mode: Mode) -> None:
    """R-176, V-ONCE-07: CONFLICT, claims held."""
    place.mode(mode)
    place.books.answers = [LOST]
    place.books.lookups = [found(MADE, OTHER)]
    assert send(place) == OperationStatus.CONFLICT
    assert place.held() == ["e1", "e2"]


@pytest.mark.parametrize("mode", [Mode.A, Mode.C, Mode.UNGUARDED])
def test_a_near_match_parks_whatever_the_mode(place: Bench, mode: Mode) -> None:
    """Same project, user, date and minutes without our marker: a person decides."""
    place.mode(mode)
    place.books.answers = [LOST]
    place.books.lookups = [Lookup(near=(OTHER,))]
    assert send(place) == OperationStatus.PARKED
    assert "i2" in str(place.row(BILL).message)
    assert len(place.books.sent) == 1


@pytest.mark.parametrize("error", [Throttled("wait"), Unreachable("gone"), Fatal("no"), LOST])
@pytest.mark.parametrize("mode", [Mode.A, Mode.C, Mode.UNGUARDED])
def test_a_look_up_that_cannot_be_completed_proves_nothing(
    place: Bench, mode: Mode, error: RemoteError
) -> None:
    """R-172, V-ONCE-06: it stays in doubt, and nothing of it is billed."""
    place.mode(mode)
    place.books.answers = [LOST]
    place.books.lookups = [error]
    assert send(place) == OperationStatus.PARKED
    assert len(place.books.sent) == 1
    assert {c.state for c in place.store.outbox.claims()} == {"in_doubt"}


def test_what_a_process_claimed_before_it_died_is_sent_once(place: Bench) -> None:
    """W2, V-ONCE-02: found unsent, the same operation goes on."""
    place.books.answers = [Unreachable("gone")]
    with pytest.raises(Unreachable):
        send(place)
    place.books.answers = [MADE]
    assert again(place) == OperationStatus.DONE
    assert place.books.searched == []


def test_a_process_that_died_while_sending_is_looked_up_first(place: Bench) -> None:
    """W3, W4: marked SENDING, no answer stored."""

    def dies() -> None:
        raise KeyboardInterrupt

    place.books.during_write = dies
    with pytest.raises(KeyboardInterrupt):
        send(place)
    assert place.row(BILL).status == OperationStatus.SENDING
    place.books.during_write = None
    place.books.lookups = [found(MADE)]
    assert again(place) == OperationStatus.DONE
    assert len(place.books.sent) == 1


def test_a_fresh_refusal_before_a_second_send_keeps_the_claims(place: Bench) -> None:
    """The first send may have been what makes the fresh read refuse."""
    place.mode(Mode.A)
    place.books.answers = [LOST]
    place.books.lookups = [ABSENT, ABSENT]
    place.books.during_write = lambda: setattr(place, "refusal", ("INV-01", "It is billed."))
    assert send(place) == OperationStatus.PARKED
    assert place.held() == ["e1", "e2"]
    assert place.row(BILL).code == "INV-01"


def test_a_done_write_with_an_open_send_is_looked_up_for_a_twin(place: Bench) -> None:
    """While a send has no answer it may have landed twice: CONFLICT then."""
    place.mode(Mode.A)
    place.books.answers = [LOST, MADE]
    place.books.lookups = [ABSENT, Throttled("wait"), found(MADE), found(MADE, OTHER)]
    send(place)
    sender = Sender(place.desk())
    assert not sender.look_for_twins(BILL, place.row(BILL)), "could not be looked up"
    assert not sender.look_for_twins(BILL, place.row(BILL)), "one is as it should be"
    assert sender.look_for_twins(BILL, place.row(BILL))
    assert place.row(BILL).status == OperationStatus.CONFLICT
    assert place.held() == ["e1", "e2"]


def test_a_connector_that_crashes_while_it_sends_may_have_sent(place: Bench) -> None:
    """A plugin's bug is no refusal: the write is looked up, its claims stay held."""

    def bug() -> None:
        raise KeyError("data")

    place.books.during_write = bug
    place.books.lookups = [ABSENT]
    assert send(place) == OperationStatus.PARKED
    assert "KeyError" in str(place.row(BILL).message)
    assert place.held() == ["e1", "e2"]


def test_a_connector_that_crashes_while_it_looks_proves_nothing(place: Bench) -> None:
    """R-172: the script of look-ups is empty, so `find` raises an IndexError."""
    place.mode(Mode.A)
    place.books.answers = [LOST, MADE]
    assert send(place) == OperationStatus.PARKED
    assert len(place.books.sent) == 1


def test_what_needs_no_sender_is_returned_as_it_is(place: Bench) -> None:
    """A finished operation that is resumed is not touched."""
    place.books.answers = [MADE]
    send(place)
    assert again(place) == OperationStatus.DONE
    assert len(place.books.sent) == 1
