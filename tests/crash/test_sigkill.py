"""A process killed anywhere: the next one ends with the same books, and reads no page again."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from crash.dying import made_twice
from support.processes import die_at, in_child
from tallystick.app import invoicing, ledger, sync
from tallystick.app.demo_stage import Stage, stage
from tallystick.app.workspace import Surroundings, Workspace, open_workspace
from tallystick.errors import Refused
from tallystick.model.failpoints import POINTS
from tallystick.testing.clock import START, FakeClock
from tallystick.testing.simulated import Pair, pair, set_up

LONG = bool(os.environ.get("TALLYSTICK_LONG"))
PROTOCOL = tuple(p for p in POINTS if p.startswith("W"))


@contextmanager
def served(home: Path) -> Iterator[Stage]:
    """The tiny world on sockets, so that its state outlives a killed caller; set up, not synced."""
    with stage(1, "tiny", home, keep=True) as place:
        with opened(place) as ws:
            set_up(ws, place.announced)
        yield place


@contextmanager
def opened(place: Stage, later: timedelta = timedelta()) -> Iterator[Workspace]:
    around = Surroundings(clock=FakeClock(START + later), wait=lambda _seconds: None)
    with open_workspace(place.home, around) as ws:
        yield ws


def run_job(place: Stage, later: timedelta = timedelta()) -> None:
    """Sync, then bill the one project."""
    with opened(place, later) as ws:
        sync.run(ws, approve=lambda _plan: True)
        bill(ws)


def bill(ws: Workspace) -> None:
    try:
        invoicing.invoice(ws, project="Atlas rollout")
    except Refused as refusal:
        assert refusal.code == "INV-01", refusal  # noqa: PT017 - billed by the run before


def books(place: Stage) -> dict[str, Any]:
    """What the accounts hold in the end, ids left out."""
    organization = next(iter(place.simulators["zoho_books"].organizations.values()))
    live = organization.live_invoices()
    return {
        "invoices": [(i["status"], str(i["total"]), i["reference_number"]) for i in live],
        "entries": sorted(
            (e["log_date"], e["minutes"], e["billed_status"])
            for e in organization.rows("time_entries")
        ),
        "projects": sorted(p["project_name"] for p in organization.rows("projects")),
        "users": sorted(u["email"] for u in organization.rows("users")),
        "double": place.double_billed(),
    }


@pytest.fixture(scope="module")
def calm(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The books of a job that nobody killed."""
    with served(tmp_path_factory.mktemp("calm")) as place:
        assert in_child(lambda: run_job(place)) == 0
        return books(place)


def kill_and_repeat(place: Stage, point: str, hit: int) -> bool:
    """Kill the job at the hit-th pass of a point, then run it again; False if never reached."""

    def killed() -> None:
        die_at(point, hit)
        run_job(place)

    status = in_child(killed)
    if status == 0:
        return False
    assert status == -9, f"the child ended with {status} instead of being killed"
    # an unguarded write without an answer may be sent again only a day later (W3)
    assert in_child(lambda: run_job(place, timedelta(days=2))) == 0
    return True


@pytest.mark.parametrize("point", POINTS)
def test_a_job_killed_anywhere_ends_with_the_same_books(
    point: str, tmp_path: Path, calm: dict[str, Any]
) -> None:
    """I-04, I-01, W0-W8: each point at its first hits (all hits in the long form)."""
    hit, reached = 1, 0
    while hit <= (1000 if LONG else 2):
        home = tmp_path / f"hit-{hit}"
        with served(home) as place:
            if not kill_and_repeat(place, point, hit):
                break
            assert books(place) == calm, f"{point} at hit {hit}"
            assert made_twice(place) == [], f"{point} at hit {hit}"
        reached += 1
        hit += 1
        shutil.rmtree(home)
    assert reached, f"{point} is never passed"


def test_a_killed_run_reads_no_finished_page_again(tmp_path: Path) -> None:
    """R-040: cursors commit with the records they stand behind."""
    with served(tmp_path) as place:
        simulator = place.simulators["zoho_projects"]

        def paths() -> list[str]:
            read = [e for e in simulator.journal.to_json() if e["method"] == "GET"]
            return [f"{e['path']} {e['query']}" for e in read]

        simulator.journal.clear()
        assert in_child(lambda: run_killed(place, "read.page-saved", 6)) == -9
        before = paths()
        simulator.journal.clear()
        assert in_child(lambda: run_job(place)) == 0
        # a bill looks at its project, and so at the clients of that, once more before it is sent
        looks = ("portals", "/clients ")
        again = [p for p in paths() if p in before and not any(look in p for look in looks)]
        allowed = {before[-1]} if before else set()
        assert set(again) <= allowed, "only the page whose storing was cut may be asked for again"


def run_killed(place: Stage, point: str, hit: int) -> None:
    die_at(point, hit)
    run_job(place)


def test_a_second_process_in_the_middle_of_a_run_is_told_to_wait(tmp_path: Path) -> None:
    """R-030, INT-05: it writes nothing; the first goes on undisturbed."""
    made: Pair = pair(tmp_path / "one", size="tiny")
    with made.opened() as first:
        set_up(first, made.announced)
        refused: list[str] = []

        def meanwhile(_plan: object) -> bool:
            with made.opened() as second:
                try:
                    sync.run(second, approve=lambda _p: True)
                except Refused as refusal:
                    refused.append(refusal.code)
            return True

        sync.run(first, approve=meanwhile)
        assert refused == ["INT-05"]
        assert made.doubles() == []
        seen = ledger.ledger(first, verify=True)
        assert seen.doubles == ()
