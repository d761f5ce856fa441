"""How long a time log is and on which date, whichever of its fields says so; pure."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from tallystick_zoho_projects.values import (
    FieldError,
    Raw,
    Zone,
    at_time,
    calendar_day,
    clock_minutes,
    decimal_hours,
    first,
    minutes_number,
    moment,
    whole_minutes,
)

_DAYS = ("date", "log_date", "bucket_date")
_STARTS = ("start_time", "started_at")
_ENDS = ("end_time", "ended_at")
_PARTS = ("billable_hours", "non_billable_hours")
_MIDNIGHTS = ("log_date_long", "date_long")
_DATED = (*_DAYS, *_STARTS, *_MIDNIGHTS)


def work_date(raw: Raw, zone: Zone) -> date:
    """The calendar date given, never converted (R-113); from instants, the portal's (R-114)."""
    for name in _DATED:
        value = raw.get(name)
        if value is None or value == "":
            continue
        try:
            given = calendar_day(value) if name in _DAYS else None
            return given or _local_day(value, zone)
        except (ValueError, OverflowError, OSError) as error:
            raise FieldError(name, str(error)) from error
    raise FieldError("date", "the log has no date")


def _local_day(value: Any, zone: Zone) -> date:
    return moment(value, zone).astimezone(zone()).date()


class _of_field:  # noqa: N801 - a context manager, as light as one can be
    """What goes wrong within is said of this field."""

    __slots__ = ("_name",)

    def __init__(self, name: str) -> None:
        self._name = name

    def __enter__(self) -> None:
        return None

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: object
    ) -> None:
        del kind, trace
        if isinstance(error, ValueError | OverflowError | OSError):
            raise FieldError(self._name, str(error)) from error


def started_at(raw: Raw, day: date, zone: Zone) -> datetime | None:
    """When the work began, in UTC; None where that is not said or cannot be read."""
    return edge(first(raw, *_STARTS), day, zone)


def edge(value: Any, day: date, zone: Zone) -> datetime | None:
    """A time of that day, or an instant, in UTC; None where it cannot be read."""
    if value is None:
        return None
    try:
        return at_time(day, value, zone) or moment(value, zone)
    except (ValueError, OverflowError, OSError):
        return None


def minutes(raw: Raw, day: date, zone: Zone) -> int:
    """The whole minutes of a log. Raises FieldError when no field says them without doubt."""
    written = raw.get("log_hour")
    found = clock_minutes(written) if type(written) is str else None
    if found is not None:
        return found  # what v3 sends, before the choices below are made
    readers: Mapping[str, Callable[[Any], int]] = {
        "log_hour": lambda v: _clock_or(v, minutes_number),
        "total_minutes": minutes_number,
        "hours_display": lambda v: _clock_or(v, None),
        "total_hours": _hours_field,
        "hours": lambda v: _whole_hours(v, first(raw, "minutes")),
    }
    for name, read in readers.items():
        value = first(raw, name)
        if value is not None:
            with _of_field(name):
                return read(value)
    parts = [v for n in _PARTS if (v := first(raw, n)) is not None]
    if parts:
        with _of_field(_PARTS[0]):
            return sum(_hours_field(part) for part in parts)
    return _between(raw, day, zone)


def _clock_or(value: Any, number: Callable[[Any], int] | None) -> int:
    """HH:MM, or a JSON number; text that only looks like a number is not understood."""
    found = clock_minutes(value)
    if found is not None:
        return found
    if number is None or isinstance(value, str):
        msg = f"{value!r} is no duration"
        raise ValueError(msg)
    return number(value)


def _hours_field(value: Any) -> int:
    """HH:MM, or decimal hours; a whole number could be either hours or minutes."""
    found = clock_minutes(value)
    if found is not None:
        return found
    if isinstance(value, int) or "." not in str(value):
        msg = f"{value!r} may be hours or minutes"
        raise ValueError(msg)
    return decimal_hours(value)


def _whole_hours(value: Any, beside: Any) -> int:
    """Whole hours with the minutes beside them, as the classic API writes them."""
    found = clock_minutes(value)
    if found is not None:
        return found
    whole, point, rest = str(value).partition(".")
    if rest.strip("0"):
        # 1.30 may be an hour and a half, or an hour and thirty minutes
        msg = f"{value!r} is ambiguous"
        raise ValueError(msg)
    if beside is None and not point:
        msg = f"{value!r} are whole hours, and the minutes are missing"
        raise ValueError(msg)
    return decimal_hours(whole) + minutes_number(beside or 0)


def _between(raw: Raw, day: date, zone: Zone) -> int:
    """From start to end, over midnight too; all of it belongs to the date of the start."""
    start, end = started_at(raw, day, zone), edge(first(raw, *_ENDS), day, zone)
    if start is None or end is None or end < start:
        raise FieldError("log_hour", "the log has no duration")
    return whole_minutes(Decimal(int((end - start).total_seconds())))
