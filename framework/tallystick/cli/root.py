"""The root command, and the one place where every error ends."""

import os
import sys
from importlib.metadata import version
from typing import Any

import click

from tallystick.cli.options import LazyGroup
from tallystick.cli.shell import Shell, interrupted
from tallystick.errors import ConfigError, TallystickError

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
    "rules": ("rules:rules", "Rule files: list, show, check, test"),
    "connector": ("connector:connector", "Installed connectors and their simulators"),
    "db": ("db:db", "Upgrade and back up the store"),
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
    sys.exit(run(arguments))


def run(arguments: list[str] | None = None) -> int:
    """Run the command line; returns the exit code. Nothing but this prints an error."""
    shell = Shell()
    color = None if not os.environ.get("NO_COLOR") else False
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
        return _usage(shell, wrong)
    except (KeyboardInterrupt, click.exceptions.Abort, EOFError):
        return shell.failed(shell.command, interrupted())
    except TallystickError as error:
        if shell.debug:
            raise
        return shell.failed(shell.command, error)
    except BrokenPipeError:
        sys.stderr.close()
        return 0
    except Exception as error:
        if shell.debug:
            raise
        name = type(error).__name__
        unexpected = TallystickError(f"The program met a case it does not know ({name}).")
        unexpected.code = "CFG-99"
        return shell.failed(shell.command, unexpected)


def _usage(shell: Shell, wrong: click.ClickException) -> int:
    context = getattr(wrong, "ctx", None)
    path = context.command_path if context is not None else "tallystick"
    message = wrong.format_message()
    error = ConfigError(message, code="CFG-01", fix=f"See `{path} --help`.")
    return shell.failed(path.removeprefix("tallystick").strip(), error)
