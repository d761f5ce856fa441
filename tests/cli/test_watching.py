"""Lines about pauses stand above the bars of a terminal, and nowhere where a program reads."""

import contextlib
import io
from contextlib import redirect_stderr

import pytest
from tallystick.cli import watching
from tallystick.cli.shell import Shell


def test_a_pause_is_told_while_bars_are_drawn_and_after(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "interactive", lambda: True)
    shell, screen = Shell(), io.StringIO()
    with redirect_stderr(screen):
        with watching.watching(shell):
            shell.tell("books: [no] answer; try 2 of 6 in 8 s")
        shell.tell("books: waits 25 s")
    lines = screen.getvalue().splitlines()
    assert " books: [no] answer; try 2 of 6 in 8 s" in lines
    assert " books: waits 25 s" in lines


def test_bars_that_end_badly_do_not_swallow_what_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "interactive", lambda: True)
    shell, screen = Shell(), io.StringIO()
    with redirect_stderr(screen):
        with contextlib.suppress(KeyError), watching.watching(shell):
            raise KeyError
        shell.tell("books: waits 25 s")
    assert screen.getvalue().endswith(" books: waits 25 s\n")


@pytest.mark.parametrize("option", ["json", "jsonl", "quiet"])
def test_a_program_is_told_of_no_pause(option: str, capsys: pytest.CaptureFixture[str]) -> None:
    shell = Shell()
    setattr(shell, option, True)
    shell.tell("books: waits 25 s")
    printed = capsys.readouterr()
    assert printed.out + printed.err == ""
