"""What the simulated portals hold: ids for a world's keys, and what changed since."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from tallystick.simulator.world import World
from tallystick.simulator.world_large import LargeLogs
from tallystick.simulator.world_parts import (
    Bug,
    Client,
    Contact,
    Log,
    Person,
    Portal,
    Project,
    Task,
    TaskList,
)

_KINDS = {"project": 40, "client": 41, "task_list": 42, "task": 43, "bug": 44, "contact": 45}
_PERSON, _ACCOUNT, _PORTAL = 60 * 10**16, 600_000_000, 58_572_595


@dataclass(slots=True)
class Mark:
    """What a log has besides its own facts: when and by whom it was made and changed."""

    created: datetime
    modified: datetime
    added_by: str
    fields: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Changes:
    """Everything that is not as the world says; all that a snapshot keeps of the records."""

    logs: dict[int, Log] = field(default_factory=dict)
    added: int = 0
    edits: int = 0
    deleted: set[int] = field(default_factory=set)
    marks: dict[int, Mark] = field(default_factory=dict)
    invoiced: dict[int, str] = field(default_factory=dict)
    clients: dict[str, tuple[str, ...]] = field(default_factory=dict)
    primary: dict[str, str | None] = field(default_factory=dict)
    transactions: set[str] = field(default_factory=set)
    statuses: dict[str, str] = field(default_factory=dict)
    people: dict[str, bool] = field(default_factory=dict)
    zones: dict[str, str] = field(default_factory=dict)
    modified: dict[str, datetime] = field(default_factory=dict)
    projects: dict[str, Project] = field(default_factory=dict)
    trashed: set[str] = field(default_factory=set)
    names: dict[tuple[str, str], str] = field(default_factory=dict)


def _made(kind: str, number: int) -> str:
    """An id of 18 digits; portals have short ones."""
    if kind == "portal":
        return str(_PORTAL + number)
    if kind == "person":
        return str(_PERSON + 4_000_000_001 + number * 2)
    return str(_KINDS[kind] * 10**16 + 4_000_000_001 + number * 2)


class Records:
    """One world behind ids, with the changes made to it."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.ids: dict[str, dict[str, str]] = {}
        self.keys: dict[str, dict[str, str]] = {}
        self.accounts = {p.key: str(_ACCOUNT + 17 + n) for n, p in enumerate(world.people)}
        self.portals: dict[str, Portal] = {p.key: p for p in world.portals}
        self.first_start = min(p.start_date for p in world.projects)
        self._members = self._found_members()
        self.take(Changes())

    def take(self, changes: Changes) -> None:
        """Make these changes the ones that hold."""
        world = self.world
        self.changes = changes
        self.projects: dict[str, Project] = self._named("project", world.projects)
        self.clients: dict[str, Client] = self._named("client", world.clients)
        self.people: dict[str, Person] = self._named("person", world.people)
        self.task_lists: dict[str, TaskList] = self._named("task_list", world.task_lists)
        self.tasks: dict[str, Task] = self._named("task", world.tasks)
        self.bugs: dict[str, Bug] = self._named("bug", world.bugs)
        self.contacts: dict[str, Contact] = self._named("contact", world.contacts)
        self.projects |= changes.projects
        groups: dict[str, dict[str, Any]] = {
            "portal": self.portals,
            "project": self.projects,
            "client": self.clients,
            "person": self.people,
            "task_list": self.task_lists,
            "task": self.tasks,
            "bug": self.bugs,
            "contact": self.contacts,
        }
        for kind, rows in groups.items():
            self.ids[kind] = {key: _made(kind, n) for n, key in enumerate(rows)}
            self.keys[kind] = {i: k for k, i in self.ids[kind].items()}
        everybody = self.people.values()
        self.login = next((p for p in everybody if p.role == "owner"), next(iter(everybody)))

    def _named(self, kind: str, rows: Sequence[Any]) -> dict[str, Any]:
        """Records of the world by key, with the names they have now."""
        found = {r.key: r for r in rows}
        for (of, key), name in self.changes.names.items():
            if of == kind and key in found:
                field_name = "title" if kind == "bug" else "name"
                found[key] = replace(found[key], **{field_name: name})
        return found

    def rename(self, kind: str, key: str, name: str, now: datetime) -> None:
        """Give a record another name; a project counts as changed by it."""
        if kind == "project":
            self.keep_project(replace(self.projects[key], name=name), now)
            return
        self.changes.names[kind, key] = name
        self.take(self.changes)

    def keep_project(self, project: Project, now: datetime) -> None:
        """Let a project, new or known, be as given."""
        self.changes.projects[project.key] = project
        self.changes.modified[project.key] = now
        self.take(self.changes)

    def trash(self, project_key: str, *, trashed: bool) -> None:
        """Put a project with all that is in it into the trash, or back."""
        (self.changes.trashed.add if trashed else self.changes.trashed.discard)(project_key)

    def _found_members(self) -> dict[str, set[str]]:
        """Who works in each project: everybody in a computed world, which is not searched."""
        if isinstance(self.world.logs, LargeLogs):
            everybody = {p.key for p in self.world.people}
            return {p.key: everybody for p in self.world.projects}
        found: dict[str, set[str]] = defaultdict(set)
        for log in self.world.iter_logs():
            found[log.project_key].add(log.person_key)
        for rate in self.world.rates:
            found[rate.project_key].add(rate.person_key)
        for task in self.world.tasks:
            found[task.project_key].update(task.owner_keys)
        return found

    def portal_key(self, wanted: str) -> str | None:
        """The key of a portal by id or name."""
        by_name = {p.name: p.key for p in self.world.portals}
        return self.keys["portal"].get(wanted) or by_name.get(wanted)

    def projects_of(self, portal_key: str) -> list[Project]:
        """Projects of a portal."""
        there = (p for p in self.projects.values() if p.portal_key == portal_key)
        return [p for p in there if p.key not in self.changes.trashed]

    def clients_of(self, portal_key: str) -> list[Client]:
        """Client companies of a portal; the firm's are in the portal that has its projects."""
        return list(self.clients.values()) if self.projects_of(portal_key) else []

    def people_of(self, portal_key: str) -> list[Person]:
        """Users of a portal; where the firm has no projects only the caller is known."""
        return list(self.people.values()) if self.projects_of(portal_key) else [self.login]

    def members(self, project_key: str) -> list[Person]:
        """Users of a project."""
        added = {
            log.person_key for log in self.changes.logs.values() if log.project_key == project_key
        }
        keys = self._members.get(project_key, set()) | added
        return [p for p in self.people.values() if p.key in keys]

    def active(self, person: Person) -> bool:
        """True when a user is active now."""
        return self.changes.people.get(person.key, person.active)

    def status(self, project: Project) -> str:
        """How a project stands now: active or archived."""
        return self.changes.statuses.get(project.key, project.status)

    def project_clients(self, project_key: str) -> tuple[str, ...]:
        """Keys of a project's client companies in the order they were added."""
        return self.changes.clients.get(project_key, self.projects[project_key].client_keys)

    def primary_client(self, project_key: str) -> str | None:
        """The key of a project's primary client, as it is now."""
        if project_key in self.changes.primary:
            return self.changes.primary[project_key]
        return self.projects[project_key].primary_client_key

    def has_transaction(self, project_key: str) -> bool:
        """True when a transaction uses the project's time."""
        if project_key in self.changes.transactions:
            return True
        marked = self.changes.invoiced.keys() - self.changes.deleted
        return any(self._project_at(n) == project_key for n in marked)

    def _project_at(self, position: int) -> str:
        changed = self.changes.logs.get(position)
        return (changed or self.world.log_at(position)).project_key

    def zone(self, portal_key: str) -> ZoneInfo:
        """The portal's time zone, as it is set now."""
        return ZoneInfo(self.changes.zones.get(portal_key, self.portals[portal_key].time_zone))

    def created(self, project_key: str | None = None) -> datetime:
        """When a record of the world was made: at its project's start, else at the first one's."""
        day = self.projects[project_key].start_date if project_key else self.first_start
        return datetime.combine(day, time(8, 30), UTC)

    def modified(self, project_key: str) -> datetime:
        """When a project was last changed."""
        return self.changes.modified.get(project_key, self.created(project_key))
