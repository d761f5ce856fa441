"""Single values of Zoho Projects as exact Python values; pure."""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from tallystick.model.money import Money
from tallystick.toolbox import exact

Raw = Mapping[str, Any]
Zone = Callable[[], tzinfo]
"""Gives the portal's time zone; raises ValueError when the portal names none."""
USER_IDS = ("zpuid", "id_string", "id")
"""Names of a user's id, the one that v3 uses first."""
CHANGED = ("last_modified_time", "modified_time", "updated_time", "last_updated_time")
"""Names of the time of the last change."""
BILLABLE = {"billable": True, "non billable": False, "nonbillable": False}
"""Words for the billable flag; any other word is neither."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_CLOCK = re.compile(r"(\d+):([0-5]\d)(?::([0-5]\d))?", re.ASCII)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_CLASSIC_DAY = re.compile(r"(\d{2})-(\d{2})-(\d{4})", re.ASCII)
_CLASSIC_FORMAT = "%m-%d-%Y %I:%M:%S %p"
_TIMES = ("%I:%M %p", "%I:%M:%S %p", "%H:%M", "%H:%M:%S")
_DASH = "-"
_NO_ID = frozenset({"", _DASH})
_IDS = ("id_string", "id")
_NOTHING: Raw = {}


class FieldError(ValueError):
    """A field whose value cannot be read."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(reason)
        self.field = field


def text(value: Any) -> str | None:
    """Text, with the empty text as nothing."""
    if value is None or value == "":
        return None
    return value if type(value) is str else str(value)


def ident(raw: Any, *names: str) -> str | None:
    """The first id that is there under these names, as text."""
    # the exact types first: asking an abstract class is ten times as slow
    if raw is None or (type(raw) is not dict and not isinstance(raw, Mapping)):
        return None
    for name in names or _IDS:
        value = raw.get(name)
        if value is None:
            continue
        if type(value) is str:
            if value not in _NO_ID:
                return value
            continue
        if isinstance(value, float | Decimal | bool):
            raise FieldError(name, f"{value!r} is no id")
        return str(value)
    return None


def own_id(raw: Raw, *names: str) -> str:
    """The id of the record itself. Raises FieldError when there is none."""
    found = ident(raw, *names)
    if found is None:
        raise FieldError("id", "the record has no id")
    return found


def first(raw: Raw, *names: str) -> Any:
    """The first value under these names that is not empty; None when there is none."""
    for name in names:
        value = raw.get(name)
        if value is not None and value != "":
            return value
    return None


def inner(raw: Raw, *names: str) -> Raw:
    """The first object under these names; an empty one when there is none."""
    for name in names:
        value = raw.get(name)
        if type(value) is dict or (value is not None and isinstance(value, Mapping)):
            return value
    return _NOTHING


def word(value: Any) -> str | None:
    """A state that is written as a word, or as an object with a name; as sent."""
    if value is None:
        return None
    if type(value) is dict or (type(value) is not str and isinstance(value, Mapping)):
        return word(first(value, "status", "name", "value"))
    return text(value)


def told(raw: Raw, *names: str) -> str | None:
    """The word under the first of these names that is not empty."""
    for name in names:
        value = raw.get(name)
        if type(value) is str:
            if value:
                return value
        elif value is not None:
            return word(value)
    return None


def lower(value: Any) -> str | None:
    """The same in lower case."""
    found = word(value)
    return None if found is None else found.lower()


@lru_cache(maxsize=4096)
def folded(value: str | None) -> str:
    """A word for comparison: lower case, with spaces for everything between its parts."""
    return re.sub(r"[\W_]+", " ", value or "").strip().casefold()


def flag(value: Any) -> bool | None:
    """Yes or no in one of the spellings in use; None for everything else."""
    if isinstance(value, bool):
        return value
    return {"true": True, "yes": True, "false": False, "no": False}.get(str(value).lower())


def zone_named(name: str | None) -> ZoneInfo | None:
    """The time zone of an IANA name; None when it is no such name."""
    if not name:
        return None
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return None


def moment(value: Any, zone: Zone) -> datetime:
    """An instant in UTC: epoch milliseconds, ISO, or a time without offset in the portal's zone."""
    if type(value) is int:
        return _EPOCH + timedelta(milliseconds=value)
    found = _written_moment(value if type(value) is str else str(value))
    return found if found.tzinfo is not None else found.replace(tzinfo=zone()).astimezone(UTC)


@lru_cache(maxsize=8192)
def _written_moment(text: str) -> datetime:
    """In UTC, or without a zone where none is written; people work at round times."""
    written = text.strip()
    if written.isdecimal() and len(written) > 8:
        return _EPOCH + timedelta(milliseconds=int(written))
    try:
        found = datetime.fromisoformat(written)
    except ValueError:
        found = datetime.strptime(written, _CLASSIC_FORMAT)  # noqa: DTZ007 - the zone follows
    return found if found.tzinfo is None else found.astimezone(UTC)


def changed_at(raw: Raw, zone: Zone, *names: str) -> datetime | None:
    """When the record last changed; None where that is not said or cannot be read."""
    value = first(raw, *names)
    return None if value is None else instant(value, zone)


def instant(value: Any, zone: Zone) -> datetime | None:
    """An instant in UTC; None where it cannot be read."""
    try:
        return moment(value, zone)
    except (ValueError, OverflowError, OSError):
        return None


def calendar_day(value: Any) -> date | None:
    """A calendar date as it was written, in either spelling (R-113); None if it is none."""
    return _calendar_day(value if type(value) is str else str(value))


@lru_cache(maxsize=4096)
def _calendar_day(text: str) -> date | None:
    written = text.strip()
    if _DAY.fullmatch(written):
        return date.fromisoformat(written)
    classic = _CLASSIC_DAY.fullmatch(written)
    if classic is not None:
        month, day, year = (int(part) for part in classic.groups())
        return date(year, month, day)
    return None


def at_time(day: date, value: Any, zone: Zone) -> datetime | None:
    """A time of that day ("03:15 PM") in the portal's zone, in UTC; None if it is none."""
    found: time | None = None
    for form in _TIMES:
        try:
            found = datetime.strptime(str(value).strip().upper(), form).time()  # noqa: DTZ007 - a time of day
            break
        except ValueError:
            continue
    if found is None:
        return None
    return datetime.combine(day, found, zone()).astimezone(UTC)


def whole_minutes(seconds: Decimal) -> int:
    """Seconds as whole minutes, half up (R-112)."""
    return int((seconds / 60).quantize(Decimal(1), rounding=ROUND_HALF_UP))


def clock_minutes(value: Any) -> int | None:
    """HH:MM or HH:MM:SS as whole minutes; None if it is not written so."""
    return _clock(value) if isinstance(value, str) else None


@lru_cache(maxsize=4096)
def _clock(written: str) -> int | None:
    found = _CLOCK.fullmatch(written.strip())
    if found is None:
        return None
    hours, minutes, seconds = (int(part or 0) for part in found.groups())
    return whole_minutes(Decimal(hours * 3600 + minutes * 60 + seconds))


def minutes_number(value: Any) -> int:
    """A number of minutes. Raises ValueError for anything else."""
    return whole_minutes(_positive(value) * 60)


def decimal_hours(value: Any) -> int:
    """A decimal number of hours as whole minutes. Raises ValueError for anything else."""
    return whole_minutes(_positive(value) * 3600)


def _positive(value: Any) -> Decimal:
    number = exact(value)
    if number < 0:
        msg = f"{value!r} is less than nothing"
        raise ValueError(msg)
    return number


def rate(value: Any) -> str | None:
    """An exact decimal rate as text; nothing and 0 are no rate."""
    if value in (None, "", _DASH):
        return None
    number = exact(value)
    return None if number == 0 else format(number.normalize(), "f")


def minor(value: Any, currency: str | None) -> int | None:
    """An amount in minor units; nothing and 0 are no amount."""
    if value in (None, "", _DASH) or currency is None or exact(value) == 0:
        return None
    return Money.of(exact(value), currency).minor
