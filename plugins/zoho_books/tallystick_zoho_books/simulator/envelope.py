"""Envelopes, paging, times and numbers as Books writes them."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from zoneinfo import ZoneInfo

from tallystick.simulator.http import Request, Response, json_response

PER_PAGE = 200
Record = dict[str, Any]
_DURATION = re.compile(r"(\d{1,4}):([0-5]\d)")


class Refusal(Exception):
    """An answer with a code that ends the handling of a request."""

    def __init__(self, status: int, code: int, message: str) -> None:
        super().__init__(message)
        self.response = json_response(status, {"code": code, "message": message})


def invalid(name: str) -> Refusal:
    """HTTP 400 with code 4: the value of a field or parameter cannot be taken."""
    return Refusal(400, 4, f"Invalid value passed for {name}")


def done(key: str, value: Any, message: str = "success", status: int = 200) -> Response:
    """A successful answer."""
    return json_response(status, {"code": 0, "message": message, key: value})


def created(key: str, value: Any, message: str, path: str) -> Response:
    """A successful create: 201 with the location of what was made."""
    body = {"code": 0, "message": message, key: value}
    return json_response(201, body, {"Location": f"/api/v3{path}"})


def said(message: str) -> Response:
    """A successful answer without a record."""
    return json_response(200, {"code": 0, "message": message})


def stamp(now: datetime, zone: str) -> str:
    """A timestamp in the organization's zone, its offset without a colon."""
    return now.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%dT%H:%M:%S%z")


def instant(text: str) -> datetime:
    """A timestamp as it stands in an answer. Raises ValueError for another form."""
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%S%z")


def number(value: Decimal) -> float | int:
    """A decimal as the JSON number that is written for it."""
    whole = value.to_integral_value()
    return int(whole) if value == whole else float(value)


def rounded(value: Decimal, digits: int = 2) -> Decimal:
    """Rounded to the digits of a currency, half up."""
    return value.quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP)


def hours(minutes: int) -> str:
    """Minutes as HH:mm."""
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def minutes(text: Any, name: str = "log_time") -> int:
    """HH:mm as minutes. Raises a refusal with code 4."""
    match = _DURATION.fullmatch(text) if isinstance(text, str) and text.isascii() else None
    if match is None:
        raise invalid(name)
    return int(match.group(1)) * 60 + int(match.group(2))


def page(
    request: Request,
    key: str,
    rows: Sequence[Record],
    *,
    context: bool = True,
    shown: Callable[[Record], Record] = dict,
    keys: Sequence[str] = (),
    more: Mapping[str, Any] | None = None,
    sort: str = "created_time",
) -> Response:
    """A list cut into pages, with page_context unless the list has none.

    `keys` are further names of the same list; `more` is added to page_context.
    """
    number_, size = paging(request)
    part = [shown(r) for r in rows[(number_ - 1) * size : number_ * size]]
    body: Record = {"code": 0, "message": "success", key: part, **dict.fromkeys(keys, part)}
    if context:
        order = (request.param("sort_order") or "A").upper()
        body["page_context"] = {
            "page": number_,
            "per_page": size,
            "has_more_page": number_ * size < len(rows),
            "report_name": key.replace("_", " ").title(),
            "applied_filter": request.param("filter_by") or "Status.All",
            "sort_column": request.param("sort_column") or sort,
            "sort_order": "D" if order.startswith("D") else "A",
            **(more or {}),
        }
    return json_response(200, body)


def paging(request: Request) -> tuple[int, int]:
    """The page and its size: from 1, and at most 200."""
    page_number = max(_integer(request.param("page"), 1), 1)
    size = _integer(request.param("per_page"), PER_PAGE)
    return page_number, min(size, PER_PAGE) or PER_PAGE


def _integer(text: str | None, default: int) -> int:
    fits = text is not None and text.isascii() and text.isdigit() and len(text) < 10
    return int(text) if text and fits else default
