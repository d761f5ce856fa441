"""Two histories that must end in the same books."""

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tallystick.app import voiding
from tallystick.proptest import Office, Step, opened_office, worlds
from tallystick.testing.faulty import CRASHES, PAGE_FAULTS

WORK = (
    Step("log", {"day": "2026-07-03", "minutes": 30}),
    Step("log", {"day": "2026-06-30", "minutes": 45}),
    Step("log", {"day": "2026-07-01", "minutes": 15, "approval": "pending"}),
)
SYNC, BILL = Step("sync"), Step("bill")
CALM = (Step("clock", {"days": 2}), SYNC, SYNC)


def books(office: Office) -> tuple[Any, ...]:
    """The final books: entries of the accounts, what is on invoices, and our billing states."""
    entries = sorted(
        (e["log_date"], e["log_time"], e["billed_status"], e["is_billable"])
        for e in office.people.entries()
    )
    bills = sorted((i["status"], i["total"]) for i in office.people.invoices())
    return entries, bills, dict(office.ws.store.states.totals(office.source))


def after(steps: Sequence[Step]) -> tuple[Any, ...]:
    """The books after some steps."""
    with opened_office() as office:
        for step in steps:
            office.do(step)
        return books(office)


@pytest.fixture(scope="module")
def usual() -> tuple[Any, ...]:
    """The books when nothing goes wrong: one bill of what was there and of what was logged."""
    found = after([*WORK, SYNC, BILL, *CALM])
    entries, bills, states = found
    assert (len(entries), len(bills)) == (3, 1)
    assert set(states) == {"invoiced", "opening_invoiced", "held"}
    return found


@pytest.mark.parametrize("crash", CRASHES)
def test_a_crash_at_any_point_ends_in_the_same_books(crash: str, usual: tuple[Any, ...]) -> None:
    """I-04: the disk is as a dead process leaves it; the next one starts from there.

    A bill that was marked as sent, and was not, waits for a person (INV-03); here one looks.
    """
    with opened_office() as office:
        for step in (*WORK, Step("sync", fault=crash), SYNC, Step("bill", fault=crash), *CALM):
            office.do(step)
        assert [t.code for t in office.taken if t.code] == ["crash", "crash"]
        for row in office.ws.store.outbox.parked("main"):
            voiding.release(office.ws, reference=row.reference, user="ops")
        for step in (BILL, *CALM):
            office.do(step)
        assert books(office) == usual


@pytest.mark.parametrize("fault", ["reordered pages", "duplicate page"])
def test_the_order_and_repetition_of_pages_change_nothing(
    fault: str, usual: tuple[Any, ...]
) -> None:
    """I-14."""
    assert after([*WORK, Step("sync", fault=fault), BILL, *CALM]) == usual


@settings(max_examples=3, deadline=None)
@given(worlds(logs=3), st.sampled_from(PAGE_FAULTS), st.integers(0, 3))
def test_neither_pages_nor_an_hour_off_change_the_books_of_any_work(
    world: tuple[Step, ...], fault: str, at: int
) -> None:
    """I-14, I-16: whatever was logged, and wherever it was switched off and on."""
    usual = after([*world, SYNC, BILL, *CALM])
    assert after([*world, Step("sync", fault=fault), BILL, *CALM]) == usual
    paused = [*world, SYNC, BILL]
    paused[at:at] = [Step("disable"), Step("enable")]
    assert after([*paused, *CALM]) == usual


def test_switching_off_and_on_again_changes_nothing(usual: tuple[Any, ...]) -> None:
    """I-16."""
    off = (Step("disable"), Step("enable"))
    assert after([*off, *WORK, SYNC, *off, BILL, *off, *CALM]) == usual


def test_nothing_is_written_while_the_integration_is_off() -> None:
    """I-08."""
    with opened_office() as office:
        assert office.do(BILL).writes > 0
        assert [i["status"] for i in office.people.invoices()] == ["draft"]
        for step in (*WORK, Step("disable")):
            assert office.do(step).writes == 0
        for step in (SYNC, BILL, Step("void", {"invoice": 0})):
            taken = office.do(step)
            assert (taken.code, taken.writes) == ("INT-02", 0), step
        assert [i["status"] for i in office.people.invoices()] == ["draft"]
