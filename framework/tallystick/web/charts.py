"""Charts as plain numbers for SVG templates; drawn on the server."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from babel.dates import format_date

from tallystick.app.results import RunView

_WIDTH, _BASE, _TOP, _LEFT = 640, 96, 16, 38
_RUNS = 14


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


_BAR_WIDTH, _LEFT_BAR, _RIGHT_BAR, _FLOW_TOP, _GAP = 14, 176, 450, 22, 18
_THIN, _FLOW_HEIGHT = 3.0, 150.0


@dataclass(frozen=True, slots=True)
class FlowEnd:
    """One outcome on one side, as a bar with its number of decisions."""

    outcome: str
    count: int
    y: float
    height: float


@dataclass(frozen=True, slots=True)
class FlowBand:
    """Decisions that were one outcome and are another, as a band between two bars."""

    was: str
    now: str
    count: int
    path: str

    @property
    def same(self) -> bool:
        """True when nothing changes."""
        return self.was == self.now


@dataclass(frozen=True, slots=True)
class FlowChart:
    """Outcomes before and after, left and right; bands are as thick as the root of their count, so
    that a few changes among many decisions are seen.
    """

    before: tuple[FlowEnd, ...]
    after: tuple[FlowEnd, ...]
    bands: tuple[FlowBand, ...]
    height: float
    description: str


def flow_chart(
    counts: Mapping[tuple[str, str], int], before: Sequence[str], after: Sequence[str]
) -> FlowChart:
    """The matrix of a backtest as a picture; changes are drawn over what stays."""
    whole = sum(count**0.5 for count in counts.values()) or 1.0
    thick = {k: max(_THIN, _FLOW_HEIGHT * n**0.5 / whole) for k, n in counts.items() if n}
    left = _ends(before, {k: (thick[k], counts[k]) for k in thick}, side=0)
    right = _ends(after, {k: (thick[k], counts[k]) for k in thick}, side=1)
    from_y = {e.outcome: e.y for e in left}
    to_y = {e.outcome: e.y for e in right}
    bands = []
    for was in before:
        for now in after:
            if (was, now) not in thick:
                continue
            height = thick[was, now]
            path = _band(from_y[was], to_y[now], height)
            from_y[was] += height
            to_y[now] += height
            bands.append(FlowBand(was, now, counts[was, now], path))
    changed = sum(n for (was, now), n in counts.items() if was != now)
    words = f"Decisions: {sum(counts.values())}. With another outcome: {changed}."
    height = max((e.y + e.height for e in (*left, *right)), default=_FLOW_TOP) + 8
    bands.sort(key=lambda b: not b.same)
    return FlowChart(left, right, tuple(bands), round(height, 1), words)


def _ends(
    names: Sequence[str], thick: Mapping[tuple[str, str], tuple[float, int]], *, side: int
) -> tuple[FlowEnd, ...]:
    found, y = [], float(_FLOW_TOP)
    for name in names:
        mine = [v for k, v in thick.items() if k[side] == name]
        height = sum(h for h, _ in mine)
        found.append(FlowEnd(name, sum(n for _, n in mine), round(y, 1), round(height, 1)))
        y += height + _GAP
    return tuple(found)


def _band(start: float, end: float, height: float) -> str:
    x1, x2 = _LEFT_BAR + _BAR_WIDTH, _RIGHT_BAR
    middle = (x1 + x2) / 2
    y1, y2, y3, y4 = (round(v, 1) for v in (start, end, end + height, start + height))
    return (
        f"M{x1} {y1}C{middle} {y1} {middle} {y2} {x2} {y2}V{y3}"
        f"C{middle} {y3} {middle} {y4} {x1} {y4}Z"
    )
