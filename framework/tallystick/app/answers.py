"""Answers of people to what a rule asks: duplicate contacts, look-alike and late time entries."""

from dataclasses import replace

from tallystick.app.answered import CONTACT_ANSWERS, CONTACT_CODES
from tallystick.app.assembly import setting_of
from tallystick.app.candidates import Alike, named
from tallystick.app.entry_answers import ANSWERS, ASK, answer_key, entry_answers
from tallystick.app.errors import show
from tallystick.app.integrations import record
from tallystick.app.results_records import ErrorView
from tallystick.app.workspace import Workspace
from tallystick.errors import ConfigError, Refused
from tallystick.model.record import RecordKey
from tallystick.store import ErrorData, IntegrationData, LinkInput

_LIST = "tallystick records list contact"


def decide(
    ws: Workspace,
    name: str | None = None,
    *,
    error_id: int,
    answer: str,
    with_id: str | None = None,
    user: str = "",
) -> ErrorView:
    """Answer what an error asks; the next run goes on from the answer.

    A contact (R-075…R-079): skip and overwrite pair it with the customer named, overwrite also
    carries its values over, clone makes a customer of its own. A look-alike entry (TS-09, R-119):
    it is new work, or the same. An entry before the cutoff (TS-12, R-126, R-127): reopen it by
    name, or accept that it counts as invoiced. `undo` takes an answer about an entry back.
    `user` is who answers, which is kept beside the answer.
    """
    row = record(ws, name)
    error = ws.store.errors.get(error_id)
    if error is None:
        raise ConfigError(f"There is no error E-{error_id}.", code="CFG-11")
    if error.code in ANSWERS:
        _entry(ws, row, error, answer, user)
    elif error.code in CONTACT_CODES:
        _contact(ws, row, error, answer, with_id=with_id, user=user)
    else:
        raise Refused(
            f"E-{error_id} asks nothing; it is {error.code}.",
            code=error.code,
            fix=error.fix or f"`tallystick explain {error.code}` says what to do.",
        )
    return show(ws, error_id)


def _entry(ws: Workspace, row: IntegrationData, error: ErrorData, answer: str, user: str) -> None:
    """Remember an answer about one entry, or take it back; not once it is on an invoice."""
    known = entry_answers(row.answers).get(error.external_id)
    allowed = (*ANSWERS[error.code], "undo")
    if answer not in allowed:
        raise _no_answer(error, answer, f"It is one of {', '.join(allowed)}.")
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
        user=user,
    )


def _no_answer(error: ErrorData, answer: str, fix: str) -> ConfigError:
    return ConfigError(f"{answer} is no answer to E-{error.id}.", code="CFG-06", fix=fix)


def _contact(
    ws: Workspace,
    row: IntegrationData,
    error: ErrorData,
    answer: str,
    *,
    with_id: str | None,
    user: str,
) -> None:
    key = RecordKey(error.connection_id, error.type, error.external_id)
    if answer not in CONTACT_ANSWERS:
        raise _no_answer(error, answer, _choices(ws, row, error))
    if error.closed_at is not None:
        raise Refused(f"E-{error.id} is settled; it asks nothing any more.", code="CFG-11")
    target = None if answer == "clone" else _customer(ws, row, error, with_id)
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
    ws.emit(
        "contact.decided",
        name=row.name,
        contact=str(key),
        answer=answer,
        target=target.external_id if target else None,
        user=user,
    )


def _choices(ws: Workspace, row: IntegrationData, error: ErrorData) -> str:
    """The answers there are, with the customers that may be named."""
    found = named(Alike(ws, row).of(error))
    whom = f" It could be {found}." if found else f" `{_LIST}` names all customers."
    return f"Answer clone, or skip or overwrite with --with ID.{whom}"


def _customer(
    ws: Workspace, row: IntegrationData, error: ErrorData, wanted: str | None
) -> RecordKey:
    if wanted is None:
        raise ConfigError(
            "The answer needs the customer it is.", code="CFG-06", fix=_choices(ws, row, error)
        )
    key = RecordKey(row.target_id, "contact", wanted)
    if ws.store.records.get(key) is None:
        raise Refused(
            f"There is no customer {wanted}.", code="CON-02", fix=_choices(ws, row, error)
        )
    return key
