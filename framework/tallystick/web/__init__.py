"""Pages and HTTP API: parse, call one action, render."""

import logging
from pathlib import Path

import uvicorn

from tallystick.app.workspace import open_workspace
from tallystick.errors import ConfigError
from tallystick.web.application import create_app

__all__ = ["create_app", "serve"]
_LOOPBACK = {"127.0.0.1", "localhost", "::1"}


def serve(home: Path, *, host: str, port: int, read_only: bool) -> None:
    """Serve a project folder on the loopback until interrupted; prints the address.

    Raises `ConfigError` CFG-16 for any other address: there is no sign-in yet.
    """
    if host not in _LOOPBACK:
        raise ConfigError(
            f"Serving on {host} would show the accounts to the network without sign-in.",
            code="CFG-16",
            fix="Use --host 127.0.0.1, and a reverse proxy with sign-in for others.",
        )
    with open_workspace(home):
        pass
    application = create_app(home, read_only=read_only)
    logging.getLogger("uvicorn.error").setLevel(logging.WARNING)
    uvicorn.run(
        application,
        host=host,
        port=port,
        log_level="warning",
        access_log=False,
        server_header=False,
    )
