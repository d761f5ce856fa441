"""What is wrong with rule files, each finding with its line and a mark."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from tallystick.cli.excerpt import excerpt
from tallystick.cli.tables import many

if TYPE_CHECKING:
    from tallystick.workbench import Diagnostic


def print_findings(
    found: Sequence["Diagnostic"], noun: str, sound: str, *, color: str = "red"
) -> None:
    """Print each finding with the line it stands on, a record that shows it and what to do."""
    for d in found:
        place = ":".join(str(x) for x in (d.file, d.line, d.column) if x is not None)
        tone = "cyan" if d.kind == "note" else color
        click.echo(f"{click.style(d.code, fg=tone, bold=True)}  {place}  {d.message}")
        if d.line is not None and d.source:
            excerpt(d.line, d.column, d.source)
        if d.record is not None:
            click.echo(f"  = record: {d.record}")
        if d.fix:
            click.echo(f"  = help: {d.fix}")
    notes = sum(d.kind == "note" for d in found)
    wrong = len(found) - notes
    said = many(wrong, noun) if wrong else sound
    click.echo(f"{said} {many(notes, 'note')}." if notes and not wrong else _both(said, notes))


def _both(said: str, notes: int) -> str:
    return f"{said}, {many(notes, 'note')}" if notes else said
