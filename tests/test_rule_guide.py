"""The four changes that docs/rules.md goes through can be made as it says, with its own blocks."""

import re
from pathlib import Path

import pytest
from tallystick.records.catalogue import catalogue
from tallystick.resources import default_rules
from tallystick.workbench.testing import run_file

ROOT = Path(__file__).parents[1]
GUIDE = (ROOT / "docs" / "rules.md").read_text(encoding="utf-8")
SECTION = GUIDE.split("## Four changes, step by step")[1].split("\n## ")[0]


def blocks(title: str) -> list[str]:
    """The YAML of one change, in the order of the guide."""
    part = SECTION.split(f"**{title}.**")[1].split("\n**")[0]
    return re.findall(r"```yaml\n(.*?)```", part, re.DOTALL)


def changed(name: str, edits: list[tuple[str, str]]) -> dict[str, bool]:
    """Whether each test of a shipped file holds with texts put behind, or in place of, others."""
    text = (default_rules() / name).read_text(encoding="utf-8")
    for old, new in edits:
        assert text.count(old) >= 1, old
        text = text.replace(old, new, 1)
    return {r.name: r.passed for r in run_file(name, text, catalogue())}


def test_a_minimum_duration_is_set_as_the_guide_says() -> None:
    param, rule, tests = blocks("A minimum duration")
    edits = [
        ("params:\n", f"params:\n{param}"),
        ("  - id: too-long\n", f"{rule}  - id: too-long\n"),
        ("\ntests:\n", f"\ntests:\n{tests}"),
    ]
    results = changed("qualification.yaml", edits)
    assert [name for name, passed in results.items() if not passed] == ["one minute"]
    mended = (
        "given: {record: {minutes: 1}}",
        "given: {params: {min_minutes: 1}, record: {minutes: 1}}",
    )
    assert all(changed("qualification.yaml", [*edits, mended]).values())


def test_who_may_switch_on_again_is_set_as_the_guide_says() -> None:
    rule, tests = blocks("Who may switch on again")
    edits = [("rules:\n", f"rules:\n{rule}"), ("\ntests:\n", f"\ntests:\n{tests}")]
    assert not all(changed("re_enable.yaml", edits).values())
    assert all(changed("re_enable.yaml", [*edits, ("{user: ops,", "{user: alice,")]).values())


def test_bugs_are_set_apart_as_the_guide_says() -> None:
    rule, tests = blocks("Bugs on a line of their own")
    edits = [("rules:\n", f"rules:\n{rule}"), ("\ntests:\n", f"\ntests:\n{tests}")]
    assert not all(changed("invoiced_once.yaml", edits).values())
    base = ("\nbase:\n", "\nbase:\n  time_entry: {kind: task}\n")
    assert all(changed("invoiced_once.yaml", [*edits, base]).values())


def test_bugs_are_kept_off_a_bill_as_the_guide_says() -> None:
    rule, _ = blocks("Bugs on a line of their own")
    kept_off = rule.replace("then: apart", "then: refuse")
    test = "  - {name: off, given: {time_entry: {kind: bug}}, expect: refuse, by: bugs}\n"
    base = ("\nbase:\n", "\nbase:\n  time_entry: {kind: task}\n")
    edits = [("rules:\n", f"rules:\n{kept_off}"), ("\ntests:\n", f"\ntests:\n{test}"), base]
    assert all(changed("invoiced_once.yaml", edits).values())


def test_one_customer_is_never_linked_by_itself_as_the_guide_says() -> None:
    rule, tests = blocks("One customer that is never linked by itself")
    edits = [("rules:\n", f"rules:\n{rule}"), ("\ntests:\n", f"\ntests:\n{tests}")]
    assert all(changed("contacts.yaml", edits).values())


@pytest.mark.parametrize("file", ["qualification", "re_enable", "invoiced_once", "contacts"])
def test_the_guide_names_a_file_that_is_shipped(file: str) -> None:
    assert f"`{file}`" in SECTION
    assert (default_rules() / f"{file}.yaml").is_file()


PLACES = [
    (path.name, *found)
    for path in (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))
    for found in re.findall(r"by ([\w-]+)  rules/(\w+\.yaml):(\d+)", path.read_text("utf-8"))
]
EXCERPTS = re.findall(r"^(\d+) \| (.*)$", GUIDE, re.MULTILINE)


def line(name: str, number: int) -> str:
    """One line of a shipped file."""
    return (default_rules() / name).read_text(encoding="utf-8").splitlines()[number - 1]


@pytest.mark.parametrize(("document", "rule", "file", "number"), PLACES)
def test_a_printed_place_of_a_rule_is_where_it_stands(
    document: str, rule: str, file: str, number: str
) -> None:
    assert line(file, int(number)).strip() == f"- id: {rule}", document


@pytest.mark.parametrize(("number", "text"), EXCERPTS)
def test_a_printed_line_of_the_guide_is_the_line_of_the_shipped_file(
    number: str, text: str
) -> None:
    assert line("qualification.yaml", int(number)) == text.replace("acept", "accept")
