"""The 128 time logs of the demo world; the seed moves dates, people and minutes, never counts."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta

from tallystick.simulator.world_parts import Approval, Bug, Log, Task

_BEFORE = [date(2026, 5, 18) + timedelta(days=n) for n in range(44)]
_AFTER = [date(2026, 7, 1) + timedelta(days=n) for n in range(14)]
_STAFF = ("olive", "mara", "jun", "priya", "tomas", "elena", "sam", "lena")
_NOTES = ("", "Call with the client", "Review", "Preparation", "Fixes after the test", "Workshop")

# Parent, person, day of July 2026, minutes: 18 h 30 min, worth 2,220.00 EUR at the task rates.
_ATLAS_TO_BILL = (
    ("atlas-t1", "mara", 1, 135),
    ("atlas-t1", "jun", 2, 90),
    ("atlas-t1", "mara", 3, 60),
    ("atlas-t1", "priya", 6, 120),
    ("atlas-t1", "tomas", 8, 90),
    ("atlas-t2", "mara", 7, 150),
    ("atlas-t2", "elena", 9, 90),
    ("atlas-t3", "jun", 10, 120),
    ("atlas-t3", "priya", 13, 120),
    ("atlas-b1", "tomas", 2, 45),
    ("atlas-b2", "jun", 8, 30),
    ("atlas-b3", "elena", 14, 60),
)
_TO_BILL = {"harbor": 19, "smith": 20, "kestrel": 16}
_OPENING = {"atlas": 7, "harbor": 7, "smith": 6, "kestrel": 3}
_NOT_BILLABLE = {"atlas": 2, "harbor": 3, "smith": 2, "kestrel": 1}
_PENDING = {"atlas": 2, "harbor": 2, "smith": 2, "kestrel": 1}
_REJECTED = {"atlas": 1, "harbor": 1, "smith": 1}
_GENERAL = {"atlas": 1, "harbor": 2, "smith": 3}
_NO_EMAIL = {"harbor": 2, "smith": 2}
_NO_CLIENT = {"intranet": 5}


def _workdays(days: Sequence[date]) -> list[date]:
    return [day for day in days if day.weekday() < 5]


class _Maker:
    """Draws logs so that no two agree in person, parent, date and minutes (R-119)."""

    def __init__(self, seed: int, tasks: Sequence[Task], bugs: Sequence[Bug]) -> None:
        self._random = random.Random(seed)
        self._parents: dict[str, list[str]] = {}
        parents: tuple[Task | Bug, ...] = (*tasks, *bugs)
        for parent in parents:
            self._parents.setdefault(parent.project_key, []).append(parent.key)
        self._bugs = {bug.key for bug in bugs}
        self._seen: set[tuple[str, str, date, int]] = set()

    def log(self, project: str, parent: str, person: str, day: date, minutes: int) -> Log:
        """One approved billable log on a named task or bug."""
        self._seen.add((parent, person, day, minutes))
        bug = parent in self._bugs
        return Log(
            key="",
            kind="bug" if bug else "task",
            project_key=project,
            task_key=None if bug else parent,
            bug_key=parent if bug else None,
            person_key=person,
            work_date=day,
            minutes=minutes,
            billable=True,
            approval="Approved",
            notes=self._random.choice(_NOTES),
            label=None,
        )

    def draw(
        self, counts: dict[str, int], days: Sequence[date], person: str | None = None
    ) -> Iterator[Log]:
        """The named number of logs of each project; the first two days get the first two logs."""
        pool = _workdays(days)
        for project, count in counts.items():
            for n in range(count):
                while True:
                    day = pool[n] if n < 2 else self._random.choice(pool)
                    who = person or self._random.choice(_STAFF)
                    parent = self._random.choice(self._parents[project])
                    minutes = 15 * self._random.randint(1, 16)
                    if (parent, who, day, minutes) not in self._seen:
                        break
                yield self.log(project, parent, who, day, minutes)


def _general(log: Log) -> Log:
    return replace(log, kind="general", task_key=None, bug_key=None, label="Status meeting")


def _with_approval(logs: Iterator[Log], approval: Approval) -> Iterator[Log]:
    return (replace(log, approval=approval) for log in logs)


def _left_out(maker: _Maker) -> list[Log]:
    """The 33 logs that do not qualify while general entries are off, one reason each."""
    around = [*reversed(_BEFORE[-7:]), *_AFTER]
    return [
        *maker.draw(_NO_CLIENT, _AFTER),
        *(replace(log, billable=False) for log in maker.draw(_NOT_BILLABLE, around)),
        *_with_approval(maker.draw(_PENDING, _AFTER), "Pending"),
        *_with_approval(maker.draw(_REJECTED, around), "Rejected"),
        *(_general(log) for log in maker.draw(_GENERAL, around)),
        *maker.draw(_NO_EMAIL, _AFTER, "guest"),
    ]


def demo_logs(seed: int, tasks: Sequence[Task], bugs: Sequence[Bug]) -> tuple[Log, ...]:
    """All logs, numbered te-1 to te-128; te-88 is Mara's 2 h 15 min on the day before the cutoff.

    te-91, te-92, te-95 and te-97 are the four that wait because client Borealis is ambiguous.
    """
    maker = _Maker(seed, tasks, bugs)
    pinned = {88: maker.log("atlas", "atlas-t1", "mara", date(2026, 6, 30), 135)}
    borealis = ("borealis-t1", "borealis-t1", "borealis-t2", "borealis-t3")
    for n, parent, day in zip((91, 92, 95, 97), borealis, (1, 2, 6, 9), strict=True):
        minutes = 45 + n % 4 * 15
        pinned[n] = maker.log("borealis", parent, "priya", date(2026, 7, day), minutes)
    logs = [
        *(maker.log("atlas", t, p, date(2026, 7, d), m) for t, p, d, m in _ATLAS_TO_BILL),
        *maker.draw(_TO_BILL, _AFTER),
        *maker.draw(_OPENING, [*reversed(_BEFORE)]),
        *_left_out(maker),
    ]
    logs.sort(key=lambda log: log.work_date)
    for number, log in sorted(pinned.items()):
        logs.insert(number - 1, log)
    return tuple(replace(log, key=f"te-{n}") for n, log in enumerate(logs, start=1))
