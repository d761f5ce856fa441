"""Serving on the loopback until a person stops it."""

import contextlib
import socket
import sys
from pathlib import Path

import uvicorn

from tallystick.app.workspace import open_workspace
from tallystick.errors import ConfigError
from tallystick.web.application import create_app
from tallystick.web.guard import LOOPBACK


def serve(home: Path, *, host: str, port: int, read_only: bool) -> None:
    """Serve a project folder until interrupted; prints the address and the token of this start.

    Raises `ConfigError` CFG-16 for an address that the network sees: there is no sign-in yet.
    """
    if host not in LOOPBACK:
        raise ConfigError(
            f"Serving on {host} would show the accounts to the network without sign-in.",
            code="CFG-16",
            fix="Use --host 127.0.0.1, and a reverse proxy with sign-in for others.",
        )
    with open_workspace(home):
        pass
    application = create_app(home, read_only=read_only)
    with _bound(host, port) as listening:
        shown = f"[{host}]" if ":" in host else host
        words = [f"Tallystick serves http://{shown}:{listening.getsockname()[1]}/"]
        if not read_only:
            words.append(
                f"Token for scripts, sent as X-Tallystick-Token: {application.state.desk.token}"
            )
        words.append("Stop with Ctrl-C.")
        sys.stderr.write("\n".join(words) + "\n")
        sys.stderr.flush()
        config = uvicorn.Config(
            application, log_level="warning", access_log=False, server_header=False, ws="none"
        )
        with contextlib.suppress(KeyboardInterrupt):
            uvicorn.Server(config).run(sockets=[listening])


def _bound(host: str, port: int) -> socket.socket:
    """A socket that listens; an address in use is an answer, not a trace."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
        listening.listen()
    except OSError as error:
        listening.close()
        raise ConfigError(
            f"Port {port} of {host} cannot be used: {error.strerror}.",
            code="CFG-01",
            fix="Choose another with --port; 0 takes any free one.",
        ) from None
    return listening
