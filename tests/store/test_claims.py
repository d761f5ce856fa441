"""Claims: each source record belongs to one operation, for ever unless released."""

import pytest
from sqlalchemy.exc import IntegrityError
from tallystick.errors import Refused
from tallystick.model.operation import ClaimKey, OperationStatus
from tallystick.store import Store
from tallystick.store.claims import refuse_held, take_claims
from tallystick.testing.clock import START

from store.operations import claim, done, held, invoice, key, park, refuse, release, send


def _refusal(store: Store, *entries: str) -> Refused:
    with pytest.raises(Refused) as refused:
        claim(store, invoice(*entries, reference="TSY-OTHER"))
    return refused.value


def test_an_entry_is_claimed_by_one_operation_only(store: Store) -> None:
    """R-169, V-ONCE-01."""
    first = claim(store, invoice("e1"))
    refusal = _refusal(store, "e1")
    assert refusal.code == "INV-02"
    assert first.reference in refusal.message
    assert refusal.record == "time_entry:e1"


def test_an_entry_on_an_invoice_is_refused_as_already_invoiced(store: Store) -> None:
    """R-166."""
    done(store, "e1")
    refusal = _refusal(store, "e1")
    assert refusal.code == "INV-01"
    assert "INV-1" in refusal.message


def test_an_entry_invoiced_by_hand_is_refused_as_already_invoiced(store: Store) -> None:
    """R-167, R-177."""
    store.outbox.record_found(
        [key("e1")], invoice_system="projects", invoice_id="77", number=None, now=START
    )
    refusal = _refusal(store, "e1")
    assert refusal.code == "INV-01"
    assert "77" in refusal.message


def test_a_claim_whose_holder_went_meanwhile_is_refused_without_a_name(store: Store) -> None:
    """On PostgreSQL the holder may be released between the insert and the question who it is."""
    with store.database.read() as connection, pytest.raises(Refused) as refused:
        refuse_held(connection, key("e1"))
    assert refused.value.code == "INV-02"
    assert "another operation" in refused.value.message


def test_the_same_entry_read_over_two_connections_is_one_claim(store: Store) -> None:
    """R-170: the key names system, portal, kind and id, never a connection or integration."""
    claim(store, invoice("e1"), integration="main")
    with pytest.raises(Refused):
        claim(store, invoice("e1", reference="TSY-OTHER"), integration="second")


@pytest.mark.parametrize(
    "other",
    [
        ClaimKey("books", "P1", "time_entry", "e1"),
        ClaimKey("projects", "P2", "time_entry", "e1"),
        ClaimKey("projects", "P1", "expense", "e1"),
        ClaimKey("projects", "P1", "time_entry", "e2"),
    ],
    ids=["system", "container", "kind", "id"],
)
def test_records_that_differ_in_any_part_of_the_key_are_claimed_apart(
    store: Store, other: ClaimKey
) -> None:
    """R-170."""
    claim(store, invoice("e1"))
    found = store.outbox.record_found(
        [other], invoice_system="books", invoice_id="1", number=None, now=START
    )
    assert found == 1
    assert store.outbox.count() == 2


def test_a_conflict_over_one_entry_stores_neither_claims_nor_operation(store: Store) -> None:
    """Step 1: one transaction, any conflict rolls back all."""
    claim(store, invoice("e2"))
    _refusal(store, "e1", "e2", "e3")
    assert held(store) == ["e2"]
    assert store.outbox.get("TSY-OTHER") is None


def test_an_invoice_that_names_an_entry_twice_is_refused(store: Store) -> None:
    """I1."""
    assert _refusal(store, "e1", "e1").code == "INV-02"
    assert held(store) == []


def test_claims_are_taken_in_one_order_whatever_the_lines_say(store: Store) -> None:
    """Two operations over the same entries never wait for each other."""
    claim(store, invoice("e3", "e1", "e2"))
    assert held(store) == ["e1", "e2", "e3"]


def test_a_claim_names_no_operation_that_is_not_there(store: Store) -> None:
    with pytest.raises(IntegrityError), store.database.write_durable() as connection:
        take_claims(connection, invoice("e1"), START)


def test_a_claim_says_where_its_entry_stands(store: Store) -> None:
    row = claim(store, invoice("e1"))
    assert [c.state for c in store.outbox.claims()] == ["claimed"]
    send(store, row)
    assert [c.state for c in store.outbox.claims()] == ["in_doubt"]
    park(store, row)
    assert [c.state for c in store.outbox.claims()] == ["in_doubt"]


def test_a_finished_operation_gives_its_claims_the_invoice(store: Store) -> None:
    done(store, "e1")
    (found,) = store.outbox.claims()
    assert (found.state, found.invoice_id, found.invoice_number) == ("invoiced", "i1", "INV-1")


def test_an_invoice_found_elsewhere_claims_only_what_is_free(store: Store) -> None:
    """R-177."""
    claim(store, invoice("e1"))
    new = store.outbox.record_found(
        [key("e2"), key("e1")], invoice_system="books", invoice_id="9", number="B-9", now=START
    )
    assert new == 1
    found = {c.source_id: (c.origin, c.state, c.operation) for c in store.outbox.claims()}
    assert found["e2"] == ("found", "invoiced", None)
    assert found["e1"][0] == "planned"


def test_a_found_claim_is_released_into_the_history(store: Store) -> None:
    store.outbox.record_found(
        [key("e1")], invoice_system="books", invoice_id="9", number="B-9", now=START
    )
    (found,) = store.outbox.claims()
    assert store.outbox.release_found(found, reason="void", now=START) is True
    assert store.outbox.release_found(found, reason="void", now=START) is False
    assert held(store) == []
    assert store.outbox.earlier_invoices([key("e1")]) == ["9"]


def test_a_claim_of_ours_is_not_released_as_a_found_one(store: Store) -> None:
    claim(store, invoice("e1"))
    (ours,) = store.outbox.claims()
    assert store.outbox.release_found(ours, reason="void", now=START) is False
    assert held(store) == ["e1"]


def test_the_first_reference_has_generation_nought(store: Store) -> None:
    assert store.outbox.generation([key("e1")]) == 0
    assert store.outbox.generation([]) == 0


def test_a_new_generation_is_above_every_released_one_of_its_entries(store: Store) -> None:
    release(store, done(store, "e1"))
    release(store, done(store, "e1", generation=1))
    release(store, done(store, "e2"))
    assert store.outbox.generation([key("e1"), key("e2")]) == 2
    assert store.outbox.generation([key("e2")]) == 1
    assert store.outbox.generation([key("e3")]) == 0


def test_generations_are_counted_over_more_entries_than_one_query_takes(store: Store) -> None:
    release(store, done(store, "e450"))
    assert store.outbox.generation([key(f"e{n}") for n in range(451)]) == 1


def test_a_refused_invoice_is_billed_under_another_reference(store: Store) -> None:
    """Step 8: a bill after a release never equals the old one."""
    row = claim(store, invoice("e1"))
    refuse(store, row, send(store, row))
    release(store, row, status=OperationStatus.FAILED)
    again = invoice("e1", generation=store.outbox.generation([key("e1")]))
    assert again.reference != row.reference
    assert claim(store, again).status == "CLAIMED"


def test_an_invoice_number_that_is_used_again_has_no_meaning(store: Store) -> None:
    """R-186: claims hang on ids."""
    release(store, done(store, "e1"))
    done(store, "e2")
    assert held(store) == ["e2"]
    assert store.outbox.earlier_invoices([key("e2")]) == []


def test_claims_on_named_records_are_found_in_their_own_portal_only(store: Store) -> None:
    """R-170."""
    row = claim(store, invoice("e1", "e2"))
    found = store.outbox.claims_of("projects", "P1", "time_entry", ["e1", "e3"])
    assert {i: c.operation for i, c in found.items()} == {"e1": row.reference}
    assert store.outbox.claims_of("projects", "P2", "time_entry", ["e1"]) == {}
