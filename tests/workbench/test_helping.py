"""A failing test shows the condition that decided it and the one edit that would do."""

from decide.building import POINT, file, rule
from tallystick.decide import RuleSource, load_rulebook
from tallystick.workbench.helping import helped
from tallystick.workbench.testing import TestResult, run_tests

SMALL = rule("small", "[{thing.flag: true}, {thing.number: {le: 10}}]")
BASE = "base: {thing: {flag: true, number: 10}}\n"


def failed(rules: str, *tests: str) -> list[TestResult]:
    lines = "".join(f"  - {t}\n" for t in tests)
    source = RuleSource("made.yaml", file(rules, extra=f"{BASE}tests:\n{lines}"), "project")
    book = load_rulebook([source], {}, [POINT])
    try:
        found = helped(run_tests(book), [source], {}, [POINT])
    finally:
        book.close()
    return [r for r in found if not r.passed]


def test_the_one_edit_that_makes_every_test_pass_is_named() -> None:
    (result,) = failed(
        SMALL,
        "{name: at the edge, expect: leave}",
        "{name: below, given: {thing: {number: 9}}, expect: take}",
        "{name: far below, given: {thing: {number: 1}}, expect: take}",
        "{name: no flag, given: {thing: {flag: false}}, expect: leave}",
    )
    assert result.fix is not None
    assert result.fix.startswith("lt for le in line 11 passes all 4 tests (")
    assert "one-edit changes tried" in result.fix


def test_the_condition_that_decided_is_marked_with_its_values() -> None:
    (result,) = failed(
        SMALL,
        "{name: at the edge, expect: leave}",
        "{name: below, given: {thing: {number: 9}}, expect: take}",
        "{name: no flag, given: {thing: {flag: false}}, expect: leave}",
    )
    (line,) = result.lines
    assert line.source == SMALL
    assert SMALL[line.column - 1 :].startswith("thing.number")
    assert line.said == "small: true: thing.number 10"


def test_what_kept_the_expected_rule_from_holding_is_marked() -> None:
    rules = "\n".join((rule("big", "[{thing.limit: 3}, {thing.number: {ge: 5}}]"), SMALL))
    (result,) = failed(
        rules,
        "{name: not sent, given: {thing: {number: 20, limit: 4}}, expect: take, by: big}",
        "{name: three, given: {thing: {number: 20, limit: 3}}, expect: take, by: big}",
        "{name: five, given: {thing: {number: 20, limit: 5}}, expect: leave}",
    )
    assert [line.said for line in result.lines] == ["big: false: thing.limit 4"]


def test_no_edit_is_advised_where_none_does() -> None:
    results = failed(
        SMALL,
        "{name: one way, expect: leave}",
        "{name: the other way, expect: take}",
    )
    assert [r.fix for r in results] == [
        "It was decided by small at made.yaml:9: correct that rule or the test."
    ]


def test_only_a_few_of_many_failing_tests_are_looked_into() -> None:
    tests = [
        f"{{name: test {n}, given: {{thing: {{limit: {n}}}}}, expect: leave}}" for n in range(9)
    ]
    results = failed(SMALL, *tests)
    assert len(results) == 9
    assert sum(bool(r.lines) for r in results) == 5
