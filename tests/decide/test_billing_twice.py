"""What no rule file may undo: work that a claim holds is not billed again."""

import pytest
from rules.shipped import TYPES, sources
from tallystick.decide import RuleSource, parse_source
from tallystick.decide.points import POINTS
from tallystick.errors import RuleFileError

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


def test_work_that_is_set_apart_is_billed_too_and_never_over_a_claim() -> None:
    """R-148: `apart` counts as `allow` does."""
    with pytest.raises(RuleFileError, match="that a claim holds"):
        parse(GREEDY.replace("then: allow", "then: apart"))


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
