"""Records as every room sees them: keys, rows, and which rows belong together."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

Scalar = str | int | bool | Decimal | date | datetime | None
Row = Mapping[str, Any]
"""One record as column name -> value; values are `Scalar`, or JSON lists and objects."""


@dataclass(frozen=True, slots=True, order=True)
class RecordKey:
    """What identifies a record here: connection, canonical type and the remote's own id."""

    connection_id: str
    type: str
    external_id: str

    def __str__(self) -> str:
        return f"{self.type}:{self.external_id}"


@dataclass(frozen=True, slots=True)
class SourceKey:
    """What identifies a record everywhere: system, portal or organization, type, id (R-170)."""

    system: str
    container_id: str
    type: str
    external_id: str


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where reading of one record type goes on.

    `position` belongs to the connector and is opaque to the host ("" is the beginning);
    `parent` is the external id of the parent for types read per parent; `since` asks for
    records changed at or after that instant (UTC) where the service can filter by it.
    """

    position: str = ""
    parent: str | None = None
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Malformed:
    """A remote record that could not be mapped; it is quarantined, the page goes on."""

    external_id: str
    reason: str
    field: str | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """One page of canonical rows. `next` is None at the end of the list.

    Each row has "external_id", the columns of its record class that the service sent (a column
    that is missing was *not offered*; None says the service said "nothing"), "modified_at"
    (aware UTC or None) and "extra" with unknown fields.
    """

    rows: list[dict[str, Any]]
    next: Cursor | None
    malformed: tuple[Malformed, ...] = ()
