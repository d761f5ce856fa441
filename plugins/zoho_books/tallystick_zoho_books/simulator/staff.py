"""Users of projects."""

from tallystick.simulator.http import Request, Response

from tallystick_zoho_books.simulator import fields
from tallystick_zoho_books.simulator.books import Books
from tallystick_zoho_books.simulator.context import Context
from tallystick_zoho_books.simulator.envelope import Record, Refusal, done, said
from tallystick_zoho_books.simulator.project_shape import staff_head
from tallystick_zoho_books.simulator.users import add_user


def make_staff(context: Context, books: Books, body: Record) -> Record:
    """A staff member from what was sent; the user must exist."""
    user = context.reference(books, "users", body, "user_id", "User")
    return {
        "user_id": user["user_id"],
        "is_current_user": user["is_current_user"],
        "user_name": user["name"],
        "email": user["email"],
        "user_role": user["user_role"],
        "status": user["status"],
        "rate": fields.amount(body, "rate"),
        "budget_hours": fields.text(body, "budget_hours", 20),
        "cost_rate": fields.amount(body, "cost_rate"),
    }


class Staff:
    """Handlers of /projects/{id}/users."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def listing(self, request: Request, project_id: str) -> Response:
        """GET /projects/{id}/users, which has no page_context."""
        record = self._context.books(request).get("projects", project_id, "Project")
        return done("users", [staff_head(u) for u in record["users"]])

    def add(self, request: Request, project_id: str) -> Response:
        """POST /projects/{id}/users: one user, or a list of them."""
        books, body = self._context.books(request), self._context.body(request)
        record = books.get("projects", project_id, "Project")
        given = fields.objects(body, "users") or [body]
        for staff in [make_staff(self._context, books, user) for user in given]:
            kept = [u for u in record["users"] if u["user_id"] != staff["user_id"]]
            record["users"] = [*kept, staff]
        shown = [staff_head(u) for u in record["users"]]
        return done("users", shown, "Users added for the project.", 201)

    def invite(self, request: Request, project_id: str) -> Response:
        """POST /projects/{id}/users/invite: a new user of the organization and the project."""
        books, body = self._context.books(request), self._context.body(request)
        record = books.get("projects", project_id, "Project")
        asked = {**body, "name": body.get("user_name")}
        user = add_user(self._context, books, asked)
        staff = make_staff(self._context, books, {**body, "user_id": user["user_id"]})
        record["users"].append(staff)
        shown = [staff_head(u) for u in record["users"]]
        return done("users", shown, "Your invitation has been sent.", 201)

    def one(self, request: Request, project_id: str, user_id: str) -> Response:
        """GET /projects/{id}/users/{user_id}."""
        record = self._context.books(request).get("projects", project_id, "Project")
        return done("user", staff_head(_member(record, user_id)))

    def update(self, request: Request, project_id: str, user_id: str) -> Response:
        """PUT /projects/{id}/users/{user_id}: rates and budget."""
        books, body = self._context.books(request), self._context.body(request)
        record = books.get("projects", project_id, "Project")
        member = _member(record, user_id)
        changed: Record = {n: fields.amount(body, n) for n in ("rate", "cost_rate") if n in body}
        if "budget_hours" in body:
            changed["budget_hours"] = fields.text(body, "budget_hours", 20)
        member.update(changed)
        shown = [staff_head(u) for u in record["users"]]
        return done("users", shown, "The staff information has been updated.")

    def remove(self, request: Request, project_id: str, user_id: str) -> Response:
        """DELETE /projects/{id}/users/{user_id}."""
        record = self._context.books(request).get("projects", project_id, "Project")
        record["users"].remove(_member(record, user_id))
        return said("The staff has been removed")


def _member(record: Record, user_id: str) -> Record:
    for member in record["users"]:
        if member["user_id"] == user_id:
            found: Record = member
            return found
    raise Refusal(404, 1002, "User does not exist.")
