"""Plans with their numbered operations."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import insert, select, update

from tallystick.store.database import Database, plain_rows, table
from tallystick.store.upserts import insert_new

_BATCH = 500


@dataclass(frozen=True, slots=True)
class PlanData:
    """A stored plan's header."""

    digest: str
    integration: str
    run_id: int | None
    kind: str
    made_at: datetime
    header: Mapping[str, Any]
    approved_at: datetime | None = None
    approved_by: str | None = None
    applied_at: datetime | None = None


class PlanStore:
    """Plans by digest; the same digest is the same plan."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, plan: PlanData, operations: Iterable[tuple[str, str, Mapping[str, Any]]]) -> None:
        """Store a plan and its operations as (reference, module, body); again is no change."""
        values = {
            "digest": plan.digest,
            "integration": plan.integration,
            "run_id": plan.run_id,
            "kind": plan.kind,
            "made_at": plan.made_at,
            "header": dict(plan.header),
        }
        with self._database.write() as connection:
            if not insert_new(connection, table("plan"), [values], ("digest",)):
                connection.execute(
                    update(table("plan"))
                    .where(table("plan").c.digest == plan.digest)
                    .values(run_id=plan.run_id, made_at=plan.made_at, applied_at=None)
                )
                return
            numbered = iter(enumerate(operations, start=1))
            while batch := list(islice(numbered, _BATCH)):
                connection.execute(
                    insert(table("planned_operation")),
                    [
                        {
                            "plan_digest": plan.digest,
                            "seq": seq,
                            "reference": reference,
                            "module": module,
                            "body": dict(body),
                        }
                        for seq, (reference, module, body) in batch
                    ],
                )

    def get(self, digest: str) -> PlanData | None:
        """A plan's header."""
        found = self._select(table("plan").c.digest == digest)
        return found[0] if found else None

    def newest(self, integration: str, kind: str) -> PlanData | None:
        """The newest plan of an integration."""
        of = table("plan")
        found = self._select(of.c.integration == integration, of.c.kind == kind)
        return found[0] if found else None

    def _select(self, *conditions: Any) -> list[PlanData]:
        of = table("plan")
        query = select(of).where(*conditions).order_by(of.c.made_at.desc(), of.c.run_id.desc())
        with self._database.read() as connection:
            return [
                PlanData(**r) for r in plain_rows(connection.execute(query.limit(1)).mappings())
            ]

    def operations(self, digest: str) -> Iterator[dict[str, Any]]:
        """Bodies of a plan's operations, in order, read in pages."""
        of = table("planned_operation")
        last = 0
        while True:
            query = (
                select(of.c.seq, of.c.body)
                .where(of.c.plan_digest == digest, of.c.seq > last)
                .order_by(of.c.seq)
                .limit(_BATCH)
            )
            with self._database.read() as connection:
                rows = connection.execute(query).all()
            for row in rows:
                yield dict(row[1])
            if len(rows) < _BATCH:
                return
            last = rows[-1][0]

    def approve(self, digest: str, *, by: str, now: datetime) -> None:
        """Note who approved a plan."""
        self._set(digest, approved_at=now, approved_by=by)

    def applied(self, digest: str, *, now: datetime) -> None:
        """Note that applying has ended."""
        self._set(digest, applied_at=now)

    def _set(self, digest: str, **values: Any) -> None:
        of = table("plan")
        with self._database.write() as connection:
            connection.execute(update(of).where(of.c.digest == digest).values(**values))
