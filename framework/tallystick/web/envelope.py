"""The JSON envelope of every answer, the same as the command line's."""

from typing import Any

from tallystick.app.plain import described, plain
from tallystick.errors import TallystickError


def success(data: Any, command: str) -> dict[str, Any]:
    """A successful answer."""
    return _envelope(command, data=plain(data), exit_code=0, errors=[])


def failure(error: TallystickError) -> dict[str, Any]:
    """A refusal or failure, with code and what to do."""
    return _envelope("", data=None, exit_code=error.exit_code, errors=[described(error)])


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
