"""What a batch has in common is asked once; what a subject has of its own is never remembered."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from decide.building import deciding, file, rule
from decide.drawing import SHIPPED
from decide.measuring import LONG
from tallystick.decide import Decider
from tallystick.decide.compiled import Compiled
from tallystick.decide.engine import EngineFailed
from tallystick.decide.memo import KEYS_MAX
from tallystick.decide.specialised import WORDS_MAX, Specialised

ENTRY = {
    "type": "time_entry",
    "module": "timesheets",
    "general": False,
    "lookalike": False,
    "billable": True,
    "approval": "approved",
    "minutes": 60,
}
MODULES = {"modules": ["projects", "timesheets"], "general_timesheets": True}


@pytest.fixture
def fetch() -> Iterator[Decider]:
    """The shipped record.fetch with all modules chosen."""
    yield from shipped("record.fetch", {"integration": MODULES})


@pytest.fixture
def push() -> Iterator[Decider]:
    """The shipped record.push."""
    yield from shipped("record.push", {})


@pytest.fixture
def status() -> Iterator[Decider]:
    """The shipped time_entry.status with a cutoff."""
    yield from shipped("time_entry.status", {}, mode="date", cutoff=date(2026, 7, 1))


def shipped(decision: str, fixed: dict[str, Any], **params: Any) -> Iterator[Decider]:
    """A decider of a shipped file."""
    pack = next(p for p in SHIPPED if p.decision == decision)
    ready = Compiled(pack)
    defaults = {name: p.default for name, p in pack.params.items()}
    yield Decider(ready, {**defaults, **params}, fixed)
    ready.close()


def specialised(decide: Decider) -> Specialised:
    """How a decider that was asked is specialised."""
    assert decide.specialised is not None
    return decide.specialised


def test_a_decision_that_needs_nothing_of_its_subject_is_one_object_for_all(fetch: Decider) -> None:
    first = fetch({"record": ENTRY})
    assert first.by == "work-to-bill"
    assert fetch({"record": {**ENTRY, "minutes": 61, "name": "another"}}) is first


def test_settings_and_record_type_are_no_part_of_the_key(fetch: Decider) -> None:
    for kind in ("time_entry", "task", "project"):
        fetch({"record": {**ENTRY, "type": kind}})
    found = specialised(fetch)
    assert found.path == "record.type"
    read = {str(w): {p.path for p in b.keys.parts} for w, b in found.branches.items()}
    assert "record.general" not in read["time_entry"], "general timesheets are on in this batch"
    assert read["task"] == {"record.module"}
    assert "record.minutes" not in read["project"]


def test_a_rule_behind_one_that_surely_holds_is_not_asked() -> None:
    rules = "\n".join(
        [
            rule("a", "[{thing.flag: true}, {params.on: true}]"),
            rule("b", "[{params.on: true}]", "leave"),
            rule("c", "[{thing.colour: red}]"),
        ]
    )
    extra = "params: {on: {type: boolean, default: true}}\n"
    with deciding(file(rules, extra=extra), on=True) as decide:
        assert decide({"thing": {"flag": False}, "items": []}).by == "b"
        assert [p.path for p in specialised(decide).branches[None].keys.parts] == ["thing.flag"]
        assert decide({"thing": {"flag": False}, "params": {"on": False}}).by == "unknown"


def test_a_subject_that_says_otherwise_than_its_batch_is_believed(fetch: Decider) -> None:
    assert fetch({"record": ENTRY}).outcome == "accept"
    other = {**MODULES, "modules": ["projects"]}
    assert fetch({"record": ENTRY, "integration": other}).by == "module-off"
    limit = {"require_approval": True, "max_minutes": 30, "reentry": "hold"}
    assert fetch({"record": ENTRY, "params": limit}).by == "too-long"
    assert fetch({"record": ENTRY}).outcome == "accept"


def test_more_inputs_than_are_read_change_nothing(fetch: Decider) -> None:
    assert fetch({"record": ENTRY, "weather": "rain"}) is fetch({"record": ENTRY})


def test_a_type_that_no_rule_names_has_no_branch_for_each_spelling(fetch: Decider) -> None:
    for n in range(5 * WORDS_MAX):
        assert fetch({"record": {**ENTRY, "type": f"type {n}"}}).by == "otherwise"
    assert set(specialised(fetch).branches) == {None}


@pytest.mark.parametrize("kind", [None, 1, ["time_entry"], {"a": 1}])
def test_a_type_that_is_no_text_is_no_type(fetch: Decider, kind: Any) -> None:
    assert fetch({"record": {**ENTRY, "type": kind}}).by == "otherwise"


def test_a_record_whose_type_is_absent_is_in_doubt(fetch: Decider) -> None:
    known = {k: v for k, v in ENTRY.items() if k != "type"}
    for _ in range(2):
        assert "record.type" in fetch({"record": known}).unknown


def test_the_fields_in_doubt_are_those_of_each_subject(status: Decider) -> None:
    entry = {"state": None, "late": False, "reopened": False, "work_date": None}
    found = [status({"time_entry": entry}) for _ in range(2)]
    assert [f.unknown for f in found] == [("time_entry.work_date",)] * 2
    other = status({"time_entry": {"state": None, "late": False, "reopened": False}})
    assert other.unknown == ("time_entry.work_date",)
    later = status(
        {"time_entry": {"late": False, "reopened": False, "work_date": date(2026, 8, 1)}}
    )
    assert later.unknown == ("time_entry.state",)


def test_a_bound_item_and_its_code_are_those_of_each_subject(push: Decider) -> None:
    for kind, code in (("task", "TSK-01"), ("bug", "BUG-01"), ("task", "TSK-01")):
        parent = {"id": f"{kind}-parent", "type": "project", "name": "A", "state": "error"}
        found = push({"record": {"type": kind}, "parents": [parent]})
        assert (found.code, found.bound) == (code, parent)


def test_an_engine_that_failed_is_asked_again(
    fetch: Decider, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(_truths: Any) -> frozenset[int]:
        raise EngineFailed("broken")

    engine = fetch._compiled.engine
    with monkeypatch.context() as broken:
        broken.setattr(engine, "matching", fails)
        assert [fetch({"record": ENTRY}).code for _ in range(2)] == ["RUL-21"] * 2
    assert fetch({"record": ENTRY}).outcome == "accept"


def test_a_remembered_decision_asks_the_engine_no_more(
    fetch: Decider, monkeypatch: pytest.MonkeyPatch
) -> None:
    fetch({"record": ENTRY})
    asked: list[Any] = []
    monkeypatch.setattr(fetch._compiled.engine, "matching", asked.append)
    monkeypatch.setattr(fetch._compiled, "values", asked.append)
    assert fetch({"record": {**ENTRY, "minutes": 5}}).outcome == "accept"
    assert asked == []


def test_with_many_fields_no_more_than_two_generations_are_remembered() -> None:
    rules = "\n".join(
        rule(f"r{n}", f"[{{thing.number: {n}}}, {{thing.limit: {{ne: {n}}}}}]") for n in range(131)
    )
    with deciding(file(rules)) as decide:
        for n in range(131 * 131 if LONG else 1000):
            found = decide({"thing": {"number": n % 131, "limit": n // 131}, "items": []})
            assert found.by == ("otherwise" if n % 131 == n // 131 else f"r{n % 131}")
        branch = specialised(decide).branches[None]
        assert branch.rows is None, "131 x 131 cells are too many to be numbered"
        assert 0 < len(branch.memo) <= 2 * KEYS_MAX
