"""Projects."""

from copy import deepcopy

from tallystick.simulator.http import Request, Response

from tallystick_zoho_books.simulator import fields, filters
from tallystick_zoho_books.simulator.books import Books
from tallystick_zoho_books.simulator.context import Context
from tallystick_zoho_books.simulator.envelope import Record, Refusal, created, done, said
from tallystick_zoho_books.simulator.invoice_shape import listed_invoice
from tallystick_zoho_books.simulator.project_shape import listed_project, shown_project, tasks_of
from tallystick_zoho_books.simulator.staff import make_staff
from tallystick_zoho_books.simulator.tallies import counted
from tallystick_zoho_books.simulator.tasks import copied, make_task
from tallystick_zoho_books.simulator.upserts import upsert

BILLING_TYPES = (
    "fixed_cost_for_project",
    "based_on_project_hours",
    "based_on_staff_hours",
    "based_on_task_hours",
)
BUDGET_TYPES = (
    "",
    "total_project_cost",
    "total_project_hours",
    "hours_per_task",
    "hours_per_staff",
)
_SORTS = ("project_name", "customer_name", "rate", "created_time")
_UPDATED = "The project information has been updated."


class Projects:
    """Handlers of /projects."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def listing(self, request: Request) -> Response:
        """GET /projects."""
        books = self._context.books(request)
        rows = self._context.chosen(
            request,
            self._context.visible(books, "projects"),
            {
                "Status.All": None,
                "Status.Active": filters.having("status", "active"),
                "Status.Inactive": filters.having("status", "inactive"),
            },
        )
        rows = filters.texts(request, rows, ("customer_id",))
        tallies = counted(books)
        return self._context.page(
            request, "projects", rows, _SORTS, shown=lambda r: listed_project(r, tallies)
        )

    def create(self, request: Request) -> Response:
        """POST /projects."""
        return self._create(request, self._context.books(request), self._context.body(request))

    def _create(self, request: Request, books: Books, body: Record) -> Response:
        del request
        customer = self._context.reference(books, "contacts", body, "customer_id", "Contact")
        values = self._values(body, customer)
        tasks = [make_task({**values, "project_id": ""}, t) for t in fields.objects(body, "tasks")]
        users = [make_staff(self._context, books, u) for u in fields.objects(body, "users")]
        now = self._context.stamp(books)
        whole = {**values, "status": "active", "users": users, "created_time": now}
        record = books.add("projects", "project_id", lambda _i: whole, self._context.now())
        for task in tasks:
            made = {**task, "project_id": record["project_id"]}
            books.add("tasks", "task_id", lambda _i, m=made: m, self._context.now())  # type: ignore[misc] # bound now
        self._context.effect(record["project_id"])
        shown = shown_project(books, record)
        path = f"/projects/{record['project_id']}"
        return created("project", shown, "The project has been created.", path)

    def _values(self, body: Record, customer: Record, before: Record | None = None) -> Record:
        """What a request may set; an update starts from what was there."""
        fields.required(body, "billing_type")
        return {
            "project_name": fields.required(body, "project_name", 100),
            "customer_id": customer["contact_id"],
            "customer_name": customer["contact_name"],
            "currency_id": customer["currency_id"],
            "currency_code": customer["currency_code"],
            "description": fields.text(body, "description", 500),
            "billing_type": fields.choice(body, "billing_type", BILLING_TYPES, ""),
            "rate": fields.amount(body, "rate"),
            "budget_type": fields.choice(body, "budget_type", BUDGET_TYPES, ""),
            "budget_hours": fields.text(body, "budget_hours", 20),
            "budget_amount": fields.amount(body, "budget_amount"),
            "cost_budget_amount": fields.amount(body, "cost_budget_amount"),
            "custom_fields": fields.custom_fields(body, (before or {}).get("custom_fields", ())),
        }

    def upsert(self, request: Request) -> Response:
        """PUT /projects by a unique custom field."""
        return upsert(self._context, request, "projects", "project_id", self._update, self._create)

    def one(self, request: Request, project_id: str) -> Response:
        """GET /projects/{id}."""
        books = self._context.books(request)
        return done("project", shown_project(books, books.get("projects", project_id, "Project")))

    def update(self, request: Request, project_id: str) -> Response:
        """PUT /projects/{id}; fields left out stay."""
        books, body = self._context.books(request), self._context.body(request)
        return self._update(books, books.get("projects", project_id, "Project"), body)

    def _update(self, books: Books, record: Record, body: Record) -> Response:
        customer_id = body.get("customer_id") or record["customer_id"]
        named = {"customer_id": customer_id}
        customer = self._context.reference(books, "contacts", named, "customer_id", "Contact")
        known = {k: v for k, v in record.items() if k != "custom_fields"}
        amounts = ("rate", "budget_amount", "cost_budget_amount")
        known |= {name: str(record[name]) for name in amounts}
        values = self._values({**known, **body}, customer, record)
        if "users" in body:
            users = fields.objects(body, "users")
            values["users"] = [make_staff(self._context, books, u) for u in users]
        record.update(values)
        repeated = ("project_name", "customer_id", "customer_name", "currency_id")
        names = {name: values[name] for name in repeated}
        for task in tasks_of(books, record["project_id"]):
            task.update(names)
        for entry in books.entries_of(record["project_id"]):
            entry.update({k: v for k, v in names.items() if k in entry})
        return done("project", shown_project(books, record), _UPDATED)

    def delete(self, request: Request, project_id: str) -> Response:
        """DELETE /projects/{id}; refused while invoices hold it."""
        books = self._context.books(request)
        books.get("projects", project_id, "Project")
        used = any(
            line["project_id"] == project_id
            for i in books.rows("invoices")
            for line in i["line_items"]
        )
        if used and self._context.switch("refuse_used_delete"):
            raise Refusal(400, 3001, "The project has transactions and cannot be deleted.")
        for entry in books.entries_of(project_id):
            books.remove("time_entries", entry["time_entry_id"])
        for task in tasks_of(books, project_id):
            books.remove("tasks", task["task_id"])
        books.remove("projects", project_id)
        return said("The project has been deleted.")

    def active(self, request: Request, project_id: str) -> Response:
        """POST /projects/{id}/active."""
        self._context.books(request).get("projects", project_id, "Project")["status"] = "active"
        return said("The selected Projects have been marked as active.")

    def inactive(self, request: Request, project_id: str) -> Response:
        """POST /projects/{id}/inactive."""
        self._context.books(request).get("projects", project_id, "Project")["status"] = "inactive"
        return said("The selected projects have been marked as inactive.")

    def clone(self, request: Request, project_id: str) -> Response:
        """POST /projects/{id}/clone: a project with the same staff and tasks, without entries."""
        books, body = self._context.books(request), self._context.body(request)
        source = books.get("projects", project_id, "Project")
        whole = deepcopy(source)
        whole["project_name"] = fields.required(body, "project_name", 100)
        if "description" in body:
            whole["description"] = fields.text(body, "description", 500)
        whole.update(status="active", created_time=self._context.stamp(books))
        record = books.add("projects", "project_id", lambda _i: whole, self._context.now())
        copied(self._context, books, project_id, record)
        self._context.effect(record["project_id"])
        shown = shown_project(books, record)
        return done("project", shown, "Project has been cloned successfully.", 201)

    def invoices(self, request: Request, project_id: str) -> Response:
        """GET /projects/{id}/invoices."""
        books = self._context.books(request)
        books.get("projects", project_id, "Project")
        rows = [
            i
            for i in self._context.visible(books, "invoices")
            if any(line["project_id"] == project_id for line in i["line_items"])
        ]
        today = self._context.today(books)
        sorts = ("invoice_number", "date", "due_date", "total", "balance", "created_time")
        return self._context.page(
            request, "invoices", rows, sorts, shown=lambda i: listed_invoice(i, today)
        )
