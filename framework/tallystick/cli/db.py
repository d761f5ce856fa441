"""`tallystick db`: upgrade and back up the store, make a new key, or begin anew."""

from pathlib import Path

import click

from tallystick.cli.options import Command, group
from tallystick.cli.shell import Answer, Shell
from tallystick.errors import ConfigError


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


@click.command("new", cls=Command)
def new(shell: Shell) -> Answer:
    """Make an empty store where the project's is missing (STO-11); asks."""
    if not shell.confirm("Begin with an empty store? It knows nothing that was billed."):
        raise ConfigError("Nothing was made.", code="CFG-06", fix="Add --yes to begin anew.")
    place = shell.action("db.new")(shell.home)
    return Answer({"store": place}, lambda: click.echo(f"An empty store is at {place}."))


@click.command("rekey", cls=Command)
def rekey(shell: Shell) -> Answer:
    """Make a new key where it is lost (STO-08), and forget the stored credentials; asks.

    Records, pairs and the ledger stay. Both sides must be connected again.
    """
    if not shell.confirm("Make a new key, and forget the credentials? All else is kept."):
        raise ConfigError("Nothing was made.", code="CFG-06", fix="Add --yes to make a new key.")
    forgotten = shell.action("db.rekey")(shell.home)
    words = "1 credential was" if forgotten == 1 else f"{forgotten} credentials were"
    return Answer(
        {"forgotten": forgotten},
        lambda: click.echo(f"A new key is in place; {words} forgotten, all else is kept."),
        next=[
            "tallystick integration connect --side source",
            "tallystick integration connect --side target",
        ],
    )


db = group(
    "db",
    "Upgrade and back up the store, make a new key, or begin anew.",
    {"upgrade": upgrade, "backup": backup, "new": new, "rekey": rekey},
)
