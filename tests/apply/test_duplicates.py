"""A record that exists already is ours only when it says what was sent."""

from dataclasses import replace

from store.operations import invoice
from support.scripted import ABSENT, MADE, Bench, found
from tallystick.apply.sender import Sender
from tallystick.apply.sweep import Sweep
from tallystick.errors import AlreadyThere, OutcomeUnknown
from tallystick.model.operation import Mode, OperationStatus

BILL = invoice("e1", "e2")
LOST = OutcomeUnknown("the answer was lost")


def test_a_duplicate_that_says_something_else_is_not_taken_for_ours(place: Bench) -> None:
    """Step 6: unequal is a conflict, which no later look-up turns into done."""
    place.mode(Mode.A)
    place.books.answers = [LOST, AlreadyThere("that reference is taken")]
    place.books.lookups = [ABSENT, found(replace(MADE, differs="currency, lines"))]
    assert Sender(place.desk()).carry_out(BILL).status == OperationStatus.CONFLICT
    row = place.row(BILL)
    assert (row.code, row.remote_id, row.open_attempts) == ("INV-12", None, 1)
    assert "currency, lines" in str(row.message)
    assert place.held() == ["e1", "e2"]
    place.a_process_dies()
    Sweep(place.desk("two")).run()
    assert place.row(BILL).status == OperationStatus.CONFLICT


def test_what_a_look_up_finds_by_our_mark_is_ours_though_a_person_changed_it(place: Bench) -> None:
    """Only "exists already" may mean another's record; a lost answer's record carries our mark."""
    place.books.answers = [LOST]
    place.books.lookups = [found(replace(MADE, differs="notes"))]
    assert Sender(place.desk()).carry_out(BILL).status == OperationStatus.DONE
