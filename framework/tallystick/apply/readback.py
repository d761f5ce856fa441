"""Finished invoices read back: void, gone, shortened or alive again (R-178…R-181)."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence

from tallystick.apply.desk import Desk
from tallystick.apply.holders import Holders, Line, held_by, in_force, lines_of
from tallystick.errors import RemoteError
from tallystick.model.connector import Connector
from tallystick.model.operation import Action, ClaimKey, OperationStatus
from tallystick.model.record import Row
from tallystick.store import LINE_REMOVED, OutboxRow

_STILL_BILLED = "An invoice is void or gone, but its entries do not read unbilled."


class ReadBack:
    """Brings the claim ledger in line with what the accounts say; writes nothing there."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._outbox = desk.store.outbox
        self._holders: dict[str, Holders] = {}

    def run(
        self, *, suspects_only: bool = False, changed: Collection[str] = ()
    ) -> Mapping[str, int]:
        """Read invoices of ours back; counts of released, shortened, vanished, conflict, revived.

        With `suspects_only` just those are asked for that the store, freshly read, shows in
        another state than the ledger, and those of the references `changed` since then: a sync
        need not ask for every invoice ever made. A service
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
            quiet = in_force(known) and row.reference not in changed
            if suspects_only and quiet and not self._removed(row):
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
        elsewhere = self._others(row).elsewhere(row)
        rest = {
            project: [line for line in lines if line not in elsewhere]
            for project, lines in lines_of(row).items()
        }
        if row.open_attempts == 0 and not self._billed(row, rest):
            if self._claims(row, set(elsewhere)):
                return self._doubled(row, elsewhere, {x for found in rest.values() for x in found})
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
            message=_STILL_BILLED,
            now=now,
            status=status,
        )
        return "vanished" if deleted else "conflict"

    def _others(self, row: OutboxRow) -> Holders:
        known = self._holders
        return known.setdefault(row.connection_id, Holders(self._desk.store, row.connection_id))

    def _doubled(self, row: OutboxRow, elsewhere: Mapping[Line, set[str]], rest: set[Line]) -> str:
        """Free all that no other invoice bills; the rest stays held until a person decides."""
        now = self._desk.clock.now()
        self._outbox.release_some(
            row.reference,
            self._claims(row, rest),
            reason="The invoice is void or gone; the record reads unbilled.",
            now=now,
        )
        others = ", ".join(sorted({i for ids in elsewhere.values() for i in ids}))
        records = ", ".join(sorted(i for _, i in elsewhere))
        self._outbox.park(
            row.reference,
            epoch=row.lease_epoch,
            code="INV-01",
            message=f"Its work was billed elsewhere too ({records} on {others}), so it is void; "
            "what was on it alone is free again.",
            now=now,
            status=OperationStatus.CONFLICT,
        )
        return "conflict"

    def _held(self, row: OutboxRow) -> set[Line] | None:
        """What the stored lines of the invoice hold; None when none was read."""
        lines = list(
            self._desk.store.records.scan(
                row.connection_id, "transaction_line", where={"transaction_id": row.remote_id}
            )
        )
        if not lines:
            return None
        return held_by(lines)

    def _removed(self, row: OutboxRow) -> dict[str, list[Line]]:
        """What we put on the invoice and its lines no longer hold, by project."""
        held = self._held(row)
        if held is None:
            return {}
        removed = {
            project: [line for line in lines if line not in held]
            for project, lines in lines_of(row).items()
        }
        return {project: lines for project, lines in removed.items() if lines}

    def _shortened(self, row: OutboxRow) -> list[str]:
        """Free what a line was removed for from the draft, once it reads unbilled (R-181)."""
        removed = self._removed(row)
        if not removed or row.open_attempts or self._billed(row, removed):
            return []
        claims = self._claims(row, {line for lines in removed.values() for line in lines})
        if not claims:
            return []
        self._outbox.release_some(
            row.reference,
            claims,
            reason=f"{LINE_REMOVED} from the invoice; the record reads unbilled.",
            now=self._desk.clock.now(),
        )
        return ["shortened"]

    def _claims(self, row: OutboxRow, lines: set[Line]) -> list[ClaimKey]:
        pairs = self._desk.store.links.by_target(row.connection_id, "time_entry")
        wanted = {("expense", i) for kind, i in lines if kind == "expense"}
        wanted |= {(k, pairs[i][1]) for k, i in lines if k == "time_entry" and i in pairs}
        held = self._outbox.held_by(row.reference)
        return [c for c in held if (c.kind, c.source_id) in wanted]

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

    def _billed(self, row: OutboxRow, lines: Mapping[str, Sequence[Line]]) -> bool:
        """True unless every record is there and says that it is unbilled (R-179)."""
        connector = self._connector(row)
        for project, found in lines.items():
            entries = [i for kind, i in found if kind == "time_entry"]
            fresh = connector.fetch("time_entry", entries, parent=project) if entries else {}
            expenses = [i for kind, i in found if kind == "expense"]
            spent = connector.fetch("expense", expenses) if expenses else {}
            if any(_billed(fresh.get(i)) for i in entries):
                return True
            if any(spent.get(i, {}).get("status") != "unbilled" for i in expenses):
                return True
        return False

    def _connector(self, row: OutboxRow) -> Connector:
        return self._desk.connectors[row.connection_id]


def _billed(row: Row | None) -> bool:
    return row is None or row.get("billed_status") != "unbilled" or bool(row.get("invoice_id"))
