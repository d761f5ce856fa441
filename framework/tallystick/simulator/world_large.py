"""The benchmark world: up to a million logs, each computed from its position and never kept.

Logs are sorted by work date, and log i belongs to project i mod 40, so a window of dates or one
project is a range of positions that needs no search.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import overload

from tallystick.simulator.world_parts import (
    Client,
    Log,
    Person,
    Project,
    Task,
    TaskList,
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

MAX_LOGS = 1_000_000
PROJECTS = 40
TASKS_EACH = 20
PEOPLE = 25
FIRST_DAY = date(2025, 7, 16)
DAYS = 364


class LargeLogs(Sequence[Log]):
    """The logs of a benchmark world as a read-only sequence of `count` computed items."""

    def __init__(self, seed: int, count: int) -> None:
        self._seed = seed
        self._count = count

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, index: int) -> Log: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Log]: ...
    def __getitem__(self, index: int | slice) -> Log | Sequence[Log]:
        if isinstance(index, slice):
            return [self._log(i) for i in range(*index.indices(self._count))]
        if not -self._count <= index < self._count:
            raise IndexError(index)
        return self._log(index % self._count)

    def position_of(self, day: date) -> int:
        """The position of the first log dated on or after a day; the length if there is none."""
        offset = (day - FIRST_DAY).days
        if offset <= 0:
            return 0
        return min(self._count, -(-offset * self._count // DAYS))

    def positions(self, kind: str | None, first: date | None, last: date | None) -> range:
        """Positions of the logs of a kind (all are task logs) within a range of dates."""
        if kind not in {None, "task"}:
            return range(0)
        start = self.position_of(first) if first else 0
        end = self.position_of(last + timedelta(days=1)) if last else self._count
        return range(start, end)

    def _log(self, i: int) -> Log:
        """Log i: 1 in 10 not billable, 1 in 20 pending, 15 to 240 minutes."""
        mixed = (i * 2654435761 + self._seed * 40503) >> 5
        project = i % PROJECTS
        task = mixed % TASKS_EACH
        return Log(
            key=f"te-{i + 1}",
            kind="task",
            project_key=f"p{project}",
            task_key=f"p{project}-t{task}",
            bug_key=None,
            person_key=f"u{mixed // TASKS_EACH % PEOPLE}",
            work_date=FIRST_DAY + timedelta(days=i * DAYS // self._count),
            minutes=15 + mixed // 512 % 16 * 15,
            billable=mixed // 8192 % 10 != 0,
            approval="Pending" if mixed // 81920 % 20 == 0 else "Approved",
            notes="",
            label=None,
        )


def _projects() -> tuple[Project, ...]:
    return tuple(
        Project(
            key=f"p{n}",
            name=f"Project {n:02d}",
            description="",
            client_keys=(f"c{n % 10}",),
            primary_client_key=f"c{n % 10}",
            billing_method="project_hours",
            rate=Decimal("100.00"),
            currency="EUR",
            status="active",
            start_date=FIRST_DAY,
        )
        for n in range(PROJECTS)
    )


def _people() -> tuple[Person, ...]:
    """The owner, who logs nothing, and 25 colleagues who are all known to the finance system."""
    others = (
        Person(f"u{n}", f"Person {n:02d}", f"p{n}@zylker.example", "employee", True, True, None)
        for n in range(PEOPLE)
    )
    return (OWNER, *others)


def benchmark_world(seed: int, count: int) -> World:
    """A read-only world of `count` logs on 40 projects with 800 tasks."""
    projects = _projects()
    people = _people()
    return World(
        seed=seed,
        size=count,
        now=NOW,
        cutoff=CUTOFF,
        organizations=ORGANIZATIONS[:1],
        portals=PORTALS[:1],
        clients=tuple(
            Client(f"c{n}", f"Client {n:02d} Ltd", f"office{n}@client.example", "", "EUR")
            for n in range(10)
        ),
        contacts=(),
        people=people,
        projects=projects,
        task_lists=tuple(TaskList(f"{p.key}-l", p.key, "General") for p in projects),
        tasks=tuple(
            Task(f"{p.key}-t{n}", p.key, f"{p.key}-l", f"Task {n:02d}", False, None)
            for p in projects
            for n in range(TASKS_EACH)
        ),
        bugs=(),
        logs=LargeLogs(seed, count),
        rates=(),
        expenses=(),
        books_customers=(),
        books_users=books_users(people),
        read_only=True,
    )
