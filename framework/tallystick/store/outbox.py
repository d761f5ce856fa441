"""The outbox: every step of the write protocol is one conditional statement, durable."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, or_, select, update
from sqlalchemy.engine import Connection

from tallystick.errors import StoreError
from tallystick.model.failpoints import reach
from tallystick.model.operation import Action, Mode, Operation, OperationStatus
from tallystick.store.claims import ClaimStore, name_invoice, release_claims, take_claims
from tallystick.store.database import Database, plain_rows, table
from tallystick.store.links import LinkInput, add_links
from tallystick.store.outbox_rows import OUTBOX_FIELDS, OutboxRow
from tallystick.store.records import RecordStore
from tallystick.store.upserts import insert_new

_OPEN = (OperationStatus.CLAIMED, OperationStatus.SENDING)


def _new(operation: Operation, mode: Mode, now: datetime) -> dict[str, Any]:
    source = operation.source
    because = operation.because
    return {
        "reference": operation.reference,
        "module": operation.module,
        "connection_id": operation.connection_id,
        "type": operation.type,
        "action": str(operation.action),
        "title": operation.title,
        "source_connection": source.connection_id if source else None,
        "source_type": source.type if source else None,
        "source_id": source.external_id if source else None,
        "target_id": operation.target_id,
        "payload": dict(operation.payload),
        "payload_hash": operation.payload_hash,
        "mode": str(mode),
        "generation": operation.generation,
        "status": str(OperationStatus.CLAIMED),
        "lease_epoch": 1,
        "attempts": 0,
        "open_attempts": 0,
        "because": {
            "decision": because.decision,
            "rule": because.rule,
            "place": because.place,
            "sentence": because.sentence,
        },
        "created_at": now,
        "updated_at": now,
    }


class Outbox(ClaimStore):
    """Operations with their claims and attempts. All writes here are fully synchronous."""

    def __init__(self, database: Database, records: RecordStore) -> None:
        super().__init__(database)
        self._records = records

    def claim(
        self,
        operation: Operation,
        *,
        integration: str,
        plan_digest: str | None,
        run_id: int | None,
        mode: Mode,
        executor: str,
        lease_until: datetime,
        now: datetime,
    ) -> OutboxRow:
        """Store claims and operation in one transaction (step 1).

        An operation with this reference that is there already is returned as it is. Raises
        `Refused` INV-01 or INV-02 when a claim is held by another; nothing is stored then.
        """
        values = {
            **_new(operation, mode, now),
            "integration": integration,
            "plan_digest": plan_digest,
            "run_id": run_id,
            "lease_owner": executor,
            "lease_until": lease_until,
        }
        with self._database.write_durable() as connection:
            fresh = insert_new(connection, table("operation"), [values], ("reference",))
            if fresh:
                reach("W1.inside-claim")
                take_claims(connection, operation, now)
            return self._one(connection, operation.reference)

    def reopen(
        self, operation: Operation, *, executor: str, lease_until: datetime, now: datetime
    ) -> OutboxRow:
        """Claim again an operation that was refused, every attempt of which has an answer."""
        of = table("operation")
        values = {
            "status": str(OperationStatus.CLAIMED),
            "payload": dict(operation.payload),
            "payload_hash": operation.payload_hash,
            "lease_owner": executor,
            "lease_until": lease_until,
            "lease_epoch": of.c.lease_epoch + 1,
            "code": None,
            "message": None,
            "updated_at": now,
        }
        with self._database.write_durable() as connection:
            again = connection.execute(
                update(of)
                .where(
                    of.c.reference == operation.reference,
                    of.c.status == OperationStatus.FAILED,
                    of.c.open_attempts == 0,
                )
                .values(**values)
            )
            if again.rowcount:
                take_claims(connection, operation, now)
            return self._one(connection, operation.reference)

    def take(
        self,
        reference: str,
        *,
        seen_epoch: int,
        executor: str,
        lease_until: datetime,
        now: datetime,
    ) -> OutboxRow | None:
        """Take over an operation whose lease has ended; None when somebody was faster."""
        of = table("operation")
        free = or_(
            of.c.lease_until.is_(None), of.c.lease_until <= now, of.c.lease_owner == executor
        )
        query = (
            update(of)
            .where(of.c.reference == reference, of.c.lease_epoch == seen_epoch, free)
            .values(lease_owner=executor, lease_until=lease_until, lease_epoch=seen_epoch + 1)
        )
        with self._database.write_durable() as connection:
            if connection.execute(query).rowcount != 1:
                return None
            return self._one(connection, reference)

    def mark_sending(
        self, reference: str, *, epoch: int, now: datetime, payload: Mapping[str, Any]
    ) -> int:
        """Mark SENDING, durable before a byte leaves (step 3); returns the attempt's number.

        Raises `StoreError` STO-05 when another process has taken the operation over.
        """
        of = table("operation")
        values = {
            "status": str(OperationStatus.SENDING),
            "attempts": of.c.attempts + 1,
            "open_attempts": of.c.open_attempts + 1,
            "payload": dict(payload),
            "sent_at": now,
            "updated_at": now,
        }
        with self._database.write_durable() as connection:
            self._fenced(connection, reference, epoch, values)
            number = self._one(connection, reference).attempts
            connection.execute(
                insert(table("attempt")).values(
                    reference=reference, n=number, epoch=epoch, started_at=now
                )
            )
        return number

    def settle(
        self,
        reference: str,
        *,
        epoch: int,
        n: int,
        outcome: str,
        status: OperationStatus,
        now: datetime,
        closes: int = 1,
        remote_id: str | None = None,
        remote_number: str | None = None,
        code: str | None = None,
        message: str | None = None,
        link: LinkInput | None = None,
        rows: Sequence[tuple[str, Mapping[str, Any]]] = (),
        system: str = "",
    ) -> OutboxRow:
        """Record an answer in one fenced transaction (step 6): attempt, status, pair, echo.

        `closes` open attempts are accounted for; their number never falls below none and is
        never set. A DONE operation gives its claims the invoice.
        """
        of = table("operation")
        values: dict[str, Any] = {
            "status": str(status),
            "open_attempts": of.c.open_attempts - closes,
            "code": code,
            "message": message,
            "updated_at": now,
        }
        if remote_id is not None:
            values |= {"remote_id": remote_id, "remote_number": remote_number}
        with self._database.write_durable() as connection:
            self._fenced(connection, reference, epoch, values, of.c.open_attempts >= closes)
            self._answer(connection, reference, n, outcome, message, now)
            row = self._one(connection, reference)
            if status == OperationStatus.DONE:
                name_invoice(connection, reference, remote_id, remote_number, system)
                self._keep(connection, row, link, rows, now)
            reach("W7.inside-settle")
        return row

    def _keep(
        self,
        connection: Connection,
        row: OutboxRow,
        link: LinkInput | None,
        rows: Sequence[tuple[str, Mapping[str, Any]]],
        now: datetime,
    ) -> None:
        """Store the new pair and what the other system echoed."""
        if link is not None:
            add_links(connection, [link], integration=row.integration, run_id=row.run_id, now=now)
        for type_, echoed in rows:
            self._records.save_in(
                connection, row.connection_id, type_, [echoed], run_id=row.run_id or 0
            )

    def note_attempt(self, reference: str, n: int, outcome: str, detail: str) -> None:
        """Describe an attempt that stays open."""
        of = table("attempt")
        query = (
            update(of)
            .where(of.c.reference == reference, of.c.n == n)
            .values(outcome=outcome, detail=detail[:500])
        )
        with self._database.write_durable() as connection:
            connection.execute(query)

    def park(
        self,
        reference: str,
        *,
        epoch: int,
        code: str,
        message: str,
        now: datetime,
        status: OperationStatus = OperationStatus.PARKED,
    ) -> OutboxRow:
        """Set aside for a look-up or a person; claims stay held."""
        values = {"status": str(status), "code": code, "message": message, "updated_at": now}
        with self._database.write_durable() as connection:
            self._fenced(connection, reference, epoch, values)
            return self._one(connection, reference)

    def release(
        self,
        reference: str,
        *,
        reason: str,
        now: datetime,
        status: OperationStatus,
        code: str | None = None,
    ) -> OutboxRow:
        """Give the claims free (step 8); refused while an attempt has no answer.

        Raises `StoreError` STO-05 when the operation has open attempts or moved on.
        """
        of = table("operation")
        query = (
            update(of)
            .where(of.c.reference == reference, of.c.open_attempts == 0)
            .where(of.c.status.in_([OperationStatus.CLAIMED, OperationStatus.DONE]))
            .values(status=str(status), code=code, message=reason, updated_at=now)
        )
        with self._database.write_durable() as connection:
            if connection.execute(query).rowcount != 1:
                raise StoreError(
                    f"{reference} cannot be released: an attempt has no answer yet.", code="STO-05"
                )
            release_claims(connection, reference, reason, now)
            return self._one(connection, reference)

    def cancel_unsent(self, integration: str, *, now: datetime) -> int:
        """Cancel what was claimed and never sent (R-198); returns how many."""
        of = table("operation")
        with self._database.write_durable() as connection:
            waiting = connection.execute(
                select(of.c.reference).where(
                    of.c.integration == integration,
                    of.c.status == OperationStatus.CLAIMED,
                    of.c.open_attempts == 0,
                )
            ).scalars()
            references = list(waiting)
            for reference in references:
                release_claims(connection, reference, "INT-02: switched off", now)
            connection.execute(
                update(of)
                .where(of.c.reference.in_(references))
                .values(status=str(OperationStatus.FAILED), code="INT-02", updated_at=now)
            )
        return len(references)

    def release_leases(self, executor: str, *, now: datetime) -> None:
        """End the leases of an executor that is done, or dead."""
        of = table("operation")
        query = update(of).where(of.c.lease_owner == executor, of.c.lease_until > now)
        with self._database.write_durable() as connection:
            connection.execute(query.values(lease_until=now))

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
        of = table("operation")
        return self._select(of.c.integration == integration, of.c.status == OperationStatus.PARKED)

    def done(self, integration: str, type: str) -> list[OutboxRow]:
        """Finished operations of one record type."""
        of = table("operation")
        return self._select(
            of.c.integration == integration,
            of.c.type == type,
            of.c.status == OperationStatus.DONE,
        )

    def claims(self) -> Sequence[Any]:
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

    def _select(self, *conditions: Any) -> list[OutboxRow]:
        of = table("operation")
        query = select(*(of.c[n] for n in OUTBOX_FIELDS)).where(*conditions).order_by(of.c.id)
        with self._database.read() as connection:
            return [OutboxRow(**r) for r in plain_rows(connection.execute(query).mappings())]

    def _one(self, connection: Connection, reference: str) -> OutboxRow:
        of = table("operation")
        query = select(*(of.c[n] for n in OUTBOX_FIELDS)).where(of.c.reference == reference)
        return OutboxRow(**plain_rows(connection.execute(query).mappings())[0])

    def _fenced(
        self,
        connection: Connection,
        reference: str,
        epoch: int,
        values: Mapping[str, Any],
        *conditions: Any,
    ) -> None:
        of = table("operation")
        query = (
            update(of)
            .where(of.c.reference == reference, of.c.lease_epoch == epoch, *conditions)
            .values(**values)
        )
        if connection.execute(query).rowcount != 1:
            raise StoreError(
                f"{reference} was taken over by another process.",
                code="STO-05",
                fix="Nothing: the other process goes on with it.",
            )

    def _answer(
        self,
        connection: Connection,
        reference: str,
        n: int,
        outcome: str,
        message: str | None,
        now: datetime,
    ) -> None:
        of = table("attempt")
        connection.execute(
            update(of)
            .where(of.c.reference == reference, of.c.n == n)
            .values(outcome=outcome, detail=(message or "")[:500], answered_at=now)
        )
