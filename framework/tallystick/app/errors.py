"""The error queue: counts, roots with what waits for them, trying again (R-217…R-221)."""

from collections.abc import Mapping, Sequence
from dataclasses import fields

from tallystick.app import sync
from tallystick.app.answered import Answered, answered, command
from tallystick.app.candidates import Alike
from tallystick.app.integrations import record
from tallystick.app.progress import Listener
from tallystick.app.results import ApplyView, RetryView
from tallystick.app.results_records import Candidate, ErrorSummaryRow, ErrorView
from tallystick.app.workspace import Workspace
from tallystick.errors import ConfigError
from tallystick.model.codes import CODES
from tallystick.model.connection import MODULES
from tallystick.store import ErrorData

_OPEN = "`tallystick errors list` names the open ones, as the page Errors does."


def summary(ws: Workspace, name: str | None = None) -> tuple[ErrorSummaryRow, ...]:
    """Open errors by module: roots, cascades, held entries, and the codes (R-217)."""
    row = record(ws, name)
    counts: dict[str, dict[str, int]] = {}
    codes: dict[str, dict[str, int]] = {}
    for error in ws.store.errors.open(row.name):
        kinds = counts.setdefault(error.module, {})
        kinds[error.kind] = kinds.get(error.kind, 0) + 1
        seen = codes.setdefault(error.module, {})
        seen[error.code] = seen.get(error.code, 0) + 1
    return tuple(
        ErrorSummaryRow(
            module,
            counts[module].get("root", 0),
            counts[module].get("cascade", 0),
            counts[module].get("held", 0),
            codes[module],
        )
        for module in (*MODULES, *sorted(counts.keys() - MODULES))
        if module in counts
    )


def listing(
    ws: Workspace,
    name: str | None = None,
    *,
    module: str | None = None,
    code: str | None = None,
    roots: bool = False,
    limit: int = 200,
) -> tuple[ErrorView, ...]:
    """Open errors, roots with most waiting first."""
    row = record(ws, name)
    everything = ws.store.errors.open(row.name)
    waiting = _waiting(everything)
    chosen = [
        e
        for e in everything
        if (module is None or e.module == module)
        and (code is None or e.code == code)
        and (not roots or e.kind == "root")
    ]
    chosen.sort(key=lambda e: (e.kind != "root", -sum(_types(waiting, e).values()), e.id))
    given = answered(ws, row, chosen[:limit])
    alike = Alike(ws, row)
    return tuple(
        _view(e, waiting, given=given.get(e.id), candidates=alike.of(e)) for e in chosen[:limit]
    )


def _waiting(errors: Sequence[ErrorData]) -> Mapping[int, list[ErrorData]]:
    groups: dict[int, list[ErrorData]] = {}
    for error in errors:
        if error.root_id is not None and error.root_id != error.id:
            groups.setdefault(error.root_id, []).append(error)
    return groups


def _types(waiting: Mapping[int, list[ErrorData]], error: ErrorData) -> dict[str, int]:
    counts: dict[str, int] = {}
    for child in waiting.get(error.id, ()):
        counts[child.type] = counts.get(child.type, 0) + 1
    return counts


def _view(
    error: ErrorData,
    waiting: Mapping[int, list[ErrorData]],
    cascade: tuple[ErrorView, ...] = (),
    given: Answered | None = None,
    candidates: tuple[Candidate, ...] = (),
) -> ErrorView:
    entry = CODES.get(error.code)
    children = waiting.get(error.id, [])
    cause = f"{error.cause_type}:{error.cause_id}" if error.cause_id else None
    return ErrorView(
        id=error.id,
        code=error.code,
        title=entry.title if entry else error.code,
        severity=error.severity,
        kind=error.kind,
        module=error.module,
        record=f"{error.type}:{error.external_id}",
        record_title=error.title,
        reason=error.reason,
        fix=error.fix,
        since=error.opened_at,
        closed_at=error.closed_at,
        root_id=error.root_id,
        cause=cause,
        minutes=error.minutes,
        waiting=_types(waiting, error),
        minutes_waiting=sum(c.minutes for c in children),
        retry_at=error.retry_at,
        cascade=cascade,
        integration=error.integration,
        answer=given.answer if given else None,
        answered=given.sentence(settled=error.closed_at is not None) if given else None,
        command=command(error, given),
        candidates=candidates,
    )


def show(ws: Workspace, error_id: int) -> ErrorView:
    """One error with everything that waits for it."""
    error = ws.store.errors.get(error_id)
    if error is None:
        raise ConfigError(f"There is no error E-{error_id}.", code="CFG-11", fix=_OPEN)
    waiting = _waiting(ws.store.errors.open(error.integration))
    children = tuple(_view(c, waiting) for c in waiting.get(error.id, ()))
    row = record(ws, error.integration)
    given = answered(ws, row, [error]).get(error.id)
    return _view(error, waiting, children, given, Alike(ws, row).of(error))


def retry(
    ws: Workspace,
    name: str | None = None,
    *,
    ids: Sequence[int] = (),
    code: str | None = None,
    everything: bool = False,
    progress: Listener | None = None,
) -> RetryView:
    """Try again by one sync, then say which of the chosen errors are gone and which stay.

    Everything is tried, whatever is chosen: only a whole sync reads anew what was corrected and
    all that hangs on it (R-096). Raises `ConfigError` CFG-11 for an id that is not open here.
    """
    row = record(ws, name)
    check_open(ws, row.name, ids)
    before = ws.store.errors.open(row.name)
    chosen = [
        e for e in before if everything or e.id in ids or (code is not None and e.code == code)
    ]
    if not chosen:
        raise ConfigError("No open error matches.", code="CFG-11", fix=_OPEN)
    # the first plan of an integration is for a person to see
    done = sync.run(
        ws, row.name, approve=lambda _plan: row.approved_at is not None, progress=progress
    )
    return _outcome(ws, row.name, before, chosen, done)


def check_open(ws: Workspace, name: str, ids: Sequence[int]) -> None:
    """Refuse ids that are not open in this integration, all of them at once (CFG-11)."""
    wrong = []
    for number in dict.fromkeys(ids):
        found = ws.store.errors.get(number)
        if found is None:
            wrong.append(f"There is no error E-{number}.")
        elif found.integration != name:
            wrong.append(f"E-{number} belongs to the integration {found.integration}.")
        elif found.closed_at is not None:
            wrong.append(f"E-{number} is settled already.")
    if wrong:
        raise ConfigError(" ".join(wrong), code="CFG-11", fix=_OPEN)


def _outcome(
    ws: Workspace,
    name: str,
    before: Sequence[ErrorData],
    chosen: Sequence[ErrorData],
    done: ApplyView,
) -> RetryView:
    after = ws.store.errors.open(name)
    waiting, standing = _waiting(after), {e.id for e in after}
    asked, old = {e.id for e in chosen}, {e.id for e in before}
    records = {(e.connection_id, e.type, e.external_id) for e in chosen}
    stays = [
        e
        for e in after
        if e.id in asked
        or (e.id not in old and (e.connection_id, e.type, e.external_id) in records)
    ]
    came_of = {f.name: getattr(done, f.name) for f in fields(ApplyView)}
    return RetryView(
        **came_of,
        gone=tuple(_view(e, {}) for e in chosen if e.id not in standing),
        stays=tuple(_view(e, waiting) for e in stays),
    )
