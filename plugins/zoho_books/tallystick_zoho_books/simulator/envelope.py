"""Envelopes, paging, times and numbers as Books writes them."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

from tallystick.simulator.http import Request, Response, json_response

PER_PAGE = 200
Record = dict[str, Any]


class Refusal(Exception):
    """An answer with a code that ends the handling of a request."""

    def __init__(self, status: int, code: int, message: str) -> None:
        super().__init__(message)
        self.response = json_response(status, {"code": code, "message": message})


def done(key: str, value: Any, message: str = "success", status: int = 200) -> Response:
    """A successful answer."""
    return json_response(status, {"code": 0, "message": message, key: value})


def created(key: str, value: Any, message: str, location: str) -> Response:
    """A successful create: 201 with a location."""
    body = {"code": 0, "message": message, key: value}
    return json_response(201, body, {"Location": location})


def said(message: str) -> Response:
    """A successful answer without a record."""
    return json_response(200, {"code": 0, "message": message})


def stamp(now: datetime, zone: str) -> str:
    """A timestamp in the organization's zone, its offset without a colon."""
    return now.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%dT%H:%M:%S%z")


def number(value: Decimal) -> float | int:
    """A decimal as the JSON number that is written for it."""
    whole = value.to_integral_value()
    return int(whole) if value == whole else float(value)


def decimal(value: Any, name: str) -> Decimal:
    """A number of a request. Raises a refusal with code 4."""
    try:
        found = Decimal(str(value))
    except InvalidOperation:
        raise Refusal(400, 4, f"Invalid value passed for {name}") from None
    if not found.is_finite():
        raise Refusal(400, 4, f"Invalid value passed for {name}")
    return found


def cents(value: Decimal) -> Decimal:
    """Rounded to two digits, half up."""
    return value.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)


def hours(minutes: int) -> str:
    """Minutes as HH:mm."""
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def minutes(text: Any, name: str = "log_time") -> int:
    """HH:mm as minutes. Raises a refusal with code 4."""
    parts = str(text).split(":")
    if len(parts) != 2 or not all(p.isdigit() for p in parts) or int(parts[1]) > 59:
        raise Refusal(400, 4, f"Invalid value passed for {name}")
    return int(parts[0]) * 60 + int(parts[1])


def page(
    request: Request,
    key: str,
    rows: Sequence[Record],
    *,
    sorts: Sequence[str] = (),
    context: bool = True,
    shown: Callable[[Record], Record] | None = None,
    extra: Mapping[str, Callable[[Sequence[Record]], Any]] | None = None,
) -> Response:
    """A list: sorted, cut into pages, with page_context unless the list has none."""
    column = request.param("sort_column")
    order = (request.param("sort_order") or "A").upper()
    chosen = list(rows)
    if column in sorts:
        chosen.sort(key=lambda r: str(r.get(str(column), "")), reverse=order.startswith("D"))
    number_ = max(_integer(request.param("page"), 1), 1)
    size = min(max(_integer(request.param("per_page"), PER_PAGE), 1), PER_PAGE)
    part = chosen[(number_ - 1) * size : number_ * size]
    visible = [shown(r) for r in part] if shown else [dict(r) for r in part]
    body: Record = {"code": 0, "message": "success", key: visible}
    for name, make in (extra or {}).items():
        body[name] = make(visible)
    if context:
        body["page_context"] = {
            "page": number_,
            "per_page": size,
            "has_more_page": number_ * size < len(chosen),
            "report_name": key.replace("_", " ").title(),
            "applied_filter": request.param("filter_by") or "Status.All",
            "sort_column": column or "created_time",
            "sort_order": "D" if order.startswith("D") else "A",
        }
    return json_response(200, body)


def _integer(text: str | None, default: int) -> int:
    return int(text) if text and text.isdigit() else default


def text_filters(request: Request, rows: Sequence[Record], names: Sequence[str]) -> list[Record]:
    """Rows that fit the plain, _startswith and _contains filters of these fields."""
    found = list(rows)
    for name in names:
        exact = request.param(name)
        starts = request.param(f"{name}_startswith")
        contains = request.param(f"{name}_contains")
        if exact:
            found = [r for r in found if str(r.get(name, "")) == exact]
        if starts:
            found = [r for r in found if str(r.get(name, "")).startswith(starts)]
        if contains:
            found = [r for r in found if contains.casefold() in str(r.get(name, "")).casefold()]
    return found
