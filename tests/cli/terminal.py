"""A person at a terminal: runs commands in process and keeps what they print."""

import io
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from support.fakes import World
from support.projects import fake_host
from tallystick.app.demo_stage import SIDES, Stage, stage
from tallystick.app.workspace import Surroundings
from tallystick.cli.root import run
from tallystick.testing.clock import FakeClock

CREDENTIAL = {"client_id": "id", "client_secret": "hush-secret", "refresh_token": "hush-token"}


@dataclass(frozen=True, slots=True)
class Printed:
    """What one command printed and its exit code."""

    exit: int
    out: str
    err: str

    @property
    def envelope(self) -> dict[str, Any]:
        """The JSON envelope of a command run with --json."""
        found: dict[str, Any] = json.loads(self.out)
        return found


@dataclass(slots=True)
class Terminal:
    """Commands in one project folder."""

    home: Path
    around: Surroundings | None = None

    def __call__(self, *words: str, stdin: str = "") -> Printed:
        """Run `tallystick WORDS` in the project folder."""
        out, err = io.StringIO(), io.StringIO()
        before = sys.stdin
        sys.stdin = io.StringIO(stdin)
        try:
            with redirect_stdout(out), redirect_stderr(err):
                code = run(["--home", str(self.home), *words], self.around)
        finally:
            sys.stdin = before
        return Printed(code, out.getvalue(), err.getvalue())

    def data(self, *words: str, stdin: str = "") -> Any:
        """The data of a command that must succeed."""
        printed = self(*words, "--json", stdin=stdin)
        assert printed.envelope["ok"], printed.out + printed.err
        return printed.envelope["data"]


def connect(terminal: Terminal, place: Stage) -> None:
    """Connect both sides by the command line."""
    for side, system in SIDES.items():
        facts = place.announced[system]
        names = ("client_id", "client_secret", "refresh_token")
        printed = terminal(
            "integration",
            "connect",
            "--side",
            side,
            "--key-stdin",
            "--set",
            f"accounts_url={facts['accounts_url']}",
            "--set",
            f"base_url={facts['base_url']}",
            "--set",
            "requests_per_minute=0",
            "--set",
            "requests_per_window=0",
            stdin=json.dumps({n: facts[n] for n in names}),
        )
        assert printed.exit == 0, printed.err


def set_up(terminal: Terminal, *more: str) -> Printed:
    """Answer the questions of the set-up."""
    return terminal(
        "integration",
        "setup",
        "--portal",
        "Zylker Studio",
        "--cutoff",
        "2026-07-01",
        "--consent",
        *more,
    )


@contextmanager
def town(home: Path, size: str = "tiny") -> Iterator[tuple[Terminal, Stage]]:
    """Both simulators on sockets, and a terminal in a new project folder."""
    with stage(1, size, home, keep=True) as place:
        yield Terminal(place.home), place


def beside(home: Path, world: World, clock: FakeClock | None = None) -> Terminal:
    """A terminal in a new project folder for the fake connectors on this world."""
    around = Surroundings(clock=clock or FakeClock(), wait=lambda _s: None, host=fake_host(world))
    terminal = Terminal(home, around)
    printed = terminal("init", "--connector", "fake_portal", "--connector", "fake_accounts")
    assert printed.exit == 0, printed.err
    return terminal


def authorize(terminal: Terminal) -> None:
    """Connect both fake sides."""
    for side in SIDES:
        words = ("integration", "connect", "--side", side, "--key-stdin")
        printed = terminal(*words, stdin=json.dumps(CREDENTIAL))
        assert printed.exit == 0, printed.err


def ready(home: Path, world: World, clock: FakeClock | None = None) -> Terminal:
    """A terminal on the fake connectors, connected and set up."""
    terminal = beside(home, world, clock)
    authorize(terminal)
    printed = set_up(terminal)
    assert printed.exit == 0, printed.err
    return terminal


def assert_clear(printed: Printed, code: str, exit_code: int) -> None:
    """One message with code and fix, the exit code, and no trace."""
    assert printed.exit == exit_code, printed.err + printed.out
    assert code in printed.err
    assert "fix" in printed.err
    assert "Traceback" not in printed.err + printed.out
