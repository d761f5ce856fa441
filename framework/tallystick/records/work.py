"""Projects, task lists, tasks, bugs and time entries."""

from datetime import date
from datetime import datetime as instant_type
from typing import ClassVar

from tallystick.records.base import Record, column, instant, marker_index, some_index

BILLING_METHODS = ("fixed_cost", "project_hours", "task_hours", "staff_hours")
APPROVALS = ("approved", "pending", "rejected")


class Project(Record, table=True):
    """A body of work with one primary client, one billing method, one currency."""

    __tablename__ = "project"
    __table_args__ = (marker_index("project"),)
    type_name: ClassVar[str] = "project"
    folded: ClassVar[dict[str, tuple[str, str]]] = {"marker": ("description", "marker")}
    parents: ClassVar[dict[str, str]] = {"client_id": "contact"}

    name: str | None = column("Name.")
    description: str | None = column("Free text; holds our marker.")
    client_id: str | None = column(
        "Contact that pays: the primary client, or the customer.", index=True
    )
    status: str | None = column("State there, verbatim in lower case.")
    billing_method: str | None = column("How work is priced.", values=BILLING_METHODS)
    rate: str | None = column("Exact decimal rate (or fixed cost) of the project.", kind="decimal")
    currency: str | None = column("ISO 4217 code.")
    budget_minutes: int | None = column("Budget in whole minutes.", kind="minutes")
    budget_minor: int | None = column("Budget in minor units.", kind="minor")
    owner_id: str | None = column("User who owns it.")
    marker: str = column("Our marker at the end of the text, or empty.", default="")


class TaskList(Record, table=True):
    """A grouping of tasks."""

    __tablename__ = "task_list"
    type_name: ClassVar[str] = "task_list"
    parents: ClassVar[dict[str, str]] = {"project_id": "project"}

    project_id: str | None = column("Project.", index=True)
    name: str | None = column("Name.")


class Task(Record, table=True):
    """A unit of work on which time is logged."""

    __tablename__ = "task"
    __table_args__ = (marker_index("task"),)
    type_name: ClassVar[str] = "task"
    folded: ClassVar[dict[str, tuple[str, str]]] = {"marker": ("description", "marker")}
    parents: ClassVar[dict[str, str]] = {"project_id": "project"}

    project_id: str | None = column("Project.", index=True)
    task_list_id: str | None = column("Task list.")
    name: str | None = column("Name.")
    description: str | None = column("Free text; holds our marker.")
    completed: bool | None = column("Work on it has ended.")
    status: str | None = column("State there, verbatim in lower case.")
    billable: bool | None = column("May be charged.")
    rate: str | None = column("Exact decimal money per hour; None is no rate.", kind="decimal")
    marker: str = column("Our marker at the end of the text, or empty.", default="")


class Bug(Record, table=True):
    """A defect on which time is logged."""

    __tablename__ = "bug"
    type_name: ClassVar[str] = "bug"
    parents: ClassVar[dict[str, str]] = {"project_id": "project"}

    project_id: str | None = column("Project.", index=True)
    key: str | None = column("Short key people use, such as AT1-I3.")
    name: str | None = column("Title.")
    completed: bool | None = column("It is closed.")
    status: str | None = column("State there, verbatim in lower case.")
    rate: str | None = column("Exact decimal money per hour; None is no rate.", kind="decimal")


class TimeEntry(Record, table=True):
    """One person, one calendar date, one project, one task or bug or general label."""

    __tablename__ = "time_entry"
    __table_args__ = (
        marker_index("time_entry"),
        some_index("time_entry", "invoice_id"),
        some_index("time_entry", "deleted_at"),
    )
    type_name: ClassVar[str] = "time_entry"
    folded: ClassVar[dict[str, tuple[str, str]]] = {"marker": ("notes", "marker")}
    looked_up: ClassVar[tuple[str, ...]] = ("project_id", "user_id")
    parents: ClassVar[dict[str, str]] = {
        "project_id": "project",
        "task_id": "task",
        "bug_id": "bug",
        "user_id": "user",
    }

    project_id: str | None = column("Project.")
    kind: str | None = column("What it was logged on.", values=("task", "bug", "general"))
    task_id: str | None = column("Task, for kind task.")
    bug_id: str | None = column("Bug, for kind bug.")
    label: str | None = column("What was done, for kind general.")
    user_id: str | None = column("Author.")
    work_date: date | None = column("Calendar date of the work, never converted (R-113).")
    minutes: int | None = column("Whole minutes (R-112).", kind="minutes")
    billable: bool | None = column("May be charged; None if the system says nothing.")
    approval: str | None = column("Approval; an unknown word is kept as sent.", values=APPROVALS)
    notes: str | None = column("Free text; holds our marker at its end.")
    billed_status: str | None = column(
        "What its own system says of billing.", values=("unbilled", "invoiced", "non_billable")
    )
    invoice_id: str | None = column("Invoice that holds it, in its own system.")
    started_at: instant_type | None = instant("Start, where the system has one.")
    marker: str = column("Our marker at the end of the text, or empty.", default="")
