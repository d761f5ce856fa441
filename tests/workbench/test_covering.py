"""What the tests of a rule file reach of all that its rules can tell apart."""

from decide.building import POINT, file, rule
from tallystick.decide import RuleSource
from tallystick.workbench.covering import Covered, cover

RULES = rule("small", "[{thing.number: {lt: 10}}]")


def covered(*tests: str, rules: str = RULES) -> Covered:
    lines = "".join(f"  {t}\n" for t in tests)
    text = file(rules, extra=f"tests:\n{lines}" if tests else "")
    (found,) = cover([RuleSource("made.yaml", text, "project")], {}, [POINT])
    return found


def test_without_a_test_nothing_is_reached() -> None:
    found = covered()
    assert (found.leaves_reached, found.leaves_possible) == (0, 3)
    assert (found.percent, found.cells_reached) == (0, 0)


def test_each_missed_answer_comes_with_a_test_that_gets_it() -> None:
    first = covered()
    assert len(first.missed) == 3
    found = covered(*(m.test for m in first.missed))
    assert (found.leaves_reached, found.percent, found.missed) == (3, 100, ())


def test_each_missed_kind_of_value_comes_with_a_test_that_has_it() -> None:
    first = covered()
    names = [
        m.test.replace("name: ", f"name: number {n} ") for n, m in enumerate(first.missed_cells)
    ]
    found = covered(*names)
    assert found.cells_reached == found.cells_possible == len(first.missed_cells)
    assert found.missed_cells == ()


def test_values_that_were_fetched_are_counted_apart_from_absent_ones() -> None:
    rules = rule("red", "[{thing.flag: true}]")
    found = covered(rules=rules)
    assert (found.fetched_possible, found.cells_possible) == (2, 3)
    absent = "- {name: a, given: {thing: {flag: !absent }}, expect: leave}"
    reached = covered(absent, rules=rules)
    assert (reached.fetched_reached, reached.cells_reached) == (0, 1)


def test_a_word_that_no_list_has_lies_in_a_cell_too() -> None:
    rules = rule("red", "[{thing.colour: red}]")
    test = "- {name: a, given: {thing: {colour: mauve}}, expect: leave}"
    assert covered(test, rules=rules).outside == 0
