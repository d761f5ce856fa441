"""Fake connectors on a world in memory: a portal where work is logged, accounts that bill it."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, ClassVar

from tallystick.errors import AlreadyThere
from tallystick.model.connection import Health, Portal
from tallystick.model.connector import ReadSpec, WriteSpec
from tallystick.model.operation import Action, Lookup, Mode, Operation, Receipt
from tallystick.model.record import Cursor, Page, Row

from support.fakes import World


class _Fake:
    """Reading rows of one side, two a page."""

    side: ClassVar[str] = ""
    page_size: ClassVar[int] = 2
    world: ClassVar[World]

    def __init__(self, session: Any, settings: Mapping[str, Any]) -> None:
        del session
        self.settings = dict(settings)

    def check(self) -> Health:
        """Well, unless the world says otherwise."""
        return self.world.health.get(self.side, Health(ok=True, message="fake"))

    def _rows(self, type: str) -> dict[str, dict[str, Any]]:
        return getattr(self.world, self.side).get(type, {})

    def read(self, type: str, cursor: Cursor) -> Page:
        """Rows in the order of their ids."""
        if self.world.on_read is not None:
            self.world.on_read(self.side, type, cursor.position)
        start = int(cursor.position or 0)
        ids = sorted(self._rows(type))
        chosen = [_plain(self._rows(type)[i]) for i in ids[start : start + self.page_size]]
        end = start + self.page_size
        return Page(chosen, Cursor(str(end)) if end < len(ids) else None)

    def fetch(
        self, type: str, ids: Sequence[str], *, parent: str | None = None
    ) -> Mapping[str, Row]:
        """Rows as they are now."""
        del parent
        rows = self._rows(type)
        return {i: _plain(rows[i]) for i in ids if i in rows}


def _plain(row: Mapping[str, Any]) -> dict[str, Any]:
    return {k: v for k, v in row.items() if k != "lines"}


class FakePortal(_Fake):
    """The side that is read."""

    name: ClassVar[str] = "fake_portal"
    title: ClassVar[str] = "Fake Portal"
    container: ClassVar[str] = "portal"
    container_setting: ClassVar[str] = "portal_id"
    side: ClassVar[str] = "portal"
    reads: ClassVar[Mapping[str, ReadSpec]] = {
        t: ReadSpec(t)
        for t in ("contact", "user", "project", "user_rate", "task", "bug", "time_entry")
    }
    writes: ClassVar[Mapping[str, WriteSpec]] = {}

    def portals(self) -> list[Portal]:
        """One owned, one foreign, unless the world says otherwise."""
        if self.world.portals is not None:
            return self.world.portals
        return [
            Portal("P1", "Zylker Studio", "owner", owned=True, zone="Asia/Kolkata"),
            Portal("P2", "Other Studio", "admin", owned=False),
        ]

    def write(self, operation: Operation) -> Receipt:
        """Never called."""
        raise AssertionError(operation)

    def find(self, operation: Operation) -> Lookup:
        """Never called."""
        raise AssertionError(operation)


_CREATE = frozenset({Action.CREATE, Action.UPDATE})


class FakeAccounts(_Fake):
    """The side that is written; refuses nothing but a contact's name in use."""

    name: ClassVar[str] = "fake_accounts"
    title: ClassVar[str] = "Fake Accounts"
    container: ClassVar[str] = "organization"
    container_setting: ClassVar[str] = "organization_id"
    side: ClassVar[str] = "accounts"
    daily_calls: ClassVar[Mapping[str, int]] = {"professional": 5000}
    reads: ClassVar[Mapping[str, ReadSpec]] = {
        t: ReadSpec(t)
        for t in (
            "organization",
            "contact",
            "user",
            "project",
            "task",
            "time_entry",
            "transaction",
            "transaction_line",
            "expense",
        )
    }
    writes: ClassVar[Mapping[str, WriteSpec]] = {
        "contact": WriteSpec("contact", _CREATE, Mode.A),
        "project": WriteSpec("project", _CREATE, Mode.UNGUARDED),
        "task": WriteSpec("task", _CREATE, Mode.UNGUARDED),
        "time_entry": WriteSpec("time_entry", _CREATE, Mode.UNGUARDED),
        "user": WriteSpec("user", frozenset({Action.CREATE, Action.DEACTIVATE}), Mode.A),
        "transaction": WriteSpec("transaction", frozenset({Action.CREATE, Action.VOID}), Mode.C),
    }

    def portals(self) -> list[Portal]:
        """One organization."""
        return [Portal("O1", "Zylker Books", "admin", owned=True, zone="Europe/Berlin")]

    def write(self, operation: Operation) -> Receipt:
        """Take effect, with the faults the world was told."""
        world = self.world
        world.writes.append(operation)
        if world.on_write is not None:
            world.on_write(operation, "before")
        receipt = self._effect(operation)
        if world.on_write is not None:
            world.on_write(operation, "after")
        return receipt

    def _effect(self, operation: Operation) -> Receipt:
        if operation.action is not Action.CREATE:
            row = self._rows(operation.type)[str(operation.target_id)]
            row.update(operation.payload)
            if operation.action is Action.VOID:
                row["status"] = "void"
                self._free(str(operation.target_id))
            return Receipt(str(operation.target_id), _plain(row))
        if operation.type == "contact":
            names = {r["name"] for r in self._rows("contact").values()}
            if operation.payload["name"] in names:
                raise AlreadyThere("that name is taken")
        self.world.counter += 1
        external_id = f"b{self.world.counter}"
        row = self._made(operation, external_id)
        self.world.put("accounts", operation.type, **row)
        return Receipt(
            external_id,
            _plain(self._rows(operation.type)[external_id]),
            str(row.get("number") or ""),
        )

    def _made(self, operation: Operation, external_id: str) -> dict[str, Any]:
        row = {**operation.payload, "external_id": external_id, "status": "active"}
        mark = {"project": "description", "task": "description", "time_entry": "notes"}
        if operation.type in mark:
            column = mark[operation.type]
            row[column] = f"{row.get(column) or ''} [ts:{operation.marker}]".strip()
        if operation.type == "time_entry":
            row.pop("status")
            if isinstance(row["work_date"], str):
                row["work_date"] = date.fromisoformat(row["work_date"])
            row |= {
                "billed_status": "unbilled" if row["billable"] else "non_billable",
                "invoice_id": None,
                "kind": "task",
                "approval": None,
            }
        if operation.type == "transaction":
            row |= {
                "reference": operation.reference,
                "status": "draft",
                "number": f"INV-{external_id}",
                "date": date.fromisoformat(str(row["date"])),
            }
            self._bill(row, external_id)
        return row

    def _bill(self, row: Mapping[str, Any], external_id: str) -> None:
        for number, line in enumerate(row["lines"]):
            self.world.put(
                "accounts",
                "transaction_line",
                f"{external_id}-{number}",
                transaction_id=external_id,
                time_entry_ids=list(line["time_entry_ids"]),
            )
            for entry in line["time_entry_ids"]:
                self._rows("time_entry")[entry] |= {
                    "billed_status": "invoiced",
                    "invoice_id": external_id,
                }

    def _free(self, invoice_id: str) -> None:
        for row in self._rows("time_entry").values():
            if row.get("invoice_id") == invoice_id:
                row |= {"billed_status": "unbilled", "invoice_id": None}

    def find(self, operation: Operation) -> Lookup:
        """Search by reference, marker, name or e-mail."""
        if self.world.hidden:
            return Lookup()
        rows = self._rows(operation.type).values()
        keys = {"transaction": "reference", "contact": "name", "user": "email"}
        key = keys.get(operation.type)
        if key is not None:
            wanted = operation.reference if key == "reference" else operation.payload[key]
            found = [r for r in rows if r.get(key) == wanted]
        else:
            mark = f"[ts:{operation.marker}]"
            found = [
                r
                for r in rows
                if mark in str(r.get("notes") or "") + str(r.get("description") or "")
            ]
        return Lookup(
            tuple(Receipt(r["external_id"], _plain(r), str(r.get("number") or "")) for r in found)
        )
