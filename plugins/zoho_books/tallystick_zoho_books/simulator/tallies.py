"""Hours and amounts that follow from time entries, counted in one pass."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from tallystick_zoho_books.simulator.books import Books
from tallystick_zoho_books.simulator.envelope import Record, hours, number, rounded

_ZERO = Decimal(0)


@dataclass(slots=True)
class Tally:
    """Minutes and amounts of one project, task or staff member."""

    total: int = 0
    billable: int = 0
    billed: int = 0
    amount: Decimal = _ZERO
    billed_amount: Decimal = _ZERO

    def add(self, entry: Record, rate: Decimal) -> None:
        """Count one entry."""
        length = int(entry["minutes"])
        self.total += length
        if not entry["is_billable"]:
            return
        worth = rate * length / 60
        self.billable += length
        self.amount += worth
        if entry["billed_status"] == "invoiced":
            self.billed += length
            self.billed_amount += worth

    def hours(self) -> Record:
        """The hours as they are sent."""
        return {
            "total_hours": hours(self.total),
            "billable_hours": hours(self.billable),
            "billed_hours": hours(self.billed),
            "un_billed_hours": hours(self.billable - self.billed),
            "non_billable_hours": hours(self.total - self.billable),
        }

    def amounts(self) -> Record:
        """The amounts as they are sent."""
        return {
            "total_amount": number(rounded(self.amount)),
            "billable_amount": number(rounded(self.amount)),
            "billed_amount": number(rounded(self.billed_amount)),
            "un_billed_amount": number(rounded(self.amount - self.billed_amount)),
            "non_billable_amount": 0,
        }


Tallies = Mapping[str, Tally]


def counted(books: Books, project_id: str | None = None) -> Tallies:
    """Tallies by project id, by task id, and by project and user id joined with a slash."""
    found: dict[str, Tally] = defaultdict(Tally)
    projects = books.tables["projects"]
    staff = {
        f"{p['project_id']}/{u['user_id']}": u["rate"]
        for p in projects.values()
        for u in p["users"]
    }
    for entry in books.tables["time_entries"].values():
        if project_id is not None and entry["project_id"] != project_id:
            continue
        pair = f"{entry['project_id']}/{entry['user_id']}"
        rate = _rate(books, projects[entry["project_id"]], entry, staff.get(pair, _ZERO))
        for key in (entry["project_id"], entry["task_id"], pair):
            found[key].add(entry, rate)
    return found


def _rate(books: Books, project: Record, entry: Record, staff_rate: Decimal) -> Decimal:
    """What an hour of an entry is worth under its project's billing method."""
    method = project["billing_type"]
    if method == "based_on_project_hours":
        return Decimal(project["rate"])
    if method == "based_on_staff_hours":
        return staff_rate
    if method == "based_on_task_hours":
        return Decimal(books.tables["tasks"][entry["task_id"]]["rate"])
    return _ZERO
