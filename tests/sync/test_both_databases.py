"""The main job on the two simulators, with the store on SQLite and on PostgreSQL."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tallystick.app import errors, invoicing, ledger, records, sync, voiding
from tallystick.app.workspace import Workspace
from tallystick.errors import Refused
from tallystick.simulator.faults import Fault
from tallystick.testing.simulated import Pair, pair, set_up


@pytest.fixture
def made(tmp_path: Path, url: str) -> Pair:
    """Both simulators of the demo world, and a folder whose store is the test's database."""
    found = pair(tmp_path / "home", size="demo")
    path = found.home / "tallystick.toml"
    path.write_text(path.read_text(encoding="utf-8").replace("sqlite:///tallystick.db", url))
    return found


@pytest.fixture
def ws(made: Pair) -> Iterator[Workspace]:
    """The folder, set up and synced once."""
    with made.opened() as opened:
        set_up(opened, made.announced)
        done = sync.run(opened, approve=lambda _plan: True)
        assert (done.failed, done.parked, done.held) == (0, 0, 0), done.messages
        yield opened


def test_a_second_sync_writes_nothing(ws: Workspace, made: Pair) -> None:
    """R-038, I-03."""
    before = made.writes()
    sync.run(ws, approve=lambda _plan: True)
    assert made.writes() == before


def test_every_record_that_was_not_carried_over_has_its_reason(ws: Workspace) -> None:
    """R-217, R-218: three causes, and everything else hangs on one of them or is held."""
    roots = errors.listing(ws, roots=True)
    assert sorted(r.code for r in roots) == ["CON-01", "PRJ-01", "USR-01"]
    states = ws.store.states.totals("source")
    assert sum(number for number, _ in states.values()) == 128


def test_work_is_billed_once_voided_and_billed_again(ws: Workspace, made: Pair) -> None:
    """R-166, R-179: the second bill is of the next generation."""
    first = invoicing.invoice(ws, project="Atlas rollout")
    with pytest.raises(Refused) as refused:
        invoicing.invoice(ws, project="Atlas rollout")
    assert refused.value.code == "INV-01"
    voiding.void(ws, invoice=str(first.number))
    second = invoicing.invoice(ws, project="Atlas rollout")
    assert second.reference != first.reference
    assert second.total == first.total
    assert made.doubles() == []


def test_an_answer_that_is_lost_is_looked_up(ws: Workspace, made: Pair) -> None:
    """R-171."""
    made.books.faults.add(Fault("drop_after", method="POST", path_pattern="/invoices"))
    assert invoicing.invoice(ws, project="Atlas rollout").status == "DONE"
    assert made.doubles() == []


def test_the_ledger_proves_itself_and_every_entry_explains_itself(ws: Workspace) -> None:
    """R-223, R-224."""
    invoicing.invoice(ws, project="Atlas rollout")
    seen = ledger.ledger(ws, verify=True)
    assert seen.ok
    for entry in ws.store.records.ids("source", "time_entry")[:20]:
        assert records.why(ws, f"time_entry:{entry}").decisions


def test_a_module_that_cannot_be_read_does_not_stop_the_others(tmp_path: Path, url: str) -> None:
    """R-220: bugs fail, projects and tasks are carried over, what needs bugs waits for them."""
    made = pair(tmp_path / "other", size="demo")
    path = made.home / "tallystick.toml"
    path.write_text(path.read_text(encoding="utf-8").replace("sqlite:///tallystick.db", url))
    with made.opened() as ws:
        set_up(ws, made.announced)
        made.projects.faults.add(Fault("html", path_pattern="/issues", times=1000))
        done = sync.run(ws, approve=lambda _plan: True)
        assert done.run is not None
        states = {m.module: m.state for m in done.run.modules}
        assert (states["bugs"], states["tasks"]) == ("failed", "done")
        assert done.run.state == "degraded"
        made.projects.faults.clear()
        again = sync.run(ws, approve=lambda _plan: True)
        assert again.run is not None
        assert {m.state for m in again.run.modules} == {"done"}
        assert made.doubles() == []
