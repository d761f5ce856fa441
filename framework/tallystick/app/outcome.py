"""Storing what planning and applying came to: decisions, states, errors, module counts."""

from collections.abc import Mapping, Sequence

from tallystick.app.ledger import find_doubles
from tallystick.app.workspace import Workspace
from tallystick.apply.runner import Problem, Tally
from tallystick.apply.sweep import operation_of
from tallystick.model.codes import CODES
from tallystick.model.operation import OperationStatus
from tallystick.model.record import RecordKey
from tallystick.plan.context import Issue, Setting
from tallystick.plan.work import CODE_OF_CHILD
from tallystick.store import ErrorInput, IntegrationData, OutboxRow, RunData


def store_issues(
    ws: Workspace,
    setting: Setting,
    run: RunData,
    issues: Sequence[Issue],
    modules: Sequence[str],
) -> None:
    """Replace the open errors of the modules that could be judged (R-221)."""
    ws.store.errors.sync(
        setting.integration,
        modules,
        [error_input(i) for i in issues],
        now=ws.clock.now(),
        run_id=run.id,
    )


def store_counts(
    ws: Workspace, run: RunData, counts: Mapping[str, Mapping[str, int]], modules: Sequence[str]
) -> None:
    """Note what planning came to in each module (R-037)."""
    for module in modules:
        found = counts.get(module, {})
        ws.store.runs.module(
            run.id,
            module,
            state="done",
            read=found.get("read", 0),
            skipped=found.get("skipped", 0),
            held=found.get("held", 0),
            failed=found.get("failed", 0),
            finished_at=ws.clock.now(),
        )


def error_input(issue: Issue) -> ErrorInput:
    """An issue as an error row."""
    entry = CODES.get(issue.code)
    return ErrorInput(
        module=issue.module,
        key=issue.key,
        title=issue.title,
        code=issue.code,
        severity=entry.severity if entry else "H",
        kind=issue.kind,
        reason=issue.reason,
        fix=issue.fix or (entry.fix if entry else None),
        cause=issue.cause,
        minutes=issue.minutes,
    )


_RELEASE = "tallystick billing release {reference}"
_WAYS_OUT = {
    "INV-01": "Look at the other invoice. If it stands, or its work is to be billed again: "
    + _RELEASE,
    "INV-12": f"Take our mark out of it there, or void or delete it; then: {_RELEASE}",
    OperationStatus.PARKED: "Look it up in the accounts, by our mark {reference} or its name. Each "
    "sync looks it up again, and where that is safe sends it again a day later. If you know that "
    f"nothing was made: {_RELEASE}",
    OperationStatus.CONFLICT: "Look there, and void or delete what is too much. Then, if nothing "
    f"of it is in force: {_RELEASE}",
    OperationStatus.VANISHED: "The next sync looks again. If you know that its work is on no "
    f"invoice: {_RELEASE}",
}


def double_issues(ws: Workspace, setting: Setting) -> list[Issue]:
    """Work that is billed, or stands in the accounts, twice: always flagged (I-01)."""
    return [
        Issue(
            "timesheets",
            key,
            words,
            "INV-01",
            "root",
            f"Billed or entered twice: {words}.",
            "Void one of the invoices, or delete the second entry, in the accounts.",
        )
        for key, words in find_doubles(ws, setting, ws.store.outbox.claims())
    ]


def outbox_issues(ws: Workspace, row: IntegrationData) -> list[Issue]:
    """Writes whose outcome is unknown or in conflict, as error rows of their source records."""
    return [
        Issue(
            operation.module or "timesheets",
            operation_of(operation).source
            or RecordKey(operation.connection_id, operation.type, operation.reference),
            operation.title,
            operation.code or "INV-03",
            "root",
            operation.message or "The outcome of the write is not known.",
            _way_out(operation),
        )
        for operation in ws.store.outbox.need_a_person(row.name)
    ]


def _way_out(operation: OutboxRow) -> str | None:
    """What a person can do; None is what the catalogue says of the code."""
    status = OperationStatus(operation.status)
    found = _WAYS_OUT.get(operation.code or "") or _WAYS_OUT.get(status)
    return found.format(reference=operation.reference) if found else None


def applied_issues(tally: Tally) -> list[Issue]:
    """Operations that were not done, as error rows of their source records."""
    return [_issue(p, p.operation.source) for p in tally.problems if p.operation.source]


def messages(tally: Tally) -> list[str]:
    """What was not done, without what only waits for it."""
    found = [p for p in tally.problems if p.what != "held"]
    return [f"{p.code} {p.operation.title}: {p.message}" for p in found[:20]]


def _issue(problem: Problem, key: RecordKey) -> Issue:
    operation, cause = problem.operation, problem.cause
    if problem.what != "held" or cause is None:
        code, kind, reason = problem.code, "root", problem.message
    else:
        code, kind = cascade_code(key.type, cause.type), "cascade"
        reason = f"It waits for {cause.type} {cause.external_id}: {problem.message}"
    return Issue(
        operation.module or "timesheets",
        key,
        operation.title,
        code,
        kind,
        reason,
        _parked_way_out(problem),
        cause=(cause.type, cause.external_id) if cause else None,
    )


def _parked_way_out(problem: Problem) -> str | None:
    if problem.what != "parked":
        return None
    code, reference = problem.code, problem.operation.reference
    found = _WAYS_OUT.get(code) or _WAYS_OUT[OperationStatus.PARKED]
    return found.format(reference=reference)


def cascade_code(waiting: str, cause: str) -> str:
    """The code of a record that waits for another: what waits, and what it waits for."""
    if waiting != "time_entry":
        return CODE_OF_CHILD.get(waiting, "TS-01")
    return {"user": "TS-11", "task": "TS-02", "bug": "TS-02"}.get(cause, "TS-01")
