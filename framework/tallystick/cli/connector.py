"""`tallystick connector`: installed connectors, and their simulators on a socket."""

import json
from pathlib import Path
from typing import Any

import click

from tallystick.cli.options import Command, group
from tallystick.cli.shell import Answer, Shell
from tallystick.cli.tables import cell, chosen, list_options, print_rows

INSTALL = (
    "No connector is installed. Those of this project are: "
    "pip install ./plugins/zoho_books ./plugins/zoho_projects"
)


_NAMES = ("name", "version", "distribution", "reads", "writes", "brings", "problems")


@click.command("list", cls=Command)
@list_options
def list_(shell: Shell, **options: Any) -> Answer:
    """Installed connectors and plugins: version, what they read, write and bring, problems."""
    views = shell.action("connector.list")(shell.home)
    rows = [[getattr(v, n) for n in _NAMES] for v in views]
    kept = chosen(_NAMES, rows, **options)

    def show() -> None:
        if options["columns"]:
            print_rows(kept, INSTALL)
            return
        if not kept:
            click.echo(INSTALL)
        for row in kept:
            click.echo(
                f"{click.style(row['name'], bold=True)}  {row['version']}  {row['distribution']}"
            )
            for name in _NAMES[3:]:
                if row[name] or name != "brings":
                    click.echo(f"  {name:<9} {cell(row[name])}")

    return Answer(kept, show)


@click.command("simulate", cls=Command)
@click.argument("name")
@click.option("--port", default=0, type=click.IntRange(0, 65535), help="0 takes a free one.")
@click.option("--seed", default=1, show_default=True, help="Another world for another number.")
@click.option(
    "--size",
    default="demo",
    show_default=True,
    help="tiny, demo, medium, or a number of time entries.",
)
@click.option(
    "--fault",
    "faults",
    multiple=True,
    metavar="SPEC",
    help="KIND@N or KIND:/path@N, such as drop_after@3.",
)
@click.option(
    "--state",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Keep its state in this file, across restarts.",
)
def simulate(shell: Shell, *, name: str, **choices: Any) -> Answer:
    """Serve a connector's simulator on the loopback until interrupted.

    Prints one JSON line with base URLs, ids and the credentials it accepts.
    """
    shell.action("connector.simulate")(
        name,
        **choices,
        announce=lambda facts: click.echo(json.dumps(facts, default=str)),
    )
    return Answer(None, lambda: None)


connector = group(
    "connector", "Installed connectors and their simulators.", {"list": list_, "simulate": simulate}
)
