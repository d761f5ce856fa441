"""Strategies are made from the catalogue and the rules, and reach what rules can tell apart."""

from typing import Any

from hypothesis import find, given, settings
from tallystick.decide import RuleSource, load_rulebook
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


def test_records_reach_literals_nulls_and_absences_that_rules_mention() -> None:
    wanted = (
        lambda r: r.get("approval") == "approved",
        lambda r: "approval" in r and r["approval"] is None,
        lambda r: "approval" not in r,
    )
    for condition in wanted:
        assert find(records("time_entry"), condition, settings=settings(max_examples=500))


def test_decisions_reach_every_answer_of_the_file() -> None:
    deciders = [*(r.id for r in BOOK.packs["invoice_line.add"].rules), "otherwise", "unknown"]
    for by in deciders:
        found = find(
            decisions("invoice_line.add"),
            lambda subject, by=by: DECIDE(subject).by == by,
            settings=settings(max_examples=2000),
        )
        assert DECIDE(found).by == by


@settings(max_examples=20)
@given(worlds(logs=3))
def test_a_world_is_steps_of_work(steps: tuple[Step, ...]) -> None:
    assert len(steps) <= 3
    assert {s.name for s in steps} <= {"log"}
