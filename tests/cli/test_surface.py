"""Commands and registry agree; help starts fast; programs get one envelope."""

import json
import subprocess
import sys
from pathlib import Path

import click
import pytest
from tallystick.app.actions import ACTIONS, resolve
from tallystick.cli.root import root

from cli.terminal import Terminal

HEAVY = ("sqlmodel", "sqlalchemy", "hypothesis", "durable", "dbos", "fastapi", "jinja2", "requests")


def leaves(group: click.Group, path: tuple[str, ...] = ()) -> set[str]:
    """Every command that is no group, with its words."""
    found: set[str] = set()
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if isinstance(command, click.Group):
            found |= leaves(command, (*path, name))
        else:
            found.add(" ".join((*path, name)))
    return found


def test_every_command_is_an_action_and_every_action_says_where_it_is_missing() -> None:
    assert leaves(root) == {a.cli for a in ACTIONS if a.cli}
    for action in ACTIONS:
        assert callable(resolve(action.id)), action.id
        assert all((action.cli, action.http, action.page)) or action.reason, action.id


@pytest.mark.parametrize(
    "words", [["--help"], ["--version"], ["explain", "INV-01"], ["sync", "--help"]]
)
def test_help_loads_nothing_heavy(words: list[str]) -> None:
    code = (
        "import sys\nfrom tallystick.cli.root import run\n"
        f"run({words!r})\n"
        f"print([m for m in {HEAVY!r} if m in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "[]"
    assert done.stdout


def test_every_command_has_help_that_says_what_it_does() -> None:
    for words in sorted(leaves(root)):
        command: click.Command = root
        for name in words.split():
            assert isinstance(command, click.Group)
            found = command.get_command(click.Context(command), name)
            assert found is not None
            command = found
        assert command.help, words


def test_an_error_is_one_envelope_with_code_and_fix(tmp_path: Path) -> None:
    printed = Terminal(tmp_path)("status", "--json")
    body = json.loads(printed.out)
    assert printed.err == ""
    assert (body["ok"], body["exit"], body["command"]) == (False, 2, "status")
    assert body["errors"][0]["code"] == "CFG-03"
    assert body["errors"][0]["fix"]
    assert set(body) == {
        "tallystick",
        "command",
        "ok",
        "exit",
        "data",
        "warnings",
        "errors",
        "next",
    }


def test_a_usage_error_is_an_envelope_too(tmp_path: Path) -> None:
    printed = Terminal(tmp_path)("--json", "sync", "plan", "--nonsense")
    body = json.loads(printed.out)
    assert body["exit"] == printed.exit == 2


def test_explain_needs_no_project_folder(tmp_path: Path) -> None:
    printed = Terminal(tmp_path)("explain", "INV-01")
    assert printed.exit == 0
    assert "Already invoiced" in printed.out


def test_global_options_are_taken_at_any_place(tmp_path: Path) -> None:
    before = Terminal(tmp_path)("--json", "explain", "INV-01").out
    after = Terminal(tmp_path)("explain", "INV-01", "--json").out
    assert before == after
