"""Users of an organization."""

from tallystick.simulator.http import Request, Response, json_response

from tallystick_zoho_books.simulator import fields, filters
from tallystick_zoho_books.simulator.books import Books
from tallystick_zoho_books.simulator.context import Context
from tallystick_zoho_books.simulator.envelope import Record, Refusal, created, done, invalid, said

ROLES = ("admin", "staff", "timesheetstaff")
_INVITED = "Your invitation has been sent."
_FILTERS = {
    "Status.All": None,
    **{
        f"Status.{s.capitalize()}": filters.having("status", s)
        for s in ("active", "inactive", "invited", "deleted")
    },
}
_LISTED = (
    "user_id",
    "role_id",
    "name",
    "email",
    "user_role",
    "user_type",
    "status",
    "is_current_user",
    "photo_url",
    "is_customer_segmented",
    "is_vendor_segmented",
    "cost_rate",
    "created_time",
)


def make_user(name: str, email: str, now: str, *, role: str, status: str) -> Record:
    """A user as it is kept."""
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
        "is_employee": False,
        "custom_fields": [],
        "created_time": now,
    }


def shown_user(row: Record) -> Record:
    """A single user: the address stands in email_ids."""
    sent = {k: v for k, v in row.items() if k != "email"}
    return {**sent, "email_ids": [{"email": row["email"], "is_selected": True}]}


def listed_user(row: Record) -> Record:
    """A user in a list."""
    return {name: row[name] for name in _LISTED}


def add_user(context: Context, books: Books, body: Record) -> Record:
    """Add an invited user; name and e-mail address are required, the address must be free."""
    name, email = fields.required(body, "name", 100), _email(body)
    _free(context, books, email)
    role = fields.text(body, "user_role", 100) or "timesheetstaff"
    made = make_user(name, email, context.stamp(books), role=role, status="invited")
    made["role_id"] = fields.text(body, "role_id", 40)
    record = books.add("users", "user_id", lambda _i: made, context.now())
    context.effect(record["user_id"])
    return record


def _email(body: Record) -> str:
    email = fields.required(body, "email", 200).strip()
    name, _, host = email.partition("@")
    if not name or not host or " " in email:
        raise invalid("email")
    return email


def _free(context: Context, books: Books, email: str, but: str = "") -> None:
    taken = (
        u["email"].casefold() == email.casefold() and u["user_id"] != but
        for u in books.rows("users")
        if u["status"] != "deleted"
    )
    if any(taken) and not context.switch("equal_user_emails"):
        raise Refusal(400, 3004, f"A user with the e-mail address {email} exists already.")


class Users:
    """Handlers of /users."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def listing(self, request: Request) -> Response:
        """GET /users; deleted ones are in it when they are asked for."""
        books = self._context.books(request)
        rows = self._context.chosen(request, self._context.visible(books, "users"), _FILTERS)
        if request.param("filter_by") != "Status.Deleted":
            rows = [u for u in rows if u["status"] != "deleted"]
        sorts = ("name", "email", "user_role", "status")
        return self._context.page(request, "users", rows, sorts, shown=listed_user)

    def create(self, request: Request) -> Response:
        """POST /users: an invitation goes out."""
        books, body = self._context.books(request), self._context.body(request)
        record = add_user(self._context, books, body)
        path = f"/users/{record['user_id']}"
        if not self._context.switch("send_created_user"):
            location = {"Location": f"/api/v3{path}"}
            return json_response(201, {"code": 0, "message": _INVITED}, location)
        return created("user", listed_user(record), _INVITED, path)

    def one(self, request: Request, user_id: str) -> Response:
        """GET /users/{id}."""
        return done("user", shown_user(self._context.books(request).get("users", user_id, "User")))

    def me(self, request: Request) -> Response:
        """GET /users/me."""
        rows = self._context.books(request).rows("users")
        if not rows:
            raise Refusal(404, 1002, "User does not exist.")
        return done("user", shown_user(next((u for u in rows if u["is_current_user"]), rows[0])))

    def update(self, request: Request, user_id: str) -> Response:
        """PUT /users/{id}: name and e-mail address are required."""
        books, body = self._context.books(request), self._context.body(request)
        record = books.get("users", user_id, "User")
        name, email = fields.required(body, "name", 100), _email(body)
        _free(self._context, books, email, user_id)
        role = fields.text(body, "user_role", 100) or record["user_role"]
        record.update(name=name, email=email, user_role=role)
        books.rename("user_id", user_id, {"user_name": name})
        return said("The user information has been updated.")

    def delete(self, request: Request, user_id: str) -> Response:
        """DELETE /users/{id}: the user keeps the time that was logged."""
        self._context.books(request).get("users", user_id, "User")["status"] = "deleted"
        return said("The user has been removed from your organization.")

    def active(self, request: Request, user_id: str) -> Response:
        """POST /users/{id}/active."""
        return self._status(request, user_id, "active")

    def inactive(self, request: Request, user_id: str) -> Response:
        """POST /users/{id}/inactive."""
        return self._status(request, user_id, "inactive")

    def invite(self, request: Request, user_id: str) -> Response:
        """POST /users/{id}/invite."""
        self._context.books(request).get("users", user_id, "User")
        return said(_INVITED)

    def _status(self, request: Request, user_id: str, status: str) -> Response:
        books = self._context.books(request)
        books.get("users", user_id, "User")["status"] = status
        for project in books.rows("projects"):
            for member in project["users"]:
                if member["user_id"] == user_id:
                    member["status"] = status
        return said(f"The user has been marked as {status}.")
