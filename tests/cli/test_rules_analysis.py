"""`rules` check, coverage, mutate, diff and test by the command line, for people and programs."""

from pathlib import Path

import pytest
from tallystick.resources import default_rules

from cli.terminal import Terminal, assert_clear

FILE = """\
tallystick: rules/1
decision: record.push
title: Tasks go
rules:
  - id: task
    when: [{record.type: task}]
    then: push
    because: It may go.
  - id: late
    when: [{record.type: [task, bug]}]
    then: hold
    because: It waits.
otherwise: hold
base: {record: {type: task}}
tests:
  - {name: a task goes, expect: push, by: task}
"""


@pytest.fixture
def bare(tmp_path: Path) -> Terminal:
    """A folder that is no project, with one rule file."""
    (tmp_path / "push.yaml").write_text(FILE, encoding="utf-8")
    return Terminal(tmp_path)


def path(bare: Terminal) -> str:
    return str(bare.home / "push.yaml")


def edited(bare: Terminal, old: str, new: str) -> str:
    assert old in FILE
    other = bare.home / "other.yaml"
    other.write_text(FILE.replace(old, new), encoding="utf-8")
    return str(other)


def test_check_shows_a_masked_rule_with_its_line_a_mark_and_a_record(bare: Terminal) -> None:
    masked = edited(bare, "[task, bug]", "task")
    printed = bare("rules", "check", masked)
    assert printed.exit == 1
    assert f"RUL-02  {masked}:9:9  late never decides" in printed.out
    assert "9 |   - id: late\n  |         ^\n" in printed.out
    assert "  = record: {}" in printed.out
    assert "  = help: Put it in front of task" in printed.out
    assert "1 mistake\n1 note; --notes prints them." in printed.out


def test_check_passes_with_notes_and_hides_them_when_asked(bare: Terminal) -> None:
    printed = bare("rules", "check", path(bare))
    assert printed.exit == 0
    assert "RUL-03" in printed.out
    assert "All rule files are sound. 1 note." in printed.out
    assert bare("rules", "check", "--no-notes", path(bare)).out == "All rule files are sound.\n"


def test_check_shows_overlaps_when_asked(bare: Terminal) -> None:
    assert "RUL-14" not in bare("rules", "check", path(bare)).out
    printed = bare("rules", "check", "--overlaps", path(bare))
    assert "task wants push and late hold for one record." in printed.out
    assert printed.exit == 0


def test_check_gives_programs_code_place_and_record(bare: Terminal) -> None:
    envelope = bare("rules", "check", path(bare), "--json").envelope
    (gap,) = envelope["data"]
    assert (gap["code"], gap["kind"], gap["line"]) == ("RUL-03", "note", 13)
    assert gap["record"].startswith("{record: {type:")


def test_coverage_names_each_answer_without_a_test_and_gives_one(bare: Terminal) -> None:
    printed = bare("rules", "coverage", path(bare))
    assert printed.exit == 1
    assert "1 of 4" in printed.out
    assert "no test gets hold by late" in printed.out
    assert "= test: - {name: record.type bug is hold by late" in printed.out


def test_coverage_is_full_once_its_tests_are_pasted(bare: Terminal) -> None:
    found = bare("rules", "coverage", path(bare), "--json").envelope["data"]
    tests = "".join(f"  {m['test']}\n" for m in found[0]["missed"])
    (bare.home / "push.yaml").write_text(FILE + tests, encoding="utf-8")
    printed = bare("rules", "coverage", path(bare))
    assert printed.exit == 0, printed.out
    assert "4 of 4" in printed.out
    assert bare("rules", "test", path(bare)).exit == 0


def test_coverage_lists_values_that_no_test_has_when_asked(bare: Terminal) -> None:
    assert "no test has" not in bare("rules", "coverage", path(bare)).out
    assert "no test has" in bare("rules", "coverage", "--cells", path(bare)).out


def test_mutate_shows_each_unnoticed_edit_with_a_test(bare: Terminal) -> None:
    printed = bare("rules", "mutate", path(bare))
    assert printed.exit == 1
    assert "UNNOTICED  without bug" in printed.out
    assert "= hold by late becomes hold by otherwise" in printed.out
    assert "expect: hold, by: late" in printed.out


def test_mutate_notices_all_once_its_tests_are_pasted(bare: Terminal) -> None:
    tests: dict[str, None] = {}
    found = bare("rules", "mutate", path(bare), "--json").envelope["data"]
    for survivor in found[0]["survivors"]:
        tests[survivor["test"]] = None
    text = FILE + "".join(f"  {t}\n" for t in tests)
    (bare.home / "push.yaml").write_text(text, encoding="utf-8")
    printed = bare("rules", "mutate", path(bare))
    assert printed.exit == 0, printed.out
    assert "UNNOTICED" not in printed.out


def test_mutate_tries_as_many_edits_as_it_is_told(bare: Terminal) -> None:
    found = bare("rules", "mutate", path(bare), "--max", "2", "--json").envelope["data"]
    assert found[0]["tried"] == 2
    assert found[0]["of"] > 2


def test_diff_says_which_records_change_and_not_which_lines(bare: Terminal) -> None:
    other = edited(bare, "    when: [{record.type: task}]", "    when: [{record.type: bug}]")
    printed = bare("rules", "diff", path(bare), other)
    assert printed.exit == 0
    assert "was      push by task, now hold by late" in printed.out
    assert "e.g. {record: {type: bug}}" in printed.out
    assert bare("rules", "diff", "--exit-code", path(bare), other).exit == 1


def test_diff_of_a_file_that_was_laid_out_anew_finds_nothing(bare: Terminal) -> None:
    other = edited(bare, "    when: [{record.type: task}]", "    when:\n      - record.type: task")
    printed = bare("rules", "diff", "--exit-code", path(bare), other)
    assert printed.exit == 0
    assert "no record gets another answer" in printed.out


def test_diff_of_two_decisions_is_refused(bare: Terminal) -> None:
    cutoff = str(default_rules() / "cutoff.yaml")
    assert_clear(bare("rules", "diff", path(bare), cutoff), "CFG-06", 2)


def test_a_project_compares_its_file_with_the_one_in_force(tmp_path: Path) -> None:
    terminal = Terminal(tmp_path / "home")
    assert terminal("init").exit == 0
    text = (default_rules() / "cutoff.yaml").read_text(encoding="utf-8")
    mine = tmp_path / "mine.yaml"
    mine.write_text(text.replace("default: opening_invoiced", "default: hold"), encoding="utf-8")
    printed = terminal("rules", "diff", "cutoff", str(mine))
    assert "set      params.late_backdated: opening_invoiced -> hold" in printed.out


def test_a_failing_test_shows_the_condition_and_the_edit(bare: Terminal) -> None:
    wrong = edited(bare, "expect: push, by: task", "expect: hold")
    printed = bare("rules", "test", wrong)
    assert printed.exit == 1
    assert (
        "6 |     when: [{record.type: task}]\n  |             ^ task: true: record.type task"
        in printed.out
    )
    assert "= expected hold, got push by task" in printed.out
    assert "passes the only test" in printed.out


def test_a_shipped_file_is_compared_by_its_name_without_a_project_folder(bare: Terminal) -> None:
    printed = bare("rules", "diff", "cascade", path(bare))
    assert printed.exit == 0
    assert printed.out.startswith(f"record.push  rules/cascade.yaml -> {path(bare)}  ")
    assert_clear(bare("rules", "diff", "no-such-rule", path(bare)), "CFG-14", 2)
