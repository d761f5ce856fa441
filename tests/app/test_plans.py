"""A plan is what a person saw: it is applied as it is, or refused as stale."""

import shutil
from pathlib import Path

import pytest
from app.synced import Place, codes, run, state
from support.fakes import World, log, small_world
from support.projects import set_up
from tallystick.app import integrations, sync
from tallystick.app.workspace import Workspace
from tallystick.errors import ConfigError, CredentialRefused, RemoteError, StalePlan, Unreachable
from tallystick.resources import default_rules


def stale(ws: Workspace, digest: str | Path) -> StalePlan:
    """Why the plan is refused."""
    with pytest.raises(StalePlan) as error:
        sync.apply(ws, digest)
    assert error.value.exit_code == 7
    return error.value


def test_a_plan_whose_record_changed_since_is_stale(place: Place) -> None:
    """Exit 7: the record is named, nothing is written."""
    world = small_world()
    with place.synced(world) as ws:
        log(world, "e2")
        plan = sync.plan(ws)
        log(world, "e2", minutes=90)
        sync.plan(ws)
        writes = len(world.writes)
        assert stale(ws, plan.digest).record == "time_entry:e2"
        assert len(world.writes) == writes


def test_a_plan_whose_record_was_deleted_since_is_stale(place: Place) -> None:
    """Deleted after two complete lists."""
    world = small_world()
    for number in range(25):
        log(world, f"n{number:02d}", billable=False)
    with place.synced(world) as ws:
        log(world, "e2")
        plan = sync.plan(ws)
        del world.portal["time_entry"]["e2"]
        for _ in range(2):
            place.clock.advance(hours=1)
            sync.plan(ws)
        assert stale(ws, plan.digest).record == "time_entry:e2"


def test_a_plan_that_withdraws_a_deleted_record_is_not_stale(place: Place) -> None:
    """R-118: the plan speaks of that deletion itself."""
    world = small_world()
    for number in range(25):
        log(world, f"n{number:02d}", billable=False)
    log(world, "e2")
    with place.synced(world) as ws:
        del world.portal["time_entry"]["e2"]
        run(ws)
        done = run(ws)
        assert (done.done, state(ws, "e2")[0]) == (1, "tombstone")
        billable = [r["billable"] for r in world.accounts["time_entry"].values()]
        assert billable == [True, False]


def test_a_plan_made_under_other_rules_is_stale(place: Place) -> None:
    """R-016: a rule file of the project changed it."""
    world = small_world()
    with place.synced(world) as ws:
        log(world, "e2")
        plan = sync.plan(ws)
        own = place.home / "rules"
        own.mkdir(exist_ok=True)
        shutil.copy(default_rules() / "cutoff.yaml", own / "cutoff.yaml")
        text = (own / "cutoff.yaml").read_text(encoding="utf-8")
        changed = text.replace("default: opening_invoiced", "default: hold")
        assert changed != text
        (own / "cutoff.yaml").write_text(changed, encoding="utf-8")
        assert "rules" in str(stale(ws, plan.digest))


def test_a_plan_file_is_the_plan(place: Place, tmp_path: Path) -> None:
    """Written, read back, applied: the same digest, the same writes."""
    world = small_world()
    file = tmp_path / "july.plan"
    with place.opened(world) as ws:
        set_up(ws)
        plan = sync.plan(ws, out=file)
        done = sync.apply(ws, file)
        assert done.digest == plan.digest
        assert done.done + done.linked == plan.total_lines
        assert state(ws) == ("unbilled", ())


def test_a_plan_that_was_applied_is_applied_once(place: Place) -> None:
    """I-03: a second time everything is there already."""
    world = small_world()
    with place.opened(world) as ws:
        set_up(ws)
        plan = sync.plan(ws)
        sync.apply(ws, plan.digest)
        writes = len(world.writes)
        again = sync.apply(ws, plan.digest)
        assert (again.done, again.failed, len(world.writes)) == (0, 0, writes)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda text: text.replace(b'"minutes":60', b'"minutes":61'),
        lambda text: b"\n".join(text.splitlines()[:-1]),
        lambda text: text.replace(b'"kind":"sync"', b'"kind":"invoice"'),
        lambda _text: b"",
        lambda _text: b"not a plan",
        lambda _text: b"{}\n",
    ],
    ids=["payload", "cut short", "kind", "empty", "no JSON", "no header"],
)
def test_a_plan_file_that_was_changed_is_refused(
    place: Place, tmp_path: Path, spoil: object
) -> None:
    """CFG-09: its operations must be those of its digest."""
    world = small_world()
    file = tmp_path / "july.plan"
    with place.opened(world) as ws:
        set_up(ws)
        sync.plan(ws, out=file)
        before = file.read_bytes()
        file.write_bytes(spoil(before))  # type: ignore[operator]
        assert file.read_bytes() != before
        with pytest.raises(ConfigError) as error:
            sync.apply(ws, file)
        assert error.value.code == "CFG-09"
        assert world.writes == []


def test_a_plan_nobody_made_cannot_be_applied(place: Place, tmp_path: Path) -> None:
    """CFG-09, CFG-10."""
    with place.opened(small_world()) as ws:
        set_up(ws)
        for missing in ("p-0123456789abcdef", tmp_path / "none.plan"):
            with pytest.raises(ConfigError) as error:
                sync.apply(ws, missing)
            assert error.value.code == "CFG-09"
        with pytest.raises(ConfigError) as error:
            sync.plan(ws, out=tmp_path / "no" / "folder")
        assert error.value.code == "CFG-10"


def test_a_plan_of_one_module_holds_what_that_needs_and_no_more(place: Place) -> None:
    """R-025."""
    with place.opened(small_world()) as ws:
        set_up(ws)
        plan = sync.plan(ws, module="tasks")
        assert set(plan.by_module) == {"projects", "tasks"}
        with pytest.raises(ConfigError) as error:
            sync.plan(ws, module="cakes")
        assert error.value.code == "CFG-06"


def test_operations_of_a_plan_come_module_by_module(place: Place) -> None:
    """R-025: parents first, as printed."""
    with place.opened(small_world()) as ws:
        set_up(ws)
        targets = [line.target.partition("/")[2] for line in sync.plan(ws).lines]
        assert targets == ["contact", "project", "user", "user", "task", "time_entry"]


def broken(world: World, type: str, error: RemoteError) -> None:
    """The portal cannot list this type."""

    def fault(side: str, asked: str, _position: str) -> None:
        if (side, asked) == ("portal", type):
            raise error

    world.on_read = fault


def test_a_module_that_cannot_be_read_stops_no_other_and_the_run_is_degraded(
    place: Place,
) -> None:
    """R-220, R-225, R-037: what hangs on it is not planned, and no record's error row opens."""
    world = small_world()
    broken(world, "task", Unreachable("no connection", code="NET-02"))
    with place.opened(world) as ws:
        set_up(ws)
        done = run(ws)
        assert done.run is not None
        assert done.run.state == "degraded"
        assert {"project", "user"} <= set(world.accounts)
        assert not {"task", "time_entry"} & set(world.accounts)
        assert codes(ws) == {}
        states = {m.module: m.state for m in done.run.modules}
        assert (states["projects"], states["tasks"]) == ("done", "failed")
        world.on_read = None
        again = run(ws)
        assert again.run is not None
        assert again.run.state == "ok"
        assert len(world.accounts["time_entry"]) == 1


def test_errors_of_a_module_that_could_not_be_read_stay_open(place: Place) -> None:
    """R-221: not read is not mended."""
    world = small_world()
    log(world, "e2", approval="pending")
    with place.synced(world) as ws:
        assert codes(ws) == {"TS-04": 1}
        broken(world, "time_entry", Unreachable("no connection"))
        run(ws)
        assert codes(ws) == {"TS-04": 1}


def test_a_credential_that_is_refused_in_a_run_stalls_the_integration(place: Place) -> None:
    """R-021, R-022: no record is marked as failed; a working one goes on."""
    world = small_world()
    with place.synced(world) as ws:
        broken(world, "task", CredentialRefused("rejected"))
        with pytest.raises(CredentialRefused):
            run(ws)
        assert integrations.show(ws).state == "stalled"
        assert codes(ws) == {}
        world.on_read = None
        run(ws)
        assert integrations.show(ws).state == "active"


def test_a_portal_that_is_asked_by_no_one_else_is_read_to_its_end(place: Place) -> None:
    """R-040: pages of two, every row once."""
    world = small_world()
    for number in range(7):
        log(world, f"n{number}", minutes=10 + number)
    with place.synced(world) as ws:
        assert len(world.accounts["time_entry"]) == 8
        last = sync.state(ws)
        assert last is not None
        assert next(m.read for m in last.modules if m.module == "timesheets") == 8
