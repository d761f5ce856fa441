"""Tasks of projects."""

from tallystick.simulator.http import Request, Response

from tallystick_zoho_books.simulator import fields
from tallystick_zoho_books.simulator.books import Books
from tallystick_zoho_books.simulator.context import Context
from tallystick_zoho_books.simulator.envelope import Record, Refusal, created, done, said
from tallystick_zoho_books.simulator.project_shape import shown_task, tasks_of
from tallystick_zoho_books.simulator.tallies import counted


def make_task(project: Record, body: Record) -> Record:
    """A task as it is kept, from what was sent."""
    return {
        "project_id": project["project_id"],
        "project_name": project["project_name"],
        "currency_id": project["currency_id"],
        "customer_id": project["customer_id"],
        "customer_name": project["customer_name"],
        "task_name": fields.required(body, "task_name", 100),
        "description": fields.text(body, "description", 500),
        "rate": fields.amount(body, "rate"),
        "budget_hours": fields.text(body, "budget_hours", 20),
        "is_billable": fields.flag(body, "is_billable", True),
        "status": "active",
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
        first, further = ("task", ("tasks",)) if key == "both" else (key, ())
        tallies = counted(books, project_id)
        return self._context.page(
            request,
            first,
            rows,
            ("task_name",),
            shown=lambda t: shown_task(t, tallies),
            keys=further,
        )

    def create(self, request: Request, project_id: str) -> Response:
        """POST /projects/{id}/tasks."""
        books, body = self._context.books(request), self._context.body(request)
        project = books.get("projects", project_id, "Project")
        made = make_task(project, body)
        record = books.add("tasks", "task_id", lambda _i: made, self._context.now())
        self._context.effect(record["task_id"])
        path = f"/projects/{project_id}/tasks/{record['task_id']}"
        shown = shown_task(record, counted(books, project_id))
        return created("task", shown, "The task has been added.", path)

    def one(self, request: Request, project_id: str, task_id: str) -> Response:
        """GET /projects/{id}/tasks/{task_id}."""
        books = self._context.books(request)
        record = _task(books, project_id, task_id)
        return done("task", shown_task(record, counted(books, project_id)))

    def update(self, request: Request, project_id: str, task_id: str) -> Response:
        """PUT /projects/{id}/tasks/{task_id}."""
        books, body = self._context.books(request), self._context.body(request)
        record = _task(books, project_id, task_id)
        project = books.get("projects", project_id, "Project")
        record.update(make_task(project, {**record, "rate": str(record["rate"]), **body}))
        books.rename("task_id", task_id, {"task_name": record["task_name"]})
        shown = shown_task(record, counted(books, project_id))
        return done("task", shown, "The task information has been updated.")

    def delete(self, request: Request, project_id: str, task_id: str) -> Response:
        """DELETE /projects/{id}/tasks/{task_id}; refused while it has time entries."""
        books = self._context.books(request)
        _task(books, project_id, task_id)
        entries = [e for e in books.entries_of(project_id) if e["task_id"] == task_id]
        if entries and self._context.switch("refuse_used_delete"):
            raise Refusal(400, 20051, "The task has time entries and cannot be deleted.")
        for entry in entries:
            books.remove("time_entries", entry["time_entry_id"])
        books.remove("tasks", task_id)
        return said("The task has been deleted successfully.")


def _task(books: Books, project_id: str, task_id: str) -> Record:
    books.get("projects", project_id, "Project")
    record = books.get("tasks", task_id, "Task")
    if record["project_id"] != project_id:
        raise Refusal(404, 1002, "This task does not exist in this project.")
    return record


def copied(context: Context, books: Books, source_id: str, project: Record) -> None:
    """Give a project the tasks of another one."""
    for task in tasks_of(books, source_id):
        made = make_task(project, {**task, "rate": str(task["rate"])})
        books.add("tasks", "task_id", lambda _i, m=made: m, context.now())  # type: ignore[misc] # bound now
