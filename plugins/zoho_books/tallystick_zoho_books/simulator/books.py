"""What the simulated Books remembers, organization by organization."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from tallystick.simulator.ids import IdFactory

from tallystick_zoho_books.simulator.envelope import Record, Refusal

TABLES = (
    "users",
    "contacts",
    "projects",
    "tasks",
    "time_entries",
    "invoices",
    "payments",
    "creditnotes",
    "expenses",
    "items",
    "taxes",
    "currencies",
    "comments",
)


@dataclass(slots=True)
class Books:
    """One organization: its own record, and tables of records by id in order of creation."""

    organization: Record
    ids: IdFactory
    tables: dict[str, dict[str, Record]] = field(
        default_factory=lambda: {name: {} for name in TABLES}
    )
    next_invoice: int = 7
    next_creditnote: int = 1
    born: dict[str, datetime] = field(default_factory=dict)

    @property
    def zone(self) -> str:
        """The organization's time zone."""
        return str(self.organization["time_zone"])

    def rows(self, table: str) -> list[Record]:
        """Records of a table, oldest first."""
        return list(self.tables[table].values())

    def visible(self, table: str, now: datetime, lag: float) -> list[Record]:
        """Records a list shows: new ones may stay out for a while."""
        if not lag:
            return self.rows(table)
        edge = now - timedelta(seconds=lag)
        return [r for i, r in self.tables[table].items() if self.born.get(i, edge) <= edge]

    def get(self, table: str, record_id: Any, what: str, status: int = 404) -> Record:
        """One record. Raises a refusal with code 1002."""
        found = self.tables[table].get(str(record_id))
        if found is None:
            raise Refusal(status, 1002, f"{what} does not exist.")
        return found

    def add(self, table: str, key: str, make: Callable[[str], Record], now: datetime) -> Record:
        """Make a record with a new id, its first field."""
        record_id = self.ids.make()
        record = {key: record_id, **make(record_id)}
        record[key] = record_id
        self.tables[table][record_id] = record
        self.born[record_id] = now
        return record

    def remove(self, table: str, record_id: str) -> None:
        """Forget a record."""
        del self.tables[table][record_id]
        self.born.pop(record_id, None)

    def rename(self, key: str, record_id: str, names: Record) -> None:
        """Write names and references of a changed record into all records that repeat them."""
        for table in ("projects", "tasks", "time_entries", "invoices", "creditnotes", "expenses"):
            for row in self.tables[table].values():
                if row.get(key) == record_id:
                    row.update({k: v for k, v in names.items() if k in row})

    def entries_of(self, project_id: str) -> list[Record]:
        """Time entries of a project."""
        return [e for e in self.tables["time_entries"].values() if e["project_id"] == project_id]

    def live_invoices(self) -> list[Record]:
        """Invoices that are not void."""
        return [i for i in self.rows("invoices") if i["status"] != "void"]

    def digits(self, currency_code: str) -> int:
        """Decimal places of a currency."""
        rows = self.tables["currencies"].values()
        return next(
            (int(c["price_precision"]) for c in rows if c["currency_code"] == currency_code), 2
        )
