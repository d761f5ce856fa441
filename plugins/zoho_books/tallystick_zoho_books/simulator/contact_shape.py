"""Contacts and their people as Books writes them."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from tallystick_zoho_books.simulator import fields
from tallystick_zoho_books.simulator.books import Books
from tallystick_zoho_books.simulator.envelope import Record, number

ADDRESS = (
    "attention",
    "address",
    "street2",
    "city",
    "state",
    "state_code",
    "zip",
    "country",
    "phone",
    "fax",
)
PLAIN = (
    "company_name",
    "website",
    "notes",
    "contact_number",
    "owner_id",
    "tax_id",
    "vat_reg_no",
    "payment_terms_label",
    "language_code",
    "facebook",
    "twitter",
    "legal_name",
)
PERSON = (
    "salutation",
    "first_name",
    "last_name",
    "email",
    "phone",
    "mobile",
    "designation",
    "department",
    "skype",
)
SHARED = ("first_name", "last_name", "email", "phone", "mobile")
_ZERO = Decimal(0)
_LISTED = (
    "contact_id",
    "contact_name",
    "customer_name",
    "vendor_name",
    "company_name",
    "website",
    "language_code",
    "contact_type",
    "contact_type_formatted",
    "status",
    "customer_sub_type",
    "source",
    "is_linked_with_zohocrm",
    "payment_terms",
    "payment_terms_label",
    "currency_id",
    "currency_code",
    "outstanding_receivable_amount",
    "outstanding_receivable_amount_bcy",
    "unused_credits_receivable_amount",
    "unused_credits_receivable_amount_bcy",
    "outstanding_payable_amount",
    "unused_credits_payable_amount",
    *SHARED,
    "portal_status",
    "owner_id",
    "contact_number",
    "created_time",
    "last_modified_time",
    "custom_fields",
    "custom_field_hash",
    "tags",
)
_EMPTY: Mapping[str, Any] = {
    "credit_limit": 0,
    "is_portal_enabled": False,
    "portal_status": "disabled",
    "is_taxable": True,
    "tds_tax_id": "",
    "tax_name": "",
    "tax_percentage": 0,
    "tax_authority_id": "",
    "tax_exemption_id": "",
    "tax_authority_name": "",
    "tax_exemption_code": "",
    "tax_exemption_certificate_number": "",
    "place_of_contact": "",
    "gst_no": "",
    "vat_treatment": "",
    "tax_treatment": "",
    "tax_regime": "",
    "is_tds_registered": False,
    "gst_treatment": "",
    "is_linked_with_zohocrm": False,
    "pricebook_id": "",
    "ignore_auto_number_generation": False,
    "opening_balances": [],
    "payment_reminder_enabled": True,
    "source": "api",
    "outstanding_payable_amount": 0,
    "unused_credits_payable_amount": 0,
    "tags": [],
}
_TEMPLATES = (
    "invoice_template_id",
    "estimate_template_id",
    "creditnote_template_id",
    "purchaseorder_template_id",
    "salesorder_template_id",
    "retainerinvoice_template_id",
    "paymentthankyou_template_id",
    "retainerinvoice_paymentthankyou_template_id",
    "invoice_email_template_id",
    "estimate_email_template_id",
    "creditnote_email_template_id",
    "purchaseorder_email_template_id",
    "salesorder_email_template_id",
    "retainerinvoice_email_template_id",
    "paymentthankyou_email_template_id",
    "retainerinvoice_paymentthankyou_email_template_id",
    "statement_template_id",
    "payment_remittance_email_template_id",
    "bill_template_id",
)


def make_contact(books: Books, body: Record, now: str, currency: Record) -> Record:
    """A contact as it is kept, from what was sent."""
    terms = fields.whole(body, "payment_terms")
    record: Record = {
        "contact_name": fields.required(body, "contact_name", 200),
        "contact_type": fields.choice(body, "contact_type", ("customer", "vendor"), "customer"),
        "customer_sub_type": fields.choice(
            body, "customer_sub_type", ("individual", "business"), "business"
        ),
        "status": "active",
        "currency_id": currency["currency_id"],
        "currency_code": currency["currency_code"],
        "currency_symbol": currency["currency_symbol"],
        "payment_terms": terms,
        **{name: fields.text(body, name, 3000) for name in PLAIN},
        "contact_persons": people(books, body),
        "custom_fields": fields.custom_fields(body),
        "billing_address": address(fields.mapping(body, "billing_address")),
        "shipping_address": address(fields.mapping(body, "shipping_address")),
        "created_time": now,
        "last_modified_time": now,
    }
    label = f"Net {terms}" if terms else "Due on Receipt"
    record["payment_terms_label"] = record["payment_terms_label"] or label
    share(books, record, body)
    return record


def share(books: Books, record: Record, body: Record) -> None:
    """Let the primary person have the contact's own name, address and telephone."""
    given = {name: fields.text(body, name) for name in SHARED if name in body}
    if not record["contact_persons"] and any(given.values()):
        record["contact_persons"].append(person(books, {**given, "is_primary_contact": True}))
    for someone in record["contact_persons"]:
        if someone["is_primary_contact"]:
            someone.update({k: v for k, v in given.items() if v or not someone[k]})


def address(body: Record) -> Record:
    """A complete address."""
    return {"address_id": "", **{name: fields.text(body, name, 500) for name in ADDRESS}}


def people(books: Books, body: Record, before: tuple[Record, ...] = ()) -> list[Record]:
    """The people of a request, one of them primary."""
    known = {p["contact_person_id"]: p for p in before}
    made = [
        person(books, p, known.get(str(p.get("contact_person_id") or "")))
        for p in fields.objects(body, "contact_persons")
    ]
    if made and not any(p["is_primary_contact"] for p in made):
        made[0]["is_primary_contact"] = True
    return made


def person(books: Books, body: Record, before: Record | None = None) -> Record:
    """A complete person, from what was sent and what was there before."""
    whole = {**(before or {}), **body}
    return {
        "contact_person_id": before["contact_person_id"] if before else books.ids.make(),
        **{name: fields.text(whole, name, 200) for name in PERSON},
        "is_primary_contact": fields.flag(whole, "is_primary_contact", False),
        "is_added_in_portal": False,
        "enable_portal": False,
        "communication_preference": {"is_sms_enabled": False, "is_whatsapp_enabled": False},
    }


def balances(books: Books) -> dict[str, tuple[Decimal, Decimal]]:
    """What each customer with invoices or credit notes owes, and has in unused credits."""
    found: dict[str, tuple[Decimal, Decimal]] = {}
    for invoice in books.tables["invoices"].values():
        owed, credit = found.get(invoice["customer_id"], (_ZERO, _ZERO))
        open_ = invoice["status"] not in {"draft", "void"}
        found[invoice["customer_id"]] = (owed + (invoice["balance"] if open_ else _ZERO), credit)
    for note in books.tables["creditnotes"].values():
        owed, credit = found.get(note["customer_id"], (_ZERO, _ZERO))
        unused = note["balance"] if note["status"] == "open" else _ZERO
        found[note["customer_id"]] = (owed, credit + unused)
    return found


def shown_contact(row: Record, open_: Mapping[str, tuple[Decimal, Decimal]]) -> Record:
    """A contact as it is sent: complete, with what its invoices leave open."""
    primary: Record = next((p for p in row["contact_persons"] if p["is_primary_contact"]), {})
    owed, credit = open_.get(row["contact_id"], (_ZERO, _ZERO))
    return {
        **_EMPTY,
        **row,
        **{name: primary.get(name, "") for name in SHARED},
        "customer_name": row["contact_name"],
        "vendor_name": row["contact_name"],
        "contact_type_formatted": row["contact_type"].capitalize(),
        "primary_contact_id": primary.get("contact_person_id", ""),
        "has_transaction": row["contact_id"] in open_,
        "outstanding_receivable_amount": number(owed),
        "outstanding_receivable_amount_bcy": number(owed),
        "unused_credits_receivable_amount": number(credit),
        "unused_credits_receivable_amount_bcy": number(credit),
        "custom_field_hash": fields.custom_hash(row["custom_fields"]),
        "default_templates": dict.fromkeys(_TEMPLATES, ""),
    }


def listed_contact(row: Record, open_: Mapping[str, tuple[Decimal, Decimal]]) -> Record:
    """A contact in a list: without people, addresses and notes."""
    whole = shown_contact(row, open_)
    return {name: whole[name] for name in _LISTED}
