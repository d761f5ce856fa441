"""Strategies are made from the catalogue and the rules, and reach what rules can tell apart."""

from typing import Any

from hypothesis import Phase, given, seed, settings
from hypothesis import strategies as st
from tallystick.decide import RuleSource, load_rulebook
from tallystick.decide.diagram import diagram
from tallystick.decide.points import POINTS
from tallystick.proptest import Step, decisions, records, worlds
from tallystick.records.catalogue import catalogue
from tallystick.resources import default_rules

TEXT = (default_rules() / "invoiced_once.yaml").read_text(encoding="utf-8")
BOOK = load_rulebook([RuleSource("invoiced_once.yaml", TEXT, "shipped")], catalogue(), POINTS)
DECIDE = BOOK.decider("invoice_line.add")


@given(records("time_entry", billable=True))
def test_a_record_has_fields_of_its_type_only_and_keeps_what_is_fixed(row: dict[str, Any]) -> None:
    assert row.keys() <= catalogue()["time_entry"].fields.keys()
    assert row["billable"] is True


def test_each_field_of_a_type_is_drawn() -> None:
    seen = {name for row in _drawn(records("time_entry"), 100) for name in row}
    assert seen == catalogue()["time_entry"].fields.keys()


def _drawn(strategy: st.SearchStrategy[Any], number: int) -> list[Any]:
    """So many values of a strategy."""
    found: list[Any] = []

    @seed(1)
    @settings(max_examples=number, database=None, phases=[Phase.generate], deadline=None)
    @given(strategy)
    def collect(value: Any) -> None:
        found.append(value)

    collect()
    return found


def test_records_reach_literals_nulls_and_absences_that_rules_mention() -> None:
    seen = {row.get("approval", "absent") for row in _drawn(records("time_entry"), 100)}
    assert {"approved", None, "absent"} <= seen


def test_decisions_reach_every_answer_of_the_file() -> None:
    wanted = diagram(BOOK.packs["invoice_line.add"], absent=True).deciders()
    seen = {DECIDE(subject).by for subject in _drawn(decisions("invoice_line.add"), 400)}
    assert seen == wanted


@settings(max_examples=20)
@given(worlds(logs=3))
def test_a_world_is_steps_of_work(steps: tuple[Step, ...]) -> None:
    assert len(steps) <= 3
    assert {s.name for s in steps} <= {"log"}
    for step in steps:
        assert step.words.keys() == {"day", "minutes", "billable", "approval"}
        assert 1 <= step.words["minutes"] <= 1440


def test_worlds_have_none_to_all_of_the_logs_asked_for() -> None:
    assert {len(steps) for steps in _drawn(worlds(logs=3), 100)} == {0, 1, 2, 3}
