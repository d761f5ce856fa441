"""Invoices as Books writes them."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from tallystick_zoho_books.simulator import fields
from tallystick_zoho_books.simulator.envelope import Record, number
from tallystick_zoho_books.simulator.lines import shown_line

AMOUNTS = (
    "sub_total",
    "tax_total",
    "total",
    "balance",
    "payment_made",
    "credits_applied",
    "write_off_amount",
    "adjustment",
    "shipping_charge",
    "discount_total",
    "exchange_rate",
)
OPEN = ("sent", "viewed", "partially_paid")
_EMPTY: Mapping[str, Any] = {
    "ach_payment_initiated": False,
    "is_pre_gst": False,
    "place_of_supply": "",
    "gst_no": "",
    "gst_treatment": "",
    "cfdi_usage": "",
    "cfdi_reference_type": "",
    "reference_invoice_id": "",
    "vat_treatment": "",
    "tax_treatment": "",
    "is_reverse_charge_applied": False,
    "vat_reg_no": "",
    "payment_expected_date": "",
    "last_payment_date": "",
    "contact_persons": [],
    "contact_persons_associated": [],
    "recurring_invoice_id": "",
    "is_viewed_by_client": False,
    "has_attachment": False,
    "client_viewed_time": "",
    "location_id": "",
    "location_name": "",
    "adjustment_description": "",
    "payment_reminder_enabled": True,
    "tax_amount_withheld": 0,
    "allow_partial_payments": False,
    "price_precision": 2,
    "payment_options": {"payment_gateways": []},
    "is_emailed": False,
    "reminders_sent": 0,
    "last_reminder_sent_date": "",
    "template_id": "",
    "template_name": "Standard Template",
    "attachment_name": "",
    "can_send_in_mail": False,
    "salesperson_id": "",
    "salesperson_name": "",
    "schedule_time": "",
    "documents": [],
    "invoice_source": "Api",
    "created_by_id": "",
    "email": "",
}
_HIDDEN = {"discount_total", "discount_percent", "billing"}
_LISTED = (
    "invoice_id",
    "ach_payment_initiated",
    "customer_name",
    "customer_id",
    "status",
    "current_sub_status",
    "invoice_number",
    "reference_number",
    "date",
    "due_date",
    "due_days",
    "currency_id",
    "currency_code",
    "schedule_time",
    "is_viewed_by_client",
    "has_attachment",
    "client_viewed_time",
    "total",
    "balance",
    "created_time",
    "last_modified_time",
    "is_emailed",
    "reminders_sent",
    "last_reminder_sent_date",
    "payment_expected_date",
    "last_payment_date",
    "custom_fields",
    "custom_field_hash",
    "documents",
    "location_id",
    "location_name",
    "salesperson_id",
    "salesperson_name",
    "shipping_charge",
    "adjustment",
    "write_off_amount",
    "exchange_rate",
    "invoice_url",
    "email",
)


def status_on(row: Record, today: date) -> str:
    """The status on a day: an open invoice is overdue after its due date."""
    if row["status"] in OPEN and row["due_date"] < today.isoformat():
        return "overdue"
    return str(row["status"])


def shown_invoice(row: Record, today: date) -> Record:
    """An invoice as it is sent."""
    status = status_on(row, today)
    late = (today - date.fromisoformat(row["due_date"])).days
    return {
        **_EMPTY,
        **{k: v for k, v in row.items() if k not in _HIDDEN},
        **{name: number(row[name]) for name in AMOUNTS if name not in _HIDDEN},
        "status": status,
        "current_sub_status": status,
        "due_days": f"Overdue by {late} days" if status == "overdue" else "",
        "line_items": [shown_line(line) for line in row["line_items"]],
        "custom_field_hash": fields.custom_hash(row["custom_fields"]),
        "invoice_url": f"https://books.zoho.com/portal/invoice/{row['invoice_id']}",
    }


def listed_invoice(row: Record, today: date) -> Record:
    """An invoice in a list: without lines."""
    whole = shown_invoice(row, today)
    return {name: whole[name] for name in _LISTED}
