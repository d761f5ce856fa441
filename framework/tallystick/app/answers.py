"""Answers of people to what a rule asks: duplicate contacts, look-alike and late time entries."""

from dataclasses import dataclass, replace

from tallystick.app.answered import CONTACT_ANSWERS, CONTACT_CODES
from tallystick.app.assembly import Customers, setting_of
from tallystick.app.entry_answers import ANSWERS, ASK, answer_key, entry_answers
from tallystick.app.errors import show
from tallystick.app.integrations import record
from tallystick.app.results_records import ErrorView
from tallystick.app.workspace import Workspace
from tallystick.errors import ConfigError, Refused
from tallystick.model.record import RecordKey
from tallystick.store import ErrorData, IntegrationData, LinkInput


def decide(
    ws: Workspace,
    name: str | None = None,
    *,
    error_id: int,
    answer: str,
    with_id: str | None = None,
) -> ErrorView:
    """Answer what an error asks; the next run goes on from the answer.

    A contact (R-075…R-079): skip and overwrite pair it with the customer named, overwrite also
    carries its values over, clone makes a customer of its own. A look-alike entry (TS-09, R-119):
    it is new work, or the same. An entry before the cutoff (TS-12, R-126, R-127): reopen it by
    name, or accept that it counts as invoiced. `undo` takes an answer about an entry back.
    """
    row = record(ws, name)
    error = ws.store.errors.get(error_id)
    if error is None:
        raise ConfigError(f"There is no error E-{error_id}.", code="CFG-11")
    if error.code in ANSWERS:
        _entry(ws, row, error, answer)
    elif error.code in CONTACT_CODES:
        _contact(ws, row, error, answer, with_id)
    else:
        raise Refused(
            f"E-{error_id} asks nothing; it is {error.code}.",
            code=error.code,
            fix=error.fix or f"`tallystick explain {error.code}` says what to do.",
        )
    return show(ws, error_id)


def _entry(ws: Workspace, row: IntegrationData, error: ErrorData, answer: str) -> None:
    """Remember an answer about one entry, or take it back; not once it is on an invoice."""
    known = entry_answers(row.answers).get(error.external_id)
    allowed = (*ANSWERS[error.code], "undo")
    if answer not in allowed:
        raise ConfigError(f"The answer is {', '.join(allowed)}.", code="CFG-06")
    if error.closed_at is not None and known is None:
        raise Refused(f"E-{error.id} is settled; it asks nothing any more.", code="CFG-11")
    if answer == "undo" and known in {None, ASK}:
        raise Refused(f"E-{error.id} has no answer to take back.", code="CFG-11")
    source = setting_of(ws, row).source
    claims = ws.store.outbox.claims_of(
        source.system, source.container_id, "time_entry", [error.external_id]
    )
    if claims:
        raise Refused(
            f"{error.title} is on an invoice; the answer stays.",
            code="INV-01",
            fix="Void the invoice first: tallystick billing void.",
            record=f"time_entry:{error.external_id}",
        )
    kept = ASK if answer == "undo" else answer
    answers = {**row.answers, answer_key(error.external_id): kept}
    ws.store.settings.put_integration(replace(row, answers=answers))
    ws.emit(
        "time_entry.decided",
        name=row.name,
        entry=error.external_id,
        code=error.code,
        answer=answer,
        before=known,
    )


def _contact(
    ws: Workspace, row: IntegrationData, error: ErrorData, answer: str, with_id: str | None
) -> None:
    key = RecordKey(error.connection_id, error.type, error.external_id)
    if answer not in CONTACT_ANSWERS:
        raise ConfigError("The answer is clone, overwrite or skip.", code="CFG-06")
    if error.closed_at is not None:
        raise Refused(f"E-{error.id} is settled; it asks nothing any more.", code="CFG-11")
    target = None if answer == "clone" else _customer(ws, row.target_id, with_id)
    answers = {**row.answers, key.external_id: answer}
    ws.store.settings.put_integration(replace(row, answers=answers))
    # an open question has no pair but that of an earlier answer, which this one replaces
    ws.store.links.close(key, now=ws.clock.now())
    if target is not None:
        ws.store.links.add(
            [LinkInput(key, target, f"{answer}: a person decided")],
            integration=row.name,
            run_id=None,
            now=ws.clock.now(),
        )
    ws.emit("contact.decided", name=row.name, contact=str(key), answer=answer, target=with_id)


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
    if error is None or error.code not in CONTACT_CODES:
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
