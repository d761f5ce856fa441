"""What plugins derive from records, added to a subject where the rules of a file name it."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from types import MappingProxyType
from typing import Any

from tallystick.decide.yamlnodes import ABSENT
from tallystick.model.catalogue import FieldType, Input, Projection, RecordType
from tallystick.model.decision import DecisionPoint

Subject = Mapping[str, Any]
Derived = Mapping[str, Projection]
_PYTHON: Mapping[str, type] = {"text": str, "decimal": str, "integer": int, "boolean": bool}
"""Types of derived values; an exact decimal is text, as in a row."""


class Projector:
    """Adds the projections that a file names to each subject; what a subject has itself stays."""

    __slots__ = ("_inputs", "_many", "_whole")

    def __init__(self, inputs: Mapping[str, Derived], many: set[str], whole: Derived) -> None:
        self._inputs = inputs
        self._many = many
        self._whole = whole

    def __call__(self, subject: Subject) -> dict[str, Any]:
        """The subject with what is derived from it."""
        found = dict(subject)
        for head, derived in self._inputs.items():
            value = found.get(head)
            if isinstance(value, Mapping):
                found[head] = _with(value, derived)
            elif head in self._many and isinstance(value, list | tuple):
                found[head] = [_with(item, derived) for item in value]
        for name, projection in self._whole.items():
            if name not in found:
                value = _value(projection, found)
                if value is not ABSENT:
                    found[name] = value
        return found


def projector_of(
    point: DecisionPoint, types: Mapping[str, RecordType], text: str
) -> Projector | None:
    """What a file that is this text needs derived; None where it names no projection."""
    inputs: dict[str, Derived] = {}
    many = {n for n, wanted in point.inputs.items() if isinstance(wanted, Input) and wanted.many}
    for head, wanted in point.inputs.items():
        if isinstance(wanted, Input):
            derived = {n: p for t in wanted.types for n, p in types[t].derived.items()}
            named = {n: p for n, p in derived.items() if n not in wanted.own and _named(n, text)}
            if named:
                inputs[head] = named
    whole = {n: p for n, p in point.derived.items() if _named(n, text)}
    return Projector(inputs, many, whole) if inputs or whole else None


def together(projectors: Sequence[Projector | None]) -> Callable[[Subject], Subject] | None:
    """What several files need derived, one after the other; None where none needs anything."""
    needed = [p for p in projectors if p is not None]
    if not needed:
        return None

    def derive(subject: Subject) -> Subject:
        for projector in needed:
            subject = projector(subject)
        return subject

    return derive


def _named(name: str, text: str) -> bool:
    return re.search(rf"\b{re.escape(name)}\b", text) is not None


def _with(row: Any, derived: Derived) -> Any:
    if not isinstance(row, Mapping):
        return row
    found = dict(row)
    for name, projection in derived.items():
        if name not in found:
            value = _value(projection, row)
            if value is not ABSENT:
                found[name] = value
    return found


def _value(projection: Projection, given: Mapping[str, Any]) -> Any:
    """The derived value; ABSENT, so that rules are in doubt, where it cannot be derived."""
    try:
        value = projection.value(MappingProxyType(dict(given)))
    except Exception:  # noqa: BLE001 - a plugin may raise anything; most miss a field
        return ABSENT
    return value if value is None or _fits(value, projection.field) else ABSENT


def _fits(value: Any, kind: FieldType) -> bool:
    if kind.type == "list":
        wanted = Mapping if kind.item is not None else str
        return isinstance(value, list) and all(isinstance(v, wanted) for v in value)
    if kind.type == "date":
        return isinstance(value, date) and not isinstance(value, datetime)
    if kind.type == "instant":
        return isinstance(value, datetime) and value.tzinfo is not None
    return type(value) is _PYTHON.get(kind.type)
