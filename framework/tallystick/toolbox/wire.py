"""One HTTP exchange: time limits, a size limit, no redirects, no repeats, no cookies kept."""

import ssl
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NewConnectionError

from tallystick.toolbox.reply import Reply

CONNECT_SECONDS = 10
READ_SECONDS = 60
DEADLINE_SECONDS = 120
LARGEST_BODY = 20 * 1024 * 1024
_CHUNK = 64 * 1024
_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


class Cut(Exception):
    """The exchange ended without a whole answer; `sent` is False if nothing can have arrived."""

    def __init__(self, reason: str, *, sent: bool) -> None:
        super().__init__(reason)
        self.reason = reason
        self.sent = sent


@dataclass(frozen=True, slots=True)
class Ask:
    """What is sent. Query and headers may carry credentials and are not shown."""

    method: str
    url: str
    params: Mapping[str, Any] = field(default_factory=dict, repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes | None = field(default=None, repr=False)

    @property
    def origin(self) -> str:
        """Scheme, host and port."""
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.netloc}"


def _causes(error: BaseException) -> list[BaseException]:
    found: list[BaseException] = []
    waiting: list[Any] = [error]
    while waiting and len(found) < 20:
        one = waiting.pop()
        if isinstance(one, BaseException) and one not in found:
            found.append(one)
            waiting += [getattr(one, "reason", None), one.__cause__, one.__context__, *one.args]
    return found


def _cut(error: BaseException) -> Cut:
    """Name what happened without the error's own text, which may hold the query."""
    causes = _causes(error)
    if any(isinstance(one, requests.ConnectTimeout | ConnectTimeoutError) for one in causes):
        return Cut("connecting took too long", sent=False)
    if any(isinstance(one, NewConnectionError) for one in causes):
        return Cut("no connection (name not found, or refused)", sent=False)
    if any(isinstance(one, ssl.SSLCertVerificationError) for one in causes):
        return Cut("the certificate is not trusted", sent=False)
    if isinstance(error, requests.Timeout):
        return Cut("no answer in time", sent=True)
    return Cut(f"the connection broke ({type(error).__name__})", sent=True)


class Wire:
    """Sends requests. Reads share kept-alive connections, each write gets a fresh one."""

    def __init__(
        self,
        transport: Callable[[str], Any] | None = None,
        *,
        deadline_seconds: float = DEADLINE_SECONDS,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._transport = transport
        self._deadline = deadline_seconds
        self._monotonic = monotonic
        self._kept: dict[str, requests.Session] = {}

    def _open(self, origin: str) -> requests.Session:
        http = requests.Session()
        http.auth = lambda request: request  # else ~/.netrc would replace our header
        http.trust_env = urlsplit(origin).hostname not in _LOOPBACK
        adapter = self._transport(origin) if self._transport else None
        http.mount(f"{origin}/", adapter or HTTPAdapter(max_retries=0))
        return http

    def exchange(self, ask: Ask, *, fresh: bool = False) -> Reply:
        """Send once and read the whole answer. Raises Cut."""
        if fresh:
            with self._open(ask.origin) as http:
                return self._exchange(http, ask)
        http = self._kept.get(ask.origin) or self._open(ask.origin)
        self._kept[ask.origin] = http
        http.cookies.clear()
        return self._exchange(http, ask)

    def _exchange(self, http: requests.Session, ask: Ask) -> Reply:
        cut: Cut
        try:
            end = self._monotonic() + self._deadline
            response = http.request(
                ask.method,
                ask.url,
                params=dict(ask.params),
                headers=dict(ask.headers),
                data=ask.body,
                timeout=(CONNECT_SECONDS, READ_SECONDS),
                allow_redirects=False,
                stream=True,
            )
            with response:
                return Reply(response.status_code, response.headers, self._body(response, end))
        except Cut as error:
            cut = error
        except (requests.RequestException, HTTPError, OSError) as error:
            cut = _cut(error)
        # Raised here, outside, so that the library's error (its text holds the URL with the
        # query) does not travel along as context.
        raise cut

    def _body(self, response: requests.Response, end: float) -> bytes:
        raw = response.raw
        if raw is None or not hasattr(raw, "read1"):
            body = response.content
            if len(body) > LARGEST_BODY:
                raise Cut("the answer is larger than 20 MB", sent=True)
            return body
        chunks, size = [], 0
        while chunk := raw.read1(_CHUNK, decode_content=True):
            chunks.append(chunk)
            size += len(chunk)
            if size > LARGEST_BODY:
                raise Cut("the answer is larger than 20 MB", sent=True)
            if self._monotonic() > end:
                raise Cut(f"the answer took longer than {self._deadline:.0f} s", sent=True)
        return b"".join(chunks)

    def __repr__(self) -> str:
        return "Wire()"
