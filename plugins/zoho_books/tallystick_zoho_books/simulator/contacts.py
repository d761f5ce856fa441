"""Contacts and their people."""

from typing import Any

from tallystick.simulator.http import Request, Response

from tallystick_zoho_books.simulator.books import Books
from tallystick_zoho_books.simulator.context import Context
from tallystick_zoho_books.simulator.envelope import (
    Record,
    Refusal,
    created,
    done,
    page,
    said,
    text_filters,
)

_ADDRESS = ("attention", "address", "street2", "city", "state", "zip", "country", "phone", "fax")
_PLAIN = (
    "company_name",
    "website",
    "notes",
    "phone",
    "mobile",
    "email",
    "first_name",
    "last_name",
    "contact_number",
    "owner_id",
    "tax_id",
    "vat_reg_no",
    "payment_terms_label",
)
_SORTS = (
    "contact_name",
    "first_name",
    "last_name",
    "email",
    "outstanding_receivable_amount",
    "created_time",
    "last_modified_time",
)
_STATUS = {"Status.Active": "active", "Status.Inactive": "inactive"}


def make_contact(books: Books, body: Record, now: str, currency: Record) -> Record:
    """A complete contact from what was sent."""
    people = body.get("contact_persons") or []
    primary = next((p for p in people if p.get("is_primary_contact")), people[0] if people else {})
    record: Record = {
        "contact_name": str(body["contact_name"]),
        "contact_type": body.get("contact_type", "customer"),
        "customer_sub_type": body.get("customer_sub_type", "business"),
        "status": "active",
        "currency_id": currency["currency_id"],
        "currency_code": currency["currency_code"],
        "payment_terms": int(body.get("payment_terms", 0)),
        "outstanding_receivable_amount": 0,
        "unused_credits_receivable_amount": 0,
        "contact_persons": [],
        "custom_fields": body.get("custom_fields", []),
        "billing_address": _address(body.get("billing_address")),
        "shipping_address": _address(body.get("shipping_address")),
        "created_time": now,
        "last_modified_time": now,
    }
    for name in _PLAIN:
        record[name] = str(body.get(name) or primary.get(name) or "")
    for person in people:
        record["contact_persons"].append(_person(books.ids.make(), person))
    return record


def _address(body: Any) -> Record:
    given = body if isinstance(body, dict) else {}
    return {name: str(given.get(name, "")) for name in _ADDRESS}


def _person(person_id: str, body: Record) -> Record:
    names = (
        "salutation",
        "first_name",
        "last_name",
        "email",
        "phone",
        "mobile",
        "designation",
        "department",
    )
    return {
        "contact_person_id": person_id,
        **{name: str(body.get(name) or "") for name in names},
        "is_primary_contact": bool(body.get("is_primary_contact", False)),
        "is_added_in_portal": False,
    }


class Contacts:
    """Handlers of /contacts."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def listing(self, request: Request) -> Response:
        """GET /contacts."""
        books = self._context.books(request)
        rows = self._context.visible(books, "contacts")
        wanted = request.param("filter_by") or "Status.All"
        if wanted in _STATUS:
            rows = [r for r in rows if r["status"] == _STATUS[wanted]]
        if request.param("contact_type"):
            rows = [r for r in rows if r["contact_type"] == request.param("contact_type")]
        rows = text_filters(request, rows, ("contact_name", "company_name", "email", "phone"))
        rows = self._context.modified_since(request, rows)
        return page(request, "contacts", rows, sorts=_SORTS, shown=_listed)

    def create(self, request: Request) -> Response:
        """POST /contacts; the display name must be free."""
        books, body = self._context.books(request), self._context.body(request)
        if not str(body.get("contact_name") or "").strip():
            raise Refusal(400, 4, "Invalid value passed for contact_name")
        self._free(books, str(body["contact_name"]))
        currency = self._context.currency(books, body)
        now = self._context.stamp(books)
        record = books.add(
            "contacts",
            "contact_id",
            lambda _i: make_contact(books, body, now, currency),
            self._context.now(),
        )
        self._context.effect(record["contact_id"])
        return created(
            "contact",
            record,
            "The contact has been created",
            f"/api/v3/contacts/{record['contact_id']}",
        )

    def _free(self, books: Books, name: str, but: str = "") -> None:
        if self._context.switch("equal_contact_names"):
            return
        wanted = " ".join(name.split()).casefold()
        for row in books.rows("contacts"):
            taken = " ".join(str(row["contact_name"]).split()).casefold()
            if taken == wanted and row["contact_id"] != but:
                raise Refusal(
                    400,
                    3062,
                    f'The customer "{name}" already exists. Please specify a different name.',
                )

    def one(self, request: Request, contact_id: str) -> Response:
        """GET /contacts/{id}."""
        books = self._context.books(request)
        return done("contact", books.get("contacts", contact_id, "Contact"))

    def update(self, request: Request, contact_id: str) -> Response:
        """PUT /contacts/{id}."""
        books, body = self._context.books(request), self._context.body(request)
        record = books.get("contacts", contact_id, "Contact")
        if body.get("contact_name"):
            self._free(books, str(body["contact_name"]), contact_id)
            record["contact_name"] = str(body["contact_name"])
        for name in _PLAIN:
            if name in body:
                record[name] = str(body[name] or "")
        for name in ("billing_address", "shipping_address"):
            if name in body:
                record[name] = _address(body[name])
        if body.get("currency_id") or body.get("currency_code"):
            self._change_currency(books, record, body)
        if "contact_persons" in body:
            record["contact_persons"] = [
                _person(str(p.get("contact_person_id") or books.ids.make()), p)
                for p in body["contact_persons"]
            ]
        record["last_modified_time"] = self._context.stamp(books)
        return done("contact", record, "Contact information has been saved.")

    def _change_currency(self, books: Books, record: Record, body: Record) -> None:
        currency = self._context.currency(books, body)
        used = any(i["customer_id"] == record["contact_id"] for i in books.rows("invoices"))
        if used and currency["currency_code"] != record["currency_code"]:
            raise Refusal(400, 1025, "The currency of a contact with transactions cannot change.")
        record["currency_id"] = currency["currency_id"]
        record["currency_code"] = currency["currency_code"]

    def delete(self, request: Request, contact_id: str) -> Response:
        """DELETE /contacts/{id}; refused while transactions exist."""
        books = self._context.books(request)
        books.get("contacts", contact_id, "Contact")
        used = any(
            r.get("customer_id") == contact_id
            for table in ("invoices", "projects", "expenses")
            for r in books.rows(table)
        )
        if used and self._context.switch("refuse_used_delete"):
            raise Refusal(400, 3000, "The contact has transactions and cannot be deleted.")
        del books.tables["contacts"][contact_id]
        return said("The contact has been deleted.")

    def active(self, request: Request, contact_id: str) -> Response:
        """POST /contacts/{id}/active."""
        return self._set_status(request, contact_id, "active")

    def inactive(self, request: Request, contact_id: str) -> Response:
        """POST /contacts/{id}/inactive."""
        return self._set_status(request, contact_id, "inactive")

    def _set_status(self, request: Request, contact_id: str, status: str) -> Response:
        record = self._context.books(request).get("contacts", contact_id, "Contact")
        record["status"] = status
        return said(f"The contact has been marked as {status}.")

    def people(self, request: Request, contact_id: str) -> Response:
        """GET /contacts/{id}/contactpersons."""
        record = self._context.books(request).get("contacts", contact_id, "Contact")
        return page(request, "contact_persons", record["contact_persons"])

    def add_person(self, request: Request) -> Response:
        """POST /contacts/contactpersons."""
        books, body = self._context.books(request), self._context.body(request)
        record = books.get("contacts", body.get("contact_id"), "Contact", 400)
        person = _person(books.ids.make(), body)
        record["contact_persons"].append(person)
        self._context.effect(person["contact_person_id"])
        return created(
            "contact_person",
            person,
            "The contact person has been created.",
            f"/api/v3/contacts/contactpersons/{person['contact_person_id']}",
        )


def _listed(row: Record) -> Record:
    """A contact in a list: without people, addresses and notes."""
    hidden = {"contact_persons", "billing_address", "shipping_address", "notes"}
    return {k: v for k, v in row.items() if k not in hidden}
