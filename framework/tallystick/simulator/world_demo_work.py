"""Projects, tasks, bugs and user rates of the demo world."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from tallystick.simulator.world_parts import (
    BillingMethod,
    Bug,
    Person,
    Project,
    Task,
    TaskList,
    UserRate,
)

_START = date(2026, 5, 4)


def _project(
    key: str,
    name: str,
    clients: tuple[str, ...],
    method: BillingMethod,
    *,
    rate: str | None = None,
    currency: str = "EUR",
    budget_hours: int | None = None,
) -> Project:
    """A project whose first client company is the primary one (R-046)."""
    return Project(
        key=key,
        name=name,
        description=f"{name}, as agreed in the offer",
        client_keys=clients,
        primary_client_key=clients[0] if clients else None,
        billing_method=method,
        rate=None if rate is None else Decimal(rate),
        currency=currency,
        status="active",
        start_date=_START,
        budget_hours=budget_hours,
    )


PROJECTS = (
    _project("atlas", "Atlas rollout", ("acme", "oldmill"), "task_hours", budget_hours=80),
    _project("harbor", "Harbor portal", ("nordlicht",), "staff_hours"),
    _project("smith", "Loyalty app", ("smith",), "project_hours", rate="135.00", currency="USD"),
    _project("kestrel", "Depot migration", ("kestrel",), "fixed_cost", rate="9500.00"),
    _project("borealis", "Fleet dashboard", ("borealis",), "project_hours", rate="110.00"),
    _project("intranet", "Intranet relaunch", (), "project_hours", rate="100.00"),
)
_TASKS: Mapping[str, tuple[str, ...]] = {
    "atlas": (
        "Data import",
        "Cutover",
        "Training",
        "Reports",
        "Interfaces",
        "Roles and rights",
        "Test plan",
        "Hand-over",
        "Project lead",
    ),
    "harbor": (
        "Concept",
        "Berth booking",
        "Crew lists",
        "Payment page",
        "Design",
        "Hosting",
        "Translations",
        "Load test",
        "Project lead",
    ),
    "smith": (
        "Points engine",
        "Store locator",
        "Push messages",
        "Sign-up",
        "Coupons",
        "Design",
        "Release",
        "Project lead",
    ),
    "kestrel": (
        "Inventory",
        "Pallet labels",
        "Scanner set-up",
        "Dry run",
        "Night move",
        "Clean-up",
        "Project lead",
    ),
    "borealis": ("Map view", "Fuel report", "Alerts"),
    "intranet": ("Survey", "Navigation", "News page", "Search", "Archive"),
}
_BUGS: Mapping[str, tuple[str, ...]] = {
    "atlas": (
        "Import stops at umlauts",
        "Totals differ by one cent",
        "Role is lost after saving",
        "Slow start on Mondays",
    ),
    "harbor": ("Berth booked twice", "Wrong tide table", "Crew list prints blank"),
    "smith": ("Points vanish at midnight", "Coupon accepted twice"),
    "kestrel": ("Label rotated",),
    "intranet": ("Search finds nothing", "Broken picture"),
}
_TASK_RATES = {"atlas-t2": Decimal("130.00"), "atlas-t3": Decimal("110.00")}
_ATLAS_RATE = Decimal("120.00")


def task_lists() -> tuple[TaskList, ...]:
    """One list of each project."""
    return tuple(TaskList(f"{p.key}-list", p.key, "General") for p in PROJECTS)


def tasks() -> tuple[Task, ...]:
    """41 tasks; those of Atlas rollout have rates, every fifth of all is completed."""
    return tuple(
        Task(
            key=(key := f"{project}-t{n}"),
            project_key=project,
            task_list_key=f"{project}-list",
            name=name,
            completed=n % 5 == 4,
            rate=_TASK_RATES.get(key, _ATLAS_RATE) if project == "atlas" else None,
            owner_keys=("mara",) if n % 2 else ("jun", "priya"),
        )
        for project, names in _TASKS.items()
        for n, name in enumerate(names, start=1)
    )


def bugs() -> tuple[Bug, ...]:
    """12 bugs; those of Atlas rollout have rates, every third is closed."""
    return tuple(
        Bug(
            key=f"{project}-b{n}",
            project_key=project,
            title=title,
            closed=n % 3 == 0,
            rate=_ATLAS_RATE if project == "atlas" else None,
            reporter_key="elena",
        )
        for project, titles in _BUGS.items()
        for n, title in enumerate(titles, start=1)
    )


def rates(people: tuple[Person, ...]) -> tuple[UserRate, ...]:
    """What everybody with a price costs on Harbor portal, the staff-hours project."""
    return tuple(UserRate("harbor", p.key, p.rate, "EUR") for p in people if p.rate is not None)
