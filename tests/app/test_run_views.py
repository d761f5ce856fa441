"""What is said of runs: which is the last sync, what applying did, what was refused."""

from collections.abc import Callable

import pytest
from app.synced import Place, run
from support.fakes import log, small_world
from support.projects import set_up
from tallystick.app import errors, integrations, invoicing, status, sync
from tallystick.app.workspace import Workspace
from tallystick.errors import ConfigError, Refused, RuleFileError


def test_bills_that_are_refused_are_no_sync(place: Place) -> None:
    """However many there are: the last sync and its modules stay on the status."""
    with place.synced(small_world()) as ws:
        before = status.status(ws)
        invoicing.invoice(ws, project="p1")
        for _ in range(3):
            with pytest.raises(Refused):
                invoicing.invoice(ws, project="p1")
        after = status.status(ws)
        assert before.run is not None
        assert after.run is not None
        assert (after.run.id, after.run.kind) == (before.run.id, "sync")
        assert after.modules == before.modules != ()
        shown = sync.state(ws)
        last = integrations.show(ws).last_run
        assert shown is not None
        assert last is not None
        assert shown.id == last.id == before.run.id
        kinds = {"sync", "plan", "apply"}
        assert {r.kind for r in sync.history(ws, last=3, kinds=kinds)} == {"sync"}


def test_the_run_of_a_refused_bill_says_refused(place: Place) -> None:
    with place.synced(small_world()) as ws:
        invoicing.invoice(ws, project="p1")
        with pytest.raises(Refused):
            invoicing.invoice(ws, project="p1")
        newest = sync.history(ws, last=1)[0]
        assert (newest.kind, newest.state) == ("invoice", "refused")
        assert str(newest.message).startswith("INV-01: ")


def test_applying_tells_what_its_plan_read_and_held_and_what_was_written(place: Place) -> None:
    """R-037."""
    world = small_world()
    log(world, "pending", approval="pending")
    world.put("accounts", "user", "k9", name="Mara Lind", email="mara@studio.example")
    with place.opened(world) as ws:
        set_up(ws)
        planned = sync.plan(ws)
        done = sync.apply(ws, planned.digest)
        assert done.run is not None
        rows = {m.module: (m.read, m.written, m.held, m.failed) for m in done.run.modules}
        assert rows["timesheets"] == (2, 1, 1, 0)
        assert rows["users"][:2] == (1, 0)
        assert (done.linked, done.done) == (1, done.run.changed)
        again = {m.module: (m.read, m.written, m.held) for m in status.status(ws).modules}
        assert again["timesheets"] == (2, 1, 1)


def test_a_broken_rule_file_stops_a_sync_before_anything_is_read(place: Place) -> None:
    world = small_world()
    with place.synced(world) as ws:
        home = ws.home
    asked: list[str] = []
    world.on_read = lambda side, name, _position: asked.append(f"{side}/{name}")
    (home / "rules" / "cutoff.yaml").write_text("tallystick: rules/1\nrules: 3\n", encoding="utf-8")
    with place.opened(world) as ws:
        with pytest.raises(RuleFileError):
            run(ws)
        assert asked == []
        newest = sync.history(ws, last=1)[0]
        assert (newest.kind, newest.state) == ("sync", "failed")
        assert str(newest.message).startswith("RUL-")
        assert status.status(ws).open_run is None


def test_rules_that_break_during_a_long_process_leave_the_former_in_force(place: Place) -> None:
    world = small_world()
    with place.synced(world) as ws:
        (ws.home / "rules" / "cutoff.yaml").write_text("rules: 3\n", encoding="utf-8")
        log(world, "e2", minutes=15)
        assert run(ws).done == 1
        assert status.status(ws).rules_problem is not None


@pytest.mark.parametrize("act", [errors.show, lambda ws, n: errors.retry(ws, ids=(n,))])
def test_an_error_that_is_not_there_leads_to_those_that_are(
    place: Place, act: Callable[[Workspace, int], object]
) -> None:
    with place.synced(small_world()) as ws:
        with pytest.raises(ConfigError) as refused:
            act(ws, 9999)
        assert refused.value.code == "CFG-11"
        assert "`tallystick errors list`" in refused.value.fix
