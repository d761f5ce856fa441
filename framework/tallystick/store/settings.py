"""Connections and integrations."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import select, update

from tallystick.store.database import Database, plain_rows, table
from tallystick.store.upserts import upsert


@dataclass(frozen=True, slots=True)
class ConnectionData:
    """One stored connection, without its secret."""

    id: str
    system: str
    container_id: str | None = None
    name: str = ""
    settings: dict[str, Any] = field(default_factory=dict)
    credential_kind: str | None = None
    created_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class IntegrationData:
    """One stored integration; see `records.host.IntegrationRow`."""

    name: str
    state: str
    source_id: str
    target_id: str
    portal_id: str | None = None
    portal_name: str | None = None
    zone: str = "UTC"
    modules: list[str] = field(default_factory=list)
    cutoff_mode: str = "unanswered"
    cutoff: date | None = None
    general_timesheets: bool = False
    on_duplicate: str = "ask"
    consent_by: str | None = None
    consent_at: datetime | None = None
    setup_at: datetime | None = None
    approved_at: datetime | None = None
    answers: dict[str, str] = field(default_factory=dict)
    edition: str = "enhanced"
    disabled_at: datetime | None = None


class SettingStore:
    """What an administrator chose."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def connection(self, connection_id: str) -> ConnectionData | None:
        """One connection."""
        of = table("connection")
        rows = self._rows(select(of).where(of.c.id == connection_id))
        if not rows:
            return None
        rows[0].pop("credential")
        return ConnectionData(**rows[0])

    def any_credential(self) -> bool:
        """True when a credential is stored for some connection."""
        of = table("connection")
        query = select(of.c.id).where(of.c.credential.is_not(None)).limit(1)
        with self._database.read() as connection:
            return connection.execute(query).first() is not None

    def put_connection(self, data: ConnectionData, *, now: datetime) -> None:
        """Store a connection; its secret and the secret's kind are not touched."""
        of = table("connection")
        values = asdict(data)
        del values["credential_kind"]
        with self._database.write() as connection:
            made = connection.execute(select(of.c.created_at).where(of.c.id == data.id)).scalar()
            values["created_at"] = made or data.created_at or now
            upsert(connection, of, [values])

    def integration(self, name: str) -> IntegrationData | None:
        """One integration."""
        of = table("integration")
        rows = self._rows(select(of).where(of.c.name == name))
        return IntegrationData(**rows[0]) if rows else None

    def integrations(self) -> list[IntegrationData]:
        """All integrations by name."""
        of = table("integration")
        return [IntegrationData(**r) for r in self._rows(select(of).order_by(of.c.name))]

    def put_integration(self, data: IntegrationData) -> None:
        """Store an integration's choices; its state changes by `move` only."""
        values = asdict(data)
        with self._database.write() as connection:
            known = connection.execute(
                select(table("integration").c.state).where(table("integration").c.name == data.name)
            ).scalar()
            if known is not None:
                values["state"] = known
            upsert(connection, table("integration"), [values])

    def move(self, name: str, from_states: Sequence[str], to_state: str) -> bool:
        """Change the state in one conditional statement; False when it was none of those."""
        of = table("integration")
        query = (
            update(of)
            .where(of.c.name == name, of.c.state.in_([str(s) for s in from_states]))
            .values(state=str(to_state))
        )
        with self._database.write() as connection:
            return connection.execute(query).rowcount == 1

    def approved(self, name: str, *, now: datetime) -> None:
        """Note the first approval of a plan; later ones change nothing."""
        of = table("integration")
        query = (
            update(of).where(of.c.name == name, of.c.approved_at.is_(None)).values(approved_at=now)
        )
        with self._database.write() as connection:
            connection.execute(query)

    def _rows(self, query: Any) -> list[dict[str, Any]]:
        with self._database.read() as connection:
            return plain_rows(connection.execute(query).mappings())
