"""The main job on fake connectors: sync, again, bill, again."""

from pathlib import Path

import pytest
from support.fakes import log, lose_answer, small_world
from support.projects import opened, set_up
from tallystick.app import invoicing, ledger, records, sync
from tallystick.errors import Refused
from tallystick.testing.clock import FakeClock


def test_a_first_sync_carries_project_task_user_and_time_over(tmp_path: Path) -> None:
    world = small_world()
    with opened(tmp_path, world) as ws:
        set_up(ws)
        done = sync.run(ws, approve=lambda _plan: True)
        assert done.failed == done.parked == done.held == 0, done.messages
        assert len(world.accounts["time_entry"]) == 1
        entry = next(iter(world.accounts["time_entry"].values()))
        assert entry["minutes"] == 60
        assert entry["billable"] is True


def test_a_second_sync_with_nothing_changed_writes_nothing(tmp_path: Path) -> None:
    """R-038, I-03."""
    world = small_world()
    with opened(tmp_path, world) as ws:
        set_up(ws)
        sync.run(ws, approve=lambda _plan: True)
        writes = len(world.writes)
        plan = sync.plan(ws)
        assert [line.title for line in plan.lines] == []
        sync.run(ws, approve=lambda _plan: True)
        assert len(world.writes) == writes


def test_work_is_invoiced_once_and_refused_the_second_time(tmp_path: Path) -> None:
    """R-166, I-01."""
    world = small_world()
    with opened(tmp_path, world) as ws:
        set_up(ws)
        sync.run(ws, approve=lambda _plan: True)
        made = invoicing.invoice(ws, project="Atlas rollout")
        assert made.status == "DONE"
        assert str(made.total) == "100.00 EUR"
        with pytest.raises(Refused) as refusal:
            invoicing.invoice(ws, project="Atlas rollout")
        assert refusal.value.code == "INV-01"
        proof = ledger.ledger(ws, verify=True)
        assert proof.ok, proof
        why = records.why(ws, "time_entry:e1")
        assert why.state == "invoiced"
        assert why.decisions


def test_an_invoice_whose_answer_is_lost_is_found_and_not_sent_again(tmp_path: Path) -> None:
    """W5, R-171."""
    world = small_world()
    with opened(tmp_path, world) as ws:
        set_up(ws)
        sync.run(ws, approve=lambda _plan: True)
        world.on_write = lose_answer(type="transaction")
        made = invoicing.invoice(ws, project="Atlas rollout")
        assert made.status == "DONE"
        assert len(world.live_invoices()) == 1


def test_work_before_the_cutoff_arrives_as_non_billable(tmp_path: Path) -> None:
    """R-121, R-122."""
    from datetime import date  # noqa: PLC0415

    world = small_world()
    log(world, "e0", work_date=date(2026, 6, 30))
    with opened(tmp_path, world, FakeClock()) as ws:
        set_up(ws)
        sync.run(ws, approve=lambda _plan: True)
        billable = {
            str(r["work_date"]): r["billable"] for r in world.accounts["time_entry"].values()
        }
        assert billable == {"2026-06-30": False, "2026-07-02": True}


def test_a_connector_with_a_mistake_costs_its_module_and_not_the_run(tmp_path: Path) -> None:
    """R-220: bugs cannot be read, the rest is carried over."""

    def mistaken(side: str, type_: str, _position: str) -> None:
        if (side, type_) == ("portal", "bug"):
            raise TypeError("secret text of a plugin")

    world = small_world()
    world.on_read = mistaken
    with opened(tmp_path, world) as ws:
        set_up(ws)
        done = sync.run(ws, approve=lambda _plan: True)
        assert done.run is not None
        states = {m.module: (m.state, m.message) for m in done.run.modules}
        assert states["tasks"][0] == "done"
        assert states["bugs"][0] == "failed"
        assert "PLG-01" in str(states["bugs"][1])
        assert "secret" not in str(states["bugs"][1])
