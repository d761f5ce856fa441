"""Expenses."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from tallystick.simulator.http import Request, Response

from tallystick_zoho_books.simulator import fields, filters
from tallystick_zoho_books.simulator.books import Books
from tallystick_zoho_books.simulator.context import Context
from tallystick_zoho_books.simulator.envelope import (
    Record,
    Refusal,
    created,
    done,
    invalid,
    number,
    said,
)
from tallystick_zoho_books.simulator.upserts import upsert

_SORTS = ("date", "account_name", "total", "amount", "customer_name", "created_time")
_FILTERS = {
    "Status.All": None,
    "Status.Billable": filters.having("is_billable", True),
    "Status.Nonbillable": filters.having("status", "nonbillable"),
    "Status.Reimbursed": filters.having("status", "reimbursed"),
    "Status.Invoiced": filters.having("status", "invoiced"),
    "Status.Unbilled": filters.having("status", "unbilled"),
}
_TEXTS = (
    "account_id",
    "account_name",
    "paid_through_account_id",
    "paid_through_account_name",
    "description",
    "reference_number",
)
_EMPTY: Mapping[str, Any] = {
    "transaction_id": "",
    "transaction_type": "expense",
    "gst_no": "",
    "gst_treatment": "",
    "tax_treatment": "",
    "destination_of_supply": "",
    "destination_of_supply_state": "",
    "place_of_supply": "",
    "hsn_or_sac": "",
    "source_of_supply": "",
    "vat_reg_no": "",
    "reverse_charge_tax_id": "",
    "reverse_charge_tax_name": "",
    "reverse_charge_tax_percentage": 0,
    "reverse_charge_tax_amount": 0,
    "tax_amount": 0,
    "is_itemized_expense": False,
    "is_pre_gst": "",
    "trip_id": "",
    "trip_number": "",
    "reverse_charge_vat_total": 0,
    "acquisition_vat_total": 0,
    "acquisition_vat_summary": [],
    "reverse_charge_vat_summary": [],
    "tax_id": "",
    "tax_name": "",
    "tax_percentage": 0,
    "exchange_rate": 1,
    "is_inclusive_tax": False,
    "is_personal": False,
    "expense_receipt_name": "",
    "expense_receipt_type": "",
    "location_id": "",
    "location_name": "",
    "mileage_rate": 0,
    "mileage_type": "",
    "mileage_unit": "",
    "expense_type": "non_mileage",
    "start_reading": 0,
    "end_reading": 0,
}
_LISTED = (
    "expense_id",
    "date",
    "account_name",
    "paid_through_account_name",
    "description",
    "currency_id",
    "currency_code",
    "bcy_total",
    "bcy_total_without_tax",
    "total",
    "total_without_tax",
    "amount",
    "is_billable",
    "reference_number",
    "customer_id",
    "customer_name",
    "vendor_id",
    "vendor_name",
    "status",
    "invoice_id",
    "location_id",
    "location_name",
    "created_time",
    "last_modified_time",
    "expense_receipt_name",
    "exchange_rate",
    "mileage_rate",
    "mileage_unit",
    "expense_type",
    "start_reading",
    "end_reading",
    "custom_fields",
)


def make_expense(body: Record, now: str, currency: Record, amount: Decimal) -> Record:
    """An expense as it is kept; references are set by the caller."""
    billable = fields.flag(body, "is_billable", False)
    return {
        **{name: fields.text(body, name, 500) for name in _TEXTS},
        "expense_item_id": "",
        "customer_id": "",
        "customer_name": "",
        "project_id": "",
        "project_name": "",
        "vendor_id": fields.text(body, "vendor_id", 40),
        "vendor_name": fields.text(body, "vendor_name", 200),
        "date": fields.day(body, "date"),
        "amount": amount,
        "total": amount,
        "is_billable": billable,
        "status": "unbilled" if billable else "nonbillable",
        "currency_id": currency["currency_id"],
        "currency_code": currency["currency_code"],
        "custom_fields": fields.custom_fields(body),
        "invoice_id": "",
        "invoice_number": "",
        "created_time": now,
        "last_modified_time": now,
    }


def shown_expense(row: Record) -> Record:
    """A single expense as it is sent."""
    amount = number(row["total"])
    amounts = ("amount", "total", "bcy_total", "sub_total", "total_without_tax")
    line = {
        "line_item_id": row["expense_item_id"] or row["expense_id"],
        "account_id": row["account_id"],
        "account_name": row["account_name"],
        "description": row["description"],
        "tax_amount": 0,
        "tax_id": "",
        "tax_name": "",
        "tax_type": "",
        "tax_percentage": 0,
        "item_total": amount,
        "item_order": 1,
        "amount": amount,
        **{
            k: v
            for k, v in _EMPTY.items()
            if k.startswith(("hsn", "location_id", "reverse_charge_tax"))
        },
    }
    return {
        **_EMPTY,
        **row,
        **dict.fromkeys((*amounts, "bcy_total_without_tax"), amount),
        "line_item": line,
        "line_items": [line],
        "custom_field_hash": fields.custom_hash(row["custom_fields"]),
    }


def listed_expense(row: Record) -> Record:
    """An expense in a list, which has no project."""
    whole = shown_expense(row)
    return {name: whole[name] for name in _LISTED}


class Expenses:
    """Handlers of /expenses."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def listing(self, request: Request) -> Response:
        """GET /expenses."""
        books = self._context.books(request)
        rows = self._context.visible(books, "expenses")
        rows = self._context.chosen(request, rows, _FILTERS)
        names = (*_TEXTS, "customer_id", "customer_name", "vendor_id", "vendor_name", "status")
        rows = filters.texts(request, rows, names)
        rows = filters.numbers(request, rows, ("amount",))
        rows = filters.days(request, rows, ("date",))
        rows = filters.searched(request, rows, ("account_name", "description", "customer_name"))
        rows = self._context.modified_since(request, rows)
        return self._context.page(request, "expenses", rows, _SORTS, shown=listed_expense)

    def create(self, request: Request) -> Response:
        """POST /expenses: date, account_id, amount and paid_through_account_id are required."""
        return self._create(request, self._context.books(request), self._context.body(request))

    def _create(self, request: Request, books: Books, body: Record) -> Response:
        del request
        made = self._made(books, body)
        record = books.add("expenses", "expense_id", lambda _i: made, self._context.now())
        self._context.effect(record["expense_id"])
        path = f"/expenses/{record['expense_id']}"
        return created("expense", shown_expense(record), "The expense has been recorded.", path)

    def _made(self, books: Books, body: Record) -> Record:
        for name in ("account_id", "paid_through_account_id"):
            fields.required(body, name, 100)
        lines = fields.objects(body, "line_items")
        given = fields.amount(body, "amount") or sum(
            (fields.amount(line, "amount") for line in lines), Decimal(0)
        )
        if given <= 0:
            raise invalid("amount")
        currency = self._context.currency(books, body)
        made = make_expense(body, self._context.stamp(books), currency, given)
        if body.get("customer_id"):
            customer = self._context.reference(books, "contacts", body, "customer_id", "Contact")
            made["customer_id"] = customer["contact_id"]
            made["customer_name"] = customer["contact_name"]
        if body.get("project_id"):
            project = self._context.reference(books, "projects", body, "project_id", "Project")
            made["project_id"] = project["project_id"]
            made["project_name"] = project["project_name"]
            if made["customer_id"] not in ("", project["customer_id"]):
                raise invalid("project_id")
            made["customer_id"] = project["customer_id"]
            made["customer_name"] = project["customer_name"]
        if made["is_billable"] and not made["customer_id"]:
            raise invalid("customer_id")
        return made

    def upsert(self, request: Request) -> Response:
        """PUT /expenses by a unique custom field."""
        return upsert(self._context, request, "expenses", "expense_id", self._update, self._create)

    def one(self, request: Request, expense_id: str) -> Response:
        """GET /expenses/{id}."""
        books = self._context.books(request)
        return done("expense", shown_expense(books.get("expenses", expense_id, "Expense")))

    def update(self, request: Request, expense_id: str) -> Response:
        """PUT /expenses/{id}; fields left out stay."""
        books, body = self._context.books(request), self._context.body(request)
        return self._update(books, books.get("expenses", expense_id, "Expense"), body)

    def _update(self, books: Books, record: Record, body: Record) -> Response:
        self._editable(record)
        known = {**record, "amount": str(record["amount"])}
        made = self._made(books, {**known, **body})
        kept = ("status", "invoice_id", "invoice_number", "created_time")
        if record["status"] == "invoiced":
            made.update({name: record[name] for name in kept})
        made["created_time"] = record["created_time"]
        record.update(made)
        return done("expense", shown_expense(record), "Expense information has been updated.")

    def _editable(self, record: Record) -> None:
        invoiced = record["status"] == "invoiced"
        if invoiced and self._context.switch("refuse_invoiced_entry_edit"):
            raise Refusal(400, 11005, "An invoiced expense can be neither changed nor deleted.")

    def delete(self, request: Request, expense_id: str) -> Response:
        """DELETE /expenses/{id}."""
        books = self._context.books(request)
        self._editable(books.get("expenses", expense_id, "Expense"))
        books.remove("expenses", expense_id)
        return said("The expense has been deleted.")
