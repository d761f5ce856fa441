"""The connection under a session: public addresses only, counted bytes, an end to every wait."""

import socket
from contextlib import suppress
from typing import Any

import requests
from requests.adapters import HTTPAdapter
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
    """Sends without repeats and knows whether a byte of a request was handed to the network.

    An answer whose head has not come after `head_seconds` is cut off, however slowly it trickles.
    """

    def __init__(self, head_seconds: float = HEAD_SECONDS) -> None:
        self.begun = False
        self._late = False
        self._watch = Watch(head_seconds, self._cut)
        self._sockets: set[socket.socket] = set()
        super().__init__(max_retries=0)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """Make pools whose connections report to this adapter."""
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = _pools(self)

    def proxy_manager_for(self, proxy: str, **kwargs: Any) -> Any:
        """Leave proxies to the library; what passes one counts as sent."""
        self.begun = True
        return super().proxy_manager_for(proxy, **kwargs)

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
