"""The error queue: counts, roots with what waits for them, retry, answers (R-217…R-221)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from tallystick.app import sync
from tallystick.app.assembly import Customers
from tallystick.app.integrations import record
from tallystick.app.progress import Listener
from tallystick.app.results import ApplyView
from tallystick.app.results_records import ErrorSummaryRow, ErrorView
from tallystick.app.workspace import Workspace
from tallystick.errors import ConfigError, Refused
from tallystick.model.codes import CODES
from tallystick.model.connection import MODULES
from tallystick.model.record import RecordKey
from tallystick.store import ErrorData, LinkInput


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
        for module in MODULES
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
    return tuple(_view(e, waiting) for e in chosen[:limit])


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
    )


def show(ws: Workspace, error_id: int) -> ErrorView:
    """One error with everything that waits for it."""
    error = ws.store.errors.get(error_id)
    if error is None:
        raise ConfigError(f"There is no error E-{error_id}.", code="CFG-11")
    waiting = _waiting(ws.store.errors.open(error.integration))
    children = tuple(_view(c, waiting) for c in waiting.get(error.id, ()))
    return _view(error, waiting, children)


def retry(
    ws: Workspace,
    name: str | None = None,
    *,
    ids: Sequence[int] = (),
    code: str | None = None,
    everything: bool = False,
    progress: Listener | None = None,
) -> ApplyView:
    """Try again by a sync: what was corrected closes its rows, and all that hangs on it (R-096)."""
    row = record(ws, name)
    chosen = [
        e
        for e in ws.store.errors.open(row.name)
        if everything or e.id in ids or (code is not None and e.code == code)
    ]
    if not chosen:
        raise ConfigError("No open error matches.", code="CFG-11", fix="`tallystick errors list`")
    # the first plan of an integration is for a person to see
    return sync.run(
        ws, row.name, approve=lambda _plan: row.approved_at is not None, progress=progress
    )


def decide(
    ws: Workspace,
    name: str | None = None,
    *,
    error_id: int,
    answer: str,
    with_id: str | None = None,
) -> ErrorView:
    """Answer a duplicate contact: skip links it to an existing customer (R-075…R-079).

    The next run goes on from the answer: skip and overwrite pair the contact with the customer
    named, overwrite also carries its values over, clone makes a customer of its own.
    """
    row = record(ws, name)
    error = ws.store.errors.get(error_id)
    if error is None or error.code not in {"CON-01", "CON-02"}:
        raise Refused(f"E-{error_id} is not a question about a contact.", code="CON-01")
    key = RecordKey(error.connection_id, error.type, error.external_id)
    if answer not in {"clone", "overwrite", "skip"}:
        raise ConfigError("The answer is clone, overwrite or skip.", code="CFG-06")
    answers = {**row.answers, key.external_id: answer}
    ws.store.settings.put_integration(replace(row, answers=answers))
    if answer != "clone":
        target = _customer(ws, row.target_id, with_id)
        ws.store.links.add(
            [LinkInput(key, target, f"{answer}: a person decided")],
            integration=row.name,
            run_id=None,
            now=ws.clock.now(),
        )
    ws.emit("contact.decided", name=row.name, contact=str(key), answer=answer, target=with_id)
    return show(ws, error_id)


def _customer(ws: Workspace, connection_id: str, wanted: str | None) -> RecordKey:
    if wanted is None:
        raise ConfigError("Name the customer with --with ID.", code="CFG-06")
    key = RecordKey(connection_id, "contact", wanted)
    if ws.store.records.get(key) is None:
        raise Refused(f"There is no customer {wanted}.", code="CON-02")
    return key


@dataclass(frozen=True, slots=True)
class Candidate:
    """A customer that a question is about."""

    id: str
    name: str
    email: str
    same_name: bool
    same_email: bool


def candidates(ws: Workspace, name: str | None, error_id: int) -> tuple[Candidate, ...]:
    """Customers that share a name or an e-mail address with the contact of an error."""
    error = ws.store.errors.get(error_id)
    if error is None or error.code not in {"CON-01", "CON-02"}:
        return ()
    row = record(ws, name)
    incoming = ws.store.records.get(RecordKey(error.connection_id, error.type, error.external_id))
    if incoming is None:
        return ()
    customers = Customers(ws.store.records.scan(row.target_id, "contact"))
    return tuple(
        Candidate(
            c["external_id"],
            str(c.get("name") or ""),
            str(c.get("email") or ""),
            c["name_key"] == incoming["name_key"],
            c["email_key"] == incoming["email_key"] != "",
        )
        for c in customers.alike(incoming)
    )
