"""Runs, what they did by module, links, events, buckets and locks."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from tallystick.errors import Refused
from tallystick.model.event import Event
from tallystick.model.record import RecordKey
from tallystick.store import LinkInput, Store
from tallystick.testing.clock import START, FakeClock


def _start(store: Store, integration: str = "main") -> int:
    return store.runs.start(
        integration, kind="sync", trigger="person", executor="one", now=START, full=True
    )


def _pair(source: str, target: str) -> LinkInput:
    return LinkInput(
        RecordKey("p", "project", source), RecordKey("b", "project", target), "same name"
    )


def _add(store: Store, *pairs: LinkInput) -> int:
    return store.links.add(pairs, integration="main", run_id=1, now=START)


def test_only_one_run_of_an_integration_is_open(store: Store) -> None:
    """R-030."""
    _start(store)
    with pytest.raises(Refused) as refused:
        _start(store)
    assert refused.value.code == "INT-05"
    assert _start(store, "second") > 0


def test_a_finished_run_lets_the_next_one_start_and_stays_as_it_ended(store: Store) -> None:
    first = _start(store)
    store.runs.state(first, "applying", plan_digest="d1")
    store.runs.finish(first, state="ok", message="x" * 600, now=START)
    store.runs.finish(first, state="failed", message="late", now=START)
    second = _start(store)
    run = store.runs.get(first)
    assert run is not None
    assert (run.state, run.plan_digest, run.message) == ("ok", "d1", "x" * 500)
    assert [r.id for r in store.runs.recent("main")] == [second, first]
    opened = store.runs.open_run("main")
    assert opened is not None
    assert opened.id == second


def test_a_run_nobody_started_is_not_there(store: Store) -> None:
    assert store.runs.get(1) is None
    assert store.runs.open_run("main") is None


def test_a_run_of_a_dead_process_is_adopted_once(store: Store) -> None:
    run = _start(store)
    assert store.runs.adopt(run, executor="two", seen="one") is True
    assert store.runs.adopt(run, executor="three", seen="one") is False
    store.runs.finish(run, state="ok", message="", now=START)
    assert store.runs.adopt(run, executor="three", seen="two") is False


def test_what_a_run_did_is_counted_by_module_in_the_order_of_a_run(store: Store) -> None:
    """R-037."""
    run = _start(store)
    store.runs.module(run, "timesheets", state="reading", read=5)
    store.runs.module(run, "timesheets", add=True, read=3, state="done")
    store.runs.module(run, "projects", read=1)
    store.runs.module(run, "projects", read=2)
    found = {m["module"]: (m["state"], m["read"], m["failed"]) for m in store.runs.modules(run)}
    assert list(found) == ["projects", "timesheets"]
    assert found == {"projects": ("waiting", 2, 0), "timesheets": ("done", 8, 0)}


def test_events_are_kept_newest_first(store: Store) -> None:
    for kind in ("run.started", "run.finished"):
        store.events.add(Event(START, kind, integration="main", run_id=1, detail={"n": 1}))
    assert [e["kind"] for e in store.events.recent()] == ["run.finished", "run.started"]
    (newest,) = store.events.recent(limit=1)
    assert (newest["at"], newest["detail"]) == (START, {"n": 1})


def test_a_pair_is_found_from_both_sides(store: Store) -> None:
    assert _add(store, _pair("1", "10"), _pair("2", "20")) == 2
    assert store.links.by_source("p", "project")["1"] == ("project", "10")
    assert store.links.by_target("b", "project")["20"] == ("project", "2")


def test_a_record_that_has_a_pair_keeps_it(store: Store) -> None:
    _add(store, _pair("1", "10"))
    assert _add(store, _pair("1", "11")) == 0
    assert store.links.by_source("p", "project") == {"1": ("project", "10")}


def test_a_pair_that_was_undone_can_be_made_anew(store: Store) -> None:
    _add(store, _pair("1", "10"))
    source = RecordKey("p", "project", "1")
    assert store.links.close(source, now=START) is True
    assert store.links.close(source, now=START) is False
    assert store.links.by_source("p", "project") == {}
    assert _add(store, _pair("1", "11")) == 1
    assert store.links.by_source("p", "project") == {"1": ("project", "11")}


def test_a_bucket_lets_through_what_the_window_allows(store: Store, clock: FakeClock) -> None:
    waits = [store.buckets.take("b", limit=2, per_seconds=60) for _ in range(3)]
    assert waits == [0.0, 0.0, 60.0]
    clock.advance(seconds=59)
    assert store.buckets.take("b", limit=2, per_seconds=60) == 1.0
    clock.advance(seconds=1)
    assert store.buckets.take("b", limit=2, per_seconds=60) == 0.0


def test_a_bucket_without_a_limit_never_waits(store: Store) -> None:
    assert store.buckets.take("b", limit=0, per_seconds=60) == 0.0


def test_a_clock_put_back_does_not_close_a_bucket_for_long(store: Store, clock: FakeClock) -> None:
    """F22."""
    store.buckets.take("b", limit=1, per_seconds=60)
    clock.advance(days=-1)
    assert store.buckets.take("b", limit=1, per_seconds=60) == 0.0


def test_a_lock_out_of_another_process_is_seen_within_a_second(
    store: Store, reopen: Callable[[], Store], clock: FakeClock
) -> None:
    until = START + timedelta(minutes=30)
    assert store.buckets.blocked_until("b") is None
    reopen().buckets.block("b", until)
    clock.advance(seconds=1)
    assert store.buckets.blocked_until("b") == until


def test_a_lock_out_holds_for_all_and_is_not_made_shorter(
    store: Store, reopen: Callable[[], Store], clock: FakeClock
) -> None:
    """F08."""
    until = START + timedelta(minutes=30)
    assert store.buckets.blocked_until("b") is None
    store.buckets.block("b", until)
    store.buckets.block("b", START + timedelta(minutes=1))
    other = reopen()
    assert other.buckets.blocked_until("b") == until
    assert other.buckets.take("b", limit=5, per_seconds=60) == 1800.0
    clock.advance(minutes=30)
    assert other.buckets.blocked_until("b") is None
    assert other.buckets.take("b", limit=5, per_seconds=60) == 0.0


def test_processes_share_a_bucket_to_the_last_call(
    store: Store, reopen: Callable[[], Store]
) -> None:
    stores = [reopen() for _ in range(4)]

    def take(mine: Store) -> int:
        return sum(mine.buckets.take("b", limit=30, per_seconds=60) == 0.0 for _ in range(15))

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(take, stores)) == 30


def test_a_lock_is_held_by_one_at_a_time(store: Store, reopen: Callable[[], Store]) -> None:
    inside: list[int] = []
    most: list[int] = []

    def work(mine: Store) -> None:
        for _ in range(10):
            with mine.locks.hold("refresh"):
                inside.append(1)
                most.append(len(inside))
                inside.pop()

    with ThreadPoolExecutor(3) as pool:
        list(pool.map(work, [store, reopen(), reopen()]))
    assert max(most) == 1
    assert len(most) == 30
