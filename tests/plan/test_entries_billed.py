"""Entries that were billed, look as if they were, or were deleted (R-117...R-119)."""

from datetime import UTC, datetime
from typing import Any

import pytest
from support.planning import TARGET, Recorder, entry, first_sync, judge_entry, known, state
from tallystick.plan.entry_facts import Known


def codes(sink: Recorder) -> tuple[str, ...]:
    """The codes of the one entry's state."""
    return sink.states["e1"].codes


@pytest.mark.parametrize("claim", ["claimed", "in_doubt", "invoiced"])
def test_a_claimed_entry_stays_with_its_claim_whatever_happens_to_it(claim: str) -> None:
    """R-117, R-097: it is not written, not withdrawn."""
    what = known(prior=state(claim), claim_state=claim, linked_id="b1", target=TARGET)
    for row in (entry(approval="pending"), entry(minutes=90), entry(billable=False)):
        sink = judge_entry(row, what)
        assert sink.states["e1"].state == claim
        assert sink.operations == []


def test_an_invoiced_entry_with_other_minutes_is_told_of_with_both_versions() -> None:
    """R-117, TS-08."""
    what = known(prior=state("invoiced"), claim_state="invoiced", linked_id="b1", target=TARGET)
    sink = judge_entry(entry(minutes=90), what)
    assert sink.codes() == [("TS-08", "warn")]
    assert "minutes 60 -> 90" in sink.issues[0].reason


@pytest.mark.parametrize(
    "what",
    [
        known(claim_state="invoiced"),
        known(claim_state="in_doubt", linked_id="b1", target=TARGET),
        known(claim_state="invoiced", linked_id="b1", target={**TARGET, "minutes": 90}),
    ],
)
def test_no_difference_is_told_of_where_none_is_known(what: Known) -> None:
    """R-117: without the accounts' entry, or while its invoice is in doubt."""
    assert judge_entry(entry(minutes=90), what).issues == []


def test_an_entry_like_one_that_was_invoiced_waits_for_a_person() -> None:
    """R-119, TS-09."""
    sink = judge_entry(entry(), known(lookalike=True))
    assert (sink.states["e1"].state, codes(sink)) == ("held", ("TS-09",))


def test_a_look_alike_stays_held_in_later_runs() -> None:
    """R-119: only a person decides; the next run must not forget."""
    chosen = first_sync(datetime(2026, 4, 10, tzinfo=UTC))
    first = judge_entry(entry(), known(lookalike=True), chosen=chosen)
    again = judge_entry(entry(), known(lookalike=True, prior=first.states["e1"]), chosen=chosen)
    assert codes(again) == ("TS-09",)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"approval": "pending"}, ("held", ("TS-04", "TS-09"))),
        ({"billable": False}, ("non_billable", ("TS-03", "TS-09"))),
    ],
)
def test_a_look_alike_that_has_other_reasons_too_is_not_forgotten(
    changes: dict[str, Any], expected: tuple[str, tuple[str, ...]]
) -> None:
    """R-100, R-119: logged again it is pending at first; approving it must not bill it."""
    found = judge_entry(entry(**changes), known(lookalike=True)).states["e1"]
    assert (found.state, found.codes) == expected


@pytest.mark.parametrize("former", ["unbilled", "held", "opening_invoiced"])
def test_a_deleted_entry_leaves_a_tombstone_that_is_not_billable(former: str) -> None:
    """R-118: with the state it had beside it."""
    row = entry(deleted_at=datetime(2026, 4, 10, tzinfo=UTC))
    sink = judge_entry(row, known(prior=state(former), linked_id="b1", target=TARGET))
    found = sink.states["e1"]
    assert (found.state, found.former_state) == ("tombstone", former)
    assert [o.payload["billable"] for o in sink.operations] == [False]


@pytest.mark.parametrize("claim", ["claimed", "in_doubt", "invoiced"])
def test_a_deleted_entry_that_is_claimed_keeps_its_claim_and_its_invoice(claim: str) -> None:
    """R-118: still claimed, invoice untouched."""
    row = entry(deleted_at=datetime(2026, 4, 10, tzinfo=UTC))
    what = known(prior=state("unbilled"), claim_state=claim, linked_id="b1", target=TARGET)
    sink = judge_entry(row, what)
    assert sink.states["e1"].former_state == claim
    assert sink.operations == []


def test_an_entry_deleted_before_it_was_judged_has_no_former_state() -> None:
    """It came and went between two runs."""
    row = entry(deleted_at=datetime(2026, 4, 10, tzinfo=UTC), minutes=None)
    found = judge_entry(row).states["e1"]
    assert (found.state, found.former_state, found.minutes) == ("tombstone", None, 0)
