"""A run whose process died is gone on with by the next one (R-030, R-040, I-04)."""

from collections.abc import Callable

import pytest
from app.synced import Place, booked, run, state
from support.fakes import World, log, small_world
from support.processes import die_at, in_child
from support.projects import set_up
from tallystick.app import invoicing, ledger, status, sync
from tallystick.errors import Refused

SIGKILL = -9


class Killed:
    """What a killed process did: the world it left, which here lives in the test's process."""

    def __init__(self, place: Place, world: World) -> None:
        self.place = place
        self.world = world
        self.asked: list[str] = []

    def dies(self, point: str, hit: int = 1, work: Callable[..., object] = run) -> None:
        """Do the work in a process that is killed at the hit-th pass of a point."""

        def job() -> None:
            die_at(point, hit)
            with self.place.opened(self.world) as ws:
                work(ws)

        assert in_child(job) == SIGKILL

    def listens(self) -> None:
        """Note each page that is asked for from now on."""
        self.world.on_read = lambda side, what, position: self.asked.append(
            f"{side} {what} {position}"
        )


@pytest.fixture
def killed(place: Place) -> Killed:
    """Seven entries, set up, not synced."""
    world = small_world()
    for number in range(2, 8):
        log(world, f"e{number}", minutes=number)
    with place.opened(world) as ws:
        set_up(ws)
    return Killed(place, world)


def test_a_run_killed_while_reading_goes_on_behind_the_pages_it_stored(killed: Killed) -> None:
    """R-040: kind sync, state reading; the same run ends."""
    killed.dies("read.page-saved", 5)
    killed.listens()
    with killed.place.opened(killed.world) as ws:
        left = ws.store.runs.open_run(ws.integration(None).name)
        assert left is not None
        assert left.state == "reading"
        done = run(ws)
        assert done.run is not None
        assert done.run.id == left.id
        assert done.run.state == "ok"
    assert len(killed.asked) == len(set(killed.asked))
    assert "accounts organization " not in killed.asked, "read by the process that died"
    assert len(booked(killed.world)) == 7


def test_a_run_killed_after_its_plan_was_made_is_planned_only_once(killed: Killed) -> None:
    """R-040: state planned; nothing is read again."""
    killed.dies("plan.made")
    killed.listens()
    with killed.place.opened(killed.world) as ws:
        run(ws)
        assert state(ws, "e7")[0] == "unbilled"
    assert killed.asked == []
    assert len(booked(killed.world)) == 7
    assert ledger_ok(killed)


def test_a_run_killed_while_applying_is_applied_to_its_end(killed: Killed) -> None:
    """I-04, I-01: state applying; what was written in the dead process is found by its marker."""
    killed.dies("W2.claimed", 3)
    with killed.place.opened(killed.world) as ws:
        left = ws.store.runs.open_run(ws.integration(None).name)
        assert left is not None
        assert left.state == "applying"
        shown = status.status(ws).open_run
        assert shown is not None
        assert shown.id == left.id
        killed.place.clock.advance(days=2)
        run(ws)
    # the dead process wrote into its own copy of the world; in ours each record is there once
    names = [r["name"] for r in killed.world.accounts["task"].values()]
    assert names == ["Data import"]
    assert len(booked(killed.world)) == 7


def ledger_ok(killed: Killed) -> bool:
    """The proofs over what was stored."""
    with killed.place.opened(killed.world) as ws:
        return ledger.ledger(ws, verify=True).ok


def test_an_invoice_killed_before_it_was_sent_is_sent_once(killed: Killed) -> None:
    """W2, V-ONCE-02: the next bill settles what was left first."""
    with killed.place.opened(killed.world) as ws:
        run(ws)
    killed.dies("W2.claimed", 1, lambda ws: invoicing.invoice(ws, project="p1"))
    with killed.place.opened(killed.world) as ws:
        assert {c.state for c in ws.store.outbox.claims()} == {"claimed"}
        with pytest.raises(Refused) as error:
            invoicing.invoice(ws, project="p1")
        assert error.value.code == "INV-01", "billed by the operation that was left"
        assert len(killed.world.live_invoices()) == 1
        assert killed.world.double_billed() == []


def test_a_living_process_is_not_robbed_of_its_run(killed: Killed) -> None:
    """R-030, INT-05, V-LIFE-06."""
    refused: list[str] = []

    def meanwhile(_plan: object) -> bool:
        with killed.place.opened(killed.world) as other:
            for act in (run, sync.plan, sync.sweep):
                with pytest.raises(Refused) as error:
                    act(other)
                refused.append(error.value.code)
        return True

    with killed.place.opened(killed.world) as ws:
        sync.run(ws, approve=meanwhile)
        assert refused == ["INT-05"] * 3
    assert len(booked(killed.world)) == 7


def test_a_run_left_by_another_kind_of_command_is_closed_as_interrupted(killed: Killed) -> None:
    """R-037: a sweep does not go on with a sync; the history says what happened."""
    with killed.place.opened(killed.world) as ws:
        run(ws)
    log(killed.world, "e8", minutes=8)
    killed.dies("read.page-saved", 3)
    with killed.place.opened(killed.world) as ws:
        sync.sweep(ws)
        assert [r.state for r in sync.history(ws)[:2]] == ["ok", "interrupted"]
        run(ws)
        assert state(ws, "e8")[0] == "unbilled"
