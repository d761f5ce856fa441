"""The fence: an operation moves in one conditional statement, or not at all."""

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.engine import Connection

from tallystick.errors import StoreError
from tallystick.model.operation import OperationStatus
from tallystick.store.database import plain_rows, table
from tallystick.store.outbox_rows import OUTBOX_FIELDS, OutboxRow


def one(connection: Connection, reference: str) -> OutboxRow:
    """One operation that must be there, within an open transaction. Raises `StoreError` STO-06."""
    of = table("operation")
    query = select(*(of.c[n] for n in OUTBOX_FIELDS)).where(of.c.reference == reference)
    rows = plain_rows(connection.execute(query).mappings())
    if not rows:
        raise StoreError(f"There is no operation {reference} in the outbox.", code="STO-06")
    return OutboxRow(**rows[0])


def move(
    connection: Connection,
    reference: str,
    *,
    allowed: Collection[OperationStatus],
    values: Mapping[str, Any],
    epoch: int | None = None,
    answered: bool = False,
) -> None:
    """Change an operation that stands at an allowed status, under this epoch if one is given.

    With `answered`, no attempt may be open. Raises `StoreError` STO-05 when the lease was lost
    or the operation moved on, STO-06 when there is none.
    """
    of = table("operation")
    query = update(of).where(
        of.c.reference == reference, of.c.status.in_([str(s) for s in sorted(allowed)])
    )
    if epoch is not None:
        query = query.where(of.c.lease_epoch == epoch)
    if answered:
        query = query.where(of.c.open_attempts == 0)
    if connection.execute(query.values(**values)).rowcount != 1:
        raise _refusal(one(connection, reference), epoch)


def _refusal(row: OutboxRow, epoch: int | None) -> StoreError:
    if epoch is not None and row.lease_epoch != epoch:
        return StoreError(
            f"{row.reference} was taken over by another process.",
            code="STO-05",
            fix="Nothing: the other process goes on with it.",
        )
    waiting = f" with {row.open_attempts} sends unanswered" if row.open_attempts else ""
    return StoreError(
        f"{row.reference} is {row.status}{waiting} and cannot be moved on from there.",
        code="STO-05",
        fix="Nothing: the next sweep looks at it again.",
    )
