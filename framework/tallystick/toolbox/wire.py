"""One HTTP exchange: time limits, a size limit, no redirects, no repeats, no cookies kept."""

import time
from collections.abc import Callable, Collection, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode, urlsplit

import requests
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NewConnectionError

from tallystick.errors import Fatal, Unreachable
from tallystick.toolbox.adapter import CountingAdapter
from tallystick.toolbox.hosts import LOOPBACK, origin_of, refusal
from tallystick.toolbox.reply import Reply

CONNECT_SECONDS = 10
READ_SECONDS = 60
DEADLINE_SECONDS = 120
LARGEST_BODY = 20 * 1024 * 1024
_CHUNK = 64 * 1024
_TOO_LARGE = "the answer is larger than 20 MB"


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


@dataclass(frozen=True, slots=True)
class Ask:
    """What is sent. Query and headers may carry credentials and are not shown."""

    method: str
    url: str
    params: Mapping[str, Any] = field(default_factory=dict, repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes | None = field(default=None, repr=False)


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
    if isinstance(error, requests.exceptions.SSLError) and unsent:
        return Cut("no trusted connection (certificate or protocol)", sent=False)
    if isinstance(error, requests.Timeout):
        return Cut("no answer in time", sent=not unsent)
    return Cut(f"the connection broke ({type(error).__name__})", sent=not unsent)


@dataclass(frozen=True, slots=True)
class _Line:
    """An adapter that reaches one origin, and how: proxies, certificates.

    Requests go to the adapter itself: a session of the library would merge settings, keep cookies
    and look for redirects anew with each, at half the cost of reading a page.
    """

    adapter: Any
    settings: Mapping[str, Any]


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
        self._kept: dict[str, _Line] = {}

    def _open(self, origin: str) -> _Line:
        with requests.Session() as http:
            http.trust_env = urlsplit(origin).hostname not in LOOPBACK
            settings = http.merge_environment_settings(origin, {}, True, None, None)
        made = self._transport(origin) if self._transport else None
        return _Line(made or CountingAdapter(), settings)

    def exchange(self, ask: Ask, *, fresh: bool = False) -> Reply:
        """Send once and read the whole answer. Raises Cut."""
        refused = refusal(ask.url, self._origins, simulated=self._transport is not None)
        if refused is not None:
            raise Cut(refused, sent=False, forbidden=True)
        origin = origin_of(ask.url)
        if fresh:
            line = self._open(origin)
            with closing(line.adapter):
                return self._exchange(line, ask, fresh=True)
        found = self._kept.get(origin)
        if found is None:
            found = self._kept[origin] = self._open(origin)
        return self._exchange(found, ask, fresh=False)

    def _exchange(self, line: _Line, ask: Ask, *, fresh: bool) -> Reply:
        cut: Cut
        try:
            end = self._monotonic() + self._deadline
            timeout = (CONNECT_SECONDS, READ_SECONDS)
            response = line.adapter.send(_prepared(ask), timeout=timeout, **line.settings)
            with response:
                return Reply(response.status_code, response.headers, self._body(response, end))
        except Cut as error:
            cut = error
        except (requests.RequestException, HTTPError, OSError) as error:
            cut = _cut(error, unsent=fresh and _unsent(line.adapter))
        except Exception as error:  # noqa: BLE001 - whatever it is, bytes may have left
            cut = Cut(f"the exchange broke ({type(error).__name__})", sent=True)
        # Raised here, outside, so that the library's error (its text holds the URL with the
        # query) does not travel along as context.
        raise cut

    def _body(self, response: requests.Response, end: float) -> bytes:
        raw = response.raw
        if raw is None or not hasattr(raw, "read1"):
            body = response.content
            if len(body) > LARGEST_BODY:
                raise Cut(_TOO_LARGE, sent=True)
            return body
        chunks, size = [], 0
        while chunk := raw.read1(_CHUNK, decode_content=True):
            chunks.append(chunk)
            size += len(chunk)
            if size > LARGEST_BODY:
                raise Cut(_TOO_LARGE, sent=True)
            if self._monotonic() > end:
                raise Cut(f"the answer took longer than {self._deadline:.0f} s", sent=True)
        return b"".join(chunks)

    def __repr__(self) -> str:
        return "Wire()"


def _prepared(ask: Ask) -> requests.PreparedRequest:
    request = requests.PreparedRequest()
    request.prepare_method(ask.method)
    told = {name: value for name, value in ask.params.items() if value is not None}
    url = requests.utils.requote_uri(ask.url)
    joint = "&" if "?" in url else "?"
    request.url = f"{url}{joint}{urlencode(told, doseq=True)}" if told else url
    request.prepare_headers({**requests.utils.default_headers(), **ask.headers})
    request.prepare_body(ask.body, None)
    return request


def _unsent(adapter: Any) -> bool:
    return isinstance(adapter, CountingAdapter) and not adapter.begun
