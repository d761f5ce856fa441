"""Organizations, users, expenses, items, taxes, currencies."""

from tallystick.simulator.http import Request, Response

from tallystick_zoho_books.simulator.books import Books
from tallystick_zoho_books.simulator.context import Context
from tallystick_zoho_books.simulator.envelope import (
    Record,
    Refusal,
    created,
    decimal,
    done,
    number,
    page,
    said,
)

_USER_FILTERS = {
    "Status.Active": "active",
    "Status.Inactive": "inactive",
    "Status.Invited": "invited",
    "Status.Deleted": "deleted",
}
_EXPENSE_FILTERS = {
    "Status.Billable": "unbilled",
    "Status.Nonbillable": "nonbillable",
    "Status.Reimbursed": "reimbursed",
    "Status.Invoiced": "invoiced",
    "Status.Unbilled": "unbilled",
}


class Users:
    """Handlers of /users."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def listing(self, request: Request) -> Response:
        """GET /users."""
        books = self._context.books(request)
        rows = self._context.visible(books, "users")
        wanted = _USER_FILTERS.get(request.param("filter_by") or "")
        if wanted:
            rows = [r for r in rows if r["status"] == wanted]
        return page(request, "users", rows, sorts=("name", "email", "user_role", "status"))

    def create(self, request: Request) -> Response:
        """POST /users: name and e-mail address; an invitation goes out."""
        books, body = self._context.books(request), self._context.body(request)
        email = str(body.get("email") or "").strip()
        if not email or not str(body.get("name") or "").strip():
            raise Refusal(400, 4, "Invalid value passed for email")
        if any(u["email"].casefold() == email.casefold() for u in books.rows("users")):
            raise Refusal(400, 3004, f"A user with the e-mail address {email} exists already.")
        now = self._context.stamp(books)
        record = books.add(
            "users",
            "user_id",
            lambda _i: make_user(
                str(body["name"]),
                email,
                now,
                role=str(body.get("user_role") or "timesheetstaff"),
                status="invited",
            ),
            self._context.now(),
        )
        self._context.effect(record["user_id"])
        return created(
            "user", record, "Your invitation has been sent.", f"/api/v3/users/{record['user_id']}"
        )

    def one(self, request: Request, user_id: str) -> Response:
        """GET /users/{id}: the address stands in email_ids."""
        record = self._context.books(request).get("users", user_id, "User")
        return done(
            "user", {**record, "email_ids": [{"email": record["email"], "is_selected": True}]}
        )

    def me(self, request: Request) -> Response:
        """GET /users/me."""
        rows = self._context.books(request).rows("users")
        return done("user", next((u for u in rows if u["is_current_user"]), rows[0]))

    def active(self, request: Request, user_id: str) -> Response:
        """POST /users/{id}/active."""
        return self._status(request, user_id, "active")

    def inactive(self, request: Request, user_id: str) -> Response:
        """POST /users/{id}/inactive."""
        return self._status(request, user_id, "inactive")

    def invite(self, request: Request, user_id: str) -> Response:
        """POST /users/{id}/invite."""
        self._context.books(request).get("users", user_id, "User")
        return said("Your invitation has been sent.")

    def _status(self, request: Request, user_id: str, status: str) -> Response:
        record = self._context.books(request).get("users", user_id, "User")
        record["status"] = status
        return said(f"The user has been marked as {status}.")


def make_user(name: str, email: str, now: str, *, role: str, status: str) -> Record:
    """A complete user."""
    return {
        "role_id": "",
        "name": name,
        "email": email,
        "user_role": role,
        "status": status,
        "user_type": "zoho",
        "is_current_user": False,
        "photo_url": "",
        "cost_rate": 0,
        "is_customer_segmented": False,
        "is_vendor_segmented": False,
        "created_time": now,
    }


class Expenses:
    """Handlers of /expenses."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def listing(self, request: Request) -> Response:
        """GET /expenses; rows have no project_id."""
        books = self._context.books(request)
        rows = self._context.visible(books, "expenses")
        wanted = _EXPENSE_FILTERS.get(request.param("filter_by") or "")
        if wanted:
            rows = [r for r in rows if r["status"] == wanted]
        if request.param("customer_id"):
            rows = [r for r in rows if r["customer_id"] == request.param("customer_id")]
        rows = self._context.modified_since(request, rows)

        def listed(row: Record) -> Record:
            return {
                k: v for k, v in shown_expense(row).items() if k not in {"project_id", "line_items"}
            }

        return page(request, "expenses", rows, shown=listed)

    def create(self, request: Request) -> Response:
        """POST /expenses."""
        books, body = self._context.books(request), self._context.body(request)
        amount = decimal(body.get("amount"), "amount")
        currency = self._context.currency(books, body)
        now = self._context.stamp(books)
        record = books.add(
            "expenses",
            "expense_id",
            lambda _i: {**make_expense(body, now, currency), "amount": amount, "total": amount},
            self._context.now(),
        )
        self._context.effect(record["expense_id"])
        return created(
            "expense",
            shown_expense(record),
            "The expense has been recorded.",
            f"/api/v3/expenses/{record['expense_id']}",
        )

    def one(self, request: Request, expense_id: str) -> Response:
        """GET /expenses/{id}."""
        books = self._context.books(request)
        return done("expense", shown_expense(books.get("expenses", expense_id, "Expense")))


def shown_expense(row: Record) -> Record:
    """An expense as it is sent."""
    return {
        **row,
        "amount": number(row["amount"]),
        "total": number(row["total"]),
        "bcy_total": number(row["total"]),
    }


def make_expense(body: Record, now: str, currency: Record) -> Record:
    """A complete expense; amounts are set by the caller."""
    billable = bool(body.get("is_billable", False))
    texts = (
        "account_id",
        "account_name",
        "description",
        "reference_number",
        "customer_id",
        "customer_name",
        "project_id",
        "project_name",
        "vendor_id",
        "vendor_name",
        "date",
        "paid_through_account_id",
    )
    return {
        **{name: str(body.get(name) or "") for name in texts},
        "is_billable": billable,
        "is_inclusive_tax": False,
        "tax_id": "",
        "tax_name": "",
        "tax_percentage": 0,
        "tax_amount": 0,
        "exchange_rate": 1,
        "status": "unbilled" if billable else "nonbillable",
        "currency_id": currency["currency_id"],
        "currency_code": currency["currency_code"],
        "invoice_id": "",
        "invoice_number": "",
        "line_items": [],
        "created_time": now,
        "last_modified_time": now,
    }


class Masters:
    """Handlers of organizations, items, taxes and currencies."""

    def __init__(self, context: Context, all_books: "dict[str, Books]") -> None:
        self._context = context
        self._all = all_books

    def organizations(self, request: Request) -> Response:
        """GET /organizations, without page_context and without an organization_id."""
        del request
        return done("organizations", [b.organization for b in self._all.values()])

    def organization(self, request: Request, organization_id: str) -> Response:
        """GET /organizations/{id}."""
        del request
        found = self._all.get(organization_id)
        if found is None:
            raise Refusal(404, 1002, "Organization does not exist.")
        return done("organization", found.organization)

    def currencies(self, request: Request) -> Response:
        """GET /settings/currencies, without page_context."""
        return done("currencies", self._context.books(request).rows("currencies"))

    def taxes(self, request: Request) -> Response:
        """GET /settings/taxes."""
        return page(request, "taxes", self._context.books(request).rows("taxes"))

    def items(self, request: Request) -> Response:
        """GET /items."""
        return page(request, "items", self._context.books(request).rows("items"))

    def credit_notes(self, request: Request) -> Response:
        """GET /creditnotes."""
        return page(request, "creditnotes", self._context.books(request).rows("creditnotes"))
