"""The id map: pairs of source and target records."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.engine import Connection

from tallystick.model.record import RecordKey
from tallystick.store.database import Database, among, table


@dataclass(frozen=True, slots=True)
class LinkInput:
    """A pair to be made, with its reason."""

    source: RecordKey
    target: RecordKey
    reason: str


def add_links(
    connection: Connection,
    links: Sequence[LinkInput],
    *,
    integration: str,
    run_id: int | None,
    now: datetime,
) -> int:
    """Make pairs within an open transaction; a source that is paired already keeps its pair."""
    of = table("link")
    made = 0
    for link in links:
        source, target = link.source, link.target
        paired = connection.execute(
            select(of.c.id).where(
                of.c.source_connection == source.connection_id,
                of.c.source_type == source.type,
                of.c.source_id == source.external_id,
                of.c.closed_at.is_(None),
            )
        ).first()
        if paired is not None:
            continue
        connection.execute(
            insert(of).values(
                integration=integration,
                source_connection=source.connection_id,
                source_type=source.type,
                source_id=source.external_id,
                target_connection=target.connection_id,
                target_type=target.type,
                target_id=target.external_id,
                reason=link.reason,
                run_id=run_id,
                made_at=now,
            )
        )
        made += 1
    return made


class LinkStore:
    """Open pairs of the id map."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(
        self, links: Sequence[LinkInput], *, integration: str, run_id: int | None, now: datetime
    ) -> int:
        """Make pairs; returns how many are new."""
        with self._database.write() as connection:
            return add_links(connection, links, integration=integration, run_id=run_id, now=now)

    def close(self, source: RecordKey, *, now: datetime) -> bool:
        """Undo a pairing; its row stays, closed."""
        of = table("link")
        query = (
            update(of)
            .where(
                of.c.source_connection == source.connection_id,
                of.c.source_type == source.type,
                of.c.source_id == source.external_id,
                of.c.closed_at.is_(None),
            )
            .values(closed_at=now)
        )
        with self._database.write() as connection:
            return connection.execute(query).rowcount == 1

    def by_source(self, connection_id: str, type: str) -> dict[str, tuple[str, str]]:
        """Target (type, id) by source id."""
        of = table("link")
        query = select(of.c.source_id, of.c.target_type, of.c.target_id).where(
            of.c.source_connection == connection_id,
            of.c.source_type == type,
            of.c.closed_at.is_(None),
        )
        return self._pairs(query)

    def targets(self, connection_id: str, type: str, ids: Sequence[str]) -> dict[str, str]:
        """Target id by source id, for some sources."""
        of = table("link")
        query = select(of.c.source_id, of.c.target_id).where(
            of.c.source_connection == connection_id,
            of.c.source_type == type,
            among(self._database, of.c.source_id, ids),
            of.c.closed_at.is_(None),
        )
        with self._database.read() as connection:
            return {row[0]: row[1] for row in connection.execute(query)}

    def by_target(self, connection_id: str, type: str) -> dict[str, tuple[str, str]]:
        """Source (type, id) by target id."""
        of = table("link")
        query = select(of.c.target_id, of.c.source_type, of.c.source_id).where(
            of.c.target_connection == connection_id,
            of.c.target_type == type,
            of.c.closed_at.is_(None),
        )
        return self._pairs(query)

    def _pairs(self, query: Any) -> dict[str, tuple[str, str]]:
        with self._database.read() as connection:
            return {row[0]: (row[1], row[2]) for row in connection.execute(query)}
