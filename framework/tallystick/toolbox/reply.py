"""Replies of other systems, and numbers in JSON without a binary float in between."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from email.utils import parsedate_to_datetime
from typing import Any, Generic, TypeVar

import msgspec
import orjson

T = TypeVar("T")
_UNREAD: Any = object()
_DIGITS_MAX = 40
_WAIT_LEAST, _WAIT_MOST = 1.0, 3600.0


def exact(value: Any) -> Decimal:
    """Return a JSON number, or a number in text, as the exact decimal it was written as.

    A float is taken through its shortest spelling, which is the text that was sent for every
    number of up to 15 digits. Raises ValueError for anything else, for NaN and infinity, and for
    numbers of more than 40 digits before or behind the point: no amount or rate is that long, and
    writing 1e999999 out would fill the memory.
    """
    number = Decimal("NaN")
    if isinstance(value, int | float | str | Decimal) and not isinstance(value, bool):
        with suppress(InvalidOperation):
            number = Decimal(repr(value) if isinstance(value, float) else value)
    long = number.is_finite() and (
        number.adjusted() >= _DIGITS_MAX or int(number.as_tuple().exponent) < -_DIGITS_MAX
    )
    if long or not number.is_finite():
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


_DECODER = msgspec.json.Decoder(float_hook=Decimal)


def _loads(body: bytes) -> Any:
    """Parse with decimals for numbers that have a point, so that no binary float stands between.

    Raises ValueError for anything that is not JSON in UTF-8 without a byte order mark.
    """
    try:
        return _DECODER.decode(body)
    except RecursionError:
        msg = "nested too deeply"
    raise ValueError(msg)


class Known(Generic[T]):
    """A shape that an answer is known to have: a `msgspec.Struct`, whose own names are checked and
    whose other names are passed over, at a fraction of what reading all of them costs.
    """

    def __init__(self, shape: type[T]) -> None:
        self._decoder = msgspec.json.Decoder(shape, float_hook=Decimal)

    def read(self, body: bytes) -> T | None:
        """The body in this shape; None where it has another, or is no JSON."""
        try:
            return self._decoder.decode(body)
        except (ValueError, RecursionError):
            return None


class Reply:
    """One answer: status, headers (looked up without regard to case) and body, parsed once."""

    __slots__ = ("_known", "_parsed", "body", "headers", "status")

    def __init__(self, status: int, headers: Mapping[str, str], body: bytes) -> None:
        self.status = status
        self.headers = {name.lower(): value for name, value in headers.items()}
        self.body = body
        self._parsed: Any = _UNREAD
        self._known: tuple[Any, Any] | None = None

    def known(self, shape: Known[T]) -> T | None:
        """Return the body in a known shape; None where it has another."""
        if self._known is None or self._known[0] is not shape:
            self._known = (shape, shape.read(self.body))
        found: T | None = self._known[1]
        return found

    def json(self) -> Any:
        """Return the parsed body, None for an empty one; a number with a point is a Decimal.

        Raises ValueError if it is not JSON.
        """
        if self._parsed is _UNREAD:
            self._parsed = _loads(self.body) if self.body else None
        return self._parsed

    def mapping(self) -> dict[str, Any]:
        """Return the body if it is a JSON object, else an empty one; never raises."""
        try:
            parsed = self.json()
        except ValueError:
            return {}
        return parsed if isinstance(parsed, dict) else {}

    def is_json(self) -> bool:
        """Return True when the body is JSON and not empty."""
        try:
            return self.json() is not None
        except ValueError:
            return False

    def header(self, name: str) -> str:
        """Return a header's value, "" if it was not sent."""
        return self.headers.get(name.lower(), "")

    def retry_after(self, now: datetime, otherwise: float) -> float:
        """Return the seconds to wait by Retry-After, from one second to one hour.

        Seconds and dates are understood; `otherwise` is for an answer that says nothing readable.
        """
        told = self.header("Retry-After").strip()
        seconds = otherwise
        if told.lstrip("-").isdigit():
            seconds = float(told[:12])
        elif told:
            with suppress(ValueError, TypeError):
                at = parsedate_to_datetime(told)
                at = at if at.tzinfo else at.replace(tzinfo=UTC)
                seconds = (at - now).total_seconds()
        return min(max(seconds, _WAIT_LEAST), _WAIT_MOST)

    def __repr__(self) -> str:
        return f"Reply(status={self.status}, {len(self.body)} bytes)"
