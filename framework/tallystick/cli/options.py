"""Commands that take the global options at any place, and groups that are loaded when used."""

import difflib
import sys
from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

import click

from tallystick.cli.shell import Answer, Shell


def _shell(context: click.Context) -> Shell:
    return context.find_root().ensure_object(Shell)


def _setter(name: str) -> Callable[[click.Context, click.Parameter, Any], Any]:
    def keep(context: click.Context, parameter: click.Parameter, value: Any) -> Any:
        given = context.get_parameter_source(str(parameter.name))
        if given is not click.core.ParameterSource.DEFAULT:
            setattr(_shell(context), name, value)
            if name == "color":
                context.find_root().color = context.color = value
        return value

    return keep


def _option(*names: str, sets: str, **rest: Any) -> click.Option:
    return click.Option(names, callback=_setter(sets), expose_value=False, **rest)


def global_options(*, shown: bool = False) -> list[click.Parameter]:
    """The options that every command takes; the rarer ones are shown in the root's help only."""
    rare = not shown
    return [
        _option("--json", "json_", sets="json", is_flag=True, help="Print one JSON envelope."),
        _option("--jsonl", sets="jsonl", is_flag=True, hidden=rare, help="Print events as lines."),
        _option("-q", "--quiet", sets="quiet", is_flag=True, help="Print no prose."),
        _option(
            "-v", "--verbose", sets="verbose", count=True, hidden=rare, help="Print each step."
        ),
        _option(
            "--no-color",
            "color",
            sets="color",
            flag_value=False,
            hidden=rare,
            help="No color (NO_COLOR).",
        ),
        _option("--yes", sets="yes", is_flag=True, help="Answer yes to every question."),
        _option(
            "--home",
            sets="home",
            type=click.Path(path_type=Path, file_okay=False),
            help="Project folder (TALLYSTICK_HOME; default: here).",
        ),
        _option("-i", "--integration", sets="integration", help="Which integration."),
        _option("--debug", sets="debug", is_flag=True, hidden=rare, help="Print the trace."),
    ]


class Command(click.Command):
    """A command that returns an `Answer` and takes the global options too."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.params += global_options()

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command with the shell as its first argument, print what it came to."""
        shell = _shell(ctx)
        name = ctx.command_path.split(" ", 1)[-1]
        shell.command = name
        callback = self.callback
        if callback is None:
            return None
        answer = ctx.invoke(callback, shell, **ctx.params)
        if isinstance(answer, Answer):
            ctx.exit(shell.answer(name, answer))
        return answer


class LazyGroup(click.Group):
    """A group whose commands are imported when they are used; `lazy` maps a name to its place
    ("module:attribute" under `tallystick.cli`) and its one-line help.
    """

    def __init__(self, *args: Any, lazy: Mapping[str, tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._lazy = lazy
        self.params += global_options(shown=True)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names in the order they were given."""
        del ctx
        return list(self._lazy)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command, imported now."""
        del ctx
        if cmd_name not in self._lazy:
            return None
        module, _, attribute = self._lazy[cmd_name][0].partition(":")
        found: click.Command = getattr(import_module(f"tallystick.cli.{module}"), attribute)
        return found

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list of commands, without importing one."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in self._lazy.items()])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As usual, with a suggestion for a name that does not exist."""
        name = args[0]
        if not name.startswith("-") and name not in self._lazy:
            near = difflib.get_close_matches(name, self._lazy, n=1)
            hint = f" Did you mean {near[0]}?" if near else ""
            known = ", ".join(self._lazy)
            ctx.fail(f"There is no command {name}.{hint} Commands: {known}.")
        return super().resolve_command(ctx, args)


def group(name: str, text: str, commands: Mapping[str, click.Command]) -> click.Group:
    """A group of commands that are all in one module."""
    made = SuggestingGroup(name, help=text, commands=dict(commands), no_args_is_help=True)
    made.params += global_options()
    return made


class SuggestingGroup(click.Group):
    """A group that names the nearest command when there is none of that name."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As usual, with a suggestion for a name that does not exist."""
        name = args[0]
        if not name.startswith("-") and name not in self.commands:
            near = difflib.get_close_matches(name, self.commands, n=1)
            hint = f" Did you mean {near[0]}?" if near else ""
            ctx.fail(f"There is no command {name}.{hint} Commands: {', '.join(self.commands)}.")
        return super().resolve_command(ctx, args)


def interactive() -> bool:
    """True when a person sits at a terminal that can be redrawn."""
    return sys.stderr.isatty()
