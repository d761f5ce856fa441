"""Comments on contacts, projects, invoices, expenses and credit notes."""

from collections.abc import Callable
from typing import Any

from tallystick.simulator.http import Request, Response

from tallystick_zoho_books.simulator import fields
from tallystick_zoho_books.simulator.context import Context
from tallystick_zoho_books.simulator.envelope import Refusal, done, said

PARENTS = {
    "contacts": ("contact_id", "Contact", "contact_comments"),
    "projects": ("project_id", "Project", "comments"),
    "invoices": ("invoice_id", "Invoice", "comments"),
    "expenses": ("expense_id", "Expense", "comments"),
    "creditnotes": ("creditnote_id", "Credit note", "comments"),
}


class Comments:
    """Handlers of /{parents}/{id}/comments."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def add_routes(self, add: Callable[..., None]) -> None:
        """Serve comments of every kind of parent."""
        for table in PARENTS:
            path = f"/{table}/{{parent_id}}/comments"
            add("GET", path, self._bound(self._listing, table))
            add("POST", path, self._bound(self._create, table))
            add("DELETE", path + "/{comment_id}", self._bound(self._delete, table))

    def _bound(self, handler: Callable[..., Response], table: str) -> Callable[..., Response]:
        def bound(request: Request, parent_id: str, **parts: Any) -> Response:
            _, what, _ = PARENTS[table]
            self._context.books(request).get(table, parent_id, what)
            return handler(request, table, parent_id, **parts)

        return bound

    def _listing(self, request: Request, table: str, parent_id: str) -> Response:
        key, _, listed = PARENTS[table]
        rows = self._context.books(request).rows("comments")
        return done(listed, [c for c in rows if c.get(key) == parent_id])

    def _create(self, request: Request, table: str, parent_id: str) -> Response:
        books, body = self._context.books(request), self._context.body(request)
        made = {
            PARENTS[table][0]: parent_id,
            "description": fields.required(body, "description", 2000),
            "commented_by_id": "",
            "commented_by": books.organization["contact_name"],
            "is_current_user": True,
            "comment_type": "internal",
            "date": self._context.today(books).isoformat(),
            "date_description": "a few seconds ago",
            "time": "",
        }
        record = books.add("comments", "comment_id", lambda _i: made, self._context.now())
        return done("comment", record, "Comments added.", 201)

    def _delete(self, request: Request, table: str, parent_id: str, comment_id: str) -> Response:
        books = self._context.books(request)
        found = books.get("comments", comment_id, "Comment")
        if found.get(PARENTS[table][0]) != parent_id:
            raise Refusal(404, 1002, "Comment does not exist.")
        books.remove("comments", comment_id)
        return said("The comment has been deleted.")
