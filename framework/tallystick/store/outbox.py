"""The outbox: every step of the write protocol is one conditional statement, durable."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Unpack

from sqlalchemy import and_, insert, or_, select, update
from sqlalchemy.engine import Connection

from tallystick.errors import StoreError
from tallystick.model.failpoints import reach
from tallystick.model.operation import Mode, Operation, OperationStatus
from tallystick.store.claims import name_invoice, take_claims
from tallystick.store.database import Database, table
from tallystick.store.links import add_links
from tallystick.store.outbox_fence import move, one
from tallystick.store.outbox_releases import OutboxReleases
from tallystick.store.outbox_rows import Answer, OutboxRow, new_operation
from tallystick.store.records import RecordStore
from tallystick.store.upserts import insert_new

_S = OperationStatus
_SENDABLE = frozenset({_S.CLAIMED, _S.SENDING, _S.PARKED})
_HELD = _SENDABLE | {_S.DONE, _S.CONFLICT, _S.VANISHED}
_BY_LOOK_UP = frozenset({"found", "duplicate"})


class Outbox(OutboxReleases):
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
            **new_operation(operation, mode, now),
            "integration": integration,
            "plan_digest": plan_digest,
            "run_id": run_id,
            "lease_owner": executor,
            "lease_until": lease_until,
        }
        with self._database.write_durable() as connection:
            if insert_new(connection, table("operation"), [values], ("reference",)):
                reach("W1.inside-claim")
                take_claims(connection, operation, now)
            return one(connection, operation.reference)

    def reopen(
        self, operation: Operation, *, executor: str, lease_until: datetime, now: datetime
    ) -> OutboxRow:
        """Claim again an operation that was refused, every attempt of which has an answer, or one
        without claims that a person released (who releases an invoice gets a new reference).
        """
        of = table("operation")
        values = {
            "status": str(_S.CLAIMED),
            "payload": dict(operation.payload),
            "payload_hash": operation.payload_hash,
            "lease_owner": executor,
            "lease_until": lease_until,
            "lease_epoch": of.c.lease_epoch + 1,
            "code": None,
            "message": None,
            "updated_at": now,
        }
        refused = and_(of.c.status == _S.FAILED, of.c.open_attempts == 0)
        released = and_(of.c.status == _S.RELEASED, of.c.type != "transaction")
        query = update(of).where(of.c.reference == operation.reference, or_(refused, released))
        with self._database.write_durable() as connection:
            if connection.execute(query.values(**values)).rowcount:
                take_claims(connection, operation, now)
            return one(connection, operation.reference)

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
            return one(connection, reference)

    def mark_sending(
        self, reference: str, *, epoch: int, now: datetime, payload: Mapping[str, Any]
    ) -> int:
        """Mark SENDING, durable before a byte leaves (step 3); returns the attempt's number.

        Raises `StoreError` STO-05 when another process has taken the operation over, or it was
        cancelled or settled meanwhile: nothing may be sent then.
        """
        of = table("operation")
        values = {
            "status": str(_S.SENDING),
            "attempts": of.c.attempts + 1,
            "open_attempts": of.c.open_attempts + 1,
            "payload": dict(payload),
            "sent_at": now,
            "updated_at": now,
        }
        with self._database.write_durable() as connection:
            move(connection, reference, epoch=epoch, allowed=_SENDABLE, values=values)
            number = one(connection, reference).attempts
            connection.execute(
                insert(table("attempt")).values(
                    reference=reference, n=number, epoch=epoch, started_at=now
                )
            )
        return number

    def settle(
        self, reference: str, *, epoch: int, now: datetime, **answer: Unpack[Answer]
    ) -> OutboxRow:
        """Record an answer in one fenced transaction (step 6): attempt, status, pair, echo.

        The status is DONE, and the claims are given the invoice, or CLAIMED: the answer was no, or
        CONFLICT: it was no, and what is there is for a person. CLAIMED becomes PARKED while another
        attempt is open, so that no crash lets it be sent again unseen (W10). Open attempts go down
        by the answers that came in, and are never set.
        """
        status = answer["status"]
        if status not in {_S.DONE, _S.CLAIMED, _S.CONFLICT}:
            raise ValueError(f"an answer does not make an operation {status}")
        values: dict[str, Any] = {
            "code": answer.get("code"),
            "message": answer.get("message"),
            "updated_at": now,
        }
        if answer.get("remote_id") is not None:
            values["remote_id"] = answer.get("remote_id")
            values["remote_number"] = answer.get("remote_number")
        of = table("operation")
        with self._database.write_durable() as connection:
            move(connection, reference, epoch=epoch, allowed=_SENDABLE, values=values)
            answered = _answer(connection, reference, answer, now)
            left = one(connection, reference).open_attempts - answered
            stands = _S.PARKED if status == _S.CLAIMED and left else status
            connection.execute(
                update(of)
                .where(of.c.reference == reference)
                .values(status=str(stands), open_attempts=of.c.open_attempts - answered)
            )
            row = one(connection, reference)
            if status == _S.DONE:
                self._keep(connection, row, answer, now)
            reach("W7.inside-settle")
        return row

    def _keep(self, connection: Connection, row: OutboxRow, answer: Answer, now: datetime) -> None:
        """Name the invoice on the claims; store the new pair and what was echoed."""
        system = answer.get("system") or _system(connection, row.connection_id)
        name_invoice(connection, row.reference, row.remote_id, row.remote_number, system)
        link = answer.get("link")
        if link is not None:
            add_links(connection, [link], integration=row.integration, run_id=row.run_id, now=now)
        for type_, echoed in answer.get("rows", ()):
            self._records.save_in(
                connection, row.connection_id, type_, [echoed], run_id=row.run_id or 0
            )

    def note_attempt(self, reference: str, n: int, outcome: str, detail: str) -> None:
        """Describe an attempt that stays open."""
        of = table("attempt")
        query = (
            update(of)
            .where(of.c.reference == reference, of.c.n == n, of.c.answered_at.is_(None))
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
        """Set aside for a look-up or a person; claims stay held.

        What is DONE becomes VANISHED or CONFLICT, never PARKED.
        """
        values = {"status": str(status), "code": code, "message": message, "updated_at": now}
        allowed = _SENDABLE if status == _S.PARKED else _HELD
        with self._database.write_durable() as connection:
            move(connection, reference, epoch=epoch, allowed=allowed, values=values)
            return one(connection, reference)

    def release_leases(self, executor: str, *, now: datetime) -> None:
        """End the leases of an executor that is done, or dead."""
        of = table("operation")
        query = update(of).where(of.c.lease_owner == executor, of.c.lease_until > now)
        with self._database.write_durable() as connection:
            connection.execute(query.values(lease_until=now))


def _system(connection: Connection, connection_id: str) -> str:
    of = table("connection")
    found = connection.execute(select(of.c.system).where(of.c.id == connection_id)).scalar()
    return str(found or "")


def _answer(connection: Connection, reference: str, answer: Answer, now: datetime) -> int:
    """Close the attempts this answer accounts for; returns how many."""
    of = table("attempt")
    waiting = select(of.c.n).where(of.c.reference == reference, of.c.answered_at.is_(None))
    still_open = list(connection.execute(waiting.order_by(of.c.n)).scalars())
    own = [n for n in still_open if n == answer["n"]]
    if not own and answer["outcome"] not in _BY_LOOK_UP:
        raise StoreError(f"Attempt {answer['n']} of {reference} has its answer.", code="STO-05")
    others = [n for n in still_open if n not in own] if answer["outcome"] in _BY_LOOK_UP else []
    closed = [*own, *others][: answer.get("closes", 1)]
    for n in closed:
        connection.execute(
            update(of)
            .where(of.c.reference == reference, of.c.n == n)
            .values(
                outcome=answer["outcome"] if n in own else "found",
                detail=(answer.get("message") or "")[:500],
                answered_at=now,
            )
        )
    return len(closed)
