"""The connection under a session: public addresses only, counted bytes, an end to every wait."""

import socket
from contextlib import suppress
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from requests.structures import CaseInsensitiveDict
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError
from urllib3.util.connection import create_connection

from tallystick.toolbox.hosts import public_address
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


class CountingAdapter(HTTPAdapter):
    """Sends to one origin, without repeats, and knows whether a byte was handed to the network.

    An answer whose head has not come after `head_seconds` is cut off, however slowly it trickles.
    """

    def __init__(self, head_seconds: float = HEAD_SECONDS) -> None:
        self.begun = False
        self._late = False
        self._watch = Watch(head_seconds, self._cut)
        self._sockets: set[socket.socket] = set()
        self._pool: Any = None
        super().__init__(max_retries=0)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """Make pools whose connections report to this adapter."""
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = _pools(self)

    def proxy_manager_for(self, proxy: str, **kwargs: Any) -> Any:
        """Leave proxies to the library; what passes one counts as sent."""
        self.begun = True
        return super().proxy_manager_for(proxy, **kwargs)

    def get_connection_with_tls_context(self, *args: Any, **kwargs: Any) -> Any:
        """Return the pool of the one origin; the library would look for it with each request."""
        if self._pool is None:
            self._pool = super().get_connection_with_tls_context(*args, **kwargs)
        return self._pool

    def build_response(self, req: requests.PreparedRequest, resp: Any) -> requests.Response:
        """Return the answer without its cookies, which are not kept."""
        made = requests.Response()
        made.status_code, made.reason, made.raw = resp.status, resp.reason, resp
        made.headers = CaseInsensitiveDict(resp.headers)
        made.request, made.url = req, str(req.url)
        return made

    def send(
        self, request: requests.PreparedRequest, *args: Any, **kwargs: Any
    ) -> requests.Response:
        """Send once; the head of the answer must come in time."""
        self._late = False
        self._watch.begin()
        try:
            answer = super().send(request, *args, **kwargs)
        finally:
            self._watch.end()
        if self._late:
            # a head that was cut reads as one that ended there
            answer.close()
            raise requests.ReadTimeout("the answer did not begin in time", request=request)
        return answer

    def close(self) -> None:
        """Close every connection; nothing is watched any more."""
        self._watch.stop()
        self._pool = None
        super().close()

    def noted(self, opened: socket.socket) -> None:
        """Remember a connection so that it can be cut."""
        self._sockets.add(opened)

    def _cut(self) -> None:
        self._late = True
        for opened in tuple(self._sockets):
            with suppress(OSError):
                opened.shutdown(socket.SHUT_RDWR)


def _pools(adapter: CountingAdapter) -> dict[str, type[HTTPConnectionPool]]:
    class Plain(HTTPConnection):
        def _new_conn(self) -> socket.socket:
            opened = _connected(self)
            adapter.noted(opened)
            return opened

        def send(self, data: Any) -> None:
            if self.sock is None:
                self.connect()
            adapter.begun = True
            super().send(data)

    class Secure(HTTPSConnection):
        def _new_conn(self) -> socket.socket:
            opened = _connected(self)
            adapter.noted(opened)
            return opened

        def connect(self) -> None:
            super().connect()
            adapter.noted(self.sock)

        def send(self, data: Any) -> None:
            if self.sock is None:
                self.connect()
            adapter.begun = True
            super().send(data)

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = Plain

    class SecurePool(HTTPSConnectionPool):
        ConnectionCls = Secure

    return {"http": PlainPool, "https": SecurePool}
