"""Results and errors as plain JSON values: the same on the command line and in the HTTP API."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from tallystick.errors import TallystickError
from tallystick.model.codes import CODES
from tallystick.model.money import Money


def plain(value: Any) -> Any:
    """A result as JSON: instants in UTC with a zone, decimals as text, money with its parts."""
    if isinstance(value, Money):
        return {"minor": value.minor, "currency": value.currency, "amount": str(value.amount)}
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name: plain(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal | Path):
        return str(value)
    if isinstance(value, Mapping):
        return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(v) for v in value]
    return value


def fix_of(error: TallystickError) -> str:
    """What to do: what the error says itself, else what its code says, else its kind's advice."""
    entry = CODES.get(error.code)
    generic = error.fix == type(error).remedy
    return entry.fix if generic and entry is not None and entry.fix else error.fix


def described(error: TallystickError) -> dict[str, Any]:
    """An error as the envelope shows it."""
    where, rule = error.where, error.rule
    return {
        "code": error.code,
        "message": error.message,
        "where": {"file": where.file, "line": where.line, "column": where.column}
        if where
        else None,
        "record": error.record,
        "rule": {"id": rule.id, "file": rule.where.file, "line": rule.where.line} if rule else None,
        "fix": fix_of(error),
        "docs": f"tallystick explain {error.code}",
    }
