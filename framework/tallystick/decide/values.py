"""Literals of a rule file as values of the field's type; nothing is coerced."""

import difflib
import re
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from tallystick.model.catalogue import FieldType
from tallystick.model.money import Money, minor_digits

NAME = re.compile(r"^[a-z][a-z0-9_]{0,63}$")
"""A name that a rule author gives: of a param, or of a bound item."""
_MONEY = re.compile(r"^(-?[0-9]{1,15}(?:\.[0-9]{1,6})?) ([A-Z]{3})$")
_DURATION = re.compile(r"^(?:([0-9]{1,9})h)?(?:([0-9]{1,9})m)?$")


def suggestion(name: str, known: Iterable[str]) -> str:
    """A "did you mean" for a name that is not known, or nothing."""
    near = difflib.get_close_matches(name, list(known), n=1, cutoff=0.6)
    return f" Did you mean {near[0]}?" if near else ""


def convert(value: Any, kind: FieldType) -> Any:
    """A YAML value as a value of a type; None when it is of another type. Nothing is coerced."""
    match kind.type:
        case "text":
            return value if isinstance(value, str) else None
        case "boolean":
            return value if isinstance(value, bool) else None
        case "integer":
            return _integer(value, minutes=kind.unit == "minutes")
        case "money":
            return money(value)
        case "decimal":
            number = isinstance(value, int | Decimal) and not isinstance(value, bool)
            return Decimal(value) if number else None
        case "date":
            return _date(value)
        case "instant":
            return _instant(value)
        case "list":
            return value if isinstance(value, list) else None
        case _:
            return value if isinstance(value, list | dict) else None


_FORMS = {
    "money": ', which is written "120.00 EUR"',
    "instant": ", which has an offset: 2026-07-01T09:00:00+02:00",
    "date": ", which is written 2026-07-01",
}


def expected(kind: FieldType) -> str:
    """How a literal of a type is written, for messages."""
    if kind.unit == "minutes":
        return ", which is whole minutes or 1h30m"
    return _FORMS.get(kind.type, "")


def money(value: Any) -> Money | None:
    """An amount as "120.00 EUR"; None for anything else, or for more digits than the currency's."""
    if isinstance(value, Money):
        return value
    match = _MONEY.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        return None
    amount, currency = Decimal(match.group(1)), match.group(2)
    minor = amount.scaleb(minor_digits(currency))
    return Money(int(minor), currency) if minor == int(minor) else None


def _integer(value: Any, *, minutes: bool) -> int | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    match = _DURATION.fullmatch(value) if minutes and isinstance(value, str) and value else None
    if match is None:
        return None
    return int(match.group(1) or 0) * 60 + int(match.group(2) or 0)


def _date(value: Any) -> date | None:
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    try:
        return date.fromisoformat(value) if isinstance(value, str) and len(value) == 10 else None
    except ValueError:
        return None


def _instant(value: Any) -> datetime | None:
    if isinstance(value, datetime):
        return value
    try:
        found = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return found if found is not None and found.tzinfo is not None else None
