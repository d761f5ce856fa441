"""One HTTP exchange: time limits, a size limit, no redirects, no repeats, no cookies kept."""

import time
from collections.abc import Callable, Collection
from contextlib import closing
from io import BytesIO
from typing import Any

import requests
from urllib3 import BaseHTTPResponse, HTTPResponse
from urllib3.exceptions import (
    ConnectTimeoutError,
    HTTPError,
    NewConnectionError,
    SSLError,
)
from urllib3.exceptions import TimeoutError as HTTPTimeout

from tallystick.errors import Fatal, Unreachable
from tallystick.toolbox.ask import Ask
from tallystick.toolbox.hosts import origin_of, refusal
from tallystick.toolbox.line import Line, target
from tallystick.toolbox.reply import Reply

CONNECT_SECONDS = 10
READ_SECONDS = 60
DEADLINE_SECONDS = 120
LARGEST_BODY = 20 * 1024 * 1024
_CHUNK = 64 * 1024


class Cut(Exception):
    """The exchange ended without a whole answer; `sent` is False if nothing can have arrived.

    `forbidden` says that the address may not be called at all: trying again would change nothing.
    """

    def __init__(self, reason: str, *, sent: bool, forbidden: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.sent = sent
        self.forbidden = forbidden

    def error(self, text: str) -> Fatal | Unreachable:
        """Return the error of a read, or of a write of which nothing was sent."""
        if self.forbidden:
            return Fatal(text, code="NET-02", fix="Correct the hosts in the connection's settings.")
        return Unreachable(text, code="NET-02")


def _causes(error: BaseException) -> list[BaseException]:
    found: list[BaseException] = []
    waiting: list[Any] = [error]
    while waiting and len(found) < 20:
        one = waiting.pop()
        if isinstance(one, BaseException) and one not in found:
            found.append(one)
            waiting += [getattr(one, "reason", None), one.__cause__, one.__context__, *one.args]
    return found


def _cut(error: BaseException, *, unsent: bool) -> Cut:
    """Name what happened without the error's own text, which may hold the query.

    `unsent` is the connection's own count: it never handed a byte of the request on.
    """
    causes = _causes(error)
    # urllib3 derives "no connection" from "took too long", so the narrower one is asked first
    if any(isinstance(one, NewConnectionError) for one in causes):
        return Cut("no connection (name not found, refused, or not allowed)", sent=False)
    if any(isinstance(one, requests.ConnectTimeout | ConnectTimeoutError) for one in causes):
        return Cut("connecting took too long", sent=False)
    if isinstance(error, requests.exceptions.SSLError | SSLError) and unsent:
        return Cut("no trusted connection (certificate or protocol)", sent=False)
    if isinstance(error, requests.Timeout | TimeoutError | HTTPTimeout):
        return Cut("no answer in time", sent=not unsent)
    return Cut(f"the connection broke ({type(error).__name__})", sent=not unsent)


class _StandIn:
    """A `requests` adapter in place of the network, as a line."""

    begun = True

    def __init__(self, adapter: Any) -> None:
        self._adapter = adapter

    def send(self, ask: Ask, timeout: tuple[float, float]) -> BaseHTTPResponse:
        """Let the adapter answer; its whole answer is there at once."""
        request = requests.PreparedRequest()
        request.prepare_method(ask.method)
        request.url = f"{origin_of(ask.url)}{target(ask)}"
        request.prepare_headers({**requests.utils.default_headers(), **ask.headers})
        request.prepare_body(ask.body, None)
        answer = self._adapter.send(request, timeout=timeout)
        return HTTPResponse(
            BytesIO(answer.content),
            headers=answer.headers,
            status=answer.status_code,
            preload_content=False,
            decode_content=False,
        )

    def close(self) -> None:
        """Close the adapter."""
        self._adapter.close()


class Wire:
    """Sends requests. Reads share kept-alive connections, each write gets a fresh one.

    `origins` are the only places it speaks to; None allows any public one, for the time before a
    connector has said which service it is for.
    """

    def __init__(
        self,
        transport: Callable[[str], Any] | None = None,
        *,
        origins: Collection[str] | None = None,
        deadline_seconds: float = DEADLINE_SECONDS,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._transport = transport
        self._origins = None if origins is None else frozenset(map(origin_of, origins))
        self._deadline = deadline_seconds
        self._monotonic = monotonic
        self._kept: dict[str, Line | _StandIn] = {}

    def _open(self, origin: str) -> Line | _StandIn:
        made = self._transport(origin) if self._transport else None
        return _StandIn(made) if made else Line(origin)

    def exchange(self, ask: Ask, *, fresh: bool = False) -> Reply:
        """Send once and read the whole answer. Raises Cut."""
        refused = refusal(ask.url, self._origins, simulated=self._transport is not None)
        if refused is not None:
            raise Cut(refused, sent=False, forbidden=True)
        origin = origin_of(ask.url)
        if fresh:
            line = self._open(origin)
            with closing(line):
                return self._exchange(line, ask, fresh=True)
        found = self._kept.get(origin)
        if found is None:
            found = self._kept[origin] = self._open(origin)
        return self._exchange(found, ask, fresh=False)

    def _exchange(self, line: Line | _StandIn, ask: Ask, *, fresh: bool) -> Reply:
        cut: Cut
        try:
            end = self._monotonic() + self._deadline
            with closing(line.send(ask, (CONNECT_SECONDS, READ_SECONDS))) as answer:
                return Reply(answer.status, answer.headers, self._body(answer, end))
        except Cut as error:
            cut = error
        except (requests.RequestException, HTTPError, OSError) as error:
            cut = _cut(error, unsent=fresh and not line.begun)
        except Exception as error:  # noqa: BLE001 - whatever it is, bytes may have left
            cut = Cut(f"the exchange broke ({type(error).__name__})", sent=True)
        # Raised here, outside, so that the library's error (its text holds the URL with the
        # query) does not travel along as context.
        raise cut

    def _body(self, answer: BaseHTTPResponse, end: float) -> bytes:
        chunks, size = [], 0
        while chunk := answer.read1(_CHUNK, decode_content=True):
            chunks.append(chunk)
            size += len(chunk)
            if size > LARGEST_BODY:
                raise Cut("the answer is larger than 20 MB", sent=True)
            if self._monotonic() > end:
                raise Cut(f"the answer took longer than {self._deadline:.0f} s", sent=True)
        return b"".join(chunks)

    def __repr__(self) -> str:
        return "Wire()"
