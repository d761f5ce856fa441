"""Progress of a run: bars on a terminal, one plain line a module and phase without one."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from tallystick.cli.options import interactive
from tallystick.cli.shell import Shell

if TYPE_CHECKING:
    from tallystick.app.progress import Listener, Progress


@contextmanager
def watching(shell: Shell) -> Iterator["Listener"]:
    """A listener that shows progress on stderr as long as the block runs."""
    if shell.jsonl:
        yield lambda p: shell.event(
            "progress", module=p.module, phase=p.phase, done=p.done, total=p.total
        )
    elif shell.quiet or shell.json:
        yield lambda _progress: None
    elif interactive():
        with _bars(shell) as listener:
            yield listener
    else:
        yield _Lines(every=shell.verbose > 0)


class _Lines:
    """One line for each phase a module enters, and its last count; with `every`, each step."""

    def __init__(self, *, every: bool) -> None:
        self._every = every
        self._seen: set[tuple[str, str]] = set()

    def __call__(self, progress: "Progress") -> None:
        key = (progress.module, progress.phase)
        if key in self._seen and progress.phase != "done" and not self._every:
            return
        self._seen.add(key)
        count = f" {progress.done}" if progress.phase == "done" or self._every else ""
        click.echo(f" {progress.module:<12} {progress.phase}{count}", err=True)


@contextmanager
def _bars(shell: Shell) -> Iterator["Listener"]:
    from rich.console import Console  # noqa: PLC0415 - only a terminal needs it
    from rich.progress import BarColumn, TextColumn  # noqa: PLC0415
    from rich.progress import Progress as Bars  # noqa: PLC0415

    console = Console(stderr=True)
    bars = Bars(
        TextColumn(" {task.description:<12}"),
        BarColumn(20),
        TextColumn("{task.completed:>6.0f} {task.fields[phase]}"),
        console=console,
    )
    tasks: dict[str, Any] = {}

    def heard(progress: "Progress") -> None:
        if progress.module not in tasks:
            tasks[progress.module] = bars.add_task(progress.module, total=None, phase="waiting")
        total = progress.total if progress.phase != "done" else max(progress.done, 1)
        bars.update(
            tasks[progress.module],
            completed=progress.done,
            total=total,
            phase=f"{progress.phase} {progress.message}".strip(),
        )

    shell.above = lambda words: console.print(words, markup=False, highlight=False)
    try:
        with bars:
            yield heard
    finally:
        shell.above = None
    click.echo(" Ctrl-C is safe at any time: run again to go on.", err=True)
