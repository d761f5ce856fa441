"""Errors of records: opened, led to their root, closed with a date."""

from typing import Any

from tallystick.model.record import RecordKey
from tallystick.store import ErrorData, ErrorInput, Store
from tallystick.testing.clock import START, FakeClock


def _error(
    type: str, external_id: str, *, cause: tuple[str, str] | None = None, **values: Any
) -> ErrorInput:
    given: dict[str, Any] = {
        "module": "projects",
        "key": RecordKey(values.pop("connection", "p"), type, external_id),
        "title": f"{type} {external_id}",
        "code": "PRJ-01" if cause is None else "CAS-01",
        "severity": "B",
        "kind": "root" if cause is None else "cascade",
        "reason": "No client.",
        "fix": "Add one.",
        "cause": cause,
        **values,
    }
    return ErrorInput(**given)


def _sync(store: Store, *found: ErrorInput, clock: FakeClock | None = None, run: int = 1) -> None:
    now = clock.now() if clock else START
    store.errors.sync("main", ["projects", "tasks"], found, now=now, run_id=run)


def _open(store: Store) -> dict[str, ErrorData]:
    return {e.external_id: e for e in store.errors.open("main")}


CHAIN = (
    _error("project", "p1"),
    _error("task", "t1", cause=("project", "p1"), module="tasks"),
    _error("time_entry", "e1", cause=("task", "t1"), module="tasks", minutes=60),
)


def test_every_cascade_row_leads_to_the_root_of_its_chain(store: Store) -> None:
    """R-219."""
    _sync(store, *CHAIN[::-1])
    found = _open(store)
    root = found["p1"].id
    assert {e.root_id for e in found.values()} == {root}


def test_an_error_that_is_gone_is_closed_with_its_date_and_stays(
    store: Store, clock: FakeClock
) -> None:
    """R-221, V-CAS-02."""
    _sync(store, *CHAIN, clock=clock)
    root = _open(store)["p1"]
    clock.advance(hours=1)
    _sync(store, clock=clock, run=2)
    assert _open(store) == {}
    closed = store.errors.get(root.id)
    assert closed is not None
    assert (closed.opened_at, closed.closed_at) == (START, clock.now())


def test_an_error_that_lasts_keeps_its_row_and_its_date(store: Store, clock: FakeClock) -> None:
    _sync(store, *CHAIN, clock=clock)
    before = _open(store)["p1"]
    clock.advance(hours=1)
    _sync(store, _error("project", "p1", reason="Still none."), clock=clock)
    after = _open(store)["p1"]
    assert (after.id, after.opened_at, after.reason) == (before.id, START, "Still none.")


def test_an_error_that_comes_again_is_a_new_row(store: Store, clock: FakeClock) -> None:
    """R-221."""
    _sync(store, CHAIN[0])
    first = _open(store)["p1"].id
    _sync(store)
    clock.advance(hours=1)
    _sync(store, CHAIN[0], clock=clock)
    second = _open(store)["p1"]
    assert second.id != first
    assert second.opened_at == clock.now()


def test_errors_of_modules_that_did_not_run_stay_open(store: Store) -> None:
    _sync(store, *CHAIN)
    store.errors.sync("main", ["tasks"], [], now=START, run_id=2)
    assert list(_open(store)) == ["p1"]


def test_an_error_that_moves_to_another_module_keeps_its_row(store: Store) -> None:
    _sync(store, CHAIN[0])
    before = _open(store)["p1"].id
    moved = _error("project", "p1", module="tasks")
    store.errors.sync("main", ["tasks"], [moved], now=START, run_id=2)
    after = _open(store)["p1"]
    assert (after.id, after.module) == (before, "tasks")


def test_adding_errors_closes_no_others(store: Store) -> None:
    _sync(store, CHAIN[0])
    store.errors.add("main", [CHAIN[0], CHAIN[1]], now=START, run_id=1)
    assert sorted(_open(store)) == ["p1", "t1"]
    assert store.errors.count("main", kinds=["cascade"]) == 1
    assert store.errors.count("other", kinds=["cascade"]) == 0


def test_a_cascade_without_its_cause_stands_for_itself(store: Store) -> None:
    _sync(store, CHAIN[1])
    assert _open(store)["t1"].root_id == _open(store)["t1"].id


def test_a_cascade_below_a_held_record_leads_to_it(store: Store) -> None:
    held = _error("project", "p1", kind="held", code="CNT-01", severity="H")
    _sync(store, held, CHAIN[1])
    found = _open(store)
    assert found["t1"].root_id == found["p1"].id
    assert found["p1"].root_id is None


def test_equal_ids_of_two_systems_are_not_each_other_s_cause(store: Store) -> None:
    mine = _error("project", "p1", connection="portal")
    _sync(
        store,
        _error("project", "p1", connection="books"),
        mine,
        _error("task", "t1", cause=("project", "p1"), connection="portal"),
    )
    found = store.errors.open("main")
    root = next(e for e in found if e.connection_id == "portal" and e.type == "project")
    assert next(e for e in found if e.type == "task").root_id == root.id


def test_causes_in_a_circle_have_no_root(store: Store) -> None:
    _sync(
        store,
        _error("task", "a", cause=("task", "b")),
        _error("task", "b", cause=("task", "a")),
    )
    assert {e.root_id for e in _open(store).values()} == {None}


def test_an_error_nobody_stored_is_not_there(store: Store) -> None:
    assert store.errors.get(1) is None
