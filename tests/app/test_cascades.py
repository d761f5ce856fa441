"""Roots and what waits for them, and how rows close when the root is mended (R-217...R-221)."""

from typing import Any

import pytest
from app.synced import Place, codes, open_errors, run, state
from support.fakes import World, log, small_world
from support.projects import set_up
from tallystick.app import answers, errors, invoicing, status
from tallystick.app.workspace import Workspace


def task(world: World, name: str, project: str = "p1") -> None:
    """A task of a project."""
    world.put("portal", "task", name, project_id=project, name=name, completed=False, rate=None)


def five_entries(world: World) -> None:
    """3 tasks, 1 bug, 5 entries: 4 on tasks, 1 on the bug."""
    for name in ("t2", "t3"):
        task(world, name)
    world.put("portal", "bug", "g1", project_id="p1", key="K", name="Rounding")
    log(world, "e2", task_id="t2", minutes=10)
    log(world, "e3", task_id="t3", minutes=20)
    log(world, "e4", minutes=30)
    log(world, "e5", kind="bug", task_id=None, bug_id="g1", minutes=40)


def roots(ws: Workspace) -> set[int | None]:
    """The root of every open row that is no warning."""
    return {e.root_id for e in open_errors(ws) if e.kind != "warn"}


def test_a_project_without_a_primary_client_keeps_everything_under_it_back(place: Place) -> None:
    """V-CAS-01, V-CAS-02, R-045, R-094, R-106, R-096, R-221, I-10."""
    world = small_world()
    five_entries(world)
    world.put("portal", "project", "p1", client_id=None)
    with place.synced(world) as ws:
        assert codes(ws) == {"PRJ-01": 1, "TSK-01": 3, "BUG-01": 1, "TS-01": 5}
        assert len(roots(ws)) == 1
        top = errors.listing(ws, roots=True)[0]
        assert (top.code, top.minutes_waiting) == ("PRJ-01", 160)
        assert top.waiting == {"task": 3, "bug": 1, "time_entry": 5}
        assert "project" not in world.accounts
        rows = open_errors(ws)
        world.put("portal", "project", "p1", client_id="c1")
        run(ws)
        assert codes(ws) == {}
        assert len(world.accounts["time_entry"]) == 5
        assert len(world.accounts["task"]) == 4, "three tasks and the bug's"
        closed = [ws.store.errors.get(row.id) for row in rows]
        assert all(row is not None and row.closed_at is not None for row in closed)


@pytest.mark.parametrize(
    ("general", "expected"),
    [(True, {"TSK-02": 1, "TS-02": 4}), (False, {"TSK-02": 1, "TS-02": 4, "TS-05": 2})],
)
def test_a_malformed_task_keeps_back_its_own_entries_only(
    place: Place, general: bool, expected: dict[str, int]
) -> None:
    """V-CAS-03, V-CAS-04, R-095, R-107, R-103."""
    world = small_world()
    world.portal["task"]["t1"]["completed"] = "perhaps"
    for number in range(2, 5):
        log(world, f"e{number}", minutes=number)
    for name in ("x1", "x2"):
        log(world, name, kind="general", task_id=None, label="Travel")
    with place.synced(world, general_timesheets=general) as ws:
        assert codes(ws) == expected
        assert len(world.accounts.get("time_entry", {})) == (2 if general else 0)


def test_an_ambiguous_customer_is_the_root_of_all_that_waits(place: Place) -> None:
    """V-CAS-05, R-052, R-082."""
    world = small_world()
    task(world, "t2")
    log(world, "e2", minutes=10)
    log(world, "e3", task_id="t2")
    for name in ("k1", "k2"):
        world.put("accounts", "contact", name, name="ACME ltd", email="", contact_type="customer")
    with place.synced(world) as ws:
        assert codes(ws) == {"CON-02": 1, "PRJ-03": 1, "TSK-01": 2, "TS-01": 3}
        assert len(roots(ws)) == 1
        question = errors.listing(ws, code="CON-02")[0]
        assert {c.id for c in errors.show(ws, question.id).candidates} == {"k1", "k2"}
        answers.decide(ws, error_id=question.id, answer="skip", with_id="k2")
        run(ws)
        assert codes(ws) == {}
        assert set(world.accounts["contact"]) == {"k1", "k2"}
        assert next(iter(world.accounts["project"].values()))["client_id"] == "k2"


def test_after_the_project_is_mended_its_pending_entry_waits_for_approval_alone(
    place: Place,
) -> None:
    """V-CAS-06, R-100."""
    world = small_world()
    log(world, "e1", approval="pending")
    world.put("portal", "project", "p1", client_id=None)
    with place.synced(world) as ws:
        assert state(ws) == ("held", ("TS-01", "TS-04"))
        assert codes(ws) == {"PRJ-01": 1, "TSK-01": 1, "TS-01": 1, "TS-04": 1}
        world.put("portal", "project", "p1", client_id="c1")
        run(ws)
        assert codes(ws) == {"TS-04": 1}


def test_a_person_without_an_address_keeps_back_their_own_time_only(place: Place) -> None:
    """V-CAS-07, R-065."""
    world = small_world()
    world.put("portal", "user", "u2", name="Ole", email="", status="active")
    for number in range(6):
        log(world, f"o{number}", user_id="u2", minutes=10 + number)
    for number in range(19):
        log(world, f"m{number:02d}", minutes=10 + number)
    with place.synced(world) as ws:
        assert codes(ws) == {"USR-01": 1, "TS-11": 6}
        assert len(world.accounts["time_entry"]) == 20
        assert len(world.accounts["task"]) == 1


def test_one_failed_project_stops_none_of_sixty(place: Place) -> None:
    """V-CAS-10, R-220."""
    world = small_world()
    base = world.portal["project"]["p1"]
    for number in range(60):
        name = f"q{number:02d}"
        world.portal["project"][name] = {**base, "external_id": name, "name": name}
    world.put("portal", "project", "q07", client_id=None)
    with place.synced(world) as ws:
        assert codes(ws) == {"PRJ-01": 1}
        assert len(world.accounts["project"]) == 60


@pytest.mark.parametrize(
    ("type", "total", "gone", "believed"),
    [
        ("task", 400, 11, False),
        ("task", 400, 10, True),
        ("task", 40, 3, False),
        ("bug", 100, 5, True),
        ("bug", 100, 6, False),
    ],
)
def test_deletions_in_bulk_are_not_believed(
    place: Place, type: str, total: int, gone: int, believed: bool
) -> None:
    """V-CAS-11, V-CAS-12, R-060: what is over 10 records or 5 per cent stops and asks."""
    world = small_world()
    world.portal["task"].clear()
    world.portal["time_entry"].clear()
    world.portal["project"]["p1"]["client_id"] = None
    rows: dict[str, dict[str, Any]] = {
        f"{number:03d}": {"external_id": f"{number:03d}", "project_id": "p1", "name": "x"}
        for number in range(total)
    }
    world.portal[type] = rows
    with place.opened(world) as ws:
        set_up(ws)
        pages(ws)
        run(ws)
        for number in range(gone):
            del rows[f"{number:03d}"]
        run(ws)
        run(ws)
        left = ws.store.records.count(ws.integration(None).source, type)
        assert left == (total - gone if believed else total)
        warned = [e for e in open_errors(ws) if e.code == "DATA-01"]
        assert bool(warned) is not believed


def pages(ws: Workspace) -> None:
    """Read the portal in large pages."""
    type(ws.connector(ws.integration(None).source)).page_size = 500  # type: ignore[attr-defined]


def test_a_look_alike_of_invoiced_work_waits_until_it_differs(place: Place) -> None:
    """R-119, TS-09, V-ONCE-16: it is not forgotten by the next run."""
    world = small_world()
    with place.synced(world) as ws:
        invoicing.invoice(ws, project="p1")
        log(world, "e2", approval="pending")
        log(world, "e3")
        run(ws)
        assert state(ws, "e2") == ("held", ("TS-04", "TS-09"))
        assert state(ws, "e3") == ("held", ("TS-09",))
        log(world, "e2")
        run(ws)
        run(ws)
        assert {state(ws, e) for e in ("e2", "e3")} == {("held", ("TS-09",))}
        assert len(world.accounts["time_entry"]) == 1
        log(world, "e3", minutes=61)
        run(ws)
        assert state(ws, "e3") == ("unbilled", ())


def test_unbilled_work_that_is_logged_again_alike_is_no_look_alike(place: Place) -> None:
    """R-119, V-ONCE-16."""
    world = small_world()
    with place.synced(world) as ws:
        log(world, "e2")
        run(ws)
        assert state(ws, "e2") == ("unbilled", ())


def test_every_number_of_the_status_is_that_of_the_store(place: Place) -> None:
    """R-217: funnel, errors and money."""
    world = small_world()
    log(world, "e2", approval="pending", minutes=15)
    log(world, "e3", billable=False)
    log(world, "e4", minutes=30)
    world.put("portal", "user", "u2", name="Ole", email="", status="active")
    log(world, "o1", user_id="u2", minutes=5)
    with place.synced(world) as ws:
        invoicing.invoice(ws, project="p1")
        log(world, "e5", minutes=45)
        run(ws)
        seen = status.status(ws)
        totals = ws.store.states.totals(ws.integration(None).source)
        assert (seen.to_bill_entries, seen.to_bill_minutes) == totals["unbilled"] == (1, 45)
        assert [str(m) for m in seen.to_bill] == ["75.00 EUR"]
        assert (seen.claims, seen.doubles) == (len(ws.store.outbox.claims()), 0)
        kinds = [e.kind for e in open_errors(ws)]
        assert (kinds.count("root"), kinds.count("cascade"), kinds.count("held")) == (1, 1, 1)
        assert (seen.roots, seen.waiting) == (1, 1)
        steps = {step.label: step.count for step in seen.funnel}
        assert steps == {
            "fetched": 6,
            "billable": 5,
            "approved": 4,
            "after the cutoff": 4,
            "not invoiced yet": 2,
            "ready to bill": 1,
        }
        summary = errors.summary(ws)
        assert sum(r.held for r in summary) == 1
