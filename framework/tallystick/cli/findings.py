"""What is wrong with rule files, each finding with its line and a mark."""

from collections.abc import Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from tallystick.cli.excerpt import excerpt
from tallystick.cli.tables import many

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tallystick.app.workspace import Workspace
    from tallystick.cli.shell import Shell
    from tallystick.workbench import Diagnostic


def print_findings(
    found: Sequence["Diagnostic"], noun: str, sound: str, *, color: str = "red"
) -> None:
    """Print each finding with the line it stands on and what to do, then how many there are."""
    for d in found:
        place = ":".join(str(x) for x in (d.file, d.line, d.column) if x is not None)
        click.echo(f"{click.style(d.code, fg=color, bold=True)}  {place}  {d.message}")
        if d.line is not None and d.source:
            excerpt(d.line, d.column, d.source)
        if d.fix:
            click.echo(f"  = help: {d.fix}")
    click.echo(many(len(found), noun) if found else sound)


@contextmanager
def folder(shell: "Shell") -> "Iterator[Workspace | None]":
    """The project folder if there is one; shipped rules can be read without."""
    if (shell.home / "tallystick.toml").is_file():
        with shell.workspace() as ws:
            yield ws
    else:
        yield None
