"""The nouns of an imaginary firm, shared by every simulator so that their data agree.

All records are frozen; `key` values are local names ("atlas", "te-12") that never reach the
wire: each simulator makes its own remote ids for them. Money is a Decimal in the named currency,
durations are whole minutes, work dates are calendar dates.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

BillingMethod = Literal["fixed_cost", "project_hours", "task_hours", "staff_hours"]
LogKind = Literal["task", "bug", "general"]
Approval = Literal["Approved", "Pending", "Rejected"]
PortalRole = Literal["owner", "admin", "manager"]


@dataclass(frozen=True, slots=True)
class Organization:
    """A business in the finance system; two may have the same name and e-mail address."""

    key: str
    name: str
    email: str
    time_zone: str
    base_currency: str
    country: str = "Germany"
    fiscal_year_start_month: str = "january"


@dataclass(frozen=True, slots=True)
class Portal:
    """A portal of the project system, as the credential's user sees it (R-007)."""

    key: str
    name: str
    role: PortalRole
    time_zone: str
    company_name: str


@dataclass(frozen=True, slots=True)
class Client:
    """A client company of the project system; an unknown value is the empty text."""

    key: str
    name: str
    email: str
    phone: str
    currency: str
    website: str = ""
    street: str = ""
    city: str = ""
    country: str = ""


@dataclass(frozen=True, slots=True)
class Contact:
    """A human under a client company."""

    key: str
    client_key: str
    first_name: str
    last_name: str
    email: str
    phone: str = ""


@dataclass(frozen=True, slots=True)
class Person:
    """A user of the portal; `rate` is the usual price of an hour, None when there is none."""

    key: str
    name: str
    email: str | None
    role: str
    active: bool
    in_books: bool
    rate: Decimal | None


@dataclass(frozen=True, slots=True)
class Project:
    """A project; `rate` is per hour, or the total cost when the method is fixed_cost."""

    key: str
    name: str
    description: str
    client_keys: tuple[str, ...]
    primary_client_key: str | None
    billing_method: BillingMethod
    rate: Decimal | None
    currency: str
    status: Literal["active", "archived"]
    start_date: date
    budget_hours: int | None = None
    portal_key: str = "studio"


@dataclass(frozen=True, slots=True)
class TaskList:
    """A named group of tasks of one project."""

    key: str
    project_key: str
    name: str


@dataclass(frozen=True, slots=True)
class Task:
    """A task; `rate` is per hour and None unless its project is priced by task."""

    key: str
    project_key: str
    task_list_key: str
    name: str
    completed: bool
    rate: Decimal | None
    owner_keys: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Bug:
    """A bug (newer word: issue); `rate` is per hour and None unless priced by task."""

    key: str
    project_key: str
    title: str
    closed: bool
    rate: Decimal | None
    reporter_key: str | None = None


@dataclass(frozen=True, slots=True)
class Log:
    """One time log; exactly one of task, bug and label is set, as `kind` says."""

    key: str
    kind: LogKind
    project_key: str
    task_key: str | None
    bug_key: str | None
    person_key: str
    work_date: date
    minutes: int
    billable: bool
    approval: Approval
    notes: str
    label: str | None


@dataclass(frozen=True, slots=True)
class UserRate:
    """What an hour of one person costs the client of one project (staff hours)."""

    project_key: str
    person_key: str
    rate: Decimal
    currency: str


@dataclass(frozen=True, slots=True)
class Expense:
    """An expense, with or without a project.

    `client_key` names a Client when it was made in the project system, and a BooksCustomer when
    made in the finance system, which knows no project before the first sync.
    """

    key: str
    project_key: str | None
    client_key: str
    date: date
    amount: Decimal
    currency: str
    description: str
    made_in: Literal["projects", "books"]
    billable: bool


@dataclass(frozen=True, slots=True)
class BooksCustomer:
    """A contact the finance system holds before the first sync."""

    key: str
    name: str
    email: str
    currency: str
    contact_type: Literal["customer", "vendor"] = "customer"
    status: Literal["active", "inactive"] = "active"
    phone: str = ""


@dataclass(frozen=True, slots=True)
class BooksUser:
    """A user the finance system holds before the first sync."""

    key: str
    name: str
    email: str
    role: Literal["admin", "staff"]
    status: Literal["active", "inactive"] = "active"


@dataclass(frozen=True, slots=True)
class World:
    """One imaginary firm as both systems know it; the same seed and size give the same world.

    `logs` is a tuple in the small worlds and a computed sequence in the benchmark world, which
    is read-only and sorted by work date. `first_invoice_number` is the number of the first
    invoice the finance system will make.
    """

    seed: int
    size: str | int
    now: datetime
    cutoff: date
    organizations: tuple[Organization, ...]
    portals: tuple[Portal, ...]
    clients: tuple[Client, ...]
    contacts: tuple[Contact, ...]
    people: tuple[Person, ...]
    projects: tuple[Project, ...]
    task_lists: tuple[TaskList, ...]
    tasks: tuple[Task, ...]
    bugs: tuple[Bug, ...]
    logs: Sequence[Log]
    rates: tuple[UserRate, ...]
    expenses: tuple[Expense, ...]
    books_customers: tuple[BooksCustomer, ...]
    books_users: tuple[BooksUser, ...]
    first_invoice_number: int = 7
    read_only: bool = False

    @property
    def organization(self) -> Organization:
        """The organization the story is about: the first one."""
        return self.organizations[0]

    @property
    def log_count(self) -> int:
        """How many time logs there are."""
        return len(self.logs)

    def log_at(self, index: int) -> Log:
        """The log at a position from 0; IndexError beyond the end."""
        return self.logs[index]

    def iter_logs(self) -> Iterator[Log]:
        """Every log in order, one at a time."""
        return iter(self.logs)
