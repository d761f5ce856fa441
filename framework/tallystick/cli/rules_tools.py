"""`tallystick rules` fmt, schema and table: rule files written anew, or told to other programs."""

import json
from pathlib import Path
from typing import Any

import click

from tallystick.cli.excerpt import excerpt
from tallystick.cli.findings import print_findings
from tallystick.cli.options import Command, group
from tallystick.cli.rulefiles import PATHS, folder
from tallystick.cli.shell import Answer, Shell
from tallystick.cli.tables import many
from tallystick.errors import ConfigError

_PATH = click.Path(path_type=Path)


@click.command("fmt", cls=Command)
@PATHS
@click.option("--check", is_flag=True, help="Write nothing; exit 1 if a file is not canonical.")
@click.option("--upgrade", is_flag=True, help="Bring files to the newest format too.")
def fmt(shell: Shell, *, paths: tuple[Path, ...], check: bool, upgrade: bool) -> Answer:
    """Put rule files into canonical layout; comments are kept. Default: the project's files."""
    with folder(shell) as ws:
        layouts = shell.action("rules.fmt")(ws, paths, check=check, upgrade=upgrade)
    changed = [v for v in layouts if v.changed]

    def text() -> None:
        if not layouts:
            click.echo("No rule file there.")
            return
        for layout in changed:
            if not check:
                click.echo(f"written  {layout.file}")
                continue
            click.echo(f"not canonical  {layout.file}:{layout.line}:{layout.column}")
            excerpt(layout.line, layout.column, layout.source)
        if upgrade:
            _say_upgrades(layouts)
        same = len(layouts) - len(changed)
        word = "would change" if check else "changed"
        click.echo(f"{many(len(changed), 'file')} {word}, {same} canonical already")

    following = ["tallystick rules fmt " + " ".join(v.file for v in changed)] if check else []
    return Answer(
        layouts,
        text,
        exit=1 if check and changed else 0,
        next=following if changed else (),
    )


def _say_upgrades(layouts: tuple[Any, ...]) -> None:
    for layout in layouts:
        if layout.steps:
            click.echo(f"upgraded  {layout.file}: {' -> '.join((*layout.steps, layout.format))}")
    if layouts and not any(v.steps for v in layouts):
        click.echo(f"{layouts[0].format} is the newest format: nothing to upgrade")


@click.command("schema", cls=Command)
@click.option("--draft7", is_flag=True, help="Draft-07, for editors that know no later one.")
@click.option(
    "--write",
    "folder_",
    metavar="FOLDER",
    type=click.Path(path_type=Path, file_okay=False),
    help="Write rules.schema.json into this folder.",
)
def schema(shell: Shell, *, draft7: bool, folder_: Path | None) -> Answer:
    """JSON Schema of rule files, for editors; made from the decision points and their fields."""
    with folder(shell) as ws:
        made = shell.action("rules.schema")(ws, draft7=draft7, folder=folder_)
    if folder_ is None:
        return Answer(made, lambda: click.echo(json.dumps(made, indent=2, ensure_ascii=False)))
    file = folder_ / "rules.schema.json"

    def text() -> None:
        click.echo(f"written  {file}")
        click.echo("First line of a rule file, with the way from it to the schema:")
        click.echo(f"# yaml-language-server: $schema=../{folder_.name}/{file.name}")

    return Answer({"file": str(file)}, text)


@click.command("export", cls=Command)
@click.argument("subject", metavar="FILE")
@click.option("-o", "--output", type=_PATH, help="Write it to this file.")
def export(shell: Shell, *, subject: str, output: Path | None) -> Answer:
    """A rule file as a decision table in CSV: its path, decision, name, or a rule's id."""
    if output is not None:
        _ask(shell, output)
    with folder(shell) as ws:
        made = shell.action("rules.table.export")(ws, subject, output=output)
    if output is not None:
        return Answer({"file": str(output)}, lambda: click.echo(f"written  {output}"))
    return Answer({"subject": subject, "csv": made}, lambda: click.echo(made, nl=False))


@click.command("import", cls=Command)
@click.argument("table", metavar="CSV", type=_PATH)
@click.option("-o", "--output", type=_PATH, help="Write the rule file here.")
def import_(shell: Shell, *, table: Path, output: Path | None) -> Answer:
    """A rule file from a decision table in CSV; a wrong one is refused (exit 1)."""
    if output is not None:
        _ask(shell, output)
    with folder(shell) as ws:
        made = shell.action("rules.table.import")(ws, table, output=output)

    def text() -> None:
        if made.mistakes:
            print_findings(made.mistakes, "mistake", "")
        elif made.file is not None:
            click.echo(f"written  {made.file}")
        else:
            click.echo(made.text, nl=False)

    following = [f"tallystick rules test {made.file}"] if made.file else []
    return Answer(made, text, exit=1 if made.mistakes else 0, next=following)


def _ask(shell: Shell, output: Path) -> None:
    """Ask before a file that is there is replaced."""
    if output.exists() and not shell.confirm(f"Replace {output}?"):
        raise ConfigError(f"{output} is there already.", code="CFG-10", fix="Add --yes.")


table = group(
    "table",
    "A rule file as a decision table in CSV, and back without loss but for its comments.",
    {"export": export, "import": import_},
)
