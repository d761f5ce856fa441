"""Typed values of a request body; what has another type is refused with code 4."""

import re
from collections.abc import Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from tallystick_zoho_books.simulator.envelope import Record, invalid

NUMBER_MAX = Decimal(10) ** 13
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def text(body: Record, name: str, limit: int = 2000) -> str:
    """Text, empty when absent or null; a plain number counts as text."""
    value = body.get(name)
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise invalid(name)
    found = str(value)
    if len(found) > limit:
        raise invalid(name)
    return found


def required(body: Record, name: str, limit: int = 2000) -> str:
    """Text that must not be empty."""
    found = text(body, name, limit)
    if not found.strip():
        raise invalid(name)
    return found


def flag(body: Record, name: str, default: bool) -> bool:  # noqa: FBT001 - a default
    """A truth value, as JSON or as the words true and false."""
    value = body.get(name)
    if value is None:
        return default
    if isinstance(value, bool):
        return value
    if value in ("true", "false"):
        return bool(value == "true")
    raise invalid(name)


def decimal(value: Any, name: str) -> Decimal:
    """A finite number of at most ten trillions and twelve digits behind the point."""
    if isinstance(value, bool) or not isinstance(value, str | int | float | Decimal):
        raise invalid(name)
    try:
        found = Decimal(str(value))
    except InvalidOperation:
        raise invalid(name) from None
    if not found.is_finite() or abs(found) > NUMBER_MAX:
        raise invalid(name)
    exponent = found.as_tuple().exponent
    if isinstance(exponent, int) and exponent < -12:
        raise invalid(name)
    return found


def amount(body: Record, name: str, default: int = 0) -> Decimal:
    """A number of a body; empty is the default."""
    value = body.get(name)
    return Decimal(default) if value in (None, "") else decimal(value, name)


def whole(body: Record, name: str, default: int = 0) -> int:
    """A whole number."""
    found = amount(body, name, default)
    if found != found.to_integral_value():
        raise invalid(name)
    return int(found)


def day(body: Record, name: str, default: str | None = None) -> str:
    """A calendar date, yyyy-mm-dd."""
    value = body.get(name)
    if value in (None, "") and default is not None:
        return default
    return checked_day(value, name)


def checked_day(value: Any, name: str) -> str:
    """A calendar date that exists."""
    if not isinstance(value, str) or not value.isascii() or _DAY.fullmatch(value) is None:
        raise invalid(name)
    try:
        date.fromisoformat(value)
    except ValueError:
        raise invalid(name) from None
    return value


def objects(body: Record, name: str) -> list[Record]:
    """A list of JSON objects."""
    value = body.get(name)
    if value in (None, ""):
        return []
    if not isinstance(value, list) or not all(isinstance(v, dict) for v in value):
        raise invalid(name)
    return value


def ids(body: Record, name: str) -> list[str]:
    """A list of ids."""
    value = body.get(name)
    if value in (None, ""):
        return []
    if not isinstance(value, list):
        raise invalid(name)
    return [text({name: v}, name, 40) for v in value]


def mapping(body: Record, name: str) -> Record:
    """A JSON object; empty when absent."""
    value = body.get(name)
    if value in (None, "", []):
        return {}
    if not isinstance(value, dict):
        raise invalid(name)
    return value


def choice(body: Record, name: str, allowed: Sequence[str], default: str) -> str:
    """One of the allowed words."""
    found = text(body, name) or default
    if found not in allowed:
        raise invalid(name)
    return found


def custom_fields(body: Record, before: Sequence[Record] = ()) -> list[Record]:
    """Custom fields as they are kept; those named replace those with the same name."""
    kept = {_name(f): f for f in before}
    for field in objects(body, "custom_fields"):
        name = _name(field)
        if not name:
            raise invalid("custom_fields")
        old = kept.get(name, {})
        label = str(field.get("label") or old.get("label") or name)
        kept[name] = {
            "index": field.get("index") or old.get("index") or len(kept) + 1,
            "customfield_id": str(field.get("customfield_id") or old.get("customfield_id") or ""),
            "label": label,
            "api_name": str(field.get("api_name") or old.get("api_name") or name),
            "data_type": "string",
            "value": field.get("value") if field.get("value") is not None else "",
        }
    return list(kept.values())


def _name(field: Record) -> str:
    for key in ("api_name", "label", "customfield_id", "index"):
        if field.get(key) not in (None, ""):
            return str(field[key])
    return ""


def custom_value(fields: Sequence[Record], name: str) -> str:
    """The value of a custom field, by API name, label or id."""
    for field in fields:
        if name and name in {field["api_name"], field["label"], field["customfield_id"]}:
            return str(field["value"])
    return ""


def custom_hash(fields: Sequence[Record]) -> Record:
    """Custom fields as API name to value."""
    return {field["api_name"]: field["value"] for field in fields}
