"""What the simulated portal remembers: ids for a world's keys, and what changed since."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from tallystick.simulator.world import World
from tallystick.simulator.world_parts import Log

from tallystick_zoho_projects.simulator import shapes
from tallystick_zoho_projects.simulator.shapes import Json

_KINDS = {
    "portal": 58,
    "project": 40,
    "client": 41,
    "person": 60,
    "task_list": 42,
    "task": 43,
    "bug": 44,
    "contact": 45,
}
_LOG_BASE = 4700 * 10**14


def make_id(kind: str, number: int) -> str:
    """An id of 18 digits; portals have short ones."""
    if kind == "portal":
        return str(58572595 + number)
    return str(_KINDS[kind] * 10**16 + 4_000_000_000_000 + number * 2 + 1)


@dataclass(slots=True)
class PortalRecords:
    """One world behind ids; logs are numbered by their position, so that many cost nothing."""

    world: World
    ids: dict[str, dict[str, str]] = field(default_factory=dict)
    keys: dict[str, dict[str, str]] = field(default_factory=dict)
    changed_logs: dict[int, Log] = field(default_factory=dict)
    deleted_logs: set[int] = field(default_factory=set)
    extra_logs: list[Log] = field(default_factory=list)
    invoiced: dict[str, str] = field(default_factory=dict)
    primary: dict[str, str | None] = field(default_factory=dict)
    transactions: set[str] = field(default_factory=set)
    _names: dict[str, dict[str, Any]] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        world = self.world
        groups: dict[str, Any] = {
            "portal": world.portals,
            "project": world.projects,
            "client": world.clients,
            "person": world.people,
            "task_list": world.task_lists,
            "task": world.tasks,
            "bug": world.bugs,
            "contact": world.contacts,
        }
        for kind, records in groups.items():
            self.ids[kind] = {r.key: make_id(kind, n) for n, r in enumerate(records)}
            self.keys[kind] = {i: k for k, i in self.ids[kind].items()}
        people = self.ids["person"]
        self._names = {
            "project": {p.key: self.parent(p.key) for p in world.projects},
            "owner": {p.key: shapes.owner(p, people) for p in world.people},
            "task": {t.key: t.name for t in world.tasks},
            "bug": {b.key: b.title for b in world.bugs},
        }

    def log_id(self, position: int) -> str:
        """The id of the log at a position."""
        return str(_LOG_BASE + position)

    def position(self, log_id: str) -> int | None:
        """The position of a log id."""
        position = int(log_id) - _LOG_BASE if log_id.isdigit() else -1
        total = self.world.log_count + len(self.extra_logs)
        gone = position in self.deleted_logs
        return position if 0 <= position < total and not gone else None

    def log_at(self, position: int) -> Log:
        """The log at a position, as it is now."""
        changed = self.changed_logs.get(position)
        if changed is not None:
            return changed
        if position >= self.world.log_count:
            return self.extra_logs[position - self.world.log_count]
        return self.world.log_at(position)

    def positions(self) -> Iterator[int]:
        """Positions of every log that exists."""
        total = self.world.log_count + len(self.extra_logs)
        return (n for n in range(total) if n not in self.deleted_logs)

    def log_count(self) -> int:
        """How many logs exist."""
        return self.world.log_count + len(self.extra_logs) - len(self.deleted_logs)

    def change(self, position: int, **changes: Any) -> None:
        """Change a log."""
        self.changed_logs[position] = replace(self.log_at(position), **changes)

    def primary_client(self, project_key: str) -> str | None:
        """The key of a project's primary client, as it is now."""
        if project_key in self.primary:
            return self.primary[project_key]
        return next(p.primary_client_key for p in self.world.projects if p.key == project_key)

    def parent(self, project_key: str) -> Json:
        """A project inside another record."""
        name = next(p.name for p in self.world.projects if p.key == project_key)
        return {"id": self.ids["project"][project_key], "name": name}

    def log_shape(self, position: int, *, as_number: bool) -> Json:
        """A log as it is sent."""
        log = self.log_at(position)
        names = {
            "project": self._names["project"][log.project_key],
            "module": self._module(log),
            "owner": self._names["owner"][log.person_key],
        }
        sent = shapes.log(log, self.log_id(position), names, as_number=as_number)
        sent["invoice_id"] = self.invoiced.get(sent["id"], "")
        return sent

    def _module(self, log: Log) -> Json:
        if log.kind == "task" and log.task_key is not None:
            task = self._names["task"][log.task_key]
            return {"id": self.ids["task"][log.task_key], "type": "task", "name": task}
        if log.kind == "bug" and log.bug_key is not None:
            bug = self._names["bug"][log.bug_key]
            return {"id": self.ids["bug"][log.bug_key], "type": "issue", "name": bug}
        return {"id": "", "type": "general", "name": log.label or ""}
