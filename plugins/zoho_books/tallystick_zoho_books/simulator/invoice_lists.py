"""The list of invoices: filters, sums, counts."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from tallystick.simulator.http import Request, Response

from tallystick_zoho_books.simulator import filters
from tallystick_zoho_books.simulator.books import Books
from tallystick_zoho_books.simulator.context import Context
from tallystick_zoho_books.simulator.envelope import Record, invalid, number, paging
from tallystick_zoho_books.simulator.invoice_shape import OPEN, listed_invoice, status_on

_SORTS = ("customer_name", "invoice_number", "date", "due_date", "total", "balance", "created_time")
_TEXTS = (
    "invoice_number",
    "reference_number",
    "customer_id",
    "customer_name",
    "recurring_invoice_id",
    "email",
)
_FILTERS = {
    "Status.All": None,
    "Status.Unpaid": filters.having("status", *OPEN),
    "Status.PartiallyPaid": filters.having("status", "partially_paid"),
    "Status.Sent": filters.having("shown_status", "sent"),
    "Status.OverDue": filters.having("shown_status", "overdue"),
    **{
        f"Status.{s.capitalize()}": filters.having("status", s)
        for s in ("draft", "paid", "void", "viewed")
    },
    "Date.PaymentExpectedDate": filters.having("invoice_id"),
}


class InvoiceLists:
    """GET /invoices."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def listing(self, request: Request) -> Response:
        """GET /invoices, with counts and sums as `response_option` asks."""
        books = self._context.books(request)
        rows = self._found(request, books)
        option = request.param("response_option") or "0"
        if option not in {"0", "1", "2", "3", "4"}:
            raise invalid("response_option")
        more: dict[str, Any] = {"response_option": int(option)}
        if option in {"1", "2", "3"}:
            size = paging(request)[1]
            more |= {"total": len(rows), "total_pages": -(-len(rows) // size)}
        if option in {"1", "3", "4"}:
            more["sum_columns"] = {
                n: number(sum((r[n] for r in rows), Decimal(0))) for n in ("total", "balance")
            }
        today = self._context.today(books)
        shown = [] if option in {"2", "3"} else rows
        return self._context.page(
            request,
            "invoices",
            shown,
            _SORTS,
            shown=lambda r: listed_invoice(r["kept"], today),
            more=more,
        )

    def _found(self, request: Request, books: Books) -> list[Record]:
        today = self._context.today(books)
        rows: list[Record] = [
            {
                **r,
                "kept": r,
                "email": "",
                "recurring_invoice_id": "",
                "shown_status": status_on(r, today),
            }
            for r in self._context.visible(books, "invoices")
        ]
        rows = self._context.chosen(request, rows, _FILTERS)
        status = request.param("status")
        if status == "unpaid":
            rows = [r for r in rows if r["status"] in OPEN]
        elif status:
            rows = [r for r in rows if status in (r["status"], r["shown_status"])]
        rows = filters.texts(request, rows, _TEXTS)
        rows = filters.numbers(request, rows, ("total", "balance"))
        rows = filters.days(request, rows, ("date", "due_date", "created_date"))
        rows = filters.searched(
            request, rows, ("invoice_number", "reference_number", "customer_name")
        )
        rows = _with_lines(request, _with_custom(request, rows))
        return self._context.modified_since(request, rows)


def _with_custom(request: Request, rows: Sequence[Record]) -> list[Record]:
    """Rows of which a custom field's value fits `custom_field` and its variants."""
    found = list(rows)
    for suffix in ("", "_startswith", "_contains"):
        wanted = (request.param("custom_field" + suffix) or "").casefold()
        if not wanted:
            continue
        found = [
            r
            for r in found
            if any(
                filters.FITS[suffix](str(f["value"]).casefold(), wanted) for f in r["custom_fields"]
            )
        ]
    return found


def _with_lines(request: Request, rows: Sequence[Record]) -> list[Record]:
    """Rows of which a line fits item_id, item_name and item_description."""
    found = list(rows)
    for name, key in (
        ("item_id", "item_id"),
        ("item_name", "name"),
        ("item_description", "description"),
    ):
        given = any(request.param(name + s) for s in ("", "_startswith", "_contains"))
        if given:
            found = [
                r
                for r in found
                if filters.texts(request, [{name: x[key]} for x in r["line_items"]], (name,))
            ]
    return found
