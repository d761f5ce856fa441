"""A workspace with open questions about single entries, and their numbers."""

from collections.abc import Iterator
from datetime import date

import pytest
from app.synced import Place, open_errors, run, state
from support.fakes import log, small_world
from tallystick.app import invoicing
from tallystick.app.workspace import Workspace


@pytest.fixture
def asked(place: Place) -> Iterator[Workspace]:
    """A billed entry, one that looks the same, and one logged late with an early date."""
    world = small_world()
    with place.synced(world) as ws:
        invoicing.invoice(ws, project="p1")
        log(world, "again")
        log(world, "late", work_date=date(2026, 6, 30), minutes=30)
        run(ws)
        assert state(ws, "again") == ("held", ("TS-09",))
        assert state(ws, "late") == ("opening_invoiced", ("TS-12",))
        yield ws


def number(ws: Workspace, code: str) -> int:
    """The open error of that code."""
    return next(e.id for e in open_errors(ws) if e.code == code)
