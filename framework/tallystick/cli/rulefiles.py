"""How commands are told of rule files: by paths, by name, with or without a project folder."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from tallystick.app.workspace import Workspace
    from tallystick.cli.shell import Shell

PATHS = click.argument("paths", nargs=-1, type=click.Path(path_type=Path))


@contextmanager
def folder(shell: "Shell") -> "Iterator[Workspace | None]":
    """The project folder if there is one; shipped rules can be read without."""
    if (shell.home / "tallystick.toml").is_file():
        with shell.workspace() as ws:
            yield ws
    else:
        yield None


def named(subject: str) -> str:
    """A file that is there as its whole path; other words as they are."""
    path = Path(subject)
    return str(path.resolve()) if path.is_file() else subject
