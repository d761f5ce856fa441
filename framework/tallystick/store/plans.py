"""Plans with their numbered operations."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from itertools import count
from typing import Any

from sqlalchemy import delete, select, update

from tallystick.store.database import Database, plain_rows, table
from tallystick.store.tuples import write_tuples
from tallystick.store.upserts import insert_new

_BATCH = 500
_OPERATION = ("plan_digest", "seq", "reference", "module", "body")


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


_PLAN = tuple(f.name for f in fields(PlanData))


def _names(run_id: int) -> Iterator[str]:
    """Names of a run's drafts."""
    return (f"draft-{run_id}-{number}" for number in count(1))


class PlanStore:
    """Plans by digest; the same digest is the same plan."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def append(self, draft: str, first: int, operations: Sequence[tuple[str, str, str]]) -> None:
        """Add operations to a draft, each as reference, module and JSON; they are numbered from
        `first`.
        """
        rows = [(draft, seq, *operation) for seq, operation in enumerate(operations, start=first)]
        if rows:
            with self._database.write() as connection:
                of = table("planned_operation")
                write_tuples(connection, of, _OPERATION, rows, written=("body",))

    def open_draft(self, *, integration: str, run_id: int, now: datetime) -> str:
        """Begin a draft; what an earlier try of the run left in one is forgotten.

        Returns the name under which operations are added, and stay when the plan is sealed.
        """
        of, operations = table("plan"), table("planned_operation")
        mine = select(of.c.digest, of.c.draft).where(of.c.run_id == run_id)
        with self._database.write() as connection:
            rows = connection.execute(mine).all()
            sealed = {r[1] for r in rows} - {None}
            name = next(n for n in _names(run_id) if n not in sealed)
            connection.execute(delete(operations).where(operations.c.plan_digest == name))
            values = {
                "digest": name,
                "integration": integration,
                "run_id": run_id,
                "kind": "draft",
                "made_at": now,
                "header": {},
            }
            insert_new(connection, of, [values], ("digest",))
        return name

    def seal(self, draft: str, plan: PlanData) -> None:
        """Make a draft the plan; where the same plan is stored already it is only made current."""
        values = {
            "digest": plan.digest,
            "integration": plan.integration,
            "run_id": plan.run_id,
            "kind": plan.kind,
            "made_at": plan.made_at,
            "header": dict(plan.header),
            "draft": draft,
        }
        of, operations = table("plan"), table("planned_operation")
        with self._database.write() as connection:
            if insert_new(connection, of, [values], ("digest",)):
                return
            connection.execute(delete(operations).where(operations.c.plan_digest == draft))
            connection.execute(
                update(of)
                .where(of.c.digest == plan.digest)
                .values(
                    run_id=plan.run_id,
                    made_at=plan.made_at,
                    header=dict(plan.header),
                    applied_at=None,
                )
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
        query = (
            select(*(of.c[n] for n in _PLAN))
            .where(*conditions)
            .order_by(of.c.made_at.desc(), of.c.run_id.desc())
        )
        with self._database.read() as connection:
            return [
                PlanData(**r) for r in plain_rows(connection.execute(query.limit(1)).mappings())
            ]

    def operations(self, digest: str) -> Iterator[dict[str, Any]]:
        """Bodies of a plan's operations, in order, read in pages."""
        of, plan = table("planned_operation"), table("plan")
        with self._database.read() as connection:
            found = select(plan.c.draft).where(plan.c.digest == digest)
            stored_as = connection.execute(found).scalar() or digest
        last = 0
        while True:
            query = (
                select(of.c.seq, of.c.body)
                .where(of.c.plan_digest == stored_as, of.c.seq > last)
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
