"""Which invoices hold what, by the lines of the accounts as they were read last."""

from collections.abc import Iterable, Mapping
from functools import cached_property

from tallystick.model.record import Row
from tallystick.store import OutboxRow, Store

Line = tuple[str, str]
"""What an invoice line bills: (time_entry or expense, id in the accounts)."""


class Holders:
    """Invoices in force by what their lines hold, for one connection."""

    def __init__(self, store: Store, connection_id: str) -> None:
        self._store = store
        self._id = connection_id

    @cached_property
    def _by_line(self) -> Mapping[Line, set[str]]:
        alive = {
            str(r["external_id"])
            for r in self._store.records.scan(self._id, "transaction")
            if in_force(r)
        }
        found: dict[Line, set[str]] = {}
        for row in self._store.records.scan(self._id, "transaction_line"):
            invoice = str(row.get("transaction_id"))
            if invoice in alive:
                for line in held_by([row]):
                    found.setdefault(line, set()).add(invoice)
        return found

    def doubled(self, row: OutboxRow) -> dict[Line, set[str]]:
        """What stands on an invoice of ours and on others in force, with those others."""
        mine = str(row.remote_id)
        return {
            line: ids for line, ids in self.elsewhere(row).items() if mine in self._by_line[line]
        }

    def elsewhere(self, row: OutboxRow) -> dict[Line, set[str]]:
        """What an invoice of ours was made for and others in force hold, with those others."""
        wanted = {line for lines in lines_of(row).values() for line in lines}
        others = {line: self._by_line.get(line, set()) - {str(row.remote_id)} for line in wanted}
        return {line: ids for line, ids in others.items() if ids}


def held_by(lines: Iterable[Row]) -> set[Line]:
    """What lines of the accounts hold."""
    found: set[Line] = set()
    for line in lines:
        found |= {("time_entry", str(i)) for i in line.get("time_entry_ids") or ()}
        if line.get("expense_id"):
            found.add(("expense", str(line["expense_id"])))
    return found


def lines_of(row: OutboxRow) -> dict[str, list[Line]]:
    """Target time entries and expenses of an invoice, by target project."""
    found: dict[str, list[Line]] = {}
    for line in row.payload.get("lines", ()):
        held = found.setdefault(str(line.get("project_id") or ""), [])
        held += [("time_entry", str(i)) for i in line.get("time_entry_ids", ())]
        if line.get("expense_id"):
            held.append(("expense", str(line["expense_id"])))
    return {project: lines for project, lines in found.items() if lines}


def in_force(row: Row | None) -> bool:
    """True when the invoice is there, in the last complete list, and not void."""
    return (
        row is not None
        and row.get("status") != "void"
        and row.get("absent_since_run") is None
        and row.get("deleted_at") is None
    )
