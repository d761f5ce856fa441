"""Charts fit into their frame, whatever they show, and keep what is small in sight."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from tallystick.app.charts import RUNS, flow_chart, history_chart
from tallystick.app.drawings import svg, svg_file
from tallystick.app.results import RunView

START = datetime(2026, 7, 1, 9, tzinfo=UTC)
RUN = RunView(
    1, "sync", "done", "person", START, START, 1.0, slow=False, message=None, plan_digest=None
)


def runs(number: int) -> list[RunView]:
    """Runs on so many days, newest first."""
    return [replace(RUN, id=n, started_at=START + timedelta(days=n)) for n in range(number, 0, -1)]


@pytest.mark.parametrize("number", [1, 4, 5, 9, 14, 30])
def test_the_dates_below_a_history_do_not_run_into_each_other(number: int) -> None:
    chart = history_chart(runs(number))
    assert len(chart.bars) == min(number, RUNS)
    texts = re.findall(r'<text x="([\d.]+)" y="160"( text-anchor="end")?>', svg(chart))
    wide = 90.0
    spans = [
        (float(x) - wide, float(x)) if end else (float(x), float(x) + wide) for x, end in texts
    ]
    assert all(start >= 0 and stop <= 640 for start, stop in spans)
    assert all(one[1] <= other[0] for one, other in pairwise(spans))


def test_one_change_among_many_decisions_is_seen() -> None:
    chart = flow_chart({("accept", "accept"): 100_000, ("accept", "skip"): 1})
    assert [end.count for end in chart.before] == [100_001]
    assert min(end.height for end in chart.after) >= 3


def test_only_rules_that_take_more_or_fewer_decisions_are_drawn() -> None:
    chart = flow_chart({("a", "b"): 3}, [("first", 3, 0), ("second", 2, 2), ("third", 0, 3)])
    assert [(h.rule, h.before, h.after) for h in chart.hits] == [("first", 3, 0), ("third", 0, 3)]
    assert chart.height > max(h.y for h in chart.hits)


def test_names_are_text_in_a_picture_and_its_file_has_its_colours() -> None:
    chart = flow_chart({("<a>", "b&c"): 1}, [('"><script>', 0, 1)])
    assert "<script>" not in svg(chart)
    assert "<a>" not in svg(chart)
    assert "<style>" in svg_file(chart)
    assert "<style>" not in svg(chart), "the policy of the pages allows no style in a page"
