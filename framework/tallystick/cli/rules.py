"""`tallystick rules`: list, show, check, test."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tallystick.cli.excerpt import excerpt, first_letter, line_of
from tallystick.cli.options import Command, group
from tallystick.cli.shell import Answer, Shell
from tallystick.cli.tables import chosen, list_options, many, print_rows

if TYPE_CHECKING:
    from tallystick.app.workspace import Workspace


@contextmanager
def _folder(shell: Shell) -> Iterator["Workspace | None"]:
    """The project folder if there is one; shipped rules can be read without."""
    if (shell.home / "tallystick.toml").is_file():
        with shell.workspace() as ws:
            yield ws
    else:
        yield None


@click.command("list", cls=Command)
@list_options
def list_(shell: Shell, **options: Any) -> Answer:
    """Rule files in force, with where they come from."""
    with shell.workspace() as ws:
        views = shell.action("rules.list")(ws)
    names = ("decision", "file", "origin", "state", "strategy", "rules", "tests", "hash")
    rows = [[v.hash[:8] if n == "hash" else getattr(v, n) for n in names] for v in views]
    kept = chosen(names, rows, **options)
    return Answer(kept, lambda: print_rows(kept, "No rule file."))


@click.command("show", cls=Command)
@click.argument("subject")
@click.option(
    "--as",
    "view",
    type=click.Choice(["sentence", "table", "yaml"]),
    default="sentence",
    show_default=True,
)
def show(shell: Shell, *, subject: str, view: str) -> Answer:
    """One rule file as sentences, as a table or as its text."""
    with shell.workspace() as ws:
        text = shell.action("rules.show")(ws, subject, view=view)
    return Answer({"subject": subject, "text": text}, lambda: click.echo(text.rstrip()))


@click.command("check", cls=Command)
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
def check(shell: Shell, *, paths: tuple[Path, ...]) -> Answer:
    """Check rule files; every mistake with file, line and column (exit 1)."""
    with _folder(shell) as ws:
        found = shell.action("rules.check")(ws, paths)

    def text() -> None:
        for d in found:
            place = ":".join(str(x) for x in (d.file, d.line, d.column) if x is not None)
            click.echo(f"{click.style(d.code, fg='red', bold=True)}  {place}  {d.message}")
            if d.line is not None and d.source:
                excerpt(d.line, d.column, d.source)
            if d.fix:
                click.echo(f"  = help: {d.fix}")
        click.echo(many(len(found), "mistake") if found else "All rule files are sound.")

    return Answer(found, text, exit=1 if found else 0)


@click.command("test", cls=Command)
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option("-k", "pattern", help="Only tests whose name contains this.")
def test(shell: Shell, *, paths: tuple[Path, ...], pattern: str | None) -> Answer:
    """Run the tests and invariants inside rule files."""
    with _folder(shell) as ws:
        results = shell.action("rules.test")(ws, paths, pattern=pattern)
    wrong = [r for r in results if not r.passed]

    def text() -> None:
        for r in wrong:
            click.echo(f"{click.style('FAIL', fg='red')}  {r.name}  {r.file}:{r.line}")
            source = line_of((shell.home, Path()), r.file, r.line)
            if source is not None:
                excerpt(r.line, first_letter(source), source)
            for part in r.message.splitlines():
                click.echo(f"  = {part}")
            if r.fix:
                click.echo(f"  = help: {r.fix}")
        click.echo(f"{len(wrong)} failed, {len(results) - len(wrong)} passed")

    return Answer(results, text, exit=1 if wrong else 0)


rules = group(
    "rules",
    "Rule files: list, show, check, test.",
    {"list": list_, "show": show, "check": check, "test": test},
)
