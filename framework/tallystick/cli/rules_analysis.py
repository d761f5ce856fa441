"""`tallystick rules` coverage, mutate and diff: what rules and their tests can tell apart."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tallystick.cli.excerpt import excerpt
from tallystick.cli.options import Command
from tallystick.cli.rulefiles import PATHS, folder
from tallystick.cli.shell import Answer, Shell
from tallystick.cli.tables import many, table

if TYPE_CHECKING:
    from tallystick.workbench.covering import Covered, Missed
    from tallystick.workbench.diffing import Change, Difference
    from tallystick.workbench.mutating import Mutation, Survivor

_PERCENT = click.IntRange(0, 100)


@click.command("coverage", cls=Command)
@PATHS
@click.option("--cells", is_flag=True, help="Also list kinds of values that no test has.")
@click.option("--fail-under", type=_PERCENT, default=100, show_default=True, metavar="PERCENT")
def coverage(shell: Shell, *, paths: tuple[Path, ...], cells: bool, fail_under: int) -> Answer:
    """Which answers the tests of rule files get, of all there are (exit 1 below the limit)."""
    with folder(shell) as ws:
        found = shell.action("rules.coverage")(ws, paths)
    below = [c for c in found if c.percent < fail_under]
    return Answer(found, lambda: _print_coverage(found, cells=cells), exit=1 if below else 0)


def _print_coverage(found: Sequence["Covered"], *, cells: bool) -> None:
    rows = [
        (
            c.decision,
            c.file,
            c.tests,
            f"{c.leaves_reached} of {c.leaves_possible}",
            f"{c.fetched_reached} of {c.fetched_possible}",
            f"{c.cells_reached} of {c.cells_possible}",
        )
        for c in found
    ]
    table(["decision", "file", "tests", "answers", "values", "and absent ones"], rows)
    for covered in found:
        for missed in covered.missed:
            click.echo(f"\n{covered.file}  no test gets {missed.what}")
            _print_test(missed)
        for missed in covered.missed_cells if cells else ():
            click.echo(f"\n{covered.file}  no test has {missed.what}")
            _print_test(missed)
        for reason in covered.unsure:
            click.echo(f"{covered.file}  there may be more: {reason}")


def _print_test(missed: "Missed") -> None:
    click.echo(f"  = test: {missed.test}")


@click.command("mutate", cls=Command)
@PATHS
@click.option("--max", "at_most", type=click.IntRange(1), metavar="N", help="Edits of each file.")
@click.option("--fail-under", type=_PERCENT, default=95, show_default=True, metavar="PERCENT")
def mutate(
    shell: Shell, *, paths: tuple[Path, ...], at_most: int | None, fail_under: int
) -> Answer:
    """One-edit changes that make a difference no test notices, each with a test (exit 1)."""
    with folder(shell) as ws:
        found = shell.action("rules.mutate")(ws, paths, at_most=at_most)
    below = [m for m in found if m.percent < fail_under]
    return Answer(found, lambda: _print_mutations(found), exit=1 if below else 0)


def _print_mutations(found: Sequence["Mutation"]) -> None:
    for mutation in found:
        for survivor in mutation.survivors:
            _print_survivor(survivor)
    rows = [
        (m.decision, m.file, f"{m.tried} of {m.of}", m.same, m.noticed, len(m.survivors), m.percent)
        for m in found
    ]
    headers = ["decision", "file", "edits", "no difference", "noticed", "unnoticed", "percent"]
    table(headers, rows)
    unsure = sum(m.unsure for m in found)
    if unsure:
        click.echo(f"{many(unsure, 'edit')} could not be judged: too many possibilities.")


def _print_survivor(survivor: "Survivor") -> None:
    place = f"{survivor.file}:{survivor.line}:{survivor.column}"
    click.echo(f"{click.style('UNNOTICED', fg='yellow')}  {survivor.what}  {place}")
    excerpt(survivor.line, survivor.column, survivor.source)
    click.echo(f"  = {survivor.before} becomes {survivor.after}")
    click.echo(f"  = test: {survivor.test}")


@click.command("diff", cls=Command)
@click.argument("before", metavar="BEFORE")
@click.argument("after", metavar="AFTER")
@click.option("--reasons", is_flag=True, help="Also where only the deciding rule is another one.")
@click.option("--exit-code", is_flag=True, help="Exit 1 when there is a difference.")
def diff(shell: Shell, *, before: str, after: str, reasons: bool, exit_code: bool) -> Answer:
    """What changes for records from one rule file to another; not what changed in the text."""
    with folder(shell) as ws:
        found = shell.action("rules.diff")(ws, before, after)
    differs = exit_code and not all(d.same for d in found)
    return Answer(found, lambda: _print_diff(found, reasons=reasons), exit=1 if differs else 0)


def _print_diff(found: Sequence["Difference"], *, reasons: bool) -> None:
    for number, difference in enumerate(found):
        if number:
            click.echo()
        _print_difference(difference, reasons=reasons)


def _print_difference(of: "Difference", *, reasons: bool) -> None:
    changed = [c for c in of.changes if not c.reason_only]
    others = [c for c in of.changes if c.reason_only]
    kinds = f"a sample of {of.kinds:,}" if of.sampled else f"{of.kinds:,}"
    click.echo(f"{of.decision}  {of.before} -> {of.after}  {kinds} kinds of records")
    for change in changed:
        _print_change(change)
    for change in others if reasons else ():
        _print_change(change)
    for setting in of.settings:
        click.echo(f"  set      {setting}")
    if others and not reasons:
        kinds = many(sum(c.kinds for c in others), "kind")
        click.echo(f"  the same outcome by another rule for {kinds}; --reasons shows them")
    if not of.changes and not of.settings:
        click.echo("  no record gets another answer")
    for reason in of.unsure:
        click.echo(f"  there may be more: {reason}")


def _print_change(change: "Change") -> None:
    word = "reason" if change.reason_only else "was"
    was = f"{change.was} by {change.was_by}"
    now = f"{change.now} by {change.now_by}"
    kinds = many(change.kinds, "kind")
    click.echo(f"  {word:<8} {was}, now {now}  {kinds}, {change.share}")
    click.echo(f"           e.g. {change.record}")
