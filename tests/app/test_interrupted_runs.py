"""A run whose process died: one word for it, what it wrote counts, it stands in nobody's way."""

from app.synced import run, source
from app.test_takeover import Killed, killed
from support.fakes import log
from tallystick.app import integrations, lifecycle, status, sync
from tallystick.errors import Refused

__all__ = ["killed"]


def _left(killed: Killed, point: str = "W8.settled", hit: int = 3) -> None:
    """A sync that was approved before dies in the middle of the next one."""
    with killed.place.opened(killed.world) as ws:
        run(ws)
    for number in range(8, 12):
        log(killed.world, f"e{number}", minutes=number)
    killed.dies(point, hit)


def test_it_is_interrupted_in_every_view(killed: Killed) -> None:
    """R-037: badge, run and history say the same word."""
    _left(killed)
    with killed.place.opened(killed.world) as ws:
        seen = status.status(ws)
        assert seen.integration.badge == "Interrupted"
        assert seen.open_run is not None
        assert seen.open_run.interrupted
        going = sync.state(ws)
        assert going is not None
        states = {seen.open_run.state, going.state, sync.history(ws)[0].state}
        assert states == {"interrupted"}


def test_the_integration_can_be_switched_off_and_nothing_is_lost(killed: Killed) -> None:
    """R-198: the run ends as interrupted, with what it wrote; the rest is written once it is on."""
    _left(killed)
    with killed.place.opened(killed.world) as ws:
        links = len(ws.store.links.by_source(source(ws), "time_entry"))
        off = lifecycle.disable(ws, None)
        assert (off.state, off.badge) == ("disabled", "Disabled")
        newest = sync.history(ws)[0]
        assert (newest.state, newest.changed) == ("interrupted", 3)
        assert newest.finished_at is not None
        assert len(ws.store.links.by_source(source(ws), "time_entry")) == links == 10
        lifecycle.enable(ws, None)
        assert integrations.show(ws).badge == "Active"


def test_a_living_sync_is_not_switched_off_and_says_what_to_do(killed: Killed) -> None:
    """INT-05."""
    refused: list[Refused] = []

    def meanwhile(_plan: object) -> bool:
        with killed.place.opened(killed.world) as other:
            try:
                lifecycle.disable(other, None)
            except Refused as refusal:
                refused.append(refusal)
        return True

    with killed.place.opened(killed.world) as ws:
        sync.run(ws, approve=meanwhile)
    assert [(r.code, "tallystick sync status" in r.fix) for r in refused] == [("INT-05", True)]


def test_a_resumed_run_counts_what_it_wrote_before_it_was_killed(killed: Killed) -> None:
    """R-037, R-040: message, result and history agree."""
    _left(killed)
    with killed.place.opened(killed.world) as ws:
        done = run(ws)
        assert done.run is not None
        assert done.run.changed == done.done == 4
        assert str(done.run.message).startswith("4 written")


def test_message_result_and_history_count_the_same_failures(killed: Killed) -> None:
    """R-037: those that planning refused too."""
    killed.world.put("portal", "user", "u2", name="Ole", email="", status="active")
    log(killed.world, "o1", user_id="u2")
    with killed.place.opened(killed.world) as ws:
        done = run(ws)
        assert done.run is not None
        assert done.run.failed == sync.history(ws)[0].failed == 1
        assert done.failed == 0
        assert done.run.message == done.summary
        assert "1 failed" in done.summary


def test_a_plan_is_applied_once_and_says_so(killed: Killed) -> None:
    with killed.place.opened(killed.world) as ws:
        planned = sync.plan(ws)
        sync.apply(ws, planned.digest)
        runs = len(sync.history(ws))
        again = sync.apply(ws, planned.digest)
        assert again.run is None
        assert (again.done, again.failed, again.already) == (0, 0, planned.total_lines)
        assert "was applied already" in again.messages[0]
        assert len(sync.history(ws)) == runs
