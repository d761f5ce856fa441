"""Charts as plain numbers for SVG templates; drawn on the server."""

from collections.abc import Sequence
from dataclasses import dataclass

from babel.dates import format_date

from tallystick.app.results import RunView

_WIDTH, _BASE, _TOP, _LEFT = 640, 96, 16, 38
_RUNS, _BAR = 14, 26


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of the history chart, in SVG units, with its run; `label` stands below some bars."""

    x: float
    y: float
    height: float
    run: RunView
    label: str = ""


@dataclass(frozen=True, slots=True)
class HistoryChart:
    """Records changed per run: bars left to right, oldest first; `top` labels the upper line."""

    bars: tuple[Bar, ...]
    top: int
    description: str

    @property
    def middle(self) -> int | None:
        """The label of the middle line, if it is a whole number."""
        return self.top // 2 if self.top % 2 == 0 else None


def history_chart(runs: Sequence[RunView]) -> HistoryChart:
    """The last runs, newest first, as bars; a run with errors is marked by a shape."""
    chosen = list(reversed(runs[:_RUNS]))
    most = max((r.changed for r in chosen), default=0)
    top = _round(most)
    step = (_WIDTH - _LEFT) / _RUNS
    labelled = {0, len(chosen) // 2, len(chosen) - 1} if len(chosen) > 4 else {0}
    bars = []
    for number, run in enumerate(chosen):
        height = (_BASE - _TOP) * run.changed / top
        if run.changed:
            height = max(height, 2.0)
        label = format_date(run.started_at, "d MMM", locale="en") if number in labelled else ""
        x, y = _LEFT + number * step, _BASE - height
        bars.append(Bar(round(x, 1), round(y, 1), round(height, 1), run, label))
    wrong = sum(r.failed > 0 for r in chosen)
    words = f"Runs: {len(chosen)}. Most records changed in one: {most}. Runs with errors: {wrong}."
    return HistoryChart(tuple(bars), top, words)


def _round(most: int) -> int:
    """The next number that is easy to read on an axis."""
    size = 1
    while True:
        for factor in (2, 4, 6, 8, 10):
            if most <= factor * size:
                return factor * size
        size *= 10
