"""Claims: each source record belongs to at most one operation, for ever unless released."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Table, and_, delete, func, insert, or_, select, update
from sqlalchemy.engine import Connection

from tallystick.errors import Refused
from tallystick.model.operation import ClaimKey, Operation, OperationStatus
from tallystick.store.database import Database, among, plain_rows, table
from tallystick.store.outbox_rows import CLAIM_FIELDS, STATE_OF, ClaimData
from tallystick.store.upserts import insert_new

_UNIQUE = ("system", "container_id", "kind", "source_id")
_BATCH = 200
LINE_REMOVED = "Its line was removed"
"""How the reason of a release begins whose invoice stays in force (R-181)."""


def _key(claim: ClaimKey) -> dict[str, Any]:
    return {
        "system": claim.system,
        "container_id": claim.container_id,
        "kind": claim.kind,
        "source_id": claim.source_id,
        "minutes": claim.minutes,
    }


def _order(claim: ClaimKey) -> tuple[str, ...]:
    return tuple(str(getattr(claim, n)) for n in _UNIQUE)


def _same(of: Table, claim: ClaimKey | ClaimData) -> Any:
    return and_(*(of.c[n] == getattr(claim, n) for n in _UNIQUE))


def take_claims(connection: Connection, operation: Operation, now: datetime) -> None:
    """Claim everything an operation bills, or nothing. Raises `Refused` INV-01 or INV-02."""
    # in one order for all, so that two operations never wait for each other
    for claim in sorted(operation.claims, key=_order):
        values = {
            **_key(claim),
            "operation": operation.reference,
            "generation": operation.generation,
            "origin": "planned",
            "invoice_system": "",
            "claimed_at": now,
        }
        if not insert_new(connection, table("claim"), [values], _UNIQUE):
            refuse_held(connection, claim)


def refuse_held(connection: Connection, claim: ClaimKey) -> None:
    """Refuse, naming who holds the claim."""
    of, operations = table("claim"), table("operation")
    row = connection.execute(
        select(of.c.operation, of.c.invoice_number, of.c.invoice_id, operations.c.status)
        .select_from(of.outerjoin(operations, of.c.operation == operations.c.reference))
        .where(_same(of, claim))
    ).first()
    holder = (row[1] or row[2] or row[0]) if row else None
    billed = row is not None and (row[3] in {None, OperationStatus.DONE} or row[2] is not None)
    raise Refused(
        f"{claim.kind}:{claim.source_id} is claimed by {holder or 'another operation'}.",
        code="INV-01" if billed else "INV-02",
        record=f"{claim.kind}:{claim.source_id}",
        fix="`tallystick billing ledger` shows who holds it.",
    )


def release_claims(
    connection: Connection,
    reference: str,
    reason: str,
    now: datetime,
    *,
    only: Sequence[ClaimKey] | None = None,
) -> int:
    """Move an operation's claims, or only some of them, to the history; returns how many."""
    of = table("claim")
    mine = of.c.operation == reference
    if only is None:
        return _to_history(connection, mine, reason, now)
    return sum(_to_history(connection, and_(mine, _same(of, c)), reason, now) for c in only)


def take_back_claims(connection: Connection, reference: str, now: datetime) -> int:
    """Claim again what an operation held when it was released; returns what was free."""
    history = table("claim_history")
    last = select(func.max(history.c.released_at)).where(history.c.operation == reference)
    held = connection.execute(
        select(*(history.c[n] for n in CLAIM_FIELDS))
        .where(history.c.operation == reference, history.c.released_at == last.scalar_subquery())
        .order_by(*(history.c[n] for n in _UNIQUE))
    ).mappings()
    rows = [{**row, "claimed_at": now} for row in held]
    return insert_new(connection, table("claim"), rows, _UNIQUE)


def _to_history(connection: Connection, condition: Any, reason: str, now: datetime) -> int:
    of, history = table("claim"), table("claim_history")
    rows = connection.execute(select(*(of.c[n] for n in CLAIM_FIELDS)).where(condition)).mappings()
    moved = [{**row, "released_at": now, "reason": reason} for row in rows]
    if moved:
        connection.execute(insert(history), moved)
        connection.execute(delete(of).where(condition))
    return len(moved)


def name_invoice(
    connection: Connection, reference: str, invoice_id: str | None, number: str | None, system: str
) -> None:
    """Note which invoice an operation's claims are on."""
    of = table("claim")
    values = {"invoice_id": invoice_id, "invoice_number": number, "invoice_system": system}
    connection.execute(update(of).where(of.c.operation == reference).values(**values))


class ClaimStore:
    """Readings of the claim ledger, and claims for invoices made elsewhere."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self) -> list[ClaimData]:
        """Every claim in force, oldest first."""
        return self._claims()

    def claims_of(
        self, system: str, container_id: str, kind: str, ids: Sequence[str]
    ) -> dict[str, ClaimData]:
        """Claims in force on some records, by record."""
        of = table("claim")
        where = and_(of.c.system == system, of.c.container_id == container_id, of.c.kind == kind)
        return {
            c.source_id: c for c in self._claims(where, among(self._database, of.c.source_id, ids))
        }

    def _claims(self, *conditions: Any) -> list[ClaimData]:
        of, operations = table("claim"), table("operation")
        query = (
            select(*(of.c[n] for n in CLAIM_FIELDS), operations.c.status)
            .select_from(of.outerjoin(operations, of.c.operation == operations.c.reference))
            .where(*conditions)
            .order_by(of.c.id)
        )
        found = []
        with self._database.read() as connection:
            for row in plain_rows(connection.execute(query).mappings()):
                status = row.pop("status")
                state = "invoiced" if status is None else STATE_OF[OperationStatus(status)]
                found.append(ClaimData(**row, state=state))
        return found

    def record_found(
        self,
        claims: Sequence[ClaimKey],
        *,
        invoice_system: str,
        invoice_id: str,
        number: str | None,
        now: datetime,
    ) -> int:
        """Claim records that an invoice made elsewhere holds (R-177); returns how many are new."""
        values = [
            {
                **_key(claim),
                "operation": None,
                "generation": 0,
                "origin": "found",
                "invoice_system": invoice_system,
                "invoice_id": invoice_id,
                "invoice_number": number,
                "claimed_at": now,
            }
            for claim in sorted(claims, key=_order)
        ]
        with self._database.write_durable() as connection:
            return insert_new(connection, table("claim"), values, _UNIQUE)

    def release_found(self, claim: ClaimData, *, reason: str, now: datetime) -> bool:
        """Release a claim that was found on an invoice made elsewhere."""
        of = table("claim")
        condition = and_(
            of.c.origin == "found",
            of.c.operation.is_(None),
            _same(of, claim),
        )
        with self._database.write_durable() as connection:
            return _to_history(connection, condition, reason, now) == 1

    def _history(self, claims: Sequence[ClaimKey], column: Any, *conditions: Any) -> Iterable[Any]:
        history = table("claim_history")
        with self._database.read() as connection:
            for start in range(0, len(claims), _BATCH):
                same = [_same(history, c) for c in claims[start : start + _BATCH]]
                query = select(column).where(or_(*same), *conditions)
                yield from connection.execute(query).scalars()

    def generation(self, claims: Sequence[ClaimKey]) -> int:
        """The generation of a new reference: above every released one of these records."""
        highest = list(self._history(claims, table("claim_history").c.generation))
        return max(highest) + 1 if highest else 0

    def earlier_invoices(self, claims: Sequence[ClaimKey]) -> list[str]:
        """Ids of invoices that held these records before and let go of them as a whole.

        An invoice from which a line was removed is rightly in force; whether the record is on it
        again is told by the record itself.
        """
        history = table("claim_history")
        whole = history.c.reason.not_like(f"{LINE_REMOVED}%")
        found = self._history(claims, history.c.invoice_id, whole)
        return sorted({str(i) for i in found if i})

    def held_by(self, reference: str) -> tuple[ClaimKey, ...]:
        """The claims in force of one operation."""
        return tuple(
            ClaimKey(c.system, c.container_id, c.kind, c.source_id, c.minutes)
            for c in self._claims(table("claim").c.operation == reference)
        )

    def count(self) -> int:
        """Number of claims in force."""
        with self._database.read() as connection:
            return int(
                connection.execute(select(func.count()).select_from(table("claim"))).scalar_one()
            )
