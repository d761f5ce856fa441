"""`python -m bench [--only NAME] [--json]`: runs the benchmarks, the important ones first."""

import sys
from collections.abc import Callable, Iterator

import click

from bench.deciding import decisions
from bench.figures import Figure
from bench.running import Options
from bench.starting import help_time
from bench.syncing import first_sync, memory, second_sync, sync_and_plan

BENCHMARKS: dict[str, tuple[Callable[[Options], Iterator[Figure]], int]] = {
    "first-sync": (first_sync, 100_000),
    "sync-and-plan": (sync_and_plan, 100_000),
    "second-sync": (second_sync, 100_000),
    "decisions": (decisions, 100_000),
    "memory": (memory, 1_000_000),
    "help": (help_time, 1),
}
"""Name, and the size that its figure must hold at."""


@click.command()
@click.option("--only", multiple=True, type=click.Choice(list(BENCHMARKS)), help="Run this one.")
@click.option("--json", "as_json", is_flag=True, help="One line of JSON a figure.")
@click.option("--size", type=click.IntRange(min=1), help="Time logs or decisions; for short runs.")
@click.option("--runs", default=3, show_default=True, type=click.IntRange(min=1))
@click.option(
    "--peer/--no-peer", default=True, help="Run the peers beside us (installed when missing)."
)
def main(only: tuple[str, ...], *, as_json: bool, size: int | None, runs: int, peer: bool) -> None:
    """Measure, and exit with 1 when a figure does not hold."""
    failed = False
    for name, (benchmark, full) in BENCHMARKS.items():
        if only and name not in only:
            continue
        for figure in benchmark(Options(size or full, runs, peer)):
            click.echo(figure.line() if as_json else figure.words())
            failed |= figure.holds is False
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
