"""Projects, their tasks and users."""

from typing import Any

from tallystick.simulator.http import Request, Response

from tallystick_zoho_books.simulator.books import Books
from tallystick_zoho_books.simulator.context import Context
from tallystick_zoho_books.simulator.envelope import (
    Record,
    Refusal,
    created,
    decimal,
    done,
    hours,
    number,
    page,
    said,
)

BILLING_TYPES = (
    "fixed_cost_for_project",
    "based_on_project_hours",
    "based_on_staff_hours",
    "based_on_task_hours",
)
_SORTS = ("project_name", "customer_name", "rate", "created_time")
_STATUS = {"Status.Active": "active", "Status.Inactive": "inactive"}


def shown_project(books: Books, row: Record) -> Record:
    """A project with the hours and amounts that follow from its entries."""
    entries = books.entries_of(row["project_id"])
    total = sum(e["minutes"] for e in entries)
    billable = sum(e["minutes"] for e in entries if e["is_billable"])
    billed = sum(e["minutes"] for e in entries if e["billed_status"] == "invoiced")
    return {
        **row,
        "rate": number(row["rate"]),
        "total_hours": hours(total),
        "billable_hours": hours(billable),
        "billed_hours": hours(billed),
        "un_billed_hours": hours(max(billable - billed, 0)),
        "non_billable_hours": hours(total - billable),
        "total_amount": 0,
        "billed_amount": 0,
        "un_billed_amount": 0,
        "tasks": [shown_task(books, t) for t in tasks_of(books, row["project_id"])],
    }


def tasks_of(books: Books, project_id: str) -> list[Record]:
    """Tasks of a project."""
    return [t for t in books.rows("tasks") if t["project_id"] == project_id]


def shown_task(books: Books, row: Record) -> Record:
    """A task with its hours."""
    entries = [e for e in books.entries_of(row["project_id"]) if e["task_id"] == row["task_id"]]
    total = sum(e["minutes"] for e in entries)
    billed = sum(e["minutes"] for e in entries if e["billed_status"] == "invoiced")
    return {
        **row,
        "rate": number(row["rate"]),
        "log_time": hours(total),
        "total_hours": hours(total),
        "billed_hours": hours(billed),
        "un_billed_hours": hours(total - billed),
    }


class Projects:
    """Handlers of /projects."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def listing(self, request: Request) -> Response:
        """GET /projects."""
        books = self._context.books(request)
        rows = self._context.visible(books, "projects")
        wanted = request.param("filter_by") or "Status.All"
        if wanted in _STATUS:
            rows = [r for r in rows if r["status"] == _STATUS[wanted]]
        if request.param("customer_id"):
            rows = [r for r in rows if r["customer_id"] == request.param("customer_id")]

        def listed(row: Record) -> Record:
            whole = shown_project(books, row)
            return {k: v for k, v in whole.items() if k not in {"tasks", "users"}}

        return page(request, "projects", rows, sorts=_SORTS, shown=listed)

    def create(self, request: Request) -> Response:
        """POST /projects."""
        books, body = self._context.books(request), self._context.body(request)
        status = int(self._context.switch("missing_reference_status"))
        customer = books.get("contacts", body.get("customer_id"), "Contact", status)
        name = str(body.get("project_name") or "").strip()
        if not name or len(name) > 100:
            raise Refusal(400, 4, "Invalid value passed for project_name")
        if body.get("billing_type") not in BILLING_TYPES:
            raise Refusal(400, 4, "Invalid value passed for billing_type")
        record = books.add(
            "projects",
            "project_id",
            lambda _i: self._record(books, body, customer),
            self._context.now(),
        )
        self._context.effect(record["project_id"])
        return created(
            "project",
            shown_project(books, record),
            "The project has been created.",
            f"/api/v3/projects/{record['project_id']}",
        )

    def _record(self, books: Books, body: Record, customer: Record) -> Record:
        users = [self._staff(books, u) for u in body.get("users", [])]
        return {
            "project_name": str(body["project_name"]),
            "project_code": "",
            "customer_id": customer["contact_id"],
            "customer_name": customer["contact_name"],
            "currency_id": customer["currency_id"],
            "currency_code": customer["currency_code"],
            "description": str(body.get("description") or "")[:500],
            "status": "active",
            "billing_type": body["billing_type"],
            "rate": decimal(body.get("rate") or 0, "rate"),
            "budget_type": str(body.get("budget_type") or ""),
            "budget_hours": body.get("budget_hours") or "",
            "budget_amount": number(decimal(body.get("budget_amount") or 0, "budget_amount")),
            "cost_budget_amount": 0,
            "users": users,
            "custom_fields": body.get("custom_fields", []),
            "created_time": self._context.stamp(books),
        }

    def _staff(self, books: Books, body: Record) -> Record:
        status = int(self._context.switch("missing_reference_status"))
        user = books.get("users", body.get("user_id"), "User", status)
        return {
            "user_id": user["user_id"],
            "is_current_user": user["is_current_user"],
            "user_name": user["name"],
            "email": user["email"],
            "user_role": user["user_role"],
            "status": user["status"],
            "rate": number(decimal(body.get("rate") or 0, "rate")),
            "budget_hours": body.get("budget_hours") or "",
            "cost_rate": number(decimal(body.get("cost_rate") or 0, "cost_rate")),
        }

    def one(self, request: Request, project_id: str) -> Response:
        """GET /projects/{id}."""
        books = self._context.books(request)
        return done("project", shown_project(books, books.get("projects", project_id, "Project")))

    def update(self, request: Request, project_id: str) -> Response:
        """PUT /projects/{id}."""
        books, body = self._context.books(request), self._context.body(request)
        record = books.get("projects", project_id, "Project")
        if "customer_id" in body:
            customer = books.get("contacts", body["customer_id"], "Contact", 400)
            record["customer_id"] = customer["contact_id"]
            record["customer_name"] = customer["contact_name"]
        if "rate" in body:
            record["rate"] = decimal(body["rate"], "rate")
        for name in ("project_name", "description", "billing_type", "budget_type", "budget_hours"):
            if name in body:
                record[name] = str(body[name] or "")
        return done(
            "project", shown_project(books, record), "The project information has been updated."
        )

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
        del books.tables["projects"][project_id]
        return said("The project has been deleted.")

    def active(self, request: Request, project_id: str) -> Response:
        """POST /projects/{id}/active."""
        return self._set_status(request, project_id, "active")

    def inactive(self, request: Request, project_id: str) -> Response:
        """POST /projects/{id}/inactive."""
        return self._set_status(request, project_id, "inactive")

    def _set_status(self, request: Request, project_id: str, status: str) -> Response:
        record = self._context.books(request).get("projects", project_id, "Project")
        record["status"] = status
        return said(f"The selected projects have been marked as {status}.")

    def invoices(self, request: Request, project_id: str) -> Response:
        """GET /projects/{id}/invoices."""
        books = self._context.books(request)
        books.get("projects", project_id, "Project")
        rows = [
            i
            for i in self._context.visible(books, "invoices")
            if any(line["project_id"] == project_id for line in i["line_items"])
        ]
        return page(request, "invoices", rows, shown=_invoice_head)

    def users(self, request: Request, project_id: str) -> Response:
        """GET /projects/{id}/users, which has no page_context."""
        record = self._context.books(request).get("projects", project_id, "Project")
        return done("users", record["users"])

    def add_users(self, request: Request, project_id: str) -> Response:
        """POST /projects/{id}/users."""
        books, body = self._context.books(request), self._context.body(request)
        record = books.get("projects", project_id, "Project")
        given = body.get("users") or [body]
        for user in given:
            staff = self._staff(books, user)
            record["users"] = [u for u in record["users"] if u["user_id"] != staff["user_id"]]
            record["users"].append(staff)
        return done("users", record["users"], "Users added to the project.", 201)


def _invoice_head(row: Record) -> Record:
    names = (
        "invoice_id",
        "invoice_number",
        "customer_id",
        "customer_name",
        "status",
        "date",
        "due_date",
        "currency_code",
        "reference_number",
        "created_time",
    )
    return {
        **{n: row[n] for n in names},
        "total": number(row["total"]),
        "balance": number(row["balance"]),
    }


class Tasks:
    """Handlers of /projects/{id}/tasks."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def listing(self, request: Request, project_id: str) -> Response:
        """GET /projects/{id}/tasks; the list's key is `task`, `tasks` or both, by switch."""
        books = self._context.books(request)
        books.get("projects", project_id, "Project")
        rows = [t for t in self._context.visible(books, "tasks") if t["project_id"] == project_id]
        key = str(self._context.switch("task_key"))
        first, extra = ("task", {"tasks": list}) if key == "both" else (key, {})
        return page(request, first, rows, shown=lambda t: shown_task(books, t), extra=extra)

    def create(self, request: Request, project_id: str) -> Response:
        """POST /projects/{id}/tasks."""
        books, body = self._context.books(request), self._context.body(request)
        project = books.get("projects", project_id, "Project")
        if not str(body.get("task_name") or "").strip():
            raise Refusal(400, 4, "Invalid value passed for task_name")
        record = books.add(
            "tasks", "task_id", lambda _i: self._record(books, project, body), self._context.now()
        )
        self._context.effect(record["task_id"])
        return created(
            "task",
            shown_task(books, record),
            "The task has been added.",
            f"/api/v3/projects/{project_id}/tasks/{record['task_id']}",
        )

    def _record(self, books: Books, project: Record, body: Record) -> Record:
        return {
            "project_id": project["project_id"],
            "project_name": project["project_name"],
            "currency_id": project["currency_id"],
            "customer_id": project["customer_id"],
            "customer_name": project["customer_name"],
            "task_name": str(body["task_name"]),
            "description": str(body.get("description") or ""),
            "rate": decimal(body.get("rate") or 0, "rate"),
            "budget_hours": str(body.get("budget_hours") or ""),
            "is_billable": bool(body.get("is_billable", True)),
            "status": "active",
        }

    def one(self, request: Request, project_id: str, task_id: str) -> Response:
        """GET /projects/{id}/tasks/{task_id}."""
        books = self._context.books(request)
        return done("task", shown_task(books, self._task(books, project_id, task_id)))

    def _task(self, books: Books, project_id: str, task_id: str) -> Record:
        record = books.get("tasks", task_id, "Task")
        if record["project_id"] != project_id:
            raise Refusal(404, 1002, "This task does not exist in this project.")
        return record

    def update(self, request: Request, project_id: str, task_id: str) -> Response:
        """PUT /projects/{id}/tasks/{task_id}."""
        books, body = self._context.books(request), self._context.body(request)
        record = self._task(books, project_id, task_id)
        for name in ("task_name", "description", "budget_hours"):
            if name in body:
                record[name] = str(body[name] or "")
        if "rate" in body:
            record["rate"] = decimal(body["rate"] or 0, "rate")
        if "is_billable" in body:
            record["is_billable"] = bool(body["is_billable"])
        return done("task", shown_task(books, record), "The task information has been updated.")

    def delete(self, request: Request, project_id: str, task_id: str) -> Response:
        """DELETE /projects/{id}/tasks/{task_id}."""
        books = self._context.books(request)
        self._task(books, project_id, task_id)
        entries: list[Any] = [e for e in books.entries_of(project_id) if e["task_id"] == task_id]
        if entries and self._context.switch("refuse_used_delete"):
            raise Refusal(400, 20051, "The task has time entries and cannot be deleted.")
        del books.tables["tasks"][task_id]
        return said("The task has been deleted.")
