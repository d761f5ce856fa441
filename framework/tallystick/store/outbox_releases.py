"""Claims given free, and taken back: only when every attempt of their operation has an answer."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import insert, select, update
from sqlalchemy.engine import Connection

from tallystick.model.operation import ClaimKey, OperationStatus
from tallystick.store.claims import release_claims, take_back_claims
from tallystick.store.database import table
from tallystick.store.outbox_fence import move, one
from tallystick.store.outbox_reads import OutboxReader
from tallystick.store.outbox_rows import OutboxRow

_RELEASABLE = frozenset({OperationStatus.CLAIMED, OperationStatus.PARKED, OperationStatus.DONE})
_BY_PERSON = _RELEASABLE | {OperationStatus.CONFLICT, OperationStatus.VANISHED}
_REVIVABLE = frozenset({OperationStatus.RELEASED, OperationStatus.CONFLICT})


class OutboxReleases(OutboxReader):
    """How claims become free. Each act also writes an event, in the same transaction."""

    def release(
        self,
        reference: str,
        *,
        reason: str,
        now: datetime,
        status: OperationStatus,
        code: str | None = None,
        epoch: int | None = None,
        person: str | None = None,
    ) -> OutboxRow:
        """Give the claims free (step 8); refused while an attempt has no answer.

        Raises `StoreError` STO-05 when the operation has open attempts or moved on. Only a
        `person` releases what is in CONFLICT or VANISHED, or has an attempt without an answer:
        whoever does that too early may bill twice, which is found and flagged.
        """
        values = {"status": str(status), "code": code, "message": reason, "updated_at": now}
        allowed = _RELEASABLE if person is None else _BY_PERSON
        with self._database.write_durable() as connection:
            move(
                connection,
                reference,
                allowed=allowed,
                values=values,
                epoch=epoch,
                answered=person is None,
            )
            row = one(connection, reference)
            number = release_claims(connection, reference, reason, now)
            _tell(connection, row, "claim.released", now, claims=number, by=person)
            return row

    def release_some(
        self, reference: str, claims: Sequence[ClaimKey], *, reason: str, now: datetime
    ) -> int:
        """Give some claims of a finished operation free: a line was removed from the draft
        (R-181), or a person re-opened named entries (R-182, R-183); returns how many.
        """
        with self._database.write_durable() as connection:
            move(
                connection,
                reference,
                allowed={OperationStatus.DONE},
                values={"updated_at": now},
                answered=True,
            )
            number = release_claims(connection, reference, reason, now, only=claims)
            if number:
                row = one(connection, reference)
                _tell(connection, row, "claim.released", now, claims=number, by=None)
        return number

    def take_back(self, reference: str, *, code: str, message: str, now: datetime) -> int:
        """Claim again what a released operation held, because its record is live again (R-180).

        What another operation claimed meanwhile stays with that one. Returns how many claims
        were free; the operation is in CONFLICT until a person decides.
        """
        values = {
            "status": str(OperationStatus.CONFLICT),
            "code": code,
            "message": message,
            "updated_at": now,
        }
        with self._database.write_durable() as connection:
            move(connection, reference, allowed=_REVIVABLE, values=values)
            number = take_back_claims(connection, reference, now)
            if number:
                row = one(connection, reference)
                _tell(connection, row, "claim.taken_back", now, claims=number, by=None)
        return number

    def cancel_unsent(self, integration: str, *, now: datetime) -> int:
        """Cancel what was claimed and never sent (R-198); returns how many."""
        of = table("operation")
        with self._database.write_durable() as connection:
            waiting = connection.execute(
                select(of.c.reference)
                .where(
                    of.c.integration == integration,
                    of.c.status == OperationStatus.CLAIMED,
                    of.c.open_attempts == 0,
                )
                .order_by(of.c.reference)
                .with_for_update()
            ).scalars()
            references = list(waiting)
            connection.execute(
                update(of)
                .where(of.c.reference.in_(references))
                .values(status=str(OperationStatus.FAILED), code="INT-02", updated_at=now)
            )
            for reference in references:
                number = release_claims(connection, reference, "INT-02: switched off", now)
                if number:
                    row = one(connection, reference)
                    _tell(connection, row, "claim.released", now, claims=number, by=None)
        return len(references)


def _tell(
    connection: Connection,
    row: OutboxRow,
    kind: str,
    now: datetime,
    *,
    claims: int,
    by: str | None,
) -> None:
    detail = {
        "reference": row.reference,
        "title": row.title,
        "status": row.status,
        "invoice": row.remote_number or row.remote_id,
        "reason": row.message,
        "claims": claims,
        "by": by,
    }
    connection.execute(
        insert(table("event")).values(
            integration=row.integration, at=now, kind=kind, run_id=row.run_id, detail=detail
        )
    )
