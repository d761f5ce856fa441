"""A line to one origin: public addresses only, counted bytes, an end to every wait."""

import socket
from contextlib import suppress
from typing import Any
from urllib.parse import urlencode, urlsplit

import requests
from requests.adapters import HTTPAdapter
from requests.utils import default_headers, requote_uri, select_proxy
from urllib3 import BaseHTTPResponse, Timeout
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError, ReadTimeoutError
from urllib3.util.connection import create_connection

from tallystick.toolbox.ask import Ask
from tallystick.toolbox.hosts import LOOPBACK, public_address
from tallystick.toolbox.watch import Watch

HEAD_SECONDS = 120


def _connected(connection: HTTPConnection) -> socket.socket:
    """Connect to the one address that was looked at, so that no second answer can replace it."""
    try:
        address = public_address(connection.host, connection.port or 0)
        return create_connection(
            (address, connection.port or 0),
            connection.timeout,
            source_address=connection.source_address,
            socket_options=connection.socket_options,
        )
    except TimeoutError as error:
        raise ConnectTimeoutError(connection, "connecting timed out") from error
    except OSError as error:
        raise NewConnectionError(connection, str(error)) from error


class Line:
    """Sends to one origin, without repeats, and knows whether a byte was handed to the network.

    An answer whose head has not come after `head_seconds` is cut off, however slowly it trickles.
    Requests go to a connection pool itself, which is asked of `requests` once, with the proxies
    and certificates of the environment: its sessions would merge settings, keep cookies and look
    for redirects anew with each request, at half the cost of reading a page.
    """

    def __init__(self, origin: str, head_seconds: float = HEAD_SECONDS) -> None:
        self.begun = False
        self._origin = origin
        self._late = False
        self._watch = Watch(head_seconds, self._cut)
        self._sockets: set[socket.socket] = set()
        self._adapter = HTTPAdapter(max_retries=0)
        self._adapter.poolmanager.pool_classes_by_scheme = _pools(self)
        self._pool: Any = None

    def _opened(self) -> Any:
        with requests.Session() as http:
            http.trust_env = urlsplit(self._origin).hostname not in LOOPBACK
            told = http.merge_environment_settings(self._origin, {}, None, None, None)
        proxies, verify, cert = told["proxies"], told["verify"], told["cert"]
        # what passes a proxy is out of sight and counts as sent
        self.begun = select_proxy(self._origin, proxies) is not None
        request = requests.Request("GET", self._origin).prepare()
        pool = self._adapter.get_connection_with_tls_context(request, verify, proxies, cert)
        self._adapter.cert_verify(pool, self._origin, verify, cert)  # type: ignore[no-untyped-call]
        return pool

    def send(self, ask: Ask, timeout: tuple[float, float]) -> BaseHTTPResponse:
        """Send once; the head of the answer must come in time, its body is not read yet."""
        if self._pool is None:
            self._pool = self._opened()
        connect, read = timeout
        self._late = False
        self._watch.begin()
        try:
            answer: BaseHTTPResponse = self._pool.urlopen(
                ask.method,
                target(ask),
                body=ask.body,
                headers={**default_headers(), **ask.headers},
                timeout=Timeout(connect, read),
                retries=False,
                redirect=False,
                assert_same_host=False,
                preload_content=False,
            )
        finally:
            self._watch.end()
        if self._late:
            # a head that was cut reads as one that ended there
            answer.close()
            raise ReadTimeoutError(self._pool, "/", "the answer did not begin in time")
        return answer

    def close(self) -> None:
        """Close every connection; nothing is watched any more."""
        self._watch.stop()
        self._pool = None
        self._adapter.close()

    def noted(self, opened: socket.socket) -> None:
        """Remember a connection so that it can be cut."""
        self._sockets.add(opened)

    def _cut(self) -> None:
        self._late = True
        for opened in tuple(self._sockets):
            with suppress(OSError):
                opened.shutdown(socket.SHUT_RDWR)


def target(ask: Ask) -> str:
    """Path and query of what is asked."""
    parts = urlsplit(requote_uri(ask.url))
    told = {name: value for name, value in ask.params.items() if value is not None}
    queries = [query for query in (parts.query, urlencode(told, doseq=True)) if query]
    path = parts.path or "/"
    return f"{path}?{'&'.join(queries)}" if queries else path


def _pools(line: Line) -> dict[str, type[HTTPConnectionPool]]:
    class Plain(HTTPConnection):
        def _new_conn(self) -> socket.socket:
            opened = _connected(self)
            line.noted(opened)
            return opened

        def send(self, data: Any) -> None:
            if self.sock is None:
                self.connect()
            line.begun = True
            super().send(data)

    class Secure(HTTPSConnection):
        def _new_conn(self) -> socket.socket:
            opened = _connected(self)
            line.noted(opened)
            return opened

        def connect(self) -> None:
            super().connect()
            line.noted(self.sock)

        def send(self, data: Any) -> None:
            if self.sock is None:
                self.connect()
            line.begun = True
            super().send(data)

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = Plain

    class SecurePool(HTTPSConnectionPool):
        ConnectionCls = Secure

    return {"http": PlainPool, "https": SecurePool}
