"""Runs: one open per integration; what a dead process left is taken over (R-030, R-040)."""

from tallystick.app import guards
from tallystick.app.workspace import Workspace
from tallystick.errors import Refused, StoreError
from tallystick.model.connection import Status
from tallystick.model.failpoints import reach
from tallystick.store import IntegrationData, RunData

WAIT = "Wait for it: `tallystick sync status` shows how far it is."
_ENDED = "Its process ended."


def begin(ws: Workspace, row: IntegrationData, kind: str) -> RunData:
    """Open a run, or take over the open one of a process that has died.

    Raises `Refused` INT-05 while another process works on one.
    """
    open_run = ws.store.runs.open_run(row.name)
    if open_run is not None:
        if ws.engine().alive(open_run.executor):
            raise Refused(
                f"Run {open_run.id} is going on already, since {open_run.started_at:%H:%M}.",
                code="INT-05",
                fix=WAIT,
            )
        return _take_over(ws, row, open_run, kind)
    run_id = ws.store.runs.start(
        row.name,
        kind=kind,
        trigger="person",
        executor=ws.engine().executor_id,
        now=ws.clock.now(),
        full=True,
    )
    _syncing(ws, row, kind)
    reach("run.started")
    return _get(ws, run_id)


def _take_over(ws: Workspace, row: IntegrationData, run: RunData, kind: str) -> RunData:
    """Go on with a dead process's run: finished pages stay read, a plan that was being applied is
    applied to its end, leases end now.
    """
    now = ws.clock.now()
    ws.store.outbox.release_leases(run.executor, now=now)
    reading = run.state == "reading" and {run.kind, kind} <= {"sync", "plan"}
    same = run.kind == kind and kind in {"sync", "plan"}
    if not (reading or same):
        note_written(ws, run)
        ws.store.runs.finish(run.id, state="interrupted", message=_ENDED, now=now)
        run_id = ws.store.runs.start(
            row.name,
            kind=kind,
            trigger="person",
            executor=ws.engine().executor_id,
            now=now,
            full=True,
        )
        _syncing(ws, row, kind)
        return _get(ws, run_id)
    if not ws.store.runs.adopt(run.id, executor=ws.engine().executor_id, seen=run.executor):
        raise Refused(
            f"Run {run.id} was taken over by another process just now.",
            code="INT-05",
            fix=WAIT,
        )
    _syncing(ws, row, kind)
    return _get(ws, run.id)


def is_going(ws: Workspace, row: IntegrationData) -> bool:
    """True while a process that lives works on the open run."""
    run = ws.store.runs.open_run(row.name)
    return run is not None and ws.engine().alive(run.executor)


def end_interrupted(ws: Workspace, row: IntegrationData) -> None:
    """End the open run of a process that has died; what it wrote and holds stays as it is.

    Raises `Refused` INT-05 while its process works.
    """
    run = ws.store.runs.open_run(row.name)
    if run is None:
        if row.state == Status.SYNCING:
            ws.store.settings.move(row.name, (Status.SYNCING,), after(row, "interrupted"))
        return
    mine = ws.engine().executor_id
    if ws.engine().alive(run.executor) or not ws.store.runs.adopt(
        run.id, executor=mine, seen=run.executor
    ):
        raise Refused(
            f"Run {run.id} is going on, since {run.started_at:%H:%M}.", code="INT-05", fix=WAIT
        )
    ws.store.outbox.release_leases(run.executor, now=ws.clock.now())
    note_written(ws, run)
    conclude(ws, run, "interrupted", _ENDED)


def note_written(ws: Workspace, run: RunData) -> None:
    """Count what a run wrote before its process died, which had no time to count it (R-037)."""
    if run.plan_digest is None:
        return
    for module, number in ws.store.outbox.written_by(run.id, run.plan_digest).items():
        ws.store.runs.module(run.id, module, written=number)


def _syncing(ws: Workspace, row: IntegrationData, kind: str) -> None:
    if kind in {"sync", "apply"}:
        ws.store.settings.move(
            row.name, (Status.CONFIGURED, Status.ACTIVE, Status.STALLED), Status.SYNCING
        )


def _get(ws: Workspace, run_id: int) -> RunData:
    found = ws.store.runs.get(run_id)
    if found is None:
        raise StoreError(f"Run {run_id} has gone.", code="STO-06")
    return found


def failed_modules(ws: Workspace, run: RunData) -> list[str]:
    """Modules of a run that could not be read, with why."""
    rows = ws.store.runs.modules(run.id)
    return [f"{m['module']}: {m['message']}" for m in rows if m["state"] == "failed"]


def conclude(ws: Workspace, run: RunData, state: str, message: str) -> None:
    """Close a run: ok, degraded (some records in error), refused, failed or interrupted."""
    ws.store.runs.finish(run.id, state=state, message=message, now=ws.clock.now())
    row = ws.store.settings.integration(run.integration)
    if row is not None and row.state == Status.SYNCING:
        ws.store.settings.move(row.name, (Status.SYNCING,), after(row, state))
    if row is not None:
        # a reference that was found twice says that the guard does not hold
        guards.review(ws, row)
    ws.emit("run.finished", run_id=run.id, name=run.integration, state=state, message=message)


def after(row: IntegrationData, state: str) -> Status:
    """The state of an integration once a run has ended so."""
    if state == "stalled":
        return Status.STALLED
    if row.approved_at is None:
        return Status.CONFIGURED
    return Status.ACTIVE


def guard(ws: Workspace, run: RunData, error: BaseException) -> None:
    """Close a run that an error ended, saying why; the error goes on to the caller.

    A run that a person stopped stays open: its executor ends with the process, and the next one
    goes on where it stopped. So does that of a process that others may count as dead (STO-12):
    they may have taken it over.
    """
    code = getattr(error, "code", None)
    if isinstance(error, KeyboardInterrupt | SystemExit) or code == "STO-12":
        return
    stalled = code in {"AUTH-01", "AUTH-02", "AUTH-03"}
    message = f"{code}: {error}" if code else f"{type(error).__name__}: {error}"
    conclude(ws, run, "stalled" if stalled else "failed", message)
