"""A simulated service on a socket of the loopback, over HTTP/1.1."""

import http.server
import signal
import socket
import threading
import time
from collections.abc import Callable
from email.utils import format_datetime
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qsl, unquote, urlsplit

from tallystick.errors import ConfigError
from tallystick.simulator.app import Simulator
from tallystick.simulator.http import (
    ConnectionDropped,
    Request,
    Response,
    SlowAnswer,
    Truncated,
    json_response,
)

_LOOPBACK = {"127.0.0.1", "localhost", "::1"}
BODY_MAX = 20 * 1024 * 1024


def parse_target(target: str) -> tuple[str, tuple[tuple[str, str], ...]]:
    """Path and query of a request line; a trailing & is nothing."""
    parts = urlsplit(target)
    return unquote(parts.path), tuple(parse_qsl(parts.query, keep_blank_values=True))


class _Unreadable(Exception):
    """A request whose body cannot be told from what follows it."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 60
    server: "_Server"

    def _serve(self) -> None:
        try:
            body = self._body()
        except _Unreadable as error:
            self.close_connection = True
            refused = json_response(error.status, {"code": 4, "message": "Unreadable request."})
            self._send(refused, refused.body)
            return
        path, query = parse_target(self.path)
        headers = {k.lower(): v for k, v in self.headers.items()}
        with self.server.simulator.admitted():
            self._answer(Request(self.command, path, query, headers, body))

    def _body(self) -> bytes:
        """The whole body, by its length or in chunks."""
        if "chunked" in (self.headers.get("Transfer-Encoding") or "").lower():
            return self._chunks()
        length = self.headers.get("Content-Length") or "0"
        if not (length.isascii() and length.isdigit()):
            raise _Unreadable(400)
        if int(length) > BODY_MAX:
            raise _Unreadable(413)
        return self.rfile.read(int(length))

    def _chunks(self) -> bytes:
        found = b""
        while True:
            head = self.rfile.readline(1024).split(b";")[0].strip()
            try:
                size = int(head, 16)
            except ValueError:
                raise _Unreadable(400) from None
            if size < 0 or len(found) + size > BODY_MAX:
                raise _Unreadable(413)
            if size == 0:
                while self.rfile.readline(1024).strip():
                    pass
                return found
            found += self.rfile.read(size)
            self.rfile.readline(8)

    def _answer(self, request: Request) -> None:
        try:
            response = self.server.simulator.handle(request)
        except ConnectionDropped:
            self._drop()
            return
        except SlowAnswer as late:
            self.server.pause(late.seconds)
            response = late.response
        except Truncated as cut:
            self._send(cut.response, cut.response.body[: len(cut.response.body) // 2])
            self._drop()
            return
        except Exception as error:  # noqa: BLE001 - a fault of the simulator is answered, not hidden
            text = f"{type(error).__name__}: {error}"
            response = json_response(500, {"code": 1000, "message": f"Internal error: {text}"})
        self._send(response, response.body)

    def _send(self, response: Response, body: bytes) -> None:
        self.send_response_only(response.status)
        now = self.server.simulator.clock.now()
        self.send_header("Date", format_datetime(now.replace(microsecond=0), usegmt=True))
        for name, value in response.headers.items():
            self.send_header(name, value)
        if response.status != 204:
            self.send_header("Content-Length", str(len(response.body)))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)
        self.wfile.flush()

    def _drop(self) -> None:
        """End the connection without another byte."""
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = do_OPTIONS = _serve  # noqa: N815 - names of the base class

    def log_message(self, format: str, *args: Any) -> None:
        """Write nothing: the journal has it."""


class _Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    allow_reuse_address = True
    disable_nagle_algorithm = True

    def __init__(self, address: tuple[str, int], simulator: Simulator) -> None:
        super().__init__(address, _Handler)
        self.simulator = simulator
        self.pause: Callable[[float], None] = time.sleep  # noqa: TID251 - a slow answer on a socket is really slow

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A caller that went away is no error."""


class SimulatorServer:
    """Serves a simulator on the loopback, from a thread of its own."""

    def __init__(self, simulator: Simulator, host: str = "127.0.0.1", port: int = 0) -> None:
        if host not in _LOOPBACK:
            raise ConfigError(f"A simulator serves on the loopback, not on {host}.", code="CFG-06")
        self.simulator = simulator
        self._server = _Server((host, port), simulator)
        self._thread: threading.Thread | None = None

    @property
    def port(self) -> int:
        """The port it serves on."""
        return int(self._server.server_address[1])

    @property
    def base_url(self) -> str:
        """Its address, without a path."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Begin to serve."""
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.05,), name="simulator", daemon=True
        )
        self._thread.start()

    def stop(self) -> None:
        """Stop serving and free the port."""
        self._server.shutdown()
        self._server.server_close()
        if self._thread is not None:
            self._thread.join(5)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()


def serve_forever(simulator: Simulator, port: int, announce: Callable[[str], None]) -> None:
    """Serve until interrupted (Ctrl-C or a polite termination); `announce` gets the address."""
    with SimulatorServer(simulator, port=port) as server:
        stopped = threading.Event()
        signal.signal(signal.SIGTERM, lambda *_: stopped.set())
        announce(server.base_url)
        try:
            stopped.wait()
        except KeyboardInterrupt:
            return
