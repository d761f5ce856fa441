"""One send of one operation, and what each answer makes of it and of its claims."""

from dataclasses import replace

import pytest
from store.operations import change, invoice
from support.scripted import ABSENT, MADE, OTHER, Bench, found
from tallystick.apply.sender import Sender
from tallystick.errors import (
    AlreadyThere,
    CredentialRefused,
    OutcomeUnknown,
    Refused,
    Rejected,
    RemoteError,
    StoreError,
    Throttled,
    Unreachable,
)
from tallystick.model.connector import WriteSpec
from tallystick.model.operation import Action, Lookup, Mode, OperationStatus, Receipt

BILL = invoice("e1", "e2")
LOST = OutcomeUnknown("the answer was lost")


def send(place: Bench) -> str:
    """Carry the invoice out; what became of it."""
    return Sender(place.desk()).carry_out(BILL).status


def test_a_success_is_confirmed_and_its_claims_name_the_invoice(place: Bench) -> None:
    """Step 6."""
    place.books.answers = [MADE]
    assert send(place) == OperationStatus.DONE
    row = place.row(BILL)
    assert (row.remote_id, row.remote_number, row.open_attempts) == ("i1", "INV-1", 0)
    claims = place.store.outbox.claims()
    assert {(c.source_id, c.state, c.invoice_id) for c in claims} == {
        ("e1", "invoiced", "i1"),
        ("e2", "invoiced", "i1"),
    }


def test_what_is_done_is_not_sent_again(place: Bench) -> None:
    """R-038, I1."""
    place.books.answers = [MADE]
    send(place)
    assert send(place) == OperationStatus.DONE
    assert len(place.books.sent) == 1


def test_a_refusal_gives_the_claims_free(place: Bench) -> None:
    """Step 8: no attempt is open."""
    place.books.answers = [Rejected("The period is locked.", code="INV-06")]
    assert send(place) == OperationStatus.FAILED
    assert place.held() == []
    assert place.row(BILL).code == "INV-06"
    assert place.outcomes(BILL) == ["refused"]


def test_a_refused_operation_may_be_sent_again_by_the_next_plan(place: Bench) -> None:
    """W9: the claims are won anew first."""
    place.books.answers = [Rejected("The period is locked.", code="INV-06"), MADE]
    send(place)
    assert send(place) == OperationStatus.DONE
    assert place.held() == ["e1", "e2"]


def test_a_refusal_after_an_unanswered_send_keeps_the_claims(place: Bench) -> None:
    """W10: the first send may still land."""
    place.mode(Mode.A)
    place.books.answers = [LOST, Rejected("Not now.", code="DATA-02")]
    place.books.lookups = [ABSENT]
    assert send(place) == OperationStatus.PARKED
    assert place.held() == ["e1", "e2"]
    assert place.row(BILL).open_attempts == 1


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (Throttled("too fast"), "throttled"),
        (Unreachable("no connection"), "nothing_sent"),
        (CredentialRefused("who are you"), "refused"),
    ],
)
def test_an_answer_that_ends_the_run_leaves_the_operation_ready_to_send(
    place: Bench, error: RemoteError, outcome: str
) -> None:
    """Answer classes: nothing took effect, the same operation goes on later, once."""
    place.books.answers = [error, MADE]
    with pytest.raises(type(error)):
        send(place)
    row = place.row(BILL)
    assert (row.status, row.open_attempts) == (OperationStatus.CLAIMED, 0)
    assert place.held() == ["e1", "e2"]
    assert place.outcomes(BILL) == [outcome]
    place.a_process_dies()
    assert Sender(place.desk("two")).resume(BILL, place.row(BILL)).status == "DONE"
    assert len(place.books.sent) == 2


def test_a_duplicate_is_confirmed_only_by_reading_it_back(place: Bench) -> None:
    """R-171: "duplicate" means it exists."""
    place.mode(Mode.A)
    place.books.answers = [AlreadyThere("that reference is taken")]
    place.books.lookups = [found(MADE)]
    assert send(place) == OperationStatus.DONE
    assert place.row(BILL).remote_id == "i1"
    assert place.outcomes(BILL) == ["duplicate"]


def test_a_duplicate_found_accounts_for_the_send_that_made_it_too(place: Bench) -> None:
    """Step 6: it closes its own attempt and the one that landed."""
    place.mode(Mode.A)
    place.books.answers = [LOST, AlreadyThere("that reference is taken")]
    place.books.lookups = [ABSENT, found(MADE)]
    assert send(place) == OperationStatus.DONE
    assert place.row(BILL).open_attempts == 0


@pytest.mark.parametrize("error", [Throttled("wait"), Unreachable("gone"), LOST])
def test_a_duplicate_that_cannot_be_read_back_is_parked(place: Bench, error: RemoteError) -> None:
    """R-172."""
    place.books.answers = [AlreadyThere("taken")]
    place.books.lookups = [error]
    assert send(place) == OperationStatus.PARKED
    assert place.held() == ["e1", "e2"]


def test_a_duplicate_that_is_there_twice_is_for_a_person(place: Bench) -> None:
    """R-176, V-ONCE-07."""
    place.books.answers = [AlreadyThere("taken")]
    place.books.lookups = [found(MADE, OTHER)]
    assert send(place) == OperationStatus.CONFLICT
    assert "i1, i2" in str(place.row(BILL).message)
    assert place.held() == ["e1", "e2"]


def test_a_duplicate_that_nobody_finds_was_refused_for_another_reason(place: Bench) -> None:
    """Step 8."""
    place.books.answers = [AlreadyThere("taken", code="INV-02")]
    place.books.lookups = [ABSENT]
    assert send(place) == OperationStatus.FAILED
    assert place.held() == []


def test_a_duplicate_that_nobody_finds_is_parked_while_another_send_is_open(place: Bench) -> None:
    """W10."""
    place.mode(Mode.A)
    place.books.answers = [LOST, AlreadyThere("taken")]
    place.books.lookups = [ABSENT, ABSENT]
    assert send(place) == OperationStatus.PARKED
    assert place.row(BILL).open_attempts == 1


def test_a_fresh_refusal_before_sending_sends_nothing(place: Bench) -> None:
    """Step 2."""
    place.refusal = ("INV-01", "Time entry e1 is already on an invoice.")
    assert send(place) == OperationStatus.FAILED
    assert place.books.sent == []
    assert place.held() == []


def test_a_total_that_differs_from_the_plan_stays_a_draft_with_a_warning(place: Bench) -> None:
    """R-157, INV-07, V-MON-23."""
    planned = invoice("e9")
    operation = replace(planned, payload={**planned.payload, "total_minor": 10000})
    place.books.answers = [Receipt("i1", {"external_id": "i1", "total_minor": 9999}, "INV-1")]
    row = Sender(place.desk()).carry_out(operation)
    assert (row.status, row.code) == (OperationStatus.DONE, "INV-07")
    assert "9999" in str(row.message)
    assert place.held() == ["e9"]


def test_a_total_in_another_currency_differs_though_its_number_is_the_same(place: Bench) -> None:
    """R-159, INV-07."""
    planned = invoice("e9")
    payload = {**planned.payload, "total_minor": 10000, "currency": "EUR"}
    row = {"external_id": "i1", "total_minor": 10000, "currency": "USD"}
    place.books.answers = [Receipt("i1", row, "INV-1")]
    assert Sender(place.desk()).carry_out(replace(planned, payload=payload)).code == "INV-07"


def test_a_total_as_planned_gives_no_warning(place: Bench) -> None:
    """R-157: equal to the minor unit."""
    planned = invoice("e9")
    payload = {**planned.payload, "total_minor": 10000, "currency": "EUR"}
    row = {"external_id": "i1", "total_minor": 10000, "currency": "EUR"}
    place.books.answers = [Receipt("i1", row, "INV-1")]
    assert Sender(place.desk()).carry_out(replace(planned, payload=payload)).code is None


def test_a_change_has_no_total_to_compare(place: Bench) -> None:
    """R-157 is about invoices we make."""
    place.books.answers = [Receipt("t1", {"external_id": "t1", "total_minor": 5})]
    assert Sender(place.desk()).carry_out(change()).code is None


def test_an_entry_that_another_operation_holds_is_not_claimed_twice(place: Bench) -> None:
    """R-169, V-ONCE-01, INV-02: nothing of the second is stored or sent."""
    place.books.answers = [LOST]
    place.books.lookups = [ABSENT]
    send(place)
    with pytest.raises(Refused) as refusal:
        Sender(place.desk()).carry_out(invoice("e2", "e3"))
    assert refusal.value.code == "INV-02"
    assert place.held() == ["e1", "e2"]
    assert len(place.books.sent) == 1


@pytest.mark.parametrize(
    "spec",
    [
        None,
        WriteSpec("transaction", frozenset({Action.VOID}), Mode.C),
        WriteSpec("transaction", frozenset({Action.CREATE}), Mode.NONE),
    ],
)
def test_what_the_connector_only_proposes_is_never_claimed_or_sent(
    place: Bench, spec: WriteSpec | None
) -> None:
    """Mode none, PLG-06."""
    place.books.writes = {"transaction": spec} if spec else {}
    with pytest.raises(Refused) as refusal:
        send(place)
    assert refusal.value.code == "PLG-06"
    assert place.books.sent == []
    assert place.held() == []


def test_an_operation_that_another_process_works_on_is_left_alone(place: Bench) -> None:
    """W11: its lease is in force."""
    place.books.answers = [Unreachable("no connection")]
    with pytest.raises(Unreachable):
        Sender(place.desk("one")).carry_out(BILL)
    row = Sender(place.desk("two")).carry_out(BILL)
    assert row.lease_owner == "one"
    assert Sender(place.desk("two")).resume(BILL, row) == row
    assert len(place.books.sent) == 1


def test_an_answer_that_comes_after_a_takeover_is_fenced_off(place: Bench) -> None:
    """W11: the late process may not write over what the new one knows."""

    def taken_over() -> None:
        place.clock.advance(hours=1)
        row = place.row(BILL)
        later = place.desk("two")
        assert Sender(later).resume(BILL, row).status == OperationStatus.PARKED

    place.books.during_write = taken_over
    place.books.answers = [MADE]
    place.books.lookups = [ABSENT]
    with pytest.raises(StoreError) as error:
        send(place)
    assert error.value.code == "STO-05"
    assert place.row(BILL).status == OperationStatus.PARKED
    assert place.row(BILL).lease_owner == "two"


def test_an_operation_that_vanished_from_the_outbox_is_an_error_of_the_store(
    place: Bench,
) -> None:
    """STO-06."""
    place.books.answers = [MADE]
    send(place)
    sender = Sender(place.desk())
    lost = replace(place.row(BILL), reference="TSY-NOWHERE")
    with pytest.raises(StoreError) as error:
        sender._book.fresh(lost)
    assert (error.value.code, error.value.exit_code) == ("STO-06", 1)


def test_a_new_pair_is_kept_with_the_answer(place: Bench) -> None:
    """Step 6: DONE, the pair and the echo are one transaction."""
    made = replace(change("TSY-MAKE"), action=Action.CREATE, target_id=None)
    place.books.answers = [Receipt("b1", {"external_id": "b1", "minutes": 60})]
    Sender(place.desk()).carry_out(made)
    assert place.store.links.by_source("portal", "time_entry") == {"e1": ("time_entry", "b1")}
    assert place.store.records.ids("books", "time_entry") == ["b1"]


def test_a_near_match_counts_as_nothing_found_for_a_duplicate(place: Bench) -> None:
    """A record that only looks alike never confirms."""
    place.books.answers = [AlreadyThere("taken")]
    place.books.lookups = [Lookup(near=(MADE,))]
    assert send(place) == OperationStatus.FAILED
