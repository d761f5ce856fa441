"""The record catalogue: every record type as data, derived from its class."""

from collections.abc import Iterable
from datetime import date, datetime
from types import UnionType
from typing import Any, Union, get_args, get_origin

from tallystick.model.catalogue import FieldType, RecordType
from tallystick.records.base import Record
from tallystick.records.party import Contact, ContactPerson, User, UserRate
from tallystick.records.trade import (
    Currency,
    Expense,
    Organization,
    Tax,
    Transaction,
    TransactionLine,
)
from tallystick.records.work import Bug, Project, Task, TaskList, TimeEntry

CANONICAL: tuple[type[Record], ...] = (
    Organization,
    Contact,
    ContactPerson,
    User,
    Project,
    TaskList,
    Task,
    Bug,
    TimeEntry,
    UserRate,
    Expense,
    Transaction,
    TransactionLine,
    Currency,
    Tax,
)
_PYTHON = {str: "text", int: "integer", bool: "boolean", date: "date", datetime: "instant"}
_KINDS = {"minutes": "integer", "minor": "integer"}
_LEAST = {"minutes": 0}
_MACHINE = frozenset({"billed_status", "invoice_id", "lines_known"})
"""What billing sets, beside the base's columns and the comparison columns: nobody edits these."""


def _field_type(name: str, info: Any, cls: type[Record]) -> FieldType:
    annotation = info.annotation
    args = get_args(annotation) if get_origin(annotation) in {Union, UnionType} else (annotation,)
    plain = [a for a in args if a is not type(None)]
    extra = info.json_schema_extra or {}
    kind = extra.get("kind")
    base = _KINDS.get(kind, kind) if kind else _PYTHON.get(plain[0], "object")
    return FieldType(
        name=name,
        type=base,
        nullable=len(plain) != len(args),
        values=tuple(extra.get("values", ())),
        description=info.description or "",
        unit=kind if kind in _KINDS else "",
        currency="currency" if kind == "minor" and "currency" in cls.model_fields else None,
        least=_LEAST.get(kind or ""),
        fixed=name in Record.model_fields or name in cls.folded or name in _MACHINE,
    )


def record_type(cls: type[Record]) -> RecordType:
    """One record class as data."""
    fields = {name: _field_type(name, info, cls) for name, info in cls.model_fields.items()}
    doc = (cls.__doc__ or "").strip().splitlines()
    return RecordType(cls.type_name, doc[0] if doc else "", fields)


def catalogue(extra: Iterable[type[Record]] = ()) -> dict[str, RecordType]:
    """All record types by name: the canonical ones, then those plugins add."""
    return {cls.type_name: record_type(cls) for cls in (*CANONICAL, *extra)}
