"""Refusals of both API versions."""

from collections.abc import Mapping
from typing import Any

import orjson
from tallystick.simulator.http import Request, Response, json_response

V1, V3 = "/restapi", "/api/v3"
_TITLES = {
    400: "INVALID_INPUT",
    401: "UNAUTHORIZED",
    403: "FORBIDDEN",
    404: "RESOURCE_NOT_FOUND",
    405: "METHOD_NOT_ALLOWED",
    409: "CONFLICT",
    500: "INTERNAL_SERVER_ERROR",
}


class Refusal(Exception):
    """An answer with a code of v1 that ends the handling of a request."""

    def __init__(self, status: int, code: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message

    def response(self, request: Request, switches: Mapping[str, Any]) -> Response:
        """The refusal as the API version of the request writes it."""
        body: dict[str, Any] = {"code": self.code, "message": self.message}
        if request.path.startswith(V1):
            return json_response(self.status, {"error": body})
        status: int | str = self.status
        if switches["status_code_as_text"]:
            status = str(status)
        own = {
            "status_code": status,
            "title": _TITLES.get(self.status, "ERROR"),
            "error_type": "OPERATIONAL_VALIDATION_ERROR",
            "details": {"message": self.message},
        }
        if switches["v3_error_code"]:
            own |= body
        return json_response(self.status, {"error": own})


def missing(name: str) -> Refusal:
    """A parameter or field that must be there is not."""
    return Refusal(400, 6831, f"Input Parameter Missing: {name}")


def wrong(name: str) -> Refusal:
    """A parameter or field has a value that cannot be taken."""
    return Refusal(400, 6832, f"Input Parameter Does not Match the Pattern Specified: {name}")


def absent(what: str) -> Refusal:
    """A record that does not exist, or not there."""
    return Refusal(404, 6404, f"{what} Not Found")


def json_param(request: Request, name: str) -> dict[str, Any]:
    """A query parameter that holds a JSON object; empty when absent."""
    text = request.param(name)
    if not text:
        return {}
    try:
        value = orjson.loads(text)
    except ValueError:
        raise wrong(name) from None
    if not isinstance(value, dict):
        raise wrong(name)
    return value
