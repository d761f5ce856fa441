"""Time entries."""

from datetime import date

from tallystick.simulator.http import Request, Response

from tallystick_zoho_books.simulator.books import Books
from tallystick_zoho_books.simulator.context import Context
from tallystick_zoho_books.simulator.envelope import (
    Record,
    Refusal,
    created,
    done,
    hours,
    minutes,
    page,
    said,
)

_SORTS = ("project_name", "task_name", "user_name", "log_date", "timer_started_at", "customer_name")
_FILTERS = {"Status.Unbilled": "unbilled", "Status.Invoiced": "invoiced"}


def shown_entry(row: Record) -> Record:
    """A time entry as it is sent: minutes as HH:mm, empty fields as empty text."""
    sent = {k: v for k, v in row.items() if k != "minutes"}
    return {
        **sent,
        "log_time": hours(row["minutes"]),
        "cost_rate": 0,
        "cost_amount": 0,
        "timer_started_at": "",
        "timer_started_at_utc_time": "",
        "timer_duration_in_minutes": "",
        "timer_duration_in_seconds": "",
        "timesheet_custom_fields": [],
        "is_paused": False,
        "can_continue_timer": False,
        "can_create_claim": False,
        "is_client_approval_needed": False,
        "is_client_approved": False,
    }


class TimeEntries:
    """Handlers of /projects/timeentries."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def listing(self, request: Request) -> Response:
        """GET /projects/timeentries."""
        books = self._context.books(request)
        rows = self._context.visible(books, "time_entries")
        for name in ("project_id", "user_id", "task_id"):
            wanted = request.param(name)
            if wanted:
                rows = [r for r in rows if r[name] == wanted]
        wanted = _FILTERS.get(request.param("filter_by") or "")
        if wanted:
            rows = [r for r in rows if r["billed_status"] == wanted]
        start, end = request.param("from_date"), request.param("to_date")
        if start:
            rows = [r for r in rows if r["log_date"] >= start]
        if end:
            rows = [r for r in rows if r["log_date"] <= end]
        return page(request, "time_entries", rows, sorts=_SORTS, shown=shown_entry)

    def create(self, request: Request) -> Response:
        """POST /projects/timeentries: project, task, user and log_date are required."""
        books, body = self._context.books(request), self._context.body(request)
        values = self._values(books, body, {})
        now = self._context.stamp(books)
        record = books.add(
            "time_entries",
            "time_entry_id",
            lambda _i: {
                **values,
                "billed_status": "unbilled" if values["is_billable"] else "non_billable",
                "invoice_id": "",
                "invoice_number": "",
                "is_current_user": False,
                "created_time": now,
            },
            self._context.now(),
        )
        self._context.effect(record["time_entry_id"])
        return created(
            "time_entry",
            shown_entry(record),
            "Your timesheet entry has been added.",
            f"/api/v3/projects/timeentries/{record['time_entry_id']}",
        )

    def _values(self, books: Books, body: Record, before: Record) -> Record:
        given = {**before, **body}
        status = int(self._context.switch("missing_reference_status"))
        project = books.get("projects", given.get("project_id"), "Project", status)
        task = books.get("tasks", given.get("task_id"), "Task", status)
        if task["project_id"] != project["project_id"]:
            raise Refusal(status, 1002, "This task does not exist in this project.")
        user = books.get("users", given.get("user_id"), "User", status)
        if user["status"] == "inactive" and self._context.switch("refuse_inactive_user_entry"):
            raise Refusal(400, 20060, "Time cannot be logged for an inactive user.")
        try:
            date.fromisoformat(str(given.get("log_date")))
        except ValueError:
            raise Refusal(400, 4, "Invalid value passed for log_date") from None
        notes = str(given.get("notes") or "")
        if len(notes) > 500:
            raise Refusal(400, 4, "Invalid value passed for notes")
        return {
            "project_id": project["project_id"],
            "project_name": project["project_name"],
            "customer_id": project["customer_id"],
            "customer_name": project["customer_name"],
            "task_id": task["task_id"],
            "task_name": task["task_name"],
            "user_id": user["user_id"],
            "user_name": user["name"],
            "log_date": str(given["log_date"]),
            "minutes": self._minutes(given, body, before),
            "begin_time": str(given.get("begin_time") or ""),
            "end_time": str(given.get("end_time") or ""),
            "is_billable": bool(given.get("is_billable", True)),
            "notes": notes,
        }

    def _minutes(self, given: Record, body: Record, before: Record) -> int:
        if body.get("begin_time") and body.get("end_time"):
            return minutes(given["end_time"], "end_time") - minutes(
                given["begin_time"], "begin_time"
            )
        if "log_time" in body:
            return minutes(body["log_time"])
        if before:
            return int(before["minutes"])
        raise Refusal(400, 4, "Invalid value passed for log_time")

    def one(self, request: Request, entry_id: str) -> Response:
        """GET /projects/timeentries/{id}."""
        books = self._context.books(request)
        return done("time_entry", shown_entry(books.get("time_entries", entry_id, "Time entry")))

    def update(self, request: Request, entry_id: str) -> Response:
        """PUT /projects/timeentries/{id}."""
        books, body = self._context.books(request), self._context.body(request)
        record = books.get("time_entries", entry_id, "Time entry")
        self._editable(record)
        record.update(self._values(books, body, record))
        if record["billed_status"] != "invoiced":
            record["billed_status"] = "unbilled" if record["is_billable"] else "non_billable"
        return done(
            "time_entry", shown_entry(record), "The timesheet's information has been updated."
        )

    def _editable(self, record: Record) -> None:
        if record["billed_status"] == "invoiced" and self._context.switch(
            "refuse_invoiced_entry_edit"
        ):
            raise Refusal(400, 20055, "An invoiced time entry cannot be changed.")

    def delete(self, request: Request, entry_id: str) -> Response:
        """DELETE /projects/timeentries/{id}."""
        return self._delete(request, [entry_id])

    def delete_many(self, request: Request) -> Response:
        """DELETE /projects/timeentries with a comma list of ids."""
        ids = request.param("time_entry_ids") or request.form().get("time_entry_ids") or ""
        return self._delete(request, [i for i in ids.split(",") if i])

    def _delete(self, request: Request, ids: list[str]) -> Response:
        books = self._context.books(request)
        records = [books.get("time_entries", i, "Time entry") for i in ids]
        for record in records:
            self._editable(record)
        for record in records:
            del books.tables["time_entries"][record["time_entry_id"]]
        return said("The selected timesheet entries have been deleted")
