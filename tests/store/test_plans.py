"""Plans with their numbered operations, written as drafts and sealed under their digest."""

from datetime import timedelta

from tallystick.store import PlanData, Store
from tallystick.testing.clock import START


def _plan(digest: str = "d1", run: int = 1) -> PlanData:
    made = START + timedelta(days=run)
    return PlanData(digest, "main", run, "sync", made, {"counts": {"create": 2}})


def _store(store: Store, plan: PlanData, count: int = 1) -> None:
    draft = store.plans.open_draft(integration="main", run_id=1, now=START)
    for first in range(1, count + 1, 400):
        numbers = range(first, min(first + 400, count + 1))
        body = '{{"n":{}}}'
        store.plans.append(
            draft, first, [(f"TSY-{n}", "projects", body.format(n)) for n in numbers]
        )
    store.plans.append(draft, count + 1, [])
    store.plans.seal(draft, plan)


def _numbers(store: Store, digest: str) -> list[int]:
    return [body["n"] for body in store.plans.operations(digest)]


def test_a_plan_keeps_its_operations_in_order(store: Store) -> None:
    _store(store, _plan(), 1100)
    assert _numbers(store, "d1") == list(range(1, 1101))
    assert store.plans.get("d1") == _plan()


def test_a_draft_is_no_plan(store: Store) -> None:
    store.plans.open_draft(integration="main", run_id=1, now=START)
    assert store.plans.newest("main", "sync") is None


def test_a_plan_outlives_another_draft_of_its_run(store: Store) -> None:
    _store(store, _plan())
    _store(store, _plan("d2"), 2)
    assert (_numbers(store, "d1"), _numbers(store, "d2")) == ([1], [1, 2])


def test_what_an_earlier_try_left_in_a_draft_is_forgotten(store: Store) -> None:
    draft = store.plans.open_draft(integration="main", run_id=1, now=START)
    store.plans.append(draft, 1, [("TSY-9", "projects", '{"n":9}')])
    _store(store, _plan())
    assert _numbers(store, "d1") == [1]


def test_the_same_plan_made_again_is_the_same_plan(store: Store) -> None:
    _store(store, _plan())
    store.plans.approve("d1", by="ada", now=START)
    store.plans.applied("d1", now=START)
    _store(store, _plan(run=2))
    again = store.plans.get("d1")
    assert again is not None
    assert (again.run_id, again.applied_at) == (2, None)
    assert _numbers(store, "d1") == [1]


def test_the_newest_plan_of_a_kind_is_found(store: Store) -> None:
    assert store.plans.newest("main", "sync") is None
    _store(store, _plan())
    _store(store, _plan("d2", run=2))
    newest = store.plans.newest("main", "sync")
    assert newest is not None
    assert newest.digest == "d2"
