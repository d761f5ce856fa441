"""Workspaces that are set up and synced, and short ways to ask them."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from support.databases import migrated_file
from support.fakes import World
from support.projects import opened, set_up
from tallystick.app import project, sync
from tallystick.app.results import ApplyView
from tallystick.app.workspace import Workspace
from tallystick.store import ErrorData
from tallystick.testing.clock import FakeClock

__all__ = ["Opener", "Place", "migrated_file", "place"]

Opener = Callable[[], AbstractContextManager[Workspace]]


class Place:
    """One project folder on one world, opened as often as needed."""

    def __init__(self, home: Path, clock: FakeClock) -> None:
        self.home = home
        self.clock = clock

    @contextmanager
    def opened(self, world: World) -> Iterator[Workspace]:
        """The folder, opened as a new process would."""
        with opened(self.home, world, self.clock) as ws:
            yield ws

    @contextmanager
    def synced(self, world: World, **choices: Any) -> Iterator[Workspace]:
        """Set up and synced once."""
        with self.opened(world) as ws:
            set_up(ws, **choices)
            done = run(ws)
            assert done.failed == done.parked == 0, done.messages
            yield ws


@pytest.fixture
def place(tmp_path: Path, migrated_file: Path) -> Place:
    """A folder whose store has the schema already."""
    home = tmp_path / "home"
    home.mkdir()
    project.init(home, connectors=("fake_portal", "fake_accounts"))
    shutil.copy(migrated_file, home / "tallystick.db")
    return Place(home, FakeClock())


def source(ws: Workspace) -> str:
    """The connection id of the portal."""
    return ws.integration(None).source


def target(ws: Workspace) -> str:
    """The connection id of the accounts."""
    return ws.integration(None).target


def run(ws: Workspace, **choices: Any) -> ApplyView:
    """A sync whose plan is approved."""
    return sync.run(ws, approve=lambda _plan: True, **choices)


def state(ws: Workspace, external_id: str = "e1") -> tuple[str, tuple[str, ...]]:
    """Billing state and codes of an entry."""
    found = ws.store.states.get_many(source(ws), [external_id])[external_id]
    return found.state, found.codes


def open_errors(ws: Workspace) -> list[ErrorData]:
    """Every open row of the error queue."""
    return ws.store.errors.open(ws.integration(None).name)


def codes(ws: Workspace) -> dict[str, int]:
    """Open rows by code, warnings left out."""
    found: dict[str, int] = {}
    for error in open_errors(ws):
        if error.kind != "warn":
            found[error.code] = found.get(error.code, 0) + 1
    return found


def hand_made(world: World, invoice_id: str, *entries: str, status: str = "sent") -> None:
    """A person makes an invoice over these accounts' entries."""
    world.put(
        "accounts",
        "transaction",
        invoice_id,
        kind="invoice",
        number=invoice_id.upper(),
        reference="",
        status=status,
        date=date(2026, 7, 10),
        currency="EUR",
        total_minor=10000,
        lines=[{"time_entry_ids": list(entries)}],
    )
    world.put(
        "accounts",
        "transaction_line",
        f"{invoice_id}-0",
        transaction_id=invoice_id,
        time_entry_ids=list(entries),
    )
    for entry in entries:
        world.accounts["time_entry"][entry] |= {
            "billed_status": "invoiced",
            "invoice_id": invoice_id,
        }


def booked(world: World) -> list[str]:
    """Ids of the accounts' time entries, oldest first."""
    return list(world.accounts.get("time_entry", {}))
