"""`tallystick rules fuzz`: counterexamples to invariants, searched, shrunk and kept."""

import secrets
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tallystick.cli.options import Command
from tallystick.cli.rulefiles import PATHS, folder
from tallystick.cli.shell import Answer, Shell
from tallystick.cli.tables import many

if TYPE_CHECKING:
    from tallystick.workbench.fuzzing import FuzzReport

_SEEDS = 1_000_000


@click.command("fuzz", cls=Command)
@PATHS
@click.option("--for", "seconds", type=float, default=60, show_default=True, help="Seconds.")
@click.option("--examples", type=int, metavar="N", help="At most so many histories.")
@click.option("--seed", type=int, metavar="N", help="Repeat a search; otherwise one is drawn.")
@click.option("--invariant", metavar="ID", help="This invariant only.")
@click.option(
    "--save",
    metavar="FOLDER",
    type=click.Path(path_type=Path, file_okay=False),
    help="Where counterexamples are kept; default: tests/found.",
)
def fuzz(
    shell: Shell,
    *,
    paths: tuple[Path, ...],
    seconds: float,
    examples: int | None,
    seed: int | None,
    invariant: str | None,
    save: Path | None,
) -> Answer:
    """Look for counterexamples to the invariants in rule files, on simulators (exit 1 if found)."""
    with folder(shell) as ws:
        report = shell.action("rules.fuzz")(
            ws,
            paths,
            seconds=seconds,
            examples=examples,
            seed=secrets.randbelow(_SEEDS) if seed is None else seed,
            invariant=invariant,
            folder=save,
        )
    following = [f"tallystick rules test {file}" for file in report.saved]
    return Answer(report, lambda: _print(report), exit=1 if report.found else 0, next=following)


def _print(report: "FuzzReport") -> None:
    click.echo(f"rule files:   {many(report.subjects, 'subject')}")
    faults = ", ".join(f"{name} {number}" for name, number in sorted(report.faults.items()))
    histories = "histories" if report.histories != 1 else "history"
    click.echo(f"sync machine: {report.histories} {histories}, {many(report.steps, 'step')}")
    if faults:
        click.echo(f"faults:       {faults}")
    for found, file in zip(report.found, report.saved, strict=True):
        mark = click.style("FALSIFIED", fg="red", bold=True)
        click.echo(f"{mark}  {found.invariant}  {found.file}")
        if found.steps:
            click.echo(f"shrunk from {many(report.shrunk_from, 'step')} to {len(found.steps)}")
        for number, step in enumerate(found.steps, 1):
            click.echo(f"  {number} {step}")
        click.echo(f"  = {found.message}")
        click.echo(f"saved as {file}")
        click.echo(f"  = help: tallystick rules test {file}")
    if not report.found:
        click.echo("No counterexample found.")
    click.echo(f"seed {report.seed}")
