"""The field of the accounts that refuses a second use: whether that was proven, and still holds."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from tallystick.app.results import CheckLine
from tallystick.app.workspace import Workspace
from tallystick.errors import PluginError, RemoteError
from tallystick.model.connector import Connector
from tallystick.model.operation import Mode
from tallystick.store import ConnectionData, IntegrationData

FIELD, PROVEN = "unique_field", "unique_field_proven"
"""Settings of a connector that can be guarded: the field's name, and that it was proven."""
TRYING, HOLDS, REFUTED, WITHDRAWN = "guard.trying", "guard.proven", "guard.refuted", "guard.undone"
KINDS = (TRYING, HOLDS, REFUTED, WITHDRAWN)
_PROVE = "tallystick doctor --prove"
_TRUE = frozenset({"1", "true", "yes", "on"})


@dataclass(frozen=True, slots=True)
class Proof:
    """The newest thing that happened to the guard of an integration's accounts."""

    kind: str
    at: datetime
    detail: Mapping[str, Any]

    def of(self, field: str, container: str) -> bool:
        """True when it was about this field of this organization."""
        return (self.detail.get("field"), self.detail.get("container")) == (field, container)

    @property
    def leftovers(self) -> bool:
        """True when drafts of the proof may still stand in the accounts."""
        return self.kind == TRYING or self.detail.get("clean") == "no"


def latest(ws: Workspace, row: IntegrationData) -> Proof | None:
    """What happened to the guard last."""
    event = ws.store.events.last(row.name, KINDS)
    return Proof(event["kind"], event["at"], event["detail"]) if event else None


def can_be_guarded(ws: Workspace, row: IntegrationData) -> bool:
    """True when the connector of the accounts is there and has a field to prove."""
    try:
        info = ws.host.connector(ws.config.connections[row.target_id].system)
    except PluginError:
        return False  # its own error is told where it is used
    return {FIELD, PROVEN} <= set(getattr(info.connector, "setting_names", ()))


def field_of(ws: Workspace, row: IntegrationData) -> str:
    """The field that the settings name, in the file or given when connecting; "" for none."""
    return str(ws.settings(row.target_id).get(FIELD) or "").strip()


def in_use(ws: Workspace, row: IntegrationData) -> bool:
    """True while invoices are sent under the guard (mode A)."""
    said = str(ws.settings(row.target_id).get(PROVEN) or "").strip().lower()
    return bool(field_of(ws, row)) and said in _TRUE


def keep(ws: Workspace, row: IntegrationData, field: str, *, proven: bool) -> None:
    """Store whether the field is proven; the field is stored with it, so that no other one counts
    as proven when the configuration changes.
    """
    stored = ws.store.settings.connection(row.target_id)
    stored = stored or ConnectionData(row.target_id, ws.config.connections[row.target_id].system)
    settings = {**stored.settings, PROVEN: "true" if proven else "false"}
    if proven:
        settings[FIELD] = field
    elif ws.config.connections[row.target_id].settings.get(FIELD):
        settings.pop(FIELD, None)
    ws.store.settings.put_connection(replace(stored, settings=settings), now=ws.clock.now())
    ws.forget_connectors()


def withdraw(ws: Workspace, row: IntegrationData, reason: str) -> None:
    """Go back to one send ever: the proof does not hold any more."""
    before = latest(ws, row)
    keep(ws, row, "", proven=False)
    detail = {**(before.detail if before else {}), "reason": reason}
    ws.emit(WITHDRAWN, name=row.name, **detail)


def review(ws: Workspace, row: IntegrationData) -> str | None:
    """Undo a proof that what is stored contradicts; returns why. Asks nobody, sends nothing."""
    if not can_be_guarded(ws, row) or not in_use(ws, row):
        return None
    proof = latest(ws, row)
    if proof is None or proof.kind != HOLDS:
        return None
    reason = _contradicted(ws, row, proof)
    if reason is not None:
        withdraw(ws, row, reason)
    return reason


def _contradicted(ws: Workspace, row: IntegrationData, proof: Proof) -> str | None:
    stored = ws.store.settings.connection(row.target_id)
    container = (stored.container_id if stored else None) or ""
    configured = ws.config.connections[row.target_id].settings.get(FIELD)
    if container != proof.detail.get("container"):
        return f"It was proven in organization {proof.detail.get('container')}, not in {container}."
    if configured and str(configured) != proof.detail.get("field"):
        return f"It was proven of {proof.detail.get('field')}, the settings name {configured}."
    twice = [
        o
        for o in ws.store.outbox.conflicts(row.name, "transaction")
        if o.mode == Mode.A and "more than once" in (o.message or "")
        if (o.updated_at or o.created_at) >= proof.at
    ]
    if twice:
        return f"The accounts hold {twice[0].reference} more than once."
    return None


def line(ws: Workspace, row: IntegrationData, connector: Connector | None) -> CheckLine | None:
    """What the doctor says of the guard; undoes a proof that does not hold any more."""
    if not can_be_guarded(ws, row):
        return None
    if review(ws, row) is None:
        _look(ws, row, connector)
    proof, field = latest(ws, row), field_of(ws, row)
    if proof is not None and proof.leftovers:
        words = f"a proof was cut off; {proof.detail.get('reference')} may stand in the accounts"
        return CheckLine("warn", "guard", words, "INV-03", f"{_PROVE}; it voids what is left.")
    if proof is not None and proof.kind == WITHDRAWN:
        words = f"no longer proven, invoices are sent once, ever: {proof.detail.get('reason')}"
        return CheckLine("warn", "guard", words, "INV-03", _PROVE)
    if not field:
        return CheckLine("ok", "guard", "no unique field: invoices are sent once, ever")
    if not in_use(ws, row):
        tried = f" ({proof.detail.get('reason')})" if proof and proof.kind == REFUTED else ""
        words = f"{field} is not proven{tried}: invoices are sent once, ever"
        return CheckLine("ok", "guard", f"{words}; to prove it: {_PROVE}")
    if proof is None or proof.kind != HOLDS:
        words = f"{field} is said to refuse a second use, which was not proven here"
        return CheckLine("warn", "guard", words, "INV-03", _PROVE)
    return CheckLine("ok", "guard", f"{field} refuses a second use, proven {proof.at:%Y-%m-%d}")


def _look(ws: Workspace, row: IntegrationData, connector: Connector | None) -> None:
    """End a proof whose field is gone, where the connector can look."""
    looks = getattr(connector, "guarded", None)
    proof = latest(ws, row)
    if looks is None or proof is None or proof.kind != HOLDS or not in_use(ws, row):
        return
    try:
        holds = looks(str(proof.detail.get("record")), str(proof.detail.get("reference")))
    except RemoteError:
        return  # not reached is not gone; the connection's own line says so
    if not holds:
        withdraw(ws, row, f"{proof.detail.get('field')} does not hold the reference any more.")
