"""Contacts."""

from copy import deepcopy

from tallystick.simulator.http import Request, Response

from tallystick_zoho_books.simulator import fields, filters
from tallystick_zoho_books.simulator.books import Books
from tallystick_zoho_books.simulator.contact_shape import (
    ADDRESS,
    PLAIN,
    SHARED,
    address,
    balances,
    listed_contact,
    make_contact,
    people,
    share,
    shown_contact,
)
from tallystick_zoho_books.simulator.context import Context, FilterValues
from tallystick_zoho_books.simulator.envelope import Record, Refusal, created, done, said
from tallystick_zoho_books.simulator.upserts import upsert

_SORTS = (
    "contact_name",
    "first_name",
    "last_name",
    "email",
    "outstanding_receivable_amount",
    "created_time",
    "last_modified_time",
)
_USERS = ("invoices", "projects", "expenses", "creditnotes")


class Contacts:
    """Handlers of /contacts."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def listing(self, request: Request) -> Response:
        """GET /contacts."""
        books = self._context.books(request)
        open_ = balances(books)
        rows = [
            {**listed_contact(r, open_), "address": _address_text(r), "notes": r["notes"]}
            for r in self._context.visible(books, "contacts")
        ]
        rows = self._context.chosen(request, rows, self._filters(books))
        names = ("contact_type", "contact_name", "company_name", "address", *SHARED)
        rows = filters.texts(request, rows, names)
        rows = filters.searched(request, rows, ("contact_name", "notes"))
        rows = self._context.modified_since(request, rows)
        return self._context.page(request, "contacts", rows, _SORTS, shown=_without_search_fields)

    def _filters(self, books: Books) -> FilterValues:
        overdue, unpaid = set(), set()
        today = self._context.today(books).isoformat()
        for invoice in books.rows("invoices"):
            if invoice["status"] in {"sent", "viewed", "partially_paid"}:
                unpaid.add(invoice["customer_id"])
                if invoice["due_date"] < today:
                    overdue.add(invoice["customer_id"])
        nobody = filters.having("contact_id")
        return {
            "Status.All": None,
            "Status.Active": filters.having("status", "active"),
            "Status.Inactive": filters.having("status", "inactive"),
            "Status.Duplicate": nobody,
            "Status.PortalEnabled": nobody,
            "Status.PortalDisabled": None,
            "Status.CreditLimitExceed": nobody,
            "Status.Crm": nobody,
            "Invoice.OverDue": filters.having("contact_id", *overdue),
            "Invoice.Unpaid": filters.having("contact_id", *unpaid),
        }

    def create(self, request: Request) -> Response:
        """POST /contacts; the display name must be free."""
        books, body = self._context.books(request), self._context.body(request)
        return self._create(request, books, body)

    def _create(self, request: Request, books: Books, body: Record) -> Response:
        del request
        self._free(books, fields.required(body, "contact_name", 200))
        currency = self._context.currency(books, body)
        now = self._context.stamp(books)
        made = make_contact(books, body, now, currency)
        record = books.add("contacts", "contact_id", lambda _i: made, self._context.now())
        self._context.effect(record["contact_id"])
        path = f"/contacts/{record['contact_id']}"
        shown = _shown(books, record)
        return created("contact", shown, "The contact has been created", path)

    def _free(self, books: Books, name: str, but: str = "") -> None:
        if self._context.switch("equal_contact_names"):
            return
        wanted = " ".join(name.split()).casefold()
        for row in books.rows("contacts"):
            taken = " ".join(str(row["contact_name"]).split()).casefold()
            if taken == wanted and row["contact_id"] != but:
                words = f'The customer "{name}" already exists.'
                raise Refusal(400, 3062, f"{words} Please specify a different name.")

    def upsert(self, request: Request) -> Response:
        """PUT /contacts by a unique custom field."""
        return upsert(self._context, request, "contacts", "contact_id", self._update, self._create)

    def one(self, request: Request, contact_id: str) -> Response:
        """GET /contacts/{id}."""
        books = self._context.books(request)
        return done("contact", _shown(books, books.get("contacts", contact_id, "Contact")))

    def update(self, request: Request, contact_id: str) -> Response:
        """PUT /contacts/{id}; fields left out stay, arrays are replaced whole."""
        books, body = self._context.books(request), self._context.body(request)
        return self._update(books, books.get("contacts", contact_id, "Contact"), body)

    def _update(self, books: Books, record: Record, body: Record) -> Response:
        draft = deepcopy(record)
        if "contact_name" in body:
            draft["contact_name"] = fields.required(body, "contact_name", 200)
            self._free(books, draft["contact_name"], record["contact_id"])
        if "contact_type" in body:
            kinds = ("customer", "vendor")
            draft["contact_type"] = fields.choice(body, "contact_type", kinds, "customer")
        draft.update({name: fields.text(body, name, 3000) for name in PLAIN if name in body})
        if "payment_terms" in body:
            draft["payment_terms"] = fields.whole(body, "payment_terms")
        for name in ("billing_address", "shipping_address"):
            if name in body:
                draft[name] = address({**record[name], **fields.mapping(body, name)})
        if body.get("currency_id") or body.get("currency_code"):
            self._change_currency(books, draft, body)
        if "contact_persons" in body:
            draft["contact_persons"] = people(books, body, tuple(record["contact_persons"]))
        draft["custom_fields"] = fields.custom_fields(body, record["custom_fields"])
        share(books, draft, body)
        draft["last_modified_time"] = self._context.stamp(books)
        record.update(draft)
        names = {"customer_name": draft["contact_name"]}
        books.rename("customer_id", record["contact_id"], names)
        for project in books.rows("projects"):
            if project["customer_id"] == record["contact_id"]:
                project.update({n: draft[n] for n in ("currency_id", "currency_code")})
        shown = _shown(books, record)
        return done("contact", shown, "Contact information has been saved.")

    def _change_currency(self, books: Books, draft: Record, body: Record) -> None:
        currency = self._context.currency(books, body)
        used = _used(books, draft["contact_id"], ("invoices", "expenses", "creditnotes"))
        other = currency["currency_code"] != draft["currency_code"]
        if other and used and self._context.switch("fixed_contact_currency"):
            raise Refusal(400, 1025, "The currency of a contact with transactions cannot change.")
        for name in ("currency_id", "currency_code", "currency_symbol"):
            draft[name] = currency[name]

    def delete(self, request: Request, contact_id: str) -> Response:
        """DELETE /contacts/{id}; refused while transactions exist."""
        books = self._context.books(request)
        books.get("contacts", contact_id, "Contact")
        if _used(books, contact_id, _USERS) and self._context.switch("refuse_used_delete"):
            raise Refusal(400, 3000, "The contact has transactions and cannot be deleted.")
        books.remove("contacts", contact_id)
        return said("The contact has been deleted.")

    def active(self, request: Request, contact_id: str) -> Response:
        """POST /contacts/{id}/active."""
        return self._set_status(request, contact_id, "active")

    def inactive(self, request: Request, contact_id: str) -> Response:
        """POST /contacts/{id}/inactive."""
        return self._set_status(request, contact_id, "inactive")

    def _set_status(self, request: Request, contact_id: str, status: str) -> Response:
        books = self._context.books(request)
        record = books.get("contacts", contact_id, "Contact")
        record.update(status=status, last_modified_time=self._context.stamp(books))
        return said(f"The contact has been marked as {status}.")

    def addresses(self, request: Request, contact_id: str) -> Response:
        """GET /contacts/{id}/address."""
        record = self._context.books(request).get("contacts", contact_id, "Contact")
        found = [record["billing_address"], record["shipping_address"]]
        return done("addresses", found)


def _shown(books: Books, row: Record) -> Record:
    return shown_contact(row, balances(books))


def _address_text(row: Record) -> str:
    places = (row["billing_address"], row["shipping_address"])
    return " ".join(place[name] for place in places for name in ADDRESS if place[name])


def _without_search_fields(row: Record) -> Record:
    return {k: v for k, v in row.items() if k not in {"address", "notes"}}


def _used(books: Books, contact_id: str, tables: tuple[str, ...]) -> bool:
    return any(r["customer_id"] == contact_id for t in tables for r in books.rows(t))
