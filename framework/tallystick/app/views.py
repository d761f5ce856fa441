"""Stored rows as views: the one place where a stored row becomes what people are shown."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from tallystick.app.results import ConnectionView, IntegrationView, ModuleView, RunView
from tallystick.app.workspace import Workspace
from tallystick.model.connection import Status
from tallystick.store import IntegrationData, RunData

BADGES = {
    Status.NONE: "Not connected",
    Status.AUTHORIZED: "Connected",
    Status.CONFIGURED: "Set up",
    Status.SYNCING: "Sync in progress",
    Status.ACTIVE: "Active",
    Status.STALLED: "Stalled",
    Status.DISABLED: "Disabled",
    Status.MIGRATING: "Migrating",
}
INTERRUPTED = "Interrupted"
"""The badge while the open run's process is dead: the next sync goes on with it."""
_WAYS_ON = {
    Status.NONE: (
        "SETUP-07",
        "Connect both sides first: tallystick integration connect --side source, then target.",
    ),
    Status.AUTHORIZED: ("SETUP-07", "Set it up: tallystick integration setup."),
    Status.DISABLED: ("INT-02", "Switch it on: tallystick integration enable."),
    Status.STALLED: (
        "INT-02",
        "`tallystick doctor` says what is wrong; then: tallystick sync run.",
    ),
    Status.MIGRATING: ("MIG-03", "Wait until the migration has ended."),
}
SLOW_AFTER = timedelta(hours=2)
SYNC_KINDS = frozenset({"sync", "plan", "apply"})
"""Runs that read or write what is synced; an invoice or a look-up is none of them."""


def connection_view(ws: Workspace, connection_id: str) -> ConnectionView:
    """One connection, without its secret."""
    config = ws.config.connections[connection_id]
    row = ws.store.settings.connection(connection_id)
    installed = ws.host.connectors.get(config.system)
    title = installed.connector.title if installed else config.system
    return ConnectionView(
        id=connection_id,
        system=config.system,
        title=title,
        container=row.container_id if row else None,
        name=row.name if row else "",
        credential=(row.credential_kind if row else None) or "none",
    )


def integration_view(ws: Workspace, row: IntegrationData) -> IntegrationView:
    """One integration with its badge."""
    runs = ws.store.runs.recent(row.name, limit=1, kinds=SYNC_KINDS)
    going = ws.store.runs.open_run(row.name)
    return IntegrationView(
        name=row.name,
        state=row.state,
        badge=_badge(ws, row, going),
        source=connection_view(ws, row.source_id),
        target=connection_view(ws, row.target_id),
        portal_id=row.portal_id,
        portal_name=row.portal_name,
        zone=row.zone,
        modules=tuple(row.modules),
        cutoff_mode=row.cutoff_mode,
        cutoff=row.cutoff,
        general_timesheets=row.general_timesheets,
        on_duplicate=row.on_duplicate,
        consent_by=row.consent_by,
        setup_at=row.setup_at,
        approved_at=row.approved_at,
        last_run=run_view(ws, runs[0]) if runs else None,
    )


def _badge(ws: Workspace, row: IntegrationData, going: RunData | None) -> str:
    """The badge; a run whose process died, of whatever kind, is told as interrupted."""
    dead = going is not None and not ws.engine().alive(going.executor)
    if dead or (going is None and row.state == Status.SYNCING):
        return INTERRUPTED
    return BADGES[Status(row.state)]


def run_view(ws: Workspace, run: RunData) -> RunView:
    """One run with its modules; slow after more than two hours (R-036)."""
    now = ws.clock.now()
    alive = run.finished_at is None and ws.engine().alive(run.executor)
    length = (run.finished_at or now) - run.started_at
    return RunView(
        id=run.id,
        kind=run.kind,
        state=run.state if run.finished_at is not None or alive else "interrupted",
        trigger=run.trigger,
        started_at=run.started_at,
        finished_at=run.finished_at,
        seconds=length.total_seconds(),
        slow=run.finished_at is None and length > SLOW_AFTER,
        message=run.message,
        plan_digest=run.plan_digest,
        modules=tuple(module_view(m) for m in ws.store.runs.modules(run.id)),
        alive=alive,
    )


def module_view(row: Mapping[str, Any]) -> ModuleView:
    """One module of a run."""
    names = (
        "module",
        "state",
        "read",
        "written",
        "skipped",
        "held",
        "failed",
        "message",
        "started_at",
        "finished_at",
    )
    return ModuleView(**{n: row[n] for n in names})


def way_on(state: Status) -> tuple[str, str]:
    """The code and the fix of what an integration in this state cannot do."""
    return _WAYS_ON.get(state, ("SETUP-07", "Sync first: tallystick sync run."))
