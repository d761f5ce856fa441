"""Finished invoices read back: void, gone, shortened or alive again (R-178…R-181)."""

from collections import Counter
from collections.abc import Mapping, Sequence

from tallystick.apply.desk import Desk
from tallystick.errors import RemoteError
from tallystick.model.connector import Connector
from tallystick.model.operation import Action, ClaimKey, OperationStatus
from tallystick.model.record import Row
from tallystick.store import OutboxRow

_FIX = "An invoice is void or gone, but its entries do not read unbilled."


class ReadBack:
    """Brings the claim ledger in line with what the accounts say; writes nothing there."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._outbox = desk.store.outbox

    def run(self, *, suspects_only: bool = False) -> Mapping[str, int]:
        """Read invoices of ours back; counts of released, shortened, vanished, conflict, revived.

        With `suspects_only` just those are asked for that the store, freshly read, shows in
        another state than the ledger: a sync need not ask for every invoice ever made. A service
        that does not answer leaves an invoice as it is until the next sweep.
        """
        found: Counter[str] = Counter()
        integration = self._desk.integration
        done = self._outbox.done(integration, "transaction")
        dead = [
            *self._outbox.released(integration, "transaction"),
            *self._outbox.conflicts(integration, "transaction"),
        ]
        stored = self._stored([*done, *dead])
        for row in done:
            known = stored.get((row.connection_id, str(row.remote_id)))
            if suspects_only and in_force(known) and not self._shorter(row):
                continue
            found.update(self._asked(row))
        for row in dead:
            known = stored.get((row.connection_id, str(row.remote_id)))
            if not suspects_only or in_force(known):
                found.update(self._revived(row))
        return found

    def _stored(self, rows: Sequence[OutboxRow]) -> dict[tuple[str, str], Row]:
        found: dict[tuple[str, str], Row] = {}
        for connection_id in {row.connection_id for row in rows}:
            ids = [str(r.remote_id) for r in rows if r.connection_id == connection_id]
            known = self._desk.store.records.many(connection_id, "transaction", ids)
            found |= {(connection_id, external_id): r for external_id, r in known.items()}
        return found

    def _asked(self, row: OutboxRow) -> list[str]:
        if row.action != Action.CREATE or row.remote_id is None:
            return []
        try:
            fresh = self._fetch(row)
            if in_force(fresh):
                return self._shortened(row)
            return [self._gone(row, deleted=fresh is None)]
        except RemoteError:
            return []

    def _fetch(self, row: OutboxRow) -> Row | None:
        wanted = str(row.remote_id)
        return self._connector(row).fetch("transaction", [wanted]).get(wanted)

    def _gone(self, row: OutboxRow, *, deleted: bool) -> str:
        """Free the claims of a void or deleted invoice, once every entry reads unbilled."""
        now = self._desk.clock.now()
        if row.open_attempts == 0 and not self._billed(row, _entries(row)):
            reason = "deleted" if deleted else "voided"
            self._outbox.release(
                row.reference,
                reason=f"The invoice was {reason}; every entry reads unbilled.",
                now=now,
                status=OperationStatus.RELEASED,
            )
            return "released"
        status = OperationStatus.VANISHED if deleted else OperationStatus.CONFLICT
        self._outbox.park(
            row.reference,
            epoch=row.lease_epoch,
            code="INV-03",
            message=_FIX,
            now=now,
            status=status,
        )
        return "vanished" if deleted else "conflict"

    def _lines(self, row: OutboxRow) -> set[str] | None:
        """Entries that the stored lines of the invoice hold; None when none was read."""
        lines = list(
            self._desk.store.records.scan(
                row.connection_id, "transaction_line", where={"transaction_id": row.remote_id}
            )
        )
        if not lines:
            return None
        return {str(i) for line in lines for i in line.get("time_entry_ids") or ()}

    def _shorter(self, row: OutboxRow) -> bool:
        held = self._lines(row)
        return held is not None and not {i for ids in _entries(row).values() for i in ids} <= held

    def _shortened(self, row: OutboxRow) -> list[str]:
        """Free the entries whose line was removed from the draft, once they read unbilled."""
        held = self._lines(row)
        if held is None or row.open_attempts:
            return []
        removed = {
            project: [i for i in ids if i not in held] for project, ids in _entries(row).items()
        }
        removed = {project: ids for project, ids in removed.items() if ids}
        if not removed or self._billed(row, removed):
            return []
        claims = self._claims(row, {i for ids in removed.values() for i in ids})
        if not claims:
            return []
        self._outbox.release_some(
            row.reference,
            claims,
            reason="Its line was removed from the invoice; the entry reads unbilled.",
            now=self._desk.clock.now(),
        )
        return ["shortened"]

    def _claims(self, row: OutboxRow, target_ids: set[str]) -> list[ClaimKey]:
        pairs = self._desk.store.links.by_target(row.connection_id, "time_entry")
        sources = {pairs[i][1] for i in target_ids if i in pairs}
        return [
            ClaimKey(c.system, c.container_id, c.kind, c.source_id, c.minutes)
            for c in self._outbox.claims()
            if c.operation == row.reference and c.kind == "time_entry" and c.source_id in sources
        ]

    def _revived(self, row: OutboxRow) -> list[str]:
        """A void invoice that is in force again takes back those of its claims that are free."""
        if row.remote_id is None:
            return []
        try:
            fresh = self._fetch(row)
        except RemoteError:
            return []
        if not in_force(fresh):
            return []
        number = row.remote_number or row.remote_id
        taken = self._outbox.take_back(
            row.reference,
            code="INV-02",
            message=f"{number} was void and is in force again; a person decides which one stands.",
            now=self._desk.clock.now(),
        )
        return ["revived"] if taken or row.status == OperationStatus.RELEASED else []

    def _billed(self, row: OutboxRow, entries: Mapping[str, Sequence[str]]) -> bool:
        """True unless every entry is there and says that it is unbilled (R-179)."""
        for project, ids in entries.items():
            fresh = self._connector(row).fetch("time_entry", list(ids), parent=project)
            if any(_billed(fresh.get(i)) for i in ids):
                return True
        return False

    def _connector(self, row: OutboxRow) -> Connector:
        return self._desk.connectors[row.connection_id]


def _entries(row: OutboxRow) -> dict[str, list[str]]:
    """Target time entries of an invoice by target project."""
    found: dict[str, list[str]] = {}
    for line in row.payload.get("lines", ()):
        ids = [str(i) for i in line.get("time_entry_ids", ())]
        found.setdefault(str(line.get("project_id") or ""), []).extend(ids)
    return {project: ids for project, ids in found.items() if ids}


def in_force(row: Row | None) -> bool:
    """True when the invoice is there, in the last complete list, and not void."""
    return (
        row is not None
        and row.get("status") != "void"
        and row.get("absent_since_run") is None
        and row.get("deleted_at") is None
    )


def _billed(row: Row | None) -> bool:
    return row is None or row.get("billed_status") != "unbilled" or bool(row.get("invoice_id"))
