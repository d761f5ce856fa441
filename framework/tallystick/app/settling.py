"""Billing states that follow the claim ledger: claimed, in doubt, invoiced, or free again."""

from tallystick.app.assembly import setting_of
from tallystick.app.workspace import Workspace
from tallystick.plan.entries import CLAIMED_STATES
from tallystick.store import IntegrationData


def settle_states(ws: Workspace, row: IntegrationData, run_id: int) -> int:
    """Bring the state of every entry in line with its claim; returns how many changed.

    An entry with a claim stands where the claim stands; one whose claim was released is unbilled
    again (R-178, R-179) and is judged anew by the next plan.
    """
    source = setting_of(ws, row).source
    claims = {
        c.source_id: c.state
        for c in ws.store.outbox.claims()
        if (c.system, c.container_id, c.kind) == (source.system, source.container_id, "time_entry")
    }
    once = set(ws.store.states.ids_in(row.source_id, CLAIMED_STATES))
    known = ws.store.states.get_many(row.source_id, sorted(once | set(claims)))
    changed = [
        state._replace(state=wanted, codes=())
        for external_id, state in known.items()
        if state.state != "tombstone"
        and (wanted := claims.get(external_id, "unbilled")) != state.state
    ]
    return ws.store.states.put_many(row.source_id, changed, run_id=run_id, now=ws.clock.now())
