"""Invoices: reading, making, changing, deleting."""

from copy import deepcopy
from decimal import Decimal

from tallystick.simulator.http import Request, Response

from tallystick_zoho_books.simulator import fields
from tallystick_zoho_books.simulator.billing import bill, free, total
from tallystick_zoho_books.simulator.books import Books
from tallystick_zoho_books.simulator.contact_shape import address
from tallystick_zoho_books.simulator.context import Context
from tallystick_zoho_books.simulator.envelope import Record, Refusal, created, done, invalid, said
from tallystick_zoho_books.simulator.invoice_lists import InvoiceLists
from tallystick_zoho_books.simulator.invoice_shape import shown_invoice
from tallystick_zoho_books.simulator.lines import Lines
from tallystick_zoho_books.simulator.upserts import upsert

_ZERO = Decimal(0)


class Invoices(InvoiceLists):
    """Handlers of /invoices."""

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._lines = Lines(context)

    def create(self, request: Request) -> Response:
        """POST /invoices: a draft, unless `send` asks for more."""
        return self._create(request, self._context.books(request), self._context.body(request))

    def _create(self, request: Request, books: Books, body: Record) -> Response:
        customer = self._context.reference(books, "contacts", body, "customer_id", "Contact")
        custom = fields.custom_fields(body)
        self._unique(books, custom)
        values = self._head(books, customer, body)
        lines = self._lines.make(books, customer, body)
        now = self._context.stamp(books)
        whole = {
            "invoice_number": self._number(request, books, body),
            **values,
            "status": "draft",
            "payment_made": _ZERO,
            "credits_applied": _ZERO,
            "write_off_amount": _ZERO,
            "custom_fields": custom,
            "line_items": lines,
            "billing": False,
            "created_time": now,
            "last_modified_time": now,
        }
        record = books.add("invoices", "invoice_id", lambda _i: whole, self._context.now())
        self._total(books, record)
        if request.param("send") == "true":
            record["status"] = "sent"
        self.hold(books, record)
        self._context.effect(record["invoice_id"])
        path = f"/invoices/{record['invoice_id']}"
        return created("invoice", self.shown(books, record), "The invoice has been created.", path)

    def hold(self, books: Books, record: Record) -> None:
        """Bill what an invoice lists: at once, or with a switch only when it is no draft."""
        if record["status"] != "draft" or self._context.switch("draft_bills_entries"):
            record["billing"] = True
            bill(books, record)

    def release(self, books: Books, record: Record) -> None:
        """Release what an invoice lists."""
        record["billing"] = False
        free(books, record, str(self._context.switch("non_billable_status")))

    def _total(self, books: Books, record: Record) -> None:
        per_line = bool(self._context.switch("tax_per_line"))
        total(record, books.digits(record["currency_code"]), per_line=per_line)

    def shown(self, books: Books, record: Record) -> Record:
        """An invoice as it is sent now."""
        return shown_invoice(record, self._context.today(books))

    def _number(self, request: Request, books: Books, body: Record, own: str = "") -> str:
        """The given number when generation is off, else the next one that is free."""
        taken = {i["invoice_number"] for i in books.rows("invoices")} - {own}
        if request.param("ignore_auto_number_generation") == "true":
            wanted = fields.required(body, "invoice_number", 100)
            if wanted in taken and not self._context.switch("equal_invoice_numbers"):
                raise Refusal(400, 4096, f"The invoice number {wanted} is already in use.")
            return wanted
        while f"INV-{books.next_invoice:06d}" in taken:
            books.next_invoice += 1
        books.next_invoice += 1
        return f"INV-{books.next_invoice - 1:06d}"

    def _unique(self, books: Books, custom: list[Record], but: str = "") -> None:
        """Refuse a second use of the unique custom field's value."""
        name = str(self._context.switch("unique_custom_field"))
        value = fields.custom_value(custom, name)
        for invoice in books.rows("invoices"):
            same = fields.custom_value(invoice["custom_fields"], name) == value
            if value and same and invoice["invoice_id"] != but:
                code = int(self._context.switch("unique_field_code"))
                raise Refusal(400, code, f"The value of {name} is already in use.")

    def _head(self, books: Books, customer: Record, body: Record) -> Record:
        """What a request may set beside the lines."""
        named = body.get("currency_id") or body.get("currency_code")
        currency = self._context.currency(books, body if named else customer)
        foreign = currency["currency_code"] != customer["currency_code"]
        if foreign and self._context.switch("fixed_invoice_currency"):
            raise Refusal(400, 1026, "The invoice must be in the currency of its customer.")
        day = fields.day(body, "date", self._context.today(books).isoformat())
        due = fields.day(body, "due_date", day)
        if due < day:
            raise invalid("due_date")
        rate = fields.amount({"exchange_rate": currency["exchange_rate"], **body}, "exchange_rate")
        terms = fields.whole(body, "payment_terms")
        label = f"Net {terms}" if terms else "Due on Receipt"
        return {
            "customer_id": customer["contact_id"],
            "customer_name": customer["contact_name"],
            "reference_number": fields.text(body, "reference_number", 100),
            "date": day,
            "due_date": due,
            "currency_id": currency["currency_id"],
            "currency_code": currency["currency_code"],
            "currency_symbol": currency["currency_symbol"],
            "exchange_rate": rate or Decimal(1),
            "is_inclusive_tax": fields.flag(body, "is_inclusive_tax", False),
            "is_discount_before_tax": fields.flag(body, "is_discount_before_tax", True),
            "discount_type": fields.choice(
                body, "discount_type", ("entity_level", "item_level"), "entity_level"
            ),
            "discount": body.get("discount") or 0,
            **_discount(body),
            "shipping_charge": fields.amount(body, "shipping_charge"),
            "adjustment": fields.amount(body, "adjustment"),
            "adjustment_description": fields.text(body, "adjustment_description", 200),
            "payment_terms": terms,
            "payment_terms_label": fields.text(body, "payment_terms_label", 100) or label,
            "salesperson_name": fields.text(body, "salesperson_name", 200),
            "template_id": fields.text(body, "template_id", 40),
            "notes": fields.text(body, "notes", 5000),
            "terms": fields.text(body, "terms", 10000),
            "billing_address": address(customer["billing_address"]),
            "shipping_address": address(customer["shipping_address"]),
        }

    def one(self, request: Request, invoice_id: str) -> Response:
        """GET /invoices/{id}."""
        books = self._context.books(request)
        return done("invoice", self.shown(books, books.get("invoices", invoice_id, "Invoice")))

    def update(self, request: Request, invoice_id: str) -> Response:
        """PUT /invoices/{id}: arrays are replaced whole, so a line left out is dropped."""
        books, body = self._context.books(request), self._context.body(request)
        record = books.get("invoices", invoice_id, "Invoice")
        return self._update(books, record, body, request)

    def _update(
        self, books: Books, record: Record, body: Record, request: Request | None = None
    ) -> Response:
        if record["status"] == "void":
            raise Refusal(400, 4097, "A void invoice cannot be edited.")
        draft = deepcopy(record)
        customer_id = body.get("customer_id") or record["customer_id"]
        named = {"customer_id": customer_id}
        customer = self._context.reference(books, "contacts", named, "customer_id", "Contact")
        known = {k: _plain(v) for k, v in record.items()}
        if customer_id != record["customer_id"]:
            known |= {"currency_id": "", "currency_code": "", "exchange_rate": ""}
        draft.update(self._head(books, customer, {**known, **body}))
        draft["custom_fields"] = fields.custom_fields(body, record["custom_fields"])
        self._unique(books, draft["custom_fields"], record["invoice_id"])
        if request is not None and request.param("ignore_auto_number_generation") == "true":
            own = record["invoice_number"]
            draft["invoice_number"] = self._number(request, books, body, own)
        if "line_items" in body:
            draft["line_items"] = self._lines.make(books, customer, body, record)
        else:
            self._lines.check(books, draft["line_items"], customer, record["invoice_id"])
        self._total(books, draft)
        draft["last_modified_time"] = self._context.stamp(books)
        if record["billing"] and self._context.switch("update_releases_entries"):
            self.release(books, record)
        record.update(draft)
        self.hold(books, record)
        shown = self.shown(books, record)
        return done("invoice", shown, "Invoice information has been updated.")

    def upsert(self, request: Request) -> Response:
        """PUT /invoices by a unique custom field: update the match, or create with X-Upsert."""
        return upsert(self._context, request, "invoices", "invoice_id", self._update, self._create)

    def set_custom_fields(self, request: Request, invoice_id: str) -> Response:
        """PUT /invoice/{id}/customfields, whose path is singular: a list of fields."""
        books = self._context.books(request)
        record = books.get("invoices", invoice_id, "Invoice")
        try:
            given = request.json()
        except ValueError:
            raise Refusal(400, 4, "Invalid JSON passed.") from None
        body = given if isinstance(given, dict) else {"custom_fields": given}
        custom = fields.custom_fields(body, record["custom_fields"])
        self._unique(books, custom, invoice_id)
        record.update(custom_fields=custom, last_modified_time=self._context.stamp(books))
        return said("Custom Fields Updated Successfully")

    def delete(self, request: Request, invoice_id: str) -> Response:
        """DELETE /invoices/{id}."""
        books = self._context.books(request)
        record = books.get("invoices", invoice_id, "Invoice")
        self.unpaid(record)
        if self._context.switch("delete_releases_entries"):
            self.release(books, record)
        books.remove("invoices", invoice_id)
        return said("The invoice has been deleted.")

    def unpaid(self, record: Record) -> None:
        """Refuse while a payment is applied."""
        if record["payment_made"] and self._context.switch("refuse_paid_void"):
            raise Refusal(400, 4098, "Remove the payment of the invoice first.")


def _discount(body: Record) -> Record:
    """A discount of the whole invoice: an amount, or a percentage such as 10%."""
    given = body.get("discount")
    if isinstance(given, str) and given.endswith("%"):
        percent = fields.decimal(given[:-1], "discount")
        if not 0 <= percent <= 100:
            raise invalid("discount")
        return {"discount_total": _ZERO, "discount_percent": percent}
    return {"discount_total": fields.amount(body, "discount"), "discount_percent": _ZERO}


def _plain(value: object) -> object:
    """A kept value as a request would give it."""
    return str(value) if isinstance(value, Decimal) else value
