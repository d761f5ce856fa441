"""What is held says why; once all that is mended, it is held no longer (I-09)."""

from typing import Any

import pytest
from tallystick.proptest import Office, Step, opened_office
from tallystick.testing.deeds import PROJECTS_APPROVAL

MENDED: dict[str, dict[str, Any]] = {
    "TS-03": {"billable": True},
    "TS-04": {"approval": PROJECTS_APPROVAL["approved"]},
    "TS-06": {"minutes": 60},
    "TS-07": {"minutes": 60},
}
"""What a person corrects in a log for each reason."""
FREE = {"unbilled", "opening_invoiced", "non_billable"}
WRONGS: tuple[dict[str, Any], ...] = (
    {"approval": PROJECTS_APPROVAL["pending"]},
    {"approval": PROJECTS_APPROVAL["rejected"]},
    {"minutes": 0},
    {"minutes": 1441},
)


def judged(office: Office) -> tuple[str, tuple[str, ...]]:
    """State and reasons of the last log, after a sync."""
    office.do(Step("sync"))
    found = office.ws.store.states.get_many(office.source, office.logs)[office.logs[-1]]
    return found.state, found.codes


def wrong(office: Office, values: dict[str, Any]) -> None:
    """Log work in which these values are wrong."""
    office.do(Step("log", {"day": "2026-07-03", "minutes": 45}))
    office.people.change_log(office.logs[-1], **values)


@pytest.mark.parametrize("values", WRONGS, ids=str)
def test_work_is_held_no_longer_once_its_reason_is_mended(values: dict[str, Any]) -> None:
    """I-09: one thing is wrong, one reason is stated, and mending it is enough."""
    with opened_office() as office:
        wrong(office, values)
        state, reasons = judged(office)
        assert (state, len(reasons)) == ("held", 1)
        office.people.change_log(office.logs[-1], **MENDED[reasons[0]])
        assert judged(office)[0] in FREE


@pytest.mark.parametrize(
    ("values", "stated"),
    [
        ({"approval": PROJECTS_APPROVAL["pending"], "minutes": 0}, ("TS-04", "TS-06")),
        ({"approval": PROJECTS_APPROVAL["rejected"], "minutes": 1441}, ("TS-04", "TS-07")),
    ],
)
def test_every_reason_is_stated_at_once(values: dict[str, Any], stated: tuple[str, ...]) -> None:
    """I-09, R-100: several things are wrong; when all that was stated is mended, it is free."""
    with opened_office() as office:
        wrong(office, values)
        assert judged(office) == ("held", stated)
        for reason in stated:
            office.people.change_log(office.logs[-1], **MENDED[reason])
        assert judged(office)[0] in FREE
