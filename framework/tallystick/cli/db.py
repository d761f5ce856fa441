"""`tallystick db`: upgrade and back up the store."""

from pathlib import Path

import click

from tallystick.cli.options import Command, group
from tallystick.cli.shell import Answer, Shell


@click.command("upgrade", cls=Command)
def upgrade(shell: Shell) -> Answer:
    """Bring the store to this version's schema."""
    version = shell.action("db.upgrade")(shell.home)
    return Answer({"schema": version}, lambda: click.echo(f"The store is at schema {version}."))


@click.command("backup", cls=Command)
@click.option("-o", "--out", type=click.Path(path_type=Path, dir_okay=False), required=True)
def backup(shell: Shell, *, out: Path) -> Answer:
    """Copy the store to a file (SQLite); the key file is not in it."""
    made = shell.action("db.backup")(shell.home, out)
    return Answer({"file": made}, lambda: click.echo(f"{made}: keep the key file beside it, too."))


db = group("db", "Upgrade and back up the store.", {"upgrade": upgrade, "backup": backup})
