"""Types as data: what the pure rooms know about records, derived from their classes."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FieldType:
    """One field: `type` is text, integer, boolean, date, instant, decimal, list or object.

    `values` closes an enumeration; `item` is the fields of a list's items.
    """

    name: str
    type: str
    nullable: bool = True
    values: tuple[str, ...] = ()
    description: str = ""
    item: Mapping[str, "FieldType"] | None = None


@dataclass(frozen=True, slots=True)
class RecordType:
    """One canonical or plugin record type."""

    name: str
    description: str
    fields: Mapping[str, FieldType]
