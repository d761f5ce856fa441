"""`rules check`, `rules test` and `rules show`: what is wrong, where, and what to do."""

from pathlib import Path

import pytest
from tallystick.app.actions import resolve
from tallystick.errors import ConfigError
from tallystick.resources import default_rules
from tallystick.workbench import Diagnostic, TestResult


@pytest.fixture
def cutoff(tmp_path: Path) -> Path:
    """A copy of a shipped file, to be spoiled."""
    copy = tmp_path / "cutoff.yaml"
    copy.write_text((default_rules() / "cutoff.yaml").read_text(encoding="utf-8"), encoding="utf-8")
    return copy


def spoil(path: Path, old: str, new: str) -> int:
    """Change one text of a file; the number of its line."""
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return text[: text.index(old)].count("\n") + 1


def check(*paths: Path) -> tuple[Diagnostic, ...]:
    found: tuple[Diagnostic, ...] = resolve("rules.check")(None, paths)
    return tuple(d for d in found if d.kind == "mistake")


def run(*paths: Path, pattern: str | None = None) -> tuple[TestResult, ...]:
    found: tuple[TestResult, ...] = resolve("rules.test")(None, paths, pattern=pattern)
    return found


def test_the_shipped_files_have_no_mistake_and_all_their_tests_hold() -> None:
    assert check() == ()
    results = run()
    assert len(results) > 150
    assert [r.name for r in results if not r.passed] == []


def test_a_mistake_has_code_place_line_of_text_and_help(cutoff: Path) -> None:
    line = spoil(cutoff, "time_entry.late: true", "time_entry.latte: true")
    (found,) = check(cutoff)
    text = cutoff.read_text(encoding="utf-8").splitlines()[line - 1]
    assert (found.code, found.file, found.line) == ("RUL-11", str(cutoff), line)
    assert found.column == text.index("time_entry.latte") + 1
    assert found.source == text
    assert "Did you mean time_entry.late?" in found.message
    assert found.fix is not None
    assert "\n" not in found.message + found.fix


def test_each_file_is_checked_though_another_is_wrong(cutoff: Path, tmp_path: Path) -> None:
    spoil(cutoff, "otherwise: hold", "otherwise: unbilled")
    other = tmp_path / "other.yaml"
    other.write_text("tallystick: rules/1\n", encoding="utf-8")
    assert [d.code for d in check(tmp_path)] == ["RUL-06", "RUL-07"]


def test_scores_in_the_folder_are_not_rules(tmp_path: Path) -> None:
    (tmp_path / "matching.yaml").write_text("tallystick: matching/1\n", encoding="utf-8")
    assert check(tmp_path) == ()


@pytest.mark.parametrize("text", ["", "score: 1\n"])
def test_a_file_that_would_stop_every_command_is_found(tmp_path: Path, text: str) -> None:
    """A project's rules folder is loaded whole, so an empty or foreign file in it is a mistake."""
    (tmp_path / "points.yaml").write_text(text, encoding="utf-8")
    (found,) = check(tmp_path)
    assert found.code.startswith("RUL-")


def test_a_wrong_policy_of_the_folder_is_found(tmp_path: Path) -> None:
    text = "# ours\ntallystick: policies/1\ntime: {zone: UTC}\n"
    (tmp_path / "policies.yaml").write_text(text, encoding="utf-8")
    (found,) = check(tmp_path)
    assert (found.code, found.line, found.column) == ("RUL-13", 3, 14)
    assert found.source == "time: {zone: UTC}"


def test_two_files_that_take_one_decision_are_found(cutoff: Path, tmp_path: Path) -> None:
    twin = tmp_path / "twin.yaml"
    twin.write_text(cutoff.read_text(encoding="utf-8"), encoding="utf-8")
    (found,) = check(tmp_path)
    assert (found.code, found.file, found.line) == ("RUL-07", str(twin), 1)
    spoil(twin, "state: enforce", "state: draft")
    assert check(tmp_path) == ()


def test_a_test_that_fails_says_what_came_and_which_rule_to_look_at(cutoff: Path) -> None:
    line = spoil(cutoff, "expect: invoiced, by: before-cutoff", "expect: unbilled")
    (failed,) = [r for r in run(cutoff) if not r.passed]
    assert (failed.file, failed.line) == (str(cutoff), line)
    assert failed.message == "expected unbilled, got invoiced by before-cutoff"
    assert failed.fix is not None
    assert "before-cutoff at " in failed.fix
    assert "\n" not in failed.fix


def test_a_test_that_fails_in_doubt_names_the_missing_field(cutoff: Path) -> None:
    spoil(
        cutoff,
        "{name: no date, given: {time_entry: {work_date: null}}, expect: hold",
        "{name: no date, given: {time_entry: {work_date: null}}, expect: unbilled",
    )
    text = cutoff.read_text(encoding="utf-8")
    cutoff.write_text(text.replace("expect: unbilled, by: unknown", "expect: unbilled"))
    (failed,) = [r for r in run(cutoff) if not r.passed]
    assert failed.fix is not None
    assert "time_entry.work_date" in failed.fix


def test_an_invariant_is_tried_on_changes_of_the_tests_too(cutoff: Path) -> None:
    """No test of the file has this combination; a changed field finds it."""
    line = spoil(
        cutoff,
        "invariants:\n",
        "invariants:\n"
        "  - {id: never-unbilled-when-late, after: {outcome: unbilled}, "
        "must: [{any: [{time_entry.late: false}, {params.mode: date}]}]}\n",
    )
    (failed,) = [r for r in run(cutoff) if not r.passed]
    assert (failed.line, failed.name) == (line + 1, "invariant[never-unbilled-when-late]")
    assert "does not hold after unbilled by all-unbilled with time_entry.late" in failed.message


def test_an_invariant_that_nothing_may_break_fails_where_a_field_matters(cutoff: Path) -> None:
    spoil(cutoff, "invariants:\n", "invariants:\n  - {id: a, unaffected_by: [time_entry.state]}\n")
    (failed,) = [r for r in run(cutoff) if not r.passed]
    assert "changes the answer to" in failed.message


def test_the_pattern_chooses_tests_by_name() -> None:
    found = run(pattern="leap day")
    assert found
    assert all("leap day" in r.name for r in found)


def test_the_tests_of_a_draft_run_though_it_takes_no_decision(cutoff: Path) -> None:
    before = len(run(cutoff))
    spoil(cutoff, "state: enforce", "state: draft")
    assert len(run(cutoff)) == before


@pytest.mark.parametrize("action", ["rules.list", "rules.show", "rules.check", "rules.test"])
def test_the_registry_finds_what_stands_above_it_by_its_whole_name(action: str) -> None:
    assert callable(resolve(action))


def test_a_file_in_force_is_meant_by_its_name_where_there_is_no_such_path(
    cutoff: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    named = run(Path("cutoff"))
    assert {r.file for r in named} == {str(default_rules() / "cutoff.yaml")}
    monkeypatch.chdir(cutoff.parent)
    cutoff.rename("cutoff")
    assert {r.file for r in run(Path("cutoff"))} == {"cutoff"}


def test_a_name_that_is_neither_a_path_nor_in_force_is_told() -> None:
    with pytest.raises(ConfigError, match="nosuch cannot be read") as told:
        run(Path("nosuch"))
    assert told.value.code == "CFG-10"
    assert "rules list" in told.value.fix
