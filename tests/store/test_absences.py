"""What complete lists no longer show: absent first, deleted when a second run agrees."""

from typing import Any

from tallystick.model.record import Page, RecordKey
from tallystick.store import CursorState, Store
from tallystick.testing.clock import START


def _row(external_id: str = "e1") -> dict[str, Any]:
    return {"external_id": external_id, "project_id": "p1", "minutes": 60}


def _save(store: Store, *rows: dict[str, Any], run: int) -> None:
    store.records.upsert("p", "time_entry", rows, run_id=run)


def _get(store: Store, external_id: str = "e1") -> dict[str, Any]:
    row = store.records.get(RecordKey("p", "time_entry", external_id))
    assert row is not None
    return row


def test_a_record_is_deleted_only_when_a_second_run_agrees(store: Store) -> None:
    """F04."""
    _save(store, _row("e1"), _row("e2"), run=1)
    _save(store, _row("e1"), run=2)
    first = store.records.mark_absent("p", "time_entry", 2, START)
    assert (first.first_time, first.deleted) == (1, 0)
    again = store.records.mark_absent("p", "time_entry", 2, START)
    assert (again.first_time, again.deleted) == (0, 0)
    _save(store, _row("e1"), run=3)
    second = store.records.mark_absent("p", "time_entry", 3, START)
    assert (second.first_time, second.deleted) == (0, 1)
    assert store.records.ids("p", "time_entry") == ["e1"]
    assert _get(store, "e2")["deleted_at"] == START


def _read(store: Store, run: int, *pages: list[str]) -> None:
    for number, ids in enumerate(pages, start=1):
        cursor = CursorState("p", "time_entry", run, "x", None, number, 1, START, None, None)
        page = Page([_row(i) for i in ids], None)
        store.records.save_page("p", "time_entry", page, run_id=run, now=START, cursor=cursor)


def _missed(store: Store, run: int) -> int:
    return store.records.mark_absent("p", "time_entry", run, START).first_time


def test_an_unchanged_row_of_a_page_is_not_written_and_not_missing(store: Store) -> None:
    _read(store, 1, ["e1", "e2"], ["e3"])
    assert _missed(store, 1) == 0
    _read(store, 2, ["e1", "e2"], ["e3"])
    assert _missed(store, 2) == 0
    assert _get(store)["last_seen_run"] == 1


def test_a_row_listed_twice_does_not_hide_one_that_is_missing(store: Store) -> None:
    """Pages that moved while they were read."""
    _read(store, 1, ["e1", "e2"])
    _read(store, 2, ["e1"], ["e1"])
    assert _missed(store, 2) == 1
    assert _get(store, "e2")["absent_since_run"] == 2


def test_a_new_row_does_not_hide_one_that_is_missing(store: Store) -> None:
    _read(store, 1, ["e1", "e2"])
    _read(store, 2, ["e1", "e3"])
    assert _missed(store, 2) == 1


def test_what_a_list_held_is_known_until_its_end_is_noted(store: Store) -> None:
    """A process that died after looking for deletions looks again, and finds the same."""
    _read(store, 1, ["e1", "e2"])
    _read(store, 2, ["e1", "e2"])
    assert [_missed(store, 2), _missed(store, 2)] == [0, 0]
    store.records.forget_seen("p", "time_entry")
    assert _missed(store, 2) == 2


def test_a_record_seen_again_in_between_is_not_deleted(store: Store) -> None:
    _save(store, _row(), run=1)
    store.records.mark_absent("p", "time_entry", 2, START)
    _save(store, _row(), run=3)
    assert store.records.mark_absent("p", "time_entry", 4, START).deleted == 0


def test_a_deleted_record_that_comes_back_is_alive(store: Store) -> None:
    _save(store, _row(), run=1)
    for run in (2, 3):
        store.records.mark_absent("p", "time_entry", run, START)
    assert store.records.ids("p", "time_entry") == []
    _save(store, _row(), run=4)
    assert store.records.ids("p", "time_entry") == ["e1"]
