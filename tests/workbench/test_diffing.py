"""What changes for records from one rule file to another."""

import pytest
from decide.building import POINT, file, rule
from rules.shipped import PACKS
from tallystick.decide import Pack, RuleSource, parse_source
from tallystick.workbench.diffing import Difference, difference, differences

SMALL = rule("small", "[{thing.number: {lt: 10}}]")


def pack(rules: str, extra: str = "", strategy: str = "first") -> Pack:
    text = file(rules, extra=extra, strategy=strategy)
    (found,) = parse_source(RuleSource("made.yaml", text, "project"), {}, [POINT])
    return found


def changed(before: str, after: str) -> Difference:
    return difference(pack(before), pack(after))


def test_another_order_of_what_is_equal_is_no_difference() -> None:
    one = rule("small", "[{thing.number: {lt: 10}}, {thing.flag: true}]")
    two = rule("small", "[{thing.flag: true}, {thing.number: {lt: 10}}]")
    found = changed(one, two)
    assert found.same
    assert found.changes == ()


def test_a_moved_edge_changes_the_records_on_the_edge_and_shows_one() -> None:
    (change,) = changed(SMALL, SMALL.replace("lt", "le")).changes
    assert (change.was, change.was_by) == ("leave", "otherwise")
    assert (change.now, change.now_by) == ("take", "small")
    assert change.record == "{thing: {number: 10}}"
    assert change.kinds == 1
    assert not change.reason_only


def test_another_rule_for_the_same_outcome_is_a_change_of_reason() -> None:
    found = changed(SMALL, SMALL.replace("small", "tiny"))
    assert found.same
    assert all(c.reason_only for c in found.changes)
    assert {(c.was_by, c.now_by) for c in found.changes} == {("small", "tiny")}


def test_the_largest_change_comes_first() -> None:
    one = "\n".join((rule("few", "[{thing.colour: red}, {thing.flag: true}]"), SMALL))
    found = changed(one, one.replace("take", "link"))
    kinds = [c.kinds for c in found.changes if not c.reason_only]
    assert len(set(kinds)) > 1
    assert kinds == sorted(kinds, reverse=True)


def test_another_default_is_said_though_no_rule_changed() -> None:
    head = "params:\n  most: {{type: integer, default: {n}}}\n"
    rules = rule("small", "[{thing.limit: {lt: params.most}}]")
    found = difference(pack(rules, head.format(n=5)), pack(rules, head.format(n=6)))
    assert found.settings == ("params.most: 5 -> 6",)
    assert not found.same


def test_another_strategy_is_said() -> None:
    found = difference(pack(SMALL), pack(SMALL, strategy="deny_overrides"))
    assert found.settings == ("strategy: first -> deny_overrides",)


@pytest.mark.parametrize("of", PACKS, ids=lambda p: p.decision)
def test_a_shipped_file_differs_in_nothing_from_itself(of: Pack) -> None:
    found = difference(of, of)
    assert found.same
    assert found.changes == ()


def test_only_decisions_that_both_sides_take_are_compared() -> None:
    found = differences(PACKS, PACKS[:2])
    assert [d.decision for d in found] == [p.decision for p in PACKS[:2]]
