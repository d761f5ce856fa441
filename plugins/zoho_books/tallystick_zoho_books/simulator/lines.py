"""Invoice lines, their amounts, and the billed state of what they list."""

from decimal import Decimal
from typing import Any

from tallystick_zoho_books.simulator.books import Books
from tallystick_zoho_books.simulator.context import Context
from tallystick_zoho_books.simulator.envelope import Record, Refusal, cents, decimal, number

_ZERO = Decimal(0)


def shown_line(line: Record) -> Record:
    """A line as it is sent."""
    amounts = ("rate", "bcy_rate", "quantity", "discount", "tax_percentage", "item_total")
    return {**line, **{name: number(line[name]) for name in amounts}}


def entry_ids(invoice: Record) -> list[str]:
    """Every time entry an invoice lists."""
    return [i for line in invoice["line_items"] for i in line["time_entry_ids"]]


class Lines:
    """Making lines of a request, totals, and marking what they bill."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def make(
        self, books: Books, customer: Record, body: Record, *, invoice_id: str
    ) -> list[Record]:
        """Lines of a request, checked."""
        given = body.get("line_items")
        if not isinstance(given, list) or not given:
            raise Refusal(400, 4, "Invalid value passed for line_items")
        lines = [self._line(books, line, order) for order, line in enumerate(given, start=1)]
        ids = [i for line in lines for i in line["time_entry_ids"]]
        for entry_id in ids:
            books.get("time_entries", entry_id, "Time entry", 400)
        if self._context.switch("strict_time_entries"):
            self.check_free(books, ids, invoice_id)
            self._check_customer(books, ids, customer)
        return lines

    def _line(self, books: Books, body: Record, order: int) -> Record:
        quantity = decimal(body.get("quantity", 1), "quantity")
        rate = decimal(body.get("rate", 0), "rate")
        tax = self._tax(books, body.get("tax_id"))
        expense_id = str(body.get("expense_id") or "")
        if expense_id:
            books.get("expenses", expense_id, "Expense", 400)
        project_id = str(body.get("project_id") or "")
        project = books.tables["projects"].get(project_id, {})
        return {
            "line_item_id": books.ids.make(),
            "item_id": str(body.get("item_id") or ""),
            "project_id": project_id,
            "project_name": str(project.get("project_name", "")),
            "time_entry_ids": [str(i) for i in body.get("time_entry_ids") or []],
            "expense_id": expense_id,
            "expense_receipt_name": "",
            "bill_id": "",
            "bill_item_id": "",
            "name": str(body.get("name") or ""),
            "description": str(body.get("description") or ""),
            "item_order": order,
            "rate": rate,
            "bcy_rate": rate,
            "quantity": quantity,
            "unit": str(body.get("unit") or ""),
            "discount": _ZERO,
            "tax_id": str(tax.get("tax_id", "")),
            "tax_name": str(tax.get("tax_name", "")),
            "tax_percentage": Decimal(str(tax.get("tax_percentage", 0))),
            "item_total": cents(quantity * rate),
            "header_name": "",
            "tags": [],
        }

    def _tax(self, books: Books, tax_id: Any) -> Record:
        return books.get("taxes", tax_id, "Tax", 400) if tax_id else {}

    def check_free(self, books: Books, ids: list[str], invoice_id: str) -> None:
        """Refuse entries that are billed elsewhere, not billable, or listed twice."""
        if len(set(ids)) != len(ids):
            raise Refusal(400, 20061, "A time entry is listed twice.")
        for entry_id in ids:
            entry = books.get("time_entries", entry_id, "Time entry", 400)
            billed = entry["billed_status"] == "invoiced" and entry["invoice_id"] != invoice_id
            if billed or not entry["is_billable"]:
                raise Refusal(400, 20062, "One of the time entries cannot be invoiced.")

    def _check_customer(self, books: Books, ids: list[str], customer: Record) -> None:
        for entry_id in ids:
            entry = books.get("time_entries", entry_id, "Time entry", 400)
            if entry["customer_id"] != customer["contact_id"]:
                raise Refusal(400, 20063, "A time entry belongs to another customer.")

    def total(self, invoice: Record) -> None:
        """Totals from the printed lines; taxes rounded per line."""
        lines = invoice["line_items"]
        sub_total = sum((line["item_total"] for line in lines), _ZERO)
        taxes: dict[str, Decimal] = {}
        for line in lines:
            if line["tax_id"]:
                amount = cents(line["item_total"] * line["tax_percentage"] / 100)
                taxes[line["tax_name"]] = taxes.get(line["tax_name"], _ZERO) + amount
        tax_total = sum(taxes.values(), _ZERO)
        invoice.update(
            sub_total=sub_total,
            tax_total=tax_total,
            total=sub_total + tax_total,
            balance=sub_total + tax_total,
            payment_made=_ZERO,
            credits_applied=_ZERO,
            write_off_amount=_ZERO,
            adjustment=_ZERO,
            discount=_ZERO,
            exchange_rate=Decimal(1),
            taxes=[{"tax_name": n, "tax_amount": number(a)} for n, a in taxes.items()],
        )

    def bill(self, books: Books, invoice: Record) -> None:
        """Mark what an invoice lists as invoiced, at once, even for a draft."""
        for entry_id in entry_ids(invoice):
            books.tables["time_entries"][entry_id].update(
                billed_status="invoiced",
                invoice_id=invoice["invoice_id"],
                invoice_number=invoice["invoice_number"],
            )
        for line in invoice["line_items"]:
            if line["expense_id"]:
                books.tables["expenses"][line["expense_id"]].update(
                    status="invoiced", invoice_id=invoice["invoice_id"]
                )

    def free(self, books: Books, invoice: Record) -> None:
        """Give free what only this invoice holds."""
        for entry_id in entry_ids(invoice):
            entry = books.tables["time_entries"].get(entry_id)
            if entry is not None and entry["invoice_id"] == invoice["invoice_id"]:
                status = "unbilled" if entry["is_billable"] else "non_billable"
                entry.update(billed_status=status, invoice_id="", invoice_number="")
        for line in invoice["line_items"]:
            expense = books.tables["expenses"].get(line["expense_id"])
            if expense is not None and expense["invoice_id"] == invoice["invoice_id"]:
                expense.update(status="unbilled", invoice_id="")
