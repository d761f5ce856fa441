"""A process killed while it bills, at every window: the bill is made once, or parked in view."""

import contextlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from crash.dying import DyingAdapter, arrives_late, bills_sent, made_twice
from crash.test_sigkill import PROTOCOL, bill, opened, served
from support.processes import die_at, in_child
from tallystick.app import errors, invoicing, sync, voiding
from tallystick.app.demo_stage import Stage
from tallystick.app.workspace import Surroundings, Workspace, open_workspace
from tallystick.errors import Refused
from tallystick.testing.clock import START, FakeClock

LATER = timedelta(days=2)
WRITTEN = ("/projects", "/tasks", "/timeentries")
"""What the tiny world has written into the accounts."""


@contextmanager
def dying(place: Stage, window: str, path: str) -> Iterator[Workspace]:
    """The folder, opened by a process that dies when it sends to a path of the accounts."""
    around = Surroundings(
        clock=FakeClock(START),
        wait=lambda _seconds: None,
        transport=lambda _url: DyingAdapter(window, path, place.home / "kept.json"),
    )
    with open_workspace(place.home, around) as ws:
        yield ws


@pytest.fixture
def synced(tmp_path: Path) -> Iterator[Stage]:
    """The tiny world, synced by a process that has ended."""

    def work(place: Stage) -> None:
        with opened(place) as ws:
            sync.run(ws, approve=lambda _plan: True)

    with served(tmp_path / "home") as place:
        assert in_child(lambda: work(place)) == 0
        yield place


def killed(place: Stage, window: str) -> None:
    """A process that bills and is killed at a window."""

    def work() -> None:
        if window in {"W4", "W5"}:
            with dying(place, window, "/invoices") as ws:
                bill(ws)
        else:
            die_at(window, 1)
            with opened(place) as ws:
                bill(ws)

    assert in_child(work) == -9


def again(place: Stage) -> None:
    """The next process, two days later: it syncs, and bills what may be billed."""

    def work() -> None:
        with opened(place, LATER) as ws:
            sync.run(ws, approve=lambda _plan: True)
            with contextlib.suppress(Refused):
                invoicing.invoice(ws, project="Atlas rollout")

    assert in_child(work) == 0


def looked_at(place: Stage) -> tuple[list[str], list[str], set[str]]:
    """Status of each operation that waits for a person; invoices in force; states of claims."""
    with opened(place, LATER) as ws:
        waiting = [row.status for row in ws.store.outbox.need_a_person("main")]
        states = {c.state for c in ws.store.outbox.claims()}
    organization = next(iter(place.simulators["zoho_books"].organizations.values()))
    return waiting, [i["reference_number"] for i in organization.live_invoices()], states


@pytest.mark.parametrize("window", [p for p in (*PROTOCOL, "W5") if not p.startswith("W3")])
def test_a_bill_whose_process_is_killed_is_made_once(synced: Stage, window: str) -> None:
    """W0-W2, W5-W8, I1, I2: by the service's own journal."""
    killed(synced, window)
    again(synced)
    waiting, invoices, states = looked_at(synced)
    assert (waiting, len(invoices), states) == ([], 1, {"invoiced"})
    assert set(bills_sent(synced).values()) == {1}
    assert made_twice(synced) == []
    assert not any(synced.double_billed().values())


@pytest.mark.parametrize("window", ["W3.marked-sending", "W4"])
def test_a_bill_that_may_have_been_sent_is_not_sent_again(synced: Stage, window: str) -> None:
    """W3, W4 in mode C, R-173: parked in view with all it holds."""
    killed(synced, window)
    again(synced)
    waiting, invoices, states = looked_at(synced)
    assert (waiting, invoices, states) == (["PARKED"], [], {"in_doubt"})
    assert sum(bills_sent(synced).values()) == 0, "no byte arrived, and none was sent since"


def test_a_bill_that_arrives_after_its_process_and_a_look_up_is_found(synced: Stage) -> None:
    """W4, F12: it lands two days late; the next sweep confirms it."""
    killed(synced, "W4")
    again(synced)
    assert arrives_late(synced.home / "kept.json") == 201
    again(synced)
    waiting, invoices, states = looked_at(synced)
    assert (waiting, len(invoices), states) == ([], 1, {"invoiced"})
    assert set(bills_sent(synced).values()) == {1}
    assert made_twice(synced) == []


def test_a_person_who_knows_that_nothing_arrived_bills_anew(synced: Stage) -> None:
    """INV-03's way out: one bill in the end, under another reference."""
    killed(synced, "W4")
    again(synced)

    def release() -> None:
        with opened(synced, LATER) as ws:
            (error,) = [e for e in errors.listing(ws) if e.code == "INV-03" and e.kind == "root"]
            (row,) = ws.store.outbox.need_a_person("main")
            assert f"tallystick billing release {row.reference}" in str(error.fix)
            voiding.release(ws, reference=row.reference, user="mara")
            assert invoicing.invoice(ws, project="Atlas rollout").reference != row.reference

    assert in_child(release) == 0
    waiting, invoices, _ = looked_at(synced)
    assert (waiting, len(invoices)) == ([], 1)


@pytest.mark.parametrize("path", WRITTEN)
@pytest.mark.parametrize("window", ["W4", "W5"])
def test_a_record_whose_process_is_killed_in_the_transport_is_made_once(
    tmp_path: Path, window: str, path: str
) -> None:
    """W4, W5: found by its marker, or sent again a day later."""
    with served(tmp_path / "home") as place:

        def work() -> None:
            with dying(place, window, path) as ws:
                sync.run(ws, approve=lambda _plan: True)

        assert in_child(work) == -9
        again(place)
        assert made_twice(place) == []
        waiting, invoices, _ = looked_at(place)
        assert (waiting, len(invoices)) == ([], 1)
