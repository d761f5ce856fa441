"""Requests and responses of a simulated service, as values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from email import message_from_bytes
from typing import Any
from urllib.parse import parse_qsl

import orjson


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request; header names are lower case, the query keeps its order."""

    method: str
    path: str
    query: tuple[tuple[str, str], ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    def param(self, name: str, default: str | None = None) -> str | None:
        """The first query parameter of that name."""
        return next((v for k, v in self.query if k == name), default)

    @property
    def content_type(self) -> str:
        """The kind of the body, lower case, with its parameters."""
        return self.headers.get("content-type", "").strip()

    def form(self) -> dict[str, str]:
        """Fields of an urlencoded or multipart body."""
        kind = self.content_type.lower()
        if kind.startswith("multipart/form-data"):
            return _multipart(self.content_type, self.body)
        if kind.startswith("application/json") or self.body.lstrip()[:1] in (b"{", b"["):
            return {}
        return dict(parse_qsl(self.body.decode("utf-8", "replace"), keep_blank_values=True))

    def json(self) -> Any:
        """A JSON body, or the JSON in the form field or query parameter `JSONString`.

        None when there is none. Raises ValueError when it is not JSON.
        """
        kind = self.content_type.lower()
        form = self.form()
        text: str | bytes | None = form.get("JSONString") or self.param("JSONString")
        if text is None and not kind.startswith("multipart/form-data"):
            fields = kind.startswith("application/x-www-form-urlencoded") and b"=" in self.body
            plain = self.body.lstrip()[:1] in (b"{", b"[")
            text = None if fields and not plain else self.body
        if not text:
            return None
        return orjson.loads(text)


def _multipart(kind: str, body: bytes) -> dict[str, str]:
    message = message_from_bytes(b"Content-Type: " + kind.encode() + b"\r\n\r\n" + body)
    found: dict[str, str] = {}
    if not message.is_multipart():
        return found
    for part in message.walk():
        name = part.get_param("name", header="content-disposition")
        payload = part.get_payload(decode=True)
        if isinstance(name, str) and isinstance(payload, bytes):
            found[name] = payload.decode("utf-8", "replace")
    return found


@dataclass(frozen=True, slots=True)
class Response:
    """One HTTP answer."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


def json_response(status: int, payload: Any, headers: Mapping[str, str] | None = None) -> Response:
    """A JSON answer."""
    kind = {"Content-Type": "application/json;charset=UTF-8", **(headers or {})}
    return Response(status, orjson.dumps(payload), kind)


class ConnectionDropped(Exception):
    """The connection ends here, with or without the request's effect."""


class SlowAnswer(Exception):
    """The answer comes late; the request was processed. `response` is what comes then."""

    def __init__(self, seconds: float, response: Response) -> None:
        super().__init__(f"an answer after {seconds} s")
        self.seconds = seconds
        self.response = response


class Truncated(Exception):
    """The answer ends in the middle of its body."""

    def __init__(self, response: Response) -> None:
        super().__init__("a truncated answer")
        self.response = response
