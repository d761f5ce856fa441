"""Switching an integration off, and on again with the portal it had (R-195…R-206)."""

from dataclasses import replace
from typing import Any

from tallystick.app.decision_log import INTEGRATION, DecisionLog
from tallystick.app.integrations import record, show
from tallystick.app.results import IntegrationView
from tallystick.app.runs import after, end_interrupted, is_going
from tallystick.app.workspace import Workspace
from tallystick.errors import Refused, RuleAt
from tallystick.model.connection import Portal, Status
from tallystick.model.record import RecordKey
from tallystick.plan.context import Taken
from tallystick.store import IntegrationData


def disable(ws: Workspace, name: str | None) -> IntegrationView:
    """Switch off: all data stay, what was not sent is cancelled, what was sent is kept (R-198)."""
    row = record(ws, name)
    row = _not_syncing(ws, row)
    _nothing_under_way(ws, row)
    moved = ws.store.settings.move(row.name, (Status.ACTIVE, Status.STALLED), Status.DISABLED)
    if not moved:
        raise Refused(
            f"The integration is {row.state}; only an active or stalled one can be switched off.",
            code="INT-02",
            fix="`tallystick status` shows what it needs.",
        )
    cancelled = ws.store.outbox.cancel_unsent(row.name, now=ws.clock.now())
    ws.store.settings.put_integration(replace(record(ws, row.name), disabled_at=ws.clock.now()))
    ws.emit("integration.disabled", name=row.name, cancelled=cancelled)
    return show(ws, row.name)


def _not_syncing(ws: Workspace, row: IntegrationData) -> IntegrationData:
    """The integration once a run whose process died is ended; a sync that lives is waited for."""
    syncing = row.state == Status.SYNCING
    if is_going(ws, row) and not syncing:
        return row  # its writes ask for the state each time, just before they are sent
    if syncing and not is_going(ws, row) and after(row, "interrupted") is not Status.ACTIVE:
        raise Refused(
            "Its first sync stopped before anything was approved; there is nothing to switch off.",
            code="INT-02",
            fix="`tallystick sync run` goes on with it.",
        )
    end_interrupted(ws, row)
    return record(ws, row.name)


def _nothing_under_way(ws: Workspace, row: IntegrationData) -> None:
    """Refuse while operations wait for their end, where P-30 says that all are waited for."""
    if ws.rules.policies().get("lifecycle.on_disable") != "wait":
        return
    outbox = ws.store.outbox
    left = len(outbox.due(row.name, ws.clock.now())) + len(outbox.parked(row.name))
    if left:
        what = "1 operation is" if left == 1 else f"{left} operations are"
        raise Refused(
            f"{what} under way, and all are waited for before the integration is switched off.",
            code="INT-05",
            fix="`tallystick sync sweep`, then switch it off.",
        )


def enable(ws: Workspace, name: str | None, *, user: str = "") -> IntegrationView:
    """Switch on again with the portal it had."""
    row = record(ws, name)
    return re_enable(ws, row.name, portal=row.portal_id or "", user=user)


def re_enable(ws: Workspace, name: str | None, *, portal: str, user: str = "") -> IntegrationView:
    """Switch on again; another portal than before is refused with INT-01 (R-200, R-201)."""
    row = record(ws, name)
    if row.state != Status.DISABLED:
        raise Refused(
            f"The integration is {row.state}, not switched off.",
            code="INT-02",
            fix="`tallystick status` shows what it needs.",
        )
    found = ws.quick(row.source_id).portals()
    chosen = next((p for p in found if portal in {p.id, p.name}), None)
    subject = _subject(row, portal, chosen, user)
    decider = ws.rules.decider("integration.enable")
    decision = decider(subject)
    key = RecordKey(row.source_id, INTEGRATION, row.name)
    DecisionLog(ws, row.name, None).keep(Taken(key, decision, subject, decider, ""))
    if decision.outcome != "allow":
        words = decider.explain(decision, subject)
        rule = RuleAt.of(words.by, words.place)
        raise Refused(words.because, code=decision.code or "INT-01", fix=words.fix, rule=rule)
    ws.store.settings.put_integration(
        replace(row, portal_name=chosen.name if chosen else row.portal_name, disabled_at=None)
    )
    ws.store.settings.move(row.name, (Status.DISABLED,), Status.ACTIVE)
    ws.emit("integration.enabled", name=row.name, rule=decision.by)
    return show(ws, row.name)


def _subject(row: IntegrationData, asked: str, portal: Portal | None, user: str) -> dict[str, Any]:
    """The inputs of integration.enable; a portal that is not seen is not owned."""
    return {
        "request": {
            "user": user or "this user",
            "role": "admin",
            "owns_portal": portal.owned if portal else False,
            "portal": portal.id if portal else asked,
            "portal_name": portal.name if portal else asked,
        },
        "previous": {"portal": row.portal_id, "portal_name": row.portal_name},
    }
