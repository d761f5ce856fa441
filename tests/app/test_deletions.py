"""What was deleted where it was made: told, never deleted in the accounts, and not billed."""

import pytest
from app.synced import Place, codes, open_errors, run, state
from support.fakes import World, log, small_world
from tallystick.app import invoicing, lifecycle
from tallystick.app.workspace import Workspace
from tallystick.errors import ConfigError, Refused


def copy(world: World, type_: str, like: str, external_id: str, **changes: str) -> None:
    """One more record of the portal, like another one."""
    row = {k: v for k, v in world.portal[type_][like].items() if k != "external_id"}
    world.put("portal", type_, external_id, **{**row, **changes})


@pytest.fixture
def world() -> World:
    """Enough that one deletion is no flood (R-060): thirty more tasks, projects and entries."""
    found = small_world()
    for number in range(2, 32):
        copy(found, "project", "p1", f"p{number}", name=f"P{number}")
        copy(found, "task", "t1", f"t{number}", name=f"T{number}")
        log(found, f"e{number}", task_id=f"t{number}")
    return found


def gone(world: World, ws: Workspace, type_: str, external_id: str, *entries: str) -> None:
    """Deleted in the portal with these entries; two complete lists say so."""
    del world.portal[type_][external_id]
    for entry in entries:
        del world.portal["time_entry"][entry]
    run(ws)
    run(ws)


def told(ws: Workspace, code: str) -> str:
    """What the one warning of a code says, and what can be done."""
    (error,) = [e for e in open_errors(ws) if e.code == code]
    assert error.kind == "warn"
    return f"{error.reason} {error.fix}"


def test_a_deleted_task_without_invoiced_time_is_to_be_deleted_by_hand(
    place: Place, world: World
) -> None:
    """R-098: its time is a tombstone and is not billed."""
    with place.synced(world) as ws:
        before = len(world.accounts["task"])
        gone(world, ws, "task", "t2", "e2")
        assert "nothing on it is billed" in told(ws, "TSK-04")
        assert state(ws, "e2")[0] == "tombstone"
        assert len(world.accounts["task"]) == before


def test_a_deleted_task_with_invoiced_time_is_kept(place: Place, world: World) -> None:
    """R-098, R-118: the invoice is untouched and the entry stays claimed."""
    with place.synced(world) as ws:
        made = invoicing.invoice(ws, project="p1")
        gone(world, ws, "task", "t2", "e2")
        assert "Keep it" in told(ws, "TSK-04")
        assert state(ws, "e2")[0] == "tombstone"
        assert "e2" in {c.source_id for c in ws.store.outbox.claims()}
        assert [i["external_id"] for i in world.live_invoices()] == [made.remote_id]


def test_a_deleted_project_without_transactions_is_to_be_deleted_by_hand(
    place: Place, world: World
) -> None:
    """R-055: there is no operation that deletes."""
    with place.synced(world) as ws:
        gone(world, ws, "project", "p2")
        assert "Delete it in the accounts too" in told(ws, "PRJ-08")
        assert codes(ws) == {}


def test_a_deleted_project_with_transactions_is_kept_and_its_work_is_not_billed_again(
    place: Place, world: World
) -> None:
    """R-056, PRJ-06: its entries are tombstones, and those that are invoiced stay claimed."""
    copy(world, "task", "t1", "tx", project_id="p2")
    log(world, "x1", project_id="p2", task_id="tx")
    with place.synced(world) as ws:
        invoicing.invoice(ws, project="p2")
        del world.portal["task"]["tx"]
        gone(world, ws, "project", "p2", "x1")
        assert "mark it inactive" in told(ws, "PRJ-06")
        assert state(ws, "x1")[0] == "tombstone"
        assert {c.source_id for c in ws.store.outbox.claims()} == {"x1"}
        with pytest.raises((Refused, ConfigError)):
            invoicing.invoice(ws, project="p2")


def test_what_is_gone_on_both_sides_is_not_told_any_more(place: Place, world: World) -> None:
    with place.synced(world) as ws:
        target = ws.store.links.by_source("source", "task")["t2"][1]
        gone(world, ws, "task", "t2", "e2")
        assert told(ws, "TSK-04")
        del world.accounts["task"][target]
        run(ws)
        run(ws)
        assert [e for e in open_errors(ws) if e.code == "TSK-04"] == []


def test_what_is_deleted_while_the_link_is_off_is_only_listed_later(
    place: Place, world: World
) -> None:
    """R-057, R-197, R-205."""
    with place.synced(world) as ws:
        lifecycle.disable(ws, None)
        del world.portal["project"]["p2"]
        lifecycle.enable(ws, None)
        run(ws)
        run(ws)
        before = len(world.accounts["project"])
        assert told(ws, "PRJ-08")
        assert len(world.accounts["project"]) == before
