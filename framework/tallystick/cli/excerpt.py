"""A line of a text file with a mark under the place that is meant."""

from collections.abc import Sequence
from pathlib import Path

import click


def excerpt(
    number: int, column: int | None, source: str, *, said: str = "", err: bool = False
) -> None:
    """Print a line with its number, a caret under the column and what is said of that place."""
    margin = " " * len(str(number))
    click.echo(f"{margin} |\n{number} | {source}", err=err)
    if column is not None:
        click.echo(f"{margin} | {' ' * (column - 1)}^{' ' if said else ''}{said}", err=err)


def line_of(folders: Sequence[Path], file: str, number: int) -> str | None:
    """A line of a file in one of the folders, None where it cannot be read."""
    for path in (folder / file for folder in folders):
        try:
            return path.read_text(encoding="utf-8").splitlines()[number - 1]
        except (OSError, IndexError, UnicodeDecodeError):
            continue
    return None


def first_letter(line: str) -> int:
    """The column at which the text of a line begins."""
    return len(line) - len(line.lstrip(" -")) + 1
