"""Every reason why an entry is held is stated at once (R-100, I-09)."""

from typing import Any

import pytest
from support.planning import entry, judge_entry, known, state


@pytest.mark.parametrize(
    ("changes", "stated"),
    [
        ({"approval": "pending", "minutes": 0}, ("TS-04", "TS-06")),
        (
            {"approval": "rejected", "billable": None, "minutes": 1441},
            ("TS-04", "TS-07", "DATA-02"),
        ),
    ],
)
def test_every_reason_of_an_entry_is_listed_with_what_to_do(
    changes: dict[str, Any], stated: tuple[str, ...]
) -> None:
    """R-100, I-09; it is counted as held once."""
    sink = judge_entry(entry(**changes))
    assert (sink.states["e1"].state, sink.states["e1"].codes) == ("held", stated)
    assert tuple(i.code for i in sink.issues) == stated
    assert all(i.reason for i in sink.issues)
    assert sink.counts["timesheets", "held"] == 1


def test_what_is_not_billable_has_nothing_else_to_mend() -> None:
    """R-101."""
    sink = judge_entry(entry(billable=False, approval="pending", minutes=0))
    assert (sink.states["e1"].state, sink.issues) == ("non_billable", [])


def test_what_would_hold_an_entry_later_is_said_at_once() -> None:
    """R-100, I-09: its target was deleted, which nobody would see before it is approved."""
    gone = known(prior=state("unbilled"), linked_id="b1", target_gone=True)
    assert judge_entry(entry(approval="pending"), gone).states["e1"].codes == ("TS-04", "TS-13")
