"""What `check` finds in a file, each with a subject that shows it."""

from dataclasses import replace

import pytest
from decide.building import file, pack, rule
from decide.diagram.made import SHIPPED, ready
from tallystick.decide import Pack
from tallystick.decide.diagram import Finding, findings, overlaps
from tallystick.decide.model import Atom, literal

ALL = "[{thing.flag: true}]"


def found(*rules: str, strategy: str = "first") -> tuple[Finding, ...]:
    result = findings(pack(file("\n".join(rules), strategy=strategy)))
    assert result.unsure == ()
    return result.found


def only(code: str, of: tuple[Finding, ...]) -> Finding:
    (one,) = [f for f in of if f.code == code]
    return one


def test_a_rule_behind_a_wider_one_is_masked_by_it() -> None:
    wide = rule("wide", "[{thing.number: {lt: 10}}]")
    narrow = rule("narrow", "[{thing.number: {lt: 5}}]", "link")
    masked = only("RUL-02", found(wide, narrow))
    assert (masked.rule, masked.others) == ("narrow", ("wide",))
    assert masked.witness is not None
    assert masked.witness["thing"]["number"] < 5


def test_a_rule_behind_two_that_share_its_cases_is_masked_by_both() -> None:
    rules = (
        rule("yes", ALL),
        rule("no", "[{thing.flag: {ne: true}}]"),
        rule("late", "[]", "leave"),
    )
    masked = only("RUL-02", found(*rules))
    assert (masked.rule, set(masked.others)) == ("late", {"yes", "no"})


def test_a_condition_that_contradicts_itself_never_holds() -> None:
    never = only(
        "RUL-04",
        found(rule("odd", "[{thing.number: {lt: 3}}, {thing.number: {ge: 3}}]")),
    )
    assert (never.rule, never.witness) == ("odd", None)


def test_a_number_below_what_a_system_can_send_is_never_true() -> None:
    fetch = next(p for p in SHIPPED if p.decision == "record.fetch")
    assert fetch.types.single["record"]["minutes"].least == 0
    below = literal(Atom("lt", "record.minutes", value=0))
    (first, *rest) = fetch.rules
    made = replace(fetch, rules=(replace(first, id="below", when=below), *rest))
    assert only("RUL-04", findings(made).found).rule == "below"


def test_a_rule_that_holds_only_where_the_answer_is_in_doubt_is_unreachable() -> None:
    rules = (rule("one", ALL), rule("two", "[{thing.flag: true}, {thing.number: 1}]", "link"))
    result = found(*rules, strategy="unique")
    assert only("RUL-01", result).rule == "two"
    conflict = only("RUL-10", result)
    assert (conflict.rule, conflict.others) == ("one", ("two",))


def test_a_gap_is_shown_by_a_subject_that_no_rule_takes() -> None:
    gap = only("RUL-03", found(rule("one", ALL)))
    assert gap.witness is not None
    assert gap.witness["thing"]["flag"] is not True


def test_rules_that_take_everything_leave_no_gap() -> None:
    rules = (rule("yes", ALL), rule("no", "[{thing.flag: {ne: true}}]"))
    assert [f.code for f in found(*rules)] == []


def test_an_order_without_a_guard_is_named_with_its_field_and_rules() -> None:
    unguarded = only("RUL-05", found(rule("low", "[{thing.number: {lt: 3}}]")))
    assert (unguarded.fields, unguarded.others) == (("thing.number",), ("low",))
    assert unguarded.witness is not None
    assert unguarded.witness["thing"]["number"] is None


def test_an_order_behind_a_guard_is_not_named() -> None:
    guarded = rule("low", "[{thing.number: {present: true}}, {thing.number: {lt: 3}}]")
    assert "RUL-05" not in [f.code for f in found(guarded)]


def test_an_order_inside_a_list_is_named_with_the_item_s_field() -> None:
    inside = rule("low", "[{items: {some: true, where: [{number: {lt: 3}}]}}]")
    assert only("RUL-05", found(inside)).fields == ("items.number",)


def test_two_rules_that_exclude_each_other_do_not_overlap() -> None:
    rules = (rule("yes", ALL), rule("no", "[{thing.flag: {ne: true}}]"))
    made = pack(file("\n".join(rules), strategy="unique"))
    assert overlaps(made) == ()


def test_a_rule_with_a_pattern_nothing_matches_is_not_called_unreachable() -> None:
    rules = (rule("one", ALL), rule("greek", r"[{thing.word: {matches: '\p{Greek}+'}}]"))
    result = findings(pack(file("\n".join(rules))))
    assert result.unsure
    assert {f.code for f in result.found} <= {"RUL-03", "RUL-05"}


@pytest.mark.parametrize("shipped", SHIPPED, ids=lambda p: p.decision)
def test_a_shipped_file_has_no_rule_that_never_decides(shipped: Pack) -> None:
    result = findings(shipped)
    assert result.unsure == ()
    assert {f.code for f in result.found} <= {"RUL-03", "RUL-05"}
    with ready(shipped) as decider:
        for finding in result.found:
            assert finding.witness is not None
            expected = "otherwise" if finding.code == "RUL-03" else "unknown"
            assert decider.decide(finding.witness).by == expected
