"""Decisions and billing states: stored when new or changed."""

from datetime import date
from typing import Any

from tallystick.model.record import RecordKey
from tallystick.plan.context import EntryState
from tallystick.store import DecisionInput, Store, dumps
from tallystick.testing.clock import START

KEY = RecordKey("p", "time_entry", "e1")


def _decision(outcome: str = "hold", **values: Any) -> DecisionInput:
    given: dict[str, Any] = {
        "integration": "main",
        "decision": "entry.bill",
        "key": KEY,
        "outcome": outcome,
        "by": "approved",
        "code": "TS-04",
        "because": "It is not approved.",
        "fix": "Approve it.",
        "place": "rules/entries.yaml:3",
        "nearest": None,
        "evidence": [["approval", "pending", "== approved"]],
        "subject": {"approval": "pending"},
        "pack_hash": "h",
        "versions": {"time_entry:e1": "v1"},
        "run_id": 1,
        **values,
    }
    as_json = {n: dumps(given[n]) for n in ("evidence", "subject", "versions")}
    return DecisionInput(**{**given, **as_json})


def _state(external_id: str = "e1", **values: Any) -> EntryState:
    given: dict[str, Any] = {
        "external_id": external_id,
        "project_id": "p1",
        "minutes": 60,
        "state": "unbilled",
        "codes": ("TS-04",),
        "judged_mode": "date",
        "judged_cutoff": date(2026, 7, 1),
        "content_hash": "v1",
        **values,
    }
    return EntryState(**given)


def _put(store: Store, *states: EntryState) -> int:
    return store.states.put_many("p", states, run_id=1, now=START)


def test_a_decision_is_stored_with_what_it_saw(store: Store) -> None:
    assert store.decisions.add_many([_decision()], now=START) == 1
    (found,) = store.decisions.for_record(KEY)
    assert (found.outcome, found.subject, found.at) == ("hold", {"approval": "pending"}, START)
    assert store.decisions.get(found.id) == found
    assert store.decisions.get(found.id + 1) is None


def test_a_decision_like_the_last_one_is_not_stored_again(store: Store) -> None:
    store.decisions.add_many([_decision()], now=START)
    assert store.decisions.add_many([_decision(run_id=2)], now=START) == 0


def test_a_decision_that_changed_and_changed_back_is_stored_each_time(store: Store) -> None:
    for outcome in ("hold", "bill", "hold"):
        assert store.decisions.add_many([_decision(outcome)], now=START) == 1
    assert [d.outcome for d in store.decisions.for_record(KEY)] == ["hold", "bill", "hold"]


def test_many_decisions_are_stored_in_batches(store: Store) -> None:
    many = [_decision(key=RecordKey("p", "time_entry", f"e{n}")) for n in range(1001)]
    assert store.decisions.add_many(iter(many), now=START) == 1001
    assert len(store.decisions.latest("main", limit=5)) == 5
    assert store.decisions.latest("other", limit=5) == []


def test_a_state_is_written_only_when_it_changed(store: Store) -> None:
    assert _put(store, _state("e1"), _state("e2")) == 2
    assert _put(store, _state("e1"), _state("e2", minutes=5)) == 1
    assert store.states.get_many("p", ["e1", "e2", "e3"]) == {
        "e1": _state("e1"),
        "e2": _state("e2", minutes=5),
    }


def test_states_are_added_up_by_state_and_project(store: Store) -> None:
    """R-224."""
    billed = _state("e3")._replace(state="invoiced", project_id=None)
    _put(store, _state("e1"), _state("e2"), billed)
    assert store.states.totals("p") == {"unbilled": (2, 120), "invoiced": (1, 60)}
    assert store.states.minutes_by_project("p") == {
        "p1": {"unbilled": 120},
        None: {"invoiced": 60},
    }
    assert store.states.projects_with("p", "unbilled") == ["p1"]
    assert store.states.first("p", "unbilled") == "e1"
    assert store.states.first("p", "held") is None
    assert sorted(store.states.ids_in("p", ["unbilled"])) == ["e1", "e2"]
