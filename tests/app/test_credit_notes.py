"""A credit note gives nothing free: what it reverses stays invoiced."""

from pathlib import Path

import pytest
from tallystick.app import invoicing, ledger, sync
from tallystick.errors import Refused
from tallystick.testing.people import People
from tallystick.testing.simulated import pair, set_up


def test_work_on_an_invoice_that_was_credited_in_full_is_not_billed_again(tmp_path: Path) -> None:
    """R-182, V-ONCE-15: nothing was named, so nothing is billable."""
    made = pair(tmp_path / "home", size="tiny")
    with made.opened() as ws:
        set_up(ws, made.announced)
        sync.run(ws, approve=lambda _plan: True)
        bill = invoicing.invoice(ws, project="Atlas rollout")
        before = ledger.ledger(ws).hash
        people = People(made)
        people.credit(str(bill.remote_id))
        assert float(people.invoice(str(bill.remote_id))["balance"]) == 0
        sync.run(ws, approve=lambda _plan: True)
        seen = ledger.ledger(ws, verify=True)
        assert (seen.ok, seen.hash) == (True, before)
        assert {c.state for c in ws.store.outbox.claims()} == {"invoiced"}
        with pytest.raises(Refused) as refused:
            invoicing.invoice(ws, project="Atlas rollout")
        assert refused.value.code == "INV-01"
