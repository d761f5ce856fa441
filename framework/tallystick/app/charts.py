"""Charts as plain numbers, for a page, a file and a terminal; `drawings` makes SVG of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from babel.dates import format_date

from tallystick.app.results import RunView

_WIDTH, _BASE, _TOP, _LEFT = 640, 136, 16, 64
RUNS = 14
RUN_KINDS = frozenset({"sync", "apply"})
"""Runs that a history shows: those that write records."""


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
    chosen = list(reversed(runs[:RUNS]))
    most = max((r.changed for r in chosen), default=0)
    top = _round(most)
    step = (_WIDTH - _LEFT) / RUNS
    ends = {0, len(chosen) - 1} if len(chosen) > 4 else {0}
    labelled = ends | {len(chosen) // 2} if len(chosen) > 8 else ends
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


_BAR_WIDTH, _LEFT_BAR, _RIGHT_BAR, _FLOW_TOP, _GAP = 14, 214, 412, 26, 22
_THIN, _FLOW_HEIGHT = 3.0, 150.0
_HITS_MAX, _HIT_HEIGHT = 30, 58


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
class RuleHits:
    """How many decisions one rule took before and after, as two bars; `y` is where they begin."""

    rule: str
    before: int
    after: int
    y: float
    width_before: float
    width_after: float


@dataclass(frozen=True, slots=True)
class FlowChart:
    """Outcomes before and after, left and right, and the rules that take more or fewer decisions.

    Bands are as thick as the root of their count, so that a few changes among many are seen.
    """

    before: tuple[FlowEnd, ...]
    after: tuple[FlowEnd, ...]
    bands: tuple[FlowBand, ...]
    hits: tuple[RuleHits, ...]
    height: float
    description: str


def flow_chart(
    counts: Mapping[tuple[str, str], int], hits: Sequence[tuple[str, int, int]] = ()
) -> FlowChart:
    """A backtest as a picture: decisions by outcome before and after, changes over what stays.

    `hits` are rules with their decisions before and after; those that keep theirs are left out.
    """
    before, after = (sorted({key[side] for key in counts}) for side in (0, 1))
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
    rules = _hits([h for h in hits if h[1] != h[2]][:_HITS_MAX], height)
    height += _HIT_HEIGHT * len(rules)
    return FlowChart(left, right, tuple(bands), rules, round(height, 1), words)


def _hits(moved: Sequence[tuple[str, int, int]], top: float) -> tuple[RuleHits, ...]:
    most = max((max(before, after) for _, before, after in moved), default=1)
    return tuple(
        RuleHits(
            rule,
            before,
            after,
            round(top + number * _HIT_HEIGHT, 1),
            round(_WIDTH * before / most, 1),
            round(_WIDTH * after / most, 1),
        )
        for number, (rule, before, after) in enumerate(moved)
    )


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
