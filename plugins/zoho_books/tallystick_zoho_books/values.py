"""Single values of Zoho Books JSON as exact Python values, and back; pure."""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from tallystick.model.money import Money
from tallystick.toolbox import exact

Raw = Mapping[str, Any]
Reading = Callable[[Any], Any]
Fields = Mapping[str, tuple[str, Reading]]
"""Column -> the remote field it comes from and how its value is read."""
_DURATION = re.compile(r"(\d{1,6}):([0-5]\d)", re.ASCII)


class FieldError(ValueError):
    """A field whose value cannot be read."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(reason)
        self.field = field


def taken(raw: Raw, fields: Fields) -> dict[str, Any]:
    """Read the columns whose field was sent; a field that was not sent gives no column.

    Raises FieldError.
    """
    found: dict[str, Any] = {}
    for column, (field, reading) in fields.items():
        if field in raw:
            try:
                found[column] = reading(raw[field])
            except (ValueError, ArithmeticError, TypeError, AttributeError, KeyError) as error:
                raise FieldError(field, str(error) or type(error).__name__) from error
    return found


def custom(raw: Raw) -> dict[str, Any]:
    """Return what the service has no column for: the organization's own fields, as plain JSON.

    What else is not mapped are documented sums, names and links that change by themselves.
    """
    own = {n: raw[n] for n in ("custom_field_hash", "custom_fields") if raw.get(n)}
    return {name: _plain(value) for name, value in own.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, Mapping):
        return {str(k): _plain(v) for k, v in value.items()}
    return [_plain(v) for v in value] if isinstance(value, list) else value


def ident(raw: Raw, field: str) -> str:
    """Return an id as text. Raises FieldError when there is none."""
    value = raw.get(field)
    if isinstance(value, bool) or not isinstance(value, str | int) or value == "":
        raise FieldError(field, "the record has no id")
    return str(value)


def text(value: Any) -> str | None:
    """Text, with Books' empty text as nothing. Raises TypeError for lists and objects."""
    if value is None or value == "":
        return None
    if isinstance(value, list | Mapping):
        msg = "no text"
        raise TypeError(msg)
    return str(value)


def flag(value: Any) -> bool | None:
    """A yes or no, also in words. Raises ValueError for anything else."""
    if value is None or value == "":
        return None
    words = {"true": True, "false": False}
    found = value if isinstance(value, bool) else words.get(str(value).lower())
    if found is None:
        msg = f"{value!r} is neither yes nor no"
        raise ValueError(msg)
    return bool(found)


def instant(value: Any) -> datetime | None:
    """A timestamp whose offset may lack its colon, in UTC. Raises ValueError."""
    if not value:
        return None
    return datetime.strptime(str(value), "%Y-%m-%dT%H:%M:%S%z").astimezone(UTC)


def day(value: Any) -> date | None:
    """A calendar date, never converted (R-113). Raises ValueError."""
    return date.fromisoformat(str(value)) if value else None


def minutes(value: Any) -> int | None:
    """HH:mm as whole minutes. Raises ValueError for anything else."""
    if value is None or value == "":
        return None
    match = _DURATION.fullmatch(str(value))
    if match is None:
        msg = f"{value!r} is no duration"
        raise ValueError(msg)
    return int(match.group(1)) * 60 + int(match.group(2))


def duration(value: int) -> str:
    """Whole minutes as HH:mm. Raises ValueError for a negative number."""
    if value < 0:
        msg = "a duration is not negative"
        raise ValueError(msg)
    return f"{value // 60:02d}:{value % 60:02d}"


def minor(currency: str | None) -> Reading:
    """Read an amount, a number or text, in minor units of the currency; None without one."""

    def reading(value: Any) -> int | None:
        if value is None or value == "" or currency is None:
            return None
        return Money.of(exact(value), currency).minor

    return reading


def decimal_text(value: Any) -> str | None:
    """An exact decimal as text."""
    return None if value is None or value == "" else format(exact(value).normalize(), "f")


def rate(value: Any) -> str | None:
    """A rate; Books shows 0 where none was set."""
    found = decimal_text(value)
    return None if found is None or Decimal(found) == 0 else found
