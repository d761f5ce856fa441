"""The tests and invariants inside rule files run as pytest items."""

import pytest
import tallystick.records.catalogue
import tallystick.workbench  # noqa: F401 - else each run inside a test imports both anew
from tallystick.resources import default_rules

pytest_plugins = ("pytester",)

HEAD = """# a comment may stand above
tallystick: rules/1
decision: integration.migrate
rules:
  - id: moves
    when: [{transaction.customer: {same_as: project.primary_client}}]
    then: migrate
    because: "It belongs to it."
otherwise: leave
base: {project: {primary_client: K}, transaction: {customer: K}}
tests:
  - {name: it moves, expect: migrate, by: moves}
"""
FAILING = "  - {name: it stays, expect: leave}\n"
INVARIANT = """invariants:
  - {id: own-only, after: {outcome: migrate}, must: [{transaction.customer: {ne: L}}]}
"""


def run(pytester: pytest.Pytester, text: str, *options: str) -> pytest.RunResult:
    """Run pytest on a folder that holds one rule file and one other file."""
    pytester.makefile(".yaml", migration=text, notes="a: b\n")
    return pytester.runpytest_inprocess("-p", "no:cacheprovider", *options)


def test_tests_and_invariants_are_items_with_their_names(pytester: pytest.Pytester) -> None:
    printed = run(pytester, HEAD + INVARIANT, "--collect-only", "-q").stdout
    printed.fnmatch_lines(["migration.yaml::it moves", "migration.yaml::invariant[[]own-only[]]"])
    printed.no_fnmatch_line("*notes.yaml*")


def test_items_that_hold_pass(pytester: pytest.Pytester) -> None:
    run(pytester, HEAD + INVARIANT).assert_outcomes(passed=2)


def test_a_failing_test_is_a_failing_item_with_line_and_help(pytester: pytest.Pytester) -> None:
    result = run(pytester, HEAD + FAILING)
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(
        [
            "migration.yaml:13: expected leave, got migrate by moves",
            "It was decided by moves at migration.yaml:5: correct that rule or the test.",
        ]
    )
    result.stdout.no_fnmatch_line("*Traceback*")


def test_an_invariant_that_does_not_hold_is_a_failing_item(pytester: pytest.Pytester) -> None:
    result = run(pytester, HEAD + INVARIANT.replace("ne: L", "ne: K"))
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["*does not hold after migrate by moves*"])


def test_a_file_that_cannot_be_loaded_is_one_error_with_its_place(
    pytester: pytest.Pytester,
) -> None:
    result = run(pytester, HEAD.replace("same_as", "same_s"))
    result.assert_outcomes(errors=1)
    wanted = "*migration.yaml:6:36: RUL-11 There is no operator same_s. Did you mean same_as[?]"
    result.stdout.fnmatch_lines([wanted])
    result.stdout.no_fnmatch_line("*Traceback*")


def test_the_shipped_files_are_collected_with_the_names_of_their_tests(
    pytester: pytest.Pytester,
) -> None:
    text = (default_rules() / "cutoff.yaml").read_text(encoding="utf-8")
    printed = run(pytester, text, "--collect-only", "-q").stdout
    printed.fnmatch_lines(
        ["migration.yaml::on the day", "*::invariant[[]never-unbilled-before-the-cutoff[]]"]
    )
