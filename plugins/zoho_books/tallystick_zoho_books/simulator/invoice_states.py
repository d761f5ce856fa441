"""What happens to an invoice: sent, void, draft, written off, paid."""

from decimal import Decimal

from tallystick.simulator.http import Request, Response

from tallystick_zoho_books.simulator import fields
from tallystick_zoho_books.simulator.billing import settle
from tallystick_zoho_books.simulator.books import Books
from tallystick_zoho_books.simulator.context import Context
from tallystick_zoho_books.simulator.envelope import Record, Refusal, done, number, said
from tallystick_zoho_books.simulator.invoice_shape import OPEN
from tallystick_zoho_books.simulator.invoices import Invoices
from tallystick_zoho_books.simulator.lines import Lines


class InvoiceStates:
    """Handlers of /invoices/{id}/status, writeoff, payments and their like."""

    def __init__(self, context: Context, invoices: Invoices) -> None:
        self._context = context
        self._invoices = invoices
        self._lines = Lines(context)

    def _found(self, request: Request, invoice_id: str) -> tuple[Books, Record]:
        books = self._context.books(request)
        return books, books.get("invoices", invoice_id, "Invoice")

    def _touch(self, books: Books, record: Record) -> None:
        record["last_modified_time"] = self._context.stamp(books)

    def sent(self, request: Request, invoice_id: str) -> Response:
        """POST /invoices/{id}/status/sent: a draft is sent; an open invoice stays as it is."""
        books, record = self._found(request, invoice_id)
        if record["status"] == "void":
            raise Refusal(400, 4099, "A void invoice cannot be sent.")
        if record["status"] == "draft":
            record["status"] = "sent"
            self._invoices.hold(books, record)
            self._touch(books, record)
        return said("Invoice status has been changed to Sent.")

    def void(self, request: Request, invoice_id: str) -> Response:
        """POST /invoices/{id}/status/void; the number stays used."""
        books, record = self._found(request, invoice_id)
        self._invoices.unpaid(record)
        if record["status"] != "void":
            record["status"] = "void"
            if self._context.switch("void_releases_entries"):
                self._invoices.release(books, record)
            self._touch(books, record)
        return said("Invoice status has been changed to Void.")

    def draft(self, request: Request, invoice_id: str) -> Response:
        """POST /invoices/{id}/status/draft: a void invoice takes its entries again."""
        books, record = self._found(request, invoice_id)
        if record["status"] != "void":
            raise Refusal(400, 4099, "Only a void invoice can be changed to draft.")
        customer = books.get("contacts", record["customer_id"], "Contact", 400)
        self._lines.check(books, record["line_items"], customer, invoice_id)
        record["status"] = "draft"
        self._invoices.hold(books, record)
        self._touch(books, record)
        return said("Status of invoice changed from void to draft")

    def email(self, request: Request, invoice_id: str) -> Response:
        """POST /invoices/{id}/email: a draft counts as sent; nothing leaves the simulator."""
        books, record = self._found(request, invoice_id)
        self.sent(request, invoice_id)
        record["is_emailed"] = True
        self._touch(books, record)
        return said("Your invoice has been sent.")

    def submit(self, request: Request, invoice_id: str) -> Response:
        """POST /invoices/{id}/submit, for an organization without approvals."""
        self._found(request, invoice_id)
        return said("The Invoice has been submitted for approval successfully.")

    def approve(self, request: Request, invoice_id: str) -> Response:
        """POST /invoices/{id}/approve, for an organization without approvals."""
        self._found(request, invoice_id)
        return said("You have approved the Invoice.")

    def write_off(self, request: Request, invoice_id: str) -> Response:
        """POST /invoices/{id}/writeoff: the balance is 0 and the invoice is paid."""
        books, record = self._found(request, invoice_id)
        if record["status"] not in OPEN:
            raise Refusal(400, 4100, "Only an open invoice can be written off.")
        record["write_off_amount"] = record["balance"]
        settle(record)
        self._touch(books, record)
        return said("Invoice has been written off.")

    def cancel_write_off(self, request: Request, invoice_id: str) -> Response:
        """POST /invoices/{id}/writeoff/cancel."""
        books, record = self._found(request, invoice_id)
        record["write_off_amount"] = Decimal(0)
        settle(record)
        self._touch(books, record)
        return said("The writeoff done for this invoice has been cancelled.")

    def payments(self, request: Request, invoice_id: str) -> Response:
        """GET /invoices/{id}/payments."""
        books, _ = self._found(request, invoice_id)
        rows = [p for p in books.rows("payments") if p["invoice_id"] == invoice_id]
        return done("payments", [{**p, "amount": number(p["amount"])} for p in rows])

    def remove_payment(self, request: Request, invoice_id: str, payment_id: str) -> Response:
        """DELETE /invoices/{id}/payments/{invoice_payment_id}."""
        books, record = self._found(request, invoice_id)
        payment = books.get("payments", payment_id, "Payment")
        if payment["invoice_id"] != invoice_id:
            raise Refusal(404, 1002, "Payment does not exist.")
        record["payment_made"] -= payment["amount"]
        books.remove("payments", payment_id)
        settle(record)
        self._touch(books, record)
        return said("The payment has been deleted.")

    def pay(self, request: Request, invoice_id: str) -> Response:
        """Control only: note a payment of the whole balance, or of the parameter `amount`."""
        books, record = self._found(request, invoice_id)
        if record["status"] in {"draft", "void"}:
            record["status"] = "sent"
        given = request.param("amount")
        amount = fields.decimal(given, "amount") if given else record["balance"]
        day = self._context.today(books).isoformat()
        made = {
            "payment_id": books.ids.make(),
            "payment_number": len(books.tables["payments"]) + 1,
            "invoice_id": invoice_id,
            "payment_mode": "banktransfer",
            "description": "",
            "date": day,
            "reference_number": "",
            "exchange_rate": 1,
            "amount": amount,
            "tax_amount_withheld": 0,
            "online_transaction_id": "",
            "is_single_invoice_payment": True,
        }
        books.add("payments", "invoice_payment_id", lambda _i: made, self._context.now())
        record["payment_made"] += amount
        record["last_payment_date"] = day
        settle(record)
        self._touch(books, record)
        return said("paid")
