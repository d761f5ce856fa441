"""Proving, by one draft, that the accounts refuse a second record with the same reference.

Two sends of one draft: the first must be made, the second must be refused as a duplicate, and a
complete search must find one. Only then are invoices sent under the guard (mode A). Whatever was
made is voided; what could not be is named, and is voided by the next proof.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from tallystick.app import guards
from tallystick.app.integrations import record
from tallystick.app.results import CheckLine
from tallystick.app.workspace import Workspace
from tallystick.errors import AlreadyThere, ConfigError, Refused, RemoteError
from tallystick.model.connection import WRITABLE, Status
from tallystick.model.connector import Connector
from tallystick.model.operation import Action, Because, Operation, invoice_reference
from tallystick.model.record import Cursor
from tallystick.store import IntegrationData

_PAGES_MAX = 5
_TEST_HOSTS = ("127.0.0.1", "localhost", "::1")
_WHY = Because("doctor", "prove", "", "A person asked for the proof.")


@dataclass(frozen=True, slots=True)
class _Place:
    field: str
    container: str
    customer: str
    currency: str


def prove(
    ws: Workspace,
    name: str | None = None,
    *,
    organization: str | None = None,
    customer: str | None = None,
) -> CheckLine:
    """Try the guard once and store what came of it.

    On anything but a simulator on this machine the organization must be named, and the customer
    that the draft is made for: that is the confirmation.
    """
    row = record(ws, name)
    field, container = _field(ws, row), _container(ws, row)
    _agreed(ws, row, container, organization, customer)
    connector = _trial(ws, row, field)
    _tidy(ws, row, connector)
    place = _place(connector, field, container, customer)
    operation = _draft(ws, row, place)
    facts: dict[str, Any] = {
        "field": field,
        "container": container,
        "reference": operation.reference,
    }
    ws.emit(guards.TRYING, name=row.name, **facts, customer=place.customer)
    made: list[str] = []
    problem = _problem(connector, operation, made)
    left = _void(connector, operation, made)
    facts |= {"clean": "no" if left else "yes", "record": made[0] if made else ""}
    rest = f" Void by hand, or prove again: {', '.join(left)}." if left else ""
    if problem is not None:
        guards.keep(ws, row, field, proven=False)
        ws.emit(guards.REFUTED, name=row.name, **facts, reason=problem)
        return CheckLine("fail", "proof", f"{problem}{rest}", "INV-03", _advice(field))
    guards.keep(ws, row, field, proven=True)
    ws.emit(guards.HOLDS, name=row.name, **facts)
    words = f"{field} refused the second of two drafts; the first is void.{rest}"
    return CheckLine("warn" if left else "ok", "proof", words)


def _advice(field: str) -> str:
    return (
        f"Invoices are sent once, ever, which is safe. Let {field} refuse duplicate values; if it "
        "does, add the code of its refusal to duplicate_codes and prove again."
    )


def _field(ws: Workspace, row: IntegrationData) -> str:
    system = ws.host.connector(ws.config.connections[row.target_id].system).name
    if not guards.can_be_guarded(ws, row):
        raise ConfigError(
            f"{system} has no field that could refuse a second use.",
            code="CFG-06",
            fix="Nothing: what it writes is looked up before it is sent again.",
        )
    configured = ws.config.connections[row.target_id].settings.get(guards.FIELD)
    field = str(configured or guards.field_of(ws, row)).strip()
    if not field:
        raise ConfigError(
            "No field of invoices is named that refuses a second use.",
            code="CFG-06",
            fix=f'Make one in the accounts, then set {guards.FIELD} = "its API name" under '
            f"[connections.{row.target_id}].",
        )
    return field


def _container(ws: Workspace, row: IntegrationData) -> str:
    """The organization, once something may be written to it (I-08)."""
    stored = ws.store.settings.connection(row.target_id)
    if stored is None or not stored.container_id:
        raise Refused("No organization is chosen yet.", code="SETUP-07")
    if Status(row.state) not in WRITABLE | {Status.CONFIGURED}:
        raise Refused(f"The integration is {row.state}; nothing is written.", code="INT-02")
    return stored.container_id


def _agreed(
    ws: Workspace,
    row: IntegrationData,
    container: str,
    organization: str | None,
    customer: str | None,
) -> None:
    if organization is not None and organization != container:
        raise ConfigError(
            f"The integration bills in organization {container}, not in {organization}.",
            code="CFG-06",
            fix=f"If a draft may be made and voided there: --organization {container}",
        )
    if _on_this_machine(ws, row) or (organization is not None and customer is not None):
        return
    raise ConfigError(
        f"The proof makes one draft invoice in organization {container} and voids it.",
        code="CFG-06",
        fix=f"If that may be: tallystick doctor --prove --organization {container} --customer ID",
    )


def _on_this_machine(ws: Workspace, row: IntegrationData) -> bool:
    """True when every address of the connection is of this machine, or of a test."""
    settings = ws.settings(row.target_id)
    urls = [str(settings.get(n) or "") for n in ("base_url", "accounts_url")]
    hosts = [(urlsplit(u).hostname or "") for u in urls]
    return all(h in _TEST_HOSTS or h.endswith(".test") for h in hosts)


def _trial(ws: Workspace, row: IntegrationData, field: str) -> Connector:
    """The connector as it would be under the guard."""
    ws.connector(row.target_id)  # the credential's own error comes first
    credential = ws.store.vault.credential(row.target_id)
    if credential is None:
        raise ConfigError("The accounts are not connected.", code="CFG-05")
    guarded = {guards.FIELD: field, guards.PROVEN: "true"}
    return ws.build(row.target_id, credential, guarded)


def _place(connector: Connector, field: str, container: str, customer: str | None) -> _Place:
    """Whom the draft is for: the customer named, else any that is active."""
    if customer is not None:
        rows: Iterable[dict[str, str]] = map(dict, connector.fetch("contact", [customer]).values())
    else:
        rows = _customers(connector)
    for found in rows:
        return _Place(field, container, found["external_id"], str(found.get("currency") or ""))
    raise Refused("There is no customer to make the draft for.", code="INV-04")


def _customers(connector: Connector) -> Iterable[dict[str, str]]:
    cursor: Cursor | None = Cursor()
    for _ in range(_PAGES_MAX):
        if cursor is None:
            return
        page = connector.read("contact", cursor)
        yield from (
            r
            for r in page.rows
            if r.get("contact_type") == "customer" and r.get("status") != "inactive"
        )
        cursor = page.next


def _draft(ws: Workspace, row: IntegrationData, place: _Place) -> Operation:
    """A draft of one line, with a reference of its own for each proof."""
    now = ws.clock.now()
    lines = [("guard", place.field)]
    moment = int(now.timestamp() * 1_000_000)
    reference = invoice_reference(place.container, "", place.customer, lines, moment)
    line = {
        "name": "Proof that a reference is accepted once",
        "description": "Made and voided by a check of Tallystick.",
        "quantity": "1",
        "rate": "1",
        "amount_minor": 100,
        "project_id": None,
        "time_entry_ids": [],
        "expense_id": None,
    }
    payload = {
        "kind": "invoice",
        "customer_id": place.customer,
        "currency": place.currency,
        "date": now.astimezone(ZoneInfo(row.zone)).date(),
        "lines": [line],
        "total_minor": 100,
    }
    return _create(row, reference, payload)


def _create(row: IntegrationData, reference: str, payload: dict[str, object]) -> Operation:
    return Operation(
        reference=reference,
        action=Action.CREATE,
        type="transaction",
        connection_id=row.target_id,
        title="Proof of the guard",
        payload=payload,
        because=_WHY,
    )


def _problem(connector: Connector, operation: Operation, made: list[str]) -> str | None:
    """Why the guard does not count as proven, or None; `made` gets the ids of what was made."""
    try:
        made.append(connector.write(operation).external_id)
    except RemoteError as error:
        return f"The first draft was not made: {error.message}."
    try:
        made.append(connector.write(operation).external_id)
    except AlreadyThere:
        pass
    except RemoteError as error:
        return f"The second draft was not refused as a duplicate: {error.message}."
    else:
        return "The same reference was accepted twice."
    try:
        found = {m.external_id for m in connector.find(operation).matches}
    except RemoteError as error:
        return f"The search afterwards failed: {error.message}."
    return None if found == {made[0]} else f"The search afterwards found {len(found)} of them."


def _void(connector: Connector, operation: Operation, made: list[str]) -> list[str]:
    """Void whatever the proof made; returns what may still stand."""
    try:
        found = [m.external_id for m in connector.find(operation).matches]
    except RemoteError:
        found = []
        if not made:
            return [operation.reference]
    left = []
    for external_id in dict.fromkeys([*made, *found]):
        void = replace(operation, action=Action.VOID, payload={}, target_id=external_id)
        try:
            connector.write(void)
            after = connector.fetch("transaction", [external_id]).get(external_id)
        except RemoteError:
            left.append(external_id)
            continue
        if after is not None and after.get("status") != "void":
            left.append(external_id)
    return left


def _tidy(ws: Workspace, row: IntegrationData, connector: Connector) -> None:
    """Void what an earlier proof left behind when it was cut off."""
    before = guards.latest(ws, row)
    if before is None or not before.leftovers:
        return
    reference = str(before.detail.get("reference"))
    operation = _create(row, reference, {})
    made = [str(before.detail["record"])] if before.detail.get("record") else []
    left = _void(connector, operation, made)
    if left:
        raise Refused(
            f"An earlier proof left {', '.join(left)} in the accounts, which cannot be voided.",
            code="INV-03",
            fix="Void it there by hand, then prove again.",
        )
