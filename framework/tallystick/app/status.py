"""One screen: badge, freshness, errors, unbilled work, funnel, next step."""

import shlex
from collections.abc import Mapping, Sequence

from tallystick.app.answered import answered
from tallystick.app.assembly import setting_of
from tallystick.app.doubts import doubts
from tallystick.app.integrations import record
from tallystick.app.ledger import doubles
from tallystick.app.plain import fix_of
from tallystick.app.records import decision_view
from tallystick.app.results import ModuleView, RunView, StatusView
from tallystick.app.results_billing import FunnelStep, ToBillView
from tallystick.app.results_records import DecisionView
from tallystick.app.rulebook import RulesState
from tallystick.app.to_bill import to_bill
from tallystick.app.views import SYNC_KINDS, integration_view, run_view
from tallystick.app.workspace import Workspace
from tallystick.errors import RuleFileError, Where
from tallystick.model.connection import CutoffMode, Status
from tallystick.store import ErrorData, IntegrationData

_FEED = 4


def status(ws: Workspace, name: str | None = None) -> StatusView:
    """Where one integration stands now."""
    row = record(ws, name)
    going = ws.store.runs.open_run(row.name)
    open_run = run_view(ws, going) if going else None
    # one of them may be open, and the one before has what was read
    synced = [run_view(ws, r) for r in ws.store.runs.recent(row.name, limit=2, kinds=SYNC_KINDS)]
    last = next((r for r in synced if r.finished_at is not None), None)
    errors = ws.store.errors.open(row.name)
    bills = to_bill(ws, row)
    claims = ws.store.outbox.claims()
    states = ws.store.states.totals(row.source_id)
    rules = rules_state(ws)
    roots = sum(e.kind == "root" for e in errors)
    waiting = sum(e.kind == "cascade" for e in errors)
    return StatusView(
        integration=integration_view(ws, row),
        run=last,
        open_run=open_run,
        to_bill=bills.amounts,
        to_bill_entries=bills.entries,
        to_bill_minutes=bills.minutes,
        to_bill_waiting=bills.waiting,
        roots=roots,
        waiting=waiting,
        in_doubt=doubts(ws, row.name),
        claims=len(claims),
        doubles=len(doubles(ws, setting_of(ws, row), claims)),
        funnel=funnel(ws, row, states, ready=bills.entries),
        modules=_modules(open_run, *synced),
        in_target=_in_target(ws, row),
        feed=_feed(ws, row, rules),
        rules_problem=_problem(rules),
        next_step=_next(ws, row, open_run, errors, bills),
        rules=rules,
    )


def rules_state(ws: Workspace) -> RulesState:
    """The rules in force, and what was refused since. Without any, what is wrong with the files."""
    try:
        return ws.rules.state()
    except RuleFileError as error:
        where = error.where or Where("rules")
        place = (where.file, where.line, where.column)
        return RulesState("", (), (), (), error.message, error.code, *place, fix_of(error))


def _problem(rules: RulesState) -> str | None:
    """The problem in one line: code, place, message."""
    if rules.problem is None:
        return None
    place = ":".join(str(p) for p in (rules.file, rules.line, rules.column) if p is not None)
    return f"{rules.code} {place} {rules.problem}"


def _feed(ws: Workspace, row: IntegrationData, rules: RulesState) -> tuple[DecisionView, ...]:
    """What was decided last; without rules in force there are no words for it."""
    if not rules.hash:
        return ()
    return tuple(decision_view(ws, d) for d in ws.store.decisions.latest(row.name, limit=_FEED))


def _modules(*runs: RunView | None) -> tuple[ModuleView, ...]:
    """Module by module, by the first run that came so far; a bill reads none."""
    return next((r.modules for r in runs if r is not None and r.modules), ())


def funnel(
    ws: Workspace, row: IntegrationData, states: Mapping[str, tuple[int, int]], *, ready: int
) -> tuple[FunnelStep, ...]:
    """From fetched to ready to bill, with what dropped at each step and why."""
    source = row.source_id
    fetched = ws.store.records.count(source, "time_entry")
    billable = ws.store.records.count(source, "time_entry", where={"billable": True})
    approved = ws.store.records.count(
        source, "time_entry", where={"billable": True, "approval": "approved"}
    )
    opening = states.get("opening_invoiced", (0, 0))[0]
    claimed = sum(states.get(s, (0, 0))[0] for s in ("claimed", "invoiced"))
    doubtful = states.get("in_doubt", (0, 0))[0]
    before = opening
    if row.cutoff_mode == CutoffMode.DATE and row.cutoff is not None:
        before += ws.store.states.held_before(source, row.cutoff)
    after_cutoff = max(approved - before, 0)
    projects = ws.store.records.count(source, "project")
    free = after_cutoff - claimed
    left = max(free - doubtful - ready, 0)
    doubt = FunnelStep("not in doubt", free - doubtful, doubtful, "in doubt")
    return (
        FunnelStep("fetched", fetched, 0, f"from {projects} projects"),
        FunnelStep("billable", billable, fetched - billable, "not billable"),
        FunnelStep("approved", approved, billable - approved, "not approved"),
        FunnelStep("after the cutoff", after_cutoff, before, "before the cutoff"),
        FunnelStep("not invoiced yet", free, claimed, "on an invoice"),
        *((doubt,) if doubtful else ()),
        FunnelStep("ready to bill", ready, left, "wait or are left out", "/errors"),
    )


def _in_target(ws: Workspace, row: IntegrationData) -> dict[str, int]:
    types = {
        "projects": "project",
        "users": "user",
        "tasks": "task",
        "bugs": "bug",
        "timesheets": "time_entry",
    }
    return {
        module: len(ws.store.links.by_source(row.source_id, type_))
        for module, type_ in types.items()
    }


def _next(
    ws: Workspace,
    row: IntegrationData,
    open_run: RunView | None,
    errors: Sequence[ErrorData],
    bills: ToBillView,
) -> str:
    """The one thing to do next, as a command."""
    steps = {
        Status.AUTHORIZED: "tallystick integration portals",
        Status.CONFIGURED: "tallystick sync run",
        Status.STALLED: "tallystick doctor",
        Status.DISABLED: "tallystick integration enable",
    }
    state = Status(row.state)
    if open_run is not None:
        return "tallystick sync status" if open_run.alive else "tallystick sync run"
    if state is Status.NONE:
        side = "target" if ws.store.vault.credential(row.source_id) else "source"
        return f"tallystick integration connect --side {side}"
    if state in steps:
        return steps[state]
    if answered(ws, row, errors):
        return "tallystick sync run"
    if any(e.kind == "root" for e in errors):
        return "tallystick errors list --roots"
    if bills.project is not None:
        return f"tallystick billing preview --project {shlex.quote(bills.project)}"
    return "tallystick sync run"
