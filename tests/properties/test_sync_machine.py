"""People, syncs, bills, voids, faults and crashes in any order: the books stay true.

The real host, store and outbox run against the two simulators in process; the simulated accounts
accept a double bill when told to, so it is the framework that is tested here, not the service.
"""

import os
from typing import Any

from hypothesis import HealthCheck, Phase, settings
from tallystick.app import sync
from tallystick.proptest import SyncMachine, invariants

LONG = bool(os.environ.get("TALLYSTICK_LONG"))


class Books(SyncMachine):
    """All invariants of the shipped rule files, and what only code can say."""

    wanted = invariants()

    def teardown(self) -> None:
        """I-01, I-02, I-03, I-08, I-09, I-10 by invariants; then everything has come to rest."""
        office, close = self.office, self.office.close
        office.close = lambda: None  # type: ignore[method-assign] # looked at once more first
        try:
            super().teardown()
            if office.link() == "active" and not self._failed:
                office.pair.clock.advance(days=2)
                office.ws.forget_connectors()
                sync.run(office.ws, approve=lambda _plan: True)
                assert sync.plan(office.ws).total_lines == 0, "I-03: a run would write again"
                if any(c.state != "invoiced" for c in office.ws.store.outbox.claims()):
                    return  # a bill of unknown outcome waits for a person
                billable = {e["time_entry_id"] for e in office.people.entries() if _open(e)}
                free = office.ws.store.states.totals(office.source).get("unbilled", (0, 0))[0]
                assert len(billable) == free, "what looks like work to bill there is unbilled here"
        finally:
            close()


def _open(entry: dict[str, Any]) -> bool:
    return bool(entry["is_billable"]) and entry["billed_status"] == "unbilled"


TestBooks = Books.TestCase
TestBooks.settings = settings(
    max_examples=400 if LONG else 8,
    stateful_step_count=40 if LONG else 8,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    # a step is a whole sync, so shrinking is left to the long form
    phases=tuple(Phase) if LONG else (Phase.explicit, Phase.reuse, Phase.generate),
)
