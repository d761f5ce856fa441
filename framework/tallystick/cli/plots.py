"""Charts in a terminal: bars of text, and the file of the picture that the page shows."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tallystick.errors import ConfigError

if TYPE_CHECKING:
    from tallystick.app.charts import FlowChart, HistoryChart
    from tallystick.app.results_billing import FunnelStep
    from tallystick.app.workspace import Workspace
    from tallystick.cli.shell import Shell

_WIDTH = 40
_BLOCK, _EIGHTHS = "█", " ▏▎▍▌▋▊▉"
Row = tuple[str, int, str]


def plot_options(*, file: bool = True) -> Callable[[Any], Any]:
    """`--plot` for bars of text and, with `file`, `--plot-out` for the picture as SVG."""

    def add(function: Any) -> Any:
        if file:
            path = click.Path(path_type=Path, dir_okay=False)
            text = "Write the picture of the page to this file, as SVG."
            out = click.option("--plot-out", type=path, metavar="F.svg", help=text)
            function = out(function)
        return click.option("--plot", is_flag=True, help="Bars of text too.")(function)

    return add


def bars(rows: Sequence[Row]) -> None:
    """Print a bar for each label with its count, and what is said of it."""
    most = max((count for _, count, _ in rows), default=0) or 1
    wide = max((len(label) for label, _, _ in rows), default=0)
    for label, count, said in rows:
        eighths = -(-count * _WIDTH * 8 // most)
        bar = _BLOCK * (eighths // 8) + _EIGHTHS[eighths % 8].strip()
        click.echo(f"  {label:<{wide}}  {bar:<{_WIDTH}}  {count:,}  {said}".rstrip())


def history_bars(chart: "HistoryChart") -> None:
    """Print the records that each run changed, oldest first."""
    bars(
        [
            (
                f"run {b.run.id}  {b.run.started_at:%Y-%m-%d %H:%M}",
                b.run.changed,
                f"{b.run.failed} failed" if b.run.failed else "",
            )
            for b in chart.bars
        ]
    )


def funnel_bars(steps: "Sequence[FunnelStep]") -> None:
    """Print from what was fetched to what is ready to bill, with what dropped at each step."""
    bars([(s.label, s.count, f"-{s.dropped} {s.reason}" if s.dropped else "") for s in steps])


def run_chart(shell: "Shell", ws: "Workspace") -> "HistoryChart":
    """The last runs that wrote records, as the page of the integration shows them."""
    from tallystick.app.charts import RUN_KINDS, history_chart  # noqa: PLC0415 - only who asks

    return history_chart(shell.action("sync.history")(ws, shell.integration, kinds=RUN_KINDS))


def flow_bars(chart: "FlowChart") -> None:
    """Print decisions by outcome before and after, then by rule where they change."""
    moved = sorted(chart.bands, key=lambda b: (b.was, b.now))
    bars([(f"{b.was} -> {b.now}", b.count, "" if b.same else "changes") for b in moved])
    if chart.hits:
        pairs = [((h.rule, h.before, "before"), ("", h.after, "after")) for h in chart.hits]
        bars([row for pair in pairs for row in pair])


def write_plots(charts: "Sequence[FlowChart | HistoryChart]", file: Path) -> None:
    """Write charts as SVG: the first to the file, others beside it with a number in their names.

    Raises `ConfigError` CFG-10 where that cannot be.
    """
    from tallystick.app.drawings import svg_file  # noqa: PLC0415 - only who asks needs it

    for number, chart in enumerate(charts, start=1):
        path = file if number == 1 else file.with_stem(f"{file.stem}-{number}")
        try:
            path.write_text(svg_file(chart), encoding="utf-8")
        except OSError as error:
            raise ConfigError(f"{path} cannot be written: {error}.", code="CFG-10") from None
        click.echo(f"written  {path}", err=True)
