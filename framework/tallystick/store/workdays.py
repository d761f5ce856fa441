"""The time that people logged on one day, summed by the database."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select

from tallystick.store.database import Database, table


@dataclass(frozen=True, slots=True)
class Workday:
    """What one person logged on one day; `last` is the entry of the greatest id."""

    user_id: str
    work_date: date
    minutes: int
    entries: int
    last: str


class WorkdayStore:
    """Sums over time entries that were not deleted; writes nothing."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def longer(self, connection_id: str, minutes: int) -> list[Workday]:
        """Days on which one person logged more than that many minutes, earliest first."""
        of = table("time_entry")
        total = func.sum(of.c.minutes)
        query = (
            select(of.c.user_id, of.c.work_date, total, func.count(), func.max(of.c.external_id))
            .where(
                of.c.connection_id == connection_id,
                of.c.deleted_at.is_(None),
                of.c.user_id.is_not(None),
                of.c.work_date.is_not(None),
            )
            .group_by(of.c.user_id, of.c.work_date)
            .having(total > minutes)
            .order_by(of.c.work_date, of.c.user_id)
        )
        with self._database.read() as connection:
            return [Workday(*row) for row in connection.execute(query)]
