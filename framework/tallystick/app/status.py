"""One screen: badge, freshness, errors, unbilled work, funnel, next step."""

from collections.abc import Mapping

from tallystick.app.assembly import setting_of
from tallystick.app.integrations import record
from tallystick.app.ledger import doubles
from tallystick.app.records import decision_view
from tallystick.app.results import FunnelStep, ModuleView, RunView, StatusView
from tallystick.app.results_records import DecisionView
from tallystick.app.rulebook import RulesState
from tallystick.app.views import integration_view, run_view
from tallystick.app.wip import work_in_progress
from tallystick.app.workspace import Workspace
from tallystick.errors import RuleFileError, Where
from tallystick.model.connection import Status
from tallystick.store import IntegrationData

_FEED = 4


def status(ws: Workspace, name: str | None = None) -> StatusView:
    """Where one integration stands now."""
    row = record(ws, name)
    runs = [run_view(ws, r) for r in ws.store.runs.recent(row.name, limit=5)]
    open_run = next((r for r in runs if r.finished_at is None), None)
    last = next((r for r in runs if r.finished_at is not None and r.kind == "sync"), None)
    last = last or next((r for r in runs if r.finished_at is not None), None)
    errors = ws.store.errors.open(row.name)
    claims = ws.store.outbox.claims()
    states = ws.store.states.totals(row.source_id)
    rules = rules_state(ws)
    unbilled = states.get("unbilled", (0, 0))
    roots = sum(e.kind == "root" for e in errors)
    waiting = sum(e.kind == "cascade" for e in errors)
    return StatusView(
        integration=integration_view(ws, row),
        run=last,
        open_run=open_run,
        to_bill=work_in_progress(ws, row),
        to_bill_entries=unbilled[0],
        to_bill_minutes=unbilled[1],
        roots=roots,
        waiting=waiting,
        claims=len(claims),
        doubles=len(doubles(ws, setting_of(ws, row), claims)),
        funnel=funnel(ws, row, states),
        modules=_modules(open_run or last),
        in_target=_in_target(ws, row),
        feed=_feed(ws, row, rules),
        rules_problem=_problem(rules),
        next_step=_next(row, open_run, roots, unbilled[0]),
        rules=rules,
    )


def rules_state(ws: Workspace) -> RulesState:
    """The rules in force, and what was refused since. Without any, what is wrong with the files."""
    try:
        return ws.rules.state()
    except RuleFileError as error:
        where = error.where or Where("rules")
        place = (where.file, where.line, where.column)
        return RulesState("", (), (), (), error.message, error.code, *place, error.fix)


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


def _modules(run: RunView | None) -> tuple[ModuleView, ...]:
    return run.modules if run else ()


def funnel(
    ws: Workspace, row: IntegrationData, states: Mapping[str, tuple[int, int]]
) -> tuple[FunnelStep, ...]:
    """From fetched to ready to bill, with what dropped at each step and why."""
    source = row.source_id
    fetched = ws.store.records.count(source, "time_entry")
    billable = ws.store.records.count(source, "time_entry", where={"billable": True})
    approved = ws.store.records.count(
        source, "time_entry", where={"billable": True, "approval": "approved"}
    )
    ready = states.get("unbilled", (0, 0))[0]
    opening = states.get("opening_invoiced", (0, 0))[0]
    claimed = sum(states.get(s, (0, 0))[0] for s in ("claimed", "in_doubt", "invoiced"))
    after_cutoff = max(approved - opening, 0)
    projects = ws.store.records.count(source, "project")
    left = max(after_cutoff - claimed - ready, 0)
    return (
        FunnelStep("fetched", fetched, 0, f"from {projects} projects"),
        FunnelStep("billable", billable, fetched - billable, "not billable"),
        FunnelStep("approved", approved, billable - approved, "not approved"),
        FunnelStep("after the cutoff", after_cutoff, opening, "invoiced before"),
        FunnelStep("not invoiced yet", after_cutoff - claimed, claimed, "on an invoice"),
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


def _next(row: IntegrationData, open_run: RunView | None, roots: int, unbilled: int) -> str:
    """The one thing to do next, as a command."""
    steps = {
        Status.NONE: "tallystick integration connect",
        Status.AUTHORIZED: "tallystick integration setup",
        Status.CONFIGURED: "tallystick sync run",
        Status.STALLED: "tallystick integration connect   (the credential no longer works)",
        Status.DISABLED: "tallystick integration re-enable --portal " + (row.portal_id or "P"),
    }
    state = Status(row.state)
    if open_run is not None:
        return "tallystick sync status" if open_run.alive else "tallystick sync run"
    if state in steps:
        return steps[state]
    if roots:
        return "tallystick errors list --roots"
    if unbilled:
        return "tallystick billing preview --project NAME"
    return "tallystick sync run"
