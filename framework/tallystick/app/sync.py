"""Syncing: read, decide, plan, approve, apply; each run can be resumed (R-025…R-043)."""

from collections.abc import Callable, Collection
from dataclasses import replace
from pathlib import Path

from tallystick.app import flows
from tallystick.app.integrations import record
from tallystick.app.plans import check_fresh, load_plan, plan_view, write_file
from tallystick.app.progress import Listener, silent
from tallystick.app.results import ApplyView, PlanView, RunView
from tallystick.app.runs import begin, conclude, failed_modules
from tallystick.app.views import BADGES, SYNC_KINDS, run_view, way_on
from tallystick.app.workspace import Workspace
from tallystick.errors import ConfigError, Refused
from tallystick.model.connection import MODULES, Status
from tallystick.store import IntegrationData, PlanData

_CAN_SYNC = (Status.CONFIGURED, Status.ACTIVE, Status.STALLED, Status.SYNCING)


def ready(ws: Workspace, name: str | None) -> IntegrationData:
    """The integration, if it can sync now; raises `Refused` with what stands in the way."""
    row = record(ws, name)
    if row.state not in _CAN_SYNC:
        code, fix = way_on(Status(row.state))
        badge = BADGES[Status(row.state)]
        raise Refused(f"The integration is {badge}; it cannot sync.", code=code, fix=fix)
    return row


def _module(module: str | None) -> str | None:
    if module is not None and module not in MODULES:
        raise ConfigError(
            f"There is no module {module}.", code="CFG-06", fix=f"Modules: {', '.join(MODULES)}."
        )
    return module


def plan(
    ws: Workspace,
    name: str | None = None,
    *,
    module: str | None = None,
    out: Path | None = None,
    progress: Listener | None = None,
) -> PlanView:
    """Read both sides, decide, and store the plan; writes nothing to either system."""
    row, chosen = ready(ws, name), _module(module)
    run = begin(ws, row, "plan")
    digest = flows.prepare(ws, run, chosen, progress or silent)
    state = "degraded" if failed_modules(ws, run) else "ok"
    conclude(ws, run, state, f"planned {digest}")
    view = plan_view(ws, digest)
    if out is not None:
        write_file(ws, digest, out)
    return view


def apply(ws: Workspace, plan: Path | str, *, progress: Listener | None = None) -> ApplyView:
    """Carry out exactly the plan that was seen; refuses one that has become stale."""
    stored = load_plan(ws, plan)
    row = ready(ws, stored.integration)
    known = ws.store.plans.get(stored.digest)
    if known is not None and known.applied_at is not None:
        check_fresh(ws, known)
        return _applied_already(known)
    run = begin(ws, row, "apply")
    return flows.carry_out(ws, run, stored.digest, progress or silent)


def _applied_already(plan: PlanData) -> ApplyView:
    """Nothing was done: a plan is applied once, and what failed then is in the next one."""
    at = f"{plan.applied_at:%Y-%m-%d %H:%M}"
    message = f"Plan {plan.digest} was applied already, {at}; `tallystick sync run` plans anew."
    operations = int(plan.header["operations"])
    return ApplyView(plan.digest, None, 0, 0, 0, 0, 0, operations, (message,))


def run(
    ws: Workspace,
    name: str | None = None,
    *,
    module: str | None = None,
    approve: Callable[[PlanView], bool],
    progress: Listener | None = None,
) -> ApplyView:
    """Plan, ask, apply. Later runs of an approved integration need no question."""
    listener = progress or silent
    row, chosen = ready(ws, name), _module(module)
    started = begin(ws, row, "sync")
    digest = flows.prepare(ws, started, chosen, listener)
    view = plan_view(ws, digest)
    if view.total_lines and view.approved_at is None and not approve(view):
        conclude(ws, started, "ok", "The plan was not approved; nothing was written.")
        return replace(_nothing(view), run=state(ws, row.name))
    return flows.carry_out(ws, started, digest, listener)


def _nothing(view: PlanView) -> ApplyView:
    return ApplyView(view.digest, None, 0, 0, 0, 0, 0, 0, ("not approved",))


def state(ws: Workspace, name: str | None = None) -> RunView | None:
    """The run that is going on, of whatever kind, else the last one that synced or planned."""
    row = record(ws, name)
    going = ws.store.runs.open_run(row.name)
    runs = [going] if going else ws.store.runs.recent(row.name, limit=1, kinds=SYNC_KINDS)
    return run_view(ws, runs[0]) if runs else None


def history(
    ws: Workspace, name: str | None = None, *, last: int = 14, kinds: Collection[str] = ()
) -> tuple[RunView, ...]:
    """Past runs, newest first; only those of some kinds, if any are named."""
    row = record(ws, name)
    found = ws.store.runs.recent(row.name, limit=last, kinds=kinds)
    return tuple(run_view(ws, r) for r in found)


def sweep(ws: Workspace, name: str | None = None) -> ApplyView:
    """Look up parked writes and read finished invoices back, now."""
    row = ready(ws, name)
    run = begin(ws, row, "sweep")
    return flows.sweep(ws, run)


def approved(ws: Workspace, name: str | None = None) -> bool:
    """True once a first plan of the integration was approved; later runs apply by themselves."""
    return record(ws, name).approved_at is not None


def waiting_plan(ws: Workspace, name: str | None = None) -> PlanView | None:
    """The newest plan, if it waits for a person's approval and would change something."""
    row = record(ws, name)
    newest = ws.store.plans.newest(row.name, "sync")
    if newest is None or newest.approved_at is not None or row.approved_at is not None:
        return None
    view = plan_view(ws, newest.digest)
    return None if view.empty else view
