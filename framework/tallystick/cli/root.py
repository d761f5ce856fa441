"""The root command, and the one place where every error ends."""

import io
import os
import sys
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import click

from tallystick.cli.options import LazyGroup
from tallystick.cli.shell import Shell, interrupted
from tallystick.errors import ConfigError, TallystickError

if TYPE_CHECKING:
    from tallystick.app.workspace import Surroundings

INTERRUPTED = 130
_COMMANDS = {
    "demo": ("top:demo", "Run the whole story on simulators"),
    "init": ("top:init", "Make a project folder"),
    "doctor": ("top:doctor", "Check configuration, store, rules, connectors"),
    "status": ("top:status", "One screen: badge, freshness, errors, unbilled, next step"),
    "serve": ("top:serve", "Serve the pages and the HTTP API"),
    "explain": ("top:explain", "What a code, a rule or a decision means"),
    "integration": ("integration:integration", "Connect, set up, switch off and on"),
    "sync": ("sync:sync", "Plan, apply, run, history"),
    "errors": ("errors:errors", "What is in error, and why"),
    "records": ("records:records", "Stored records, and every decision about them"),
    "billing": ("billing:billing", "Preview, invoice, ledger"),
    "rules": ("rules:rules", "Rule files: check, test, compare, measure, edit"),
    "connector": ("connector:connector", "Installed connectors and their simulators"),
    "db": ("db:db", "Upgrade and back up the store, make a new key, or begin anew"),
}


def _version(context: click.Context, _: click.Parameter, value: bool) -> None:  # noqa: FBT001 - click's signature
    if value:
        click.echo(f"tallystick {version('tallystick')}")
        context.exit()


root = LazyGroup(
    "tallystick",
    lazy=_COMMANDS,
    no_args_is_help=True,
    help="Connect business systems with plugins and plain-text rules; bill time once and explain "
    "every decision.",
    params=[
        click.Option(
            ["--version"],
            is_flag=True,
            expose_value=False,
            is_eager=True,
            callback=_version,
            help="Print the version.",
        )
    ],
)


def main(arguments: list[str] | None = None) -> None:
    """Run the command line and exit with its code."""
    code = run(arguments)
    if code == INTERRUPTED:
        # threads of the durable engine may wait for what will not come; all that counts is stored
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
    sys.exit(code)


def run(arguments: list[str] | None = None, around: "Surroundings | None" = None) -> int:
    """Run the command line; returns the exit code. Nothing but this prints an error."""
    shell = Shell(around=around)
    _say_what_the_terminal_can()
    color = None if shell.color else False
    try:
        code: Any = root.main(
            arguments, prog_name="tallystick", standalone_mode=False, obj=shell, color=color
        )
        return code if isinstance(code, int) else 0
    except click.exceptions.Exit as leave:
        return leave.exit_code
    except click.exceptions.NoArgsIsHelpError as bare:
        bare.show()
        return 0 if bare.ctx is None or bare.ctx.parent is None else 2
    except click.ClickException as wrong:
        _format(shell, sys.argv[1:] if arguments is None else arguments)
        return _usage(shell, wrong)
    except (KeyboardInterrupt, click.exceptions.Abort, EOFError):
        return shell.failed(shell.command, interrupted())
    except TallystickError as error:
        if shell.debug:
            raise
        return shell.failed(shell.command, error)
    except BrokenPipeError:
        # whoever read has gone; without this the interpreter complains when it flushes at its end
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:
        if shell.debug:
            raise
        name = type(error).__name__
        unexpected = TallystickError(f"The program met a case it does not know ({name}).")
        unexpected.code = "CFG-99"
        return shell.failed(shell.command, unexpected)


def _say_what_the_terminal_can() -> None:
    """Print a question mark where a terminal has no such letter, instead of failing."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def _format(shell: Shell, words: list[str]) -> None:
    """Answer a program as it asked, even where its words could not be parsed to the end."""
    shell.json = shell.json or "--json" in words
    shell.jsonl = shell.jsonl or "--jsonl" in words
    shell.color = shell.color and "--no-color" not in words


def _usage(shell: Shell, wrong: click.ClickException) -> int:
    context = getattr(wrong, "ctx", None)
    path = context.command_path if context is not None else "tallystick"
    message = wrong.format_message()
    error = ConfigError(message, code="CFG-01", fix=f"See `{path} --help`.")
    return shell.failed(path.removeprefix("tallystick").strip(), error)
