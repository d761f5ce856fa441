"""What invoices do: totals, and the billed state of the entries and expenses they list."""

from collections.abc import Mapping
from decimal import Decimal

from tallystick_zoho_books.simulator.books import Books
from tallystick_zoho_books.simulator.envelope import Record, number, rounded
from tallystick_zoho_books.simulator.lines import entry_ids

_ZERO = Decimal(0)


def total(record: Record, digits: int, *, per_line: bool) -> None:
    """Write an invoice's totals, exact: taxes of its lines, discount, charges, what is paid."""
    lines = record["line_items"]
    sub_total = sum((line["item_total"] for line in lines), _ZERO)
    if record["discount_percent"]:
        record["discount_total"] = rounded(sub_total * record["discount_percent"] / 100, digits)
    inclusive = bool(record["is_inclusive_tax"])
    share = Decimal(1)
    if record["is_discount_before_tax"] and sub_total:
        share = (sub_total - record["discount_total"]) / sub_total
    taxes = _taxes(lines, share, inclusive=inclusive, digits=digits if per_line else None)
    for tax in taxes.values():
        tax["amount"] = rounded(tax["amount"], digits)
    tax_total = sum((t["amount"] for t in taxes.values()), _ZERO)
    whole = sub_total + (_ZERO if inclusive else tax_total)
    whole += record["shipping_charge"] + record["adjustment"] - record["discount_total"]
    record.update(
        sub_total=sub_total,
        tax_total=tax_total,
        total=rounded(whole, digits),
        taxes=[
            {"tax_id": i, "tax_name": t["name"], "tax_amount": number(t["amount"])}
            for i, t in taxes.items()
        ],
    )
    settle(record)


def _taxes(
    lines: list[Record], share: Decimal, *, inclusive: bool, digits: int | None
) -> Mapping[str, Record]:
    """Tax by tax id on that share of each line, rounded per line when digits are given."""
    found: dict[str, Record] = {}
    for line in lines:
        if not line["tax_id"]:
            continue
        percent = line["tax_percentage"]
        base = line["item_total"] * share
        amount = base * percent / (100 + percent) if inclusive else base * percent / 100
        tax = found.setdefault(line["tax_id"], {"name": line["tax_name"], "amount": _ZERO})
        tax["amount"] += amount if digits is None else rounded(amount, digits)
    return found


def settle(record: Record) -> None:
    """Write the balance, and the status that payments and credits give."""
    settled = record["payment_made"] + record["credits_applied"] + record["write_off_amount"]
    record["balance"] = record["total"] - settled
    if record["status"] in {"draft", "void"}:
        return
    if settled and record["balance"] <= 0:
        record["status"] = "paid"
    elif record["payment_made"] or record["credits_applied"]:
        record["status"] = "partially_paid"
    elif record["status"] in {"paid", "partially_paid"}:
        record["status"] = "sent"


def bill(books: Books, invoice: Record) -> None:
    """Mark what an invoice lists as invoiced."""
    for entry_id in entry_ids(invoice):
        entry = books.tables["time_entries"].get(entry_id)
        if entry is not None:
            _mark(entry, invoice)
    for line in invoice["line_items"]:
        expense = books.tables["expenses"].get(line["expense_id"])
        if expense is not None:
            _mark(expense, invoice)


def _mark(row: Record, invoice: Record) -> None:
    status = "billed_status" if "billed_status" in row else "status"
    row[status] = "invoiced"
    row["invoice_id"], row["invoice_number"] = invoice["invoice_id"], invoice["invoice_number"]


def free(books: Books, invoice: Record, non_billable: str) -> None:
    """Release what an invoice holds. What another live invoice lists too stays billed, by it."""
    others = [i for i in books.live_invoices() if i["invoice_id"] != invoice["invoice_id"]]
    for entry_id in entry_ids(invoice):
        entry = books.tables["time_entries"].get(entry_id)
        if entry is not None and entry["invoice_id"] == invoice["invoice_id"]:
            entry.update(invoice_id="", invoice_number="")
            entry["billed_status"] = "unbilled" if entry["is_billable"] else non_billable
            for other in others:
                if other["billing"] and entry_id in entry_ids(other):
                    _mark(entry, other)
    for line in invoice["line_items"]:
        expense = books.tables["expenses"].get(line["expense_id"])
        if expense is not None and expense["invoice_id"] == invoice["invoice_id"]:
            status = "unbilled" if expense["is_billable"] else "nonbillable"
            expense.update(status=status, invoice_id="", invoice_number="")
            for other in others:
                if other["billing"] and _lists(other, expense["expense_id"]):
                    _mark(expense, other)


def _lists(invoice: Record, expense_id: str) -> bool:
    return any(line["expense_id"] == expense_id for line in invoice["line_items"])
