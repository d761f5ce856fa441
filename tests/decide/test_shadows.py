"""Drafts decide nothing; shadow files are asked beside the live one and their differences kept."""

from collections.abc import Mapping
from typing import Any

import pytest
from decide.building import FREE, POINT, file, rule
from tallystick.decide import Rulebook, RuleSource, load_rulebook
from tallystick.decide.shadows import EXAMPLES_MAX, KINDS_MAX, Shadowed
from tallystick.model.decision import Decision

LIVE = file(rule("live", "[{thing.flag: true}]"))


def book(shadow: str, state: str = "shadow") -> Rulebook:
    sources = [
        RuleSource("live.yaml", LIVE, "shipped"),
        RuleSource("next.yaml", f"{shadow}state: {state}\n", "project"),
    ]
    return load_rulebook(sources, {}, [POINT, FREE])


def subject(name: str, **fields: Any) -> Mapping[str, Any]:
    return {"thing": {"id": name, **fields}, "items": []}


NEXT = file(rule("next", "[{thing.flag: true}, {thing.number: {ge: 10}}]"))


def test_a_shadow_changes_no_decision_and_its_differences_are_counted() -> None:
    made = book(NEXT)
    decide = made.decider("thing.judge")
    for number in range(20):
        assert decide(subject(f"t{number}", flag=True, number=number)).outcome == "take"
    assert decide(subject("no", flag=False, number=1)).outcome == "leave"
    (report,) = made.shadow_log.reports()
    assert (report["file"], report["asked"], report["differing"]) == ("next.yaml", 21, 10)
    (kind,) = report["differences"]
    assert kind["live"] == {"outcome": "take", "code": None, "by": "live"}
    assert kind["shadow"] == {"outcome": "leave", "code": None, "by": "otherwise"}
    assert (kind["count"], kind["examples"]) == (10, ["t0", "t1", "t2"])


def test_a_draft_is_not_asked() -> None:
    made = book(NEXT, state="draft")
    made.decider("thing.judge")(subject("t", flag=True, number=1))
    assert made.shadow_log.reports() == []


def test_a_shadow_in_doubt_is_a_difference_with_its_code() -> None:
    made = book(NEXT)
    made.decider("thing.judge")(subject("t", flag=True))
    (report,) = made.shadow_log.reports()
    assert report["differences"][0]["shadow"] == {
        "outcome": "leave",
        "code": "RUL-20",
        "by": "unknown",
    }


def test_the_same_outcome_by_another_rule_is_no_difference() -> None:
    made = book(file(rule("other", "[{thing.flag: true}]")))
    made.decider("thing.judge")(subject("t", flag=True))
    (report,) = made.shadow_log.reports()
    assert (report["asked"], report["differing"]) == (1, 0)


def test_a_link_to_another_record_is_a_difference() -> None:
    where = "[{items: {some: true, bind: one, where: [{flag: true}]}}]"
    later = "[{items: {some: true, bind: one, where: [{flag: true}, {number: 2}]}}]"
    live = file(rule("a", where, "{link: one}"))
    sources = [
        RuleSource("live.yaml", live, "shipped"),
        RuleSource(
            "next.yaml", file(rule("a", later, "{link: one}")) + "state: shadow\n", "project"
        ),
    ]
    made = load_rulebook(sources, {}, [POINT])
    items = [{"id": "x", "flag": True, "number": 1}, {"id": "y", "flag": True, "number": 2}]
    decision = made.decider("thing.judge")({"thing": {}, "items": items})
    assert (decision.bound or {})["id"] == "x"
    assert made.shadow_log.reports()[0]["differing"] == 1


def test_a_shadow_that_fails_is_counted_and_stops_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    made = book(NEXT)
    decide = made.decider("thing.judge")

    def fail(*_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(Shadowed, "note", fail)
    assert decide(subject("t", flag=True, number=1)).outcome == "take"
    (report,) = made.shadow_log.reports()
    assert report["failed"] == 1


def test_the_report_is_bounded_whatever_is_asked() -> None:
    report = Shadowed("d", "f", "h")
    for number in range(KINDS_MAX + 50):
        for _ in range(EXAMPLES_MAX + 2):
            report.note(Decision("d", "a", "x"), Decision("d", "b", f"r{number}"), subject("t"))
    assert len(report.kinds) == KINDS_MAX
    assert all(len(k.examples) == EXAMPLES_MAX for k in report.kinds.values())
    assert report.differing == (KINDS_MAX + 50) * (EXAMPLES_MAX + 2)


def test_a_shadow_is_no_part_of_what_the_rules_are_known_by() -> None:
    alone = load_rulebook([RuleSource("live.yaml", LIVE, "shipped")], {}, [POINT])
    assert book(NEXT).hash == alone.hash


def test_a_shadow_takes_its_own_params_and_the_same_settings() -> None:
    params = "params: {least: {type: duration, default: 2h}}\n"
    made = book(file(rule("next", "[{thing.number: {ge: params.least}}]"), extra=params))
    decide = made.decider("thing.judge", params={"least": 60})
    decide(subject("t", flag=True, number=90))
    assert made.shadow_log.reports()[0]["differing"] == 0
