"""Invoices: drafts, their lines, and what they do to time entries and expenses."""

from collections.abc import Callable

from tallystick.simulator.http import Request, Response

from tallystick_zoho_books.simulator.books import Books
from tallystick_zoho_books.simulator.context import Context
from tallystick_zoho_books.simulator.envelope import (
    Record,
    Refusal,
    created,
    done,
    number,
    page,
    said,
    text_filters,
)
from tallystick_zoho_books.simulator.lines import Lines, entry_ids, shown_line

_SORTS = ("customer_name", "invoice_number", "date", "due_date", "total", "balance", "created_time")
_FILTERS = {
    "Status.Sent": "sent",
    "Status.Draft": "draft",
    "Status.OverDue": "overdue",
    "Status.Paid": "paid",
    "Status.Void": "void",
    "Status.PartiallyPaid": "partially_paid",
    "Status.Viewed": "viewed",
}
_AMOUNTS = (
    "sub_total",
    "tax_total",
    "total",
    "balance",
    "payment_made",
    "credits_applied",
    "write_off_amount",
    "adjustment",
    "discount",
    "exchange_rate",
)


def shown_invoice(row: Record) -> Record:
    """An invoice as it is sent."""
    return {
        **row,
        **{name: number(row[name]) for name in _AMOUNTS},
        "line_items": [shown_line(line) for line in row["line_items"]],
    }


def listed_invoice(row: Record) -> Record:
    """An invoice in a list: without lines."""
    whole = shown_invoice(row)
    hidden = {"line_items", "notes", "terms", "taxes"}
    return {k: v for k, v in whole.items() if k not in hidden}


class Invoices:
    """Handlers of /invoices."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._lines = Lines(context)

    def listing(self, request: Request) -> Response:
        """GET /invoices."""
        books = self._context.books(request)
        rows = self._context.visible(books, "invoices")
        names = (
            "invoice_number",
            "reference_number",
            "customer_id",
            "customer_name",
            "status",
            "date",
            "due_date",
        )
        rows = text_filters(request, rows, names)
        wanted = _FILTERS.get(request.param("filter_by") or "")
        if wanted:
            rows = [r for r in rows if r["status"] == wanted]
        custom = request.param("custom_field")
        if custom:
            rows = [r for r in rows if any(f.get("value") == custom for f in r["custom_fields"])]
        start, end = request.param("date_start"), request.param("date_end")
        rows = [
            r for r in rows if (not start or r["date"] >= start) and (not end or r["date"] <= end)
        ]
        rows = self._context.modified_since(request, rows)
        return page(request, "invoices", rows, sorts=_SORTS, shown=listed_invoice)

    def create(self, request: Request) -> Response:
        """POST /invoices: a draft, unless `send` asks for more."""
        books, body = self._context.books(request), self._context.body(request)
        self._unique(books, body)
        return self._create(request, books, body)

    def _create(self, request: Request, books: Books, body: Record) -> Response:
        status = int(self._context.switch("missing_reference_status"))
        customer = books.get("contacts", body.get("customer_id"), "Contact", status)
        invoice_number = self._number(request, books, body)
        lines = self._lines.make(books, customer, body, invoice_id="")
        record = books.add(
            "invoices",
            "invoice_id",
            lambda _i: self._record(books, customer, body, lines, invoice_number),
            self._context.now(),
        )
        self._lines.bill(books, record)
        if request.param("send") == "true":
            record["status"] = "sent"
        self._context.effect(record["invoice_id"])
        return created(
            "invoice",
            shown_invoice(record),
            "The invoice has been created.",
            f"/api/v3/invoices/{record['invoice_id']}",
        )

    def _number(self, request: Request, books: Books, body: Record) -> str:
        if request.param("ignore_auto_number_generation") == "true":
            wanted = str(body.get("invoice_number") or "")
            if not wanted or any(i["invoice_number"] == wanted for i in books.rows("invoices")):
                raise Refusal(400, 4096, f"The invoice number {wanted} is already in use.")
            return wanted
        books.next_invoice += 1
        return f"INV-{books.next_invoice - 1:06d}"

    def _unique(self, books: Books, body: Record, but: str = "") -> None:
        """Refuse a second use of the unique custom field's value."""
        field = self._context.switch("unique_custom_field")
        if not field:
            return
        value = _custom(body.get("custom_fields", []), field)
        for invoice in books.rows("invoices"):
            same = _custom(invoice["custom_fields"], field) == value
            if value and same and invoice["invoice_id"] != but:
                code = int(self._context.switch("unique_field_code"))
                raise Refusal(400, code, f"The value of {field} is already in use.")

    def _record(
        self, books: Books, customer: Record, body: Record, lines: list[Record], number_: str
    ) -> Record:
        now = self._context.stamp(books)
        day = str(body.get("date") or self._context.now().date())
        record: Record = {
            "invoice_number": number_,
            "customer_id": customer["contact_id"],
            "customer_name": customer["contact_name"],
            "reference_number": str(body.get("reference_number") or ""),
            "status": "draft",
            "date": day,
            "due_date": str(body.get("due_date") or day),
            "currency_id": customer["currency_id"],
            "currency_code": customer["currency_code"],
            "is_inclusive_tax": bool(body.get("is_inclusive_tax", False)),
            "is_discount_before_tax": True,
            "discount_type": "entity_level",
            "payment_terms": int(body.get("payment_terms", 0)),
            "payment_terms_label": str(body.get("payment_terms_label") or "Due on Receipt"),
            "template_id": "",
            "salesperson_name": "",
            "invoice_url": "",
            "notes": str(body.get("notes") or ""),
            "terms": str(body.get("terms") or ""),
            "custom_fields": body.get("custom_fields", []),
            "custom_field_hash": {
                str(f.get("api_name") or f.get("label")): f.get("value")
                for f in body.get("custom_fields", [])
            },
            "invoice_source": "Api",
            "is_emailed": False,
            "current_sub_status": "draft",
            "created_by_id": "",
            "created_time": now,
            "last_modified_time": now,
        }
        record["line_items"] = lines
        self._lines.total(record)
        return record

    def one(self, request: Request, invoice_id: str) -> Response:
        """GET /invoices/{id}."""
        books = self._context.books(request)
        return done("invoice", shown_invoice(books.get("invoices", invoice_id, "Invoice")))

    def update(self, request: Request, invoice_id: str) -> Response:
        """PUT /invoices/{id}: arrays are replaced whole, so a line left out is dropped."""
        books, body = self._context.books(request), self._context.body(request)
        record = books.get("invoices", invoice_id, "Invoice")
        if record["status"] not in {"draft", "sent", "overdue"}:
            raise Refusal(400, 4097, "The invoice cannot be edited in its present status.")
        self._unique(books, body, invoice_id)
        customer = books.get(
            "contacts", body.get("customer_id") or record["customer_id"], "Contact"
        )
        for name in ("reference_number", "date", "due_date", "notes", "terms"):
            if name in body:
                record[name] = str(body[name] or "")
        if "custom_fields" in body:
            record["custom_fields"] = body["custom_fields"]
        if "line_items" in body:
            lines = self._lines.make(books, customer, body, invoice_id=invoice_id)
            self._lines.free(books, record)
            record["line_items"] = lines
            self._lines.bill(books, record)
            self._lines.total(record)
        record["last_modified_time"] = self._context.stamp(books)
        return done("invoice", shown_invoice(record), "Invoice information has been updated.")

    def upsert(self, request: Request) -> Response:
        """PUT /invoices by a unique custom field: update the match, or create with X-Upsert."""
        books, body = self._context.books(request), self._context.body(request)
        field = request.headers.get("x-unique-identifier-key", "")
        value = request.headers.get("x-unique-identifier-value", "")
        for invoice in books.rows("invoices"):
            if value and _custom(invoice["custom_fields"], field) == value:
                return self.update(request, invoice["invoice_id"])
        if request.headers.get("x-upsert", "").lower() != "true":
            raise Refusal(404, 1002, "Invoice does not exist.")
        return self._create(request, books, body)

    def delete(self, request: Request, invoice_id: str) -> Response:
        """DELETE /invoices/{id}."""
        books = self._context.books(request)
        record = books.get("invoices", invoice_id, "Invoice")
        self._unpaid(record)
        if self._context.switch("delete_releases_entries"):
            self._lines.free(books, record)
        del books.tables["invoices"][invoice_id]
        return said("The invoice has been deleted.")

    def _unpaid(self, record: Record) -> None:
        if record["payment_made"]:
            raise Refusal(400, 4098, "Remove the payment of the invoice first.")

    def sent(self, request: Request, invoice_id: str) -> Response:
        """POST /invoices/{id}/status/sent."""

        def send(books: Books, record: Record) -> str:
            del books
            record["status"] = "sent"
            return "Invoice status has been changed to Sent."

        return self._change(request, invoice_id, send)

    def void(self, request: Request, invoice_id: str) -> Response:
        """POST /invoices/{id}/status/void; the number stays used."""

        def void(books: Books, record: Record) -> str:
            self._unpaid(record)
            record["status"] = "void"
            if self._context.switch("void_releases_entries"):
                self._lines.free(books, record)
            return "Invoice status has been changed to Void."

        return self._change(request, invoice_id, void)

    def draft(self, request: Request, invoice_id: str) -> Response:
        """POST /invoices/{id}/status/draft: a void invoice takes its entries again."""

        def draft(books: Books, record: Record) -> str:
            if self._context.switch("strict_time_entries"):
                self._lines.check_free(books, entry_ids(record), record["invoice_id"])
            record["status"] = "draft"
            self._lines.bill(books, record)
            return "Status of invoice changed from void to draft"

        return self._change(request, invoice_id, draft)

    def pay(self, request: Request, invoice_id: str) -> Response:
        """Control only: note a full payment."""

        def pay(books: Books, record: Record) -> str:
            del books
            record["payment_made"], record["balance"] = record["total"], record["total"] * 0
            record["status"] = "paid"
            return "paid"

        return self._change(request, invoice_id, pay)

    def _change(
        self, request: Request, invoice_id: str, act: Callable[[Books, Record], str]
    ) -> Response:
        books = self._context.books(request)
        record = books.get("invoices", invoice_id, "Invoice")
        message = act(books, record)
        record["last_modified_time"] = self._context.stamp(books)
        return said(message)


def _custom(fields: list[Record], name: str) -> str:
    """The value of a custom field, by api name or label."""
    for field in fields:
        if name in {field.get("api_name"), field.get("label"), field.get("customfield_id")}:
            return str(field.get("value") or "")
    return ""
