"""Types as data: what the pure rooms know about records, derived from their classes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class FieldType:
    """One field: `type` is text, integer, boolean, date, instant, decimal, list or object; a param
    may be money too.

    `values` closes an enumeration; `item` is the fields of a list's items. `unit` is minutes, or
    minor for money in minor units, whose ISO code stands in the field `currency` beside it.
    `least` and `most` bound what a system can send. `fixed` says that nobody edits it: identity,
    history, or what a machine keeps.
    """

    name: str
    type: str
    nullable: bool = True
    values: tuple[str, ...] = ()
    description: str = ""
    item: Mapping[str, "FieldType"] | None = None
    unit: str = ""
    currency: str | None = None
    least: int | None = None
    most: int | None = None
    fixed: bool = False


@dataclass(frozen=True, slots=True)
class Projection:
    """A named value that a plugin derives, for rules to speak of.

    `of` is a record type: rules find `field` beside its columns, wherever it is an input. Or `of`
    is a decision: then `field` is a list with `item` fields, one input more to count in.

    `value` is given the row, or the subject, read-only. It must be a pure function of it: the same
    answer always, no clock, no network. What it raises, and a value of another type, counts as
    not known.
    """

    of: str
    field: FieldType
    value: Callable[[Mapping[str, Any]], Any]


@dataclass(frozen=True, slots=True)
class RecordType:
    """One canonical or plugin record type; `derived` are the projections of its rows."""

    name: str
    description: str
    fields: Mapping[str, FieldType]
    derived: Mapping[str, Projection] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Input:
    """One input of a decision point: the columns of some record types, and fields of its own.

    `many` is a list of such items. `only` narrows the columns to those that the subject has.
    """

    types: tuple[str, ...] = ()
    own: Mapping[str, FieldType] = field(default_factory=dict)
    many: bool = False
    only: tuple[str, ...] = ()
