"""Work before the cutoff counts as invoiced (R-121...R-129)."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from support.planning import CUTOFF, Recorder, entry, judge_entry, known, setting, state
from tallystick.model.connection import Cutoff, CutoffMode
from tallystick.plan.context import Setting

SYNCED = datetime(2026, 4, 10, 12, tzinfo=UTC)
LINKED = {
    "external_id": "b1",
    "work_date": CUTOFF,
    "minutes": 60,
    "billable": True,
    "notes": "",
    "task_id": "bt",
}


def cut(when: date | None, **changes: Any) -> Setting:
    """An integration with this cutoff; None is "all unbilled"."""
    cutoff = Cutoff(CutoffMode.ALL_UNBILLED) if when is None else Cutoff(CutoffMode.DATE, when)
    return setting(cutoff=cutoff, **changes)


def outcome(sink: Recorder) -> tuple[str, tuple[str, ...]]:
    """State and codes of the one entry."""
    found = sink.states["e1"]
    return found.state, found.codes


@pytest.mark.parametrize(
    ("vector", "cutoff", "work_date", "expected"),
    [
        ("V-CUT-01", date(2026, 4, 1), date(2026, 3, 31), "opening_invoiced"),
        ("V-CUT-02", date(2026, 4, 1), date(2026, 4, 1), "unbilled"),
        ("V-CUT-03", date(2026, 4, 1), date(2026, 4, 2), "unbilled"),
        ("V-CUT-04", None, date(1999, 12, 31), "unbilled"),
        ("V-CUT-05", date(2028, 2, 29), date(2028, 2, 28), "opening_invoiced"),
        ("V-CUT-06", date(2028, 2, 29), date(2028, 2, 29), "unbilled"),
        ("V-CUT-07", date(2027, 1, 1), date(2026, 12, 31), "opening_invoiced"),
        ("V-CUT-15", date(2026, 12, 31), date(2026, 6, 1), "opening_invoiced"),
    ],
)
def test_the_work_date_against_the_cutoff_decides(
    vector: str, cutoff: date | None, work_date: date, expected: str
) -> None:
    """R-121, R-122, R-123, R-129."""
    sink = judge_entry(entry(work_date=work_date), chosen=cut(cutoff))
    assert outcome(sink) == (expected, ()), vector


def test_opening_work_is_written_as_non_billable_with_a_note_and_billable_work_is_not() -> None:
    """R-121: the accounts have no call that marks an entry invoiced."""
    before = judge_entry(entry(work_date=date(2026, 3, 31), notes="Import"))
    payload = before.operations[0].payload
    assert payload["billable"] is False
    assert payload["notes"] == "Import (invoiced before 2026-04-01)"
    after = judge_entry(entry(notes="Import")).operations[0].payload
    assert (after["billable"], after["notes"]) == (True, "Import")


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"billable": False}, ("non_billable", ("TS-03",))),
        ({"approval": "pending"}, ("held", ("TS-04",))),
    ],
)
def test_the_reasons_of_an_entry_win_over_the_cutoff(
    changes: dict[str, Any], expected: tuple[str, tuple[str, ...]]
) -> None:
    """R-124, V-CUT-08, V-CUT-09."""
    sink = judge_entry(entry(work_date=date(2026, 3, 15), **changes))
    assert outcome(sink) == expected
    assert sink.operations == []


def test_pending_work_before_the_cutoff_counts_as_invoiced_once_it_is_approved() -> None:
    """V-CUT-09, R-102: it was there at the first sync, so it is not late."""
    row = entry(work_date=date(2026, 3, 15))
    prior = state("held", "TS-04", judged_mode=None, judged_cutoff=None)
    sink = judge_entry(row, known(prior=prior), chosen=cut(CUTOFF, first_sync_at=SYNCED))
    assert outcome(sink) == ("opening_invoiced", ())


def test_work_logged_after_the_first_sync_with_an_early_date_is_told_of() -> None:
    """V-CUT-10, R-125."""
    row = entry(work_date=date(2026, 3, 31))
    sink = judge_entry(row, chosen=cut(CUTOFF, first_sync_at=SYNCED))
    assert outcome(sink) == ("opening_invoiced", ("TS-12",))
    assert sink.codes() == [("TS-12", "warn")]


def test_work_logged_late_stays_marked_in_later_runs() -> None:
    """TS-12 is sticky: the next run sees a prior state, and still says so."""
    row = entry(work_date=date(2026, 3, 31))
    prior = state("opening_invoiced", "TS-12")
    sink = judge_entry(row, known(prior=prior), chosen=cut(CUTOFF, first_sync_at=SYNCED))
    assert outcome(sink) == ("opening_invoiced", ("TS-12",))


def test_unbilled_work_that_is_re_dated_before_the_cutoff_is_no_longer_offered() -> None:
    """V-CUT-11, R-126: the accounts' entry becomes non-billable."""
    row = entry(work_date=date(2026, 3, 30))
    what = known(prior=state("unbilled"), linked_id="b1", target=LINKED)
    sink = judge_entry(row, what, chosen=cut(CUTOFF, first_sync_at=SYNCED))
    assert outcome(sink) == ("opening_invoiced", ("TS-12",))
    assert sink.operations[0].payload["billable"] is False
    assert sink.operations[0].payload["work_date"] == date(2026, 3, 30)


def test_invoiced_work_that_is_re_dated_stays_invoiced_with_a_warning() -> None:
    """V-CUT-12, R-117: the invoice is not touched."""
    row = entry(work_date=date(2026, 3, 30))
    what = known(
        prior=state("invoiced"),
        claim_state="invoiced",
        claim_invoice="INV-1",
        linked_id="b1",
        target={**LINKED, "work_date": date(2026, 4, 2)},
    )
    sink = judge_entry(row, what)
    assert outcome(sink) == ("invoiced", ())
    assert sink.codes() == [("TS-08", "warn")]
    assert "2026-04-02 -> 2026-03-30" in sink.issues[0].reason
    assert sink.operations == []


def test_opening_work_that_is_re_dated_after_the_cutoff_stays_invoiced() -> None:
    """V-CUT-13, R-127: it may stand on an invoice of the former software."""
    row = entry(work_date=date(2026, 4, 2))
    sink = judge_entry(row, known(prior=state("opening_invoiced")))
    assert outcome(sink) == ("opening_invoiced", ("TS-12",))
    assert sink.codes() == [("TS-12", "warn")]


def test_a_cutoff_that_is_moved_later_changes_nothing_that_was_judged() -> None:
    """V-CUT-14, R-128, I-06."""
    row = entry(work_date=date(2026, 4, 15))
    chosen = cut(date(2026, 5, 1), first_sync_at=SYNCED)
    sink = judge_entry(row, known(prior=state("unbilled")), chosen=chosen)
    assert outcome(sink) == ("unbilled", ())
    assert sink.states["e1"].judged_cutoff == date(2026, 4, 1)


def test_new_work_is_judged_by_the_cutoff_in_force() -> None:
    """R-128: a moved cutoff counts for entries met from now on."""
    row = entry(work_date=date(2026, 4, 15))
    sink = judge_entry(row, chosen=cut(date(2026, 5, 1)))
    assert outcome(sink) == ("opening_invoiced", ())
    assert sink.states["e1"].judged_cutoff == date(2026, 5, 1)


def test_a_held_entry_keeps_the_cutoff_it_was_judged_under() -> None:
    """R-128: losing approval for a while is no new judgement."""
    what = known(prior=state("unbilled"))
    chosen = cut(date(2026, 5, 1))
    held = judge_entry(entry(approval="pending"), what, chosen=chosen).states["e1"]
    assert (held.state, held.judged_mode, held.judged_cutoff) == ("held", "date", CUTOFF)
    back = judge_entry(entry(), known(prior=held), chosen=chosen).states["e1"]
    assert back.state == "unbilled"


def test_without_an_answer_to_the_cutoff_question_everything_waits() -> None:
    """R-012, SETUP-07: there is no silent default."""
    sink = judge_entry(entry(), chosen=setting(cutoff=Cutoff(CutoffMode.UNANSWERED)))
    assert outcome(sink) == ("held", ("SETUP-07",))
    assert sink.codes() == [("SETUP-07", "held")]
    assert sink.operations == []


def test_an_entry_without_a_date_waits_and_is_withdrawn_from_the_accounts() -> None:
    """R-120: never guessed; RUL-20 says that something the rules ask for is not known."""
    what = known(prior=state("unbilled"), linked_id="b1", target=LINKED)
    sink = judge_entry(entry(work_date=None), what)
    assert outcome(sink) == ("held", ("RUL-20",))
    assert [o.payload for o in sink.operations] == [{"billable": False}]
