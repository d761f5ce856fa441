"""What lists filter and sort by: text, numbers, dates, states, change times."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from tallystick.simulator.http import Request

from tallystick_zoho_books.simulator.envelope import Record, instant, invalid
from tallystick_zoho_books.simulator.fields import checked_day, decimal


def texts(request: Request, rows: Iterable[Record], names: Sequence[str]) -> list[Record]:
    """Rows that fit the plain, _startswith and _contains filters of these fields."""
    found = list(rows)
    for name in names:
        for suffix, fits in FITS.items():
            wanted = request.param(name + suffix)
            if wanted:
                folded = wanted.casefold()
                found = [r for r in found if fits(str(r.get(name, "")).casefold(), folded)]
    return found


def _same(value: str, wanted: str) -> bool:
    return value == wanted


def _contains(value: str, wanted: str) -> bool:
    return wanted in value


FITS: Mapping[str, Callable[[str, str], bool]] = {
    "": _same,
    "_startswith": str.startswith,
    "_contains": _contains,
}


def numbers(request: Request, rows: Iterable[Record], names: Sequence[str]) -> list[Record]:
    """Rows that fit the plain, _less_than, _less_equals, _greater_… filters of these fields."""
    found = list(rows)
    for name in names:
        for suffix, fits in _NUMBER.items():
            text = request.param(name + suffix)
            if text:
                limit = decimal(text, name + suffix)
                found = [r for r in found if fits(Decimal(str(r[name])), limit)]
    return found


_NUMBER: Mapping[str, Callable[[Decimal, Decimal], bool]] = {
    "": Decimal.__eq__,
    "_less_than": Decimal.__lt__,
    "_less_equals": Decimal.__le__,
    "_greater_than": Decimal.__gt__,
    "_greater_equals": Decimal.__ge__,
}


def days(request: Request, rows: Iterable[Record], names: Sequence[str]) -> list[Record]:
    """Rows that fit the plain, _start, _end, _before and _after filters of these dates.

    `created_date` looks at the day of `created_time`.
    """
    found = list(rows)
    for name in names:
        field = "created_time" if name == "created_date" else name
        for suffix, fits in _DAY.items():
            text = request.param(name + suffix)
            if text:
                limit = checked_day(text, name + suffix)
                found = [r for r in found if fits(str(r[field])[:10], limit)]
    return found


_DAY: Mapping[str, Callable[[str, str], bool]] = {
    "": str.__eq__,
    "_start": str.__ge__,
    "_end": str.__le__,
    "_before": str.__lt__,
    "_after": str.__gt__,
}


def searched(request: Request, rows: Iterable[Record], names: Sequence[str]) -> list[Record]:
    """Rows that have the search text in one of these fields."""
    wanted = (request.param("search_text") or "").casefold()
    return [
        r for r in rows if not wanted or any(wanted in str(r.get(n, "")).casefold() for n in names)
    ]


def chosen(
    request: Request,
    rows: Iterable[Record],
    values: Mapping[str, Callable[[Record], bool] | None],
    *,
    strict: bool,
) -> list[Record]:
    """Rows that fit `filter_by`. An unknown value is refused, or no filter when not strict."""
    wanted = request.param("filter_by")
    if not wanted:
        return list(rows)
    if wanted not in values:
        if strict:
            raise invalid("filter_by")
        return list(rows)
    fits = values[wanted]
    return [r for r in rows if fits is None or fits(r)]


def having(name: str, *wanted: Any) -> Callable[[Record], bool]:
    """True for rows whose field has one of these values."""
    return lambda row: row[name] in wanted


def modified_since(request: Request, rows: Iterable[Record], *, raw_plus: bool) -> list[Record]:
    """Rows changed at or after the parameter last_modified_time.

    A plus that was not percent-encoded arrives as a space and is refused, unless `raw_plus`.
    """
    text = request.param("last_modified_time")
    if not text:
        return list(rows)
    try:
        since = instant(text.replace(" ", "+") if raw_plus else text)
    except ValueError:
        raise invalid("last_modified_time") from None
    return [r for r in rows if instant(str(r["last_modified_time"])) >= since]


def ordered(
    request: Request, rows: Sequence[Record], columns: Sequence[str], *, strict: bool
) -> list[Record]:
    """Rows by `sort_column` and `sort_order`; equal ones and all others in order of creation."""
    column = request.param("sort_column")
    order = (request.param("sort_order") or "A").upper()
    if strict and order not in {"A", "D", "ASCENDING", "DESCENDING", "ASC", "DESC"}:
        raise invalid("sort_order")
    falls = order.startswith("D")
    if not column:
        return list(reversed(rows)) if falls else list(rows)
    if column not in columns:
        if strict and column not in {"created_time", "last_modified_time"}:
            raise invalid("sort_column")
        if column not in (rows[0] if rows else {}):
            return list(rows)
    return sorted(rows, key=lambda r: _key(r.get(column, "")), reverse=falls)


def _key(value: Any) -> tuple[int, Decimal, str]:
    if isinstance(value, Decimal | int | float):
        return 0, Decimal(str(value)), ""
    return 1, Decimal(0), str(value).casefold()
