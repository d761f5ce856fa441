"""Records: pages and their cursor, what is written, what survives."""

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from sqlalchemy import event
from tallystick.errors import StoreError
from tallystick.model import failpoints
from tallystick.model.record import Page, RecordKey
from tallystick.store import CursorState, Store
from tallystick.testing.clock import START

ENTRY: dict[str, Any] = {
    "external_id": "9999999999999999999",
    "project_id": "170141183460469231731",
    "kind": "task",
    "task_id": "0042",
    "bug_id": None,
    "label": None,
    "user_id": "u1",
    "work_date": date(2024, 2, 29),
    "minutes": 61,
    "billable": True,
    "approval": "wholly new word",
    "notes": "Ünïcode שלום \U0001f9fe e\u0301",
    "billed_status": None,
    "invoice_id": None,
    "started_at": datetime(2026, 3, 29, 2, 30, tzinfo=timezone(timedelta(hours=5, minutes=30))),
    "modified_at": datetime(2026, 7, 1, 12, 0, 0, 123456, tzinfo=UTC),
    "extra": {"cf_1": "x", "nested": {"a": [1, None, True]}},
}


def _cursor(position: str | None, pages: int = 1) -> CursorState:
    return CursorState("p", "time_entry", 1, position, None, pages, 1, START, None, None)


def _save(store: Store, *rows: dict[str, Any], run: int = 1, type: str = "time_entry") -> Any:
    return store.records.upsert("p", type, rows, run_id=run)


def _get(store: Store, external_id: str = "e1", type: str = "time_entry") -> dict[str, Any]:
    row = store.records.get(RecordKey("p", type, external_id))
    assert row is not None
    return row


def _row(external_id: str = "e1", **values: Any) -> dict[str, Any]:
    return {**ENTRY, "external_id": external_id, **values}


def test_ids_dates_text_and_extra_survive_as_they_were_sent(store: Store) -> None:
    """F26, F27: ids longer than any integer, dates that are no instants, unknown words."""
    _save(store, ENTRY)
    found = _get(store, ENTRY["external_id"])
    assert {n: found[n] for n in ENTRY if n != "started_at"} == {
        n: v for n, v in ENTRY.items() if n != "started_at"
    }
    assert found["started_at"] == datetime(2026, 3, 28, 21, 0, tzinfo=UTC)


def test_money_survives_to_the_last_digit(store: Store) -> None:
    big = 2**63 - 1
    _save(store, {"external_id": "x", "amount_minor": big, "currency": "EUR"}, type="expense")
    _save(store, {"external_id": "r", "rate": "0.1000000000000000055"}, type="user_rate")
    assert _get(store, "x", "expense")["amount_minor"] == big
    assert _get(store, "r", "user_rate")["rate"] == "0.1000000000000000055"


def test_a_field_the_system_did_not_offer_is_told_from_an_empty_one(store: Store) -> None:
    _save(store, {"external_id": "e1", "minutes": 5, "notes": None})
    absent = _get(store)["extra"]["_absent"]
    assert "billable" in absent
    assert "notes" not in absent


def test_lists_and_objects_nobody_sent_are_empty(store: Store) -> None:
    _save(store, {"external_id": "l", "time_entry_ids": None}, type="transaction_line")
    _save(store, {"external_id": "c", "name": "A"}, type="contact")
    assert _get(store, "l", "transaction_line")["time_entry_ids"] == []
    assert _get(store, "c", "contact")["address"] == {}


def test_an_unchanged_row_is_not_written_again(store: Store) -> None:
    _save(store, _row("e1"), _row("e2"))
    statements: list[str] = []
    event.listen(
        store.database.engine,
        "before_cursor_execute",
        lambda _c, _k, statement, *_: statements.append(statement),
    )
    saved = _save(store, _row("e1"), _row("e2"), run=2)
    assert (saved.new, saved.changed, saved.same) == (0, 0, 2)
    assert not [s for s in statements if "INSERT" in s or "COPY" in s]
    assert _get(store)["last_seen_run"] == 2


def test_only_the_changed_row_of_a_page_is_written(store: Store) -> None:
    _save(store, _row("e1"), _row("e2"))
    saved = _save(store, _row("e1"), _row("e2", minutes=7), _row("e3"), run=2)
    assert (saved.new, saved.changed, saved.same) == (1, 1, 1)
    changed = _get(store, "e2")
    assert (changed["minutes"], changed["first_seen_run"], changed["last_seen_run"]) == (7, 1, 2)


def test_the_order_of_keys_is_no_change(store: Store) -> None:
    _save(store, {"external_id": "c", "address": {"a": "1", "b": "2"}}, type="contact")
    again = {"address": {"b": "2", "a": "1"}, "external_id": "c"}
    assert _save(store, again, type="contact").same == 1


def test_a_record_twice_on_a_page_is_stored_once_as_last_sent(store: Store) -> None:
    """F17."""
    assert _save(store, _row(minutes=1), _row(minutes=2)).new == 1
    assert _get(store)["minutes"] == 2


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"notes": "a\0b"}, "NUL"),
        ({"extra": {"a": "\0"}}, "NUL"),
        ({"notes": "\ud800"}, "cannot be stored"),
        ({"minutes": 1.5}, "a whole number"),
        ({"minutes": True}, "a whole number"),
        ({"minutes": 2**31}, "too large"),
        ({"billable": "yes"}, "true or false"),
        ({"project_id": 17}, "text"),
        ({"work_date": datetime(2026, 1, 1, tzinfo=UTC)}, "a date"),
        ({"started_at": datetime(2026, 1, 1)}, "an instant"),  # noqa: DTZ001 - what is refused
        ({"external_id": 1e18}, "an id"),
        ({"external_id": ""}, "an id"),
        ({"external_id": "a\0"}, "NUL"),
    ],
    ids=lambda v: next(iter(v)) if isinstance(v, dict) else None,
)
def test_a_row_that_cannot_be_stored_is_set_aside_and_the_others_go_on(
    store: Store, values: dict[str, Any], words: str
) -> None:
    """F25-F27, R-220."""
    saved = _save(store, _row("bad") | values, _row("good"))
    assert saved.new == 1
    (malformed,) = saved.malformed
    assert words in malformed.reason
    assert store.records.ids("p", "time_entry") == ["good"]


def test_a_page_of_nothing_but_wrong_rows_writes_nothing(store: Store) -> None:
    saved = _save(store, _row(minutes="6"))
    assert (saved.new, len(saved.malformed)) == (0, 1)


def test_a_number_too_large_for_the_column_of_money_is_set_aside(store: Store) -> None:
    saved = _save(store, {"external_id": "x", "amount_minor": 2**63}, type="expense")
    assert len(saved.malformed) == 1


def test_a_page_and_its_cursor_are_stored_together(store: Store) -> None:
    """I5."""
    store.records.save_page(
        "p", "time_entry", Page([_row()], None), run_id=1, now=START, cursor=_cursor("2")
    )
    assert store.cursors.get("p", "time_entry") == _cursor("2")
    assert store.records.count("p", "time_entry") == 1


def test_a_crash_inside_a_page_moves_neither_cursor_nor_records(store: Store) -> None:
    """I5."""
    store.cursors.put(_cursor("1"))

    def die(_name: str) -> None:
        raise KeyboardInterrupt

    failpoints.arm(die)
    try:
        with pytest.raises(KeyboardInterrupt):
            store.records.save_page(
                "p", "time_entry", Page([_row()], None), run_id=1, now=START, cursor=_cursor("2")
            )
    finally:
        failpoints.arm(None)
    assert store.cursors.get("p", "time_entry") == _cursor("1")
    assert store.records.ids("p", "time_entry") == []


def test_a_cursor_nobody_wrote_is_not_there(store: Store) -> None:
    assert store.cursors.get("p", "time_entry") is None


def test_many_rows_are_read_in_pages_and_in_order(store: Store) -> None:
    ids = [f"e{n:04}" for n in range(1205)]
    _save(store, *(_row(i) for i in ids))
    found = store.records.scan("p", "time_entry", columns=("minutes",), batch=100)
    assert [r["external_id"] for r in found] == ids
    assert len(store.records.many("p", "time_entry", [*ids, "none"])) == 1205


def test_rows_are_chosen_by_value_and_by_list(store: Store) -> None:
    _save(store, _row("e1", kind="task"), _row("e2", kind="bug"), _row("e3", kind="general"))
    assert store.records.ids("p", "time_entry", {"kind": "bug"}) == ["e2"]
    assert store.records.count("p", "time_entry", {"kind": ["bug", "task"]}) == 2
    kinds = store.records.distinct("p", "time_entry", ["kind"])
    assert sorted(r["kind"] for r in kinds) == ["bug", "general", "task"]


def test_words_of_a_command_line_find_typed_columns(store: Store) -> None:
    _save(store, _row("e1", minutes=5), _row("e2", minutes=9, billable=False))
    where = {"work_date": "2024-02-29", "billable": "yes"}
    assert [r["external_id"] for r in store.records.search("time_entry", where=where)] == ["e1"]
    assert store.records.total("time_entry", where={"minutes": "9"}) == 1
    found = store.records.search("time_entry", where={}, sort="-minutes", limit=1)
    assert [r["external_id"] for r in found] == ["e2"]
    found = store.records.search("time_entry", where={}, sort="minutes", limit=1)
    assert [r["external_id"] for r in found] == ["e1"]


def test_logged_minutes_of_a_project_count_deleted_entries_too(store: Store) -> None:
    """R-224."""
    _save(store, _row("e1", project_id="a", minutes=5), _row("e2", project_id="a", minutes=6))
    _save(store, _row("e2", project_id="a", minutes=6), run=2)
    for run in (2, 3):
        store.records.mark_absent("p", "time_entry", run, START)
    assert store.records.minutes_by_project("p") == {"a": 11}


def test_a_type_nobody_declared_is_refused(store: Store) -> None:
    with pytest.raises(StoreError, match="no record type"):
        store.records.ids("p", "nothing")


def test_two_connections_with_equal_ids_do_not_mix(store: Store) -> None:
    """S25."""
    _save(store, _row(minutes=1))
    store.records.upsert("q", "time_entry", [_row(minutes=2)], run_id=1)
    assert _get(store)["minutes"] == 1
    assert store.records.ids("q", "time_entry") == ["e1"]
