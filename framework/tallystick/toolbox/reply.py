"""Replies of other systems, and numbers in JSON without a binary float in between."""

from collections.abc import Mapping
from contextlib import suppress
from decimal import Decimal, InvalidOperation
from typing import Any

import orjson

_UNREAD: Any = object()


def exact(value: Any) -> Decimal:
    """Return a JSON number, or a number in text, as the exact decimal it was written as.

    A float is taken through its shortest spelling, which is the text that was sent for every
    number of up to 15 digits. Raises ValueError for anything else, for NaN and for infinity.
    """
    number = Decimal("NaN")
    if isinstance(value, int | float | str | Decimal) and not isinstance(value, bool):
        with suppress(InvalidOperation):
            number = Decimal(repr(value) if isinstance(value, float) else value)
    if not number.is_finite():
        msg = f"not a finite number: a {type(value).__name__}"
        raise ValueError(msg)
    return number


def _fragment(value: Any) -> Any:
    if isinstance(value, Decimal):
        return orjson.Fragment(format(value, "f").encode())
    if isinstance(value, Mapping):
        return dict(value)
    msg = f"no JSON for {type(value).__name__}"
    raise TypeError(msg)


def dumps(value: Any) -> bytes:
    """Write JSON; a Decimal becomes a JSON number with exactly its digits."""
    return orjson.dumps(value, default=_fragment)


class Reply:
    """One answer: status, headers (looked up without regard to case) and body, parsed once."""

    __slots__ = ("_parsed", "body", "headers", "status")

    def __init__(self, status: int, headers: Mapping[str, str], body: bytes) -> None:
        self.status = status
        self.headers = {name.lower(): value for name, value in headers.items()}
        self.body = body
        self._parsed: Any = _UNREAD

    def json(self) -> Any:
        """Return the parsed body, None for an empty one. Raises ValueError if it is not JSON."""
        if self._parsed is _UNREAD:
            self._parsed = orjson.loads(self.body) if self.body else None
        return self._parsed

    def mapping(self) -> dict[str, Any]:
        """Return the body if it is a JSON object, else an empty one; never raises."""
        try:
            parsed = self.json()
        except ValueError:
            return {}
        return parsed if isinstance(parsed, dict) else {}

    def header(self, name: str) -> str:
        """Return a header's value, "" if it was not sent."""
        return self.headers.get(name.lower(), "")

    def __repr__(self) -> str:
        return f"Reply(status={self.status}, {len(self.body)} bytes)"
