"""What the command line does on terminals, pipes and poor alphabets; all in real processes."""

import os
import pty
import select
import subprocess
import sys
from pathlib import Path

import pytest
from support.fakes import small_world

from cli.terminal import ready


def run(*words: str, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[bytes]:
    """`tallystick WORDS` in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "tallystick", *words],
        capture_output=True,
        check=False,
        env={**os.environ, **(env or {})},
    )


def on_terminal(*words: str, env: dict[str, str]) -> tuple[int, str]:
    """Exit code and screen of a command whose stdout and stderr are a terminal."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "tallystick", *words],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env={**os.environ, "TERM": "xterm", **env},
    )
    os.close(theirs)
    screen = b""
    while True:
        if not select.select([ours], [], [], 30)[0]:
            break
        try:
            part = os.read(ours, 4096)
        except OSError:  # Linux says so when the other end has closed
            break
        if not part:
            break
        screen += part
    os.close(ours)
    return process.wait(30), screen.decode()


def test_color_is_for_terminals() -> None:
    _, screen = on_terminal("explain", "INV-01", env={"NO_COLOR": ""})
    assert "\x1b[" in screen
    assert b"\x1b[" not in run("explain", "INV-01").stdout


@pytest.mark.parametrize(
    ("words", "env"),
    [
        (("explain", "INV-01"), {"NO_COLOR": "1"}),
        (("explain", "INV-01", "--no-color"), {"NO_COLOR": ""}),
        (("--no-color", "explain", "INV-01"), {"NO_COLOR": ""}),
        (("--no-color", "explain", "XXX-99"), {"NO_COLOR": ""}),
        (("explain", "XXX-99"), {"NO_COLOR": "1"}),
        (("--no-color", "--nonsense"), {"NO_COLOR": ""}),
    ],
)
def test_no_color_is_no_color_in_answers_and_in_errors(
    words: tuple[str, ...], env: dict[str, str]
) -> None:
    _, screen = on_terminal(*words, env=env)
    assert screen.strip()
    assert "\x1b[" not in screen


def test_an_alphabet_without_a_letter_prints_a_question_mark_instead_of_failing() -> None:
    done = run("rules", "test", "--json", env={"PYTHONIOENCODING": "ascii"})
    assert done.returncode == 0, done.stderr
    done = run("rules", "show", "contact.match", env={"PYTHONIOENCODING": "ascii"})
    assert b"Traceback" not in done.stderr


def test_a_reader_that_goes_away_is_no_error() -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "tallystick", "rules", "test", "--json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None
    process.stdout.close()
    assert process.stderr is not None
    err = process.stderr.read()
    process.stderr.close()
    process.wait(60)
    assert err == b""


def test_the_home_folder_comes_from_the_environment(tmp_path: Path) -> None:
    home = ready(tmp_path / "home", small_world()).home
    done = run("integration", "list", env={"TALLYSTICK_HOME": str(home)})
    assert done.returncode in {0, 1}
    assert b"CFG-03" not in done.stderr


def test_an_unknown_option_names_the_nearest() -> None:
    done = run("sync", "plan", "--modul", "tasks")
    assert done.returncode == 2
    assert b"--module" in done.stderr


def test_a_group_alone_prints_its_help() -> None:
    done = run("sync")
    assert done.returncode == 2
    assert b"history" in done.stdout + done.stderr


def test_the_version_is_one_line() -> None:
    assert len(run("--version").stdout.splitlines()) == 1
