"""`rules` fmt, lint, schema, table, list and watch by the command line."""

import json
from pathlib import Path

import pytest
from support.fakes import World
from support.projects import fake_host
from tallystick.app.workspace import Surroundings
from tallystick.resources import default_rules
from tallystick.testing.clock import FakeClock

from cli.terminal import Terminal, assert_clear

RULE_FILE = """\
# ours
decision: record.push
tallystick: rules/1
title: Everything goes
rules:
  - when: [{record.type: task}]  # only tasks
    id: all
    then: push
    because: It may go.
otherwise: hold
tests:
  - {name: a task goes, given: {record: {type: task}}, expect: push}
  - {name: a bug is held, given: {record: {type: bug}}, expect: hold}
version: 3
owner: finance
"""


@pytest.fixture
def terminal(tmp_path: Path) -> Terminal:
    """A new project folder with one rule file of its own."""
    made = Terminal(tmp_path / "home")
    assert made("init").exit == 0
    push(made).write_text(RULE_FILE, encoding="utf-8")
    return made


def push(terminal: Terminal) -> Path:
    return terminal.home / "rules" / "push.yaml"


def test_fmt_writes_the_projects_files_once_and_keeps_their_comments(terminal: Terminal) -> None:
    first = terminal("rules", "fmt")
    assert first.exit == 0, first.err
    assert "written" in first.out
    text = push(terminal).read_text(encoding="utf-8")
    assert text.startswith("# ours\ntallystick: rules/1\ndecision: record.push\n")
    assert "    when: [{record.type: task}]  # only tasks\n" in text
    assert "0 files changed" in terminal("rules", "fmt").out
    assert terminal("rules", "fmt", "--check").exit == 0


def test_fmt_check_writes_nothing_and_names_the_first_line(terminal: Terminal) -> None:
    printed = terminal("rules", "fmt", "--check")
    assert printed.exit == 1
    assert f"not canonical  {push(terminal)}:2:1" in printed.out
    assert "2 | decision: record.push\n  | ^" in printed.out
    assert f" rules fmt {push(terminal)}" in printed.err
    assert push(terminal).read_text(encoding="utf-8") == RULE_FILE


def test_fmt_leaves_every_file_as_it_is_when_one_is_no_yaml(terminal: Terminal) -> None:
    wrong = terminal.home / "rules" / "wrong.yaml"
    wrong.write_text("a: [1\nb: 2\n", encoding="utf-8")
    printed = terminal("rules", "fmt")
    assert_clear(printed, "RUL-07", 1)
    assert "wrong.yaml:2" in printed.err
    assert push(terminal).read_text(encoding="utf-8") == RULE_FILE


def test_fmt_upgrade_says_that_there_is_no_newer_format(terminal: Terminal) -> None:
    printed = terminal("rules", "fmt", "--upgrade")
    assert "rules/1 is the newest format: nothing to upgrade" in printed.out


def test_fmt_without_a_project_folder_asks_for_a_file(tmp_path: Path) -> None:
    assert_clear(Terminal(tmp_path)("rules", "fmt"), "CFG-06", 2)


def test_lint_marks_a_finding_under_its_column(terminal: Terminal) -> None:
    text = RULE_FILE.replace("owner: finance\n", "")
    push(terminal).write_text(text, encoding="utf-8")
    printed = terminal("rules", "lint", str(push(terminal)))
    assert printed.exit == 1
    lines = printed.out.splitlines()
    assert lines[0] == f"RUL-31  {push(terminal)}:2:1  The file has no owner."
    assert lines[2:4] == ["2 | decision: record.push", "  | ^"]
    assert lines[-1] == "1 finding"


def test_lint_of_a_file_with_nothing_to_improve(terminal: Terminal) -> None:
    printed = terminal("rules", "lint", str(push(terminal)))
    assert (printed.exit, printed.out) == (0, "Nothing to improve.\n")
    assert terminal.data("rules", "lint", str(push(terminal))) == []


def test_every_code_of_lint_can_be_explained(terminal: Terminal) -> None:
    for code in ("RUL-30", "RUL-31", "RUL-32", "RUL-33", "RUL-34", "RUL-35", "RUL-36"):
        assert terminal("explain", code).exit == 0


def test_the_schema_is_written_where_editors_look_for_it(terminal: Terminal) -> None:
    folder = terminal.home / ".tallystick"
    printed = terminal("rules", "schema", "--draft7", "--write", str(folder))
    assert printed.exit == 0
    assert "# yaml-language-server: $schema=../.tallystick/rules.schema.json" in printed.out
    made = json.loads((folder / "rules.schema.json").read_text(encoding="utf-8"))
    assert made["$schema"].endswith("draft-07/schema#")
    assert json.loads(terminal("rules", "schema").out)["$schema"].endswith("2020-12/schema")


def test_a_table_goes_out_and_comes_back(terminal: Terminal, tmp_path: Path) -> None:
    table, back = tmp_path / "push.csv", tmp_path / "back.yaml"
    before = terminal.data("rules", "list", "--where", "decision=record.push")
    assert terminal("rules", "table", "export", "record.push", "-o", str(table)).exit == 0
    printed = terminal("rules", "table", "import", str(table), "-o", str(back))
    assert printed.exit == 0, printed.err
    assert f" rules test {back}" in printed.err
    push(terminal).write_text(back.read_text(encoding="utf-8"), encoding="utf-8")
    assert terminal.data("rules", "list", "--where", "decision=record.push") == before


def test_a_table_that_makes_a_wrong_file_is_refused_and_nothing_is_written(
    terminal: Terminal, tmp_path: Path
) -> None:
    table, back = tmp_path / "push.csv", tmp_path / "back.yaml"
    text = terminal("rules", "table", "export", "push.yaml").out
    table.write_text(text.replace(",push,", ",psh,"), encoding="utf-8")
    printed = terminal("rules", "table", "import", str(table), "-o", str(back))
    assert printed.exit == 1
    assert "psh is no outcome" in printed.out
    assert not back.exists()


def test_a_file_that_is_there_is_replaced_only_when_asked_to(
    terminal: Terminal, tmp_path: Path
) -> None:
    table = tmp_path / "push.csv"
    words = ("rules", "table", "export", "record.push", "-o", str(table))
    table.write_text("mine", encoding="utf-8")
    assert_clear(terminal(*words), "CFG-10", 2)
    assert table.read_text(encoding="utf-8") == "mine"
    assert terminal(*words, "--yes").exit == 0
    assert table.read_text(encoding="utf-8").startswith("row,name,")


def test_the_list_has_state_version_and_owner_and_drafts_too(terminal: Terminal) -> None:
    draft = RULE_FILE.replace("title:", "state: draft\ntitle:").replace("version: 3", "version: 4")
    (terminal.home / "rules" / "next.yaml").write_text(draft, encoding="utf-8")
    rows = terminal.data("rules", "list", "--where", "owner=finance")
    assert [(r["state"], r["version"]) for r in rows] == [("enforce", 3), ("draft", 4)]


def test_a_pattern_that_matches_nothing_is_said_with_the_nearest_name(terminal: Terminal) -> None:
    printed = terminal("rules", "test", str(push(terminal)), "-k", "tsak")
    assert_clear(printed, "CFG-06", 2)
    assert "No test of 2 has 'tsak' in its name" in printed.err
    assert "-k 'task'" in printed.err


def watched(terminal: Terminal, *texts: str) -> Terminal:
    """The same folder; each wait writes the next text, then a person presses Ctrl-C."""
    waits: list[float] = []

    def wait(seconds: float) -> None:
        waits.append(seconds)
        assert seconds > 0
        if len(waits) % 2 and len(waits) // 2 < len(texts):
            push(terminal).write_text(texts[len(waits) // 2], encoding="utf-8")
        elif len(waits) > 2 * len(texts):
            raise KeyboardInterrupt

    around = Surroundings(clock=FakeClock(), wait=wait, host=fake_host(World()))
    return Terminal(terminal.home, around)


def test_watching_runs_again_after_each_change_and_ends_on_ctrl_c(terminal: Terminal) -> None:
    person = watched(terminal, RULE_FILE.replace("expect: push", "expect: hold"), RULE_FILE)
    printed = person("rules", "test", "--watch", str(push(terminal)))
    assert printed.exit == 130
    counts = [line for line in printed.out.splitlines() if " passed" in line]
    assert counts == ["0 failed, 2 passed", "1 failed, 1 passed", "0 failed, 2 passed"]
    assert "push.yaml changed" in printed.err


def test_watching_goes_on_though_a_file_is_broken_for_a_while(terminal: Terminal) -> None:
    person = watched(terminal, "tallystick: [\n", RULE_FILE)
    printed = person("rules", "test", "--watch", str(push(terminal)), "--jsonl")
    events = [json.loads(line) for line in printed.out.splitlines()]
    assert [e.get("event") for e in events][:3] == ["tested", None, "tested"]
    assert events[1]["errors"][0]["code"] == "RUL-07"


def test_one_envelope_cannot_be_watched(terminal: Terminal) -> None:
    printed = terminal("rules", "test", "--watch", "--json")
    assert printed.envelope["errors"][0]["code"] == "CFG-06"


def test_the_shipped_files_can_be_formatted(tmp_path: Path) -> None:
    """In a copy: the layout keeps their meaning, so their tests still hold."""
    for file in default_rules().glob("*.yaml"):
        (tmp_path / file.name).write_text(file.read_text(encoding="utf-8"), encoding="utf-8")
    bare = Terminal(tmp_path)
    assert bare("rules", "fmt", str(tmp_path)).exit == 0
    assert bare("rules", "fmt", "--check", str(tmp_path)).exit == 0
    assert "0 failed" in bare("rules", "test", str(tmp_path)).out
