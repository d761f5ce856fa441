"""The smallest world in which one hour can be billed, and the firm every world shares."""

from datetime import UTC, date, datetime
from decimal import Decimal

from tallystick.simulator.world_parts import (
    BooksCustomer,
    BooksUser,
    Client,
    Contact,
    Log,
    Organization,
    Person,
    Portal,
    Project,
    Task,
    TaskList,
    World,
)

NOW = datetime(2026, 7, 15, 9, 0, tzinfo=UTC)
CUTOFF = date(2026, 7, 1)
OWNER_EMAIL = "ops@zylker.example"

ORGANIZATIONS = (
    Organization("zylker", "Zylker Books", OWNER_EMAIL, "Europe/Berlin", "EUR"),
    Organization("zylker-old", "Zylker Books", OWNER_EMAIL, "Europe/Berlin", "EUR"),
)
PORTALS = (
    Portal("studio", "Zylker Studio", "owner", "Asia/Kolkata", "Zylker"),
    Portal("partners", "Harbor Partners", "admin", "America/New_York", "Harbor Partners"),
    Portal("agency", "Fernweh Agency", "manager", "Europe/Berlin", "Fernweh"),
)
OWNER = Person("olive", "Olive Park", OWNER_EMAIL, "owner", True, True, Decimal("150.00"))


def books_users(people: tuple[Person, ...]) -> tuple[BooksUser, ...]:
    """The people the finance system knows; the portal's owner is its administrator."""
    return tuple(
        BooksUser(p.key, p.name, p.email, "admin" if p.role == "owner" else "staff")
        for p in people
        if p.in_books and p.email is not None
    )


def tiny_world(seed: int) -> World:
    """One project, one contact, one task, one approved billable hour on the cutoff day."""
    day = date(2026, 7, 1)
    people = (OWNER,)
    return World(
        seed=seed,
        size="tiny",
        now=NOW,
        cutoff=CUTOFF,
        organizations=ORGANIZATIONS[:1],
        portals=PORTALS[:1],
        clients=(Client("acme", "Acme Ltd", "billing@acme.example", "+49 30 5550100", "EUR"),),
        contacts=(Contact("acme-1", "acme", "Ada", "Marsh", "ada.marsh@acme.example"),),
        people=people,
        projects=(
            Project(
                "atlas",
                "Atlas rollout",
                "Roll-out of the Atlas suite",
                ("acme",),
                "acme",
                "project_hours",
                Decimal("120.00"),
                "EUR",
                "active",
                date(2026, 5, 4),
            ),
        ),
        task_lists=(TaskList("atlas-general", "atlas", "General"),),
        tasks=(Task("t-1", "atlas", "atlas-general", "Data import", False, None, ("olive",)),),
        bugs=(),
        logs=(
            Log("te-1", "task", "atlas", "t-1", None, "olive", day, 60, True, "Approved", "", None),
        ),
        rates=(),
        expenses=(),
        books_customers=(BooksCustomer("bc-acme", "Acme Ltd", "billing@acme.example", "EUR"),),
        books_users=books_users(people),
    )
