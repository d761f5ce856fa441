"""Readings of the outbox."""

from datetime import datetime
from typing import Any

from sqlalchemy import and_, func, or_, select

from tallystick.model.operation import Action, OperationStatus
from tallystick.store.claims import ClaimStore
from tallystick.store.database import plain_rows, table
from tallystick.store.outbox_rows import OUTBOX_FIELDS, ClaimData, OutboxRow

_OPEN = (OperationStatus.CLAIMED, OperationStatus.SENDING)


class OutboxReader(ClaimStore):
    """Operations by what is to be done with them."""

    def get(self, reference: str) -> OutboxRow | None:
        """One operation."""
        found = self._select(table("operation").c.reference == reference)
        return found[0] if found else None

    def due(self, integration: str, now: datetime) -> list[OutboxRow]:
        """Operations a process left in the middle."""
        of = table("operation")
        return self._select(
            of.c.integration == integration,
            of.c.status.in_([str(s) for s in _OPEN]),
            or_(of.c.lease_until.is_(None), of.c.lease_until <= now),
        )

    def parked(self, integration: str) -> list[OutboxRow]:
        """Operations whose outcome is not known."""
        return self._at(integration, OperationStatus.PARKED)

    def done(self, integration: str, type: str) -> list[OutboxRow]:
        """Finished operations of one record type."""
        return self._at(integration, OperationStatus.DONE, type)

    def written_by(self, run_id: int, plan_digest: str) -> dict[str, int]:
        """How many operations of a plan a run has finished, by module."""
        of = table("operation")
        query = (
            select(of.c.module, func.count())
            .where(
                of.c.run_id == run_id,
                of.c.plan_digest == plan_digest,
                of.c.status == OperationStatus.DONE,
            )
            .group_by(of.c.module)
        )
        with self._database.read() as connection:
            return {str(r[0]): int(r[1]) for r in connection.execute(query)}

    def unanswered(self, integration: str) -> list[OutboxRow]:
        """Finished creates that have a send without an answer."""
        of = table("operation")
        return self._select(
            of.c.integration == integration,
            of.c.status == OperationStatus.DONE,
            of.c.action == Action.CREATE,
            of.c.open_attempts > 0,
        )

    def released(self, integration: str, type: str) -> list[OutboxRow]:
        """Operations whose record is void or gone; one may be found live again (R-180)."""
        return self._at(integration, OperationStatus.RELEASED, type)

    def conflicts(self, integration: str, type: str) -> list[OutboxRow]:
        """Operations a person must decide about; their free claims are taken back (R-180)."""
        return self._at(integration, OperationStatus.CONFLICT, type)

    def vanished(self, integration: str, type: str) -> list[OutboxRow]:
        """Operations whose record is gone though its entries do not read unbilled."""
        return self._at(integration, OperationStatus.VANISHED, type)

    def need_a_person(self, integration: str) -> list[OutboxRow]:
        """Writes that are parked, in conflict or gone, or done otherwise than planned."""
        of = table("operation")
        waiting = (OperationStatus.PARKED, OperationStatus.CONFLICT, OperationStatus.VANISHED)
        odd = and_(of.c.status == OperationStatus.DONE, of.c.code.is_not(None))
        return self._select(of.c.integration == integration, or_(of.c.status.in_(waiting), odd))

    def claims(self) -> list[ClaimData]:
        """Every claim in force."""
        return self.all()

    def changes(self, connection_id: str) -> dict[tuple[str, str], int]:
        """Finished changes by source (type, id), which number the next one."""
        of = table("operation")
        query = (
            select(of.c.source_type, of.c.source_id, func.count())
            .where(
                of.c.source_connection == connection_id,
                of.c.status == OperationStatus.DONE,
                of.c.action != Action.CREATE,
            )
            .group_by(of.c.source_type, of.c.source_id)
        )
        with self._database.read() as connection:
            return {(r[0], r[1]): int(r[2]) for r in connection.execute(query)}

    def attempts(self, reference: str) -> list[dict[str, Any]]:
        """The sends of an operation, first to last."""
        of = table("attempt")
        query = select(of).where(of.c.reference == reference).order_by(of.c.n)
        with self._database.read() as connection:
            return plain_rows(connection.execute(query).mappings())

    def _at(
        self, integration: str, status: OperationStatus, type: str | None = None
    ) -> list[OutboxRow]:
        of = table("operation")
        same = [of.c.integration == integration, of.c.status == status]
        return self._select(*same, *([of.c.type == type] if type is not None else []))

    def _select(self, *conditions: Any) -> list[OutboxRow]:
        of = table("operation")
        query = select(*(of.c[n] for n in OUTBOX_FIELDS)).where(*conditions).order_by(of.c.id)
        with self._database.read() as connection:
            return [OutboxRow(**r) for r in plain_rows(connection.execute(query).mappings())]
