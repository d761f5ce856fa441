"""The reading half of a run: every type of both sides, module by module."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from tallystick.app.collecting import rare_collections
from tallystick.app.progress import Listener, Progress
from tallystick.app.workspace import Workspace
from tallystick.errors import CredentialRefused, RemoteError
from tallystick.model.connector import ReadSpec
from tallystick.model.record import Malformed, RecordKey
from tallystick.plan.context import Issue
from tallystick.read import Job, read_type
from tallystick.store import Brake, IntegrationData

PAGES_A_STEP = 8
"""Pages one durable step reads: a crash never reads again what an earlier step read."""

SOURCE_TYPES: Mapping[str, tuple[str, ...]] = {
    "projects": ("organization", "contact", "project"),
    "users": ("user",),
    "tasks": ("task_list", "task"),
    "bugs": ("bug",),
    "timesheets": ("time_entry",),
    "user_rates": ("user_rate",),
}
TARGET_TYPES: Mapping[str, tuple[str, ...]] = {
    "projects": ("organization", "currency", "tax", "contact", "project"),
    "users": ("user",),
    "tasks": ("task",),
    "bugs": (),
    "timesheets": ("time_entry", "transaction", "transaction_line", "expense"),
    "user_rates": (),
}
NEEDS: Mapping[str, tuple[str, ...]] = {
    "projects": (),
    "users": ("projects",),
    "tasks": ("projects",),
    "bugs": ("projects", "tasks"),
    "timesheets": ("projects", "users", "tasks", "bugs"),
    "user_rates": ("projects", "users"),
}
"""Modules without which a module cannot be judged."""


@dataclass(slots=True)
class ReadState:
    """What reading came to: failures by module, and records that could not be mapped."""

    failed: dict[str, str] = field(default_factory=dict)
    issues: list[Issue] = field(default_factory=list)

    def take(self, part: "Part", outcome: Mapping[str, Any]) -> bool:
        """Take in what a step recorded; True when the part's end is reached or it failed."""
        if outcome["failed"] is not None:
            self.failed[part.module] = outcome["failed"]
        self.issues += [_quarantined(part, Malformed(*m)) for m in outcome["malformed"]]
        if outcome["doubted"]:
            self.issues.append(_doubted(part, outcome["doubted"]))
        return bool(outcome["finished"])

    def usable(self, module: str) -> bool:
        """True when the module and all it needs were read."""
        return module not in self.failed and all(self.usable(m) for m in NEEDS[module])


@dataclass(frozen=True, slots=True)
class Part:
    """One type of one side, read as part of a module."""

    module: str
    connection_id: str
    type: str
    source: bool


_PLUGIN_BUGS = (ArithmeticError, AttributeError, LookupError, RuntimeError, TypeError, ValueError)
"""What a connector with a mistake raises; it costs its module, never the run (R-220)."""


def _why(part: "Part", error: Exception) -> str:
    if isinstance(error, RemoteError):
        return f"{error.code}: {error.message}"
    return f"PLG-01: reading {part.type} failed in the connector ({type(error).__name__})"


def _brake(ws: Workspace) -> Brake:
    """How many deletions at the source are believed without a person (P-33)."""
    policies = ws.rules.policies()
    return Brake(
        int(policies.get("lifecycle.delete_brake.records")),
        int(policies.get("lifecycle.delete_brake.percent")),
    )


def parts(ws: Workspace, row: IntegrationData) -> list[Part]:
    """What a run reads, in order (R-025); without timesheets no users and no time (R-011).

    Record types of plugins come last, as a module of the plugin's name.
    """
    chosen: list[Part] = []
    timesheets = "timesheets" in row.modules
    for module in SOURCE_TYPES:
        if module in {"users", "timesheets", "user_rates"} and not timesheets:
            continue
        for connection_id, types in (
            (row.source_id, SOURCE_TYPES[module]),
            (row.target_id, TARGET_TYPES[module]),
        ):
            reads = ws.connector(connection_id).reads
            source = connection_id == row.source_id
            chosen.extend(Part(module, connection_id, t, source) for t in types if t in reads)
    return [*chosen, *_own_parts(ws, row)]


def _own_parts(ws: Workspace, row: IntegrationData) -> list[Part]:
    """The record types of plugins on both sides, parents before those that are read by them."""
    found: list[Part] = []
    for connection_id in (row.source_id, row.target_id) if ws.own_types else ():
        reads = ws.connector(connection_id).reads
        mine = [t for t in reads if t in ws.own_types]
        for type_ in sorted(mine, key=lambda t: _depth(reads, t)):
            module = ws.host.words.owners[type_]
            found.append(Part(module, connection_id, type_, connection_id == row.source_id))
    return found


def _depth(reads: Mapping[str, ReadSpec], type_: str) -> int:
    """How many parents stand above a type in the order of reading."""
    seen = [type_]
    while (per := reads[seen[-1]].per) is not None and per in reads and per not in seen:
        seen.append(per)
    return len(seen)


def read_part(ws: Workspace, run_id: int, part: Part, progress: Listener) -> dict[str, Any]:
    """Read some pages of one part: a durable step whose plain result is recorded.

    A failure is noted for its module and the others go on (R-220); only a refused credential
    ends the run.
    """
    connector = ws.connector(part.connection_id)
    brake = partial(_brake, ws) if part.source else None
    job = Job(ws.store, connector, part.connection_id, run_id, ws.clock, brake=brake)
    try:
        with rare_collections():
            result = read_type(
                job,
                connector.reads[part.type],
                pages_max=PAGES_A_STEP,
                progress=lambda n: progress(Progress(part.module, "reading", n, None, part.type)),
            )
    except CredentialRefused:
        raise
    except (RemoteError, *_PLUGIN_BUGS) as error:
        message = _why(part, error)
        ws.store.runs.module(run_id, part.module, state="failed", message=message)
        return {"finished": True, "failed": message, "malformed": [], "doubted": 0}
    malformed = [[m.external_id, m.reason, m.field] for m in result.malformed]
    return {
        "finished": result.finished,
        "failed": None,
        "malformed": malformed,
        "doubted": result.doubted,
    }


def _doubted(part: "Part", number: int) -> Issue:
    """Too many deletions at once are for a person to believe (R-060)."""
    return Issue(
        part.module,
        RecordKey(part.connection_id, part.type, "deleted"),
        f"{number} {part.type} records",
        "DATA-01",
        "warn",
        f"{number} {part.type} records are missing from two complete lists; so many deletions at "
        "once are not believed, the records stay as they are.",
        "If they are right, raise lifecycle.delete_brake in rules/policies.yaml.",
    )


def _quarantined(part: Part, malformed: Malformed) -> Issue:
    key = RecordKey(part.connection_id, part.type, malformed.external_id)
    where = f" in {malformed.field}" if malformed.field else ""
    return Issue(
        part.module,
        key,
        f"{part.type} {malformed.external_id}",
        "TSK-02" if part.type == "task" else "DATA-02",
        "root",
        f"The record could not be read{where}: {malformed.reason}",
        "Correct it in its own system; the next run tries it again.",
    )
