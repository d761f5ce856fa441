"""A service on a loopback socket that answers byte by byte as a test wants."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Serve = Callable[[socket.socket], None]


@contextmanager
def served(serve: Serve) -> Iterator[tuple[str, list[int]]]:
    """The base URL of a server that hands each connection to `serve`, and a count of them."""
    listening = socket.create_server(("127.0.0.1", 0))
    accepted: list[int] = []

    def run() -> None:
        while True:
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            accepted.append(1)
            with connection:
                try:
                    serve(connection)
                except OSError:
                    continue

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}", accepted
    finally:
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        thread.join(5)


def reading(connection: socket.socket) -> bytes:
    """The whole head of a request."""
    found = b""
    while b"\r\n\r\n" not in found:
        chunk = connection.recv(4096)
        if not chunk:
            return found
        found += chunk
    return found


def saying(answer: bytes) -> Serve:
    """Read the request, say this, hang up."""

    def serve(connection: socket.socket) -> None:
        reading(connection)
        connection.sendall(answer)

    return serve
