"""What every command works with: the global options, the project folder, the two ways to answer."""

import json
import os
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Any

import click

from tallystick.app.plain import described, fix_of, plain
from tallystick.cli.excerpt import excerpt, line_of
from tallystick.errors import Interrupted, TallystickError, Where

if TYPE_CHECKING:
    from tallystick.app.workspace import Surroundings, Workspace

ENVELOPE = "1.0"
PLAN_HAS_CHANGES, IN_ERROR = 3, 5


@dataclass(frozen=True, slots=True)
class Answer:
    """What a command came to: data for programs, `show` for people, the exit code, what is next."""

    data: Any
    show: Callable[[], None]
    exit: int = 0
    next: Sequence[str] = ()
    warnings: Sequence[str] = ()


@dataclass(slots=True)
class Shell:
    """The global options of one invocation; `around` is what a test puts around the workspace."""

    home: Path = field(default_factory=lambda: Path(os.environ.get("TALLYSTICK_HOME", ".")))
    integration: str | None = None
    json: bool = False
    jsonl: bool = False
    quiet: bool = False
    verbose: int = 0
    color: bool = True
    yes: bool = False
    debug: bool = False
    command: str = ""
    around: "Surroundings | None" = None
    above: Callable[[str], None] | None = None
    """Prints a line while something else owns the lower end of the terminal."""

    def __post_init__(self) -> None:
        self.color = self.color and not os.environ.get("NO_COLOR")

    @contextmanager
    def workspace(self) -> Iterator["Workspace"]:
        """The project folder, opened."""
        from tallystick.app.workspace import open_workspace  # noqa: PLC0415 - heavy

        with open_workspace(self.home, self.surroundings()) as ws:
            yield ws

    def surroundings(self) -> "Surroundings":
        """What is around the workspace; pauses of a connector are told to whoever waits."""
        from tallystick.app.workspace import Surroundings  # noqa: PLC0415 - heavy

        return replace(self.around or Surroundings(), told=self.tell)

    def tell(self, words: str) -> None:
        """Say in one line why nothing happens for a while, above bars where there are some."""
        (self.above or self.say)(f" {words}")

    def action(self, action_id: str) -> Callable[..., Any]:
        """The function of an action."""
        from tallystick.app.actions import resolve  # noqa: PLC0415 - only commands that act need it

        return resolve(action_id)

    def say(self, text: str = "") -> None:
        """Print a line of prose for people on stderr."""
        if not (self.quiet or self.json or self.jsonl):
            click.echo(text, err=True)

    def event(self, kind: str, **facts: Any) -> None:
        """One line of the event stream, with --jsonl."""
        if self.jsonl:
            click.echo(json.dumps({"event": kind, **facts}, default=str))

    def confirm(self, question: str) -> bool:
        """Ask a person; yes with --yes, no where nobody can answer."""
        if self.yes:
            return True
        if self.json or self.jsonl or not sys.stdin.isatty():
            return False
        return click.confirm(question, err=True)

    def answer(self, command: str, answer: Answer) -> int:
        """Print what a command came to; returns the exit code."""
        if self.json or self.jsonl:
            self._envelope(command, answer.exit, data=answer.data, answer=answer)
            return answer.exit
        answer.show()
        for warning in answer.warnings:
            click.echo(f"warning: {warning}", err=True)
        if answer.next and not self.quiet:
            click.echo("Next: " + " | ".join(self._following(answer)), err=True)
        return answer.exit

    def _following(self, answer: Answer) -> list[str]:
        """The next commands, for the folder and the integration that this one was given."""
        usual = Path(os.environ.get("TALLYSTICK_HOME", "."))
        given = "" if self.home.resolve() == usual.resolve() else f"--home {quote(str(self.home))} "
        given += f"-i {quote(self.integration)} " if self.integration else ""
        return [
            c if " --home " in c else re.sub(r"^tallystick ", lambda m: m[0] + given, c)
            for c in answer.next
        ]

    def _envelope(
        self,
        command: str,
        code: int,
        *,
        data: Any = None,
        answer: Answer | None = None,
        errors: Sequence[dict[str, Any]] = (),
    ) -> None:
        body = {
            "tallystick": ENVELOPE,
            "command": command,
            "ok": code in {0, PLAN_HAS_CHANGES, IN_ERROR},
            "exit": code,
            "data": plain(data),
            "warnings": list(answer.warnings) if answer else [],
            "errors": list(errors),
            "next": self._following(answer) if answer else [],
        }
        click.echo(json.dumps(body, ensure_ascii=False))

    def failed(self, command: str, error: TallystickError) -> int:
        """Print an error: code, what is wrong, where, what to do; returns the exit code."""
        if self.json or self.jsonl:
            self._envelope(command, error.exit_code, errors=[described(error)])
            return error.exit_code
        code = click.style(error.code, fg="red", bold=True)
        click.echo(f"{code}  {error.message}", err=True, color=None if self.color else False)
        self._mark(error.where)
        told = (
            ("at", error.where),
            ("record", error.record),
            ("rule", error.rule),
            ("fix", fix_of(error)),
        )
        for name, value in told:
            if value:
                click.echo(f"  {name:<6} {value}", err=True)
        return error.exit_code

    def _mark(self, where: Where | None) -> None:
        """Show the line of a text file that an error is about."""
        if where is None or where.line is None:
            return
        source = line_of((self.home, Path()), where.file, where.line)
        if source is not None:
            excerpt(where.line, where.column, source, err=True)


def interrupted() -> Interrupted:
    """What Ctrl-C means."""
    return Interrupted("Stopped. What was finished is stored.")
