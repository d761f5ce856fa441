"""A refusal by a code that nobody documented counts as unknown: parked, in view, with a way out."""

from pathlib import Path

import pytest
from tallystick.app import errors, invoicing, sync, voiding
from tallystick.app.workspace import Workspace
from tallystick.simulator.http import Request, Response
from tallystick.testing.simulated import Pair, pair, set_up

ODD = b'{"code": 99999, "message": "Not today."}'


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Pair:
    """The simulators; Books refuses every new invoice with a code of its own, and makes none."""
    found = pair(tmp_path / "home", size="tiny")
    handle = found.books.handle

    def refusing(request: Request) -> Response:
        if request.method == "POST" and request.path.endswith("/invoices"):
            return Response(400, ODD, {"content-type": "application/json"})
        answer: Response = handle(request)
        return answer

    monkeypatch.setattr(found.books, "handle", refusing)
    return found


def billed(ws: Workspace, made: Pair) -> str:
    """Set up, synced and billed; the status of the bill."""
    set_up(ws, made.announced)
    sync.run(ws, approve=lambda _plan: True)
    return invoicing.invoice(ws, project="Atlas rollout").status


def test_it_is_parked_with_all_it_holds_and_sent_once(made: Pair) -> None:
    """Not FAILED: then its claims would be free while the bill may be there."""
    with made.opened() as ws:
        assert billed(ws, made) == "PARKED"
        claims = ws.store.outbox.claims()
        assert claims
        assert {c.state for c in claims} == {"in_doubt"}
        sync.run(ws, approve=lambda _plan: True)
        (row,) = ws.store.outbox.need_a_person("main")
        assert (row.status, row.attempts, row.open_attempts) == ("PARKED", 1, 1)


def test_errors_show_names_the_code_and_both_ways_out(made: Pair) -> None:
    with made.opened() as ws:
        billed(ws, made)
        sync.run(ws, approve=lambda _plan: True)
        (row,) = ws.store.outbox.need_a_person("main")
        (listed,) = [e for e in errors.listing(ws, roots=True) if e.code == "INV-03"]
        shown = errors.show(ws, listed.id)
        assert "Not today." in str(shown.reason)
        assert "code 99999" in str(shown.reason)
        assert "refusal_codes" in str(shown.reason)
        assert f"tallystick billing release {row.reference}" in str(shown.fix)
        assert f"by our mark {row.reference} or its name" in str(shown.fix)
        assert "where that is safe sends it again a day later" in str(shown.fix)
        voiding.release(ws, reference=row.reference, user="mara")
        assert ws.store.outbox.claims() == []
