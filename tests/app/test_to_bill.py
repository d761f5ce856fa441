"""To bill means what bills would take; what waits for something stands beside it."""

from datetime import date
from pathlib import Path

import pytest
from app.synced import Place, run
from support.fakes import World, log, small_world
from tallystick.app import billing, invoicing, status
from tallystick.app.workspace import Workspace
from tallystick.errors import Refused
from tallystick.resources import default_rules


def several() -> World:
    """Projects by each method, one of a fixed fee, one whose author has no rate."""
    world = small_world()
    for number, method in enumerate(("task_hours", "staff_hours", "fixed_cost"), start=2):
        world.put(
            "portal",
            "project",
            f"p{number}",
            name=f"Project {number}",
            description="",
            client_id="c1",
            rate=None,
            status="active",
            billing_method=method,
            currency="EUR",
        )
        world.put(
            "portal",
            "task",
            f"t{number}",
            project_id=f"p{number}",
            name=f"Task {number}",
            completed=False,
            status="open",
            rate="77.77",
            billable=True,
        )
        for minutes in (7, 23):
            log(
                world,
                f"e{number}-{minutes}",
                project_id=f"p{number}",
                task_id=f"t{number}",
                minutes=minutes,
            )
    return world


def previewed(ws: Workspace) -> tuple[int, int, int]:
    """Entries, minutes and cents that the previews of all projects would take."""
    views = [billing.preview(ws, project=f"p{n}") for n in range(1, 5)]
    free = [v for v in views if v.blocked is None]
    entries = sum(len(line.entries) for v in free for line in v.lines)
    return entries, sum(v.minutes for v in free), sum(v.total.minor for v in free)


def shown(ws: Workspace) -> tuple[int, int, int]:
    """Entries, minutes and cents that the status says are to bill."""
    seen = status.status(ws)
    return seen.to_bill_entries, seen.to_bill_minutes, sum(m.minor for m in seen.to_bill)


def waiting(ws: Workspace) -> dict[str, tuple[int, int]]:
    """Entries and minutes that wait, by code."""
    return {w.code: (w.entries, w.minutes) for w in status.status(ws).to_bill_waiting}


def test_what_is_to_bill_is_what_the_previews_would_take(place: Place) -> None:
    with place.synced(several()) as ws:
        assert shown(ws) == previewed(ws) == (3, 90, 13889)
        assert waiting(ws) == {"PRJ-05": (2, 30), "RATE-01": (2, 30)}
        assert status.status(ws).funnel[-1].count == 3


@pytest.mark.parametrize(
    ("old", "new", "waits"),
    [
        ("{mode: none, step: 1}", "{mode: down, step: 15}", {"TS-10": (1, 7)}),
        ("money_grain: line", "money_grain: entry", {}),
    ],
)
def test_rounding_is_that_of_the_previews(
    place: Place, old: str, new: str, waits: dict[str, tuple[int, int]]
) -> None:
    """R-161, R-162: by entry or by line; what rounds to nothing waits."""
    with place.opened(several()) as ws:
        _edit(ws.home, "policies.yaml", old, new)
    with place.synced(several()) as ws:
        assert shown(ws) == previewed(ws)
        assert waits.items() <= waiting(ws).items()


def _edit(home: Path, file: str, old: str, new: str) -> None:
    """A file of the project that is the shipped one with one place changed."""
    text = (default_rules() / file).read_text(encoding="utf-8")
    assert old in text
    (home / "rules" / file).write_text(text.replace(old, new, 1), encoding="utf-8")


def test_a_rule_that_looks_at_single_entries_is_asked_about_each(place: Place) -> None:
    """A project's own rule keeps one of two entries that are priced alike off every bill."""
    world = several()
    log(world, "e0", minutes=40, notes="internal")
    rule = """\
  - id: internal
    when: [{line.kind: time_entry}, {time_entry.notes: internal}]
    then: refuse
    code: TS-03
    because: "It is internal work."
"""
    with place.synced(world) as ws:
        before = shown(ws)
        _edit(ws.home, "invoiced_once.yaml", "rules:\n", f"rules:\n{rule}")
        assert shown(ws) == previewed(ws) != before
        assert waiting(ws)["TS-03"] == (1, 40)


APART = """\
  - id: short-work
    when: [{line.kind: time_entry}, {time_entry.minutes: {lt: 10}}]
    then: apart
    because: "Short work is billed on a line of its own."
"""


@pytest.mark.parametrize("money_grain", ["line", "entry"])
def test_work_set_apart_is_rounded_on_its_own_line_as_bills_do(
    place: Place, money_grain: str
) -> None:
    """R-148, R-162: what a rule sets apart is of several tasks, and no longer on their lines."""
    world = several()
    log(world, "e0", minutes=1)
    with place.synced(world) as ws:
        _edit(ws.home, "policies.yaml", "money_grain: line", f"money_grain: {money_grain}")
        _edit(ws.home, "invoiced_once.yaml", "rules:\n", f"rules:\n{APART}")
        names = {line.name for line in billing.preview(ws, project="p2").lines}
        assert names == {"Task 2", "Short work"}
        assert shown(ws) == previewed(ws)
        assert shown(ws)[:2] == (4, 91)


SILENT = """\
  - id: internal
    when: [{line.kind: time_entry}, {time_entry.notes: internal}]
    then: refuse
    because: "It is internal work."
"""


def test_work_that_a_rule_without_a_code_leaves_out_is_said_to_be_left_out(place: Place) -> None:
    """INV-13, with the rule's own sentence; not INV-02, since no operation holds it."""
    world = several()
    log(world, "e0", minutes=40, notes="internal")
    with place.synced(world) as ws:
        _edit(ws.home, "invoiced_once.yaml", "rules:\n", f"rules:\n{SILENT}")
        assert waiting(ws)["INV-13"] == (1, 40)
        (left,) = billing.preview(ws, project="p1").left_out
        assert (left.code, left.reason) == ("INV-13", "It is internal work.")


def test_time_on_a_finished_task_that_was_billed_waits(place: Place) -> None:
    """The shipped rule of TSK-03: the task's claim counts for every entry of it."""
    world = small_world()
    with place.synced(world) as ws:
        invoicing.invoice(ws, project="p1")
        world.put("portal", "task", "t1", completed=True, status="closed")
        log(world, "e2", work_date=date(2026, 7, 9), minutes=25)
        run(ws)
        assert shown(ws) == (0, 0, 0)
        assert waiting(ws) == {"TSK-03": (1, 25)}


def test_a_project_of_a_fixed_fee_names_every_entry_it_leaves_out(place: Place) -> None:
    with place.synced(several()) as ws:
        seen = billing.preview(ws, project="p4")
        assert seen.blocked is not None
        assert seen.blocked[0] == "PRJ-05"
        assert {o.record: o.code for o in seen.left_out} == {
            "time_entry:e4-7": "PRJ-05",
            "time_entry:e4-23": "PRJ-05",
        }
        with pytest.raises(Refused, match="by its fee"):
            invoicing.invoice(ws, project="p4")


def test_a_missing_rate_says_where_it_would_be_entered(place: Place) -> None:
    """R-132: by staff hours it is the person's rate on the project."""
    with place.synced(several()) as ws:
        (first, _) = billing.preview(ws, project="p3").left_out
        assert first.code == "RATE-01"
        assert "author has no rate per hour on the project" in first.reason
