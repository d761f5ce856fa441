"""Organizations, taxes and currencies."""

from collections.abc import Mapping
from typing import Any

from tallystick.simulator.http import Request, Response

from tallystick_zoho_books.simulator import fields, filters
from tallystick_zoho_books.simulator.books import Books
from tallystick_zoho_books.simulator.context import Context
from tallystick_zoho_books.simulator.envelope import Record, Refusal, created, done, invalid, said

_ADDRESS = ("street_address1", "street_address2", "city", "state", "country", "zip")
_TAX: Mapping[str, Any] = {
    "tax_factor": "rate",
    "tds_payable_account_id": "",
    "tax_authority_id": "",
    "tax_authority_name": "",
    "is_value_added": True,
    "is_default_tax": False,
    "is_editable": True,
    "is_inactive": False,
    "status": "Active",
    "tax_specific_type": "",
    "country": "",
    "country_code": "",
    "output_tax_account_name": "",
    "purchase_tax_account_name": "",
    "tax_account_id": "",
    "purchase_tax_account_id": "",
    "purchase_tax_expense_account_id": 0,
}


def make_tax(body: Record) -> Record:
    """A tax as it is kept and sent."""
    percent = fields.amount(body, "tax_percentage")
    whole = percent.to_integral_value()
    return {
        "tax_name": fields.required(body, "tax_name", 100),
        "tax_percentage": int(percent) if percent == whole else float(percent),
        "tax_type": fields.choice(body, "tax_type", ("tax", "compound_tax"), "tax"),
        **_TAX,
    }


class Settings:
    """Handlers of /organizations and /settings."""

    def __init__(self, context: Context, all_books: Mapping[str, Books]) -> None:
        self._context = context
        self._all = all_books

    def organizations(self, request: Request) -> Response:
        """GET /organizations, without page_context and without an organization_id."""
        del request
        return done("organizations", [b.organization for b in self._all.values()])

    def organization(self, request: Request, wanted: str) -> Response:
        """GET /organizations/{id}, without an organization_id."""
        del request
        return done("organization", _detailed(self._organization(wanted)))

    def change_organization(self, request: Request, wanted: str) -> Response:
        """PUT /organizations/{id}: name, contact, e-mail, date format."""
        record, body = self._organization(wanted), self._context.body(request)
        for name in ("name", "contact_name", "email", "date_format", "language_code"):
            if name in body:
                record[name] = fields.required(body, name, 100)
        return done("organization", _detailed(record))

    def _organization(self, wanted: str) -> Record:
        found = self._all.get(wanted)
        if found is None:
            raise Refusal(404, 1002, "Organization does not exist.")
        return found.organization

    def currencies(self, request: Request) -> Response:
        """GET /settings/currencies, without page_context."""
        books = self._context.books(request)
        rows = books.rows("currencies")
        values = {
            "Currencies.All": None,
            "Currencies.ExcludeBaseCurrency": filters.having("is_base_currency", False),
        }
        return done("currencies", self._context.chosen(request, rows, values))

    def currency(self, request: Request, currency_id: str) -> Response:
        """GET /settings/currencies/{id}."""
        books = self._context.books(request)
        return done("currency", books.get("currencies", currency_id, "Currency"))

    def add_currency(self, request: Request) -> Response:
        """POST /settings/currencies: the code is required and must be new."""
        books, body = self._context.books(request), self._context.body(request)
        code = fields.required(body, "currency_code", 3)
        if len(code) != 3 or not (code.isascii() and code.isupper()):
            raise invalid("currency_code")
        if any(c["currency_code"] == code for c in books.rows("currencies")):
            raise Refusal(400, 1027, f"The currency {code} exists already.")
        precision = fields.whole(body, "price_precision", 2)
        if not 0 <= precision <= 6:
            raise invalid("price_precision")
        made = make_currency(code, fields.text(body, "currency_symbol", 10) or code, precision)
        record = books.add("currencies", "currency_id", lambda _i: made, self._context.now())
        self._context.effect(record["currency_id"])
        path = f"/settings/currencies/{record['currency_id']}"
        return created("currency", record, "The currency has been added.", path)

    def exchange_rates(self, request: Request, currency_id: str) -> Response:
        """GET /settings/currencies/{id}/exchangerates: the one that is in force."""
        books = self._context.books(request)
        found = books.get("currencies", currency_id, "Currency")
        rate = {
            "exchange_rate_id": found["currency_id"],
            "currency_id": found["currency_id"],
            "currency_code": found["currency_code"],
            "effective_date": found["effective_date"],
            "rate": found["exchange_rate"],
        }
        return done("exchange_rates", [rate])

    def taxes(self, request: Request) -> Response:
        """GET /settings/taxes."""
        books = self._context.books(request)
        return self._context.page(request, "taxes", books.rows("taxes"), ("tax_name",))

    def tax(self, request: Request, tax_id: str) -> Response:
        """GET /settings/taxes/{id}."""
        return done("tax", self._context.books(request).get("taxes", tax_id, "Tax"))

    def add_tax(self, request: Request) -> Response:
        """POST /settings/taxes."""
        books, made = self._context.books(request), make_tax(self._context.body(request))
        record = books.add("taxes", "tax_id", lambda _i: made, self._context.now())
        self._context.effect(record["tax_id"])
        path = f"/settings/taxes/{record['tax_id']}"
        return created("tax", record, "The tax has been created.", path)

    def delete_tax(self, request: Request, tax_id: str) -> Response:
        """DELETE /settings/taxes/{id}."""
        books = self._context.books(request)
        books.get("taxes", tax_id, "Tax")
        books.remove("taxes", tax_id)
        return said("The record has been deleted.")

    def none_of(self, key: str) -> Any:
        """A handler of a list that is empty in every organization here."""

        def handler(request: Request) -> Response:
            self._context.books(request)
            return done(key, [])

        return handler


def make_currency(code: str, symbol: str, precision: int, *, base: bool = False) -> Record:
    """A currency as it is kept and sent."""
    return {
        "currency_code": code,
        "currency_name": f"{code}- {code}",
        "currency_symbol": symbol,
        "price_precision": precision,
        "currency_format": "1,234,567.89",
        "is_base_currency": base,
        "exchange_rate": 0 if base else 1,
        "effective_date": "2026-01-01",
    }


def _detailed(row: Record) -> Record:
    texts = ("industry_type", "industry_size", "company_id_label", "company_id_value")
    more = ("tax_id_label", "tax_id_value", "org_address", "remit_to_address")
    return {
        **dict.fromkeys((*texts, *more, "phone", "fax", "website"), ""),
        "custom_fields": [],
        **row,
        "address": {**dict.fromkeys(_ADDRESS, ""), "country": row["country"]},
    }
