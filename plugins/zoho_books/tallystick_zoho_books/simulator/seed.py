"""The state that Books has before the first sync, from a world."""

from decimal import Decimal

from tallystick.simulator.ids import IdFactory
from tallystick.simulator.world import World

from tallystick_zoho_books.simulator.books import Books
from tallystick_zoho_books.simulator.contacts import make_contact
from tallystick_zoho_books.simulator.envelope import Record, stamp
from tallystick_zoho_books.simulator.masters import make_expense, make_user

_SYMBOLS = {"EUR": "€", "USD": "$", "GBP": "£", "INR": "₹"}
_PREFIX = 460000


def seeded(world: World) -> dict[str, Books]:
    """Every organization of a world; the first one has the data."""
    found: dict[str, Books] = {}
    for number, organization in enumerate(world.organizations):
        organization_id = str(10229182 + number * 1111)
        books = Books(
            {
                "organization_id": organization_id,
                "name": organization.name,
                "contact_name": "Ops",
                "email": organization.email,
                "is_default_org": number == 0,
                "is_org_active": True,
                "plan_name": "PROFESSIONAL",
                "plan_type": 130,
                "plan_period": "Monthly",
                "language_code": "en",
                "time_zone": organization.time_zone,
                "date_format": "dd MMM yyyy",
                "currency_code": organization.base_currency,
                "currency_id": "",
                "currency_symbol": _SYMBOLS.get(organization.base_currency, ""),
                "currency_format": "###,##0.00",
                "price_precision": 2,
                "fiscal_year_start_month": organization.fiscal_year_start_month,
                "account_created_date": "2012-02-15",
                "country": organization.country,
                "user_role": "admin",
                "user_status": "active",
            },
            IdFactory(_PREFIX + number),
            next_invoice=world.first_invoice_number,
        )
        _currencies(books, world, organization.base_currency)
        found[organization_id] = books
        if number == 0:
            _fill(books, world)
    return found


def _currencies(books: Books, world: World, base: str) -> None:
    codes = {
        base,
        *(p.currency for p in world.projects),
        *(c.currency for c in world.books_customers),
    }
    for code in sorted(codes):
        record = books.add(
            "currencies",
            "currency_id",
            lambda _i, c=code: {  # type: ignore[misc] # bound now
                "currency_code": c,
                "currency_name": f"{c}- {c}",
                "currency_symbol": _SYMBOLS.get(c, c),
                "price_precision": 2,
                "currency_format": "1,234,567.89",
                "is_base_currency": c == base,
                "exchange_rate": 0 if c == base else 1,
                "effective_date": "2026-01-01",
            },
            world.now,
        )
        if code == base:
            books.organization["currency_id"] = record["currency_id"]


def _currency(books: Books, code: str) -> Record:
    return next(c for c in books.rows("currencies") if c["currency_code"] == code)


def _fill(books: Books, world: World) -> None:
    now = stamp(world.now, books.zone)
    books.add(
        "taxes",
        "tax_id",
        lambda _i: {
            "tax_name": "VAT",
            "tax_percentage": 19,
            "tax_type": "tax",
            "is_value_added": True,
            "is_default_tax": False,
            "is_editable": True,
            "tax_specific_type": "",
            "output_tax_account_name": "",
        },
        world.now,
    )
    books.add(
        "items",
        "item_id",
        lambda _i: {
            "name": "Consulting",
            "status": "active",
            "description": "",
            "rate": 100,
            "unit": "h",
            "tax_id": "",
            "tax_name": "",
            "tax_percentage": 0,
            "sku": "",
            "product_type": "service",
        },
        world.now,
    )
    _users(books, world, now)
    customers: dict[str, str] = {}
    for customer in world.books_customers:
        body = {
            "contact_name": customer.name,
            "email": customer.email,
            "phone": customer.phone,
            "contact_type": customer.contact_type,
            "company_name": customer.name,
        }
        currency = _currency(books, customer.currency)
        record = books.add(
            "contacts",
            "contact_id",
            lambda _i, b=body, c=currency: make_contact(books, b, now, c),  # type: ignore[misc] # bound now
            world.now,
        )
        record["status"] = customer.status
        customers[customer.key] = record["contact_id"]
    _expenses(books, world, now, customers)


def _users(books: Books, world: World, now: str) -> None:
    for number, user in enumerate(world.books_users):
        record = books.add(
            "users",
            "user_id",
            lambda _i, u=user: make_user(u.name, u.email, now, role=u.role, status=u.status),  # type: ignore[misc] # bound now
            world.now,
        )
        record["is_current_user"] = number == 0


def _expenses(books: Books, world: World, now: str, customers: dict[str, str]) -> None:
    for expense in world.expenses:
        if expense.made_in != "books" or expense.client_key not in customers:
            continue
        customer_id = customers[expense.client_key]
        body = {
            "date": expense.date.isoformat(),
            "description": expense.description,
            "is_billable": expense.billable,
            "customer_id": customer_id,
            "customer_name": books.tables["contacts"][customer_id]["contact_name"],
        }
        currency = _currency(books, expense.currency)
        amount = Decimal(expense.amount)
        books.add(
            "expenses",
            "expense_id",
            lambda _i, b=body, c=currency, a=amount: {  # type: ignore[misc] # bound now
                **make_expense(b, now, c),
                "amount": a,
                "total": a,
            },
            world.now,
        )
