"""The state that Books has before the first sync, from a world."""

from collections.abc import Mapping
from decimal import Decimal

from tallystick.simulator.ids import IdFactory
from tallystick.simulator.world import Organization, World

from tallystick_zoho_books.simulator.books import Books
from tallystick_zoho_books.simulator.contact_shape import make_contact
from tallystick_zoho_books.simulator.envelope import Record, stamp
from tallystick_zoho_books.simulator.expenses import make_expense
from tallystick_zoho_books.simulator.items import make_item
from tallystick_zoho_books.simulator.settings import make_currency, make_tax
from tallystick_zoho_books.simulator.users import make_user

_SYMBOLS = {"EUR": "€", "USD": "$", "GBP": "£", "INR": "₹"}
_PREFIX = 460000
_MONTHS = ("january", "february", "march", "april", "may", "june", "july", "august", "september")


def seeded(world: World) -> dict[str, Books]:
    """Every organization of a world; the first one has the data."""
    found: dict[str, Books] = {}
    for number, organization in enumerate(world.organizations):
        organization_id = str(10229182 + number * 1111)
        head = _organization(organization_id, organization, first=number == 0)
        books = Books(head, IdFactory(_PREFIX + number), next_invoice=world.first_invoice_number)
        _currencies(books, world, organization.base_currency)
        found[organization_id] = books
        if number == 0:
            _fill(books, world)
    return found


def _organization(organization_id: str, organization: Organization, *, first: bool) -> Record:
    month = organization.fiscal_year_start_month
    return {
        "organization_id": organization_id,
        "name": organization.name,
        "contact_name": "Ops",
        "email": organization.email,
        "is_default_org": first,
        "is_org_active": True,
        "is_logo_uploaded": False,
        "plan_name": "PROFESSIONAL",
        "plan_type": 130,
        "plan_period": "Monthly",
        "tax_group_enabled": True,
        "zi_migration_status": 0,
        "language_code": "en",
        "field_separator": " ",
        "time_zone": organization.time_zone,
        "date_format": "dd MMM yyyy",
        "currency_code": organization.base_currency,
        "currency_id": "",
        "currency_symbol": _SYMBOLS.get(organization.base_currency, ""),
        "currency_format": "###,##0.00",
        "price_precision": 2,
        "fiscal_year_start_month": _MONTHS.index(month) if month in _MONTHS else 0,
        "account_created_date": "2012-02-15",
        "account_created_date_formatted": "15 Feb 2012",
        "country": organization.country,
        "user_role": "admin",
        "user_status": "active",
    }


def _currencies(books: Books, world: World, base: str) -> None:
    codes = {
        base,
        *(p.currency for p in world.projects),
        *(c.currency for c in world.books_customers),
    }
    for code in sorted(codes):
        made = make_currency(code, _SYMBOLS.get(code, code), 2, base=code == base)
        record = _add(books, world, "currencies", "currency_id", made)
        if code == base:
            books.organization["currency_id"] = record["currency_id"]


def _add(books: Books, world: World, table: str, key: str, made: Record) -> Record:
    return books.add(table, key, lambda _i: made, world.now)


def _currency(books: Books, code: str) -> Record:
    return next(c for c in books.rows("currencies") if c["currency_code"] == code)


def _fill(books: Books, world: World) -> None:
    now = stamp(world.now, books.zone)
    _add(books, world, "taxes", "tax_id", make_tax({"tax_name": "VAT", "tax_percentage": 19}))
    item = {"name": "Consulting", "rate": 100, "unit": "h", "product_type": "service"}
    _add(books, world, "items", "item_id", make_item(item, now, {}))
    for number, user in enumerate(world.books_users):
        made = make_user(user.name, user.email, now, role=user.role, status=user.status)
        made["is_current_user"] = number == 0
        _add(books, world, "users", "user_id", made)
    customers = _customers(books, world, now)
    _expenses(books, world, now, customers)


def _customers(books: Books, world: World, now: str) -> Mapping[str, Record]:
    found: dict[str, Record] = {}
    for customer in world.books_customers:
        body = {
            "contact_name": customer.name,
            "email": customer.email,
            "phone": customer.phone,
            "contact_type": customer.contact_type,
            "company_name": customer.name,
        }
        made = make_contact(books, body, now, _currency(books, customer.currency))
        made["status"] = customer.status
        found[customer.key] = _add(books, world, "contacts", "contact_id", made)
    return found


def _expenses(books: Books, world: World, now: str, customers: Mapping[str, Record]) -> None:
    account, bank = books.ids.make(), books.ids.make()
    for expense in world.expenses:
        customer = customers.get(expense.client_key)
        if expense.made_in != "books" or customer is None:
            continue
        body = {
            "date": expense.date.isoformat(),
            "description": expense.description,
            "is_billable": expense.billable,
            "account_id": account,
            "account_name": "Travel Expense",
            "paid_through_account_id": bank,
            "paid_through_account_name": "Petty Cash",
        }
        made = make_expense(body, now, _currency(books, expense.currency), Decimal(expense.amount))
        made["customer_id"] = customer["contact_id"]
        made["customer_name"] = customer["contact_name"]
        _add(books, world, "expenses", "expense_id", made)
