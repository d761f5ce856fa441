"""Fake connectors with a state in memory: a portal where work is logged, accounts that bill it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from tallystick.errors import OutcomeUnknown
from tallystick.model.connection import Health, Portal
from tallystick.model.operation import Operation


@dataclass(slots=True)
class World:
    """Rows of both sides by type and id, and what was written."""

    portal: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)
    accounts: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)
    writes: list[Operation] = field(default_factory=list)
    counter: int = 1000
    on_write: Callable[[Operation, str], None] | None = None
    """Called with "before" and "after" each write took effect; may raise."""
    on_read: Callable[[str, str, str], None] | None = None
    """Called with side, type and position before each page is read; may raise."""
    hidden: bool = False
    """True while a search of the accounts finds nothing of what was written."""
    portals: list[Portal] | None = None
    """What the portal's credential sees, if not the usual two."""
    health: dict[str, Health] = field(default_factory=dict)
    """What a credential check says, by side, if it is not well."""

    def put(self, side: str, type: str, external_id: str, **row: Any) -> None:
        """Set a row."""
        rows = getattr(self, side).setdefault(type, {})
        rows[external_id] = {**rows.get(external_id, {}), "external_id": external_id, **row}

    def live_invoices(self) -> list[dict[str, Any]]:
        """Invoices that are not void."""
        rows = self.accounts.get("transaction", {}).values()
        return [r for r in rows if r["status"] != "void"]

    def double_billed(self) -> list[str]:
        """Entries on more than one live invoice."""
        seen: dict[str, int] = {}
        for invoice in self.live_invoices():
            for line in invoice["lines"]:
                for entry in line["time_entry_ids"]:
                    seen[entry] = seen.get(entry, 0) + 1
        return [entry for entry, number in seen.items() if number > 1]


_CLIENT = {"name": "Acme Ltd", "email": "pay@acme.example", "contact_type": "client"}
_USER = {"name": "Mara Lind", "email": "mara@studio.example", "role": "employee"}
_PROJECT = {"name": "Atlas rollout", "description": "", "client_id": "c1", "rate": "100"}
_TASK = {"project_id": "p1", "name": "Data import", "completed": False, "status": "open"}
_BOOKS = {"name": "Zylker Books", "currency": "EUR", "plan": "professional", "lock_date": None}


def small_world() -> World:
    """One project of one client with one task and one approved entry."""
    world = World()
    world.put("portal", "contact", "c1", **_CLIENT, currency="EUR", phone="", status="active")
    world.put("portal", "user", "u1", **_USER, status="active")
    world.put(
        "portal",
        "project",
        "p1",
        **_PROJECT,
        status="active",
        billing_method="project_hours",
        currency="EUR",
    )
    world.put("portal", "task", "t1", **_TASK, rate=None, billable=True)
    log(world, "e1")
    world.put("accounts", "organization", "o1", **_BOOKS, zone="Europe/Berlin")
    return world


def log(world: World, external_id: str, **changes: Any) -> None:
    """Log time in the portal: an approved, billable hour on the task unless changed."""
    row = {
        "project_id": "p1",
        "kind": "task",
        "task_id": "t1",
        "bug_id": None,
        "label": None,
        "user_id": "u1",
        "work_date": date(2026, 7, 2),
        "minutes": 60,
        "billable": True,
        "approval": "approved",
        "notes": "",
        "billed_status": None,
        "invoice_id": None,
    }
    world.put("portal", "time_entry", external_id, **{**row, **changes})


def lose_answer(times: int = 1, type: str | None = None) -> Callable[[Operation, str], None]:
    """Lose the answer of the next writes after they took effect."""
    left = [times]

    def fault(operation: Operation, when: str) -> None:
        if when == "after" and left[0] > 0 and type in {None, operation.type}:
            left[0] -= 1
            raise OutcomeUnknown("the answer was lost")

    return fault
