"""The bodies of durable runs: what one step does, and in which order steps follow."""

from dataclasses import replace
from functools import partial

from tallystick.app.asking import ask_plugins, own_modules
from tallystick.app.assembly import setting_of
from tallystick.app.collect import Gathering
from tallystick.app.collecting import rare_collections
from tallystick.app.deletions import deletion_issues
from tallystick.app.discover import discover
from tallystick.app.outcome import (
    applied_issues,
    double_issues,
    error_input,
    messages,
    outbox_issues,
    store_counts,
    store_issues,
)
from tallystick.app.planning import plan_sync
from tallystick.app.plans import check_fresh
from tallystick.app.progress import Listener, Progress
from tallystick.app.reading import NEEDS, ReadState, parts, read_part
from tallystick.app.results import ApplyView
from tallystick.app.runs import conclude, failed_modules, guard, note_written
from tallystick.app.said import summary
from tallystick.app.settling import settle_states
from tallystick.app.views import run_view
from tallystick.app.wip import work_in_progress
from tallystick.app.workspace import Workspace
from tallystick.apply.desk import Desk
from tallystick.apply.precheck import Precheck
from tallystick.apply.readback import ReadBack
from tallystick.apply.runner import Runner, Tally
from tallystick.apply.sweep import Sweep, Swept
from tallystick.errors import ConfigError, RemoteError
from tallystick.model.connection import WRITABLE, Status
from tallystick.model.failpoints import reach
from tallystick.model.operation import Operation
from tallystick.plan.digest import from_json
from tallystick.store import IntegrationData, PlanData, RunData

_TIME = frozenset({"users", "timesheets", "user_rates"})
"""Modules that a person leaves out by not choosing timesheets (R-011)."""


def prepare(ws: Workspace, run: RunData, module: str | None, progress: Listener) -> str:
    """Read both sides and plan; returns the plan's digest. Closes the run when it fails.

    A durable workflow: after a crash it goes on behind the last finished step.
    """

    def body() -> str:
        state = read_all(ws, run, progress)
        return ws.engine().step("plan", lambda: make_plan(ws, run, state, module, progress))

    try:
        ws.rules.book()  # rules that cannot be used are told before anything is read
        # numbers of runs come again in a store that was restored or begun anew
        key = f"prepare:{run.integration}:{run.id}:{run.started_at.isoformat()}"
        return ws.engine().run(key, body)
    except BaseException as error:
        guard(ws, run, error)
        raise


def _row(ws: Workspace, run: RunData) -> IntegrationData:
    row = ws.store.settings.integration(run.integration)
    if row is None:
        raise ConfigError(f"The integration {run.integration} has gone.", code="CFG-04")
    return row


def read_all(ws: Workspace, run: RunData, progress: Listener) -> ReadState:
    """Every part of the run, step by step of a few pages."""
    state = ReadState()
    begun = {m["module"] for m in ws.store.runs.modules(run.id)}
    for part in parts(ws, _row(ws, run)):
        if part.module not in begun:
            begun.add(part.module)
            ws.store.runs.module(run.id, part.module, state="reading", started_at=ws.clock.now())
        name = f"read {part.connection_id}/{part.type}"
        finished = False
        while not finished:
            outcome = ws.engine().step(name, partial(read_part, ws, run.id, part, progress))
            finished = state.take(part, outcome)
    return state


def make_plan(
    ws: Workspace, run: RunData, state: ReadState, module: str | None, progress: Listener
) -> str:
    """Discover, decide, order, store. What could not be read is not planned."""
    row = _row(ws, run)
    setting = setting_of(ws, row)
    discover(ws, setting)
    ReadBack(desk(ws, run, row, None)).run(suspects_only=True)
    settle_states(ws, row, run.id)
    timesheets = "timesheets" in setting.modules
    usable = [m for m in NEEDS if state.usable(m) and (timesheets or m not in _TIME)]
    chosen = usable if module is None else [m for m in usable if _wanted(m, module)]
    sink = Gathering(ws, setting, run, chosen)
    with rare_collections():
        plan_sync(ws, row, sink, usable, progress)
        own = {m: types for m, types in own_modules(ws, row).items() if m not in state.failed}
        ask_plugins(ws, row, sink, own)
    sink.issues += [*state.issues, *outbox_issues(ws, row), *double_issues(ws, setting)]
    sink.issues += deletion_issues(ws, setting)
    store_issues(ws, setting, run, sink.issues, [*usable, *own])
    store_counts(ws, run, sink.counts, [*usable, *own])
    digest = sink.draft.seal(sink.issues, work_in_progress(ws, row))
    ws.store.runs.state(run.id, "planned", plan_digest=digest)
    for name in chosen:
        progress(Progress(name, "done", sink.counts.get(name, {}).get("read", 0)))
    reach("plan.made")
    return digest


def _wanted(module: str, wanted: str) -> bool:
    """A module and all it needs."""
    return module == wanted or module in NEEDS[wanted]


def desk(ws: Workspace, run: RunData, row: IntegrationData, digest: str | None) -> Desk:
    """What the outbox works with."""

    def writable() -> bool:
        now = ws.store.settings.integration(row.name)
        return now is not None and Status(now.state) in WRITABLE

    connectors = {c: ws.connector(c) for c in (row.source_id, row.target_id)}
    return Desk(
        store=ws.store,
        connectors=connectors,
        clock=ws.clock,
        executor=ws.engine().executor_id,
        integration=row.name,
        precheck=Precheck(ws.store, connectors, row.source_id, row.target_id, writable),
        insist=ws.engine().insist,
        plan_digest=digest,
        run_id=run.id,
    )


def carry_out(ws: Workspace, run: RunData, digest: str, progress: Listener) -> ApplyView:
    """Apply a stored plan. Closes the run: ok, degraded, stalled or failed."""
    plan = ws.store.plans.get(digest)
    if plan is None:
        raise ConfigError(f"There is no plan {digest}.", code="CFG-09")
    try:
        check_fresh(ws, plan)
        approve(ws, run, plan)
        _carry_over(ws, run, plan)
        sweep_now(ws, run, suspects_only=True)
        note_written(ws, replace(run, plan_digest=digest))
        tally = _apply(ws, run, plan, progress)
    except BaseException as error:
        guard(ws, run, error)
        raise
    return _finish(ws, run, plan, tally)


def _carry_over(ws: Workspace, run: RunData, plan: PlanData) -> None:
    """Note in the run that applies a plan what the run that made it read and held (R-037)."""
    if plan.run_id is None or plan.run_id == run.id:
        return
    names = ("state", "message", "read", "skipped", "held", "failed", "started_at", "finished_at")
    for row in ws.store.runs.modules(plan.run_id):
        ws.store.runs.module(run.id, row["module"], **{n: row[n] for n in names})


def approve(ws: Workspace, run: RunData, plan: PlanData) -> None:
    """Note the approval; the first one sets the instant of the first sync (R-016, R-125)."""
    now = ws.clock.now()
    ws.store.plans.approve(plan.digest, by="this user", now=now)
    ws.store.runs.state(run.id, "applying", plan_digest=plan.digest)
    ws.store.settings.approved(run.integration, now=now)


def _apply(ws: Workspace, run: RunData, plan: PlanData, progress: Listener) -> Tally:
    row = _row(ws, run)
    total = {m: sum(c.values()) for m, c in plan.header["by_module"].items()}

    def heard(operation: Operation, tally: Tally) -> None:
        done = sum(tally.by_module.get(operation.module, {}).values())
        progress(Progress(operation.module, "applying", done, total.get(operation.module)))

    place = desk(ws, run, row, plan.digest)
    runner = Runner(place, progress=heard)
    operations = (from_json(body) for body in ws.store.plans.operations(plan.digest))
    try:
        tally = runner.run(operations)
    except RemoteError:
        _written(ws, run, runner.tally)
        raise
    _written(ws, run, tally)
    return tally


def _written(ws: Workspace, run: RunData, tally: Tally) -> None:
    for module, counts in tally.by_module.items():
        ws.store.runs.module(
            run.id,
            module,
            state="done",
            written=counts.get("done", 0),
            failed=counts.get("failed", 0) + counts.get("parked", 0),
            held=counts.get("held", 0),
            add=True,
        )


def _finish(ws: Workspace, run: RunData, plan: PlanData, tally: Tally) -> ApplyView:
    ws.store.plans.applied(plan.digest, now=ws.clock.now())
    ws.store.errors.add(
        run.integration,
        [error_input(i) for i in applied_issues(tally)],
        now=ws.clock.now(),
        run_id=run.id,
    )
    roots = ws.store.errors.count(run.integration, kinds=("root",))
    unread = failed_modules(ws, run)
    left = tally.failed or tally.parked or tally.held or roots or unread
    state = "degraded" if left else "ok"
    modules = ws.store.runs.modules(run.id)
    # what planning refused and what was written before a crash count too, as in the history
    done = max(tally.done, sum(m["written"] for m in modules))
    failed = max(tally.failed + tally.parked, sum(m["failed"] for m in modules))
    conclude(ws, run, state, summary(done, tally.linked, failed, tally.parked))
    after = ws.store.runs.get(run.id)
    return ApplyView(
        plan.digest,
        run_view(ws, after) if after else None,
        done,
        tally.linked,
        tally.failed,
        tally.parked,
        tally.held,
        tally.already,
        (*unread, *messages(tally)),
    )


def apply_invoice(ws: Workspace, run: RunData, digest: str, progress: Listener) -> Tally:
    """Carry out a plan of one invoice; the run stays open for its caller."""
    plan = ws.store.plans.get(digest)
    if plan is None:
        raise ConfigError(f"There is no plan {digest}.", code="CFG-09")
    ws.store.plans.approve(digest, by="this user", now=ws.clock.now())
    ws.store.runs.state(run.id, "applying", plan_digest=digest)
    tally = Runner(desk(ws, run, _row(ws, run), digest)).run(
        from_json(body) for body in ws.store.plans.operations(digest)
    )
    ws.store.plans.applied(digest, now=ws.clock.now())
    settle_states(ws, _row(ws, run), run.id)
    _show_waiting(ws, run)
    progress(Progress("timesheets", "done", tally.done))
    return tally


def sweep_now(ws: Workspace, run: RunData, *, suspects_only: bool = False) -> Swept:
    """Look again at what is parked or left over and at finished invoices, within an open run."""
    row = _row(ws, run)
    swept = Sweep(desk(ws, run, row, None)).run(suspects_only=suspects_only)
    settle_states(ws, row, run.id)
    _show_waiting(ws, run)
    return swept


def _show_waiting(ws: Workspace, run: RunData) -> None:
    """What waits for a look-up or a person is in view at once, not only after the next plan."""
    waiting = [error_input(i) for i in outbox_issues(ws, _row(ws, run))]
    ws.store.errors.add(run.integration, waiting, now=ws.clock.now(), run_id=run.id)


def sweep(ws: Workspace, run: RunData) -> ApplyView:
    """Look again at what is parked and at finished invoices."""
    try:
        swept = sweep_now(ws, run)
    except BaseException as error:
        guard(ws, run, error)
        raise
    message = (
        f"{swept.confirmed} confirmed, {swept.parked} still parked, "
        f"{swept.count('released')} released, {swept.need_a_person} need a person"
    )
    conclude(ws, run, "ok", message)
    after = ws.store.runs.get(run.id)
    return ApplyView(
        "",
        run_view(ws, after) if after else None,
        swept.confirmed,
        0,
        0,
        swept.parked,
        0,
        0,
        (message,),
    )
