"""The JSON envelope of every answer, the same as the command line's."""

from typing import Any

from tallystick.app.plain import plain
from tallystick.errors import TallystickError


def success(data: Any, command: str) -> dict[str, Any]:
    """A successful answer."""
    return _envelope(command, data=plain(data), exit_code=0, errors=[])


def failure(error: TallystickError) -> dict[str, Any]:
    """A refusal or failure, with code and what to do."""
    where, rule = error.where, error.rule
    place = {"file": where.file, "line": where.line, "column": where.column} if where else None
    body = {
        "code": error.code,
        "message": error.message,
        "where": place,
        "record": error.record,
        "rule": {"id": rule.id, "file": rule.where.file, "line": rule.where.line} if rule else None,
        "fix": error.fix,
        "docs": None,
    }
    return _envelope("", data=None, exit_code=error.exit_code, errors=[body])


def _envelope(
    command: str, *, data: Any, exit_code: int, errors: list[dict[str, Any]]
) -> dict[str, Any]:
    return {
        "tallystick": "1.0",
        "command": command,
        "ok": not errors,
        "exit": exit_code,
        "data": data,
        "warnings": [],
        "errors": errors,
        "next": [],
    }
