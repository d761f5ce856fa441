"""Invoice lines, their amounts, and the billed state of what they list."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from tallystick_zoho_books.simulator import fields
from tallystick_zoho_books.simulator.books import Books
from tallystick_zoho_books.simulator.context import Context
from tallystick_zoho_books.simulator.envelope import Record, Refusal, invalid, number, rounded

_ZERO = Decimal(0)
_EMPTY = ("location_id", "location_name", "tds_tax_id", "sat_item_key_code", "unitkey_code")
_AMOUNTS = (
    "rate",
    "bcy_rate",
    "quantity",
    "discount_amount",
    "tax_percentage",
    "item_total",
)


def shown_line(line: Record) -> Record:
    """A line as it is sent."""
    return {
        **{k: v for k, v in line.items() if k != "tax_amount"},
        **{name: number(line[name]) for name in _AMOUNTS},
    }


def entry_ids(invoice: Record) -> list[str]:
    """Every time entry an invoice lists."""
    return [i for line in invoice["line_items"] for i in line["time_entry_ids"]]


class Lines:
    """Making lines of a request, and checking what they list."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def make(
        self, books: Books, customer: Record, body: Record, before: Record | None = None
    ) -> list[Record]:
        """Lines of a request, checked; ids given at the top belong to the first line that fits."""
        given = fields.objects(body, "line_items")
        if not given:
            raise invalid("line_items")
        known = {line["line_item_id"] for line in (before or {}).get("line_items", ())}
        digits = books.digits(customer["currency_code"])
        lines = [
            self._line(books, line, digits, order=order, known=known)
            for order, line in enumerate(given, start=1)
        ]
        _attach(body, lines)
        invoice_id = before["invoice_id"] if before else ""
        self.check(books, lines, customer, invoice_id)
        return lines

    def _line(
        self, books: Books, body: Record, digits: int, *, order: int, known: set[str]
    ) -> Record:
        item = self._optional(books, "items", body, "item_id", "Item")
        project = self._optional(books, "projects", body, "project_id", "Project")
        expense = self._optional(books, "expenses", body, "expense_id", "Expense")
        tax = self._optional(books, "taxes", body, "tax_id", "Tax")
        if not item and not self._context.switch("lines_without_item"):
            raise invalid("item_id")
        name = fields.text(body, "name", 200) or str(item.get("name", ""))
        description = fields.text(body, "description", 2000)
        if not any((name, description, item, project, expense)):
            raise invalid("name")
        quantity = fields.amount(body, "quantity", 1)
        rate = fields.amount({"rate": item.get("rate", 0), **body}, "rate")
        gross = quantity * rate
        discount = _discount(body, gross, digits)
        given = fields.text(body, "line_item_id", 40)
        return {
            "line_item_id": given if given in known else books.ids.make(),
            "item_id": str(item.get("item_id", "")),
            "item_type": str(item.get("item_type", "")),
            "product_type": str(item.get("product_type", "service")),
            "project_id": str(project.get("project_id", "")),
            "project_name": str(project.get("project_name", "")),
            "time_entry_ids": list(dict.fromkeys(fields.ids(body, "time_entry_ids"))),
            "expense_id": str(expense.get("expense_id", "")),
            "expense_receipt_name": "",
            "bill_id": "",
            "bill_item_id": "",
            "name": name,
            "description": description,
            "item_order": order,
            "rate": rate,
            "bcy_rate": rate,
            "quantity": quantity,
            "unit": fields.text(body, "unit", 100),
            "discount": body.get("discount") or 0,
            "discount_amount": discount,
            "tax_id": str(tax.get("tax_id", "")),
            "tax_name": str(tax.get("tax_name", "")),
            "tax_type": str(tax.get("tax_type", "")),
            "tax_percentage": Decimal(str(tax.get("tax_percentage", 0))),
            "tax_treatment_code": "",
            "item_total": rounded(gross - discount, digits),
            "header_name": fields.text(body, "header_name", 200),
            "header_id": "",
            **dict.fromkeys(_EMPTY, ""),
            "tags": [],
        }

    def _optional(self, books: Books, table: str, body: Record, name: str, what: str) -> Record:
        if body.get(name) in (None, ""):
            return {}
        return self._context.reference(books, table, body, name, what)

    def check(
        self, books: Books, lines: Sequence[Record], customer: Record, invoice_id: str
    ) -> None:
        """Refuse ids that do not exist, and under the strict switch what cannot be billed."""
        ids = [i for line in lines for i in line["time_entry_ids"]]
        status = int(self._context.switch("missing_reference_status"))
        entries = [books.get("time_entries", i, "Time entry", status) for i in ids]
        if not self._context.switch("strict_time_entries"):
            return
        if len(set(ids)) != len(ids):
            raise Refusal(400, 20061, "A time entry is listed twice.")
        expenses = [
            books.get("expenses", line["expense_id"], "Expense", status)
            for line in lines
            if line["expense_id"]
        ]
        self.check_free(entries, expenses, invoice_id)
        wanted = customer["contact_id"]
        projects = [books.tables["projects"].get(line["project_id"]) for line in lines]
        owners = [*entries, *(e for e in expenses if e["customer_id"]), *filter(None, projects)]
        if any(owner["customer_id"] != wanted for owner in owners):
            raise Refusal(400, 20063, "A time entry, expense or project is of another customer.")

    def check_free(
        self, entries: Sequence[Record], expenses: Sequence[Record], invoice_id: str
    ) -> None:
        """Refuse entries and expenses that are billed elsewhere or not billable."""
        for entry in entries:
            billed = entry["billed_status"] == "invoiced" and entry["invoice_id"] != invoice_id
            if billed or not entry["is_billable"]:
                raise Refusal(400, 20062, "One of the time entries cannot be invoiced.")
        for expense in expenses:
            billed = expense["status"] == "invoiced" and expense["invoice_id"] != invoice_id
            if billed or not expense["is_billable"]:
                raise Refusal(400, 20064, "One of the expenses cannot be invoiced.")


def _discount(body: Record, gross: Decimal, digits: int) -> Decimal:
    """A line's discount: an amount, or a percentage such as 10%."""
    given = body.get("discount")
    if isinstance(given, str) and given.endswith("%"):
        return rounded(gross * fields.decimal(given[:-1], "discount") / 100, digits)
    return fields.amount(body, "discount")


def _attach(body: Record, lines: Sequence[Record]) -> None:
    """Give ids that stand beside the lines to the first line."""
    named = {i for line in lines for i in line["time_entry_ids"]}
    beside = [i for i in fields.ids(body, "time_entry_ids") if i not in named]
    lines[0]["time_entry_ids"] += list(dict.fromkeys(beside))
    expense_id: Any = fields.text(body, "expense_id", 40)
    if expense_id and not any(line["expense_id"] == expense_id for line in lines):
        lines[0]["expense_id"] = lines[0]["expense_id"] or expense_id
