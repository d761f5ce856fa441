"""Settings that contradict each other over files."""

import pytest
from rules.shipped import BOOK, TYPES, sources
from tallystick.decide import Policies, RuleSource, parse_source
from tallystick.decide.contradictions import Known, contradictions
from tallystick.decide.points import POINTS

PACKS = tuple(BOOK.packs.values())


def test_the_shipped_settings_contradict_nothing() -> None:
    for approvals in (None, True):
        assert contradictions(Policies({}), PACKS, Known(approvals, general=True)) == []


def test_approval_is_asked_for_where_nothing_is_ever_approved() -> None:
    (found,) = contradictions(Policies({}), PACKS, Known(approvals=False))
    assert found.policies == ("P-09",)
    assert "require_approval: false" in found.fix


@pytest.mark.parametrize(
    ("mode", "step", "found"),
    [("down", 31, 1), ("down", 30, 0), ("nearest", 62, 1), ("nearest", 60, 0), ("up", 480, 0)],
)
def test_a_step_above_the_usual_entry_lets_no_money_out(mode: str, step: int, found: int) -> None:
    policies = Policies({"rounding.time.mode": mode, "rounding.time.step": step})
    result = contradictions(policies, PACKS)
    assert len(result) == found
    assert all(c.policies == ("P-12", "P-15") for c in result)


def test_a_credit_that_frees_work_and_no_hold_on_re_entries_let_money_out_twice() -> None:
    text = next(s.text for s in sources() if s.name == "qualification.yaml")
    edited = text.replace('"off"], default: hold', '"off"], default: "off"')
    packs = parse_source(RuleSource("q.yaml", edited, "project"), TYPES, POINTS)
    assert contradictions(Policies({}), packs) == []
    (found,) = contradictions(Policies({"claims.credit_releases": "always"}), packs)
    assert found.policies == ("P-18", "P-19")


def test_a_rule_for_general_entries_is_named_where_they_are_off() -> None:
    text = (
        "tallystick: rules/1\ndecision: record.fetch\nrules:\n"
        "  - {id: general, when: [{record.general: true}], then: accept, because: Yes.}\n"
        "otherwise: skip\n"
    )
    packs = parse_source(RuleSource("q.yaml", text, "project"), TYPES, POINTS)
    (found,) = contradictions(Policies({}), packs, Known(general=False))
    assert (found.policies, found.file, found.line) == (("P-08",), "q.yaml", 4)
    assert contradictions(Policies({}), packs, Known(general=True)) == []
