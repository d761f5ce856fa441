"""Rule files by the command line: what is wrong is shown with its line."""

from pathlib import Path

import pytest
from tallystick.decide.policies import POLICIES

from cli.terminal import Terminal, assert_clear

WRONG_TEST = """\
tallystick: rules/1
decision: record.push
title: Everything goes
rules:
  - id: all
    when: [{record.type: task}]
    then: push
    because: It may go.
otherwise: hold
tests:
  - name: a task is held
    given: {record: {type: task}}
    expect: hold
"""


@pytest.fixture
def terminal(tmp_path: Path) -> Terminal:
    """A new project folder."""
    made = Terminal(tmp_path / "home")
    assert made("init").exit == 0
    return made


def test_shipped_rules_are_sound_and_their_tests_pass_without_a_project_folder(
    tmp_path: Path,
) -> None:
    bare = Terminal(tmp_path)
    assert "All rule files are sound." in bare("rules", "check").out
    printed = bare("rules", "test")
    assert printed.exit == 0
    assert "0 failed" in printed.out


def test_a_pattern_chooses_tests(tmp_path: Path) -> None:
    every = Terminal(tmp_path).data("rules", "test")
    some = Terminal(tmp_path).data("rules", "test", "-k", "cutoff")
    assert 0 < len(some) < len(every)
    assert all("cutoff" in r["name"] for r in some)


def test_notes_on_files_that_are_not_the_projects_are_counted_and_printed_when_asked(
    terminal: Terminal,
) -> None:
    printed = terminal("rules", "check").out
    every = terminal("rules", "check", "--notes").out
    notes = every.count("\nRUL-0") + every.startswith("RUL-0")
    assert printed.splitlines() == [
        "All rule files are sound.",
        f"{notes} notes on files that are not yours; --notes prints them.",
    ]


def test_a_mistake_stands_alone_and_notes_beside_it_are_counted_unless_asked(
    terminal: Terminal,
) -> None:
    folder = terminal.home / "rules"
    (folder / "own.yaml").write_text(WRONG_TEST, encoding="utf-8")
    wrong = "tallystick: rules/1\ndecision: record.fetch\nrulez: []\n"
    (folder / "wrong.yaml").write_text(wrong, encoding="utf-8")
    printed = terminal("rules", "check")
    assert printed.exit == 1
    assert printed.out.startswith("RUL-11  rules/wrong.yaml:3:1")
    assert "RUL-03" not in printed.out
    assert "1 mistake\n" in printed.out
    assert "notes; --notes prints them." in printed.out
    every = terminal("rules", "check", "--notes").out
    assert every.startswith("RUL-11  rules/wrong.yaml:3:1")
    assert "RUL-03  rules/own.yaml" in every


def test_notes_on_the_projects_own_files_are_printed(terminal: Terminal) -> None:
    own = terminal.home / "rules" / "own.yaml"
    own.write_text(WRONG_TEST, encoding="utf-8")
    printed = terminal("rules", "check").out
    assert "RUL-03  rules/own.yaml:9:12" in printed
    assert "rules/cutoff.yaml" not in printed
    assert "All rule files are sound. 1 note." in printed


def test_the_list_and_the_run_count_the_same_tests(terminal: Terminal) -> None:
    listed = sum(row["tests"] for row in terminal.data("rules", "list"))
    assert listed == len(terminal.data("rules", "test"))
    shown = terminal("rules", "show", "cutoff").out.splitlines()[-1]
    (row,) = terminal.data("rules", "list", "--where", "decision=time_entry.status")
    assert shown.startswith(f"  {row['tests']} tests (invariants among them: 3)")


def test_the_list_says_where_a_rule_file_comes_from(terminal: Terminal) -> None:
    rows = {r["decision"]: r for r in terminal.data("rules", "list")}
    assert rows["time_entry.status"]["origin"] == "shipped"
    only = terminal.data("rules", "list", "--where", "decision=record.push", "--columns", "file")
    assert [list(r) for r in only] == [["file"]]


@pytest.mark.parametrize("view", ["sentence", "table", "yaml"])
def test_a_rule_file_has_three_readings(terminal: Terminal, view: str) -> None:
    printed = terminal("rules", "show", "time_entry.status", "--as", view)
    assert printed.exit == 0
    assert "before-cutoff" in printed.out or "cutoff" in printed.out.lower()


def test_the_policies_are_shown_with_number_value_and_what_they_may_be(terminal: Terminal) -> None:
    shown = [line.split() for line in terminal("rules", "show", "policies.yaml").out.splitlines()]
    rounding = next(line for line in shown if "rounding.time.mode" in line)
    assert rounding == [
        *("P-12", "rounding.time.mode", "none", "none,", "up,", "down,", "nearest", "-"),
        *("rules/policies.yaml", "(shipped)"),
    ]
    key, policy = next((k, p) for k, p in POLICIES.items() if p.later)
    told = next(
        line for line in terminal("rules", "show", "policies").out.splitlines() if key in line
    )
    assert ", ".join(map(str, policy.later)) in told
    approval = next(line for line in shown if "params.require_approval" in line)
    assert (approval[0], approval[-2]) == ("P-09", "rules/qualification.yaml")


def test_the_projects_own_policies_are_the_ones_in_force(terminal: Terminal) -> None:
    own = terminal.home / "rules" / "policies.yaml"
    own.write_text("tallystick: policies/1\nrounding: {money_mode: half_even}\n")
    shown = [line.split() for line in terminal("rules", "show", "policies").out.splitlines()]
    money = next(line for line in shown if "rounding.money_mode" in line)
    assert (money[2], money[-1]) == ("half_even", "(project)")
    assert next(line for line in shown if "time.zone" in line)[-1] == "(default)"
    (row,) = terminal.data("rules", "list", "--where", "decision=policies")
    assert row["origin"] == "project"
    assert terminal("rules", "show", "policies", "--as", "yaml").out == own.read_text()
    assert_clear(terminal("rules", "show", "policies", "--as", "report"), "CFG-06", 2)


def test_one_mistake_has_one_remedy_wherever_it_is_told(terminal: Terminal) -> None:
    own = terminal.home / "rules" / "own.yaml"
    own.write_text(WRONG_TEST.replace("then: push", "then: pussh"), encoding="utf-8")
    (checked,) = terminal("rules", "check", "--no-notes", "--json").envelope["data"]
    refused = terminal("rules", "test", "--json").envelope["errors"][0]
    status = terminal.data("status")["rules"]
    assert checked["fix"] == refused["fix"] == status["fix"]


def test_a_rule_that_is_not_there(terminal: Terminal) -> None:
    assert_clear(terminal("rules", "show", "no-such-rule"), "CFG-14", 2)


def test_a_rule_file_that_is_not_there(terminal: Terminal, tmp_path: Path) -> None:
    printed = terminal("rules", "test", str(tmp_path / "none.yaml"))
    assert printed.exit in {1, 2}
    assert "none.yaml" in printed.err
    assert "Traceback" not in printed.err


def test_a_wrong_file_is_marked_under_its_column(terminal: Terminal) -> None:
    file = terminal.home / "rules" / "typo.yaml"
    file.write_text(
        "tallystick: rules/1\ndecision: record.push\nstrategie: first\n", encoding="utf-8"
    )
    printed = terminal("rules", "check", str(file))
    assert printed.exit == 1
    lines = printed.out.splitlines()
    marked = next(n for n, line in enumerate(lines) if line.startswith("3 | strategie"))
    assert lines[marked + 1].rstrip() == "  | ^"
    assert terminal("rules", "check", str(file), "--json").exit == 1


def test_a_test_that_fails_is_shown_with_its_line_and_what_came_out(terminal: Terminal) -> None:
    file = terminal.home / "rules" / "push.yaml"
    file.write_text(WRONG_TEST, encoding="utf-8")
    printed = terminal("rules", "test", str(file))
    assert printed.exit == 1, printed.err
    assert "FAIL  a task is held" in printed.out
    assert "push.yaml:11" in printed.out
    assert "11 |   - name: a task is held" in printed.out
    assert "expected hold, got push by all" in printed.out
    assert "1 failed" in printed.out


def test_a_file_that_cannot_be_loaded_is_shown_with_its_line_on_stderr(terminal: Terminal) -> None:
    file = terminal.home / "rules" / "push.yaml"
    text = WRONG_TEST.replace("when: [{record.type: task}]", "when: soon")
    file.write_text(text, encoding="utf-8")
    printed = terminal("rules", "test", str(file))
    assert_clear(printed, "RUL-", 1)
    assert "6 |     when: soon" in printed.err
    assert printed.err.splitlines()[3].rstrip() == "  |           ^"
