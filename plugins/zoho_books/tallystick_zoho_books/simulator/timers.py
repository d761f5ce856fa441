"""Timers of time entries."""

from tallystick.simulator.http import Request, Response

from tallystick_zoho_books.simulator.books import Books
from tallystick_zoho_books.simulator.context import Context
from tallystick_zoho_books.simulator.entry_shape import shown_entry
from tallystick_zoho_books.simulator.envelope import Record, Refusal, done, instant


class Timers:
    """Handlers of timer/start, timer/stop and runningtimer/me."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def start(self, request: Request, entry_id: str) -> Response:
        """POST /projects/timeentries/{id}/timer/start."""
        books = self._context.books(request)
        record = books.get("time_entries", entry_id, "Time entry")
        if record["billed_status"] == "invoiced":
            raise Refusal(400, 20055, "An invoiced time entry can be neither changed nor deleted.")
        if _running(books) is not None:
            raise Refusal(400, 20050, "A time entry is already being timed.")
        record["timer_started_at"] = self._context.stamp(books)
        return done("time_entry", shown_entry(record), "The timer has been started.")

    def stop(self, request: Request) -> Response:
        """POST /projects/timeentries/timer/stop: whole minutes are added."""
        books = self._context.books(request)
        record = _running(books)
        if record is None:
            raise Refusal(400, 20053, "No timer is running.")
        started = instant(record["timer_started_at"])
        record["minutes"] += int((self._context.now() - started).total_seconds() // 60)
        record["timer_started_at"] = ""
        return done("time_entry", shown_entry(record), "Timer has been stopped successfully.")

    def mine(self, request: Request) -> Response:
        """GET /projects/timeentries/runningtimer/me."""
        record = _running(self._context.books(request))
        return done("time_entry", shown_entry(record) if record is not None else {})


def _running(books: Books) -> Record | None:
    rows = books.tables["time_entries"].values()
    return next((e for e in rows if e["timer_started_at"]), None)
