"""Transactions with their lines, expenses, currencies and taxes."""

from datetime import date as calendar_date
from typing import Any, ClassVar

from tallystick.records.base import Record, column

TRANSACTION_KINDS = (
    "invoice",
    "quote",
    "recurring",
    "retainer",
    "credit_note",
    "payment",
)


class Transaction(Record, table=True):
    """An invoice, quote, recurring invoice, retainer, credit note or payment."""

    __tablename__ = "transaction"
    type_name: ClassVar[str] = "transaction"
    parents: ClassVar[dict[str, str]] = {"customer_id": "contact"}

    kind: str | None = column("What it is.", values=TRANSACTION_KINDS)
    number: str | None = column("Number people know it by.")
    reference: str | None = column("Reference field; ours starts with TSY-.", index=True)
    customer_id: str | None = column("Contact it is made out to.", index=True)
    status: str | None = column(
        "State there.",
        values=(
            "draft",
            "sent",
            "viewed",
            "unpaid",
            "partially_paid",
            "paid",
            "overdue",
            "void",
        ),
    )
    date: calendar_date | None = column("Date of the document.")
    due_date: calendar_date | None = column("Date payment is due.")
    currency: str | None = column("ISO 4217 code.")
    total_minor: int | None = column("Total in minor units.", kind="minor")
    balance_minor: int | None = column("Unpaid part in minor units.", kind="minor")
    lines_known: bool | None = column("Its lines were read too, not only its head.")


class TransactionLine(Record, table=True):
    """One line of a transaction; its external id is the line's own."""

    __tablename__ = "transaction_line"
    type_name: ClassVar[str] = "transaction_line"
    parents: ClassVar[dict[str, str]] = {"transaction_id": "transaction", "project_id": "project"}

    transaction_id: str | None = column("Transaction it stands on.", index=True)
    project_id: str | None = column("Project it bills.")
    name: str | None = column("Name of the line.")
    description: str | None = column("Text under the name.")
    quantity: str | None = column("Exact decimal quantity.", kind="decimal")
    rate: str | None = column("Exact decimal price of one.", kind="decimal")
    amount_minor: int | None = column("Amount in minor units.", kind="minor")
    currency: str | None = column("ISO 4217 code.")
    tax_id: str | None = column("Tax.")
    time_entry_ids: list[Any] = column("Time entries it bills.", kind="list")
    expense_id: str | None = column("Expense it bills.")


class Expense(Record, table=True):
    """Money spent for a project."""

    __tablename__ = "expense"
    type_name: ClassVar[str] = "expense"
    parents: ClassVar[dict[str, str]] = {"project_id": "project", "customer_id": "contact"}

    date: calendar_date | None = column("Date it was spent.")
    description: str | None = column("Free text.")
    amount_minor: int | None = column("Amount in minor units.", kind="minor")
    currency: str | None = column("ISO 4217 code.")
    project_id: str | None = column("Project it was made for.", index=True)
    customer_id: str | None = column("Customer it is charged to.")
    billable: bool | None = column("May be charged.")
    status: str | None = column(
        "State there.", values=("unbilled", "invoiced", "reimbursed", "nonbillable", "billable")
    )
    invoice_id: str | None = column("Invoice that holds it.")
    origin: str | None = column("System it was made in.", values=("projects", "books"))
    reference: str | None = column("Reference field.")


class Currency(Record, table=True):
    """A currency an organization can bill in."""

    __tablename__ = "currency"
    type_name: ClassVar[str] = "currency"

    code: str | None = column("ISO 4217 code.")
    name: str | None = column("Name.")
    base: bool | None = column("Is the organization's base currency.")
    precision: int | None = column("Digits after the point.")


class Tax(Record, table=True):
    """A tax an invoice line can carry."""

    __tablename__ = "tax"
    type_name: ClassVar[str] = "tax"

    name: str | None = column("Name.")
    percentage: str | None = column("Exact decimal per cent.", kind="decimal")
    compound: bool | None = column("Is charged on top of other taxes.")


class Organization(Record, table=True):
    """A business in the accounts, or a portal: what one connection stands for."""

    __tablename__ = "organization"
    type_name: ClassVar[str] = "organization"

    name: str | None = column("Name.")
    email: str | None = column("E-mail address.")
    zone: str | None = column("IANA time zone.")
    currency: str | None = column("Base currency, ISO 4217.")
    plan: str | None = column("Plan there, which sets the daily quota of calls.")
    lock_date: calendar_date | None = column(
        "First date on which sales documents may be made (R-158)."
    )
