"""One-edit changes of a rule file: which make a difference, and which of those are noticed."""

from decide.building import POINT, file, rule
from tallystick.decide import Pack, RuleSource, parse_source
from tallystick.decide.compiled import Compiled
from tallystick.decide.diagram import equal
from tallystick.decide.yamlnodes import Loader
from tallystick.workbench.edits import Edit, Editor
from tallystick.workbench.mutating import Mutation, mutate
from tallystick.workbench.testing import Promises

EDGE = rule("small", "[{thing.number: {lt: 10}}]")
TESTED = """\
base: {thing: {number: 10}}
tests:
  - {name: at the edge, expect: leave, by: otherwise}
  - {name: below, given: {thing: {number: 9}}, expect: take, by: small}
  - {name: nothing, given: {thing: {number: null}}, expect: leave, by: unknown}
"""


def text(rules: str, tests: str = "") -> str:
    return file(rules, extra=tests)


def source(of: str) -> RuleSource:
    return RuleSource("made.yaml", of, "project")


def mutated(of: str, at_most: int | None = None) -> Mutation:
    (found,) = mutate([source(of)], {}, [POINT], at_most=at_most)
    return found


def edits(of: str) -> list[Edit]:
    (pack,) = parse_source(source(of), {}, [POINT])
    loader = Loader("made.yaml", of)
    return list(Editor(loader, loader.documents()[0], pack, {}).edits())


def words(when: str, then: str = "take") -> set[str]:
    return {e.what for e in edits(text(rule("one", when, then)))}


def test_every_edit_is_a_file_that_can_be_loaded_and_is_another_one() -> None:
    lines = (EDGE, rule("green", "[{thing.colour: [green, red]}]", "link"))
    (pack,) = parse_source(source(text("\n".join(lines))), {}, [POINT])
    found = edits(text("\n".join(lines)))
    assert len(found) > 10
    assert all(e.pack.rules != pack.rules for e in found)


def test_an_edge_is_moved_to_both_sides_and_turned() -> None:
    assert {"le for lt", "ge for lt", "9 for 10", "11 for 10"} <= words(
        "[{thing.number: {lt: 10}}]"
    )


def test_a_value_of_a_list_is_left_out() -> None:
    assert {"without green", "without red", "not_in for [green, red]"} <= words(
        "[{thing.colour: [green, red]}]"
    )


def test_all_is_taken_for_any() -> None:
    found = words("[{any: [{thing.flag: true}, {thing.number: 1}]}]")
    assert {"all for any", "without {thing.flag: true}", "false for true"} <= found


def test_conditions_on_items_are_edited_too() -> None:
    found = words("[{items: {some: true, where: [{word: a}, {number: {gt: 3}}]}}]")
    assert {"none for some", "without {word: a}", "ge for gt", "ne a for a"} <= found


def test_an_edit_has_the_place_at_which_it_is_made() -> None:
    (moved,) = [e for e in edits(text(EDGE)) if e.what == "le for lt"]
    line = text(EDGE).splitlines()[moved.mark.line - 1]
    assert line[moved.mark.column - 1 :].startswith("lt: 10")


def test_an_outcome_that_may_not_hold_always_is_no_edit() -> None:
    assert not [
        e for e in edits(text(rule("one", "[{thing.flag: true}]"))) if "without {" in e.what
    ]


def test_a_file_whose_tests_name_every_difference_has_no_survivor() -> None:
    found = mutated(text(EDGE, TESTED))
    assert found.survivors == ()
    assert (found.percent, found.unsure) == (100, 0)
    assert found.noticed == found.differing == found.tried - found.same > 0


def test_without_the_test_at_the_edge_the_moved_edge_survives() -> None:
    line = "  - {name: at the edge, expect: leave, by: otherwise}\n"
    found = mutated(text(EDGE, TESTED.replace(line, "")))
    assert {s.what for s in found.survivors} == {"le for lt", "11 for 10"}
    (survivor,) = [s for s in found.survivors if s.what == "le for lt"]
    assert (survivor.before, survivor.after) == ("leave by otherwise", "take by small")
    assert found.percent < 100
    assert survivor.test == (
        "- {name: the base is leave by otherwise, expect: leave, by: otherwise}"
    )


def test_a_generated_test_holds_for_the_file_and_not_for_the_edit() -> None:
    lines = "\n".join(
        (
            rule("first", "[{thing.colour: [red, green]}, {thing.day: {before: 2026-07-01}}]"),
            rule("second", "[{items: {some: true, where: [{word: a}]}}]", "link"),
        )
    )
    bare = text(lines)
    found = mutated(bare)
    assert len(found.survivors) > 5
    by_what = {(e.mark, e.what): e for e in edits(bare)}
    for survivor in found.survivors:
        made = parsed(text(lines, f"tests:\n  {survivor.test}\n"))
        edit = next(
            e
            for (mark, what), e in by_what.items()
            if (mark.line, mark.column, what) == (survivor.line, survivor.column, survivor.what)
        )
        assert holds(made, made), survivor
        assert not holds(made, edit.pack), survivor


def parsed(of: str) -> Pack:
    (pack,) = parse_source(source(of), {}, [POINT])
    return pack


def holds(tests: Pack, under: Pack) -> bool:
    compiled = Compiled(under)
    try:
        return Promises(tests).hold(compiled.decide)
    finally:
        compiled.close()


def test_an_edit_that_changes_no_answer_is_no_survivor() -> None:
    lines = "\n".join((EDGE, rule("tiny", "[{thing.number: {lt: 5}}]")))
    found = mutated(text(lines, TESTED))
    assert found.same > 0
    unchanged = [e for e in edits(text(lines)) if equal(parsed(text(lines)), e.pack, by=True)]
    assert len(unchanged) == found.same


def test_a_sample_of_the_edits_says_of_how_many() -> None:
    found = mutated(text(EDGE, TESTED), at_most=3)
    assert (found.tried, found.of) == (3, len(edits(text(EDGE))))


def test_another_rule_for_the_same_outcome_is_a_difference_of_reason_only() -> None:
    lines = "\n".join((rule("one", "[{thing.flag: true}]"), rule("two", "[{thing.number: 1}]")))
    found = mutated(text(lines))
    (swapped,) = [s for s in found.survivors if s.what == "two in front of one"]
    assert swapped.reason_only
    assert "number: 1" in swapped.test
    assert "flag: true" in swapped.test
