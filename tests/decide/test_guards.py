"""What no rule file may undo, and settings that contradict each other over files."""

import pytest
from rules.shipped import BOOK, TYPES, sources
from tallystick.decide import Policies, RuleSource, parse_source
from tallystick.decide.contradictions import Known, contradictions
from tallystick.decide.points import POINTS
from tallystick.errors import RuleFileError

PACKS = tuple(BOOK.packs.values())
BILL = next(s.text for s in sources() if s.name == "invoiced_once.yaml")


def parse(text: str, state: str = "enforce") -> None:
    body = text.replace("state: enforce", f"state: {state}")
    parse_source(RuleSource("ours.yaml", body, "project"), TYPES, POINTS)


GREEDY = """tallystick: rules/1
decision: invoice_line.add
state: enforce
rules:
  - {id: no, when: [{claims: {some: true, where: [{status: invoiced}]}}], then: refuse, because: a}
  - {id: greedy, when: [{line.kind: time_entry}], then: allow, because: "Why not."}
otherwise: refuse
base: {line: {kind: time_entry, ref: a}, claims: []}
"""


def test_a_file_that_bills_what_is_in_doubt_is_refused_at_the_rule() -> None:
    with pytest.raises(RuleFileError) as caught:
        parse(GREEDY)
    error = caught.value
    assert (error.code, str(error.where)) == ("RUL-06", "ours.yaml:6:1")
    assert error.message == "greedy allows a time_entry that a claim holds (in_doubt); no file may."


def test_a_shadow_may_not_try_it_either_and_a_draft_may() -> None:
    with pytest.raises(RuleFileError, match="no file may"):
        parse(GREEDY, state="shadow")
    parse(GREEDY, state="draft")


def test_it_is_tried_on_the_tests_of_the_file_too() -> None:
    text = GREEDY.replace("base: {line: {kind: time_entry", "base: {line: {kind: task")
    parse(text)
    with pytest.raises(RuleFileError, match="no file may"):
        parse(text + "tests: [{name: a, given: {line: {kind: time_entry}}, expect: allow}]\n")


@pytest.mark.parametrize("status", ["claimed, in_doubt", "claimed", "in_doubt"])
def test_the_shipped_file_without_one_of_its_refusals_is_refused(status: str) -> None:
    """R-170 and after: the free line must be free of every claim in force."""
    free = "            - any: [{kind: {same_as: line.kind}}"
    assert BILL.count(free) == 1
    weak = BILL.replace("status: [claimed, in_doubt]", f"status: [{status}]").replace(
        free,
        f"            - invoice: nobody\n{free}",
    )
    if status == "claimed, in_doubt":
        parse(weak)  # the refusals alone are enough
        return
    with pytest.raises(RuleFileError, match="no file may"):
        parse(weak)


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
    edited = text.replace('of: [hold, "off"], default: hold', 'of: [hold, "off"], default: "off"')
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
