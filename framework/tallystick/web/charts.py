"""Charts as plain numbers for SVG templates; drawn on the server."""

from collections.abc import Sequence
from dataclasses import dataclass

from tallystick.app.results import RunView

_WIDTH, _BASE, _TOP = 640, 96, 16
_RUNS = 14


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of the history chart, in SVG units, with its run."""

    x: float
    y: float
    width: float
    height: float
    run: RunView


@dataclass(frozen=True, slots=True)
class HistoryChart:
    """Records changed per run: bars left to right, oldest first; `top` labels the upper line."""

    bars: tuple[Bar, ...]
    top: int
    description: str


def history_chart(runs: Sequence[RunView]) -> HistoryChart:
    """The last runs as bars; a run with errors is marked as well as coloured."""
    chosen = list(reversed(runs[:_RUNS]))
    top = max((r.changed for r in chosen), default=0) or 1
    step = (_WIDTH - 40) / _RUNS
    bars = tuple(
        Bar(
            x=round(38 + number * step, 1),
            y=round(_BASE - (_BASE - _TOP) * run.changed / top, 1),
            width=26,
            height=round((_BASE - _TOP) * run.changed / top, 1),
            run=run,
        )
        for number, run in enumerate(chosen)
    )
    wrong = sum(r.failed > 0 for r in chosen)
    most = max((r.changed for r in chosen), default=0)
    words = f"{len(chosen)} runs; at most {most} records changed; errors in {wrong} of them."
    return HistoryChart(bars, top, words)
