"""Projects, tasks and staff as Books writes them."""

from collections.abc import Mapping
from typing import Any

from tallystick_zoho_books.simulator import fields
from tallystick_zoho_books.simulator.books import Books
from tallystick_zoho_books.simulator.envelope import Record, number
from tallystick_zoho_books.simulator.tallies import Tallies, Tally, counted

_EMPTY: Mapping[str, Any] = {
    "project_code": "",
    "is_recurrence_associated": False,
    "recurring_invoices": [],
    "show_in_dashboard": True,
    "has_attachment": False,
    "is_client_approval_needed": False,
}
_DETAIL = ("tasks", "users", "recurring_invoices")
_STAFF_DETAIL = (
    "user_id",
    "is_current_user",
    "user_name",
    "email",
    "user_role",
    "status",
    "rate",
    "budget_hours",
    "cost_rate",
)


def shown_project(books: Books, row: Record, tallies: Tallies | None = None) -> Record:
    """A project with its tasks, its staff, and what follows from its entries."""
    found = counted(books, row["project_id"]) if tallies is None else tallies
    project_id = row["project_id"]
    return {
        **listed_project(row, found),
        "recurring_invoices": [],
        "tasks": [shown_task(t, found) for t in tasks_of(books, project_id)],
        "users": [shown_staff(u, found, project_id) for u in row["users"]],
    }


def listed_project(row: Record, tallies: Tallies) -> Record:
    """A project in a list: without tasks and staff."""
    tally = tallies.get(row["project_id"], Tally())
    whole = {
        **_EMPTY,
        **row,
        "rate": number(row["rate"]),
        "budget_amount": number(row["budget_amount"]),
        "cost_budget_amount": number(row["cost_budget_amount"]),
        **tally.hours(),
        **tally.amounts(),
        "custom_field_hash": fields.custom_hash(row["custom_fields"]),
    }
    if row["billing_type"] == "fixed_cost_for_project":
        whole["total_amount"] = whole["billable_amount"] = number(row["rate"])
        whole["un_billed_amount"] = number(row["rate"])
    return {k: v for k, v in whole.items() if k not in _DETAIL}


def shown_task(row: Record, tallies: Tallies) -> Record:
    """A task with its hours."""
    tally = tallies.get(row["task_id"], Tally())
    times = tally.hours()
    return {
        **row,
        "rate": number(row["rate"]),
        "log_time": times["total_hours"],
        **times,
        "task_custom_fields": [],
    }


def shown_staff(row: Record, tallies: Tallies, project_id: str) -> Record:
    """A staff member of a project, with hours."""
    tally = tallies.get(f"{project_id}/{row['user_id']}", Tally())
    times = tally.hours()
    kept = ("total_hours", "billed_hours", "un_billed_hours")
    return {**staff_head(row), **{name: times[name] for name in kept}}


def staff_head(row: Record) -> Record:
    """A staff member of a project."""
    whole = {**row, "rate": number(row["rate"]), "cost_rate": number(row["cost_rate"])}
    return {name: whole[name] for name in _STAFF_DETAIL}


def tasks_of(books: Books, project_id: str) -> list[Record]:
    """Tasks of a project."""
    return [t for t in books.tables["tasks"].values() if t["project_id"] == project_id]
