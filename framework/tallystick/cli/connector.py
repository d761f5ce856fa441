"""`tallystick connector`: installed connectors, and their simulators on a socket."""

import json
from typing import Any

import click

from tallystick.cli.options import Command, group
from tallystick.cli.shell import Answer, Shell
from tallystick.cli.tables import chosen, list_options, print_rows

INSTALL = (
    "No connector is installed. Those of this project are: "
    "pip install ./plugins/zoho_books ./plugins/zoho_projects"
)


@click.command("list", cls=Command)
@list_options
def list_(shell: Shell, *, columns: str | None, **options: Any) -> Answer:
    """Installed connectors: version, distribution, what they read and write, problems."""
    views = shell.action("connector.list")(shell.home)
    rows = [
        {
            "name": v.name,
            "version": v.version,
            "distribution": v.distribution,
            "reads": ", ".join(v.reads) or "-",
            "writes": ", ".join(v.writes) or "-",
            "problems": "; ".join(v.problems) or "-",
        }
        for v in views
    ]
    kept = chosen(rows, **options)

    def show() -> None:
        if columns:
            print_rows(kept, columns, INSTALL)
            return
        if not kept:
            click.echo(INSTALL)
        for row in kept:
            click.echo(
                f"{click.style(row['name'], bold=True)}  {row['version']}  {row['distribution']}"
            )
            for name in ("reads", "writes", "problems"):
                click.echo(f"  {name:<9} {row[name]}")

    return Answer(views, show)


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
def simulate(
    shell: Shell, *, name: str, port: int, seed: int, size: str, faults: tuple[str, ...]
) -> Answer:
    """Serve a connector's simulator on the loopback until interrupted.

    Prints one JSON line with base URLs, ids and the credentials it accepts.
    """
    shell.action("connector.simulate")(
        name,
        port=port,
        seed=seed,
        size=size,
        faults=faults,
        announce=lambda facts: click.echo(json.dumps(facts, default=str)),
    )
    return Answer(None, lambda: None)


connector = group(
    "connector", "Installed connectors and their simulators.", {"list": list_, "simulate": simulate}
)
