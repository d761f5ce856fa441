"""Answering whether a client is a customer that there is adds one customer or none (I-13)."""

from hypothesis import given, settings
from hypothesis import strategies as st
from properties.mutants import CODE_DEFECTS
from tallystick.proptest import Office, Step, opened_office
from tallystick.testing.faulty import CRASHES, WRITE_FAULTS

ADDED = {"clone": 1, "overwrite": 0, "skip": 0}
FAULTS = st.sampled_from([None, *WRITE_FAULTS, *CRASHES])
CALM = (Step("sync"), Step("clock", {"days": 2}), Step("sync"), Step("sync"))


def after(answer: str, fault: str | None = None) -> tuple[Office, int]:
    """The office once the question is answered and synced, and customers added by that."""
    with opened_office(asked=True) as office:
        # the accounts would take a second customer of the same name, so only we can prevent it
        office.pair.books.switch(equal_contact_names=True)
        before = len(office.people.customers())
        roots = [e for e in office.ws.store.errors.open("main") if e.kind == "root"]
        assert [(e.code, e.type) for e in roots] == [("CON-01", "contact")]
        for step in (Step("answer", {"answer": answer}), Step("sync", fault=fault), *CALM):
            office.do(step)
        return office, len(office.people.customers()) - before


@settings(max_examples=12, deadline=None)
@given(st.sampled_from(sorted(ADDED)), FAULTS)
def test_clone_adds_one_customer_and_the_others_none_whatever_strikes(
    answer: str, fault: str | None
) -> None:
    """I-13, R-075, R-076, R-078: no fault or crash of the sync that follows adds another."""
    office, added = after(answer, fault)
    assert added == ADDED[answer]
    pairs = [target for (kind, _), target in office.first_pairs.items() if kind == "contact"]
    assert len(pairs) == 1


def test_a_customer_that_is_made_twice_is_noticed() -> None:
    """I-13 would say nothing if none could be."""
    planted, _ = CODE_DEFECTS["a write sent again without looking"]
    with planted():
        assert after("clone", "error after the remote accepted")[1] == 2
