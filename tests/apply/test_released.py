"""What a person released and the plan wants again: looked up once more, then sent."""

from dataclasses import replace

import pytest
from store.operations import change, invoice
from support.scripted import ABSENT, MADE, OTHER, Bench, found
from tallystick.apply.sender import Sender
from tallystick.errors import OutcomeUnknown, Throttled
from tallystick.model.operation import Action, Mode, OperationStatus

TASK = replace(change(), action=Action.CREATE, type="task", target_id=None)
BILL = invoice("e1")
LOST = OutcomeUnknown("the answer was lost")


@pytest.fixture
def released(place: Bench) -> Bench:
    """A task whose answer was lost; a person said that nothing was made."""
    place.mode(Mode.UNGUARDED)
    place.books.answers = [LOST]
    place.books.lookups = [ABSENT]
    assert Sender(place.desk()).carry_out(TASK).status == OperationStatus.PARKED
    place.store.outbox.release(
        TASK.reference,
        reason="nothing was made",
        now=place.clock.now(),
        status=OperationStatus.RELEASED,
        person="mara",
    )
    return place


def again(place: Bench) -> str:
    """The next plan has it again, with the same reference."""
    return Sender(place.desk()).carry_out(TASK).status


def test_what_was_released_is_sent_again_when_it_is_still_absent(released: Bench) -> None:
    released.books.answers = [MADE]
    released.books.lookups = [ABSENT]
    assert again(released) == OperationStatus.DONE
    assert len(released.books.sent) == 2
    assert released.row(TASK).open_attempts == 1, "the first may still land: twins are looked for"


def test_what_landed_after_its_release_is_not_made_twice(released: Bench) -> None:
    released.books.lookups = [found(MADE)]
    assert again(released) == OperationStatus.DONE
    assert len(released.books.sent) == 1
    assert released.row(TASK).open_attempts == 0


def test_what_cannot_be_looked_up_after_its_release_is_parked_again(released: Bench) -> None:
    released.books.lookups = [Throttled("wait")]
    assert again(released) == OperationStatus.PARKED
    assert len(released.books.sent) == 1


def test_what_is_there_twice_after_its_release_is_for_a_person(released: Bench) -> None:
    released.books.lookups = [found(MADE, OTHER)]
    assert again(released) == OperationStatus.CONFLICT
    assert len(released.books.sent) == 1


def test_a_released_bill_is_never_sent_again_under_its_old_reference(place: Bench) -> None:
    """Its work is billed under a new one, so the old one must stay dead."""
    place.books.answers = [MADE]
    Sender(place.desk()).carry_out(BILL)
    place.store.outbox.release(
        BILL.reference,
        reason="voided",
        now=place.clock.now(),
        status=OperationStatus.RELEASED,
    )
    assert Sender(place.desk()).carry_out(BILL).status == OperationStatus.RELEASED
    assert len(place.books.sent) == 1
