"""Time entries and their timers."""

from collections.abc import Callable
from datetime import date, timedelta

from tallystick.simulator.http import Request, Response

from tallystick_zoho_books.simulator import fields, filters
from tallystick_zoho_books.simulator.books import Books
from tallystick_zoho_books.simulator.context import Context, FilterValues
from tallystick_zoho_books.simulator.entry_shape import listed_entry, shown_entry
from tallystick_zoho_books.simulator.envelope import (
    Record,
    Refusal,
    created,
    done,
    invalid,
    minutes,
    said,
)

_SORTS = ("project_name", "task_name", "user_name", "log_date", "timer_started_at", "customer_name")
_SPANS = ("Today", "ThisWeek", "ThisMonth", "ThisQuarter", "ThisYear")
_BACK = ("PreviousDay", "PreviousWeek", "PreviousMonth", "PreviousQuarter", "PreviousYear")


def span(word: str, today: date) -> tuple[date, date]:
    """First and last day of a named span; weeks start on Monday."""
    kind = word.removeprefix("This").removeprefix("Previous").replace("Today", "Day")
    month = {"Month": today.month, "Quarter": (today.month - 1) // 3 * 3 + 1, "Year": 1}
    if kind == "Day":
        first = today
    elif kind == "Week":
        first = today - timedelta(days=today.weekday())
    else:
        first = today.replace(month=month[kind], day=1)
    if word.startswith("Previous"):
        return span(word.replace("Previous", "This").replace("ThisDay", "Today"), _before(first))
    return first, today if kind == "Day" else _last(first, kind)


def _before(first: date) -> date:
    return first - timedelta(days=1)


def _last(first: date, kind: str) -> date:
    if kind == "Week":
        return first + timedelta(days=6)
    months = {"Month": 1, "Quarter": 3, "Year": 12}[kind]
    number = first.month - 1 + months
    return first.replace(year=first.year + number // 12, month=number % 12 + 1) - timedelta(days=1)


class TimeEntries:
    """Handlers of /projects/timeentries."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def listing(self, request: Request) -> Response:
        """GET /projects/timeentries; there is no filter by change time."""
        books = self._context.books(request)
        rows = self._context.visible(books, "time_entries")
        for name in ("project_id", "user_id", "task_id"):
            wanted = request.param(name)
            if wanted:
                rows = [r for r in rows if r[name] == wanted]
        rows = self._context.chosen(request, rows, self._filters(books))
        for name, early in (("from_date", True), ("to_date", False)):
            text = request.param(name)
            if text:
                limit = fields.checked_day(text, name)
                rows = [
                    r for r in rows if (r["log_date"] >= limit if early else r["log_date"] <= limit)
                ]
        return self._context.page(request, "time_entries", rows, _SORTS, shown=listed_entry)

    def _filters(self, books: Books) -> FilterValues:
        today = self._context.today(books)
        found: dict[str, Callable[[Record], bool] | None] = {
            "Status.Unbilled": filters.having("billed_status", "unbilled"),
            "Status.Invoiced": filters.having("billed_status", "invoiced"),
        }
        for word in ("All", "CustomDate", *_SPANS, *_BACK):
            fits = None if word in {"All", "CustomDate"} else _within(*span(word, today))
            found[f"Date.{word}"] = found[word] = fits
        found["Status.All"] = None
        return found

    def create(self, request: Request) -> Response:
        """POST /projects/timeentries: project, task, user and log_date are required."""
        books, body = self._context.books(request), self._context.body(request)
        values = self._values(books, body, {})
        if body.get("start_timer") in (True, "true"):
            values["timer_started_at"] = self._context.stamp(books)
        whole = {
            **values,
            "billed_status": self._open_status(values),
            "invoice_id": "",
            "invoice_number": "",
            "created_time": self._context.stamp(books),
        }
        record = books.add("time_entries", "time_entry_id", lambda _i: whole, self._context.now())
        self._context.effect(record["time_entry_id"])
        path = f"/projects/timeentries/{record['time_entry_id']}"
        shown = shown_entry(record)
        return created("time_entry", shown, "Your timesheet entry has been added.", path)

    def _open_status(self, values: Record) -> str:
        return (
            "unbilled"
            if values["is_billable"]
            else str(self._context.switch("non_billable_status"))
        )

    def _values(self, books: Books, body: Record, before: Record) -> Record:
        given = {**before, **body}
        status = int(self._context.switch("missing_reference_status"))
        project = self._context.reference(books, "projects", given, "project_id", "Project")
        task = self._context.reference(books, "tasks", given, "task_id", "Task")
        if task["project_id"] != project["project_id"]:
            raise Refusal(status, 1002, "This task does not exist in this project.")
        user = self._context.reference(books, "users", given, "user_id", "User")
        if user["status"] == "inactive" and self._context.switch("refuse_inactive_user_entry"):
            raise Refusal(400, 20060, "Time cannot be logged for an inactive user.")
        length, begin, end = _length(body, before)
        return {
            "project_id": project["project_id"],
            "project_name": project["project_name"],
            "customer_id": project["customer_id"],
            "customer_name": project["customer_name"],
            "task_id": task["task_id"],
            "task_name": task["task_name"],
            "user_id": user["user_id"],
            "user_name": user["name"],
            "is_current_user": user["is_current_user"],
            "log_date": fields.day(given, "log_date"),
            "minutes": length,
            "begin_time": begin,
            "end_time": end,
            "is_billable": fields.flag(given, "is_billable", default=bool(task["is_billable"])),
            "notes": fields.text(given, "notes", 500),
            "cost_rate": fields.amount(
                {"cost_rate": str(before.get("cost_rate", "")), **body}, "cost_rate"
            ),
            "timer_started_at": before.get("timer_started_at", ""),
        }

    def one(self, request: Request, entry_id: str) -> Response:
        """GET /projects/timeentries/{id}."""
        books = self._context.books(request)
        return done("time_entry", shown_entry(books.get("time_entries", entry_id, "Time entry")))

    def update(self, request: Request, entry_id: str) -> Response:
        """PUT /projects/timeentries/{id}; fields left out stay."""
        books, body = self._context.books(request), self._context.body(request)
        record = books.get("time_entries", entry_id, "Time entry")
        self._editable(record)
        if record["timer_started_at"]:
            raise Refusal(400, 20054, "This entry is being timed and cannot be edited.")
        record.update(self._values(books, body, record))
        if record["billed_status"] != "invoiced":
            record["billed_status"] = self._open_status(record)
        message = "The timesheet's information has been updated."
        return done("time_entry", shown_entry(record), message)

    def _editable(self, record: Record) -> None:
        if record["billed_status"] == "invoiced" and self._context.switch(
            "refuse_invoiced_entry_edit"
        ):
            raise Refusal(400, 20055, "An invoiced time entry can be neither changed nor deleted.")

    def delete(self, request: Request, entry_id: str) -> Response:
        """DELETE /projects/timeentries/{id}."""
        self._delete(request, [entry_id])
        return said("The time entry has been deleted.")

    def delete_many(self, request: Request) -> Response:
        """DELETE /projects/timeentries with a comma list of ids: all of them, or none."""
        given = request.param("time_entry_ids") or request.form().get("time_entry_ids")
        if not given:
            body = self._context.body(request) if request.body else {}
            listed = body.get("time_entry_ids")
            given = ",".join(map(str, listed)) if isinstance(listed, list) else str(listed or "")
        wanted = list(dict.fromkeys(i.strip() for i in given.split(",") if i.strip()))
        if not wanted:
            raise invalid("time_entry_ids")
        self._delete(request, wanted)
        return said("The selected timesheet entries have been deleted")

    def _delete(self, request: Request, wanted: list[str]) -> None:
        books = self._context.books(request)
        for record in [books.get("time_entries", i, "Time entry") for i in wanted]:
            self._editable(record)
        for entry_id in wanted:
            books.remove("time_entries", entry_id)


def _within(first: date, last: date) -> Callable[[Record], bool]:
    start, end = first.isoformat(), last.isoformat()
    return lambda row: start <= row["log_date"] <= end


def _length(body: Record, before: Record) -> tuple[int, str, str]:
    """Minutes, begin and end: the length is sent, or follows from begin and end."""
    begin, end = fields.text(body, "begin_time", 10), fields.text(body, "end_time", 10)
    if begin and end:
        first, last = minutes(begin, "begin_time"), minutes(end, "end_time")
        if not first <= last <= 24 * 60:
            raise invalid("end_time")
        return last - first, begin, end
    if body.get("log_time") not in (None, ""):
        return minutes(body["log_time"]), "", ""
    if body.get("start_timer") in (True, "true"):
        return 0, "", ""
    if before:
        return int(before["minutes"]), str(before["begin_time"]), str(before["end_time"])
    raise invalid("log_time")
