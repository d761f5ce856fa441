"""Work dates are calendar dates, durations whole minutes, both exact or refused."""

from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from tallystick_zoho_projects.durations import minutes, work_date
from tallystick_zoho_projects.values import FieldError

DAY = date(2026, 7, 2)


def taken(raw: dict[str, Any], zone: str = "Asia/Kolkata") -> int:
    return minutes(raw, DAY, lambda: ZoneInfo(zone))


@pytest.mark.parametrize(
    ("vector", "instant", "zone", "expected"),
    [
        ("V-TZ-01", "2026-03-31T18:29:59Z", "Asia/Kolkata", "2026-03-31"),
        ("V-TZ-02", "2026-03-31T18:30:00Z", "Asia/Kolkata", "2026-04-01"),
        ("V-TZ-03", "2026-04-01T03:59:59Z", "America/New_York", "2026-03-31"),
        ("V-TZ-04", "2026-04-01T04:00:00Z", "America/New_York", "2026-04-01"),
        ("V-TZ-05", "2026-03-31T09:59:59Z", "Pacific/Kiritimati", "2026-03-31"),
        ("V-TZ-06", "2026-03-31T10:00:00Z", "Pacific/Kiritimati", "2026-04-01"),
        ("V-TZ-07", "2026-04-01T10:59:59Z", "Pacific/Pago_Pago", "2026-03-31"),
        ("V-TZ-08", "2026-04-01T11:00:00Z", "Pacific/Pago_Pago", "2026-04-01"),
        ("V-TZ-09", "2026-03-31T22:59:59Z", "Europe/London", "2026-03-31"),
        ("V-TZ-10", "2026-03-31T23:00:00Z", "Europe/London", "2026-04-01"),
        ("V-TZ-11", "2026-03-28T23:59:59Z", "Europe/London", "2026-03-28"),
        ("V-TZ-12", "2026-03-29T00:00:00Z", "Europe/London", "2026-03-29"),
        ("V-TZ-13", "2026-10-25T00:30:00Z", "Europe/Berlin", "2026-10-25"),
        ("V-TZ-17", "2026-04-30T22:30:00Z", "Europe/Berlin", "2026-05-01"),
    ],
)
def test_an_instant_belongs_to_the_portals_date(
    vector: str, instant: str, zone: str, expected: str
) -> None:
    """R-114."""
    found = work_date({"start_time": instant}, lambda: ZoneInfo(zone))
    assert found == date.fromisoformat(expected), vector


@pytest.mark.parametrize("name", ["date", "log_date", "bucket_date"])
def test_a_calendar_date_is_never_converted(name: str) -> None:
    """R-113, V-TZ-14: no zone is asked for."""

    def no_zone() -> ZoneInfo:
        raise AssertionError(name)

    raw = {name: "2026-03-31", "start_time": "2026-04-01T12:00:00Z"}
    assert work_date(raw, no_zone) == date(2026, 3, 31)


def test_a_date_of_the_classic_spelling_is_month_first() -> None:
    """R-113, V-TZ-16."""
    found = work_date({"log_date": "03-04-2026"}, lambda: ZoneInfo("Asia/Kolkata"))
    assert found == date(2026, 3, 4)


def test_midnight_in_epoch_milliseconds_is_the_portals_day() -> None:
    """R-114."""
    raw = {"log_date_long": 1544466600000}
    assert work_date(raw, lambda: ZoneInfo("Asia/Kolkata")) == date(2018, 12, 11)


def test_work_over_midnight_belongs_whole_to_the_date_of_its_start() -> None:
    """R-114, V-TZ-15."""
    raw = {"start_time": "2026-03-31 22:00", "end_time": "2026-04-01 02:00"}
    day = work_date(raw, lambda: ZoneInfo("Asia/Kolkata"))
    assert (day, minutes(raw, day, lambda: ZoneInfo("Asia/Kolkata"))) == (date(2026, 3, 31), 240)


@pytest.mark.parametrize("raw", [{}, {"date": "yesterday"}, {"date": "2026-02-30"}, {"date": 7.5}])
def test_a_log_without_a_date_is_refused(raw: dict[str, Any]) -> None:
    with pytest.raises(FieldError) as refused:
        work_date(raw, lambda: ZoneInfo("UTC"))
    assert refused.value.field == "date"


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ({"log_hour": "00:07"}, 7),
        ({"log_hour": "00:00"}, 0),
        ({"log_hour": "24:00"}, 1440),
        ({"log_hour": "24:01"}, 1441),
        ({"log_hour": "1:07"}, 67),
        ({"log_hour": "100:00"}, 6000),
        ({"log_hour": 90}, 90),
        ({"log_hour": 0}, 0),
        ({"total_minutes": 60}, 60),
        ({"hours_display": "01:00"}, 60),
        ({"hours": 0, "minutes": 15}, 15),
        ({"hours": 1, "minutes": 7}, 67),
        ({"hours": "01.00"}, 60),
        ({"hours": "01:30"}, 90),
        ({"total_hours": "1.5"}, 90),
        ({"total_hours": 1.5}, 90),
        ({"total_hours": "00:45"}, 45),
        ({"billable_hours": "01:00", "non_billable_hours": "00:30"}, 90),
        ({"start_time": "10:00 AM", "end_time": "11:15 AM"}, 75),
    ],
)
def test_a_duration_is_whole_minutes_in_every_spelling(raw: dict[str, Any], expected: int) -> None:
    """V-DUR-18, V-DUR-19."""
    assert taken(raw) == expected


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ({"log_hour": "00:07:29"}, 7),
        ({"log_hour": "00:07:30"}, 8),
        ({"start_time": "2026-07-02T10:00:00Z", "end_time": "2026-07-02T10:07:29Z"}, 7),
        ({"start_time": "2026-07-02T10:00:00Z", "end_time": "2026-07-02T10:07:30Z"}, 8),
    ],
)
def test_seconds_are_rounded_half_up(raw: dict[str, Any], expected: int) -> None:
    """R-112, V-DUR-20."""
    assert taken(raw) == expected


@pytest.mark.parametrize(
    "raw",
    [
        {"log_hour": "0:60"},
        {"log_hour": "1.5"},
        {"log_hour": "90"},
        {"log_hour": "-1:00"},
        {"log_hour": -5},
        {"log_hour": True},
        {"log_hour": "1:5"},
        {"hours": "1.30"},
        {"hours": 1},
        {"total_hours": 2},
        {"start_time": "10:00 AM"},
        {"start_time": "10:00 AM", "end_time": "09:00 AM"},
        {},
    ],
)
def test_a_duration_that_could_mean_two_things_is_refused(raw: dict[str, Any]) -> None:
    """R-120, V-DUR-19."""
    with pytest.raises(FieldError):
        taken(raw)
