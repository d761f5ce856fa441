"""Credit notes, and what they take from invoices."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from tallystick.simulator.http import Request, Response

from tallystick_zoho_books.simulator import fields, filters
from tallystick_zoho_books.simulator.billing import settle, total
from tallystick_zoho_books.simulator.books import Books
from tallystick_zoho_books.simulator.contact_shape import address
from tallystick_zoho_books.simulator.context import Context
from tallystick_zoho_books.simulator.envelope import Record, Refusal, created, done, number, said
from tallystick_zoho_books.simulator.invoice_shape import OPEN
from tallystick_zoho_books.simulator.lines import Lines, shown_line

_ZERO = Decimal(0)
_AMOUNTS = ("sub_total", "tax_total", "total", "balance")
_SORTS = ("customer_name", "creditnote_number", "date", "total", "balance", "created_time")
_FILTERS = {
    "Status.All": None,
    **{
        f"Status.{s.capitalize()}": filters.having("status", s)
        for s in ("open", "closed", "draft", "void")
    },
}
_LISTED = (
    "creditnote_id",
    "creditnote_number",
    "status",
    "reference_number",
    "date",
    "total",
    "balance",
    "location_id",
    "location_name",
    "customer_id",
    "customer_name",
    "currency_id",
    "currency_code",
    "created_time",
    "last_modified_time",
    "is_emailed",
    "custom_fields",
)
_EMPTY: Mapping[str, Any] = {
    "is_pre_gst": False,
    "place_of_supply": "",
    "vat_treatment": "",
    "vat_reg_no": "",
    "gst_no": "",
    "cfdi_usage": "",
    "cfdi_reference_type": "",
    "gst_treatment": "",
    "tax_treatment": "",
    "is_reverse_charge_applied": False,
    "contact_persons_associated": [],
    "email": "",
    "location_id": "",
    "location_name": "",
    "is_emailed": False,
    "template_id": "",
    "template_name": "",
}
_LINE = ("code", "account_id", "account_name", "serial_numbers")
_KEPT_OUT = {
    "payment_made",
    "credits_applied",
    "write_off_amount",
    "discount_total",
    "discount_percent",
}


def shown_note(row: Record) -> Record:
    """A credit note as it is sent."""
    sent = {k: v for k, v in row.items() if k not in _KEPT_OUT}
    return {
        **_EMPTY,
        **sent,
        **{name: number(row[name]) for name in _AMOUNTS},
        "shipping_charge": number(row["shipping_charge"]),
        "adjustment": number(row["adjustment"]),
        "updated_time": row["last_modified_time"],
        "invoices": [{**i, "amount": number(i["amount"])} for i in row["invoices"]],
        "line_items": [
            {**dict.fromkeys(_LINE, ""), "type": 1, **shown_line(line)}
            for line in row["line_items"]
        ],
    }


class CreditNotes:
    """Handlers of /creditnotes."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._lines = Lines(context)

    def listing(self, request: Request) -> Response:
        """GET /creditnotes."""
        books = self._context.books(request)
        rows = self._context.visible(books, "creditnotes")
        rows = self._context.chosen(request, rows, _FILTERS)
        names = ("creditnote_number", "reference_number", "customer_id", "customer_name", "status")
        rows = filters.texts(request, rows, names)
        rows = filters.numbers(request, rows, ("total", "balance"))
        rows = filters.days(request, rows, ("date",))
        rows = filters.searched(request, rows, names)
        rows = self._context.modified_since(request, rows)
        return self._context.page(request, "creditnotes", rows, _SORTS, shown=_listed)

    def create(self, request: Request) -> Response:
        """POST /creditnotes; with `invoice_id` it is applied to that invoice at once."""
        books, body = self._context.books(request), self._context.body(request)
        customer = self._context.reference(books, "contacts", body, "customer_id", "Contact")
        invoice_id = request.param("invoice_id")
        invoice = books.get("invoices", invoice_id, "Invoice", 400) if invoice_id else None
        lines = self._lines.make(books, customer, body)
        now = self._context.stamp(books)
        whole = {
            "creditnote_number": self._number(request, books, body),
            "customer_id": customer["contact_id"],
            "customer_name": customer["contact_name"],
            "status": "open",
            "reference_number": fields.text(body, "reference_number", 100),
            "date": fields.day(body, "date", self._context.today(books).isoformat()),
            "currency_id": customer["currency_id"],
            "currency_code": customer["currency_code"],
            "currency_symbol": customer["currency_symbol"],
            "is_inclusive_tax": fields.flag(body, "is_inclusive_tax", False),
            **dict.fromkeys(("shipping_charge", "adjustment"), _ZERO),
            **dict.fromkeys(("discount_total", "discount_percent"), _ZERO),
            "is_discount_before_tax": True,
            **dict.fromkeys(("payment_made", "credits_applied", "write_off_amount"), _ZERO),
            "line_items": lines,
            "invoices": [],
            "notes": fields.text(body, "notes", 5000),
            "terms": fields.text(body, "terms", 10000),
            "custom_fields": fields.custom_fields(body),
            "billing_address": address(customer["billing_address"]),
            "shipping_address": address(customer["shipping_address"]),
            "created_time": now,
            "last_modified_time": now,
        }
        record = books.add("creditnotes", "creditnote_id", lambda _i: whole, self._context.now())
        per_line = bool(self._context.switch("tax_per_line"))
        total(record, books.digits(record["currency_code"]), per_line=per_line)
        record["status"] = "open"
        if invoice is not None:
            self._apply(books, record, invoice, min(record["balance"], invoice["balance"]))
        self._context.effect(record["creditnote_id"])
        path = f"/creditnotes/{record['creditnote_id']}"
        return created("creditnote", shown_note(record), "The credit note has been created.", path)

    def _number(self, request: Request, books: Books, body: Record) -> str:
        taken = {c["creditnote_number"] for c in books.rows("creditnotes")}
        if request.param("ignore_auto_number_generation") == "true":
            wanted = fields.required(body, "creditnote_number", 100)
            if wanted in taken and not self._context.switch("equal_invoice_numbers"):
                raise Refusal(400, 4096, f"The credit note number {wanted} is already in use.")
            return wanted
        while f"CN-{books.next_creditnote:05d}" in taken:
            books.next_creditnote += 1
        return f"CN-{books.next_creditnote:05d}"

    def _apply(self, books: Books, record: Record, invoice: Record, amount: Decimal) -> None:
        """Take an amount from an invoice's balance and from the credit."""
        if record["status"] != "open" or invoice["status"] not in OPEN:
            raise Refusal(400, 12001, "Credits can be applied from open notes to open invoices.")
        if amount <= 0 or amount > record["balance"] or amount > invoice["balance"]:
            raise Refusal(400, 12002, "The amount is more than the balance.")
        if invoice["customer_id"] != record["customer_id"]:
            raise Refusal(400, 12003, "The invoice belongs to another customer.")
        record["invoices"].append(
            {
                "creditnote_invoice_id": books.ids.make(),
                "invoice_id": invoice["invoice_id"],
                "invoice_number": invoice["invoice_number"],
                "amount": amount,
                "credited_date": self._context.today(books).isoformat(),
            }
        )
        record["credits_applied"] += amount
        record["balance"] -= amount
        record["status"] = "open" if record["balance"] else "closed"
        invoice["credits_applied"] += amount
        settle(invoice)
        now = self._context.stamp(books)
        record["last_modified_time"] = invoice["last_modified_time"] = now

    def one(self, request: Request, note_id: str) -> Response:
        """GET /creditnotes/{id}."""
        books = self._context.books(request)
        return done("creditnote", shown_note(books.get("creditnotes", note_id, "Credit note")))

    def delete(self, request: Request, note_id: str) -> Response:
        """DELETE /creditnotes/{id}; refused once it is applied."""
        books = self._context.books(request)
        if books.get("creditnotes", note_id, "Credit note")["invoices"]:
            raise Refusal(400, 12004, "The credit note is applied to invoices.")
        books.remove("creditnotes", note_id)
        return said("The credit note has been deleted.")

    def status(self, request: Request, note_id: str, status: str) -> Response:
        """POST /creditnotes/{id}/status/void, draft or open."""
        if status not in {"void", "draft", "open"}:
            raise Refusal(404, 5, "Invalid URL Passed")
        books = self._context.books(request)
        record = books.get("creditnotes", note_id, "Credit note")
        if record["invoices"]:
            raise Refusal(400, 12004, "The credit note is applied to invoices.")
        record.update(status=status, last_modified_time=self._context.stamp(books))
        words = {"void": "voided", "draft": "converted to Draft", "open": "converted to Open"}
        return said(f"The credit note has been {words[status]}.")

    def applied(self, request: Request, note_id: str) -> Response:
        """GET /creditnotes/{id}/invoices."""
        books = self._context.books(request)
        record = books.get("creditnotes", note_id, "Credit note")
        shown = [{**i, "amount_applied": number(i["amount"])} for i in record["invoices"]]
        return done("invoices_credited", [{**i, "amount": i["amount_applied"]} for i in shown])

    def apply(self, request: Request, note_id: str) -> Response:
        """POST /creditnotes/{id}/invoices: all amounts, or none."""
        books, body = self._context.books(request), self._context.body(request)
        record = books.get("creditnotes", note_id, "Credit note")
        wanted = [
            (
                self._context.reference(books, "invoices", line, "invoice_id", "Invoice"),
                fields.amount(line, "amount_applied"),
            )
            for line in fields.objects(body, "invoices")
        ]
        if not wanted or sum((a for _, a in wanted), _ZERO) > record["balance"]:
            raise Refusal(400, 12002, "The amount is more than the balance.")
        for invoice, amount in wanted:
            self._apply(books, record, invoice, amount)
        return said("Credits have been applied to the invoice(s).")

    def of_invoice(self, request: Request, invoice_id: str) -> Response:
        """GET /invoices/{id}/creditsapplied."""
        books = self._context.books(request)
        books.get("invoices", invoice_id, "Invoice")
        rows = [
            {
                "creditnote_id": note["creditnote_id"],
                "creditnotes_invoice_id": i["creditnote_invoice_id"],
                "creditnotes_number": note["creditnote_number"],
                "credited_date": i["credited_date"],
                "amount_applied": number(i["amount"]),
            }
            for note in books.rows("creditnotes")
            for i in note["invoices"]
            if i["invoice_id"] == invoice_id
        ]
        return done("credits", rows)

    def credit_invoice(self, request: Request, invoice_id: str) -> Response:
        """POST /invoices/{id}/credits: apply credit notes to an invoice."""
        books, body = self._context.books(request), self._context.body(request)
        invoice = books.get("invoices", invoice_id, "Invoice")
        for line in fields.objects(body, "apply_creditnotes"):
            note = self._context.reference(
                books, "creditnotes", line, "creditnote_id", "Credit note"
            )
            self._apply(books, note, invoice, fields.amount(line, "amount_applied"))
        return said("Credits have been applied to the invoice(s).")


def _listed(row: Record) -> Record:
    whole = shown_note(row)
    return {name: whole[name] for name in _LISTED}
