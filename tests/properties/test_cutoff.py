"""Moving a date or the cutoff never turns work the wrong way (I-06), by the shipped rules."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from tallystick import host as hosting
from tallystick.app.rulebook import Rules

RULES = Rules(Path("no-project-folder"), hosting.load())
days = st.dates(date(2020, 1, 1), date(2032, 12, 31))
shifts = st.integers(0, 2000).map(lambda n: timedelta(days=n))


def judged(day: date, cutoff: date) -> str:
    """What an entry of that day counts as, judged anew under that cutoff."""
    decider = RULES.decider("time_entry.status", params={"mode": "date", "cutoff": cutoff})
    entry: dict[str, Any] = {"work_date": day, "state": None, "late": False, "reopened": False}
    return decider({"time_entry": entry}).outcome


@settings(deadline=None)
@given(days, days, shifts)
def test_a_later_work_date_never_makes_work_invoiced(
    day: date, cutoff: date, by: timedelta
) -> None:
    """I-06, R-121, R-122."""
    if judged(day, cutoff) == "unbilled":
        assert judged(day + by, cutoff) == "unbilled"


@settings(deadline=None)
@given(days, days, shifts)
def test_a_later_cutoff_never_makes_work_unbilled(day: date, cutoff: date, by: timedelta) -> None:
    """I-06."""
    if judged(day, cutoff) == "invoiced":
        assert judged(day, cutoff + by) == "invoiced"


@settings(deadline=None)
@given(days, days)
def test_the_cutoff_day_itself_is_the_first_unbilled_one(day: date, cutoff: date) -> None:
    """R-122: before is invoiced, from the day on is unbilled, nothing in between."""
    assert judged(day, cutoff) == ("invoiced" if day < cutoff else "unbilled")
