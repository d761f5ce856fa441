"""Rates are those of the plan: a price that is no longer true is not billed (R-141, R-142)."""

from typing import Any

import pytest
from app.synced import Place, migrated_file, place, run
from app.test_billing import bill, project, refusal
from support.fakes import small_world

__all__ = ["migrated_file", "place"]


@pytest.mark.parametrize(
    ("method", "priced", "repriced"),
    [
        (
            "project_hours",
            lambda w: project(w, rate="100"),
            lambda w: project(w, rate="120"),
        ),
        (
            "task_hours",
            lambda w: w.put("portal", "task", "t1", rate="80"),
            lambda w: w.put("portal", "task", "t1", rate="81"),
        ),
        (
            "task_hours",
            lambda w: project(w, rate="100"),
            lambda w: project(w, rate="101"),
        ),
        (
            "staff_hours",
            lambda w: w.put(
                "portal", "user_rate", "r1", project_id="p1", user_id="u1", rate="60.50"
            ),
            lambda w: w.put("portal", "user_rate", "r1", rate="60"),
        ),
        (
            "staff_hours",
            lambda w: w.put(
                "portal", "user_rate", "r1", project_id="p1", user_id="u1", rate="60.50"
            ),
            lambda w: w.portal["user_rate"].pop("r1"),
        ),
        (
            "project_hours",
            lambda w: project(w, rate="100"),
            lambda w: project(w, billing_method="task_hours"),
        ),
    ],
    ids=["project", "task", "fallback", "person", "person-gone", "method"],
)
def test_a_rate_that_changed_since_the_plan_refuses_the_invoice(
    place: Place, method: str, priced: Any, repriced: Any
) -> None:
    """R-142, RATE-02: nothing is billed at a price that is no longer true; the next plan has it."""
    world = small_world()
    project(world, billing_method=method)
    priced(world)
    with place.synced(world) as ws:
        repriced(world)
        assert refusal(ws) == "RATE-02"
        assert ws.store.outbox.claims() == []
        assert world.live_invoices() == []


def test_the_new_rate_is_billed_once_it_was_read(place: Place) -> None:
    """R-142: plan again."""
    world = small_world()
    with place.synced(world) as ws:
        project(world, rate="120.00")
        assert refusal(ws) == "RATE-02"
        run(ws)
        assert str(bill(ws).total) == "120.00 EUR"


def test_a_rate_written_otherwise_is_the_same_rate(place: Place) -> None:
    """R-142: 100 and 100.00."""
    world = small_world()
    with place.synced(world) as ws:
        project(world, rate="100.00")
        assert bill(ws).status == "DONE"
