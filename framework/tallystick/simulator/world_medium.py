"""A world of about 2,000 logs in 20 projects, for tests that need many pages and odd values."""

import random
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

from tallystick.simulator.world_parts import (
    Approval,
    BillingMethod,
    BooksCustomer,
    Bug,
    Client,
    Contact,
    Log,
    LogKind,
    Person,
    Project,
    Task,
    TaskList,
    UserRate,
    World,
)
from tallystick.simulator.world_tiny import (
    CUTOFF,
    NOW,
    ORGANIZATIONS,
    OWNER,
    PORTALS,
    books_users,
)

_METHODS: tuple[BillingMethod, ...] = ("project_hours", "task_hours", "staff_hours", "fixed_cost")
_KINDS: tuple[LogKind, ...] = ("task", "task", "task", "task", "bug", "general")
_APPROVALS: tuple[Approval, ...] = ("Approved",) * 7 + ("Pending", "Pending", "Rejected")
_LOGS = 2_000
_PROJECTS = 20
_OTHER_PORTALS = ("partners", "agency")
_TASKS_EACH = 15
_BUGS_EACH = 6


def _clients() -> tuple[Client, ...]:
    """Ten client companies, every third one in US dollars."""
    return tuple(
        Client(
            f"c{n}",
            f"Client {n:02d} Ltd",
            f"office{n}@client.example",
            "",
            "USD" if n % 3 == 0 else "EUR",
        )
        for n in range(1, 11)
    )


def _projects(clients: Sequence[Client]) -> tuple[Project, ...]:
    """Projects; p19 has no client, p20 deliberately another currency than its client's.

    The last two stand in portals of other owners and other zones.
    """
    made = []
    for n in range(1, _PROJECTS + 1):
        client = clients[n % len(clients)]
        currency = client.currency if n < _PROJECTS else "GBP"
        method = _METHODS[n % 4]
        rate = Decimal(12000 if method == "fixed_cost" else 80 + n)
        own_rate = method in ("project_hours", "fixed_cost")
        made.append(
            Project(
                key=f"p{n}",
                name=f"Project {n:02d}",
                description="",
                client_keys=(client.key,) if n != _PROJECTS - 1 else (),
                primary_client_key=client.key if n != _PROJECTS - 1 else None,
                billing_method=method,
                rate=rate if own_rate else None,
                currency=currency,
                status="archived" if n % 7 == 0 else "active",
                start_date=date(2026, 1, 5),
            )
        )
    return (*made, *(_foreign(n, portal) for n, portal in enumerate(_OTHER_PORTALS, start=21)))


def _foreign(number: int, portal: str) -> Project:
    """A project of a portal that the credential's user does not own (R-007)."""
    return Project(
        key=f"p{number}",
        name=f"Project {number:02d}",
        description="",
        client_keys=("c1",),
        primary_client_key="c1",
        billing_method="project_hours",
        rate=Decimal("90.00"),
        currency="EUR",
        status="active",
        start_date=date(2026, 1, 5),
        portal_key=portal,
    )


def _foreign_logs() -> tuple[Log, ...]:
    """Logs of those portals on the days around the cutoff, in their own time zones."""
    days = (CUTOFF - timedelta(days=1), CUTOFF)
    places = [(f"p{n}", day) for n, _ in enumerate(_OTHER_PORTALS, start=21) for day in days]
    return tuple(
        Log(
            key=f"te-{_LOGS + n}",
            kind="task",
            project_key=project,
            task_key=f"{project}-t1",
            bug_key=None,
            person_key="u1",
            work_date=day,
            minutes=60,
            billable=True,
            approval="Approved",
            notes="",
            label=None,
        )
        for n, (project, day) in enumerate(places, start=1)
    )


def _people() -> tuple[Person, ...]:
    """The owner and 19 colleagues; the last one has no e-mail address."""
    others = tuple(
        Person(
            f"u{n}",
            f"Person {n:02d}",
            f"person{n}@zylker.example" if n < 19 else None,
            "employee",
            n % 9 != 0,
            n % 4 != 0,
            Decimal(70 + n),
        )
        for n in range(1, 20)
    )
    return (OWNER, *others)


def _tasks(projects: Sequence[Project]) -> tuple[Task, ...]:
    return tuple(
        Task(
            key=f"{p.key}-t{n}",
            project_key=p.key,
            task_list_key=f"{p.key}-l{n % 2}",
            name=f"Task {n:02d}",
            completed=n % 4 == 0,
            rate=Decimal(90 + n) if p.billing_method == "task_hours" and n != 1 else None,
            owner_keys=(f"u{n}",),
        )
        for p in projects
        for n in range(1, _TASKS_EACH + 1)
    )


def _bugs(projects: Sequence[Project]) -> tuple[Bug, ...]:
    return tuple(
        Bug(f"{p.key}-b{n}", p.key, f"Bug {n:02d}", n % 3 == 0, None, f"u{n}")
        for p in projects
        for n in range(1, _BUGS_EACH + 1)
    )


def _log(number: int, draw: random.Random) -> Log:
    """One log; a few have 0 minutes or more than 24 hours (R-108, R-110)."""
    project = f"p{draw.randint(1, _PROJECTS)}"
    kind = draw.choice(_KINDS)
    odd = {17: 0, 18: 25 * 60}.get(number)
    return Log(
        key=f"te-{number}",
        kind=kind,
        project_key=project,
        task_key=f"{project}-t{draw.randint(1, _TASKS_EACH)}" if kind == "task" else None,
        bug_key=f"{project}-b{draw.randint(1, _BUGS_EACH)}" if kind == "bug" else None,
        person_key=f"u{draw.randint(1, 19)}",
        work_date=date(2026, 4, 1) + timedelta(days=draw.randint(0, 104)),
        minutes=5 * draw.randint(1, 48) if odd is None else odd,
        billable=draw.random() < 0.85,
        approval=draw.choice(_APPROVALS),
        notes=f"Note {number}" if number % 3 else "",
        label="Meeting" if kind == "general" else None,
    )


def medium_world(seed: int) -> World:
    """The same firm with more of everything; the finance system knows half of the clients."""
    draw = random.Random(seed)
    clients = _clients()
    projects = _projects(clients)
    people = _people()
    staff_projects = [p for p in projects if p.billing_method == "staff_hours"]
    return World(
        seed=seed,
        size="medium",
        now=NOW,
        cutoff=CUTOFF,
        organizations=ORGANIZATIONS[:1],
        portals=PORTALS,
        clients=clients,
        contacts=tuple(Contact(f"{c.key}-1", c.key, "Kim", c.name, c.email) for c in clients),
        people=people,
        projects=projects,
        task_lists=tuple(
            TaskList(f"{p.key}-l{n}", p.key, ("Plan", "Build")[n]) for p in projects for n in (0, 1)
        ),
        tasks=_tasks(projects),
        bugs=_bugs(projects),
        logs=(*(_log(n, draw) for n in range(1, _LOGS + 1)), *_foreign_logs()),
        rates=tuple(
            UserRate(p.key, who.key, who.rate, p.currency)
            for p in staff_projects
            for who in people
            if who.rate is not None and who.key != "u3"
        ),
        expenses=(),
        books_customers=tuple(
            BooksCustomer(f"bc-{c.key}", c.name, c.email, c.currency) for c in clients[::2]
        ),
        books_users=books_users(people),
    )
