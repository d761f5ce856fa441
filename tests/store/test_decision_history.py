"""Decisions read in bulk: the newest of each record, and how often each rule decided."""

from datetime import timedelta
from typing import Any

from tallystick.model.record import RecordKey
from tallystick.store import DecisionInput, Store, dumps
from tallystick.store.decision_history import DecisionHistory
from tallystick.testing.clock import START

LATER = START + timedelta(days=1)


def _add(store: Store, external_id: str, outcome: str, *, later: bool = False, **more: Any) -> None:
    given: dict[str, Any] = {
        "decision": "time_entry.status",
        "by": "from-cutoff",
        "place": "",
        "led_by": [],
        "subject": {"time_entry": {"minutes": 60}},
        **more,
    }
    made = DecisionInput(
        integration="main",
        decision=given["decision"],
        key=RecordKey("p", "time_entry", external_id),
        outcome=outcome,
        by=given["by"],
        code=None,
        because="",
        fix=None,
        place=given["place"],
        nearest=None,
        evidence="[]",
        subject=dumps(given["subject"]),
        pack_hash="h",
        versions=dumps({f"time_entry:{external_id}": "v1"}),
        run_id=1,
        led_by=dumps(given["led_by"]),
    )
    store.decisions.add([made], now=LATER if later else START)


FETCHED = [["record.fetch", "accept", "work-to-bill", None, "f"]]


def test_the_newest_decision_of_each_record_stands(store: Store) -> None:
    _add(store, "e1", "hold")
    _add(store, "e2", "unbilled")
    _add(store, "e1", "unbilled", later=True)
    found = list(DecisionHistory(store.database).standing("time_entry.status"))
    assert [(s.key.external_id, s.outcome, s.at) for s in found] == [
        ("e1", "unbilled", LATER),
        ("e2", "unbilled", START),
    ]
    assert (found[0].version, found[0].whole) == ("v1", False)


def test_a_decision_that_led_to_another_stands_with_its_own_rule_and_hash(store: Store) -> None:
    _add(store, "e1", "unbilled", led_by=FETCHED)
    (found,) = DecisionHistory(store.database).standing("record.fetch")
    assert (found.outcome, found.by, found.pack_hash) == ("accept", "work-to-bill", "f")
    assert found.subject == {"time_entry": {"minutes": 60}}


def test_a_later_decision_of_its_own_row_replaces_one_that_led(store: Store) -> None:
    _add(store, "e1", "unbilled", led_by=FETCHED)
    _add(store, "e1", "skip", later=True, decision="record.fetch", by="not-approved", place="f:1")
    (found,) = DecisionHistory(store.database).standing("record.fetch")
    assert (found.outcome, found.by, found.whole) == ("skip", "not-approved", True)


def test_what_stood_before_a_day_is_left_out(store: Store) -> None:
    _add(store, "e1", "unbilled")
    _add(store, "e2", "unbilled", later=True)
    found = DecisionHistory(store.database).standing("time_entry.status", since=LATER)
    assert [s.key.external_id for s in found] == ["e2"]


def test_more_decisions_than_one_page_are_all_read_once(store: Store) -> None:
    for number in range(2001):
        _add(store, f"e{number:05}", "unbilled")
    found = list(DecisionHistory(store.database).standing("time_entry.status"))
    assert len({s.key for s in found}) == len(found) == 2001


def test_decisions_are_counted_by_rule_with_those_that_led(store: Store) -> None:
    _add(store, "e1", "unbilled", led_by=FETCHED)
    _add(store, "e2", "unbilled", later=True, led_by=FETCHED)
    _add(store, "e3", "hold", by="unknown")
    found = {(h.decision, h.by): (h.count, h.last) for h in DecisionHistory(store.database).hits()}
    assert found == {
        ("time_entry.status", "from-cutoff"): (2, LATER),
        ("time_entry.status", "unknown"): (1, START),
        ("record.fetch", "work-to-bill"): (2, LATER),
    }
